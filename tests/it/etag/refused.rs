//! What a 412 says, to clients and to caches, with and without the handler.

use http::{HeaderMap, Method, Request, Response, StatusCode};
use tower_egress::etag::{Current, EntityTag, EtagLayer, Validators, resolver_fn};

use super::{REFUSAL, REFUSED, get, hello, request, respond, with};
use crate::support::consume::consume;
use crate::support::{fields, service};

/// Each field that some cache obeys, as one that lets the response be stored.
const STORED: [(&str, &str); 9] = [
    ("cache-control", "public, max-age=60"),
    ("akamai-cache-control", "max-age=60"),
    ("cdn-cache-control", "max-age=60"),
    ("cloudflare-cdn-cache-control", "max-age=60"),
    ("edge-control", "max-age=60"),
    ("expires", "Sun, 01 Jan 2090 00:00:00 GMT"),
    ("pragma", "x"),
    ("surrogate-control", "max-age=60"),
    ("x-accel-expires", "60"),
];

/// Finding 24.
#[test]
fn f_09_no_cache_keeps_the_412_that_anybody_can_provoke() {
    let kept = [("etag", "\"a\""), ("vary", "accept-language")];
    let page = with(with(hello(), &STORED), &kept);
    let response = respond(get(&[("if-match", "\"zz\"")]), page);
    assert_eq!(response.status(), 412);
    let expected = fields(&[&REFUSED[..], &kept].concat());
    assert_eq!(response.headers(), &expected);
}

/// Finding 24.
#[test]
fn f_09_no_cache_keeps_the_412_that_is_given_before_the_handler() {
    let validators = Validators::builder()
        .etag("\"a\"".parse().expect("a tag"))
        .fields(fields(&STORED))
        .build();
    let response = refuse_before(&Current::Present(validators), Method::GET);
    let expected = fields(&[&REFUSED[..], &[("etag", "\"a\"")]].concat());
    assert_eq!(response.headers(), &expected);
}

/// The text of a 412 is other content than the handler's (RFC 9530 §2, §3).
#[test]
fn no_digest_of_the_content_stays_on_a_304_or_412() {
    let digests = [
        ("content-digest", "sha-256=:YQ==:"),
        ("content-md5", "YQ=="),
        ("digest", "sha-256=YQ=="),
        ("repr-digest", "sha-256=:YQ==:"),
        ("unencoded-digest", "sha-256=:YQ==:"),
    ];
    for condition in [("if-match", "\"zz\""), ("if-none-match", "\"a\"")] {
        let page = with(with(hello(), &digests), &[("etag", "\"a\"")]);
        let response = respond(get(&[condition]), page);
        assert!(!response.status().is_success(), "{condition:?}");
        for (name, _) in digests {
            assert!(
                !response.headers().contains_key(name),
                "{condition:?}: {name}"
            );
        }
    }
}

/// Finding U.
#[test]
fn a_412_says_why_and_is_not_stored() {
    let tag = [("etag", "\"a\"")];
    let both = fields(&[&REFUSED[..], &tag].concat());
    let state = Current::Present(EntityTag::strong("a").expect("a tag").into());
    let after = respond(get(&[("if-match", "\"zz\"")]), with(hello(), &tag));
    let writes = [Method::PUT, Method::PATCH, Method::DELETE, Method::POST];
    let written = writes.map(|method| (refuse_before(&state, method), fields(&REFUSED)));
    let read = [
        (after, both.clone()),
        (refuse_before(&state, Method::GET), both),
    ];
    for (response, expected) in read.into_iter().chain(written) {
        assert_eq!(response.status(), 412);
        assert_eq!(response.headers(), &expected);
        assert_eq!(consume(response.into_body()).clean(), REFUSAL);
    }
}

/// Finding U. RFC 9110 §9.3.2: HEAD has the fields of GET and no content.
#[test]
fn e_27_a_412_to_head_has_the_fields_of_that_to_get_and_no_body() {
    let tag = [("etag", "\"a\"")];
    let state = Current::Present(EntityTag::strong("a").expect("a tag").into());
    let head = request(Method::HEAD, &[("if-match", "\"zz\"")]);
    let length = REFUSAL.len().to_string();
    let mut expected = fields(&[&REFUSED[..], &tag].concat());
    expected.insert("content-length", length.parse().expect("digits"));
    for response in [
        respond(head, with(hello(), &tag)),
        refuse_before(&state, Method::HEAD),
    ] {
        assert_eq!(response.status(), 412);
        assert_eq!(response.headers(), &expected);
        let body = response.into_body();
        assert!(http_body::Body::is_end_stream(&body));
        assert_eq!(consume(body).clean(), "");
    }
}

/// Finding U. A head with no room for the two fields goes out without them.
#[test]
fn f_32_a_412_of_a_full_head_does_not_panic() {
    let mut page = with(hello(), &[("etag", "\"a\"")]);
    fill(page.headers_mut());
    let length = page.headers().len();
    let response = respond(get(&[("if-match", "\"zz\"")]), page);
    assert_eq!(response.status(), 412);
    assert_eq!(response.headers().len(), length);
    assert_eq!(consume(response.into_body()).clean(), REFUSAL);
}

fn fill(fields: &mut HeaderMap) {
    for number in 0.. {
        let name: http::HeaderName = format!("x-{number}").parse().expect("a name");
        if fields.try_insert(name, 1.into()).is_err() {
            break;
        }
    }
}

/// The 412 of a layer that knows the `state`, to a condition that nothing meets.
fn refuse_before(
    state: &Current,
    method: Method,
) -> Response<tower_egress::etag::EtagBody<http_body_util::Full<bytes::Bytes>>> {
    let state = state.clone();
    let layer = EtagLayer::new().resolver(resolver_fn(move |_| state.clone()));
    let request = request(method, &[("if-match", "\"zz\"")]);
    let never = |_: Request<()>| -> Response<_> { panic!("the handler is called") };
    let handler = service::Handler::new(never);
    let mut called = tokio_test::task::spawn(tower::ServiceExt::oneshot(
        tower::Layer::layer(&layer, handler),
        request,
    ));
    let response = tokio_test::assert_ready_ok!(called.poll());
    assert_eq!(response.status(), StatusCode::PRECONDITION_FAILED);
    response
}
