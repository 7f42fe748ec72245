//! The head of an answer says what its body is.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body::{Body, SizeHint};
use http_body_util::{Empty, Full};
use tower_egress::strip_nulls::{KeepNulls, Plan, Reason, Rules, StripNullsLayer};

use super::{STRIPPED, TEXT, json, json_with, request, respond, respond_to};
use crate::support::body::{Script, Step};
use crate::support::consume::consume;
use crate::support::{fields, service};

/// An answer that must not be touched, head or body.
#[track_caller]
fn check_untouched(layer: &StripNullsLayer, request: Request<()>, response: Response<Full<Bytes>>) {
    let before = response.headers().clone();
    let expected = consume(response.body().clone()).data();
    let status = response.status();
    let (head, body) = service::respond(layer, request, response).into_parts();
    assert_eq!(head.headers, before, "{status}");
    assert_eq!(consume(body).clean(), expected, "{status}, {before:?}");
}

#[track_caller]
fn check_untouched_by_default(response: Response<Full<Bytes>>) {
    check_untouched(&StripNullsLayer::new(), request(Method::GET), response);
}

#[track_caller]
fn check_stripped(layer: &StripNullsLayer, response: Response<Full<Bytes>>) {
    let content_type = response.headers()[CONTENT_TYPE].clone();
    let (head, body) = service::respond(layer, request(Method::GET), response).into_parts();
    assert_eq!(consume(body).clean(), STRIPPED, "{content_type:?}");
    let expected = HeaderValue::from(STRIPPED.len());
    assert_eq!(head.headers[CONTENT_LENGTH], expected, "{content_type:?}");
}

fn typed(content_type: &str) -> Response<Full<Bytes>> {
    let response = Response::builder().header(CONTENT_TYPE, content_type);
    response.body(Full::from(TEXT)).expect("a valid response")
}

fn with_status(status: u16) -> Response<Full<Bytes>> {
    let mut response = json_with(&[]);
    *response.status_mut() = StatusCode::from_u16(status).expect("a valid status");
    response
}

#[test]
fn j_01_only_application_json_is_stripped_by_default() {
    let layer = StripNullsLayer::new();
    for content_type in ["application/json", "Application/JSON; charset=utf-8"] {
        check_stripped(&layer, typed(content_type));
    }
    for content_type in [
        "application/problem+json",
        "application/vnd.api+json",
        "application/geo+json",
        "text/json",
        "text/plain",
        "application/x-ndjson",
        "bogus",
        "",
    ] {
        check_untouched_by_default(typed(content_type));
    }
    check_untouched_by_default(Response::new(Full::from(TEXT)));
}

#[test]
fn j_01_other_types_are_stripped_where_they_are_named() {
    let layer = StripNullsLayer::new()
        .content_type("application/problem+json")
        .unwrap()
        .content_type("application/*+cbor-in-json")
        .unwrap();
    check_stripped(&layer, typed("application/problem+json"));
    check_stripped(&layer, typed("application/x+cbor-in-json"));
    check_stripped(&layer, typed("application/json"));
    check_untouched(&layer, request(Method::GET), typed("application/hal+json"));
}

#[test]
fn j_08_patches_are_left_alone_unless_they_are_named_themselves() {
    let layer = StripNullsLayer::new()
        .content_type("application/*+json")
        .unwrap();
    check_stripped(&layer, typed("application/hal+json"));
    for patch in [
        "application/merge-patch+json",
        "application/json-patch+json",
    ] {
        check_untouched_by_default(typed(patch));
        check_untouched(&layer, request(Method::GET), typed(patch));
    }
}

#[test]
fn j_14_sequences_are_stripped_where_they_are_asked_for() {
    let lines = "{\"a\":null}\n{\"a\":1,\"b\":null}\n";
    let answer = || {
        let response = Response::builder().header(CONTENT_TYPE, "application/x-ndjson");
        response.body(Full::from(lines)).expect("a valid response")
    };
    check_untouched_by_default(answer());
    let layer = StripNullsLayer::new().sequences(true);
    let (head, body) = service::respond(&layer, request(Method::GET), answer()).into_parts();
    assert_eq!(consume(body).clean(), "{}\n{\"a\":1}\n");
    assert_eq!(head.headers[CONTENT_LENGTH], "11");
}

#[test]
fn j_10_the_length_of_a_whole_body_is_exact() {
    for declared in [&[][..], &[("content-length", "34")]] {
        let response = respond(json_with(declared));
        let lines: Vec<_> = response.headers().get_all(CONTENT_LENGTH).iter().collect();
        assert_eq!(lines, [&HeaderValue::from(STRIPPED.len())]);
        let hint = response.body().size_hint().exact();
        assert_eq!(hint, Some(STRIPPED.len() as u64));
        assert_eq!(consume(response.into_body()).clean(), STRIPPED);
    }
}

