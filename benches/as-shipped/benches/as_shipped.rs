//! `cargo bench -p tower-http-as-shipped`
//!
//! The bodies of `benches/compression.rs` through tower-http with its own backends. Ids are
//! `as-shipped/<coding>/<case>`.

use bench_support::{Handler, bodies, call, request, timed};
use criterion::Throughput;
use tower::Layer;
use tower_http::compression::CompressionLayer;

fn main() {
    let mut criterion = timed::criterion(20);
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
