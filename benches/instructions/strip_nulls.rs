//! Counts of strip_nulls: about a kilobyte through the layer, and texts that mean harm through the
//! filter.

use bench_support::{Handler, records};
use bytes::Bytes;
use gungraun::prelude::*;
use tower::Layer;
use tower_egress::strip_nulls::{Filter, Rules, StripNulls, StripNullsLayer};

use super::measured::{Asked, Called, at_most, called, one_call};

/// A response of about a kilobyte.
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
                Self::Html | Self::None => records(1024, 0),
                Self::Some => records(1024, 10),
            },
            content_type: match self {
                Self::Html => "text/html",
                Self::None | Self::Some => "application/json",
            },
        }
    }
}

fn nulls_bare(case: Nulls) -> Asked<Handler> {
    called(case.handler())
}

fn nulls_ours(case: Nulls) -> Asked<StripNulls<Handler>> {
    called(StripNullsLayer::new().layer(case.handler()))
}

#[library_benchmark(setup = nulls_bare)]
#[bench::html(Nulls::Html)]
#[bench::none(Nulls::None)]
#[bench::some(Nulls::Some)]
fn strip_bare(asked: Asked<Handler>) -> Called<Handler> {
    one_call(asked)
}

#[library_benchmark(setup = nulls_ours)]
#[bench::html(args = (Nulls::Html), config = at_most(2_500))]
#[bench::none(args = (Nulls::None), config = at_most(4_000))]
#[bench::some(args = (Nulls::Some), config = at_most(16_800))]
fn strip_tower_egress(asked: Asked<StripNulls<Handler>>) -> Called<StripNulls<Handler>> {
    one_call(asked)
}

/// Texts that would cost a careless filter more than their length: names without end, white space in
/// doubt, escapes, brackets, and pieces of one byte.
const HOSTILE: [(&str, &str); 8] = [
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
    let texts = HOSTILE.iter().map(|(before, token)| {
        let count = size / token.len();
        Bytes::from(format!("{before}{}", token.repeat(count)))
    });
    texts.collect()
}

/// A limit that is proportional to the size shows that the cost is.
fn at_most_per_byte_of_texts(size: usize) -> LibraryBenchmarkConfig {
    const PER_BYTE: u64 = 500;
    at_most(PER_BYTE * (size * HOSTILE.len()) as u64)
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
