//! A handler to put under layers, and one way to call every service.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower::Service;

/// A handler that gives the same body every time, of type `text/html`, or another.
#[derive(Clone, Debug)]
pub struct Handler {
    pub body: Bytes,
    pub content_type: &'static str,
}

impl Service<Request<()>> for Handler {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    #[inline]
    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    #[inline]
    fn call(&mut self, request: Request<()>) -> Self::Future {
        drop(black_box(request));
        let mut response = Response::new(Full::new(self.body.clone()));
        let content_type = HeaderValue::from_static(self.content_type);
        response.headers_mut().insert("content-type", content_type);
        ready(Ok(response))
    }
}

/// A request that accepts `codings`, or says nothing.
pub fn request(codings: Option<&'static str>) -> Request<()> {
    let mut request = Request::new(());
    if let Some(codings) = codings {
        let value = HeaderValue::from_static(codings);
        request.headers_mut().insert("accept-encoding", value);
    }
    request
}

/// Calls a service and reads the body to its end; the response's head, and what the body weighed.
///
/// Nothing here waits for anything but its own next turn.
pub fn call<S, B>(service: &mut S, request: Request<()>) -> (HeaderMap, usize)
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    let cx = &mut Context::from_waker(Waker::noop());
    let _ = service.poll_ready(cx);
    let mut future = pin!(service.call(request));
    let response = loop {
        if let Poll::Ready(Ok(response)) = future.as_mut().poll(cx) {
            break response;
        }
    };
    let (head, body) = response.into_parts();
    let mut body = pin!(body);
    let mut length = 0;
    while !body.is_end_stream() {
        match body.as_mut().poll_frame(cx) {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(frame))) => {
                length += black_box(frame).data_ref().map_or(0, Bytes::len);
            }
            Poll::Ready(_) => break,
        }
    }
    (head.headers, length)
}
