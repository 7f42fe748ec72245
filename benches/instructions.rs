//! `cargo bench --bench instructions`
//!
//! Instructions, counted by valgrind's callgrind: the same on a busy machine as on an idle one. Needs
//! valgrind and `gungraun-runner`. Each count is of one call of a service and the reading of its body;
//! what a layer costs is its count less that of `bare`. A count that exceeds its limit fails.

#![allow(
    unused_qualifications,
    reason = "the macros of the harness write whole paths"
)]

/// A module for each layer, whose groups have the names of its counts.
mod instructions {
    pub(crate) mod cache_control;
    pub(crate) mod compression;
    pub(crate) mod etag;
    mod measured;
    pub(crate) mod response_time;
    pub(crate) mod security_headers;
    pub(crate) mod stack;
    pub(crate) mod strip_nulls;
}

use gungraun::prelude::*;

use instructions::cache_control::cache_control;
use instructions::compression::{encode, hostile_requests, pass};
use instructions::etag::etag;
use instructions::response_time::response_time;
use instructions::security_headers::security_headers;
use instructions::stack::whole_stack;
use instructions::strip_nulls::strip_nulls;

main!(
    library_benchmark_groups = pass,
    encode,
    hostile_requests,
    etag,
    cache_control,
    security_headers,
    response_time,
    strip_nulls,
    whole_stack
);
