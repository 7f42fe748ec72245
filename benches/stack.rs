//! `cargo bench --bench stack`
//!
//! A call of the whole stack, beside tower-http's nearest equivalent on the same backend: compression and nine
//! fields, and nothing in the place of tags, times and cache policies. Ids are `stack/<case>/<who>`.

use bench_support::{Handler, call, records, request, timed};
use criterion::{BenchmarkId, Throughput};
use http::{HeaderName, HeaderValue, Request};
use tower::{Layer, ServiceBuilder};
use tower_egress::etag::{EtagLayer, Xxh3};
use tower_egress::stack;
use tower_egress::strip_nulls::StripNullsLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

fn main() {
    let mut criterion = timed::criterion(30);
    for (case, length) in [("100b", 100), ("1k", 1 << 10), ("16k", 16 << 10)] {
        let handler = Handler {
            body: records(length, 0),
            content_type: "application/json",
        };
        let mut group = criterion.benchmark_group(format!("stack/{case}"));
        group.throughput(Throughput::Bytes(handler.body.len() as u64));
        let mut run = |who: &str, mut service: Box<dyn FnMut(Request<()>) -> usize>| {
            group.bench_function(BenchmarkId::from_parameter(who), |bencher| {
                bencher.iter(|| service(request(Some("gzip"))));
            });
        };
        let mut bare = handler.clone();
        run("bare", Box::new(move |asked| call(&mut bare, asked).1));
        let mut all = stack().layer(handler.clone());
        run(
            "tower-egress",
            Box::new(move |asked| call(&mut all, asked).1),
        );
        let fast = stack().etag(EtagLayer::new().hasher(Xxh3));
        let mut all = fast.layer(handler.clone());
        run(
            "tower-egress-xxh3",
            Box::new(move |asked| call(&mut all, asked).1),
        );
        let six = stack().strip_nulls(StripNullsLayer::new());
        let mut all = six.layer(handler.clone());
        run(
            "tower-egress-six",
            Box::new(move |asked| call(&mut all, asked).1),
        );
        let field = |name| {
            let value = HeaderValue::from_static("same-origin");
            SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), value)
        };
        let theirs = ServiceBuilder::new()
            .layer(field("content-security-policy"))
            .layer(field("strict-transport-security"))
            .layer(field("cross-origin-opener-policy"))
            .layer(field("cross-origin-resource-policy"))
            .layer(field("origin-agent-cluster"))
            .layer(field("permissions-policy"))
            .layer(field("referrer-policy"))
            .layer(field("x-content-type-options"))
            .layer(field("x-frame-options"))
            .layer(CompressionLayer::new());
        let mut theirs = theirs.service(handler);
        run(
            "tower-http",
            Box::new(move |asked| call(&mut theirs, asked).1),
        );
        group.finish();
    }
    criterion.final_summary();
}
