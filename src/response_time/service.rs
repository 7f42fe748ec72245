//! The service: starts the clock, waits for the response, says how long it took, and watches its
//! end.

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
use super::plan::{self, Asked, FieldPlan, Plan, Reason};
use super::server_timing::ServerTiming;
use super::watch::{Watch, guarded};
use crate::matcher::{KeptRequest, Off, with_head};

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

    /// The inner service.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service, to change it.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service, without the layer.
    pub fn into_inner(self) -> S {
        self.inner
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
        if let Some(off) = config.switch.off(&mut request) {
            Plan::off(off).log();
            let inner = self.inner.call(request);
            return ResponseFuture { inner, call: None };
        }
        let mut call = Call::start(config, &mut request);
        let inner = guarded(call.watch.as_deref_mut(), || self.inner.call(request));
        let call = Some(call);
        ResponseFuture { inner, call }
    }
}

pin_project! {
    /// Response future of [`ResponseTime`].
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        // `None` where the layer is off.
        call: Option<Call>,
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
        let watch = this
            .call
            .as_mut()
            .and_then(|call| call.watch.as_deref_mut());
        let result = ready!(guarded(watch, || this.inner.poll(cx)));
        Poll::Ready(match (result, this.call) {
            (Ok(response), Some(call)) => Ok(call.finish(response)),
            (Ok(response), None) => Ok(response.map(ResponseTimeBody::untouched)),
            (Err(error), call) => {
                if let Some(mut watch) = call.as_mut().and_then(|call| call.watch.take()) {
                    watch.failed();
                }
                Err(error)
            }
        })
    }
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

/// What the layer keeps of a request until its response is there.
struct Call {
    config: Arc<Config>,
    start: Instant,
    asked: Asked,
    /// Where the handler records; it forgets all where no `Server-Timing` is sent.
    timing: ServerTiming,
    /// `None` where nobody gets a report.
    watch: Option<Box<Watch>>,
    /// `None` where no responses are skipped.
    kept: Option<Box<KeptRequest>>,
}

impl Call {
    #[inline(always)]
    fn start<B>(config: &Arc<Config>, request: &mut Request<B>) -> Self {
        let start = config.clock.now();
        let asked = Asked::read(config, request.method(), request.headers());
        let kept = config.switch.keep(request);
        let mut timing = ServerTiming::default();
        if config.server_timing {
            timing = ServerTiming::new(config.clock.clone());
            request.extensions_mut().insert(timing.clone());
        }
        let watch = config.reports.as_ref().map(|reports| {
            let watch = |head: &_| Watch::new(config, reports, start, head);
            Box::new(with_head(request, watch))
        });
        Self {
            config: Arc::clone(config),
            start,
            asked,
            timing,
            watch,
            kept,
        }
    }

    /// Says how long the response took. The body takes the watch with it.
    fn finish<B: Body>(&mut self, response: Response<B>) -> Response<ResponseTimeBody<B>> {
        let (mut head, body) = response.into_parts();
        let mut watch = self.watch.take();
        let config = &*self.config;
        if config.switch.skips(self.kept.as_deref(), &head) {
            Plan::off(Off::Skipped).log();
            if let Some(watch) = watch {
                watch.skip();
            }
            return Response::from_parts(head, ResponseTimeBody::untouched(body));
        }
        let elapsed = config.clock.now().saturating_duration_since(self.start);
        let length = body.size_hint().exact();
        let slow_after = watch.as_deref().map(Watch::slow_after);
        let mut plan = plan::decide(config, self.asked, slow_after, &head, length);
        send(config, &mut plan, &mut head.headers, elapsed, &self.timing);
        plan.log();
        if let Some(watch) = &mut watch {
            let has_ended = plan.trailer != FieldPlan::Send && body.is_end_stream();
            watch.head(&head, elapsed, length, has_ended, plan.is_live);
        }
        let trailer = (plan.trailer == FieldPlan::Send).then(|| {
            Box::new(Trailer {
                config: Arc::clone(&self.config),
                start: self.start,
            })
        });
        Response::from_parts(head, ResponseTimeBody::new(body, watch, trailer))
    }
}

/// Sends how long the response took, unless the handler did. The handler's own `Server-Timing`
/// lines stay, and this adds one line. A head with no room left stays as it is, and the plan says
/// so.
#[inline(always)]
fn send(
    config: &Config,
    plan: &mut Plan,
    fields: &mut HeaderMap,
    elapsed: Duration,
    timing: &ServerTiming,
) {
    const FULL: FieldPlan = FieldPlan::Omit(Reason::TooManyFields);
    if let (FieldPlan::Send, Some(name)) = (plan.header, &config.header) {
        plan.header = match fields.try_entry(name) {
            Ok(Entry::Vacant(place)) => place
                .try_insert(config.header_value(elapsed))
                .map_or(FULL, |_| FieldPlan::Send),
            Ok(Entry::Occupied(_)) => FieldPlan::Omit(Reason::AlreadySet),
            Err(_) => FULL,
        };
    }
    if plan.server_timing == FieldPlan::Send {
        let line = config.timing_value(elapsed, timing);
        if fields.try_append(SERVER_TIMING, line).is_err() {
            plan.server_timing = FULL;
        }
    }
    if plan.trailer == FieldPlan::Send {
        announce(fields);
    }
}

/// Without the announcement an HTTP/1.1 server leaves the trailer out.
fn announce(fields: &mut HeaderMap) {
    let _ = fields.try_append(TRAILER, HeaderValue::from_static("server-timing"));
}
