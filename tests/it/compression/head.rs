//! The head of an answer: what is compressed, what is not, and what the fields say of it.

use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, TRAILER, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{Empty, Full};

use super::{CODINGS, get, page, page_with, request, respond, short};
use crate::support::body::{Script, Step};
use crate::support::consume::consume;
use crate::support::{fields, text};

/// The head of an answer without its length, and whether its body is what the handler gave.
///
/// The length is checked here: where there is one, it is that of the body.
fn head_of(request: Request<()>, response: Response<Full<Bytes>>) -> (HeaderMap, bool) {
    let before = consume(response.body().clone()).data();
    let (mut head, body) = respond(request, response).into_parts();
    let arrived = consume(body).data();
    if arrived != before {
        let length = head.headers.remove(CONTENT_LENGTH);
        assert_eq!(length, Some(HeaderValue::from(arrived.len())));
    }
    (head.headers, arrived == before)
}

/// An answer that must not be touched, head or body.
#[track_caller]
fn check_untouched(request: Request<()>, response: Response<Full<Bytes>>) {
    let before = response.headers().clone();
    let status = response.status();
    let (found, same_body) = head_of(request, response);
    assert_eq!(found, before, "{status}");
    assert!(same_body, "{status}, {before:?}");
}

/// An answer that gains `Vary: accept-encoding`, and is left as it is otherwise.
#[track_caller]
fn check_only_vary(request: Request<()>, response: Response<Full<Bytes>>) {
    let mut expected = response.headers().clone();
    expected.insert(VARY, HeaderValue::from_static("accept-encoding"));
    let status = response.status();
    let (found, same_body) = head_of(request, response);
    assert_eq!(found, expected, "{status}");
    assert!(same_body, "{status}, {expected:?}");
}

fn with_status(status: u16, mut response: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
    *response.status_mut() = StatusCode::from_u16(status).expect("a valid status");
    response
}

#[test]
fn c_01_the_coding_is_named_in_content_encoding() {
    for coding in CODINGS {
        let (head, same_body) = head_of(get(coding.as_str()), page_with(&[]));
        let expected = fields(&[
            ("content-type", "text/plain"),
            ("content-encoding", coding.as_str()),
            ("vary", "accept-encoding"),
        ]);
        assert_eq!(head, expected);
        assert!(!same_body, "{coding}");
    }
}

#[test]
fn c_02_identity_is_never_named() {
    let (head, same_body) = head_of(get("identity"), page_with(&[]));
    assert!(!head.contains_key(CONTENT_ENCODING));
    assert!(same_body);
}

#[test]
fn c_03_what_is_encoded_is_not_encoded_again() {
    for encoding in [
        "gzip",
        "br",
        "x-unknown",
        "gzip, br",
        "identity, gzip",
        "zstd;x",
    ] {
        check_only_vary(get("gzip"), page_with(&[("content-encoding", encoding)]));
    }
}

#[test]
fn c_03_identity_counts_as_no_coding_and_goes() {
    for encoding in ["identity", "Identity, identity", ""] {
        let (head, _) = head_of(get("gzip"), page_with(&[("content-encoding", encoding)]));
        let lines: Vec<_> = head.get_all(CONTENT_ENCODING).iter().collect();
        assert_eq!(lines, ["gzip"], "{encoding:?}");
    }
    let two_lines = [
        ("content-encoding", "identity"),
        ("content-encoding", "identity"),
    ];
    let (head, _) = head_of(get("gzip"), page_with(&two_lines));
    assert_eq!(head.get_all(CONTENT_ENCODING).iter().count(), 1);
}

#[test]
fn g_06_no_singleton_field_is_sent_twice() {
    let (head, _) = head_of(
        get("gzip"),
        page_with(&[("etag", "\"x\""), ("content-length", "4000"), ("vary", "a")]),
    );
    for name in [CONTENT_ENCODING, ETAG, VARY, CONTENT_TYPE] {
        assert_eq!(head.get_all(&name).iter().count(), 1, "{name}");
    }
}

#[test]
fn g_07_cookies_stay_three_lines_in_order() {
    let cookies = [
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("set-cookie", "a=3"),
    ];
    let (head, _) = head_of(get("gzip"), page_with(&cookies));
    let lines: Vec<_> = head.get_all("set-cookie").iter().collect();
    assert_eq!(lines, ["a=1", "b=2", "a=3"]);
}

#[test]
fn g_18_unknown_fields_pass() {
    let unknown = [("x-one", "1"), ("x-one", "2"), ("grpc-status", "0")];
    let (head, _) = head_of(get("gzip"), page_with(&unknown));
    let lines: Vec<_> = head.get_all("x-one").iter().collect();
    assert_eq!(lines, ["1", "2"]);
    assert_eq!(head["grpc-status"], "0");
}

