//! Entity tags on their way out and back in.

use http::header::{ETAG, IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE, VARY};
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode};
use http_body_util::Full;
use tower_egress::compression::{Coding, CompressionLayer, StrongEtags};

use crate::support::service::{answer, respond};
use crate::{CODINGS, get, page_with, request};

/// Sends `request` through `layer` to a handler that gives `response`; also what the handler saw.
fn exchange(
    layer: &CompressionLayer,
    request: Request<()>,
    response: Response<Full<bytes::Bytes>>,
) -> (HeaderMap, HeaderMap) {
    let (sender, seen) = std::sync::mpsc::channel();
    let mut response = Some(response);
    let answered = answer(
        layer,
        request,
        Box::new(move |request| {
            let seen = request.into_parts().0.headers;
            sender.send(seen).expect("the test waits for it");
            response.take().expect("one request is made")
        }),
    );
    let seen = seen.recv().expect("the handler was called");
    (seen, answered.into_parts().0.headers)
}

fn not_modified(etag: &str) -> Response<Full<bytes::Bytes>> {
    Response::builder()
        .status(StatusCode::NOT_MODIFIED)
        .header(ETAG, etag)
        .body(Full::default())
        .expect("a valid response")
}

fn with(mut request: Request<()>, name: HeaderName, value: &str) -> Request<()> {
    let value = value.parse().expect("a valid value");
    request.headers_mut().insert(name, value);
    request
}

#[test]
fn x_01_each_coding_has_its_own_strong_tag() {
    for coding in CODINGS {
        let response = crate::respond(get(coding.token()), page_with(&[("etag", "\"x\"")]));
        assert_eq!(response.headers()[ETAG], format!("\"x-{coding}\""));
    }
    let response = crate::respond(get("identity"), page_with(&[("etag", "\"x\"")]));
    assert_eq!(response.headers()[ETAG], "\"x\"");
}

#[test]
fn c_22_a_weak_tag_stays_as_it_is() {
    let response = crate::respond(get("gzip"), page_with(&[("etag", "W/\"x\"")]));
    assert_eq!(response.headers()[ETAG], "W/\"x\"");
}

#[test]
fn c_22_the_user_may_have_strong_tags_weakened() {
    let layer = CompressionLayer::new().strong_etags(StrongEtags::Weaken);
    let response = respond(&layer, get("gzip"), page_with(&[("etag", "\"x\"")]));
    assert_eq!(response.headers()[ETAG], "W/\"x\"");
    let request = with(get("gzip"), IF_NONE_MATCH, "\"x-gzip\"");
    let (seen, _) = exchange(&layer, request, not_modified("\"x\""));
    assert_eq!(seen[IF_NONE_MATCH], "\"x-gzip\"");
}

#[test]
fn x_02_a_cached_coding_is_revalidated() {
    for coding in CODINGS {
        let tag = format!("\"x-{coding}\"");
        let request = with(get(coding.token()), IF_NONE_MATCH, &tag);
        let layer = CompressionLayer::new();
        let (seen, answered) = exchange(&layer, request, not_modified("\"x\""));
        assert_eq!(seen[IF_NONE_MATCH], format!("{tag}, \"x\""));
        assert_eq!(answered[ETAG], tag);
        assert_eq!(answered[VARY], "accept-encoding");
        assert!(!answered.contains_key("content-encoding"));
    }
}

#[test]
fn x_03_a_cached_identity_is_revalidated_as_such() {
    let request = with(get("gzip"), IF_NONE_MATCH, "\"x\"");
    let (seen, answered) = exchange(&CompressionLayer::new(), request, not_modified("\"x\""));
    assert_eq!(seen[IF_NONE_MATCH], "\"x\"");
    assert_eq!(answered[ETAG], "\"x\"");
    assert_eq!(answered[VARY], "accept-encoding");
}

#[test]
fn x_04_a_guarded_write_through_a_coding_reaches_the_handler_s_own_tag() {
    for coding in CODINGS {
        let tag = format!("\"x-{coding}\"");
        let write = with(request(Method::PUT, coding.token()), IF_MATCH, &tag);
        let done = Response::new(Full::default());
        let (seen, _) = exchange(&CompressionLayer::new(), write, done);
        assert_eq!(seen[IF_MATCH], format!("{tag}, \"x\""));
    }
}

