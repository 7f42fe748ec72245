//! Requests and answers that mean harm: nothing panics, and nothing is lost.

use http::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
    ETAG, IF_MATCH, IF_NONE_MATCH, TRAILER, VARY,
};
use http::{HeaderName, Request, Response};
use http_body_util::Full;
use proptest::prelude::*;
use tower_egress::compression::{Coding, CompressionLayer};

use super::{get, page_with, respond};
use crate::support::consume::consume;
use crate::support::decode::decode;
use crate::support::values::values;
use crate::support::{service, text};

static READ_FROM_REQUESTS: [HeaderName; 4] =
    [ACCEPT_ENCODING, CACHE_CONTROL, IF_MATCH, IF_NONE_MATCH];

static READ_FROM_RESPONSES: [HeaderName; 10] = [
    ACCEPT_RANGES,
    CACHE_CONTROL,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    ETAG,
    TRAILER,
    VARY,
    HeaderName::from_static("incremental"),
    HeaderName::from_static("signature-input"),
];

const STATUSES: &[u16] = &[200, 206, 304, 404, 412];

/// Bytes that parsers of these fields stumble over.
const LIKELY: &[u8] = b"\",;=*/\\ \tW q0.1-+ab\xff\xe9";

proptest! {
    #[test]
    fn g_02_no_field_value_does_harm(
        asked in prop::collection::vec(
            (prop::sample::select(&READ_FROM_REQUESTS[..]), values(LIKELY)), 0..6),
        answered in prop::collection::vec(
            (prop::sample::select(&READ_FROM_RESPONSES[..]), values(LIKELY)), 0..6),
        status in prop::sample::select(STATUSES),
    ) {
        let layer = CompressionLayer::new()
            .honor_request_no_transform()
            .when_absent(Coding::Gzip)
            .unwrap();
        let mut request = Request::new(());
        for (name, value) in asked {
            request.headers_mut().append(name, value);
        }
        let mut response = Response::new(Full::new(text(2000)));
        *response.status_mut() = status.try_into().unwrap();
        response.headers_mut().insert(CONTENT_TYPE, "text/plain".parse().unwrap());
        for (name, value) in answered {
            response.headers_mut().append(name, value);
        }
        let encoding = response.headers().get(CONTENT_ENCODING).cloned();
        let (head, body) = service::respond(&layer, request, response).into_parts();
        let arrived = consume(body).clean();
        let found = head.headers.get(CONTENT_ENCODING);
        if found == encoding.as_ref() {
            prop_assert_eq!(arrived, text(2000));
        } else {
            let coding = Coding::preference()
                .iter()
                .copied()
                .find(|coding| found.is_some_and(|found| found == coding.as_str()))
                .unwrap();
            prop_assert_eq!(decode(coding, &arrived), Ok(text(2000)));
        }
    }
}

#[test]
fn f_05_hostile_lists_are_read_and_answered() {
    let size = 200_000;
    for line in [
        ",".repeat(size),
        "gzip,".repeat(size / 5),
        "\"".repeat(size + 1),
        "\\\"".repeat(size / 2),
        format!("gzip;q=0.{}", "9".repeat(size)),
        format!("{}gzip", " ".repeat(size)),
        "a".repeat(size),
        "*;q=0.001,".repeat(size / 10),
    ] {
        let response = respond(get(&line), page_with(&[]));
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()[VARY], "accept-encoding");
    }
    let mut request = get("gzip");
    let line = "\"a-gzip\", ".repeat(size / 10);
    request
        .headers_mut()
        .insert(IF_NONE_MATCH, line.parse().unwrap());
    assert_eq!(respond(request, page_with(&[])).status(), 200);
}