#[test]
fn c_19_vary_is_on_everything_that_could_have_been_encoded() {
    check_only_vary(get("identity"), page_with(&[]));
    check_only_vary(get("br;q=0"), page_with(&[]));
    check_only_vary(Request::new(()), page_with(&[]));
    check_only_vary(get("gzip"), short("small"));
    check_only_vary(get("gzip"), page(Full::default()));
    check_only_vary(get("gzip"), with_status(206, page_with(&[])));
    check_only_vary(
        get("gzip"),
        with_status(304, Response::new(Full::default())),
    );
    check_only_vary(
        get("gzip"),
        page_with(&[("content-range", "bytes 0-3999/5000")]),
    );
    let (head, _) = head_of(get("gzip"), page_with(&[]));
    assert_eq!(head[VARY], "accept-encoding");
}

#[test]
fn c_21_vary_is_never_made_a_star_and_a_star_stays() {
    let (head, _) = head_of(get("gzip"), page_with(&[("vary", "*")]));
    let lines: Vec<_> = head.get_all(VARY).iter().collect();
    assert_eq!(lines, ["*"]);
}

#[test]
fn x_24_a_vary_of_others_is_kept() {
    let (head, _) = head_of(get("gzip"), page_with(&[("vary", "Origin")]));
    assert_eq!(head[VARY], "Origin, accept-encoding");
}

#[test]
fn c_24_the_length_of_the_bytes_before_goes() {
    let declared = page_with(&[("content-length", "4000")]);
    let (head, body) = respond(get("gzip"), declared).into_parts();
    let coded = consume(body).clean();
    let lines: Vec<_> = head.headers.get_all(CONTENT_LENGTH).iter().collect();
    assert_eq!(lines, [&HeaderValue::from(coded.len())]);

    let mut declared = page(Script::in_frames(&text(100_000), 1000));
    let length = HeaderValue::from_static("100000");
    declared.headers_mut().insert(CONTENT_LENGTH, length);
    let stream = respond(get("gzip"), declared);
    assert!(!stream.headers().contains_key(CONTENT_LENGTH));
    let (head, _) = head_of(get("identity"), page_with(&[("content-length", "4000")]));
    assert_eq!(head[CONTENT_LENGTH], "4000");
}

#[test]
fn c_26_parts_are_left_as_they_are() {
    let part = &[("content-range", "bytes 0-3999/5000"), ("etag", "\"x\"")];
    check_only_vary(get("gzip"), with_status(206, page_with(part)));
    let parts = Response::builder()
        .status(206)
        .header(CONTENT_TYPE, "multipart/byteranges; boundary=x")
        .header(ACCEPT_RANGES, "bytes")
        .body(Full::new(text(4000)))
        .unwrap();
    check_untouched(get("gzip"), parts);
}

#[test]
fn c_27_ranges_are_offered_of_the_identity_only() {
    let offer = &[("accept-ranges", "bytes")];
    let (head, _) = head_of(get("gzip"), page_with(offer));
    assert!(!head.contains_key(ACCEPT_RANGES));
    let (head, _) = head_of(get("identity"), page_with(offer));
    assert_eq!(head[ACCEPT_RANGES], "bytes");
}

#[test]
fn c_28_a_range_that_the_service_ignores_may_be_encoded() {
    let mut request = get("gzip");
    let range = "bytes=0-99".parse().unwrap();
    request.headers_mut().insert("range", range);
    let (head, _) = head_of(request, page_with(&[]));
    assert_eq!(head[CONTENT_ENCODING], "gzip");
}

#[test]
fn c_29_no_transform_is_obeyed_to_the_letter() {
    for line in ["no-transform", "max-age=60, No-Transform"] {
        let kept = [
            ("cache-control", line),
            ("etag", "\"x\""),
            ("content-length", "4000"),
        ];
        check_untouched(get("gzip"), page_with(&kept));
    }
    for line in ["x-no-transform", "max-age=60"] {
        let (head, _) = head_of(get("gzip"), page_with(&[("cache-control", line)]));
        assert_eq!(head[CONTENT_ENCODING], "gzip", "{line}");
    }
}

