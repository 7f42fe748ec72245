//! Real connections: hyper serves, and what it sends is looked at byte by byte.

use std::convert::Infallible;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Collected, Empty};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::Service;

/// Serves every connection to a port of its own, until the test ends; where that is.
pub(crate) async fn serve<S, B>(service: S) -> SocketAddr
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(async move {
                // A body that fails is an error here, and it is what some tests are about.
                let _ = auto::Builder::new(TokioExecutor::new())
                    .serve_connection_with_upgrades(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    address
}

pub(crate) async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("a connection")
}

/// All that an HTTP/1 server sends for these bytes, until it closes the connection.
pub(crate) async fn exchange(address: SocketAddr, requests: &str) -> Vec<u8> {
    let mut stream = connect(address).await;
    stream.write_all(requests.as_bytes()).await.expect("room");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    answer
}

/// The answer to one request over HTTP/2: its head, and its body or why there is none.
pub(crate) async fn exchange_h2(
    address: SocketAddr,
    method: Method,
    path: &str,
    more: &[(&str, &str)],
) -> (http::response::Parts, Result<Bytes, hyper::Error>) {
    let io = TokioIo::new(connect(address).await);
    let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
        .await
        .expect("a handshake");
    tokio::spawn(connection);
    let mut request = Request::builder()
        .method(method)
        .uri(format!("http://a{path}"));
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let request = request.body(Empty::<Bytes>::new()).expect("a request");
    let response = sender.send_request(request).await.expect("a response");
    let (head, body) = response.into_parts();
    (head, body.collect().await.map(Collected::to_bytes))
}

/// Cuts off the first head, in lower case.
#[track_caller]
pub(crate) fn cut_head(answer: &[u8]) -> (String, &[u8]) {
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    (head, &answer[end + 4..])
}

/// Cuts off a body in chunks (RFC 9112 §7.1); `None` when it lacks its last chunk.
pub(crate) fn cut_chunks(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..line]).ok()?;
        let size = usize::from_str_radix(size, 16).ok()?;
        let data = rest.get(line + 2..line + 2 + size)?;
        body.extend_from_slice(data);
        rest = rest.get(line + 2 + size + 2..)?;
        if size == 0 {
            return Some((body, rest));
        }
    }
}
