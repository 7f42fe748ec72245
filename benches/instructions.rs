//! `cargo bench --all-features --bench instructions`
//!
//! Instructions, counted by valgrind's callgrind: the same on a busy machine as on an idle one. Needs
//! valgrind and `gungraun-runner`. Each count is of one call of a service and the reading of its body;
//! what a layer costs is its count less that of `bare`. A count that exceeds its limit fails.

#![allow(
    missing_docs,
    unused_qualifications,
    clippy::must_use_candidate,
    reason = "the macros of the harness write public functions and whole paths"
)]

#[path = "support/helmets.rs"]
mod helmets;
#[path = "support/raw.rs"]
mod library;
#[path = "support/rules.rs"]
mod rules;
#[path = "support/common.rs"]
mod support;

use std::convert::Infallible;
use std::hint::black_box;
use std::sync::LazyLock;

use bytes::Bytes;
use gungraun::prelude::*;
use gungraun::{Callgrind, EventKind};
use http::{HeaderValue, Request, Response};
use http_body::Body;
use tower::layer::util::Identity;
use tower::{Layer, Service};
use tower_egress::cache_control::{CacheControlLayer, CacheControlService};
use tower_egress::compression::{Coding, Compression, CompressionLayer};
use tower_egress::etag::{
    Current, EntityTag, Etag, EtagLayer, Md5, ResolverFn, Validators, Xxh3, resolver_fn,
};
use tower_egress::response_time::{ResponseTime, ResponseTimeLayer};
use tower_egress::security_headers::SecurityHeaders;
use tower_egress::stack;
use tower_egress::stack::{Off, Stack};
use tower_egress::strip_nulls::{Filter, Rules, StripNulls, StripNullsLayer};
use tower_http::compression::{Compression as TowerHttp, CompressionLayer as TowerHttpLayer};

use library::Raw;
use support::{Handler, call, json};

/// A call that is answered as it is, and why.
#[derive(Clone, Copy)]
enum Passed {
    Identity,
    Image,
    Silent,
    Small,
}

