//! Which ranges reach the handler: none that depends on a tag of the layer.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_egress::etag::{
    Current, EntityTag, EtagBody, EtagLayer, Hasher, Md5, Validators, resolver_fn,
};
use tower_http::services::ServeDir;

use super::{HELLO_TAG, hello, request};
use crate::support::service::Handler;
use crate::support::wire::{self, cut_head};

const STRONG: &str = "\"5d41402abc4b2a76b9719d911017c592\"";
const NEW_YEAR: &str = "Sat, 01 Jan 2000 00:00:00 GMT";

type Echo = Handler<fn(Request<()>) -> Response<Full<Bytes>>>;

/// The fields that the handler behind `layer` gets.
fn seen<L>(layer: &L, method: Method, if_range: &str) -> HeaderMap
where
    L: Layer<Echo>,
    L::Service:
        Service<Request<()>, Response = Response<EtagBody<Full<Bytes>>>, Error = Infallible>,
{
    let handler: Echo = Handler::new(|request| {
        let mut response = hello();
        response.extensions_mut().insert(request.headers().clone());
        response
    });
    let lines = [("range", "bytes=2-3"), ("if-range", if_range), ("x", "1")];
    let asked = layer.layer(handler).oneshot(request(method, &lines));
    let mut asked = pin!(asked);
    match asked.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(response)) => response
            .extensions()
            .get::<HeaderMap>()
            .expect("the handler is called")
            .clone(),
        Poll::Pending => panic!("nothing waits, but the response does"),
    }
}

#[track_caller]
fn check(layer: &EtagLayer, if_range: &str, is_whole: bool) {
    let all = request(
        Method::GET,
        &[("range", "bytes=2-3"), ("if-range", if_range), ("x", "1")],
    );
    let rest = request(Method::GET, &[("x", "1")]);
    let expected = if is_whole { &rest } else { &all };
    let found = seen(layer, Method::GET, if_range);
    assert_eq!(&found, expected.headers(), "{if_range} {layer:?}");
    // RFC 9110 §14.2: no other method has a range.
    assert_eq!(&seen(layer, Method::HEAD, if_range), all.headers());
}

/// Finding 6. The handler does not know the tag, and the layer does not know the state.
#[test]
fn e_18_a_range_that_depends_on_a_tag_of_the_layer_is_removed() {
    let strong = EtagLayer::new().strong();
    check(&strong, STRONG, true);
    check(&strong, "\"00000000000000000000000000000000\"", true);
    check(&EtagLayer::new().strong().hasher(Short), "\"0aff\"", true);
    check(&EtagLayer::new().strong().hasher(Short), "\"0aff\" ", true);
}

/// Finding 6. RFC 9110 §13.1.5 compares strongly, so a weak tag is never current, whoever made it.
#[test]
fn e_18_a_range_that_depends_on_a_weak_tag_is_removed() {
    for layer in [EtagLayer::new(), EtagLayer::new().strong()] {
        check(&layer, HELLO_TAG, true);
        check(&layer, "W/\"a\"", true);
    }
}

/// Finding 6. A tag of another form is the handler's, and so are its ranges.
#[test]
fn e_18_a_range_that_depends_on_the_handler_s_tag_is_kept() {
    for if_range in [
        "\"v1\"",
        "\"\"",
        "\"5d41402abc4b2a76b9719d911017c59\"",
        "\"5d41402abc4b2a76b9719d911017c5920\"",
        "\"5D41402ABC4B2A76B9719D911017C592\"",
        "\"5d41402abc4b2a76b9719d911017c59-\"",
        NEW_YEAR,
        "5d41402abc4b2a76b9719d911017c592",
        "*",
        "",
    ] {
        check(&EtagLayer::new().strong(), if_range, false);
        check(&EtagLayer::new(), if_range, false);
    }
    // A layer that makes weak tags made no strong one, and one that makes none made neither.
    check(&EtagLayer::new(), STRONG, false);
    check(&EtagLayer::new().handler_tags_only(), STRONG, false);
    check(&EtagLayer::new().handler_tags_only(), HELLO_TAG, false);
}

