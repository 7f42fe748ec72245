//! Counts of compression: what it costs to do nothing, to encode, and to read lists that mean harm.

use bench_support::{Handler, json, request};
use bytes::Bytes;
use gungraun::prelude::*;
use http::Request;
use tower::Layer;
use tower_egress::compression::{Coding, Compression, CompressionLayer};
use tower_egress_benches::raw::Raw;
use tower_http::compression::{Compression as TowerHttp, CompressionLayer as TowerHttpLayer};

use super::measured::{
    Asked, AskedOften, Called, Patterns, at_most, at_most_per_byte, each_call, lists, one_call,
    warm,
};

/// A response that passes as it is, and why.
#[derive(Clone, Copy)]
enum Passed {
    Identity,
    Image,
    Silent,
    Small,
}

impl Passed {
    fn request(self) -> Request<()> {
        request(match self {
            Self::Identity => Some("identity"),
            Self::Image | Self::Small => Some("gzip, deflate, br, zstd"),
            Self::Silent => None,
        })
    }

    fn handler(self) -> Handler {
        Handler {
            body: match self {
                Self::Small => Bytes::from_static(b"twenty bytes of text"),
                Self::Identity | Self::Image | Self::Silent => json(4096),
            },
            content_type: match self {
                Self::Image => "image/png",
                Self::Identity | Self::Silent | Self::Small => "text/html",
            },
        }
    }
}

fn bare(case: Passed) -> Asked<Handler> {
    warm(case.handler(), || case.request())
}

fn ours(case: Passed) -> Asked<Compression<Handler>> {
    let service = CompressionLayer::new().layer(case.handler());
    warm(service, || case.request())
}

fn theirs(case: Passed) -> Asked<TowerHttp<Handler>> {
    let service = TowerHttpLayer::new().layer(case.handler());
    warm(service, || case.request())
}

#[library_benchmark(setup = bare)]
#[bench::identity(Passed::Identity)]
#[bench::image(Passed::Image)]
#[bench::silent(Passed::Silent)]
#[bench::small(Passed::Small)]
fn pass_bare(asked: Asked<Handler>) -> Called<Handler> {
    one_call(asked)
}

// The aim is 800 over `bare`.
#[library_benchmark(setup = ours, config = at_most(3_100))]
#[bench::identity(Passed::Identity)]
#[bench::image(Passed::Image)]
#[bench::silent(Passed::Silent)]
#[bench::small(Passed::Small)]
fn pass_tower_egress(asked: Asked<Compression<Handler>>) -> Called<Compression<Handler>> {
    one_call(asked)
}

#[library_benchmark(setup = theirs)]
#[bench::identity(Passed::Identity)]
#[bench::image(Passed::Image)]
#[bench::silent(Passed::Silent)]
#[bench::small(Passed::Small)]
fn pass_tower_http(asked: Asked<TowerHttp<Handler>>) -> Called<TowerHttp<Handler>> {
    one_call(asked)
}

library_benchmark_group!(
    name = pass,
    benchmarks = [pass_bare, pass_tower_egress, pass_tower_http]
);

/// A handler that sends `length` bytes of JSON.
fn page(length: usize) -> Handler {
    Handler {
        body: json(length),
        content_type: "application/json",
    }
}

fn encode_ours(coding: Coding, length: usize) -> Asked<Compression<Handler>> {
    // The level of the layer beside it.
    let layer = CompressionLayer::new().level(Coding::Brotli, 4);
    let service = layer.expect("a level of brotli").layer(page(length));
    warm(service, || request(Some(coding.as_str())))
}

fn encode_theirs(coding: Coding, length: usize) -> Asked<TowerHttp<Handler>> {
    let service = TowerHttpLayer::new().layer(page(length));
    warm(service, || request(Some(coding.as_str())))
}

fn raw(coding: Coding, length: usize) -> (Raw, Bytes) {
    let body = json(length);
    let mut raw = Raw::new(coding, length);
    raw.encode(&body);
    (raw, body)
}

#[library_benchmark(setup = raw)]
#[bench::br_1k(Coding::Brotli, 1024)]
#[bench::br_16k(Coding::Brotli, 16 * 1024)]
#[bench::gzip_1k(Coding::Gzip, 1024)]
#[bench::gzip_16k(Coding::Gzip, 16 * 1024)]
#[bench::zstd_1k(Coding::Zstd, 1024)]
#[bench::zstd_16k(Coding::Zstd, 16 * 1024)]
fn encode_raw((mut raw, body): (Raw, Bytes)) -> (Bytes, Raw) {
    let encoded = raw.encode(&body);
    (encoded, std::hint::black_box(raw))
}

#[library_benchmark(setup = encode_ours)]
#[bench::br_1k(Coding::Brotli, 1024)]
#[bench::br_16k(Coding::Brotli, 16 * 1024)]
#[bench::gzip_1k(Coding::Gzip, 1024)]
#[bench::gzip_16k(Coding::Gzip, 16 * 1024)]
#[bench::zstd_1k(Coding::Zstd, 1024)]
#[bench::zstd_16k(Coding::Zstd, 16 * 1024)]
fn encode_tower_egress(asked: Asked<Compression<Handler>>) -> Called<Compression<Handler>> {
    one_call(asked)
}

#[library_benchmark(setup = encode_theirs)]
#[bench::br_1k(Coding::Brotli, 1024)]
#[bench::br_16k(Coding::Brotli, 16 * 1024)]
#[bench::gzip_1k(Coding::Gzip, 1024)]
#[bench::gzip_16k(Coding::Gzip, 16 * 1024)]
#[bench::zstd_1k(Coding::Zstd, 1024)]
#[bench::zstd_16k(Coding::Zstd, 16 * 1024)]
fn encode_tower_http(asked: Asked<TowerHttp<Handler>>) -> Called<TowerHttp<Handler>> {
    one_call(asked)
}

library_benchmark_group!(
    name = encode,
    benchmarks = [encode_raw, encode_tower_egress, encode_tower_http]
);

/// Patterns that parsers stumble over, in the two lists of a request that the layer reads.
const HOSTILE: Patterns = [
    ("accept-encoding", ","),
    ("accept-encoding", "gzip,"),
    (
        "accept-encoding",
        "gzip;q=0.0000000000000000000000000000000000000001,",
    ),
    ("accept-encoding", "\""),
    ("accept-encoding", "\"\\"),
    ("accept-encoding", "\u{e9},"),
    ("if-none-match", "\"a-gzip\", "),
    ("if-none-match", "\","),
];

fn hostile(size: usize) -> AskedOften<Compression<Handler>> {
    let requests = lists(&HOSTILE, size);
    let (service, _) = ours(Passed::Small);
    (service, requests)
}

#[library_benchmark(setup = hostile)]
#[bench::of_100_kb(args = (100_000), config = at_most_per_byte(100_000))]
#[bench::of_200_kb(args = (200_000), config = at_most_per_byte(200_000))]
#[bench::of_400_kb(args = (400_000), config = at_most_per_byte(400_000))]
fn g_23_hostile_lists(asked: AskedOften<Compression<Handler>>) -> Called<Compression<Handler>> {
    each_call(asked)
}

library_benchmark_group!(name = hostile_requests, benchmarks = g_23_hostile_lists);
