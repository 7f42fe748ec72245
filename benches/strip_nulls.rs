//! `cargo bench --bench strip_nulls`
//!
//! Ids are `strip_nulls/<what>/<case>/<who>`; keep them stable, they are compared over time. Records of an
//! API, of whose members a given share is null, as one body at hand: through the filter, through the
//! layer, through `serde_json::Value` (parsed, filtered, written), and merely copied.

use bench_support::{Handler, call, records, request, timed};
use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput};
use serde_json::Value;
use tower::Layer;
use tower_egress::strip_nulls::{Filter, Rules, StripNullsLayer};

fn main() {
    let mut criterion = timed::criterion(20);
    for percent in [0, 10, 40] {
        for (case, length) in [
            ("1k", 1 << 10),
            ("16k", 16 << 10),
            ("100k", 100 << 10),
            ("1m", 1_000_000),
        ] {
            whole(&mut criterion, percent, case, length);
        }
    }
    streamed(&mut criterion);
    others(&mut criterion);
    criterion.final_summary();
}

/// A whole body, beside what else could be done with it.
fn whole(criterion: &mut Criterion, percent: u64, case: &str, length: usize) {
    let text = records(length, percent);
    let rules = Rules::new();
    let stripped = rules.strip(&text).expect("JSON");
    assert_eq!(
        serde_json::from_slice::<Value>(&stripped).expect("JSON"),
        serde_json::from_slice::<Value>(&through_values(&text)).expect("JSON"),
    );
    let mut group = criterion.benchmark_group(format!("strip_nulls/{percent}-percent/{case}"));
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function(BenchmarkId::from_parameter("filter"), |bencher| {
        bencher.iter(|| rules.strip(&text));
    });
    let handler = Handler {
        body: text.clone(),
        content_type: "application/json",
    };
    let mut bare = handler.clone();
    group.bench_function(BenchmarkId::from_parameter("bare"), |bencher| {
        bencher.iter(|| call(&mut bare, request(None)));
    });
    let mut service = StripNullsLayer::new().layer(handler);
    let (_, sent) = call(&mut service, request(None));
    assert_eq!(sent, stripped.len());
    group.bench_function(BenchmarkId::from_parameter("layer"), |bencher| {
        bencher.iter(|| call(&mut service, request(None)));
    });
    group.bench_function(BenchmarkId::from_parameter("serde_json"), |bencher| {
        bencher.iter(|| through_values(&text));
    });
    group.bench_function(BenchmarkId::from_parameter("memcpy"), |bencher| {
        bencher.iter(|| text.to_vec());
    });
    group.finish();
}

/// The same bytes in pieces, as a stream brings them.
fn streamed(criterion: &mut Criterion) {
    let text = records(1 << 20, 10);
    let mut group = criterion.benchmark_group("strip_nulls/streamed");
    group.throughput(Throughput::Bytes(text.len() as u64));
    for (case, size) in [
        ("64", 64),
        ("1k", 1 << 10),
        ("16k", 16 << 10),
        ("64k", 64 << 10),
    ] {
        group.bench_function(BenchmarkId::from_parameter(case), |bencher| {
            bencher.iter(|| {
                let mut filter = Filter::new(&Rules::new());
                let mut rest = text.clone();
                let mut sent = 0;
                while !rest.is_empty() {
                    let piece = rest.split_to(size.min(rest.len()));
                    sent += filter.push(&piece).len();
                }
                sent + filter.finish().len()
            });
        });
    }
    group.finish();
}

/// Texts of other kinds.
fn others(criterion: &mut Criterion) {
    let text = records(100 << 10, 10);
    let value: Value = serde_json::from_slice(&text).expect("JSON");
    let pretty = Bytes::from(serde_json::to_vec_pretty(&value).expect("JSON"));
    let escaped = String::from_utf8(text.to_vec()).expect("text");
    let escaped = Bytes::from(escaped.replace("example", "\\u0065x\\\"ample\\n"));
    let beyond = String::from_utf8(text.to_vec()).expect("text");
    let beyond = Bytes::from(beyond.replace("example", "\u{65e5}\u{672c}\u{e9}"));
    let mut group = criterion.benchmark_group("strip_nulls/others");
    for (case, text) in [
        ("pretty", pretty),
        ("escapes", escaped),
        ("beyond-ascii", beyond),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        let rules = Rules::new();
        group.bench_function(BenchmarkId::new("filter", case), |bencher| {
            bencher.iter(|| rules.strip(&text));
        });
        group.bench_function(BenchmarkId::new("serde_json", case), |bencher| {
            bencher.iter(|| through_values(&text));
        });
    }
    let rules = Rules::new()
        .strip_empty_objects(true)
        .strip_empty_arrays(true)
        .strip_empty_strings(true)
        .strip_elements(true);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function(BenchmarkId::new("filter", "every-rule"), |bencher| {
        bencher.iter(|| rules.strip(&text));
    });
    let rules = Rules::new().keep(["parent"]).keep_paths(["/*/place/city"]);
    let rules = rules.expect("a path");
    group.bench_function(BenchmarkId::new("filter", "names-and-paths"), |bencher| {
        bencher.iter(|| rules.strip(&text));
    });
    group.finish();
}

/// What a handler would do that has no filter: it reads all, drops what is null, and writes the rest.
fn through_values(text: &[u8]) -> Vec<u8> {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|_, value| !value.is_null());
                members.values_mut().for_each(strip);
            }
            Value::Array(elements) => elements.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::from_slice(text).expect("JSON");
    strip(&mut value);
    serde_json::to_vec(&value).expect("memory takes all of it")
}