/// Finding 6. The resolver knows nothing of the representation, or not its tag.
#[test]
fn e_18_a_resolver_that_names_no_tag_leaves_the_range_to_the_layer() {
    for state in [
        Current::Unknown,
        Current::Missing,
        Current::Present(Validators::default()),
    ] {
        let known = state.clone();
        let resolver = resolver_fn(move |_: &http::request::Parts| known.clone());
        let layer = EtagLayer::new().strong().resolver(resolver);
        for (if_range, expected) in [(STRONG, 1), (HELLO_TAG, 1), ("\"v1\"", 3)] {
            let found = seen(&layer, Method::GET, if_range);
            assert_eq!(found.len(), expected, "{state:?} {if_range}");
        }
    }
    let tag: EntityTag = STRONG.parse().expect("a tag");
    let named = Current::Present(Validators::from(tag));
    let resolver = resolver_fn(move |_: &http::request::Parts| named.clone());
    let layer = EtagLayer::new().strong().resolver(resolver);
    assert_eq!(seen(&layer, Method::GET, STRONG).len(), 3, "it is current");
}

/// Two bytes of a digest.
#[derive(Clone, Copy)]
struct Short;

impl Hasher for Short {
    type Digest = [u8; 2];

    fn digest<'a>(&self, data: impl Iterator<Item = &'a [u8]>) -> [u8; 2] {
        let digest = Md5.digest(data);
        [digest[0], digest[1]]
    }
}

/// A handler that cuts ranges and has never heard of `If-Range`, and files.
async fn serve() -> SocketAddr {
    let cut = async |request: Request<Body>| match request.headers().get("range") {
        Some(_) => (
            StatusCode::PARTIAL_CONTENT,
            [("content-range", "bytes 2-3/5")],
            "ll",
        ),
        None => (StatusCode::OK, [("accept-ranges", "bytes")], "hello"),
    };
    let router = Router::new()
        .route("/", get(cut))
        .nest_service("/files", ServeDir::new(env!("CARGO_MANIFEST_DIR")))
        .layer(EtagLayer::new().strong());
    let service = service_fn(move |request: Request<Incoming>| {
        router.clone().oneshot(request.map(Body::new))
    });
    wire::serve(service).await
}

async fn ask(address: SocketAddr, path: &str, more: &str) -> (String, Vec<u8>) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{more}\r\n");
    let answer = wire::exchange(address, &request).await;
    let (head, rest) = cut_head(&answer);
    (head, rest.to_vec())
}

/// Finding 6. Bytes of another state would be joined to those that the client has.
#[tokio::test]
async fn e_18_a_broken_download_is_never_continued_with_other_bytes() {
    let address = serve().await;
    let (head, _) = ask(address, "/", "").await;
    assert!(head.contains(&format!("etag: {STRONG}")), "{head}");
    let seen_before = "\"7d793037a0760186574b0282f2f435e7\"";
    for tag in [STRONG, seen_before] {
        let (head, rest) = ask(
            address,
            "/",
            &format!("range: bytes=2-3\r\nif-range: {tag}\r\n"),
        )
        .await;
        assert!(head.starts_with("http/1.1 200"), "{tag} {head}");
        assert_eq!(rest, b"hello", "{tag}");
    }
}

/// Finding 6. `ServeDir` has tags of its own.
#[tokio::test]
async fn e_18_ranges_of_files_go_on_as_they_did() {
    let address = serve().await;
    let (head, all) = ask(address, "/files/LICENSE", "").await;
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: "));
    let tag = tag.expect("ServeDir tags files");
    let range = format!("range: bytes=2-3\r\nif-range: {tag}\r\n");
    let (head, part) = ask(address, "/files/LICENSE", &range).await;
    assert!(head.starts_with("http/1.1 206"), "{head}");
    assert_eq!(part, all[2..4]);
}
