//! Services that hold callers to the contract, and short ways to call one.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::{Request, Response};
use tower::{Layer, Service};

/// Answers every request with what `answer` makes of it, and panics when called without having
/// been polled ready.
///
/// A clone is not ready, whatever the original was.
#[derive(Debug)]
pub(crate) struct Handler<F> {
    answer: F,
    is_ready: bool,
}

impl<F> Handler<F> {
    pub(crate) const fn new(answer: F) -> Self {
        Self {
            answer,
            is_ready: false,
        }
    }
}

impl<F: Clone> Clone for Handler<F> {
    fn clone(&self) -> Self {
        Self::new(self.answer.clone())
    }
}

impl<F, B> Service<Request<()>> for Handler<F>
where
    F: FnMut(Request<()>) -> Response<B>,
{
    type Response = Response<B>;
    type Error = Infallible;
    type Future = Ready<Result<Response<B>, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        assert!(self.is_ready, "called without having been polled ready");
        self.is_ready = false;
        ready(Ok((self.answer)(request)))
    }
}

/// What `layer` makes of `response` to `request`, where nothing waits.
pub(crate) fn respond<L, A, B>(
    layer: &L,
    request: Request<()>,
    response: Response<A>,
) -> Response<B>
where
    L: Layer<Handler<Box<dyn FnMut(Request<()>) -> Response<A>>>>,
    L::Service: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    A: 'static,
{
    let mut response = Some(response);
    answer(
        layer,
        request,
        Box::new(move |_| response.take().expect("one request is made")),
    )
}

/// What `layer` makes of the answer of `handler` to `request`, where nothing waits.
pub(crate) fn answer<L, A, B>(
    layer: &L,
    request: Request<()>,
    handler: Box<dyn FnMut(Request<()>) -> Response<A>>,
) -> Response<B>
where
    L: Layer<Handler<Box<dyn FnMut(Request<()>) -> Response<A>>>>,
    L::Service: Service<Request<()>, Response = Response<B>, Error = Infallible>,
{
    let mut service = layer.layer(Handler::new(handler));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    let future = pin!(service.call(request));
    match future.poll(cx) {
        Poll::Ready(Ok(response)) => response,
        Poll::Pending => panic!("nothing waits, but the response does"),
    }
}
