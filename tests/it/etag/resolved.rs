//! Responses of a layer that knows the state, beside the layers around it.

use std::convert::Infallible;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderMap, HeaderValue, Method, Request, Response, request};
use http_body::Body;
use http_body_util::Full;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};
use tower_egress::cache_control::{CacheControl, CacheControlLayer};
use tower_egress::compression::CompressionLayer;
use tower_egress::etag::{
    Current, EntityTag, EtagLayer, ResolverFn, Validators, ValidatorsBuilder, resolver_fn,
    versioned,
};
use tower_egress::matcher::ResponseMatcher;
use tower_egress::security_headers::{ContentSecurityPolicy, CspNonce, SecurityHeadersLayer};
use tower_egress::stack::stack;

use super::{get, hello, page, request, with};
use crate::support::service::Handler;
use crate::support::{fields, text};

const NEW_YEAR: &str = "Sat, 01 Jan 2000 00:00:00 GMT";

fn v1() -> ValidatorsBuilder {
    Validators::builder().etag(EntityTag::strong("v1").expect("a tag"))
}

/// A layer that finds everything in the state of these validators.
fn known(
    validators: ValidatorsBuilder,
) -> EtagLayer<ResolverFn<impl Fn(&request::Parts) -> Current + Clone>> {
    let validators = validators.build();
    EtagLayer::new().resolver(resolver_fn(move |_| Current::Present(validators.clone())))
}

/// The head of the response of `layers` around `handler`, where nothing waits.
fn head<L, F, B>(layers: &L, handler: F, request: Request<()>) -> http::response::Parts
where
    L: Layer<Handler<F>>,
    L::Service: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body,
{
    let asked = layers.layer(Handler::new(handler)).oneshot(request);
    let mut asked = tokio_test::task::spawn(asked);
    tokio_test::assert_ready_ok!(asked.poll()).into_parts().0
}

fn long(_: Request<()>) -> Response<Full<Bytes>> {
    with(page(text(4000)), &[("content-type", "text/plain")])
}

fn never(_: Request<()>) -> Response<Full<Bytes>> {
    panic!("the handler is called")
}

/// Finding 11. RFC 9110 §8.8.3.3: two codings of a representation have two strong tags, or weak ones.
#[test]
fn c_22_a_coded_response_does_not_get_the_strong_tag_of_the_state() {
    let layers = ServiceBuilder::new()
        .layer(known(v1()))
        .layer(CompressionLayer::new());
    for (accepted, expected) in [("gzip", "W/\"v1\""), ("identity", "\"v1\"")] {
        for method in [Method::GET, Method::HEAD] {
            let asked = request(method, &[("accept-encoding", accepted)]);
            let found = head(&layers, long, asked);
            let is_coded = found.headers.contains_key("content-encoding");
            assert_eq!(is_coded, accepted == "gzip");
            assert_eq!(found.headers[ETAG], expected, "{accepted}");
        }
    }
}

/// Finding 11.
#[test]
fn c_22_a_response_that_the_handler_coded_does_not_get_the_strong_tag_either() {
    for (coding, tag, expected) in [
        ("br", "\"v1\"", "W/\"v1\""),
        ("x-unknown, gzip", "\"v1\"", "W/\"v1\""),
        ("br", "W/\"v1\"", "W/\"v1\""),
        ("identity", "\"v1\"", "\"v1\""),
        ("", "\"v1\"", "\"v1\""),
    ] {
        let coded = |_| with(hello(), &[("content-encoding", coding)]);
        let tag: EntityTag = tag.parse().expect("a tag");
        let layer = known(Validators::builder().etag(tag.clone()));
        let found = head(&layer, coded, get(&[]));
        assert_eq!(found.headers[ETAG], expected, "{coding} {tag:?}");
    }
    let own = |_| {
        with(
            hello(),
            &[("content-encoding", "br"), ("etag", "\"v1-br\"")],
        )
    };
    assert_eq!(head(&known(v1()), own, get(&[])).headers[ETAG], "\"v1-br\"");
}

