//! Counts of the whole stack, of it without each layer, and of it with nothing.

use std::convert::Infallible;

use bench_support::{Handler, records};
use bytes::Bytes;
use gungraun::prelude::*;
use http::{HeaderValue, Request, Response};
use http_body::Body;
use tower::layer::util::Identity;
use tower::{Layer, Service};
use tower_egress::etag::{EtagLayer, Xxh3};
use tower_egress::stack;
use tower_egress::stack::{Off, Stack};
use tower_egress::strip_nulls::StripNullsLayer;

use super::measured::{Asked, Called, at_most, one_call, warm};

/// A service in front of a kilobyte of JSON, called once, and a request with this field.
fn stacked<L, B>(layer: &L, field: Option<(&'static str, &'static str)>) -> Asked<L::Service>
where
    L: Layer<Handler>,
    L::Service: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    let service = layer.layer(Handler {
        body: records(1024, 0),
        content_type: "application/json",
    });
    warm(service, || {
        let mut request = Request::new(());
        if let Some((name, value)) = field {
            let value = HeaderValue::from_static(value);
            request.headers_mut().insert(name, value);
        }
        request
    })
}

const GZIP: Option<(&str, &str)> = Some(("accept-encoding", "gzip"));
const KNOWN: Option<(&str, &str)> = Some(("if-none-match", "*"));

/// The stack with no layer in it.
fn empty() -> Stack<Off, Off, Off, Off, Off, Off> {
    let rest = stack().response_time(Off).security_headers(Off);
    rest.compression(Off).cache_control(Off).etag(Off)
}

#[library_benchmark]
#[bench::bare(stacked(&Identity::new(), None))]
#[bench::empty(args = (stacked(&empty(), None)), config = at_most(1_300))]
#[bench::whole(args = (stacked(&stack(), None)), config = at_most(24_000))]
#[bench::without_response_time(stacked(&stack().response_time(Off), None))]
#[bench::without_security_headers(stacked(&stack().security_headers(Off), None))]
#[bench::without_compression(stacked(&stack().compression(Off), None))]
#[bench::without_cache_control(stacked(&stack().cache_control(Off), None))]
#[bench::without_etag(stacked(&stack().etag(Off), None))]
#[bench::with_strip_nulls(args = (stacked(&stack().strip_nulls(StripNullsLayer::new()), None)), config = at_most(26_000))]
#[bench::with_xxh3(args = (stacked(&stack().etag(EtagLayer::new().hasher(Xxh3)), None)), config = at_most(13_000))]
#[bench::not_modified(args = (stacked(&stack(), KNOWN)), config = at_most(27_500))]
#[bench::gzip(args = (stacked(&stack(), GZIP)), config = at_most(415_000))]
fn stack_of<S, B>(asked: Asked<S>) -> Called<S>
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    one_call(asked)
}

library_benchmark_group!(name = whole_stack, benchmarks = stack_of);
