//! Reports of responses that went over real connections.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use http::{Method, Request, Response, header};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_stream::StreamExt;
use tower::{Layer, service_fn};
use tower_egress::response_time::{Outcome, Report, Reports, ResponseTimeLayer};
use tower_http::services::ServeDir;

use crate::support::body::{Script, Step};
use crate::support::fields;
use crate::support::wire::{connect, exchange, exchange_h2, serve};

/// The length of `small.bin`.
const SMALL: u64 = 50_000;

/// The length of `large.bin`: more than the buffers of a connection hold.
const LARGE: u64 = 256 * 1024 * 1024;

/// A folder with both files; the large one has no blocks on the disk.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("response-time-{name}"));
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, length) in [("small.bin", SMALL), ("large.bin", LARGE)] {
        let file = std::fs::File::create(folder.join(name)).expect("a file");
        file.set_len(length).expect("a length");
    }
    folder
}

/// A layer, and what it reports.
fn reporting() -> (ResponseTimeLayer, UnboundedReceiver<Report>) {
    let (sender, receiver) = unbounded_channel();
    let layer = ResponseTimeLayer::new().report(Reports::to(move |report| {
        sender.send(report.clone()).expect("the test listens");
    }));
    (layer, receiver)
}

/// Data whose end no size hint tells, under a declared length.
fn streamed(declared: u64, frames: usize) -> Response<Body> {
    let frames = tokio_stream::iter(0..frames)
        .map(|_| Ok::<_, Infallible>(Bytes::from_static(&[b'a'; 1000])));
    Response::builder()
        .header(header::CONTENT_LENGTH, declared)
        .body(Body::from_stream(frames))
        .expect("a response")
}

fn router(name: &str) -> Router {
    Router::new()
        .route("/streamed", get(async || streamed(SMALL, 50)))
        .route("/short", get(async || streamed(SMALL, 49)))
        .route("/endless", get(async || streamed(LARGE, usize::MAX)))
        .fallback_service(ServeDir::new(folder(name)))
}

fn http1(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
}

/// The response to one request over HTTP/2, until this is dropped.
async fn begin_h2(address: SocketAddr, path: &str) -> (Response<hyper::body::Incoming>, Task) {
    let io = TokioIo::new(connect(address).await);
    let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
        .await
        .expect("a handshake");
    let task = Task(tokio::spawn(async move { drop(connection.await) }));
    let request = Request::get(format!("http://a{path}"));
    let request = request.body(Empty::<Bytes>::new()).expect("a request");
    (sender.send_request(request).await.expect("a head"), task)
}

