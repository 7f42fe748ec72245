//! `Transfer-Encoding` that a handler left in its head, over sockets: every response arrives.
//!
//! A reverse proxy hands on the field of its upstream. A server that finds it beside a body of
//! known length closes the connection without a byte.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use tower::{Layer, ServiceExt, service_fn};
use tower_egress::compression::{Coding, CompressionLayer};

use crate::support::body::Script;
use crate::support::decode::decode;
use crate::support::text;
use crate::support::wire::{self, cut_chunks, cut_head};

const FIELDS: [(&str, &str); 2] = [
    ("content-type", "text/plain"),
    ("transfer-encoding", "chunked"),
];

/// What a client reads: the content after its framing and its coding are undone.
async fn content(address: SocketAddr, method: &str, accepted: &str) -> (String, Bytes) {
    let request = format!(
        "{method} / HTTP/1.1\r\nhost: a\r\nconnection: close\r\naccept-encoding: {accepted}\r\n\r\n"
    );
    let answer = wire::exchange(address, &request).await;
    assert!(!answer.is_empty(), "{method}, {accepted}: no byte came");
    let (head, rest) = cut_head(&answer);
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let is_chunked = head.contains("transfer-encoding: chunked");
    let has_length = head.contains("content-length");
    assert!(!(is_chunked && has_length), "{method}, {accepted}: {head}");
    let body = match cut_chunks(rest) {
        Some((body, b"")) if is_chunked => body,
        _ => rest.to_vec(),
    };
    let body = if head.contains("content-encoding: gzip") && method == "GET" {
        decode(Coding::Gzip, &body).expect("a whole body")
    } else {
        body.into()
    };
    (head, body)
}

/// Finding 4. hyper without axum: the layer encodes the body at once and knows its length.
#[tokio::test]
async fn g_12_a_body_encoded_at_once_goes_out_with_its_length_alone() {
    let service = service_fn(async |_: Request<Incoming>| {
        let response = Response::builder()
            .header(FIELDS[0].0, FIELDS[0].1)
            .header(FIELDS[1].0, FIELDS[1].1)
            .body(Full::new(text(5000)));
        Ok::<_, Infallible>(response.expect("a valid response"))
    });
    let address = wire::serve(CompressionLayer::new().layer(service)).await;
    for accepted in ["gzip", "identity"] {
        let (head, body) = content(address, "GET", accepted).await;
        assert_eq!(body, text(5000), "{accepted}: {head}");
        let (head, body) = content(address, "HEAD", accepted).await;
        assert_eq!(body, "", "{accepted}: {head}");
    }
}

/// A router whose handler streams `length` bytes, all of them ready, below the layer.
async fn serve_stream(length: usize) -> SocketAddr {
    let stream = async move || {
        let body = Body::new(Script::in_frames(&text(length), 100));
        (FIELDS, body).into_response()
    };
    let router = Router::new()
        .fallback(stream)
        .layer(CompressionLayer::new());
    let service = service_fn(move |request: Request<Incoming>| {
        router.clone().oneshot(request.map(Body::new))
    });
    wire::serve(service).await
}

/// Finding 4. `Router::layer`: the layer looks at the stream, finds its end, and axum adds a
/// length.
#[tokio::test]
async fn g_12_a_stream_that_turns_out_to_be_small_goes_out_with_its_length_alone() {
    let address = serve_stream(500).await;
    for accepted in ["gzip", "identity"] {
        for method in ["GET", "HEAD"] {
            let (head, body) = content(address, method, accepted).await;
            // The layer looks at the stream only for a client that accepts a coding.
            let is_exact = head.contains("content-length: 500");
            assert_eq!(is_exact, accepted == "gzip", "{method}, {accepted}: {head}");
            let expected = if method == "GET" {
                text(500)
            } else {
                Bytes::new()
            };
            assert_eq!(body, expected, "{method}, {accepted}: {head}");
        }
    }
}

/// Finding 4. A stream that is large keeps its chunks.
#[tokio::test]
async fn g_12_a_large_stream_goes_out_in_chunks() {
    let address = serve_stream(5000).await;
    for accepted in ["gzip", "identity"] {
        let (head, body) = content(address, "GET", accepted).await;
        assert!(
            head.contains("transfer-encoding: chunked"),
            "{accepted}: {head}"
        );
        assert_eq!(body, text(5000), "{accepted}");
    }
}