#[test]
fn c_23_a_failed_precondition_echoes_the_form_that_was_sent() {
    let write = with(request(Method::PUT, "gzip"), IF_NONE_MATCH, "\"x-gzip\"");
    let mut failed = not_modified("\"x\"");
    *failed.status_mut() = StatusCode::PRECONDITION_FAILED;
    let (_, answered) = exchange(&CompressionLayer::new(), write, failed);
    assert_eq!(answered[ETAG], "\"x-gzip\"");
}

#[test]
fn c_23_a_412_that_is_encoded_itself_is_not_marked_again() {
    for sent in ["\"x-gzip\"", "\"x\""] {
        let write = with(request(Method::PUT, "gzip"), IF_NONE_MATCH, sent);
        let mut failed = page_with(&[("etag", "\"x\"")]);
        *failed.status_mut() = StatusCode::PRECONDITION_FAILED;
        let (_, answered) = exchange(&CompressionLayer::new(), write, failed);
        assert_eq!(answered["content-encoding"], "gzip");
        assert_eq!(answered[ETAG], sent);
    }
}

#[test]
fn c_23_a_weakened_tag_is_echoed_weak() {
    let layer = CompressionLayer::new().strong_etags(StrongEtags::Weaken);
    let request = with(get("gzip"), IF_NONE_MATCH, "W/\"x\"");
    let (seen, answered) = exchange(&layer, request, not_modified("\"x\""));
    assert_eq!(seen[IF_NONE_MATCH], "W/\"x\"");
    assert_eq!(answered[ETAG], "W/\"x\"");
}

#[test]
fn c_23_a_suffix_that_is_not_offered_is_the_handler_s_own() {
    let layer = CompressionLayer::new().codings([Coding::Gzip]).unwrap();
    let request = with(get("gzip"), IF_NONE_MATCH, "\"pt-br\"");
    let (seen, _) = exchange(&layer, request, not_modified("\"pt\""));
    assert_eq!(seen[IF_NONE_MATCH], "\"pt-br\"");
}

#[test]
fn x_05_a_range_after_a_date_is_not_taken_of_another_coding() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (accepted, kept) in [("gzip", false), ("identity", true)] {
        let request = with(get(accepted), IF_RANGE, date);
        let request = with(request, RANGE, "bytes=0-99");
        let (seen, _) = exchange(&CompressionLayer::new(), request, page_with(&[]));
        assert_eq!(seen.contains_key(RANGE), kept, "{accepted}");
    }
}

#[test]
fn c_23_other_answers_do_not_echo() {
    let write = with(request(Method::PUT, "gzip"), IF_MATCH, "\"x-gzip\"");
    let mut done = not_modified("\"x\"");
    *done.status_mut() = StatusCode::NO_CONTENT;
    let (_, answered) = exchange(&CompressionLayer::new(), write, done);
    assert_eq!(answered[ETAG], "\"x\"");
}

#[test]
fn x_05_if_range_is_left_to_fail() {
    let request = with(get("gzip"), IF_RANGE, "\"x-gzip\"");
    let request = with(request, RANGE, "bytes=0-99");
    let whole = page_with(&[("etag", "\"x\"")]);
    let (seen, answered) = exchange(&CompressionLayer::new(), request, whole);
    assert_eq!(seen[IF_RANGE], "\"x-gzip\"");
    assert_eq!(seen[RANGE], "bytes=0-99");
    assert_eq!(answered[ETAG], "\"x-gzip\"");
}

#[test]
fn g_03_tags_on_several_lines_are_all_joined() {
    let mut request = get("gzip");
    for line in ["\"a-br\", \"b\"", "\"c,-zstd\""] {
        request
            .headers_mut()
            .append(IF_NONE_MATCH, line.parse().unwrap());
    }
    let (seen, answered) = exchange(&CompressionLayer::new(), request, not_modified("\"c,\""));
    let lines: Vec<_> = seen.get_all(IF_NONE_MATCH).iter().collect();
    assert_eq!(lines, ["\"a-br\", \"a\", \"b\"", "\"c,-zstd\", \"c,\""]);
    assert_eq!(answered[ETAG], "\"c,-zstd\"");
}
