//! What is counted, and how much of it is allowed.

use std::convert::Infallible;
use std::hint::black_box;

use bench_support::call;
use bytes::Bytes;
use gungraun::prelude::*;
use gungraun::{Callgrind, EventKind};
use http::{HeaderValue, Request, Response};
use http_body::Body;
use tower::Service;

/// A service, and what it is asked.
pub(crate) type Asked<S> = (S, Request<()>);

/// A service, and all that it is asked.
pub(crate) type AskedOften<S> = (S, Vec<Request<()>>);

/// How long the body was, and the service: to drop it is not counted.
pub(crate) type Called<S> = (usize, S);

/// One call of a service and the reading of its body.
#[inline]
pub(crate) fn one_call<S, B>((mut service, request): Asked<S>) -> Called<S>
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

/// A call for each request.
#[inline]
pub(crate) fn each_call<S, B>((mut service, requests): AskedOften<S>) -> Called<S>
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    let lengths = requests
        .into_iter()
        .map(|request| call(&mut service, request).1);
    let length = lengths.sum();
    (length, black_box(service))
}

/// A service that was called once, so that neither the linker's work nor a first encoder is counted.
pub(crate) fn warm<S, B>(mut service: S, request: impl Fn() -> Request<()>) -> Asked<S>
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    call(&mut service, request());
    (service, request())
}

/// As [`warm`], with requests that say nothing.
pub(crate) fn called<S, B>(service: S) -> Asked<S>
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    warm(service, || bench_support::request(None))
}

/// A limit. It only keeps what is reached.
pub(crate) fn at_most(instructions: u64) -> LibraryBenchmarkConfig {
    let mut callgrind = Callgrind::default();
    callgrind.hard_limits([(EventKind::Ir, instructions)]);
    LibraryBenchmarkConfig::default().tool(callgrind).clone()
}

/// How many patterns each layer is tried with.
const PATTERNS: usize = 8;

/// A field, and what is repeated in it until it means harm.
pub(crate) type Patterns = [(&'static str, &'static str); PATTERNS];

/// A request for each pattern, with lists of `size` bytes.
pub(crate) fn lists(patterns: &Patterns, size: usize) -> Vec<Request<()>> {
    let requests = patterns.iter().map(|(name, pattern)| {
        let line = pattern.repeat(size / pattern.len());
        let line = HeaderValue::from_bytes(line.as_bytes()).expect("a field value");
        let mut request = Request::new(());
        request.headers_mut().insert(*name, line);
        request
    });
    requests.collect()
}

/// The limit of [`lists`]. One that is proportional to the size shows that the cost is.
pub(crate) fn at_most_per_byte(size: usize) -> LibraryBenchmarkConfig {
    const PER_BYTE: u64 = 16;
    at_most(PER_BYTE * (size * PATTERNS) as u64)
}
