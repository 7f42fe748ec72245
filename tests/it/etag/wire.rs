//! What goes over the wire: hyper's own framing of what the layer hands it, over sockets.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Method, Request};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tower::{Layer, ServiceExt, service_fn};
use tower_egress::etag::EtagLayer;
use tower_http::services::ServeDir;

use super::{HELLO_TAG, REFUSAL};
use crate::support::wire::{self, cut_chunks, cut_head};

/// A page, a stream and files, with the layer inside of the router.
async fn serve_inside() -> SocketAddr {
    serve(router().layer(EtagLayer::new())).await
}

async fn serve(router: Router) -> SocketAddr {
    let service = service_fn(move |request: Request<Incoming>| {
        router.clone().oneshot(request.map(Body::new))
    });
    wire::serve(service).await
}

fn router() -> Router {
    let stream = async || {
        let events = ["one", "two"].map(Ok::<_, Infallible>);
        Body::from_stream(tokio_stream::iter(events))
    };
    Router::new()
        .route("/", get(async || "hello"))
        .route("/stream", get(stream))
        .nest_service("/files", ServeDir::new(env!("CARGO_MANIFEST_DIR")))
}

fn request(method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: a\r\n{more}\r\n")
}

const CLOSE: &str = "connection: close\r\n";

#[tokio::test]
async fn g_09_e_25_a_304_or_412_is_followed_by_the_next_answer() {
    let held = format!("if-none-match: {HELLO_TAG}\r\n");
    for (method, more, status) in [
        ("GET", held.as_str(), "304"),
        ("HEAD", held.as_str(), "304"),
        ("GET", "if-match: \"b\"\r\n", "412"),
        ("HEAD", "if-match: \"b\"\r\n", "412"),
        ("HEAD", "", "200"),
    ] {
        let both = request(method, "/", more) + &request("GET", "/stream", CLOSE);
        let answer = wire::exchange(serve_inside().await, &both).await;
        let (head, rest) = cut_head(&answer);
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{head}");
        assert!(head.contains(&HELLO_TAG.to_lowercase()), "{head}");
        assert!(!head.contains("transfer-encoding"), "{head}");
        assert_eq!(head.contains("content-length"), status != "304", "{head}");
        let (_, rest) = cut_head(rest);
        let (body, rest) = cut_chunks(rest).expect("a whole body");
        assert_eq!(body, b"onetwo");
        assert_eq!(rest, b"");
    }
}

#[tokio::test]
async fn e_25_a_304_over_http_2_has_no_length() {
    for method in [Method::GET, Method::HEAD] {
        let held = [("if-none-match", HELLO_TAG)];
        let address = serve_inside().await;
        let (head, body) = wire::exchange_h2(address, method, "/", &held).await;
        assert_eq!(head.status, 304);
        assert_eq!(head.headers["etag"], HELLO_TAG);
        assert!(!head.headers.contains_key("content-length"));
        assert!(!head.headers.contains_key("content-type"));
        assert_eq!(body.expect("an end"), "");
    }
}

#[tokio::test]
async fn e_27_around_a_whole_router_get_is_tagged_and_head_passes() {
    let outside = EtagLayer::new().layer(router());
    let service = service_fn(move |request: Request<Incoming>| {
        outside.clone().oneshot(request.map(Body::new))
    });
    let address = wire::serve(service).await;
    let held = format!("if-none-match: {HELLO_TAG}\r\n{CLOSE}");
    let answer = wire::exchange(address, &request("GET", "/", &held)).await;
    let (head, rest) = cut_head(&answer);
    assert!(head.starts_with("http/1.1 304"), "{head}");
    assert!(!head.contains("content-length"), "{head}");
    assert_eq!(rest, b"");
    let answer = wire::exchange(address, &request("HEAD", "/", &held)).await;
    let (head, rest) = cut_head(&answer);
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(head.contains("content-length: 5"), "{head}");
    assert_eq!(rest, b"");
}

/// The head of an answer, without what differs from one second to the next.
async fn head_of(address: SocketAddr, path: &str, more: &str) -> (Vec<String>, Vec<u8>) {
    let more = format!("{more}{CLOSE}");
    let answer = wire::exchange(address, &request("GET", path, &more)).await;
    let (head, rest) = cut_head(&answer);
    let lines = head.lines().filter(|line| !line.starts_with("date:"));
    (lines.map(str::to_owned).collect(), rest.to_vec())
}