#[test]
fn c_31_digests_of_the_identity_go_with_it() {
    let digests = [
        ("content-digest", "sha-256=:AA==:"),
        ("repr-digest", "sha-256=:AA==:"),
        ("digest", "sha-256=AA=="),
        ("content-md5", "AA=="),
        ("unencoded-digest", "sha-256=:AA==:"),
        ("trailer", "Repr-Digest, server-timing"),
    ];
    let (head, _) = head_of(get("gzip"), page_with(&digests));
    let expected = fields(&[
        ("content-type", "text/plain"),
        ("unencoded-digest", "sha-256=:AA==:"),
        ("trailer", "server-timing"),
        ("vary", "accept-encoding"),
        ("content-encoding", "gzip"),
    ]);
    assert_eq!(head, expected);
    let (head, _) = head_of(get("identity"), page_with(&digests));
    assert_eq!(head["repr-digest"], "sha-256=:AA==:");
    assert_eq!(head[TRAILER], "Repr-Digest, server-timing");
}

#[test]
fn c_33_what_has_no_body_is_left_alone() {
    for status in [100, 101, 103, 204, 205] {
        check_untouched(get("gzip"), with_status(status, page_with(&[])));
    }
    check_untouched(request(Method::CONNECT, "gzip"), page_with(&[]));
    // Not even where the client refuses the identity.
    check_only_vary(get("gzip, identity;q=0"), page(Full::default()));
    let not_modified = page_with(&[("etag", "\"x\"")]);
    let mut asked = get("gzip");
    let tag = HeaderValue::from_static("\"x\"");
    asked.headers_mut().insert("if-none-match", tag);
    check_only_vary(asked, with_status(304, not_modified));
}

#[test]
fn x_21_a_304_of_a_type_that_is_not_compressed_gains_nothing() {
    let not_modified = Response::builder()
        .status(304)
        .header(CONTENT_TYPE, "image/png")
        .body(Full::default())
        .unwrap();
    check_untouched(get("gzip"), not_modified);
}

#[test]
fn c_35_types_off_the_list_are_untouched() {
    for content_type in [
        "image/png",
        "application/octet-stream",
        "bogus",
        "",
        "video/mp4",
    ] {
        let response = Response::builder()
            .header(CONTENT_TYPE, content_type)
            .header(CONTENT_LENGTH, "4000")
            .body(Full::new(text(4000)))
            .unwrap();
        check_untouched(get("gzip"), response);
    }
    check_untouched(get("gzip"), Response::new(Full::new(text(4000))));
}

#[test]
fn a_client_that_refuses_identity_gets_a_coding_even_below_the_threshold() {
    let (head, _) = head_of(get("gzip, identity;q=0"), short("small"));
    assert_eq!(head[CONTENT_ENCODING], "gzip");
}

#[test]
fn c_16_a_client_that_refuses_everything_gets_identity_and_no_406() {
    let response = respond(get("*;q=0"), page_with(&[]));
    assert_eq!(response.status(), StatusCode::OK);
    assert!(!response.headers().contains_key(CONTENT_ENCODING));
    assert_eq!(consume(response.into_body()).clean(), text(4000));
}

#[test]
fn c_51_nothing_is_asked_of_the_client() {
    let (head, _) = head_of(get("gzip"), with_status(415, page_with(&[])));
    assert!(!head.contains_key("accept-encoding"));
}

#[test]
fn x_22_errors_are_encoded_like_any_answer() {
    for status in [400, 404, 500, 503] {
        let (head, _) = head_of(get("gzip"), with_status(status, page_with(&[])));
        assert_eq!(head[CONTENT_ENCODING], "gzip", "{status}");
    }
}

#[test]
fn c_25_head_has_the_fields_of_get_and_no_length() {
    for coding in CODINGS {
        let described = || {
            page_with(&[
                ("content-length", "4000"),
                ("etag", "\"x\""),
                ("accept-ranges", "bytes"),
            ])
        };
        let (get_head, _) = head_of(get(coding.as_str()), described());
        let response = respond(request(Method::HEAD, coding.as_str()), described());
        assert_eq!(*response.headers(), get_head);
        assert_eq!(response.body().size_hint().exact(), None);
        assert!(!response.body().is_end_stream());
        assert_eq!(consume(response.into_body()).clean(), "");
    }
}

#[test]
fn x_12_head_is_decided_by_the_length_that_the_service_declares() {
    let described = |length: &str| {
        Response::builder()
            .header(CONTENT_TYPE, "text/plain")
            .header(CONTENT_LENGTH, length)
            .body(Empty::<Bytes>::new())
            .unwrap()
    };
    let response = respond(request(Method::HEAD, "gzip"), described("4000"));
    assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
    assert!(!response.headers().contains_key(CONTENT_LENGTH));

    let response = respond(request(Method::HEAD, "gzip"), described("1023"));
    let expected = fields(&[
        ("content-type", "text/plain"),
        ("content-length", "1023"),
        ("vary", "accept-encoding"),
    ]);
    assert_eq!(*response.headers(), expected);
}

