//! The stack over real connections: old HTTP, gRPC, and a WebSocket.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
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

use crate::support::decode::decode;
use crate::support::text;
use crate::support::wire::{connect, cut_head, exchange, serve};

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

/// Two requests in one packet: the second is understood only where the first answer was as long as said.
#[tokio::test]
async fn f_13_answers_to_requests_in_a_row_are_told_apart() {
    let layer = stack().strip_nulls(StripNullsLayer::new());
    let address = serve(layer.layer(service_fn(page))).await;
    for method in ["GET", "HEAD"] {
        for accept in ["gzip", "identity"] {
            let first =
                format!("{method} / HTTP/1.1\r\nhost: a\r\naccept-encoding: {accept}\r\n\r\n");
            let second = "HEAD / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
            let answer = exchange(address, &format!("{first}{second}")).await;
            let heads = answer.windows(9).filter(|window| window == b"HTTP/1.1 ");
            assert_eq!(heads.count(), 2, "{method} {accept}");
            let tail = String::from_utf8_lossy(&answer[answer.len() - 4..]).into_owned();
            assert_eq!(tail, "\r\n\r\n");
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
