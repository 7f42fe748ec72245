//! `cargo bench --bench compression`
//!
//! Ids are `compression/<what>/<case>/<who>`; keep them stable, they are compared over time. Whoever
//! stands beside this crate's layer runs in the same process, on the same bodies, with the same
//! libraries below.

use bench_support::{Handler, bodies, call, json, request, timed};
use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput};
use http::{Request, Response};
use http_body::Body;
use std::convert::Infallible;
use tower::{Layer, Service};
use tower_egress::compression::{Coding, CompressionLayer};
use tower_egress_benches::raw::Raw;
use tower_http::compression::CompressionLayer as TowerHttp;

fn main() {
    let mut criterion = timed::criterion(20);
    pass_through(&mut criterion);
    whole(&mut criterion);
    streamed(&mut criterion);
    criterion.final_summary();
}

/// What the layer costs where it has nothing to do.
fn pass_through(criterion: &mut Criterion) {
    let page = json(4096);
    let word = Bytes::from_static(b"twenty bytes of text");
    for (case, accepted, content_type, body) in [
        ("silent", None, "text/html", &page),
        ("identity", Some("identity"), "text/html", &page),
        ("small", Some("gzip, deflate, br, zstd"), "text/html", &word),
        ("image", Some("gzip, deflate, br, zstd"), "image/png", &page),
    ] {
        let handler = Handler {
            body: body.clone(),
            content_type,
        };
        let mut group = criterion.benchmark_group(format!("compression/pass/{case}"));
        let mut measure = Measure {
            group: &mut group,
            accepted,
        };
        let ours = CompressionLayer::new().layer(handler.clone());
        measure.run("bare", None, handler.clone());
        measure.run("tower-egress", None, ours);
        measure.run("tower-http", None, TowerHttp::new().layer(handler));
        group.finish();
    }
}

/// One body in one frame, at the levels that both layers have in common, beside the library that does
/// the work.
fn whole(criterion: &mut Criterion) {
    for &coding in Coding::preference() {
        for (case, body) in bodies() {
            let name = format!("compression/whole/{coding}/{case}");
            compare(criterion, &name, coding, &body, CompressionLayer::new());
            let mut group = criterion.benchmark_group(&name);
            group.throughput(Throughput::Bytes(body.len() as u64));
            let mut raw = Raw::new(coding, body.len());
            group.bench_function(BenchmarkId::from_parameter("raw"), |bencher| {
                bencher.iter(|| raw.encode(&body));
            });
            group.finish();
        }
    }
}

/// The same, always streamed.
fn streamed(criterion: &mut Criterion) {
    for &coding in Coding::preference() {
        for (case, body) in [("json-16k", json(16 << 10)), ("json-1m", json(1 << 20))] {
            let name = format!("compression/stream/{coding}/{case}");
            let layer = CompressionLayer::new().one_shot(0);
            compare(criterion, &name, coding, &body, layer);
        }
    }
}

fn compare(
    criterion: &mut Criterion,
    name: &str,
    coding: Coding,
    body: &Bytes,
    layer: CompressionLayer,
) {
    // tower-http's brotli is at level 4.
    let layer = layer.level(Coding::Brotli, 4).expect("a level of brotli");
    let handler = Handler {
        body: body.clone(),
        content_type: "text/html",
    };
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(body.len() as u64));
    let mut measure = Measure {
        group: &mut group,
        accepted: Some(coding.as_str()),
    };
    let theirs = TowerHttp::new().layer(handler.clone());
    measure.run("bare", None, handler.clone());
    measure.run("tower-egress", Some(coding), layer.layer(handler));
    measure.run("tower-http", Some(coding), theirs);
    group.finish();
}

/// One row of figures after another, all for the same request.
struct Measure<'a, 'b> {
    group: &'a mut criterion::BenchmarkGroup<'b, criterion::measurement::WallTime>,
    accepted: Option<&'static str>,
}

impl Measure<'_, '_> {
    fn run<S, B>(&mut self, who: &str, expected: Option<Coding>, mut service: S)
    where
        S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
        B: Body<Data = Bytes>,
    {
        let accepted = self.accepted;
        let (head, length) = call(&mut service, request(accepted));
        let found = head.get("content-encoding");
        assert_eq!(
            found.map(http::HeaderValue::as_bytes),
            expected.map(|coding| coding.as_str().as_bytes()),
            "{who}"
        );
        assert!(length > 0, "{who}");
        self.group
            .bench_function(BenchmarkId::from_parameter(who), |bencher| {
                bencher.iter(|| call(&mut service, request(accepted)));
            });
    }
}
