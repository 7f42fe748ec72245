//! Behavior of `CompressionLayer`, seen from outside. Each test that shows a row of the conformance
//! matrix carries its number.

mod body;
mod config;
mod etags;
mod flow;
mod flush;
mod framing;
mod head;
mod hostile;
mod ranges;
mod service;
mod switch;
mod wire;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use http::{Method, Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_egress::compression::{Coding, CompressionBody, CompressionLayer};

const CODINGS: [Coding; 4] = [Coding::Zstd, Coding::Gzip, Coding::Brotli, Coding::Deflate];

/// A GET that accepts `codings`.
fn get(codings: &str) -> Request<()> {
    request(Method::GET, codings)
}

fn request(method: Method, codings: &str) -> Request<()> {
    Request::builder()
        .method(method)
        .header(ACCEPT_ENCODING, codings)
        .body(())
        .expect("a valid request")
}

/// A 200 of plain text.
fn page<B>(body: B) -> Response<B> {
    Response::builder()
        .header(CONTENT_TYPE, "text/plain")
        .body(body)
        .expect("a valid response")
}

/// A 200 of a few words.
fn short(words: &'static str) -> Response<Full<Bytes>> {
    page(Full::from(words))
}

/// A 200 of plain text that is long enough to compress, with more fields.
fn page_with(fields: &[(&str, &str)]) -> Response<Full<Bytes>> {
    let mut response = page(Full::new(crate::support::text(4000)));
    for &(name, value) in fields {
        let name = http::HeaderName::try_from(name).expect("a valid name");
        let value = value.parse().expect("a valid value");
        response.headers_mut().append(name, value);
    }
    response
}

/// What the default layer makes of `response` to `request`.
fn respond<B: Body + 'static>(
    request: Request<()>,
    response: Response<B>,
) -> Response<CompressionBody<B>> {
    crate::support::service::respond(&CompressionLayer::new(), request, response)
}

/// What the default layer makes of `body` for a client that wants `coding`.
fn encode<B: Body + 'static>(coding: Coding, body: B) -> CompressionBody<B> {
    let response = respond(get(coding.as_str()), page(body));
    assert_eq!(response.headers()[CONTENT_ENCODING], coding.as_str());
    response.into_body()
}
