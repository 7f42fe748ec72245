//! The tests of the library: a module for each layer, one for what holds of the whole, and what they share.
#![cfg(feature = "full")]

mod allocations;
mod architecture;
mod cache_control;
mod compression;
mod contract;
mod etag;
mod examples;
mod response_time;
mod security_headers;
mod stack;
mod strip_nulls;
mod support;
