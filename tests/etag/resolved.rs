//! Responses of a layer that knows the state, beside the layers around it.

use std::convert::Infallible;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, Method, Request, Response, request};
use http_body::Body;
use http_body_util::Full;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};
use tower_egress::cache_control::{CacheControl, CacheControlLayer, Matcher};
use tower_egress::compression::CompressionLayer;
use tower_egress::etag::{
    Current, EntityTag, EtagLayer, Md5, ResolverFn, Validators, resolver_fn, versioned,
};
use tower_egress::security_headers::{ContentSecurityPolicy, CspNonce, SecurityHeadersLayer};
use tower_egress::stack::stack;

use crate::support::service::Handler;
use crate::support::{fields, text};
use crate::{get, hello, page, request, with};

const NEW_YEAR: &str = "Sat, 01 Jan 2000 00:00:00 GMT";

fn v1() -> Validators {
    Validators::new().etag(EntityTag::strong("v1").expect("a tag"))
}

/// A layer that finds everything in the state of these validators.
fn known(
    validators: Validators,
) -> EtagLayer<Md5, ResolverFn<impl Fn(&request::Parts) -> Current + Clone>> {
    EtagLayer::new().validators(resolver_fn(move |_| Current::Present(validators.clone())))
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
        let layer = known(Validators::new().etag(tag.clone()));
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
    let twice = get(&[
        ("accept-encoding", "gzip"),
        ("if-none-match", "W/\"v1\""),
        ("if-none-match", "W/\"v2\""),
    ]);
    assert_eq!(head(&known(v1()), never, twice).headers[ETAG], "\"v1\"");
    // A 412 tells what the state is, and no cache uses it.
    let asked = get(&[("accept-encoding", "gzip"), ("if-match", "W/\"v1\"")]);
    let failed = head(&known(v1()), never, asked);
    assert_eq!(
        (failed.status.as_u16(), &failed.headers[ETAG]),
        (412, &"\"v1\"".parse().unwrap())
    );
}

fn html(_: Request<()>) -> Response<Full<Bytes>> {
    with(hello(), &[("content-type", "text/html; charset=utf-8")])
}

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// Finding 25. A resolver says `Unknown` for what it does not know.
#[test]
fn e_14_a_write_to_another_route_is_left_to_its_handler() {
    let article = EntityTag::strong("v2").expect("a tag");
    let layer = EtagLayer::new().validators(resolver_fn(move |head| match head.uri.path() {
        "/article" => Current::Present(Validators::new().etag(article.clone())),
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
