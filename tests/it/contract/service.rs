//! The contract of `tower`: readiness, errors, requests and responses.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::marker::PhantomPinned;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response, StatusCode, Version};
use http_body::{Body, Frame};
use http_body_util::Full;
use tower::{BoxError, Layer, Service};

use crate::contract::around::{
    Around, MOST_POLLS, Page, busy, busy_request, busy_text, call, plain, poll,
};
use crate::support::body::Script;
use crate::support::consume::poll_once;
use crate::support::service::Handler;

/// A service that is nothing but itself.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Numbered(pub(crate) u8);

/// A service that waits, or fails.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Gate {
    Closed,
    Broken,
    /// Ready, and fails when called.
    Open,
}

impl Service<Request<()>> for Gate {
    type Response = Response<Script>;
    type Error = &'static str;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        match self {
            Self::Closed => Poll::Pending,
            Self::Broken => Poll::Ready(Err("out of order")),
            Self::Open => Poll::Ready(Ok(())),
        }
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Err("out of paper"))
    }
}

pub(crate) fn readiness_and_errors_are_the_inner_service_s(layer: &impl Around<Gate>) {
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(layer.layer(Gate::Closed).poll_ready(cx).is_pending());
    let broken = layer.layer(Gate::Broken).poll_ready(cx);
    assert_eq!(broken, Poll::Ready(Err("out of order")));
    let mut service = layer.layer(Gate::Open);
    assert_eq!(service.poll_ready(cx), Poll::Ready(Ok(())));
    let called = poll(pin!(service.call(busy_request("/"))));
    assert!(matches!(called, Poll::Ready(Err("out of paper"))));
}

type Copied<B> = Handler<fn(Request<()>) -> Response<B>>;

fn hello() -> Response<Full<Bytes>> {
    busy(Full::new(busy_text()))
}

pub(crate) fn the_service_that_was_polled_ready_is_called<L>(layer: &L)
where
    L: Around<Copied<Full<Bytes>>, Service: Clone>,
{
    let mut service = layer.layer(Handler::new(|_| hello()));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    // `Handler` panics when a clone, which is not ready, is called.
    let mut clone = service.clone();
    let called = poll(pin!(service.call(busy_request("/"))));
    assert!(matches!(called, Poll::Ready(Ok(_))));
    assert!(clone.poll_ready(cx).is_ready());
}

pub(crate) fn the_request_arrives_as_it_came(layer: &impl Around<Page<Full<Bytes>>>) {
    for method in ["GET", "PUT"] {
        let request = Request::builder()
            .method(method)
            .uri("/a?b=c")
            .version(Version::HTTP_2)
            .header("accept-encoding", "gzip")
            .header("if-match", "\"x\"")
            .header("if-none-match", "\"x\"")
            .header("range", "bytes=0-1")
            .header("te", "trailers")
            .header("x-a", "1")
            .extension(7_u8)
            .body(())
            .expect("a request");
        let expected = format!("{request:?}");
        let has_arrived = Rc::new(Cell::new(false));
        let arriving = Rc::clone(&has_arrived);
        let handler = move |request: Request<()>| {
            assert_eq!(format!("{request:?}"), expected);
            assert_eq!(request.extensions().get(), Some(&7_u8));
            arriving.set(true);
            hello()
        };
        call(&mut layer.layer(Handler::new(Box::new(handler))), request);
        assert!(has_arrived.get());
    }
}

pub(crate) fn the_response_survives(layer: &impl Around<Page<Full<Bytes>>>) {
    for make in [plain, busy] {
        let handler = move |_| {
            let mut response = make(Full::new(busy_text()));
            *response.status_mut() = StatusCode::IM_A_TEAPOT;
            *response.version_mut() = Version::HTTP_10;
            response.extensions_mut().insert(8_u8);
            let value = http::HeaderValue::from_static("1");
            response.headers_mut().insert("x-other", value);
            response
        };
        let mut service = layer.layer(Handler::new(Box::new(handler)));
        let response = call(&mut service, busy_request("/"));
        assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
        assert_eq!(response.version(), Version::HTTP_10);
        assert_eq!(response.extensions().get(), Some(&8_u8));
        assert_eq!(response.headers()["x-other"], "1");
    }
}

