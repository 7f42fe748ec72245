//! The service: starts the clock, waits for the response, says how long it took, and watches its end.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use http::header::{CONTENT_LENGTH, Entry, HeaderMap, HeaderValue, TE, TRAILER};
use http::{Method, Request, Response, response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower::Service;

use super::body::{ResponseTimeBody, SERVER_TIMING, Trailer};
use super::config::Config;
use super::server_timing::ServerTiming;
use super::watch::Watch;
use crate::fields::list;
use crate::fields::media_type::MediaType;
use crate::rules::{eligible, status};

/// Says how long the responses of the inner service took; made by
/// [`ResponseTimeLayer`](super::ResponseTimeLayer).
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
pub struct ResponseTime<S> {
    inner: S,
    config: Arc<Config>,
}

impl<S> ResponseTime<S> {
    pub(super) const fn new(inner: S, config: Arc<Config>) -> Self {
        Self { inner, config }
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for ResponseTime<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Body,
{
    type Response = Response<ResponseTimeBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let config = &self.config;
        let start = config.clock.now();
        let wants_trailer = config.trailer && may_have_trailers(&request);
        let timing = config.server_timing.then(|| {
            let timing = ServerTiming::new(config.clock.clone());
            request.extensions_mut().insert(timing.clone());
            timing
        });
        let watch = if config.watches() {
            let (head, body) = request.into_parts();
            let watch = Watch::new(config, start, &head);
            request = Request::from_parts(head, body);
            Some(Box::new(watch))
        } else {
            None
        };
        ResponseFuture {
            config: Arc::clone(config),
            start,
            timing,
            watch,
            wants_trailer,
            is_connect: *request.method() == Method::CONNECT,
            inner: self.inner.call(request),
        }
    }
}

pin_project! {
    /// Response future of [`ResponseTime`].
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        config: Arc<Config>,
        start: Instant,
        timing: Option<ServerTiming>,
        watch: Option<Box<Watch>>,
        wants_trailer: bool,
        is_connect: bool,
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body,
{
    type Output = Result<Response<ResponseTimeBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = match ready!(this.inner.poll(cx)) {
            Ok(response) => response,
            Err(error) => {
                if let Some(mut watch) = this.watch.take() {
                    watch.failed();
                }
                return Poll::Ready(Err(error));
            }
        };
        let (mut head, body) = response.into_parts();
        let elapsed = this
            .config
            .clock
            .now()
            .saturating_duration_since(*this.start);
        if !status::is_interim_or_tunnel(head.status, *this.is_connect) {
            let timing = this.timing.as_ref();
            say(this.config, &mut head.headers, elapsed, timing);
        }
        let length = body.size_hint().exact();
        let trailer = (*this.wants_trailer && has_room_for_trailers(&head, length)).then(|| {
            announce(&mut head.headers);
            Box::new(Trailer {
                config: Arc::clone(this.config),
                start: *this.start,
            })
        });
        let mut watch = this.watch.take();
        if let Some(watch) = &mut watch {
            watch.head(head.status, elapsed, length);
        }
        let body = ResponseTimeBody::new(body, watch, trailer);
        Poll::Ready(Ok(Response::from_parts(head, body)))
    }
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

/// Says how long it took, unless the handler did; its own `Server-Timing` stays, and this is one line
/// more. A head with no room left says nothing.
fn say(
    config: &Config,
    fields: &mut HeaderMap,
    elapsed: std::time::Duration,
    timing: Option<&ServerTiming>,
) {
    if let Some(name) = &config.header {
        if let Ok(Entry::Vacant(place)) = fields.try_entry(name) {
            let _ = place.try_insert(config.header_value(elapsed));
        }
    }
    if let Some(timing) = timing {
        let _ = fields.try_append(SERVER_TIMING, config.timing_value(elapsed, timing));
    }
}

/// RFC 9110 §6.5.1:
///
/// > A sender MUST NOT generate trailer fields unless the sender knows the corresponding header field
/// > name's definition permits sending that field in trailers
///
/// as that of `Server-Timing` does; and §10.1.4: `TE: trailers` says that the client keeps them.
fn may_have_trailers<B>(request: &Request<B>) -> bool {
    *request.method() != Method::HEAD
        && list::elements(request.headers(), TE)
            .any(|coding| coding.eq_ignore_ascii_case(b"trailers"))
}

/// HTTP/1.1 has no place for trailers after a body of known length, and gRPC reads its own.
fn has_room_for_trailers(head: &response::Parts, length: Option<u64>) -> bool {
    let is_grpc = MediaType::of(&head.headers).is_some_and(eligible::is_grpc);
    let has_body = !status::never_has_content(head.status);
    length.is_none() && has_body && !is_grpc && !head.headers.contains_key(CONTENT_LENGTH)
}

/// Without the announcement an HTTP/1.1 server leaves the trailer out.
fn announce(fields: &mut HeaderMap) {
    let _ = fields.try_append(TRAILER, HeaderValue::from_static("server-timing"));
}
