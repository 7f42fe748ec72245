//! What is allocated, counted.

use allocation_counter::measure;
use bytes::Bytes;
use http::{Method, Response};
use http_body_util::Full;
use tower::layer::util::Identity;
use tower_egress::strip_nulls::{Filter, Rules, StripNullsLayer};

use super::{json, request};
use crate::support::consume::consume;
use crate::support::service;

/// Records of an array, of whose members some are null, in at least `length` bytes.
fn records(length: usize) -> Bytes {
    let record = r#",{"id":12345,"parent":null,"name":"item","tags":[null,"a\n"]}"#;
    record.repeat(length / record.len() + 1).into()
}

#[test]
fn j_11_f_07_a_stream_holds_no_more_than_a_name() {
    let rules = Rules::new();
    // Cut off in the middle of a record, so that there is something to hold back.
    let piece = records(64 * 1024).slice(..64 * 1024);
    let other = records(64 * 1024).slice(64 * 1024 % 61..);
    let mut kept = None;
    let measured = measure(|| {
        let filter = kept.insert(Filter::new(&rules));
        assert_eq!(filter.push(&Bytes::from_static(b"[0")), "[0");
        for _ in 0..256 {
            for piece in [&piece, &other] {
                assert!(filter.push(piece).len() < piece.len());
            }
        }
    });
    assert_eq!(kept.and_then(|filter| filter.stopped()), None);
    let held = measured.bytes_current;
    assert!(held <= 256, "{held} bytes after 32 MiB");
    let most = measured.bytes_max;
    assert!(most <= 64 * 1024 + 1024, "{most} bytes at once");
}

#[test]
fn j_11_a_level_costs_a_bit() {
    let rules = Rules::new().depth_limit(1 << 20);
    let brackets = Bytes::from("[".repeat(1 << 20));
    let mut kept = None;
    let measured = measure(|| {
        let filter = kept.insert(Filter::new(&rules));
        assert_eq!(filter.push(&brackets).len(), brackets.len());
    });
    assert_eq!(kept.and_then(|filter| filter.stopped()), None);
    let held = measured.bytes_current;
    assert!(
        held <= (1 << 20) / 8 * 2,
        "{held} bytes for a million levels"
    );
}

/// How often the layer allocates for an answer that the handler wrote in one piece.
fn count(text: &Bytes) -> u64 {
    let layer = StripNullsLayer::new();
    let answer = || json(Full::new(text.clone()));
    let through = || {
        let response: Response<_> = service::respond(&layer, request(Method::GET), answer());
        consume(response.into_body());
    };
    // Once, so that what is made for the process is there.
    through();
    let with = measure(through);
    let without = measure(|| {
        let response = service::respond(&Identity::new(), request(Method::GET), answer());
        consume(response.into_body());
    });
    with.count_total - without.count_total
}

#[test]
fn a_whole_answer_costs_few_allocations() {
    let untouched = Bytes::from(r#"{"id":12345,"name":"item"}"#);
    assert!(count(&untouched) <= 1, "{}", count(&untouched));
    let text = Bytes::from([b"[0", &records(16 * 1024)[..], b"]"].concat());
    assert!(count(&text) <= 5, "{}", count(&text));
}
