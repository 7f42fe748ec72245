//! What the stack in its order makes of the answers that rows of the matrix are about.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use tower_egress::compression::Coding;
use tower_egress::etag::{Current, EntityTag, EtagLayer, Validators, resolver_fn};
use tower_egress::stack;
use tower_egress::strip_nulls::StripNullsLayer;

use super::{answer, request, with};
use crate::support::consume::consume;
use crate::support::decode::decode;
use crate::support::text;

type Page = Response<Full<Bytes>>;

/// What the stack, with its nulls stripped, makes of `page`: its head and its decoded body.
fn through(request: Request<()>, page: Page) -> (http::response::Parts, Bytes) {
    let layer = stack().strip_nulls(StripNullsLayer::new());
    let is_head = request.method() == Method::HEAD;
    let mut page = Some(page);
    let (head, body) = answer(&layer, request, |_| {
        page.take().expect("one request is made")
    })
    .into_parts();
    let data = consume(body).data();
    let coding = head.headers.get("content-encoding");
    let coding = Coding::preference()
        .iter()
        .copied()
        .find(|known| coding.is_some_and(|name| known.as_str() == name));
    let text = match coding {
        Some(coding) if !is_head => decode(coding, &data).unwrap_or(data),
        _ => data,
    };
    (head, text)
}

