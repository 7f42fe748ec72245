//! Streams between a producer and a client that is slow, gone, or waiting for the next event.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::duplex;
use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;
use tower::{Layer, service_fn};
use tower_egress::compression::CompressionLayer;

use crate::compression::CODINGS;
use crate::support::body::Endless;
use crate::support::decode::decode_so_far;
use crate::support::noise;

/// What the pipe between client and server holds.
const PIPE: usize = 64 * 1024;

/// A client of a server that answers with the body that `make` gives, as `content_type`.
async fn client<B>(
    content_type: &'static str,
    make: impl Fn() -> B + Clone + Send + Sync + 'static,
) -> SendRequest<Empty<Bytes>>
where
    B: Body<Data = Bytes, Error: Into<tower::BoxError> + Send> + Send + 'static,
{
    let (near, far) = duplex(PIPE);
    let service = service_fn(move |_: Request<Incoming>| {
        let response = Response::builder().header("content-type", content_type);
        let response = response.body(make()).expect("a valid response");
        std::future::ready(Ok::<_, Infallible>(response))
    });
    let service = CompressionLayer::new().layer(service);
    tokio::spawn(async move {
        // A client that goes away is an error here.
        let _ = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(far), TowerToHyperService::new(service))
            .await;
    });
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(near))
        .await
        .expect("a handshake");
    tokio::spawn(connection);
    sender
}

async fn get(sender: &mut SendRequest<Empty<Bytes>>, coding: &str) -> Response<Incoming> {
    let request = Request::builder()
        .header("host", "a")
        .header("accept-encoding", coding)
        .body(Empty::new())
        .expect("a valid request");
    let response = sender.send_request(request).await.expect("a response");
    assert_eq!(response.headers()["content-encoding"], coding);
    response
}

/// Lets everything run until nothing moves.
async fn settle(polls: &AtomicUsize) -> usize {
    let mut before = usize::MAX;
    loop {
        for _ in 0..1000 {
            yield_now().await;
        }
        let now = polls.load(Ordering::Relaxed);
        if now == before {
            return now;
        }
        before = now;
    }
}

#[tokio::test]
async fn c_38_a_client_that_does_not_read_stops_the_producer() {
    for coding in CODINGS {
        let polls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&polls);
        // Larger than any window, so that it stays as it is.
        let frame = noise(256 * 1024);
        let make = move || Endless {
            frame: frame.clone(),
            polls: Arc::clone(&counted),
        };
        let mut sender = client("text/plain", make).await;
        let mut body = get(&mut sender, coding.as_str()).await.into_body();

        let stopped_at = settle(&polls).await;
        // The pipe, hyper's buffers on both sides, and a frame of ours: less than two mebibytes.
        assert!(stopped_at < 8, "{coding}: {stopped_at} frames of 256 KiB");
        assert_eq!(settle(&polls).await, stopped_at, "{coding}");

        let mut read = 0;
        while read < 4 << 20 {
            let frame = body.frame().await.expect("no end").expect("no error");
            read += frame.data_ref().map_or(0, Bytes::len);
        }
        let went_on_to = polls.load(Ordering::Relaxed);
        assert!(went_on_to > stopped_at + 8, "{coding}: {went_on_to}");
    }
}

/// A body that takes its frames from a channel.
struct Events(mpsc::Receiver<Bytes>);

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let event = self.0.poll_recv(cx);
        event.map(|event| event.map(|data| Ok(Frame::data(data))))
    }
}

#[tokio::test]
async fn c_37_events_arrive_one_by_one_in_every_coding() {
    for coding in CODINGS {
        let (sender, receiver) = mpsc::channel(1);
        let receiver = Arc::new(std::sync::Mutex::new(Some(receiver)));
        let make = move || {
            let receiver = receiver.lock().expect("nobody panics").take();
            Events(receiver.expect("one request is made"))
        };
        let mut client = client("text/event-stream", make).await;
        let mut body = get(&mut client, coding.as_str()).await.into_body();
        let mut coded = Vec::new();
        let mut expected = String::new();
        for tick in 0..5 {
            let event = format!("data: tick {tick}\n\n");
            expected.push_str(&event);
            sender.send(event.into()).await.expect("a reader");
            // The next event is not made before this one is decoded.
            while decode_so_far(coding, &coded) != expected.as_bytes() {
                let frame = body.frame().await.expect("no end").expect("no error");
                coded.extend_from_slice(frame.data_ref().expect("data"));
            }
        }
    }
}

/// An endless body that tells when it is dropped.
struct Guarded {
    body: Endless,
    _dropped: oneshot::Sender<()>,
}

impl Body for Guarded {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }
}

#[tokio::test]
async fn g_22_a_client_that_goes_away_frees_the_producer() {
    for coding in CODINGS {
        let (sender, dropped) = oneshot::channel();
        let sender = Arc::new(std::sync::Mutex::new(Some(sender)));
        let make = move || Guarded {
            body: Endless::new(noise(16 * 1024)),
            _dropped: sender
                .lock()
                .expect("nobody panics")
                .take()
                .expect("one request is made"),
        };
        let mut client = client("text/plain", make).await;
        let mut body = get(&mut client, coding.as_str()).await.into_body();
        body.frame().await.expect("no end").expect("no error");
        drop(body);
        drop(client);
        // Its sender is gone with the body.
        assert!(dropped.await.is_err(), "{coding}");
    }
}
