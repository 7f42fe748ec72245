#![cfg_attr(docsrs, feature(doc_cfg))]
//! What an HTTP response needs on its way out, as independent [`tower`] layers.
//!
//! | layer | what it does |
//! |---|---|
//! | [`compression`] | gzip, br, zstd and deflate, for the types and sizes where it pays |
//!
//! Every layer is right alone and beside layers of other crates, twice over and in any order, on
//! any service from `http::Request` to `http::Response`: axum, hyper, tonic or your own.

#[cfg(feature = "compression")]
mod body;
#[cfg(feature = "compression")]
pub mod compression;
#[cfg(feature = "compression")]
mod fields;
#[cfg(feature = "compression")]
mod marks;
#[cfg(feature = "compression")]
mod transform;

/// The README, whose examples are tests.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../README.md")]
struct Readme;