/// What axum asks of a layer, a service, a future and a body.
pub(crate) fn all_can_be_sent_and_shared<L>(layer: &L)
where
    L: Around<Copied<Full<Bytes>>> + Clone + Send + Sync + 'static,
    L::Service: Service<Request<()>, Future: Send + 'static> + Clone + Send + Sync + 'static,
    L::Body: Body<Error: Into<BoxError>> + Send + 'static,
{
    let mut service = layer.clone().layer(Handler::new(|_| hello()));
    let response = call(&mut service, busy_request("/"));
    assert_eq!(response.status(), StatusCode::OK);
}

/// A service that can only be called.
pub(crate) struct Opaque;

/// A body that can be neither cloned, printed nor moved once polled.
pub(crate) struct OpaqueBody(Cell<&'static str>, PhantomPinned);

/// A future that cannot be moved once polled.
pub(crate) struct OpaqueFuture(PhantomPinned);

impl Service<Request<OpaqueBody>> for Opaque {
    type Response = Response<OpaqueBody>;
    type Error = Infallible;
    type Future = OpaqueFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<OpaqueBody>) -> OpaqueFuture {
        OpaqueFuture(PhantomPinned)
    }
}

impl Future for OpaqueFuture {
    type Output = Result<Response<OpaqueBody>, Infallible>;

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(busy(OpaqueBody(Cell::new("[1]"), PhantomPinned))))
    }
}

impl Body for OpaqueBody {
    type Data = Bytes;
    type Error = Infallible;

    /// It gives its text once.
    fn poll_frame(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Self(text, PhantomPinned) = &*self;
        let frame = |text: &'static str| Ok(Frame::data(text.into()));
        Poll::Ready(Some(text.take()).filter(|text| !text.is_empty()).map(frame))
    }
}

pub(crate) fn inner_types_are_opaque<L, B>(layer: &L)
where
    L: Layer<Opaque>,
    L::Service: Service<Request<OpaqueBody>, Response = Response<B>, Error = Infallible>,
    B: Body,
{
    let request = busy_request("/").map(|()| OpaqueBody(Cell::default(), PhantomPinned));
    let mut service = layer.layer(Opaque);
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    let mut called = pin!(service.call(request));
    let response = until_ready(|| poll(called.as_mut())).expect("it never fails");
    let mut body = pin!(response.into_body());
    let frame = until_ready(|| poll_once(body.as_mut()));
    assert!(matches!(&frame, Some(Ok(frame)) if frame.is_data()));
}

/// A layer may let others have their turn, however much its body has to give.
fn until_ready<T>(mut poll: impl FnMut() -> Poll<T>) -> T {
    for _ in 0..MOST_POLLS {
        if let Poll::Ready(ready) = poll() {
            return ready;
        }
    }
    panic!("it waits for ever")
}

/// A service whose response waits for three polls, and whose body waits before each frame.
#[derive(Default)]
pub(crate) struct Slow {
    token: Arc<()>,
}

pub(crate) struct SlowFuture {
    waits: usize,
    body: Option<Script>,
    _token: Arc<()>,
}

impl Service<Request<()>> for Slow {
    type Response = Response<Script>;
    type Error = Infallible;
    type Future = SlowFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> SlowFuture {
        SlowFuture {
            waits: 3,
            body: Some(Script::in_frames(&busy_text(), 1_000).interleaved()),
            _token: Arc::clone(&self.token),
        }
    }
}

impl Future for SlowFuture {
    type Output = Result<Response<Script>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.waits > 0 {
            self.waits -= 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let body = self.body.take().expect("polled to its end once");
        Poll::Ready(Ok(busy(body)))
    }
}

/// Nothing panics, and the inner future is dropped with the outer one.
pub(crate) fn a_call_can_be_given_up(layer: &impl Around<Slow>) {
    let mut most = MOST_POLLS;
    let mut polls = 0;
    while polls <= most {
        let slow = Slow::default();
        let token = Arc::clone(&slow.token);
        let mut service = layer.layer(slow);
        let mut called = Box::pin(service.call(busy_request("/")));
        for polled in 0..polls {
            if poll(called.as_mut()).is_ready() {
                most = polled;
                break;
            }
        }
        drop(called);
        drop(service);
        assert_eq!(Arc::strong_count(&token), 1, "after {polls} polls");
        polls += 1;
    }
    assert!(most >= 3, "the response came after {most} polls");
}
