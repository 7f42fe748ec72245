//! Counts of security_headers beside its peers: twelve fields each.

use std::convert::Infallible;

use bench_support::Handler;
use bytes::Bytes;
use gungraun::prelude::*;
use http::{Request, Response};
use http_body::Body;
use tower::Service;
use tower_egress::security_headers::SecurityHeaders;
use tower_egress_benches::helmets;
use tower_helmet::HelmetService;

use super::measured::{Asked, Called, at_most, called, one_call};

#[library_benchmark]
#[bench::twelve_fields(called(helmets::handler()))]
fn secured_bare(asked: Asked<Handler>) -> Called<Handler> {
    one_call(asked)
}

#[library_benchmark(config = at_most(4_100))]
#[bench::twelve_fields(called(helmets::ours()))]
fn secured_tower_egress(
    asked: Asked<SecurityHeaders<Handler>>,
) -> Called<SecurityHeaders<Handler>> {
    one_call(asked)
}

#[library_benchmark(config = at_most(9_000))]
#[bench::unread(called(helmets::with_nonces(false)))]
#[bench::read(called(helmets::with_nonces(true)))]
fn secured_with_nonces(
    asked: Asked<SecurityHeaders<helmets::Reader>>,
) -> Called<SecurityHeaders<helmets::Reader>> {
    one_call(asked)
}

#[library_benchmark]
#[bench::twelve_fields(called(helmets::axum_helmet()))]
fn secured_axum_helmet(asked: Asked<helmets::AxumHelmet>) -> Called<helmets::AxumHelmet> {
    one_call(asked)
}

#[library_benchmark]
#[bench::twelve_fields(called(helmets::tower_helmet()))]
fn secured_tower_helmet(asked: Asked<HelmetService<Handler>>) -> Called<HelmetService<Handler>> {
    one_call(asked)
}

#[library_benchmark]
#[bench::twelve_fields(called(helmets::twelve()))]
fn secured_tower_http<S, B>(asked: Asked<S>) -> Called<S>
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    one_call(asked)
}

library_benchmark_group!(
    name = security_headers,
    benchmarks = [
        secured_bare,
        secured_tower_egress,
        secured_with_nonces,
        secured_axum_helmet,
        secured_tower_helmet,
        secured_tower_http
    ]
);