impl Passed {
    fn request(self) -> Request<()> {
        support::request(match self {
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

fn bare(case: Passed) -> (Handler, Request<()>) {
    warm(case.handler(), case)
}

fn ours(case: Passed) -> (Compression<Handler>, Request<()>) {
    warm(CompressionLayer::new().layer(case.handler()), case)
}

fn theirs(case: Passed) -> (TowerHttp<Handler>, Request<()>) {
    warm(TowerHttpLayer::new().layer(case.handler()), case)
}

/// A service that was called once, so that the linker's work is not counted.
fn warm<S, B>(mut service: S, case: Passed) -> (S, Request<()>)
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    call(&mut service, case.request());
    (service, case.request())
}

#[library_benchmark(setup = bare)]
#[bench::identity(Passed::Identity)]
#[bench::image(Passed::Image)]
#[bench::silent(Passed::Silent)]
#[bench::small(Passed::Small)]
fn pass_bare((mut service, request): (Handler, Request<()>)) -> (usize, Handler) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

/// What a pass-through may cost in all. The aim is 800 over `bare`; this only keeps what is reached.
fn at_most(instructions: u64) -> LibraryBenchmarkConfig {
    let mut callgrind = Callgrind::default();
    callgrind.hard_limits([(EventKind::Ir, instructions)]);
    LibraryBenchmarkConfig::default().tool(callgrind).clone()
}

#[library_benchmark(setup = ours, config = at_most(3_100))]
#[bench::identity(Passed::Identity)]
#[bench::image(Passed::Image)]
#[bench::silent(Passed::Silent)]
#[bench::small(Passed::Small)]
fn pass_tower_egress(
    (mut service, request): (Compression<Handler>, Request<()>),
) -> (usize, Compression<Handler>) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

#[library_benchmark(setup = theirs)]
#[bench::identity(Passed::Identity)]
#[bench::image(Passed::Image)]
#[bench::silent(Passed::Silent)]
#[bench::small(Passed::Small)]
fn pass_tower_http(
    (mut service, request): (TowerHttp<Handler>, Request<()>),
) -> (usize, TowerHttp<Handler>) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

library_benchmark_group!(
    name = pass,
    benchmarks = [pass_bare, pass_tower_egress, pass_tower_http]
);

/// A page of JSON of `length` bytes for a client that accepts `coding`, from a service that was called
/// before, so that its thread has an idle encoder.
fn page(coding: Coding, length: usize) -> (Handler, Request<()>) {
    let handler = Handler {
        body: json(length),
        content_type: "application/json",
    };
    (handler, support::request(Some(coding.token())))
}

fn encode_ours(coding: Coding, length: usize) -> (Compression<Handler>, Request<()>) {
    let (handler, request) = page(coding, length);
    // The level of the layer beside it.
    let layer = CompressionLayer::new().level(Coding::Brotli, 4);
    let mut service = layer.expect("a level of brotli").layer(handler);
    call(&mut service, support::request(Some(coding.token())));
    (service, request)
}

fn encode_theirs(coding: Coding, length: usize) -> (TowerHttp<Handler>, Request<()>) {
    let (handler, request) = page(coding, length);
    let mut service = TowerHttpLayer::new().layer(handler);
    call(&mut service, support::request(Some(coding.token())));
    (service, request)
}

#[library_benchmark(setup = encode_ours)]
#[bench::br_1k(Coding::Brotli, 1024)]
#[bench::br_16k(Coding::Brotli, 16 * 1024)]
#[bench::gzip_1k(Coding::Gzip, 1024)]
#[bench::gzip_16k(Coding::Gzip, 16 * 1024)]
#[bench::zstd_1k(Coding::Zstd, 1024)]
#[bench::zstd_16k(Coding::Zstd, 16 * 1024)]
fn encode_tower_egress(
    (mut service, request): (Compression<Handler>, Request<()>),
) -> (usize, Compression<Handler>) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

#[library_benchmark(setup = encode_theirs)]
#[bench::br_1k(Coding::Brotli, 1024)]
#[bench::br_16k(Coding::Brotli, 16 * 1024)]
#[bench::gzip_1k(Coding::Gzip, 1024)]
#[bench::gzip_16k(Coding::Gzip, 16 * 1024)]
#[bench::zstd_1k(Coding::Zstd, 1024)]
#[bench::zstd_16k(Coding::Zstd, 16 * 1024)]
fn encode_tower_http(
    (mut service, request): (TowerHttp<Handler>, Request<()>),
) -> (usize, TowerHttp<Handler>) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
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
    (encoded, black_box(raw))
}

library_benchmark_group!(
    name = encode,
    benchmarks = [encode_raw, encode_tower_egress, encode_tower_http]
);

/// Patterns that parsers stumble over, in the two lists of a request that the layer reads.
const HOSTILE: [(&str, &str); 8] = [
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

/// A call for each pattern, with lists of `size` bytes.
fn hostile(size: usize) -> (Compression<Handler>, Vec<Request<()>>) {
    let requests = HOSTILE.iter().map(|(name, pattern)| {
        let line = pattern.repeat(size / pattern.len());
        let line = HeaderValue::from_bytes(line.as_bytes()).expect("a field value");
        let mut request = Request::new(());
        request.headers_mut().insert(*name, line);
        request
    });
    let (service, _) = ours(Passed::Small);
    (service, requests.collect())
}

/// A limit that is proportional to the size shows that the cost is.
fn at_most_per_byte(size: usize) -> LibraryBenchmarkConfig {
    const PER_BYTE: u64 = 16;
    at_most(PER_BYTE * (size * HOSTILE.len()) as u64)
}

#[library_benchmark(setup = hostile)]
#[bench::of_100_kb(args = (100_000), config = at_most_per_byte(100_000))]
#[bench::of_200_kb(args = (200_000), config = at_most_per_byte(200_000))]
#[bench::of_400_kb(args = (400_000), config = at_most_per_byte(400_000))]
fn g_23_hostile_lists(
    (mut service, requests): (Compression<Handler>, Vec<Request<()>>),
) -> (usize, Compression<Handler>) {
    let lengths = requests
        .into_iter()
        .map(|request| call(&mut service, request).1);
    let length = lengths.sum();
    (length, black_box(service))
}

library_benchmark_group!(name = hostile_requests, benchmarks = g_23_hostile_lists);

/// What a handler answers of which the etag layer makes no tag, and one of which it does.
#[derive(Clone, Copy, Debug)]
enum Tagged {
    /// A POST, which is none of its business.
    Not,
    /// 1 KiB, hashed with XXH3, which hardly counts.
    Xxh3,
    /// The same, asked for with its tag.
    NotModified,
}

impl Tagged {
    fn handler() -> Handler {
        Handler {
            body: json(1024),
            content_type: "application/json",
        }
    }

    fn request(self) -> Request<()> {
        let mut request = support::request(None);
        match self {
            Self::Not => *request.method_mut() = http::Method::POST,
            Self::Xxh3 => {}
            Self::NotModified => {
                let tag = HeaderValue::from_static("*");
                request.headers_mut().insert("if-none-match", tag);
            }
        }
        request
    }
}

fn etag_bare(case: Tagged) -> (Handler, Request<()>) {
    let mut service = Tagged::handler();
    call(&mut service, case.request());
    (service, case.request())
}

fn etag_ours(case: Tagged) -> (Etag<Handler, Xxh3>, Request<()>) {
    let mut service = EtagLayer::new().hasher(Xxh3).layer(Tagged::handler());
    call(&mut service, case.request());
    (service, case.request())
}

#[library_benchmark(setup = etag_bare)]
#[bench::not(Tagged::Not)]
#[bench::xxh3(Tagged::Xxh3)]
#[bench::not_modified(Tagged::NotModified)]
fn tag_bare((mut service, request): (Handler, Request<()>)) -> (usize, Handler) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

#[library_benchmark(setup = etag_ours, config = at_most(7_500))]
#[bench::not(Tagged::Not)]
#[bench::xxh3(Tagged::Xxh3)]
#[bench::not_modified(Tagged::NotModified)]
fn tag_tower_egress(
    (mut service, request): (Etag<Handler, Xxh3>, Request<()>),
) -> (usize, Etag<Handler, Xxh3>) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

type State = fn(&http::request::Parts) -> Current;

/// A layer that knows the state of everything: a clone of a tag that is at hand.
fn state(_: &http::request::Parts) -> Current {
    static TAG: LazyLock<EntityTag> =
        LazyLock::new(|| EntityTag::strong("v1").expect("letters are a tag"));
    Current::Present(Validators::new().etag(TAG.clone()))
}

fn guarded(tag: &'static str) -> (Etag<Handler, Md5, ResolverFn<State>>, Request<()>) {
    let layer = EtagLayer::new().validators(resolver_fn(state as State));
    let mut service = layer.layer(Tagged::handler());
    let request = || {
        let mut request = support::request(None);
        let tag = HeaderValue::from_static(tag);
        request.headers_mut().insert("if-none-match", tag);
        request
    };
    call(&mut service, request());
    (service, request())
}

#[library_benchmark]
#[bench::before_the_handler(args = (guarded("\"v1\"")), config = at_most(3_100))]
#[bench::through_the_handler(args = (guarded("\"v0\"")), config = at_most(5_300))]
fn known_tower_egress(
    (mut service, request): (Etag<Handler, Md5, ResolverFn<State>>, Request<()>),
) -> (usize, Etag<Handler, Md5, ResolverFn<State>>) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

/// Lists of conditions that mean harm, of `size` bytes each.
const HOSTILE_CONDITIONS: [(&str, &str); 8] = [
    ("if-none-match", ","),
    ("if-none-match", "\"a\","),
    ("if-none-match", "W/\"a\" , "),
    ("if-none-match", "\""),
    ("if-match", "\"\\"),
    ("if-match", "*,"),
    ("if-modified-since", "Sat, 01 Jan 2000 00:00:00 GMT, "),
    ("if-unmodified-since", "\u{e9}"),
];

fn hostile_conditions(size: usize) -> (Etag<Handler, Xxh3>, Vec<Request<()>>) {
    let requests = HOSTILE_CONDITIONS.iter().map(|(name, pattern)| {
        let line = pattern.repeat(size / pattern.len());
        let line = HeaderValue::from_bytes(line.as_bytes()).expect("a field value");
        let mut request = Request::new(());
        request.headers_mut().insert(*name, line);
        request
    });
    let (service, _) = etag_ours(Tagged::Xxh3);
    (service, requests.collect())
}

#[library_benchmark(setup = hostile_conditions)]
#[bench::of_100_kb(args = (100_000), config = at_most_per_byte(100_000))]
#[bench::of_200_kb(args = (200_000), config = at_most_per_byte(200_000))]
#[bench::of_400_kb(args = (400_000), config = at_most_per_byte(400_000))]
fn e_33_hostile_conditions(
    (mut service, requests): (Etag<Handler, Xxh3>, Vec<Request<()>>),
) -> (usize, Etag<Handler, Xxh3>) {
    let lengths = requests
        .into_iter()
        .map(|request| call(&mut service, request).1);
    let length = lengths.sum();
    (length, black_box(service))
}

library_benchmark_group!(
    name = etag,
    benchmarks = [
        tag_bare,
        tag_tower_egress,
        known_tower_egress,
        e_33_hostile_conditions
    ]
);

/// A style sheet, asked for by a name with a fingerprint.
fn style_sheet() -> (Handler, Request<()>) {
    let handler = Handler {
        body: Bytes::from_static(b"body { color: teal }"),
        content_type: "text/css",
    };
    let mut request = support::request(None);
    *request.uri_mut() = http::Uri::from_static("/static/main.8e3c1f07.css");
    (handler, request)
}

fn cached_ours(layer: &CacheControlLayer) -> (CacheControlService<Handler>, Request<()>) {
    let (handler, request) = style_sheet();
    let mut service = layer.layer(handler);
    call(&mut service, request.clone());
    (service, request)
}

#[library_benchmark]
#[bench::style_sheet(style_sheet())]
fn cached_bare((mut service, request): (Handler, Request<()>)) -> (usize, Handler) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

#[library_benchmark(config = at_most(3_550))]
#[bench::ten_rules(cached_ours(&rules::ten_rules()))]
#[bench::static_assets(cached_ours(&CacheControlLayer::static_assets()))]
fn cached_tower_egress(
    (mut service, request): (CacheControlService<Handler>, Request<()>),
) -> (usize, CacheControlService<Handler>) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

library_benchmark_group!(
    name = cache_control,
    benchmarks = [cached_bare, cached_tower_egress]
);

/// A service that was called once.
fn called<S, B>(mut service: S) -> (S, Request<()>)
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    call(&mut service, support::request(None));
    (service, support::request(None))
}

#[library_benchmark]
#[bench::twelve_fields(called(helmets::handler()))]
fn secured_bare((mut service, request): (Handler, Request<()>)) -> (usize, Handler) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

#[library_benchmark(config = at_most(4_100))]
#[bench::twelve_fields(called(helmets::ours()))]
fn secured_tower_egress(
    (mut service, request): (SecurityHeaders<Handler>, Request<()>),
) -> (usize, SecurityHeaders<Handler>) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

#[library_benchmark(config = at_most(9_000))]
#[bench::unread(called(helmets::with_nonces(false)))]
#[bench::read(called(helmets::with_nonces(true)))]
fn secured_with_nonces(
    (mut service, request): (SecurityHeaders<helmets::Reader>, Request<()>),
) -> (usize, SecurityHeaders<helmets::Reader>) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

#[library_benchmark]
#[bench::twelve_fields(called(helmets::axum_helmet()))]
fn secured_axum_helmet(
    (mut service, request): (helmets::AxumHelmet, Request<()>),
) -> (usize, helmets::AxumHelmet) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

#[library_benchmark]
#[bench::twelve_fields(called(helmets::tower_helmet()))]
fn secured_tower_helmet(
    (mut service, request): (tower_helmet::HelmetService<Handler>, Request<()>),
) -> (usize, tower_helmet::HelmetService<Handler>) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

#[library_benchmark]
#[bench::twelve_fields(called(helmets::twelve()))]
fn secured_tower_http<S, B>((mut service, request): (S, Request<()>)) -> (usize, S)
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
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

#[library_benchmark(config = at_most(2_700))]
#[bench::header(called(ResponseTimeLayer::new().layer(helmets::handler())))]
fn timed_tower_egress(
    (mut service, request): (ResponseTime<Handler>, Request<()>),
) -> (usize, ResponseTime<Handler>) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

library_benchmark_group!(name = response_time, benchmarks = timed_tower_egress);

/// An answer of about a kilobyte.
#[derive(Clone, Copy)]
enum Nulls {
    /// Not JSON.
    Html,
    /// JSON without a null.
    None,
    /// JSON, of whose members a tenth is null.
    Some,
}

impl Nulls {
    fn handler(self) -> Handler {
        Handler {
            body: match self {
                Self::Html | Self::None => support::records(1024, 0),
                Self::Some => support::records(1024, 10),
            },
            content_type: match self {
                Self::Html => "text/html",
                Self::None | Self::Some => "application/json",
            },
        }
    }
}

fn nulls_bare(case: Nulls) -> (Handler, Request<()>) {
    let mut service = case.handler();
    call(&mut service, support::request(None));
    (service, support::request(None))
}

fn nulls_ours(case: Nulls) -> (StripNulls<Handler>, Request<()>) {
    let mut service = StripNullsLayer::new().layer(case.handler());
    call(&mut service, support::request(None));
    (service, support::request(None))
}

#[library_benchmark(setup = nulls_bare)]
#[bench::html(Nulls::Html)]
#[bench::none(Nulls::None)]
#[bench::some(Nulls::Some)]
fn strip_bare((mut service, request): (Handler, Request<()>)) -> (usize, Handler) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

#[library_benchmark(setup = nulls_ours)]
#[bench::html(args = (Nulls::Html), config = at_most(2_500))]
#[bench::none(args = (Nulls::None), config = at_most(4_000))]
#[bench::some(args = (Nulls::Some), config = at_most(16_800))]
fn strip_tower_egress(
    (mut service, request): (StripNulls<Handler>, Request<()>),
) -> (usize, StripNulls<Handler>) {
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

/// Texts that would cost a careless filter more than their length: names without end, white space in doubt,
/// escapes, brackets, and pieces of one byte.
const HOSTILE_TEXTS: [(&str, &str); 8] = [
    ("{\"", "n"),
    ("{\"", "\\\\"),
    ("{\"a\":1", " "),
    ("[\"", "\\u00e9"),
    ("[\"", "\u{20ac}"),
    ("[1", "0"),
    ("[", "[],"),
    ("{\"b\":1", ",\"a\":null"),
];

fn hostile_texts(size: usize) -> Vec<Bytes> {
    let texts = HOSTILE_TEXTS.iter().map(|(before, token)| {
        let count = size / token.len();
        Bytes::from(format!("{before}{}", token.repeat(count)))
    });
    texts.collect()
}

/// A limit that is proportional to the size shows that the cost is.
fn at_most_per_byte_of_texts(size: usize) -> LibraryBenchmarkConfig {
    const PER_BYTE: u64 = 500;
    at_most(PER_BYTE * (size * HOSTILE_TEXTS.len()) as u64)
}

#[library_benchmark(setup = hostile_texts)]
#[bench::of_10_kb(args = (10_000), config = at_most_per_byte_of_texts(10_000))]
#[bench::of_20_kb(args = (20_000), config = at_most_per_byte_of_texts(20_000))]
#[bench::of_40_kb(args = (40_000), config = at_most_per_byte_of_texts(40_000))]
fn f_05_hostile_texts(texts: Vec<Bytes>) -> usize {
    let lengths = texts.into_iter().map(|mut text| {
        let mut filter = Filter::new(&Rules::new());
        let mut length = 0;
        while !text.is_empty() {
            length += filter.push(&text.split_to(1)).len();
        }
        length
    });
    lengths.sum()
}

library_benchmark_group!(
    name = strip_nulls,
    benchmarks = [strip_bare, strip_tower_egress, f_05_hostile_texts]
);

/// A service in front of a kilobyte of JSON, called once, and a request with this field.
fn stacked<L, B>(
    layer: &L,
    field: Option<(&'static str, &'static str)>,
) -> (L::Service, Request<()>)
where
    L: Layer<Handler>,
    L::Service: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    let request = || {
        let mut request = Request::new(());
        if let Some((name, value)) = field {
            let value = HeaderValue::from_static(value);
            request.headers_mut().insert(name, value);
        }
        request
    };
    let mut service = layer.layer(Handler {
        body: support::records(1024, 0),
        content_type: "application/json",
    });
    call(&mut service, request());
    (service, request())
}

const GZIP: Option<(&str, &str)> = Some(("accept-encoding", "gzip"));
const KNOWN: Option<(&str, &str)> = Some(("if-none-match", "*"));

/// The stack with no layer in it.
fn empty() -> Stack<Off, Off, Off, Off, Off> {
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
fn stack_of<S, B>((mut service, request): (S, Request<()>)) -> (usize, S)
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    let (_, length) = call(&mut service, request);
    (length, black_box(service))
}

library_benchmark_group!(name = whole_stack, benchmarks = stack_of);

main!(
    library_benchmark_groups = pass,
    encode,
    hostile_requests,
    etag,
    cache_control,
    security_headers,
    response_time,
    strip_nulls,
    whole_stack
);