#[test]
fn j_10_the_length_of_a_stream_is_gone() {
    let mut response = json(Script::of_data([TEXT]));
    let length = HeaderValue::from(TEXT.len());
    response.headers_mut().insert(CONTENT_LENGTH, length);
    let response = respond(response);
    assert!(!response.headers().contains_key(CONTENT_LENGTH));
    assert_eq!(response.body().size_hint().exact(), None);
    assert_eq!(consume(response.into_body()).clean(), STRIPPED);
}

const DESCRIBED: [(&str, &str); 9] = [
    ("etag", "\"x\""),
    ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ("accept-ranges", "bytes"),
    ("content-digest", "sha-256=:AA==:"),
    ("repr-digest", "sha-256=:AA==:"),
    ("unencoded-digest", "sha-256=:AA==:"),
    ("trailer", "Repr-Digest, server-timing"),
    ("set-cookie", "a=1"),
    ("set-cookie", "b=2"),
];

fn described_anew() -> HeaderMap {
    fields(&[
        ("content-type", "application/json"),
        ("etag", "\"x\""),
        ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("trailer", "server-timing"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
    ])
}

#[test]
fn x_19_a_tag_stays_and_digests_go_where_bytes_go() {
    for tag in ["\"x\"", "W/\"x\""] {
        let response = respond(json_with(&[("etag", tag)]));
        assert_eq!(response.headers()["etag"], tag);
    }
    let whole = respond(json_with(&DESCRIBED));
    let mut expected = described_anew();
    expected.insert(CONTENT_LENGTH, HeaderValue::from(STRIPPED.len()));
    assert_eq!(*whole.headers(), expected);

    let mut response = json(Script::of_data([TEXT]));
    *response.headers_mut() = json_with(&DESCRIBED).headers().clone();
    assert_eq!(*respond(response).headers(), described_anew());
}

/// A coding leaves it true, for it is of the bytes before any; other bytes do not.
#[test]
fn x_18_an_unencoded_digest_goes_too() {
    let digest = [("unencoded-digest", "sha-256=:AA==:")];
    let response = respond(json_with(&digest));
    assert!(!response.headers().contains_key("unencoded-digest"));
    let trailers = fields(&digest);
    let body = Script::of_data([TEXT]).then(Step::Trailers(trailers));
    assert_eq!(
        consume(respond(json(body)).into_body()).trailers,
        Some(HeaderMap::new())
    );
}

#[test]
fn j_10_where_no_byte_goes_no_field_does() {
    for text in [
        r#"{"a":1}"#,
        r#"[null]"#,
        r#"{"a":null"#,
        "null",
        "plain text: null",
    ] {
        let mut response = json(Full::<Bytes>::from(text));
        *response.headers_mut() = json_with(&DESCRIBED).headers().clone();
        let length = HeaderValue::from(text.len());
        response.headers_mut().insert(CONTENT_LENGTH, length);
        check_untouched_by_default(response);
    }
}

#[test]
fn x_14_no_transform_is_obeyed_to_the_letter() {
    for line in ["no-transform", "max-age=60, No-Transform"] {
        check_untouched_by_default(json_with(&[("cache-control", line)]));
    }
    for line in ["x-no-transform", "max-age=60", "private=\"no-transform\""] {
        let response = respond(json_with(&[("cache-control", line)]));
        assert_eq!(consume(response.into_body()).clean(), STRIPPED, "{line}");
    }
    // In a request it is addressed to those between.
    let mut asked = request(Method::GET);
    let line = HeaderValue::from_static("no-transform");
    asked.headers_mut().insert("cache-control", line);
    let response = service::respond(&StripNullsLayer::new(), asked, json_with(&[]));
    assert_eq!(consume(response.into_body()).clean(), STRIPPED);
}

#[test]
fn j_01_what_is_encoded_is_left_alone() {
    for encoding in ["gzip", "br", "x-unknown", "identity, gzip"] {
        check_untouched_by_default(json_with(&[("content-encoding", encoding)]));
    }
    let response = respond(json_with(&[("content-encoding", "identity")]));
    assert_eq!(response.headers()[CONTENT_ENCODING], "identity");
    assert_eq!(consume(response.into_body()).clean(), STRIPPED);
}

#[test]
fn j_01_parts_are_left_alone() {
    check_untouched_by_default(with_status(206));
    check_untouched_by_default(json_with(&[("content-range", "bytes 0-33/50")]));
}

#[test]
fn g_05_what_has_no_body_is_left_alone() {
    for status in [100, 101, 103, 204, 205, 304] {
        check_untouched_by_default(with_status(status));
    }
    let layer = StripNullsLayer::new();
    check_untouched(&layer, request(Method::CONNECT), json_with(&[]));
    check_untouched_by_default(json(Full::default()));
}

#[test]
fn x_22_errors_are_stripped_like_any_answer() {
    for status in [201, 400, 404, 422, 500, 503] {
        let response = respond(with_status(status));
        assert_eq!(response.status(), status);
        assert_eq!(consume(response.into_body()).clean(), STRIPPED, "{status}");
    }
}

#[test]
fn c_32_a_signature_over_what_would_change_is_kept_sound() {
    let covers = |names: &'static str| json_with(&[("signature-input", names)]);
    check_untouched_by_default(covers(r#"s=("content-digest");created=1"#));
    check_untouched_by_default(covers(r#"s=("@status" "content-length")"#));
    let response = respond(covers(r#"s=("@status" "etag")"#));
    assert_eq!(consume(response.into_body()).clean(), STRIPPED);
}

#[test]
fn either_side_opts_out_with_an_extension() {
    let mut response = json_with(&DESCRIBED);
    response.extensions_mut().insert(KeepNulls);
    check_untouched_by_default(response);

    let mut asked = request(Method::GET);
    asked.extensions_mut().insert(KeepNulls);
    check_untouched(&StripNullsLayer::new(), asked, json_with(&DESCRIBED));
}

#[test]
fn c_24_head_with_its_body_has_the_fields_of_get() {
    let get = respond(json_with(&DESCRIBED)).into_parts().0;
    let head = respond_to(Method::HEAD, json_with(&DESCRIBED));
    assert_eq!(*head.headers(), get.headers);
}

#[test]
fn c_24_head_without_its_body_has_no_length_that_could_be_wrong() {
    let described = |length: &'static str| {
        Response::builder()
            .header(CONTENT_TYPE, "application/json")
            .header(CONTENT_LENGTH, length)
            .header("repr-digest", "sha-256=:AA==:")
            .header("etag", "\"x\"")
            .body(Empty::<Bytes>::new())
            .unwrap()
    };
    let response = respond_to(Method::HEAD, described("34"));
    let expected = fields(&[("content-type", "application/json"), ("etag", "\"x\"")]);
    assert_eq!(*response.headers(), expected);
    // A server would announce the length of a body that says it has none.
    assert_eq!(response.body().size_hint().exact(), None);
    assert!(!response.body().is_end_stream());
    assert_eq!(consume(response.into_body()).clean(), "");

    let before = described("0").headers().clone();
    let response = respond_to(Method::HEAD, described("0"));
    assert_eq!(*response.headers(), before);
}

#[test]
fn c_24_head_of_a_stream_is_as_its_get_and_drops_the_body() {
    let get = respond(json(Script::of_data([TEXT]))).into_parts().0;
    let body = Script::of_data([TEXT]);
    let watch = body.watch();
    let head = respond_to(Method::HEAD, json(body));
    assert!(watch.is_dropped());
    assert_eq!(*head.headers(), get.headers);
    assert_eq!(consume(head.into_body()).clean(), "");
}

#[test]
fn g_11_a_head_without_room_for_a_length_has_none() {
    let mut response = json_with(&[]);
    let fill = |response: &mut Response<_>, number: usize| {
        let name = http::HeaderName::try_from(format!("x-{number}")).unwrap();
        let value = HeaderValue::from_static("1");
        response.headers_mut().try_insert(name, value).is_ok()
    };
    let mut number = 0;
    while fill(&mut response, number) {
        number += 1;
    }
    let before = response.headers().clone();
    // F-32: nothing panics, and what is there stays.
    let response = respond(response);
    assert_eq!(*response.headers(), before);
    let hint = response.body().size_hint().exact();
    assert_eq!(hint, Some(STRIPPED.len() as u64));
    assert_eq!(consume(response.into_body()).clean(), STRIPPED);
}

#[test]
fn g_18_unknown_fields_pass() {
    let unknown = [("x-one", "1"), ("x-one", "2"), ("vary", "origin")];
    let response = respond(json_with(&unknown));
    let lines: Vec<_> = response.headers().get_all("x-one").iter().collect();
    assert_eq!(lines, ["1", "2"]);
    assert_eq!(response.headers()["vary"], "origin");
}

#[test]
fn what_is_removed_is_the_user_s_choice() {
    let layer = StripNullsLayer::new().rules(Rules::new().keep(["name"]).strip_elements(true));
    let response = service::respond(&layer, request(Method::GET), json_with(&[]));
    assert_eq!(
        consume(response.into_body()).clean(),
        r#"{"id":1,"name":null,"tags":[]}"#
    );
}

#[test]
fn a_plan_can_be_asked_for_without_a_server() {
    let layer = StripNullsLayer::new();
    let plan = |response: Response<Full<Bytes>>, size| {
        let (asked, ()) = request(Method::GET).into_parts();
        let (answered, _) = response.into_parts();
        layer.plan(&asked, &answered, &size)
    };
    let exact = SizeHint::with_exact(34);
    assert_eq!(plan(json_with(&[]), exact), Plan::Strip);
    assert_eq!(plan(json_with(&[]), SizeHint::new()), Plan::Strip);
    let passes = |response, size, reason| assert_eq!(plan(response, size), Plan::Pass(reason));
    passes(json_with(&[]), SizeHint::with_exact(0), Reason::Empty);
    passes(typed("text/html"), exact, Reason::ContentType);
    passes(with_status(304), exact, Reason::NoBody);
}

#[test]
fn j_01_a_pending_stream_gets_its_head_at_once() {
    let response = respond(json(Script::new([Step::Stuck])));
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
}