/// Ends with its connection.
struct Task(tokio::task::JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[track_caller]
fn check(report: &Report, outcome: Outcome, bytes: u64, what: &str) {
    let found = (report.outcome, report.bytes);
    assert_eq!(found, (outcome, bytes), "{what}");
}

/// Finding 8. Finding A.
#[tokio::test]
async fn t_08_a_complete_download_is_complete_over_http_1_1_and_http_2() {
    let (layer, mut reports) = reporting();
    let inside = serve(router("complete").layer(layer.clone())).await;
    let around = serve(layer.layer(router("complete"))).await;
    for address in [inside, around] {
        for path in ["/small.bin", "/streamed"] {
            for _ in 0..3 {
                let response = exchange(address, &http1(path)).await;
                assert!(response.len() as u64 > SMALL, "{path}");
                let report = reports.recv().await.expect("a report");
                check(&report, Outcome::Complete, SMALL, path);

                let (_, body) = exchange_h2(address, Method::GET, path, &[]).await;
                assert_eq!(body.expect("a whole body").len() as u64, SMALL, "{path}");
                let report = reports.recv().await.expect("a report");
                check(&report, Outcome::Complete, SMALL, path);
            }
        }
    }
}

/// Finding 8. The requests for a range, and HEAD, which has the length of GET.
#[tokio::test]
async fn t_08_a_part_and_an_answer_to_head_are_complete() {
    let (layer, mut reports) = reporting();
    let address = serve(layer.layer(router("part"))).await;
    let range = "GET /small.bin HTTP/1.1\r\nhost: a\r\nrange: bytes=10-19\r\n\
                 connection: close\r\n\r\n";
    let response = exchange(address, range).await;
    assert!(response.starts_with(b"HTTP/1.1 206 "));
    let report = reports.recv().await.expect("a report");
    check(&report, Outcome::Complete, 10, range);
    for path in ["/small.bin", "/streamed"] {
        let head = http1(path).replace("GET", "HEAD");
        exchange(address, &head).await;
        let report = reports.recv().await.expect("a report");
        check(&report, Outcome::Complete, 0, &head);
        let _ = exchange_h2(address, Method::HEAD, path, &[]).await;
        let report = reports.recv().await.expect("a report");
        check(&report, Outcome::Complete, 0, path);
    }
}

/// Finding 8.
#[tokio::test]
async fn t_08_a_client_that_goes_away_during_a_download_is_gone() {
    let (layer, mut reports) = reporting();
    let address = serve(layer.layer(router("gone"))).await;
    for path in ["/large.bin", "/endless"] {
        let mut stream = connect(address).await;
        let request = http1(path);
        stream.write_all(request.as_bytes()).await.expect("room");
        let mut some = [0; 1000];
        stream.read_exact(&mut some).await.expect("some bytes");
        drop(stream);
        let report = reports.recv().await.expect("a report");
        assert_eq!(report.outcome, Outcome::ClientGone, "{path}: {report:?}");
        assert!(report.bytes < LARGE, "{path}: {report:?}");

        let (mut response, task) = begin_h2(address, path).await;
        response.frame().await.expect("a frame").expect("data");
        drop((response, task));
        let report = reports.recv().await.expect("a report");
        assert_eq!(report.outcome, Outcome::ClientGone, "{path}: {report:?}");
        assert!(report.bytes < LARGE, "{path}: {report:?}");
    }
}

/// Finding 8.
#[tokio::test]
async fn t_08_a_body_shorter_than_declared_has_failed() {
    let (layer, mut reports) = reporting();
    let address = serve(layer.layer(router("short"))).await;
    exchange(address, &http1("/short")).await;
    let report = reports.recv().await.expect("a report");
    check(&report, Outcome::BodyError, SMALL - 1000, "HTTP/1.1");
    let (_, body) = exchange_h2(address, Method::GET, "/short", &[]).await;
    assert!(body.is_err(), "{body:?}");
    let report = reports.recv().await.expect("a report");
    check(&report, Outcome::BodyError, SMALL - 1000, "HTTP/2");
}

/// Finding 8. Nothing follows trailers, and servers ask for nothing after them.
#[tokio::test]
async fn t_08_a_body_that_ends_with_trailers_is_complete() {
    let (layer, mut reports) = reporting();
    let handler = service_fn(async |_: Request<hyper::body::Incoming>| {
        let trailers = Step::Trailers(fields(&[("x-checksum", "1")]));
        let mut response = Response::new(Script::in_frames(b"hello", 2).then(trailers));
        let announced = http::HeaderValue::from_static("x-checksum");
        response.headers_mut().insert(header::TRAILER, announced);
        Ok::<_, Infallible>(response)
    });
    for layer in [layer.clone(), layer.trailer()] {
        let address = serve(layer.layer(handler)).await;
        for te in ["te: trailers\r\nhost:", "host:"] {
            let request = http1("/").replace("host:", te);
            let response = exchange(address, &request).await;
            let report = reports.recv().await.expect("a report");
            check(&report, Outcome::Complete, 5, &request);
            let response = String::from_utf8(response).expect("text");
            let sends_trailers = te.starts_with("te:");
            assert_eq!(response.contains("x-checksum: 1"), sends_trailers, "{te}");
            let (_, body) = exchange_h2(address, Method::GET, "/", &[("te", "trailers")]).await;
            assert_eq!(body.expect("a whole body"), "hello");
            let report = reports.recv().await.expect("a report");
            check(&report, Outcome::Complete, 5, "HTTP/2");
        }
    }
}
