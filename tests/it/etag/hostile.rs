//! Requests and answers that mean harm: nothing panics, and nothing is lost.

use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, DATE, ETAG, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED, RANGE,
};
use http::{HeaderName, HeaderValue, Request};
use proptest::prelude::*;

use super::{HELLO_TAG, REFUSAL, get, hello, respond};
use crate::support::consume::consume;
use crate::support::values::values;

static READ_FROM_REQUESTS: [HeaderName; 7] = [
    CACHE_CONTROL,
    IF_MATCH,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    IF_RANGE,
    IF_UNMODIFIED_SINCE,
    RANGE,
];

static READ_FROM_RESPONSES: [HeaderName; 4] = [CONTENT_LENGTH, DATE, ETAG, LAST_MODIFIED];

/// Bytes that parsers of these fields stumble over.
const LIKELY: &[u8] = b"\",;=*/\\ \tWw-:0123456789SatJanGMT\xff\xe9";

proptest! {
    #[test]
    fn g_02_no_field_value_does_harm(
        asked in prop::collection::vec(
            (prop::sample::select(&READ_FROM_REQUESTS[..]), values(LIKELY)), 0..6),
        answered in prop::collection::vec(
            (prop::sample::select(&READ_FROM_RESPONSES[..]), values(LIKELY)), 0..6),
    ) {
        let mut request = Request::new(());
        for (name, value) in asked {
            request.headers_mut().append(name, value);
        }
        let mut response = hello();
        for (name, value) in answered {
            response.headers_mut().append(name, value);
        }
        let response = respond(request, response);
        let status = response.status().as_u16();
        let expected = match status {
            200 => "hello",
            304 => "",
            412 => REFUSAL,
            _ => panic!("{status}"),
        };
        prop_assert_eq!(consume(response.into_body()).clean(), expected);
    }
}

#[test]
fn f_32_a_full_head_stays_as_it_is() {
    let mut response = hello();
    let mut number = 0;
    let fields = response.headers_mut();
    while fields
        .try_append(
            HeaderName::try_from(format!("x-{number}")).unwrap(),
            HeaderValue::from_static("1"),
        )
        .is_ok()
    {
        number += 1;
    }
    let before = response.headers().clone();
    // Without the tag, which has no room, nothing tells the client what it would have.
    for condition in ["\"x\"", HELLO_TAG] {
        let mut full = hello();
        *full.headers_mut() = before.clone();
        let response = respond(get(&[("if-none-match", condition)]), full);
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers(), &before);
        assert_eq!(consume(response.into_body()).clean(), "hello");
    }
}
