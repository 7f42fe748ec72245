//! What goes over the wire: hyper's own framing of what the layer hands it, over sockets.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::process::Command;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::{Layer, service_fn};
use tower_egress::compression::{Coding, CompressionLayer};

use crate::support::body::{Script, Step};
use crate::support::decode::decode;
use crate::support::text;
use crate::support::wire::{self, cut_chunks, cut_head};

type Answer = Response<Either<Full<Bytes>, Script>>;

/// Answers by path.
fn handler(request: Request<Incoming>) -> Answer {
    let page = |body| {
        Response::builder()
            .header("content-type", "text/plain")
            .body(body)
            .expect("a valid response")
    };
    match request.uri().path() {
        "/fails" => page(Either::Right(failing())),
        "/streams" => page(Either::Right(Script::in_frames(&text(40_000), 1000))),
        "/upgrades" => {
            tokio::spawn(echo(request));
            let mut response = Response::new(Either::Left(Full::default()));
            *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
            let upgrade = http::HeaderValue::from_static("echo");
            response.headers_mut().insert("upgrade", upgrade);
            response
        }
        path => {
            let mut response = page(Either::Left(Full::new(text(4000))));
            if let Ok(status) = path.trim_start_matches('/').parse() {
                *response.status_mut() = status;
            }
            if matches!(response.status().as_u16(), 204 | 304) {
                *response.body_mut() = Either::Left(Full::default());
            }
            response
        }
    }
}

/// A body that fails once the server has had the time to send what it had.
fn failing() -> Script {
    let waits = vec![Step::Pending; 8];
    let body = Script::in_frames(&text(40_000), 1000);
    let body = waits.into_iter().fold(body, Script::then);
    body.then(Step::Error("the disk is gone"))
}

/// Sends back in capitals what comes over the upgraded connection.
async fn echo(request: Request<Incoming>) {
    let upgraded = hyper::upgrade::on(request).await.expect("an upgrade");
    let mut stream = TokioIo::new(upgraded);
    let mut word = [0; 4];
    stream.read_exact(&mut word).await.expect("a word");
    let word = word.to_ascii_uppercase();
    stream.write_all(&word).await.expect("room for a word");
}

/// Serves the layer around [`handler`]; where that is.
async fn serve() -> SocketAddr {
    let handler = service_fn(async |request| Ok::<_, Infallible>(handler(request)));
    wire::serve(CompressionLayer::new().layer(handler)).await
}

/// All that the layer's server sends for these bytes, until it closes the connection.
async fn exchange(requests: &str) -> Vec<u8> {
    wire::exchange(serve().await, requests).await
}

fn request(method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n{more}\r\n")
}

const CLOSE: &str = "connection: close\r\n";

#[tokio::test]
async fn g_09_what_has_no_body_is_followed_by_the_next_answer() {
    for (method, path) in [
        ("GET", "/204"),
        ("GET", "/304"),
        ("HEAD", "/"),
        ("HEAD", "/streams"),
    ] {
        let both = request(method, path, "") + &request("GET", "/streams", CLOSE);
        let answer = exchange(&both).await;
        let (first, rest) = cut_head(&answer);
        assert!(
            rest.starts_with(b"HTTP/1.1 200"),
            "{method} {path}: {first}"
        );
        let (_, rest) = cut_head(rest);
        let (coded, rest) = cut_chunks(rest).expect("a whole body");
        assert_eq!(decode(Coding::Gzip, &coded), Ok(text(40_000)));
        assert_eq!(rest, b"");
    }
}

#[tokio::test]
async fn g_10_a_204_has_no_framing_fields() {
    let answer = exchange(&request("GET", "/204", CLOSE)).await;
    let (head, rest) = cut_head(&answer);
    assert!(!head.contains("content-length"), "{head}");
    assert!(!head.contains("transfer-encoding"), "{head}");
    assert_eq!(rest, b"");
}

#[tokio::test]
async fn g_12_length_and_chunks_never_come_together() {
    for path in ["/", "/streams", "/404"] {
        for accepted in ["gzip", "identity"] {
            let request = request("GET", path, CLOSE).replace("gzip", accepted);
            let answer = exchange(&request).await;
            let (head, _) = cut_head(&answer);
            let has_length = head.contains("content-length");
            let has_chunks = head.contains("transfer-encoding: chunked");
            assert!(has_length ^ has_chunks, "{path}, {accepted}: {head}");
        }
    }
}

#[tokio::test]
async fn c_25_head_over_the_wire_has_the_fields_of_get_but_its_framing() {
    let head = |answer: Vec<u8>| {
        let (head, _) = cut_head(&answer);
        let mut lines: Vec<_> = head.lines().map(str::to_owned).collect();
        lines.retain(|line| !line.starts_with("date:") && !line.starts_with("content-length:"));
        lines
    };
    let get_head = head(exchange(&request("GET", "/", CLOSE)).await);
    let head_head = head(exchange(&request("HEAD", "/", CLOSE)).await);
    assert_eq!(head_head, get_head);
    assert!(get_head.contains(&"content-encoding: gzip".to_owned()));
}

