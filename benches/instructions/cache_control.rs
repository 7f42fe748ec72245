//! Counts of cache_control, with ten rules and with those for static assets.

use bench_support::{Handler, request};
use bytes::Bytes;
use gungraun::prelude::*;
use http::Uri;
use tower::Layer;
use tower_egress::cache_control::{CacheControlLayer, CacheControlService};
use tower_egress_benches::rules;

use super::measured::{Asked, Called, at_most, one_call, warm};

/// A style sheet, asked for by a name with a fingerprint.
fn style_sheet() -> Asked<Handler> {
    let handler = Handler {
        body: Bytes::from_static(b"body { color: teal }"),
        content_type: "text/css",
    };
    let mut request = request(None);
    *request.uri_mut() = Uri::from_static("/static/main.8e3c1f07.css");
    (handler, request)
}

fn cached_ours(layer: &CacheControlLayer) -> Asked<CacheControlService<Handler>> {
    let (handler, request) = style_sheet();
    warm(layer.layer(handler), || request.clone())
}

#[library_benchmark]
#[bench::style_sheet(style_sheet())]
fn cached_bare(asked: Asked<Handler>) -> Called<Handler> {
    one_call(asked)
}

#[library_benchmark(config = at_most(3_550))]
#[bench::ten_rules(cached_ours(&rules::ten_rules()))]
#[bench::static_assets(cached_ours(&CacheControlLayer::static_assets()))]
fn cached_tower_egress(
    asked: Asked<CacheControlService<Handler>>,
) -> Called<CacheControlService<Handler>> {
    one_call(asked)
}

library_benchmark_group!(
    name = cache_control,
    benchmarks = [cached_bare, cached_tower_egress]
);
