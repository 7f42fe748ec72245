//! Counts of etag: with no tag, a tag, a tag that matches, a state that is known, and conditions that
//! mean harm.

use std::sync::LazyLock;

use bench_support::{Handler, json};
use gungraun::prelude::*;
use http::{HeaderValue, Method, Request, request};
use tower::Layer;
use tower_egress::etag::{
    Current, EntityTag, Etag, EtagLayer, Guarded, ResolverFn, Xxh3, resolver_fn,
};

use super::measured::{
    Asked, AskedOften, Called, Patterns, at_most, at_most_per_byte, each_call, lists, one_call,
    warm,
};

/// A response that the layer does not tag, or tags, or makes a 304 of.
#[derive(Clone, Copy, Debug)]
enum Tagged {
    /// To a POST, which is none of its business.
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
        let mut request = bench_support::request(None);
        match self {
            Self::Not => *request.method_mut() = Method::POST,
            Self::Xxh3 => {}
            Self::NotModified => {
                let tag = HeaderValue::from_static("*");
                request.headers_mut().insert("if-none-match", tag);
            }
        }
        request
    }
}

fn etag_bare(case: Tagged) -> Asked<Handler> {
    warm(Tagged::handler(), || case.request())
}

fn etag_ours(case: Tagged) -> Asked<Etag<Handler>> {
    let service = EtagLayer::new().hasher(Xxh3).layer(Tagged::handler());
    warm(service, || case.request())
}

#[library_benchmark(setup = etag_bare)]
#[bench::not(Tagged::Not)]
#[bench::xxh3(Tagged::Xxh3)]
#[bench::not_modified(Tagged::NotModified)]
fn tag_bare(asked: Asked<Handler>) -> Called<Handler> {
    one_call(asked)
}

#[library_benchmark(setup = etag_ours, config = at_most(7_500))]
#[bench::not(Tagged::Not)]
#[bench::xxh3(Tagged::Xxh3)]
#[bench::not_modified(Tagged::NotModified)]
fn tag_tower_egress(asked: Asked<Etag<Handler>>) -> Called<Etag<Handler>> {
    one_call(asked)
}

type State = fn(&request::Parts) -> Current;

/// A layer that knows the state of everything: a clone of a tag that is at hand.
type Known = Guarded<Handler, ResolverFn<State>>;

fn state(_: &request::Parts) -> Current {
    static TAG: LazyLock<EntityTag> =
        LazyLock::new(|| EntityTag::strong("v1").expect("letters are a tag"));
    Current::Present(TAG.clone().into())
}

fn guarded(tag: &'static str) -> Asked<Known> {
    let layer = EtagLayer::new().resolver(resolver_fn(state as State));
    warm(layer.layer(Tagged::handler()), || {
        let mut request = bench_support::request(None);
        let tag = HeaderValue::from_static(tag);
        request.headers_mut().insert("if-none-match", tag);
        request
    })
}

#[library_benchmark]
#[bench::before_the_handler(args = (guarded("\"v1\"")), config = at_most(3_100))]
#[bench::through_the_handler(args = (guarded("\"v0\"")), config = at_most(5_300))]
fn known_tower_egress(asked: Asked<Known>) -> Called<Known> {
    one_call(asked)
}

/// Lists of conditions.
const HOSTILE: Patterns = [
    ("if-none-match", ","),
    ("if-none-match", "\"a\","),
    ("if-none-match", "W/\"a\" , "),
    ("if-none-match", "\""),
    ("if-match", "\"\\"),
    ("if-match", "*,"),
    ("if-modified-since", "Sat, 01 Jan 2000 00:00:00 GMT, "),
    ("if-unmodified-since", "\u{e9}"),
];

fn hostile_conditions(size: usize) -> AskedOften<Etag<Handler>> {
    let requests = lists(&HOSTILE, size);
    let (service, _) = etag_ours(Tagged::Xxh3);
    (service, requests)
}

#[library_benchmark(setup = hostile_conditions)]
#[bench::of_100_kb(args = (100_000), config = at_most_per_byte(100_000))]
#[bench::of_200_kb(args = (200_000), config = at_most_per_byte(200_000))]
#[bench::of_400_kb(args = (400_000), config = at_most_per_byte(400_000))]
fn e_33_hostile_conditions(asked: AskedOften<Etag<Handler>>) -> Called<Etag<Handler>> {
    each_call(asked)
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