#[tokio::test]
async fn g_14_a_body_that_fails_lacks_its_last_chunk() {
    for accepted in ["gzip", "identity"] {
        let request = request("GET", "/fails", "").replace("gzip", accepted);
        let answer = exchange(&request).await;
        let (head, rest) = cut_head(&answer);
        assert!(head.contains("transfer-encoding: chunked"), "{head}");
        assert_eq!(cut_chunks(rest), None, "{accepted}");
    }
}

#[tokio::test]
async fn x_34_http_1_0_gets_no_chunks() {
    let request = request("GET", "/streams", "").replace("HTTP/1.1", "HTTP/1.0");
    let answer = exchange(&request).await;
    let (head, rest) = cut_head(&answer);
    assert!(!head.contains("transfer-encoding"), "{head}");
    assert!(head.contains("content-encoding: gzip"), "{head}");
    assert_eq!(decode(Coding::Gzip, rest), Ok(text(40_000)));
}

#[tokio::test]
async fn g_19_an_upgrade_goes_through() {
    let mut stream = wire::connect(serve().await).await;
    let more = "connection: upgrade\r\nupgrade: echo\r\n";
    let request = request("GET", "/upgrades", more);
    stream.write_all(request.as_bytes()).await.expect("room");
    stream.write_all(b"word").await.expect("room");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    let (head, rest) = cut_head(&answer);
    assert!(head.starts_with("http/1.1 101"), "{head}");
    assert!(!head.contains("vary"), "{head}");
    assert_eq!(rest, b"WORD");
}

/// The answer to one request over HTTP/2 for brotli: its fields, and its body or why there is none.
async fn exchange_h2(method: Method, path: &str) -> (HeaderMap, Result<Bytes, hyper::Error>) {
    let accept = [("accept-encoding", "br")];
    let (head, body) = wire::exchange_h2(serve().await, method, path, &accept).await;
    (head.headers, body)
}

#[tokio::test]
async fn g_17_http_2_gets_no_field_of_the_connection() {
    let (head, body) = exchange_h2(Method::GET, "/").await;
    for name in ["connection", "keep-alive", "transfer-encoding", "upgrade"] {
        assert!(!head.contains_key(name), "{name}");
    }
    assert_eq!(head["content-encoding"], "br");
    let coded = body.expect("a body");
    let length = http::HeaderValue::from(coded.len());
    assert_eq!(head["content-length"], length);
    assert_eq!(decode(Coding::Brotli, &coded), Ok(text(4000)));
}

#[tokio::test]
async fn c_25_head_over_http_2_has_no_length() {
    let (head, body) = exchange_h2(Method::HEAD, "/").await;
    assert_eq!(head["content-encoding"], "br");
    assert!(!head.contains_key("content-length"));
    assert_eq!(body.expect("an end"), "");
}

#[tokio::test]
async fn g_14_a_body_that_fails_resets_the_stream() {
    let (head, body) = exchange_h2(Method::GET, "/fails").await;
    assert_eq!(head["content-encoding"], "br");
    assert!(body.is_err());
}

/// What curl makes of a path: its exit code, and the body as it decoded it. `None` where there is
/// no curl.
async fn curl(path: &str, options: &[&str]) -> Option<(i32, Vec<u8>)> {
    let url = format!("http://{}{path}", serve().await);
    let mut command = Command::new("curl");
    command
        .args(["--silent", "--max-time", "20"])
        .args(options)
        .arg(url);
    let output = tokio::task::spawn_blocking(move || command.output()).await;
    let output = output.expect("curl does not panic").ok()?;
    Some((output.status.code()?, output.stdout))
}

const VERSIONS: [&str; 3] = ["--http1.0", "--http1.1", "--http2-prior-knowledge"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn curl_reads_every_coding_in_every_version() {
    for version in VERSIONS {
        for (path, length) in [("/", 4000), ("/streams", 40_000)] {
            for coding in [
                None,
                Some(Coding::Gzip),
                Some(Coding::Deflate),
                Some(Coding::Brotli),
            ] {
                let accept = coding.map(|coding| format!("accept-encoding: {coding}"));
                let mut options = vec!["--compressed", version];
                if let Some(accept) = &accept {
                    options.extend(["--header", accept]);
                }
                let Some((code, body)) = curl(path, &options).await else {
                    return;
                };
                assert_eq!(code, 0, "{options:?}");
                assert_eq!(body, text(length), "{options:?}");
            }
        }
    }
}

/// 18: the transfer was partial; 92: the stream was reset.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g_14_curl_takes_a_body_that_fails_for_a_failure() {
    for (version, expected) in [("--http1.1", 18), ("--http2-prior-knowledge", 92)] {
        for accepted in ["identity", "gzip", "br"] {
            let accept = format!("accept-encoding: {accepted}");
            let options = ["--raw", version, "--header", accept.as_str()];
            let Some((code, _)) = curl("/fails", &options).await else {
                return;
            };
            assert_eq!(code, expected, "{options:?}");
        }
    }
}
