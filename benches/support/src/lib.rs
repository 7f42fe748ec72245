//! What the benches of this crate and those of its peers share: bodies, a handler, a way to call a
//! service, how long to measure, and what the servers of the comparison serve.

pub mod bodies;
pub mod service;
pub mod site;
pub mod timed;

pub use bodies::{bodies, html, js, json, noise, records};
pub use service::{Handler, call, request};
