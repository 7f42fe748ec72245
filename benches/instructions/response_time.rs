//! The count of response_time. Its bare service is that of security_headers.

use bench_support::Handler;
use gungraun::prelude::*;
use tower::Layer;
use tower_egress::response_time::{ResponseTime, ResponseTimeLayer};
use tower_egress_benches::helmets;

use super::measured::{Asked, Called, at_most, called, one_call};

#[library_benchmark(config = at_most(2_700))]
#[bench::header(called(ResponseTimeLayer::new().layer(helmets::handler())))]
fn timed_tower_egress(asked: Asked<ResponseTime<Handler>>) -> Called<ResponseTime<Handler>> {
    one_call(asked)
}

library_benchmark_group!(name = response_time, benchmarks = timed_tower_egress);