/// Finding 11. RFC 9111 §4.3.4: a cache uses a 304 with a strong tag only where it stored that tag.
#[test]
fn e_23_a_304_before_the_handler_has_the_tag_of_the_coded_200_that_the_client_has() {
    for (accepted, held, expected) in [
        (Some("gzip"), "W/\"v1\"", "W/\"v1\""),
        (Some("gzip"), " W/\"v1\"\t", "W/\"v1\""),
        (Some("gzip"), "\"v1\"", "\"v1\""),
        (Some("gzip"), "W/\"v1\", \"v1\"", "\"v1\""),
        (Some("gzip"), "*", "\"v1\""),
        // Without a coding, the 200 would have the strong tag.
        (None, "W/\"v1\"", "\"v1\""),
    ] {
        let mut asked = get(&[("if-none-match", held)]);
        if let Some(accepted) = accepted {
            let accepted = HeaderValue::from_static(accepted);
            asked.headers_mut().insert(ACCEPT_ENCODING, accepted);
        }
        let found = head(&known(v1()), never, asked);
        assert_eq!(found.status, 304, "{accepted:?} {held}");
        assert_eq!(found.headers[ETAG], expected, "{accepted:?} {held}");
    }
    // Other tags, on the same line or another, name what the client does not have now.
    for others in ["\"x\"", "W/\"v2\"", "W/\"v1\""] {
        let twice = get(&[
            ("accept-encoding", "gzip"),
            ("if-none-match", others),
            ("if-none-match", "W/\"v1\""),
        ]);
        let found = head(&known(v1()), never, twice);
        assert_eq!(found.headers[ETAG], "W/\"v1\"", "{others}");
    }
    // A 412 tells what the state is, and no cache uses it.
    let asked = get(&[("accept-encoding", "gzip"), ("if-match", "W/\"v1\"")]);
    let failed = head(&known(v1()), never, asked);
    assert_eq!(
        (failed.status.as_u16(), &failed.headers[ETAG]),
        (412, &"\"v1\"".parse().unwrap())
    );
}

/// Finding 19. What `handler` says of caching through `layers`, in a 200 and in the 304 to its tag.
#[track_caller]
fn check_cached<L, F, B>(layers: &L, handler: F, expected: &str)
where
    L: Layer<Handler<F>>,
    L::Service: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    F: FnMut(Request<()>) -> Response<Full<Bytes>> + Clone,
    B: Body,
{
    let all = head(layers, handler.clone(), get(&[]));
    assert_eq!(
        (all.status.as_u16(), &all.headers["cache-control"]),
        (200, &expected.parse().expect("a value"))
    );
    let tag = all.headers[ETAG].to_str().expect("ASCII");
    for method in [Method::GET, Method::HEAD] {
        let seen = head(
            layers,
            handler.clone(),
            request(method, &[("if-none-match", tag)]),
        );
        assert_eq!(seen.status, 304);
        let policy = seen.headers.get("cache-control");
        assert_eq!(policy.expect("a policy"), expected);
        assert!(!seen.headers.contains_key(CONTENT_TYPE));
        assert_eq!(seen.headers.get(VARY), all.headers.get(VARY));
    }
}

fn html(_: Request<()>) -> Response<Full<Bytes>> {
    with(hello(), &[("content-type", "text/html; charset=utf-8")])
}

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// Finding 19.
#[test]
fn s_03_e_23_a_304_before_the_handler_has_the_policy_of_the_200() {
    let pages = || {
        let html = ResponseMatcher::media_type("text/html").expect("a range");
        CacheControlLayer::new().rule(html, CacheControl::private_no_cache())
    };
    let versioned = versioned("9fceb02d0ae5")
        .expect("a version")
        .content_type(HTML);
    let layers = ServiceBuilder::new()
        .layer(pages())
        .layer(EtagLayer::new().resolver(versioned.clone()));
    check_cached(&layers, html, "private, no-cache");
    let layers = ServiceBuilder::new()
        .layer(pages())
        .layer(known(v1().content_type(HTML)));
    check_cached(&layers, html, "private, no-cache");
    let layers = stack().etag(EtagLayer::new().resolver(versioned));
    check_cached(&layers, html, "no-cache");
}

