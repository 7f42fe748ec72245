//! Answers that mean harm: nothing panics, and nothing is lost.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, TRAILER,
};
use http::{HeaderName, HeaderValue, Response};
use http_body_util::Full;
use proptest::prelude::*;
use tower_egress::strip_nulls::{Filter, Rules, StopReason};

use super::{STRIPPED, TEXT, json, push_all, respond};
use crate::support::consume::consume;
use crate::support::values::values;

static READ_FROM_RESPONSES: [HeaderName; 7] = [
    CACHE_CONTROL,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_RANGE,
    CONTENT_TYPE,
    TRAILER,
    HeaderName::from_static("signature-input"),
];

/// Bytes that parsers of these fields stumble over.
const LIKELY: &[u8] = b"\",;=*/\\ \tapplication/json+0.1-\xff\xe9";

proptest! {
    #[test]
    fn g_02_no_field_value_does_harm(
        answered in prop::collection::vec(
            (prop::sample::select(&READ_FROM_RESPONSES[..]), values(LIKELY)), 0..6),
    ) {
        let mut response = json(Full::<Bytes>::from(TEXT));
        for (name, value) in answered {
            response.headers_mut().append(name, value);
        }
        let consumed = consume(respond(response).into_body());
        let is_short = consumed.error.is_some_and(|error| error.contains("ended after"));
        let arrived = Bytes::from(consumed.frames.concat());
        prop_assert!(arrived == TEXT || arrived == STRIPPED);
        // Only a declared length that is not kept is an error.
        prop_assert!(!is_short || arrived == STRIPPED);
    }

    #[test]
    fn j_04_no_bytes_do_harm(
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..8),
    ) {
        let text = pieces.concat();
        let (out, stop) = push_all(Filter::new(&Rules::new()), pieces.iter().map(Vec::as_slice));
        prop_assert!(out.len() <= text.len());
        prop_assert_eq!(stop.is_none(), serde_json::from_slice::<serde::de::IgnoredAny>(&text).is_ok());
    }
}

#[test]
fn f_05_long_field_values_are_read_and_answered() {
    let size = 200_000;
    for line in [
        ",".repeat(size),
        "\"".repeat(size + 1),
        "\\\"".repeat(size / 2),
        "no-transform".repeat(size / 12),
        " ".repeat(size),
    ] {
        let mut response: Response<Full<Bytes>> = json(Full::from(TEXT));
        let line: HeaderValue = line.parse().unwrap();
        response.headers_mut().insert(CACHE_CONTROL, line.clone());
        response.headers_mut().insert("signature-input", line);
        assert_eq!(consume(respond(response).into_body()).clean(), STRIPPED);
    }
}

/// Each goes on for 128 KiB, and each byte is looked at a small number of times: what costs
/// more shows in the instructions that the benches count.
#[test]
fn f_05_long_tokens_are_read_in_pieces_of_any_size() {
    let long = 1 << 17;
    for (before, token, after) in [
        ("[\"", "a", "\"]"),
        ("[\"", "\\\\", "\"]"),
        ("[\"", "\\u00e9", "\"]"),
        ("[\"", "\u{20ac}", "\"]"),
        ("[1", "0", "]"),
        ("[0.", "0", "]"),
        ("[1e", "1", "]"),
        ("[", " ", "]"),
        ("[", "\n", "]"),
        ("[", "0,", "0]"),
        ("[", "null,", "null]"),
        ("[", "[],", "[]]"),
        ("{\"a\":1", ",\"a\":1", "}"),
    ] {
        let text = format!("{before}{}{after}", token.repeat(long / token.len()));
        for size in [1, 63, 4096] {
            let (out, stop) = push_all(Filter::new(&Rules::new()), text.as_bytes().chunks(size));
            assert_eq!(stop, None, "{token:?}");
            assert!(out == text.as_bytes(), "{token:?} by {size}");
        }
    }
}

#[test]
fn half_a_megabyte_of_nulls_leaves_nothing() {
    let text = format!("{{{}\"b\":1}}", "\"a\" : null ,\n".repeat(50_000));
    for size in [1, 100, text.len()] {
        let (out, stop) = push_all(Filter::new(&Rules::new()), text.as_bytes().chunks(size));
        assert_eq!(
            (out.as_slice(), stop),
            (&b"{\n\"b\":1}"[..], None),
            "{size}"
        );
    }
}

#[test]
fn j_03_a_hundred_thousand_brackets_are_too_deep_and_no_more() {
    let text = Bytes::from("[".repeat(100_000) + "null");
    let stop = StopReason::TooDeep {
        offset: 512,
        limit: 512,
    };
    assert_eq!(Rules::new().strip(&text), Err(stop));
    let deep = Rules::new()
        .depth_limit(usize::MAX)
        .strip_empty_arrays(true);
    let (out, stop) = push_all(Filter::new(&deep), text.chunks(1000));
    assert_eq!(out, text);
    assert_eq!(
        stop,
        Some(StopReason::Invalid {
            offset: text.len() as u64
        })
    );
}
