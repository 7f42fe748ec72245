//! Entity tags on their way out and back in.

use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE, VARY,
};
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode};
use http_body_util::Full;
use tower_egress::compression::{Coding, CompressionLayer, StrongEtags};

use super::{CODINGS, get, page_with, request};
use crate::support::service::{answer, respond};

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
        let response =
            crate::compression::respond(get(coding.as_str()), page_with(&[("etag", "\"x\"")]));
        assert_eq!(response.headers()[ETAG], format!("\"x-{coding}\""));
    }
    let response = crate::compression::respond(get("identity"), page_with(&[("etag", "\"x\"")]));
    assert_eq!(response.headers()[ETAG], "\"x\"");
}

#[test]
fn c_22_a_weak_tag_stays_as_it_is() {
    let response = crate::compression::respond(get("gzip"), page_with(&[("etag", "W/\"x\"")]));
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
        let request = with(get(coding.as_str()), IF_NONE_MATCH, &tag);
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
        let write = with(request(Method::PUT, coding.as_str()), IF_MATCH, &tag);
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

/// Finding 5. Not every handler compares the tag.
#[test]
fn x_05_a_range_after_a_tag_of_a_coding_never_reaches_the_handler() {
    for accepted in ["gzip", "br", "identity", "*;q=0"] {
        for (tag, kept) in [
            ("\"x-gzip\"", false),
            ("W/\"x-br\"", false),
            ("\"x\"", true),
        ] {
            let request = with(get(accepted), IF_RANGE, tag);
            let request = with(request, RANGE, "bytes=0-99");
            let whole = page_with(&[("etag", "\"x\"")]);
            let (seen, _) = exchange(&CompressionLayer::new(), request, whole);
            let found = (seen.contains_key(IF_RANGE), seen.contains_key(RANGE));
            assert_eq!(found, (kept, kept), "{accepted}: {tag}");
        }
    }
}

/// Finding 5. A weak tag in `If-Range` never holds (RFC 9110 §13.1.5), and codings share it.
#[test]
fn e_18_a_range_after_a_weak_tag_never_reaches_the_handler() {
    for policy in [StrongEtags::Suffix, StrongEtags::Weaken] {
        let layer = CompressionLayer::new().strong_etags(policy);
        for (tag, kept) in [("W/\"x\"", false), ("\"x\"", true)] {
            let request = with(get("gzip"), IF_RANGE, tag);
            let request = with(request, RANGE, "bytes=0-99");
            let (seen, _) = exchange(&layer, request, page_with(&[]));
            let found = (seen.contains_key(IF_RANGE), seen.contains_key(RANGE));
            assert_eq!(found, (kept, kept), "{policy:?}: {tag}");
        }
    }
}

/// Finding 10. The selected representation is compared (RFC 9110 §13.1.2).
#[test]
fn x_02_a_coding_that_the_request_refuses_is_not_revalidated() {
    let both = "\"x-gzip\", \"x\"";
    for (accepted, expected) in [
        ("gzip", both),
        ("gzip;q=0.001, br", both),
        ("*", both),
        ("identity", "\"x-gzip\""),
        ("gzip;q=0", "\"x-gzip\""),
        ("br", "\"x-gzip\""),
        ("*;q=0", "\"x-gzip\""),
        ("", "\"x-gzip\""),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let request = with(request(method, accepted), IF_NONE_MATCH, "\"x-gzip\"");
            let whole = page_with(&[("etag", "\"x\"")]);
            let (seen, _) = exchange(&CompressionLayer::new(), request, whole);
            assert_eq!(seen[IF_NONE_MATCH], expected, "{accepted}");
        }
    }
    let silent = with(Request::new(()), IF_NONE_MATCH, "\"x-gzip\"");
    let (seen, _) = exchange(&CompressionLayer::new(), silent, page_with(&[]));
    assert_eq!(seen[IF_NONE_MATCH], both, "no Accept-Encoding");
}

