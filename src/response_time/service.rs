//! The service: starts the clock, waits for the response, says how long it took, and watches its end.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use http::header::{Entry, HeaderMap, HeaderValue, TRAILER};
use http::{Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::body::{ResponseTimeBody, SERVER_TIMING, Trailer};
use super::config::Config;
use super::plan::{self, Asked, TrailerPlan};
use super::server_timing::ServerTiming;
use super::watch::{Watch, guarded};
use crate::rules::status;

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
        let asked = Asked::read(config, request.method(), request.headers());
        let timing = config.server_timing.then(|| {
            let timing = ServerTiming::new(config.clock.clone());
            request.extensions_mut().insert(timing.clone());
            timing
        });
        let mut watch = if config.watches() {
            let (head, body) = request.into_parts();
            let watch = Watch::new(config, start, &head);
            request = Request::from_parts(head, body);
            Some(Box::new(watch))
        } else {
            None
        };
        let inner = guarded(watch.as_deref_mut(), || self.inner.call(request));
        ResponseFuture {
            inner,
            config: Arc::clone(config),
            start,
            timing,
            watch,
            asked,
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
        asked: Asked,
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
        let polled = guarded(this.watch.as_deref_mut(), || this.inner.poll(cx));
        let response = match ready!(polled) {
            Ok(response) => response,
            Err(error) => {
                if let Some(mut watch) = this.watch.take() {
                    watch.failed();
                }
                return Poll::Ready(Err(error));
            }
        };
        let (mut head, body) = response.into_parts();
        let config = &*this.config;
        let elapsed = config.clock.now().saturating_duration_since(*this.start);
        let length = body.size_hint().exact();
        let trailer = plan::trailer(config, *this.asked, &head, length);
        let says = !status::is_interim_or_tunnel(head.status, this.asked.is_connect);
        let is_said = says && say(config, &mut head.headers, elapsed, this.timing.as_ref());
        report(is_said, says && config.server_timing, trailer);
        let trailer = (trailer == TrailerPlan::Send).then(|| {
            announce(&mut head.headers);
            Box::new(Trailer {
                config: Arc::clone(config),
                start: *this.start,
            })
        });
        let mut watch = this.watch.take();
        if let Some(watch) = &mut watch {
            let has_ended = trailer.is_none() && body.is_end_stream();
            watch.head(&head, elapsed, length, has_ended);
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

/// Sends how long the response took, unless the handler did; returns whether the field of its own is
/// sent. The handler's own `Server-Timing` lines stay, and this adds one line. A head with no room left
/// stays as it is.
fn say(
    config: &Config,
    fields: &mut HeaderMap,
    elapsed: Duration,
    timing: Option<&ServerTiming>,
) -> bool {
    let mut is_said = false;
    if let Some(name) = &config.header {
        if let Ok(Entry::Vacant(place)) = fields.try_entry(name) {
            is_said = place.try_insert(config.header_value(elapsed)).is_ok();
        }
    }
    if let Some(timing) = timing {
        let _ = fields.try_append(SERVER_TIMING, config.timing_value(elapsed, timing));
    }
    is_said
}

/// Makes the decisions visible.
fn report(header: bool, server_timing: bool, trailer: TrailerPlan) {
    #[cfg(feature = "tracing")]
    tracing::debug!(header, server_timing, ?trailer, "response_time");
    #[cfg(not(feature = "tracing"))]
    let _ = (header, server_timing, trailer);
}

/// Without the announcement an HTTP/1.1 server leaves the trailer out.
fn announce(fields: &mut HeaderMap) {
    let _ = fields.try_append(TRAILER, HeaderValue::from_static("server-timing"));
}
