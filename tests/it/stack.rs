//! The layers together: in their order, in every other, and over the wire. Each test that shows a row of
//! the conformance matrix carries its number.

mod guard_place;
mod guards;
mod orders;
mod rows;
mod serve_dir;
mod service;
mod wire;

use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::{HeaderName, Method, Request, Response};
use tower::{Layer, Service};

use crate::support::service::Handler;

fn request(method: Method, fields: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::builder().method(method);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a valid request")
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

/// What `layer` makes of the answer of a handler, where nothing waits.
fn answer<L, F, A, B>(layer: &L, request: Request<()>, handler: F) -> Response<B>
where
    L: Layer<Handler<F>>,
    L::Service: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    F: FnMut(Request<()>) -> Response<A>,
{
    let mut service = layer.layer(Handler::new(handler));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    match pin!(service.call(request)).poll(cx) {
        Poll::Ready(Ok(response)) => response,
        Poll::Pending => panic!("nothing waits, but the response does"),
    }
}