/// Finding 19.
#[test]
fn e_23_a_304_before_the_handler_has_the_policy_that_the_handler_writes() {
    let policy = HeaderValue::from_static("max-age=60");
    let said = |request| with(html(request), &[("cache-control", "max-age=60")]);
    check_cached(
        &known(v1().cache_control(policy.clone())),
        said,
        "max-age=60",
    );
    let versioned = versioned("9fceb02d0ae5").expect("a version");
    let layer = EtagLayer::new().resolver(versioned.cache_control(policy));
    check_cached(&layer, said, "max-age=60");
}

/// Finding 19.
#[test]
fn what_validators_name_counts_in_any_order() {
    let policy = || HeaderValue::from_static("max-age=60");
    let others = || fields(&[("cache-control", "no-store"), ("vary", "accept-language")]);
    let expected = fields(&[
        ("cache-control", "max-age=60"),
        ("etag", "\"v1\""),
        ("vary", "accept-language"),
    ]);
    for validators in [
        v1().cache_control(policy()).fields(others()),
        v1().fields(others()).cache_control(policy()),
    ] {
        let found = head(
            &known(validators),
            never,
            get(&[("if-none-match", "\"v1\"")]),
        );
        assert_eq!(found.headers, expected);
    }
}

/// A page of a resolver with a date, that reads its nonce or does not.
fn ask_for_page(reads_nonce: bool, asked: Request<()>) -> (u16, bool, HeaderMap) {
    let date = UNIX_EPOCH + Duration::from_secs(946_684_800);
    let layers = ServiceBuilder::new()
        .layer(SecurityHeadersLayer::none().with(ContentSecurityPolicy::strict()))
        .layer(known(v1().last_modified(date)));
    let called = std::rc::Rc::new(std::cell::Cell::new(false));
    let note = std::rc::Rc::clone(&called);
    let handler = move |request: Request<()>| {
        note.set(true);
        if reads_nonce {
            let _nonce = CspNonce::of(request.extensions()).draw().to_owned();
        }
        html(request)
    };
    let found = head(&layers, handler, asked);
    (found.status.as_u16(), called.get(), found.headers)
}

/// Finding 20. A 304 would show the page with the nonce that it had.
#[test]
fn x_28_a_page_with_a_nonce_is_sent_again_whatever_its_date() {
    for method in [Method::GET, Method::HEAD] {
        for condition in [("if-modified-since", NEW_YEAR), ("if-none-match", "*")] {
            let asked = || request(method.clone(), &[condition]);
            let (status, is_called, fields) = ask_for_page(true, asked());
            assert_eq!((status, is_called), (200, true), "{method} {condition:?}");
            for validator in ["etag", "last-modified"] {
                assert!(!fields.contains_key(validator), "{method} {condition:?}");
            }
            let (status, is_called, _) = ask_for_page(false, asked());
            assert_eq!((status, is_called), (304, true), "{method} {condition:?}");
        }
    }
}

/// Finding 20. A page with a nonce is sent without a tag. So a client that names the tag has a page
/// without a nonce.
#[test]
fn x_28_a_tag_names_a_page_without_a_nonce() {
    let named = || get(&[("if-none-match", "\"v1\"")]);
    let (status, is_called, fields) = ask_for_page(true, named());
    assert_eq!((status, is_called), (304, false));
    assert_eq!(fields[ETAG], "\"v1\"");
    // What is refused shows no page.
    let (status, is_called, _) = ask_for_page(true, get(&[("if-match", "\"v0\"")]));
    assert_eq!((status, is_called), (412, false));
}

/// Finding 25. A resolver says `Unknown` for what it does not know.
#[test]
fn e_14_a_write_to_another_route_is_left_to_its_handler() {
    let article = EntityTag::strong("v2").expect("a tag");
    let layer = EtagLayer::new().resolver(resolver_fn(move |head| match head.uri.path() {
        "/article" => Current::Present(Validators::from(article.clone())),
        _ => Current::Unknown,
    }));
    for (path, tag, expected) in [
        ("/article", "\"v2\"", 200),
        ("/article", "\"v1\"", 412),
        ("/other", "\"other\"", 200),
    ] {
        let put = Request::put(path).header("if-match", tag).body(());
        let found = head(&layer, |_| hello(), put.expect("a request"));
        assert_eq!(found.status, expected, "{path} {tag}");
    }
}
