#![cfg_attr(docsrs, feature(doc_cfg))]
//! What an HTTP response needs on its way out, as independent [`tower`](https://docs.rs/tower) layers.
//!
//! | layer | what it does |
//! |---|---|
//! | [`compression`] | gzip, br, zstd and deflate, for the types and sizes where it pays |
//! | [`cache_control`] | `Cache-Control` by rules, with those for static assets ready-made |
//! | [`response_time`] | how long it took: in a field, `Server-Timing`, the log, your metrics |
//! | [`security_headers`] | helmet's fields and more, with a typed `Content-Security-Policy` |
//! | [`etag`] | entity tags, and 304 when the client already has the representation |
//! | [`strip_nulls`] | JSON without the members that are `null` |
//!
//! [`stack()`] puts them around a service, all at once and in the order in which they belong:
//!
//! ```
//! # #[cfg(feature = "stack")] {
//! use axum::{Router, routing::get};
//! use tower_egress::stack;
//!
//! let app: Router = Router::new()
//!     .route("/", get(async || "hello"))
//!     .layer(stack());
//! # }
//! ```
//!
//! ```text
//! response_time
//!   security_headers
//!     compression
//!       guard: your authentication
//!         cache_control
//!           etag
//!             strip_nulls: where it is asked for
//!               your service
//! ```
//!
//! A layer's feature has its name; all are on by default. Others are opt-in: `compression-zstd`,
//! `etag-sha2`, `etag-xxh3`, `axum` (extractors, and parts of responses), `tracing` (events), or `full`
//! for everything. The library needs Rust 1.85.
//!
//! Every layer is right alone and beside layers of other crates, twice over and in any order, on
//! any service from `http::Request` to `http::Response`: axum, hyper, tonic or your own.

#[cfg(feature = "cache-control")]
pub mod cache_control;
#[cfg(feature = "compression")]
pub mod compression;
#[cfg(feature = "etag")]
pub mod etag;
#[cfg(feature = "matcher")]
#[cfg_attr(
    not(feature = "full"),
    allow(dead_code, unused_imports, reason = "no layer uses all of it")
)]
pub mod matcher;
#[cfg(feature = "response-time")]
pub mod response_time;
#[cfg(feature = "security-headers")]
pub mod security_headers;
#[cfg(feature = "stack")]
pub mod stack;
#[cfg(feature = "strip-nulls")]
pub mod strip_nulls;

#[cfg(any(feature = "compression", feature = "strip-nulls"))]
pub use self::body::error::{BodyError, BodyErrorKind};
#[cfg(any(feature = "compression", feature = "response-time"))]
pub use self::marks::live::Live;
#[cfg(feature = "stack")]
pub use self::stack::stack;

// What layers share. Each uses some of it, and a build with all of them all of it.
#[cfg_attr(
    not(feature = "full"),
    allow(dead_code, reason = "no layer uses all of it")
)]
mod body;
#[cfg_attr(
    not(feature = "full"),
    allow(dead_code, reason = "no layer uses all of it")
)]
mod clock;
#[cfg_attr(
    not(feature = "full"),
    allow(dead_code, unused_imports, reason = "no layer uses all of it")
)]
mod fields;
#[cfg_attr(
    not(feature = "full"),
    allow(
        dead_code,
        unreachable_pub,
        reason = "no layer uses all of it, and some show a part to users"
    )
)]
mod marks;
#[cfg_attr(
    not(feature = "full"),
    allow(dead_code, reason = "no layer uses all of it")
)]
mod rules;
#[cfg_attr(
    not(feature = "full"),
    allow(unused_imports, unused_macros, reason = "no layer uses all of it")
)]
mod trace;

/// The README, whose examples are tests.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// The page for those who come from Express, whose examples are tests too.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../docs/express.md")]
struct FromExpress;
