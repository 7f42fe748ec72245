//! The stack over real connections: old HTTP, gRPC, and a WebSocket.

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tower::{Layer, service_fn};
use tower_egress::compression::Coding;
use tower_egress::stack;
use tower_egress::strip_nulls::StripNullsLayer;

use crate::support::body::{Script, Step};
use crate::support::decode::{decode, decode_so_far};
use crate::support::text;
use crate::support::wire::{connect, cut_chunks, cut_head, exchange, exchange_h2, serve};

async fn page(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let response = Response::builder().header("content-type", "text/plain");
    Ok(response
        .body(Full::new(text(40_000)))
        .expect("a valid response"))
}

#[tokio::test]
async fn x_34_a_client_of_http_1_0_reads_to_the_end_of_the_connection() {
    let address = serve(stack().layer(service_fn(page))).await;
    for (accept, coding) in [
        ("", None),
        ("accept-encoding: gzip\r\n", Some(Coding::Gzip)),
    ] {
        let request = format!("GET / HTTP/1.0\r\nhost: a\r\n{accept}\r\n");
        let answer = exchange(address, &request).await;
        let (head, body) = cut_head(&answer);
        assert!(!head.contains("transfer-encoding"), "{head}");
        assert_eq!(
            head.contains("content-encoding: gzip"),
            coding.is_some(),
            "{head}"
        );
        let decoded = match coding {
            Some(coding) => decode(coding, body).expect("a whole stream"),
            None => Bytes::copy_from_slice(body),
        };
        assert_eq!(decoded, text(40_000));
    }
}

type AnyBody = Either<Full<Bytes>, Script>;

/// Answers by path: an event and no end, text that breaks off, or text with a status.
async fn by_path(request: Request<Incoming>) -> Result<Response<AnyBody>, Infallible> {
    let response = Response::builder();
    let response = match request.uri().path() {
        "/events" => response
            .header("content-type", "text/event-stream")
            .body(Either::Right(
                Script::of_data(["data: 1\n\n"]).then(Step::Stuck),
            )),
        "/fails" => {
            let body = Script::in_frames(&text(40_000), 1000);
            let body = (0..8).fold(body, |body, _| body.then(Step::Pending));
            response
                .header("content-type", "text/plain")
                .body(Either::Right(body.then(Step::Error("the disk is gone"))))
        }
        "/206" => response
            .status(206)
            .header("content-type", "text/plain")
            .header("content-range", "bytes 0-1999/4000")
            .body(Either::Left(Full::new(text(2000)))),
        path => {
            let status: u16 = path.trim_start_matches('/').parse().expect("a status");
            let has_body = !matches!(status, 204 | 304);
            let body = text(if has_body { 40_000 } else { 0 });
            response
                .status(status)
                .header("content-type", "text/plain")
                .body(Either::Left(Full::new(body)))
        }
    };
    Ok(response.expect("a valid response"))
}

async fn serve_paths() -> SocketAddr {
    let layer = stack().strip_nulls(StripNullsLayer::new());
    serve(layer.layer(service_fn(by_path))).await
}

/// Two requests in one packet: the second is understood only where the first answer was as long as said.
#[tokio::test]
async fn f_13_answers_to_requests_in_a_row_are_told_apart() {
    let address = serve_paths().await;
    for (method, path, more) in [
        ("GET", "/200", ""),
        ("HEAD", "/200", ""),
        ("GET", "/200", "if-none-match: *\r\n"),
        ("GET", "/204", ""),
        ("GET", "/206", ""),
        ("GET", "/304", ""),
        ("GET", "/404", ""),
        ("GET", "/500", ""),
    ] {
        for accept in ["gzip", "identity"] {
            let first = format!(
                "{method} {path} HTTP/1.1\r\nhost: a\r\naccept-encoding: {accept}\r\n{more}\r\n"
            );
            let second = "HEAD /200 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
            let answer = exchange(address, &format!("{first}{second}")).await;
            let (head, rest) = cut_head(&answer);
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let chunked = head.contains("transfer-encoding: chunked");
            let bodiless =
                method == "HEAD" || ["http/1.1 204", "http/1.1 304"].contains(&&head[..12]);
            let rest = match length {
                _ if bodiless => rest,
                Some(length) => &rest[length.parse().expect("a number")..],
                None if chunked => cut_chunks(rest).expect("a last chunk").1,
                None => panic!("nobody knows its end: {head}"),
            };
            let (head, rest) = cut_head(rest);
            assert!(head.starts_with("http/1.1 200"), "{first}: {head}");
            assert_eq!(rest, b"", "{first}");
        }
    }
}

#[tokio::test]
async fn g_09_g_10_what_has_no_content_says_nothing_of_its_length() {
    let address = serve_paths().await;
    let close = "host: a\r\nconnection: close\r\naccept-encoding: gzip\r\n\r\n";
    for status in ["204", "304"] {
        let answer = exchange(address, &format!("GET /{status} HTTP/1.1\r\n{close}")).await;
        let (head, rest) = cut_head(&answer);
        for name in ["content-length", "transfer-encoding", "content-encoding"] {
            assert!(!head.contains(name), "{head}");
        }
        assert_eq!(rest, b"");
    }
    for status in [204, 304] {
        let asked = [("accept-encoding", "gzip")];
        let (head, body) = exchange_h2(address, Method::GET, &format!("/{status}"), &asked).await;
        assert_eq!(head.status, status);
        assert!(!head.headers.contains_key("content-encoding"));
        assert_eq!(body.expect("an end"), "");
    }
}