/// Finding 10. A request that opts out is sent the identity, and no coding is selected for it.
#[test]
fn x_02_a_coding_is_not_revalidated_for_a_request_that_opts_out() {
    let layer = CompressionLayer::new()
        .honor_no_compression()
        .honor_request_no_transform();
    let no_compression = HeaderName::from_static("x-no-compression");
    for (name, value) in [(no_compression, "1"), (CACHE_CONTROL, "no-transform")] {
        for method in [Method::GET, Method::HEAD] {
            let asked = with(request(method, "gzip"), IF_NONE_MATCH, "\"x-gzip\"");
            let asked = with(asked, name.clone(), value);
            let whole = page_with(&[("etag", "\"x\"")]);
            let (seen, _) = exchange(&layer, asked, whole);
            assert_eq!(seen[IF_NONE_MATCH], "\"x-gzip\"", "{name}");
        }
        let write = with(request(Method::PUT, "gzip"), IF_MATCH, "\"x-gzip\"");
        let write = with(write, name.clone(), value);
        let (seen, _) = exchange(&layer, write, Response::new(Full::default()));
        assert_eq!(seen[IF_MATCH], "\"x-gzip\", \"x\"", "{name}");
    }
}

/// Finding 10. The echo of a 304 shows no coding to a request that opts out.
#[test]
fn x_03_a_304_to_a_request_that_opts_out_shows_the_tag_of_the_identity() {
    let layer = CompressionLayer::new().honor_no_compression();
    let asked = with(get("gzip"), IF_NONE_MATCH, "\"x-gzip\", \"x\"");
    let asked = with(asked, HeaderName::from_static("x-no-compression"), "1");
    let (_, answered) = exchange(&layer, asked, not_modified("\"x\""));
    assert_eq!(answered[ETAG], "\"x\"");
}

/// Finding 5. Another machine, or the build before this one, offers other codings.
#[test]
fn x_05_a_range_after_a_tag_of_a_coding_that_is_not_offered_never_reaches_the_handler() {
    let layer = CompressionLayer::new().codings([Coding::Gzip]).unwrap();
    let request = with(get("gzip"), IF_RANGE, "\"x-br\"");
    let request = with(request, RANGE, "bytes=100-");
    let (seen, _) = exchange(&layer, request, page_with(&[]));
    assert!(!seen.contains_key(RANGE) && !seen.contains_key(IF_RANGE));
}

/// Finding 10. A write is guarded by the tag that its client holds, whatever it accepts now.
#[test]
fn c_23_a_guarded_write_does_not_depend_on_accept_encoding() {
    for name in [IF_MATCH, IF_NONE_MATCH] {
        let write = request(Method::PUT, "identity");
        let write = with(write, name.clone(), "\"x-gzip\"");
        let done = Response::new(Full::default());
        let (seen, _) = exchange(&CompressionLayer::new(), write, done);
        assert_eq!(seen[&name], "\"x-gzip\", \"x\"", "{name}");
    }
}

/// What a 304 to `If-Modified-Since` alone says, with these fields, to a client that accepts gzip.
fn tag_of_304(layer: &CompressionLayer, more: &[(HeaderName, &str)], asked: Request<()>) -> String {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    let mut response = not_modified("\"x\"");
    for (name, value) in more {
        let value = value.parse().expect("a valid value");
        response.headers_mut().insert(name, value);
    }
    let asked = with(asked, IF_MODIFIED_SINCE, date);
    let (_, answered) = exchange(layer, asked, response);
    let tag = answered.get(ETAG).map(|tag| tag.to_str().expect("ASCII"));
    tag.unwrap_or("none").to_owned()
}