#[tokio::test]
async fn e_04_serve_dir_s_own_304_and_206_pass_unharmed() {
    let bare = serve(router()).await;
    let layered = serve_inside().await;
    let (head, _) = head_of(bare, "/files/LICENSE", "").await;
    let line = head.iter().find(|line| line.starts_with("etag: "));
    let tag = line
        .expect("ServeDir tags files")
        .trim_start_matches("etag: ");
    for more in [
        "".to_owned(),
        format!("if-none-match: {tag}\r\n"),
        format!("if-match: {tag}\r\n"),
        "if-none-match: \"x\"\r\n".to_owned(),
        "range: bytes=0-9\r\n".to_owned(),
        "range: bytes=99999999-\r\n".to_owned(),
    ] {
        let expected = head_of(bare, "/files/LICENSE", &more).await;
        let found = head_of(layered, "/files/LICENSE", &more).await;
        assert_eq!(found, expected, "{more}");
    }
}

#[tokio::test]
async fn x_30_a_stream_has_no_tag_and_all_its_bytes() {
    let (head, rest) = head_of(serve_inside().await, "/stream", "").await;
    assert!(
        !head.iter().any(|line| line.starts_with("etag")),
        "{head:?}"
    );
    assert_eq!(cut_chunks(&rest), Some((b"onetwo".to_vec(), &b""[..])));
}

/// A reverse proxy as axum's own example has it: it hands on the head of the upstream's response,
/// `Transfer-Encoding` included.
async fn serve_proxy() -> SocketAddr {
    let stream = async || {
        let events = ["one", "two"].map(Ok::<_, Infallible>);
        let body = Body::from_stream(tokio_stream::iter(events));
        ([("etag", "\"up\"")], body)
    };
    let upstream = serve(Router::new().route("/", get(stream))).await;
    let proxy = async move |_: Request<Body>| {
        let io = TokioIo::new(wire::connect(upstream).await);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io)
            .await
            .expect("a handshake");
        tokio::spawn(connection);
        let request = Request::get("/").header("host", "a").body(Body::empty());
        let response = sender.send_request(request.expect("a request")).await;
        let response = response.expect("a response");
        assert_eq!(response.headers()["transfer-encoding"], "chunked");
        response.map(Body::new)
    };
    serve(Router::new().fallback(proxy).layer(EtagLayer::new())).await
}

/// Finding 4. A server that finds `Transfer-Encoding` beside a body of known length closes the
/// connection without a byte.
#[tokio::test]
async fn g_12_a_304_and_a_412_of_a_proxy_s_response_arrive() {
    for (method, more, status, body) in [
        ("GET", "if-match: \"zz\"\r\n", "412", REFUSAL),
        ("HEAD", "if-match: \"zz\"\r\n", "412", ""),
        ("GET", "if-none-match: \"up\"\r\n", "304", ""),
        ("HEAD", "if-none-match: \"up\"\r\n", "304", ""),
    ] {
        let more = format!("{more}{CLOSE}");
        let answer = wire::exchange(serve_proxy().await, &request(method, "/", &more)).await;
        assert_ne!(
            answer, b"",
            "{method} {status}: the connection closed without a byte"
        );
        let (head, rest) = cut_head(&answer);
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{head}");
        assert!(head.contains("etag: \"up\""), "{head}");
        assert!(!head.contains("transfer-encoding"), "{head}");
        let length = format!("content-length: {}\r\n", REFUSAL.len());
        let has_length = format!("{head}\r\n").contains(&length);
        assert_eq!(has_length, status == "412", "{head}");
        assert_eq!(std::str::from_utf8(rest), Ok(body), "{method} {status}");
    }
}

/// Finding U. HTTP/2 has no framing that hides content in a response to HEAD.
#[tokio::test]
async fn e_27_a_412_over_http_2_has_its_text_for_get_alone() {
    for (method, length) in [(Method::GET, REFUSAL.len()), (Method::HEAD, 0)] {
        let page = get(async || ([("etag", "\"a\"")], "hello"));
        // Outermost, so that no router takes the text out of the response to HEAD.
        let layered = EtagLayer::new().layer(Router::new().route("/", page));
        let service = service_fn(move |request: Request<Incoming>| {
            layered.clone().oneshot(request.map(Body::new))
        });
        let address = wire::serve(service).await;
        let stale = [("if-match", "\"zz\"")];
        let (head, body) = wire::exchange_h2(address, method.clone(), "/", &stale).await;
        assert_eq!(head.status, 412);
        let declared = head.headers["content-length"].to_str().expect("digits");
        assert_eq!(declared, REFUSAL.len().to_string(), "{method}");
        assert_eq!(body.expect("an end").len(), length, "{method}");
    }
}
