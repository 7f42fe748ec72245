//! What is allocated, counted.
#![cfg(feature = "full")]

use allocation_counter::measure;
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, IF_NONE_MATCH, VARY,
};
use http::{Request, Response, request, response};
use http_body::SizeHint;
use tower_egress::compression::{Coding, CompressionLayer, Plan, Reason};

const SIZE: usize = 256 * 1024;

/// Lists that are long, or quoted without end, or full of what is not there.
fn hostile() -> Vec<String> {
    [
        ",",
        " , ",
        "gzip,",
        "gzip;q=0.0001,",
        "\"",
        "\\\"",
        "a",
        "*;q=0.001,",
        "W/\"a-gzip\",",
    ]
    .iter()
    .map(|piece| piece.repeat(SIZE / piece.len()))
    .collect()
}

/// A field value as servers hold it: a part of the buffer that the head was read into.
fn shared(line: &str) -> HeaderValue {
    let buffer = Bytes::from(format!("{line}\r\n"));
    HeaderValue::from_maybe_shared(buffer.slice(..line.len())).expect("a field value")
}

fn heads() -> (request::Parts, response::Parts) {
    let (request, ()) = Request::builder()
        .header(ACCEPT_ENCODING, HeaderValue::from_static("gzip"))
        .body(())
        .expect("a valid head")
        .into_parts();
    let (response, ()) = Response::builder()
        .header(CONTENT_TYPE, HeaderValue::from_static("text/plain"))
        .body(())
        .expect("a valid head")
        .into_parts();
    (request, response)
}

/// How often deciding allocates.
fn count(request: &request::Parts, response: &response::Parts) -> u64 {
    let layer = CompressionLayer::new();
    let size = SizeHint::with_exact(4000);
    let measured = measure(|| {
        let _ = layer.plan(request, response, &size);
    });
    measured.count_total
}

#[test]
fn g_23_deciding_allocates_nothing_whatever_the_request_says() {
    let (mut request, response) = heads();
    assert_eq!(count(&request, &response), 0);
    for line in hostile() {
        for name in [ACCEPT_ENCODING, CACHE_CONTROL, IF_NONE_MATCH] {
            request.headers.insert(&name, shared(&line));
            assert_eq!(count(&request, &response), 0, "{name}: {line:.20}");
        }
    }
}

#[test]
fn g_23_deciding_allocates_nothing_whatever_the_response_says() {
    let (request, before) = heads();
    let signature_input = HeaderName::from_static("signature-input");
    for line in hostile() {
        for name in [CACHE_CONTROL, CONTENT_TYPE, VARY, signature_input.clone()] {
            let mut response = before.clone();
            response.headers.insert(&name, shared(&line));
            assert_eq!(count(&request, &response), 0, "{name}: {line:.20}");
        }
    }
}

#[test]
fn the_counter_counts() {
    let measured = measure(|| drop(Vec::<u8>::with_capacity(10)));
    assert_eq!(measured.count_total, 1);
    let (request, response) = heads();
    let layer = CompressionLayer::new();
    let plan = layer.plan(&request, &response, &SizeHint::with_exact(9));
    assert_eq!(plan, Plan::Pass(Reason::TooSmall));
    let plan = layer.plan(&request, &response, &SizeHint::with_exact(4000));
    assert_eq!(plan, Plan::Encode(Coding::Gzip));
}
