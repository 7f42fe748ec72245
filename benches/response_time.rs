//! `cargo bench --bench response_time`
//!
//! The header, and what else can be asked for, beside no layer and tower-http's `TraceLayer` (with no
//! subscriber). Ids are `response_time/<who>`.

use bench_support::{Handler, call, json, request, timed};
use bytes::Bytes;
use criterion::Criterion;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Empty;
use std::convert::Infallible;
use tower::{Layer, Service, ServiceExt};
use tower_egress::response_time::{Reports, ResponseTimeLayer};
use tower_http::trace::TraceLayer;

fn main() {
    let mut criterion = timed::criterion(30);
    let header = ResponseTimeLayer::new();
    let timing = ResponseTimeLayer::new().server_timing();
    let slow = ResponseTimeLayer::new().report(Reports::log_slow());
    run(&mut criterion, "bare", handler());
    run(&mut criterion, "header", header.layer(handler()));
    run(
        &mut criterion,
        "header-and-server-timing",
        timing.layer(handler()),
    );
    run(&mut criterion, "header-and-slow-log", slow.layer(handler()));
    // It wants a request that has a body.
    let inner = handler().map_request(|request: Request<Empty<Bytes>>| request.map(|_| ()));
    let trace = TraceLayer::new_for_http().layer(inner);
    let trace = trace.map_request(|request: Request<()>| request.map(|()| Empty::new()));
    run(&mut criterion, "tower-http-trace", trace);
    criterion.final_summary();
}

fn run<S, B>(criterion: &mut Criterion, who: &str, mut service: S)
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    let mut group = criterion.benchmark_group("response_time");
    group.bench_function(who, |bencher| {
        bencher.iter(|| call(&mut service, request(None)));
    });
    group.finish();
}

fn handler() -> Handler {
    Handler {
        body: json(1024),
        content_type: "application/json",
    }
}
