//! Behavior of `StripNullsLayer`, seen from outside. Each test that shows a row of the conformance
//! matrix carries its number.

mod body;
mod differential;
mod filter;
mod head;
mod hostile;
mod memory;
mod rules;
mod service;
mod switch;
mod texts;
mod wire;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, Method, Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_egress::strip_nulls::{Filter, Rules, StopReason, StripNullsBody, StripNullsLayer};

/// What is answered unless a test says otherwise, and what becomes of it.
const TEXT: &str = r#"{"id":1,"name":null,"tags":[null]}"#;
const STRIPPED: &str = r#"{"id":1,"tags":[null]}"#;

fn request(method: Method) -> Request<()> {
    let request = Request::builder().method(method);
    request.body(()).expect("a valid request")
}

/// A 200 of JSON.
fn json<B>(body: B) -> Response<B> {
    Response::builder()
        .header(CONTENT_TYPE, "application/json")
        .body(body)
        .expect("a valid response")
}

/// A 200 of JSON with something to remove, and more fields.
fn json_with(fields: &[(&str, &str)]) -> Response<Full<Bytes>> {
    let mut response = json(Full::from(TEXT));
    for &(name, value) in fields {
        let name = HeaderName::try_from(name).expect("a valid name");
        let value = value.parse().expect("a valid value");
        response.headers_mut().append(name, value);
    }
    response
}

/// What the default layer makes of `response` to a GET.
fn respond<B: Body + 'static>(response: Response<B>) -> Response<StripNullsBody<B>> {
    respond_to(Method::GET, response)
}

fn respond_to<B: Body + 'static>(
    method: Method,
    response: Response<B>,
) -> Response<StripNullsBody<B>> {
    crate::support::service::respond(&StripNullsLayer::new(), request(method), response)
}

/// What comes out of a filter for these pieces, in all, and why it stopped, if it did.
fn push_all<'a>(
    mut filter: Filter,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<u8>, Option<StopReason>) {
    let mut out = Vec::new();
    for piece in pieces {
        out.extend_from_slice(&filter.push(&Bytes::copy_from_slice(piece)));
    }
    out.extend_from_slice(&filter.finish());
    (out, filter.stopped())
}

/// What comes out for `text`, however it is cut: in two at every place, and in pieces of every small size.
#[track_caller]
fn push_every_way(make: impl Fn() -> Filter, text: &[u8]) -> (String, Option<StopReason>) {
    let whole = push_all(make(), [text]);
    for place in 0..=text.len() {
        let (first, second) = text.split_at(place);
        let found = push_all(make(), [first, second]);
        assert_eq!(
            found,
            whole,
            "{:?} cut at {place}",
            text.escape_ascii().to_string()
        );
    }
    for size in 1..=9 {
        let found = push_all(make(), text.chunks(size));
        assert_eq!(
            found,
            whole,
            "{:?} by {size}",
            text.escape_ascii().to_string()
        );
    }
    (whole.0.escape_ascii().to_string(), whole.1)
}

/// What comes out for a valid text, however it is cut, and as a whole.
#[track_caller]
fn strip(rules: &Rules, text: &str) -> String {
    let (out, stop) = push_every_way(|| Filter::new(rules), text.as_bytes());
    assert_eq!(stop, None, "{text}");
    let whole = rules.strip(&Bytes::copy_from_slice(text.as_bytes()));
    let whole = whole.map(|whole| whole.escape_ascii().to_string());
    assert_eq!(whole.as_ref(), Ok(&out), "{text}");
    out
}
