//! Behavior of `EtagLayer`, seen from outside. Each test that shows a row of the conformance matrix
//! carries its number.

mod before;
mod body;
mod conditional;
mod hostile;
mod off;
mod ranges;
mod refused;
mod resolved;
mod service;
mod tag;
mod wire;

use bytes::Bytes;
use http::{HeaderName, Method, Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_egress::etag::{EtagBody, EtagLayer};

/// What the default layer makes of `hello`.
const HELLO_TAG: &str = "W/\"5d41402abc4b2a76b9719d911017c592\"";

/// The text of every 412.
const REFUSAL: &str = "A precondition of this request does not hold. Request the current state, \
                       and send the request again with the entity tag of that state.\n";

/// The fields of every 412.
const REFUSED: [(&str, &str); 2] = [
    ("cache-control", "no-store"),
    ("content-type", "text/plain; charset=utf-8"),
];

fn hello() -> Response<Full<Bytes>> {
    page("hello")
}

fn page(body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    Response::new(Full::new(body.into()))
}

fn request(method: Method, fields: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::builder().method(method);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a valid request")
}

fn get(fields: &[(&str, &str)]) -> Request<()> {
    request(Method::GET, fields)
}

/// `response` with more fields.
fn with<B>(mut response: Response<B>, fields: &[(&'static str, &str)]) -> Response<B> {
    for &(name, value) in fields {
        let value = value.parse().expect("a valid value");
        response
            .headers_mut()
            .append(HeaderName::from_static(name), value);
    }
    response
}

/// What the default layer makes of `response` to `request`.
fn respond<B: Body + 'static>(
    request: Request<()>,
    response: Response<B>,
) -> Response<EtagBody<B>> {
    crate::support::service::respond(&EtagLayer::new(), request, response)
}