#[tokio::test]
async fn over_http_2_an_answer_is_coded_tagged_and_not_sent_again() {
    let address = serve_paths().await;
    let accept = ("accept-encoding", "gzip");
    let (head, body) = exchange_h2(address, Method::GET, "/200", &[accept]).await;
    let body = decode(Coding::Gzip, &body.expect("an end"));
    assert_eq!((head.status.as_u16(), body), (200, Ok(text(40_000))));
    let tag = head.headers["etag"].to_str().expect("ASCII");
    let held = [accept, ("if-none-match", tag)];
    let (again, body) = exchange_h2(address, Method::GET, "/200", &held).await;
    assert_eq!(
        (again.status.as_u16(), body.expect("an end")),
        (304, Bytes::new())
    );
    assert_eq!(again.headers["etag"], tag);
}

/// Without its last chunk, or reset: no client takes what came for all of it.
#[tokio::test]
async fn x_31_a_body_that_fails_does_not_look_whole() {
    let address = serve_paths().await;
    for accept in ["gzip", "br", "zstd", "deflate", "identity"] {
        let request = format!(
            "GET /fails HTTP/1.1\r\nhost: a\r\nconnection: close\r\naccept-encoding: {accept}\r\n\r\n"
        );
        let answer = exchange(address, &request).await;
        let (head, rest) = cut_head(&answer);
        assert!(head.contains("transfer-encoding: chunked"), "{head}");
        assert_eq!(cut_chunks(rest), None, "{accept}");
        let asked = [("accept-encoding", accept)];
        let (head, body) = exchange_h2(address, Method::GET, "/fails", &asked).await;
        assert_eq!(head.status, 200);
        assert!(body.is_err(), "{accept}");
    }
}

/// The event is read whole, while nobody knows whether there will be another.
#[tokio::test]
async fn x_30_an_event_arrives_while_the_stream_is_open() {
    let mut stream = connect(serve_paths().await).await;
    let request = "GET /events HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n\r\n";
    stream.write_all(request.as_bytes()).await.expect("room");
    let mut answer = Vec::new();
    loop {
        stream.read_buf(&mut answer).await.expect("an open stream");
        if !answer.windows(4).any(|window| window == b"\r\n\r\n") {
            continue;
        }
        let (head, chunks) = cut_head(&answer);
        assert!(head.contains("content-encoding: gzip"), "{head}");
        // The last chunk, which never comes, ends what there is.
        let ended = [chunks, b"0\r\n\r\n"].concat();
        if let Some((coded, _)) = cut_chunks(&ended) {
            if *decode_so_far(Coding::Gzip, &coded) == *b"data: 1\n\n" {
                return;
            }
        }
    }
}

/// A call that is answered, one that fails in its trailers, and a stream.
#[tokio::test]
async fn x_32_a_grpc_client_is_served_through_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter
        .set_service_status("a", ServingStatus::Serving)
        .await;
    tokio::spawn(
        tonic::transport::Server::builder()
            .layer(stack().strip_nulls(StripNullsLayer::new()))
            .add_service(health)
            .serve_with_incoming(TcpListenerStream::new(listener)),
    );
    let channel = tonic::transport::Endpoint::from_shared(format!("http://{address}"));
    let channel = channel.expect("an address").connect().await;
    let mut client = HealthClient::new(channel.expect("a connection"));
    let ask = |service: &str| HealthCheckRequest {
        service: service.to_owned(),
    };

    let answer = client.check(ask("a")).await.expect("an answer");
    let fields = answer.metadata();
    assert_eq!(fields.get("x-frame-options").expect("set"), "SAMEORIGIN");
    assert!(fields.get("content-encoding").is_none());
    assert!(fields.get("etag").is_none());
    assert_eq!(answer.into_inner().status, ServingStatus::Serving as i32);

    let failed = client
        .check(ask("b"))
        .await
        .expect_err("there is no such service");
    assert_eq!(failed.code(), tonic::Code::NotFound);

    let states = client.watch(ask("a")).await.expect("an answer");
    let mut states = states.into_inner();
    for (now, next) in [
        (ServingStatus::Serving, ServingStatus::NotServing),
        (ServingStatus::NotServing, ServingStatus::Serving),
    ] {
        let state = states.message().await.expect("a state").expect("no end");
        assert_eq!(state.status, now as i32);
        reporter.set_service_status("a", next).await;
    }
}

/// Answers a handshake, and then whatever it is told.
async fn echo(mut request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let key = request.headers()["sec-websocket-key"].clone();
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let io = TokioIo::new(upgraded.await.expect("an upgrade"));
        let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, None).await;
        while let Some(Ok(message @ Message::Text(_))) = socket.next().await {
            socket.send(message).await.expect("a client");
        }
    });
    let response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-accept", derive_accept_key(key.as_bytes()))
        .body(Full::default());
    Ok(response.expect("a valid response"))
}

#[tokio::test]
async fn a_websocket_speaks_through_it() {
    let layer = stack().strip_nulls(StripNullsLayer::new());
    let address = serve(layer.layer(service_fn(echo))).await;
    let url = format!("ws://{address}/");
    let handshake = tokio_tungstenite::client_async(url, connect(address).await).await;
    let (mut socket, response) = handshake.expect("a handshake");
    assert!(!response.headers().contains_key("x-frame-options"));
    for text in ["null", "{\"a\":null}"] {
        socket.send(Message::text(text)).await.expect("a server");
        let answer = socket.next().await.expect("an answer").expect("whole");
        assert_eq!(answer, Message::text(text));
    }
}
