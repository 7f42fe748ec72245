//! `cargo bench -p tower-http-as-shipped`
//!
//! The bodies of `benches/compression.rs` through tower-http with its own backends. Ids are
//! `as-shipped/<coding>/<case>`.

#[path = "../../support/common.rs"]
mod support;

use std::time::Duration;

use criterion::{Criterion, Throughput};
use tower::Layer;
use tower_http::compression::CompressionLayer;

use support::{Handler, bodies, call, request};

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let mut group = criterion.benchmark_group(format!("as-shipped/{coding}"));
        for (case, body) in bodies() {
            group.throughput(Throughput::Bytes(body.len() as u64));
            let mut service = CompressionLayer::new().layer(Handler {
                body,
                content_type: "text/html",
            });
            let (head, _) = call(&mut service, request(Some(coding)));
            assert_eq!(head["content-encoding"], coding, "{case}");
            group.bench_function(case, |bencher| {
                bencher.iter(|| call(&mut service, request(Some(coding))));
            });
        }
        group.finish();
    }
    criterion.final_summary();
}