fn page(body: impl Into<Bytes>, fields: &[(&'static str, &str)]) -> Page {
    with(Response::new(Full::new(body.into())), fields)
}

fn get(fields: &[(&str, &str)]) -> Request<()> {
    request(Method::GET, fields)
}

fn status(status: u16, mut page: Page) -> Page {
    *page.status_mut() = StatusCode::from_u16(status).expect("a status");
    page
}

/// The fields of these names, as the answer has them; none where the name is given none.
#[track_caller]
fn check(fields: &HeaderMap, expected: &[(&str, Option<&str>)]) {
    for (name, value) in expected {
        let found: Vec<_> = fields.get_all(*name).iter().collect();
        assert_eq!(
            found,
            value.iter().collect::<Vec<_>>(),
            "{name} of {fields:?}"
        );
    }
}

const GZIP: (&str, &str) = ("accept-encoding", "gzip");
const PLAIN: (&str, &str) = ("content-type", "text/plain");
const JSON: (&str, &str) = ("content-type", "application/json");
const STRONG: (&str, &str) = ("etag", "\"x\"");

#[test]
fn x_01_x_02_x_03_a_strong_tag_has_a_form_for_each_coding() {
    let answer = || page(text(4000), &[PLAIN, STRONG, ("accept-ranges", "bytes")]);
    for &coding in Coding::preference() {
        let accept = ("accept-encoding", coding.as_str());
        let coded = format!("\"x-{coding}\"");
        let (head, body) = through(get(&[accept]), answer());
        assert_eq!((head.status.as_u16(), body), (200, text(4000)));
        let expected = [
            ("etag", Some(&*coded)),
            ("content-encoding", Some(coding.as_str())),
            ("vary", Some("accept-encoding")),
            ("accept-ranges", None),
        ];
        check(&head.headers, &expected);
        for tag in [&*coded, "\"x\""] {
            let again = get(&[accept, ("if-none-match", tag)]);
            let (head, body) = through(again, answer());
            assert_eq!((head.status.as_u16(), body), (304, Bytes::new()));
            let expected = [
                ("etag", Some(tag)),
                ("content-encoding", None),
                ("content-length", None),
                ("vary", Some("accept-encoding")),
            ];
            check(&head.headers, &expected);
        }
    }
}

#[test]
fn x_06_x_07_x_09_parts_of_a_representation_pass_as_they_are() {
    for content_type in ["text/plain", "multipart/byteranges; boundary=a"] {
        let part = [
            ("content-type", content_type),
            STRONG,
            ("content-range", "bytes 0-1999/4000"),
            ("content-length", "2000"),
        ];
        let part = status(206, page(text(2000), &part));
        for accept in ["gzip", "identity"] {
            let asked = [
                ("accept-encoding", accept),
                ("range", "bytes=0-1999"),
                ("if-range", "\"x\""),
            ];
            let (head, body) = through(get(&asked), part.clone());
            assert_eq!((head.status.as_u16(), body), (206, text(2000)));
            let expected = [
                ("content-encoding", None),
                ("content-length", Some("2000")),
                ("content-range", Some("bytes 0-1999/4000")),
                ("etag", Some("\"x\"")),
            ];
            check(&head.headers, &expected);
            let vary = (content_type == "text/plain").then_some("accept-encoding");
            check(&head.headers, &[("vary", vary)]);
        }
    }
}

#[test]
fn x_05_x_08_a_range_that_is_not_served_is_answered_whole_and_coded() {
    for more in [None, Some(("if-range", "\"x-gzip\""))] {
        let mut asked = vec![GZIP, ("range", "bytes=0-1")];
        asked.extend(more);
        let (head, body) = through(get(&asked), page(text(4000), &[PLAIN, STRONG]));
        assert_eq!((head.status.as_u16(), body), (200, text(4000)));
        check(&head.headers, &[("content-encoding", Some("gzip"))]);
    }
}

#[test]
fn x_10_x_11_x_12_head_has_the_fields_of_get() {
    let answer = |length: usize| page(text(length), &[PLAIN]);
    let both = |length| {
        let ask = |method| through(request(method, &[GZIP]), answer(length)).0.headers;
        (ask(Method::GET), ask(Method::HEAD))
    };
    for (length, coding) in [(4000, Some("gzip")), (100, None)] {
        let (mut get, mut head) = both(length);
        check(&head, &[("content-encoding", coding)]);
        // How long the coded text is, nobody knows who does not code it.
        get.remove("content-length");
        assert_eq!(head.remove("content-length"), None);
        head.insert("x-response-time", get["x-response-time"].clone());
        assert_eq!(head, get);
    }
    // A router has emptied it.
    let declared = [PLAIN, ("content-length", "4000")];
    let (head, _) = through(request(Method::HEAD, &[GZIP]), page("", &declared));
    let expected = [("content-encoding", Some("gzip")), ("content-length", None)];
    check(&head.headers, &expected);
}

#[test]
fn x_13_x_14_what_is_not_to_be_transformed_is_not() {
    let text = r#"{"a":null}"#.repeat(200);
    let fields = [
        JSON,
        STRONG,
        ("cache-control", "no-transform"),
        ("content-length", "2000"),
        ("repr-digest", "sha-256=:AA==:"),
    ];
    let (head, body) = through(get(&[GZIP]), page(text.clone(), &fields));
    assert_eq!(body, text);
    check(
        &head.headers,
        &fields.map(|(name, value)| (name, Some(value))),
    );
    check(&head.headers, &[("content-encoding", None), ("vary", None)]);
}

#[test]
fn x_15_x_16_x_18_digests_are_of_the_bytes_that_are_sent() {
    let digest = "sha-256=:AA==:";
    let fields = [PLAIN, ("repr-digest", digest), ("unencoded-digest", digest)];
    for (accept, repr) in [("gzip", None), ("identity", Some(digest))] {
        let asked = get(&[("accept-encoding", accept)]);
        let (head, _) = through(asked, page(text(4000), &fields));
        let expected = [("repr-digest", repr), ("unencoded-digest", Some(digest))];
        check(&head.headers, &expected);
    }
}

#[test]
fn x_19_x_20_json_is_stripped_tagged_and_coded() {
    let text = format!("[{}1]", r#"{"a":null,"b":1},"#.repeat(200));
    let stripped = text.replace(r#""a":null,"#, "");
    let fields = [JSON, STRONG, ("repr-digest", "sha-256=:AA==:")];
    for (accept, tag) in [("gzip", "\"x-gzip\""), ("identity", "\"x\"")] {
        let asked = get(&[("accept-encoding", accept)]);
        let (head, body) = through(asked, page(text.clone(), &fields));
        assert_eq!(body, stripped);
        check(&head.headers, &[("etag", Some(tag)), ("repr-digest", None)]);
        if accept == "identity" {
            let length = stripped.len().to_string();
            check(&head.headers, &[("content-length", Some(&length))]);
        }
    }
}

#[test]
fn x_21_a_304_of_the_handler_varies_as_its_200_does() {
    let answer = status(304, page("", &[STRONG]));
    let (head, body) = through(get(&[GZIP, ("if-none-match", "\"x-gzip\"")]), answer);
    assert_eq!((head.status.as_u16(), body), (304, Bytes::new()));
    let expected = [
        ("etag", Some("\"x-gzip\"")),
        ("vary", Some("accept-encoding")),
    ];
    check(&head.headers, &expected);
}

#[test]
fn x_22_an_error_is_coded_and_secured_and_neither_tagged_nor_kept() {
    let text = format!("{{\"error\":\"{}\"}}", "not found ".repeat(200));
    // Caches may guess a lifetime for the one, and not for the other (RFC 9110 §15.1).
    for (number, policy) in [(404, Some("no-cache")), (500, None)] {
        let answer = status(number, page(text.clone(), &[JSON]));
        let (head, body) = through(get(&[GZIP]), answer);
        assert_eq!((head.status.as_u16(), body), (number, text.clone().into()));
        let expected = [
            ("content-encoding", Some("gzip")),
            ("etag", None),
            ("cache-control", policy),
            ("x-content-type-options", Some("nosniff")),
        ];
        check(&head.headers, &expected);
    }
}

#[test]
fn x_23_what_is_coded_already_is_not_coded_again() {
    let fields = [
        ("content-type", "text/css"),
        ("content-encoding", "br"),
        ("vary", "accept-encoding"),
        STRONG,
    ];
    let asked = get(&[("accept-encoding", "br, gzip")]);
    let response = answer(&stack(), asked, |_| page("not even brotli", &fields));
    check(
        response.headers(),
        &fields.map(|(name, value)| (name, Some(value))),
    );
    assert_eq!(consume(response.into_body()).clean(), "not even brotli");
}

#[test]
fn x_24_names_of_vary_are_joined_and_none_is_lost() {
    let answer = page(text(4000), &[PLAIN, ("vary", "Origin")]);
    let (head, _) = through(get(&[GZIP]), answer);
    let lines = head.headers.get_all("vary").iter();
    let names: Vec<_> = lines.map(|line| line.to_str().expect("ASCII")).collect();
    assert_eq!(names.join(", "), "Origin, accept-encoding");
}

#[test]
fn s_08_s_15_what_its_content_names_is_kept_for_a_year_and_all_else_is_asked_about() {
    let year = "max-age=31536000, immutable";
    for (path, content_type, policy) in [
        ("/main.8e3c1f07.css", "text/css", year),
        ("/main.css", "text/css", "no-cache"),
        ("/items", "application/json", "no-cache"),
        ("/", "text/html", "no-cache"),
    ] {
        let asked = Request::get(path).body(()).expect("a request");
        let answer = page(text(4000), &[("content-type", content_type)]);
        let (head, _) = through(asked, answer);
        check(&head.headers, &[("cache-control", Some(policy))]);
    }
}

/// The tag that a client was given with a coding guards its write, and the handler is told of the plain one.
#[test]
fn x_04_a_write_is_guarded_by_the_tag_of_a_coding() {
    let plain: EntityTag = "\"x\"".parse().expect("a tag");
    let known = resolver_fn(move |_| {
        let validators = Validators::from(plain.clone());
        Current::Present(validators)
    });
    let layer = stack().etag(EtagLayer::new().resolver(known).require_precondition());
    let put = |more: &[(&str, &str)], handler: Page| {
        let seen = Rc::new(RefCell::new(None));
        let told = Rc::clone(&seen);
        let handler = move |request: Request<()>| {
            *told.borrow_mut() = request.headers().get("if-match").cloned();
            handler.clone()
        };
        let response = answer(&layer, request(Method::PUT, more), handler);
        let status = response.status().as_u16();
        (status, seen.take())
    };
    let written = status(204, page("", &[]));
    for (tag, status, seen) in [
        ("\"x\"", 204, Some("\"x\"")),
        ("\"x-gzip\"", 204, Some("\"x-gzip\", \"x\"")),
        ("\"x-zstd\"", 204, Some("\"x-zstd\", \"x\"")),
        ("W/\"x\"", 412, None),
        ("\"y-gzip\"", 412, None),
    ] {
        let found = put(&[GZIP, ("if-match", tag)], written.clone());
        let seen = seen.map(HeaderValue::from_static);
        assert_eq!(found, (status, seen), "{tag}");
    }
    assert_eq!(put(&[GZIP], written), (428, None));
}
