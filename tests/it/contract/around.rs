//! Layers and what they are put around.

use std::fmt::Display;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower::{Layer, Service};

use crate::support::body::Script;
use crate::support::service::Handler;

/// A layer that fits around `S`, and gives bodies that a test can read.
pub(crate) trait Around<S>:
    Layer<
        S,
        Service: Service<
            Request<()>,
            Response = Response<Self::Body>,
            Error = <S as Service<Request<()>>>::Error,
        >,
    >
where
    S: Service<Request<()>>,
{
    type Body: Body<Data = Bytes, Error: Display> + 'static;
}

impl<L, S, B> Around<S> for L
where
    S: Service<Request<()>>,
    L: Layer<S>,
    L::Service: Service<Request<()>, Response = Response<B>, Error = S::Error>,
    B: Body<Data = Bytes, Error: Display> + 'static,
{
    type Body = B;
}

/// A handler of bodies `B`.
pub(crate) type Page<B = Script> = Handler<Box<dyn FnMut(Request<()>) -> Response<B>>>;

/// A handler that gives this response once.
pub(crate) fn page<B: 'static>(response: Response<B>) -> Page<B> {
    let mut response = Some(response);
    Handler::new(Box::new(move |_| response.take().expect("one request")))
}

/// What the service gives for the request, where nothing waits.
pub(crate) fn call<S, B>(service: &mut S, request: Request<()>) -> Response<B>
where
    S: Service<Request<()>, Response = Response<B>>,
{
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(matches!(service.poll_ready(cx), Poll::Ready(Ok(()))));
    let mut called = pin!(service.call(request));
    for _ in 0..MOST_POLLS {
        if let Poll::Ready(result) = poll(called.as_mut()) {
            return result.unwrap_or_else(|_| panic!("the service does not fail"));
        }
    }
    panic!("the response waits for ever")
}

/// Enough for every body here.
pub(crate) const MOST_POLLS: usize = 10_000;

pub(crate) fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// A request of which no layer is asked anything.
pub(crate) fn plain_request() -> Request<()> {
    Request::new(())
}

/// A response whose bytes no layer changes.
pub(crate) fn plain<B>(body: B) -> Response<B> {
    let response = Response::builder().header("content-type", "text/plain");
    response.body(body).expect("a response")
}

/// A request for which every layer has something to do.
pub(crate) fn busy_request(path: &str) -> Request<()> {
    let request = Request::get(path)
        .header("accept-encoding", "gzip")
        .header("te", "trailers")
        .header("if-none-match", "\"other\"");
    request.body(()).expect("a request")
}

/// A response with which every layer has something to do, where the body is [`busy_text`].
pub(crate) fn busy<B>(body: B) -> Response<B> {
    let response = Response::builder().header("content-type", "application/json");
    response.body(body).expect("a response")
}

/// JSON with nulls in it, long enough to compress.
pub(crate) fn busy_text() -> Bytes {
    let items = "{\"id\":1,\"parent\":null},".repeat(60);
    format!("[{items}null]").into()
}