#[test]
fn x_11_head_below_the_threshold_keeps_the_length_of_the_identity() {
    let response = respond(request(Method::HEAD, "gzip"), short("small"));
    assert_eq!(response.headers()[VARY], "accept-encoding");
    assert!(!response.headers().contains_key(CONTENT_ENCODING));
    assert_eq!(response.body().size_hint().exact(), Some(5));
}

#[test]
fn c_25_head_of_a_stream_is_as_its_get() {
    for length in [10, 4000] {
        let stream = || page(Script::in_frames(&text(length), 10));
        let get_head = respond(get("gzip"), stream()).into_parts().0.headers;
        let head = respond(request(Method::HEAD, "gzip"), stream());
        assert_eq!(*head.headers(), get_head, "{length}");
    }
}

/// Finding 16. A router answered HEAD and dropped the body of GET, or a layer inside withheld it.
#[test]
fn c_25_an_empty_body_of_unknown_length_tells_nothing_of_get() {
    let with_tag = |body: Script| {
        let mut response = page(body);
        let tag = "\"h\"".parse().unwrap();
        response.headers_mut().insert("etag", tag);
        response
    };
    for coding in CODINGS {
        let stream = with_tag(Script::in_frames(&text(4000), 10));
        let get_head = respond(get(coding.as_str()), stream).into_parts().0.headers;
        for emptied in [Script::new([]), Script::of_data([""])] {
            let asked = request(Method::HEAD, coding.as_str());
            let response = respond(asked, with_tag(emptied));
            assert_eq!(*response.headers(), get_head, "{coding}");
            assert_eq!(response.body().size_hint().exact(), None, "{coding}");
        }
    }
}

/// Finding 16. The shape of the recommended stack.
#[test]
fn x_10_head_over_strip_nulls_over_a_stream_is_as_its_get() {
    use tower::Layer;
    use tower::layer::layer_fn;
    use tower_egress::compression::CompressionLayer;
    use tower_egress::strip_nulls::StripNullsLayer;

    let json = || {
        let pieces = (0..400).map(|number| format!("{{\"id\":{number},\"gone\":null}},"));
        let pieces = std::iter::once("[".to_owned()).chain(pieces);
        let pieces = pieces.chain(std::iter::once("0]".to_owned()));
        Response::builder()
            .header(CONTENT_TYPE, "application/json")
            .header("etag", "\"h\"")
            .body(Script::of_data(pieces))
            .unwrap()
    };
    let layer =
        layer_fn(|inner| CompressionLayer::new().layer(StripNullsLayer::new().layer(inner)));
    for coding in CODINGS {
        let head_of = |method: Method| {
            let asked = request(method, coding.as_str());
            let response = crate::support::service::respond(&layer, asked, json());
            response.into_parts().0.headers
        };
        let expected = fields(&[
            ("content-type", "application/json"),
            ("content-encoding", coding.as_str()),
            ("vary", "accept-encoding"),
        ]);
        for method in [Method::GET, Method::HEAD] {
            let mut found = head_of(method.clone());
            let tag = found.remove("etag").unwrap();
            assert_eq!(tag, format!("\"h-{coding}\""), "{method}");
            assert_eq!(found, expected, "{method}");
        }
    }
}

#[test]
fn c_34_a_declared_length_is_believed_before_the_stream_is_read() {
    let pending = || Script::new([Step::Stuck]);
    let declared = |length: &str| {
        let mut response = page(pending());
        let length = length.parse().unwrap();
        response.headers_mut().insert(CONTENT_LENGTH, length);
        respond(get("gzip"), response)
    };
    assert_eq!(declared("1024").headers()[CONTENT_ENCODING], "gzip");
    assert_eq!(declared("1023").headers()[CONTENT_LENGTH], "1023");
    // A length that is no number says nothing: the stream is taken for large.
    for nonsense in ["", "-1", "12, 12", "0x10", "\u{ff}"] {
        let response = declared(nonsense);
        assert_eq!(response.headers()[CONTENT_ENCODING], "gzip", "{nonsense:?}");
    }
}

#[test]
fn g_24_a_length_beyond_all_bounds_is_only_large() {
    let nines = "9".repeat(40);
    let mut endless = page(Script::new([Step::Stuck]));
    let length = nines.parse().unwrap();
    endless.headers_mut().insert(CONTENT_LENGTH, length);
    let response = respond(get("gzip"), endless);
    assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
}
