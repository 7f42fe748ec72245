//! Any bytes in the fields of conditions and validators: nothing panics, and what comes out is the answer,
//! a 304 or a 412.

#![no_main]

use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use arbitrary::Arbitrary;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use http_body_util::Full;
use libfuzzer_sys::fuzz_target;
use tower::{Layer, Service, service_fn};
use tower_egress::etag::{EntityTag, EtagLayer, Preconditions, Validators, Verdict};

const ASKED: &[&str] = &[
    "cache-control",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "range",
];
const ANSWERED: &[&str] = &["content-length", "date", "etag", "last-modified"];

#[derive(Arbitrary, Debug)]
struct Input {
    asked: Vec<(u8, Vec<u8>)>,
    answered: Vec<(u8, Vec<u8>)>,
    tag: String,
    is_head: bool,
}

fn fields(names: &[&'static str], lines: Vec<(u8, Vec<u8>)>) -> HeaderMap {
    let mut fields = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::from_static(names[usize::from(name) % names.len()]);
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            fields.append(name, value);
        }
    }
    fields
}

fuzz_target!(|input: Input| {
    let mut request = Request::new(());
    *request.headers_mut() = fields(ASKED, input.asked);
    if input.is_head {
        *request.method_mut() = Method::HEAD;
    }
    if let Ok(tag) = EntityTag::strong(&input.tag) {
        assert_eq!(EntityTag::try_from(&tag.to_value()), Ok(tag.clone()));
        let current = Validators::from(tag);
        let conditions = Preconditions::read(&Method::PUT, request.headers());
        let verdict = conditions.evaluate(Some(&current));
        assert!(matches!(verdict, Verdict::Perform | Verdict::Failed(_)));
    }
    let mut response = Response::new(Full::new(Bytes::from_static(b"hello")));
    *response.headers_mut() = fields(ANSWERED, input.answered);
    let mut response = Some(response);
    let mut service = EtagLayer::new().layer(service_fn(|_| {
        ready(Ok::<_, Infallible>(response.take().expect("one request")))
    }));
    let cx = &mut Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(answer)) = pin!(service.call(request)).poll(cx) else {
        panic!("nothing waits");
    };
    assert!(matches!(answer.status().as_u16(), 200 | 304 | 412));
});