/// Finding 18.
#[test]
fn e_23_a_304_to_a_date_alone_has_the_tag_of_the_200() {
    let layer = CompressionLayer::new();
    let text = (CONTENT_TYPE, "text/plain");
    for (more, accepted, expected) in [
        (vec![text.clone()], "gzip", "\"x-gzip\""),
        (vec![text.clone()], "br", "\"x-br\""),
        (vec![text.clone()], "identity", "\"x\""),
        (
            vec![text.clone(), (CONTENT_LENGTH, "4000")],
            "gzip",
            "\"x-gzip\"",
        ),
        (
            vec![text.clone(), (CONTENT_LENGTH, "1023")],
            "gzip",
            "\"x\"",
        ),
        (
            vec![text.clone(), (CACHE_CONTROL, "no-transform")],
            "gzip",
            "\"x\"",
        ),
        (
            vec![text.clone(), (CONTENT_ENCODING, "br")],
            "gzip",
            "\"x\"",
        ),
        (vec![(CONTENT_TYPE, "image/png")], "gzip", "\"x\""),
        (vec![text.clone(), (ETAG, "W/\"x\"")], "gzip", "W/\"x\""),
    ] {
        let found = tag_of_304(&layer, &more, get(accepted));
        assert_eq!(found, expected, "{more:?}, {accepted}");
    }
    let layer = layer.strong_etags(StrongEtags::Weaken);
    assert_eq!(tag_of_304(&layer, &[text], get("gzip")), "W/\"x\"");
}

/// Finding 18. Nobody knows whether the 200 would be compressed; a cache that finds no tag selects
/// its response by the date (RFC 9111 §4.3.4), and a tag that is wrong forbids it to.
#[test]
fn e_23_a_304_of_unknown_type_to_a_date_alone_shows_no_strong_tag_beside_a_date() {
    let layer = CompressionLayer::new();
    let date = (LAST_MODIFIED, "Sun, 06 Nov 1994 08:49:37 GMT");
    for (more, accepted, expected) in [
        (vec![date.clone()], "gzip", "none"),
        (vec![date.clone()], "identity", "\"x\""),
        (vec![date, (ETAG, "W/\"x\"")], "gzip", "W/\"x\""),
        (vec![], "gzip", "\"x\""),
    ] {
        let found = tag_of_304(&layer, &more, get(accepted));
        assert_eq!(found, expected, "{more:?}, {accepted}");
    }
}

/// Finding 18. A tag in the request tells which form its client has.
#[test]
fn x_03_a_304_to_a_tag_and_a_date_echoes_the_tag() {
    let layer = CompressionLayer::new();
    let text = [(CONTENT_TYPE, "text/plain")];
    for sent in ["\"x\"", "\"x-gzip\"", "\"x-br\", \"x\""] {
        let asked = with(get("gzip"), IF_NONE_MATCH, sent);
        let expected = sent.rsplit(", ").next().expect("a tag");
        assert_eq!(tag_of_304(&layer, &text, asked), expected, "{sent}");
    }
    let asked = with(get("gzip"), IF_NONE_MATCH, "*");
    assert_eq!(tag_of_304(&layer, &text, asked), "\"x-gzip\"", "*");
}

#[test]
fn g_03_tags_on_several_lines_are_all_joined() {
    let mut request = get("br, zstd");
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

/// A 304 that `EtagLayer` makes of a response too short to compress.
#[test]
fn e_23_a_304_to_a_date_alone_has_the_tag_of_a_200_that_is_too_short_to_compress() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (length, tag) in [(500, "\"x\""), (4000, "\"x-gzip\"")] {
        for asked in [get("gzip"), with(get("gzip"), IF_MODIFIED_SINCE, date)] {
            let layers = tower::ServiceBuilder::new()
                .layer(CompressionLayer::new())
                .layer(tower_egress::etag::EtagLayer::new());
            let is_conditional = asked.headers().contains_key(IF_MODIFIED_SINCE);
            let whole = Response::builder()
                .header(CONTENT_TYPE, "text/plain")
                .header(ETAG, "\"x\"")
                .header(LAST_MODIFIED, date)
                .body(Full::new(crate::support::text(length)))
                .expect("a valid response");
            let response = respond(&layers, asked, whole);
            let is_304 = response.status() == StatusCode::NOT_MODIFIED;
            assert_eq!(is_304, is_conditional, "{length}");
            assert_eq!(response.headers()[ETAG], tag, "{length}, {is_conditional}");
        }
    }
}
