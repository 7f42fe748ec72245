//! The service: waits for the response, tags it, compares it, and hands it on.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::header::{ETAG, IF_RANGE, RANGE};
use http::{HeaderMap, Request, Response, response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::asked::Asked;
use super::before;
use super::body::EtagBody;
use super::compare;
use super::config::{Config, Strength};
use super::known;
use super::plan::{self, Decision, Plan, Reason};
use super::refusal;
use crate::body::gather::{Gather, Waiting};
use crate::body::replay::Replay;
use crate::marks::nonce::NonceUsed;
use crate::matcher::Off;
use crate::rules::entity_tag::EntityTag;
use crate::rules::not_modified;
use crate::rules::preconditions::Verdict;
use crate::rules::validators::{Validators, fix_last_modified};

/// Tags the responses of the inner service, and sends 304 when the client already has one; made by
/// [`EtagLayer`](super::EtagLayer).
///
/// See the [module docs](super) for what it does.
#[derive(Clone)]
pub struct Etag<S> {
    inner: S,
    config: Arc<Config>,
}

impl<S> Etag<S> {
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

    /// Takes the inner service out of the layer.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S: fmt::Debug> fmt::Debug for Etag<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Etag")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Etag<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Body,
{
    type Response = Response<EtagBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ResBody>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let config = Arc::clone(&self.config);
        if let Some(off) = config.switch.off(&mut request) {
            report_off(off);
            return ResponseFuture::off(self.inner.call(request), config);
        }
        let asked = Asked::read_of_reads(&request);
        if before::depends_on_own_tag(&asked, &config) {
            remove_range(request.headers_mut());
        }
        ResponseFuture::new(self.inner.call(request), config, asked, None)
    }
}

pin_project! {
    /// Response future of [`Etag`].
    pub struct ResponseFuture<F, B: Body> {
        #[pin]
        inner: F,
        config: Arc<Config>,
        // `None` where the layer is off for the request.
        asked: Option<Asked>,
        // For the response, where they were known before the handler.
        known: Option<Box<Validators>>,
        // Invariant: filled once the inner future is done, until its body was read.
        waiting: Waiting<B>,
    }
}

impl<F, B: Body> ResponseFuture<F, B> {
    #[inline(always)]
    pub(super) fn new(
        inner: F,
        config: Arc<Config>,
        asked: Asked,
        known: Option<Validators>,
    ) -> Self {
        Self {
            inner,
            config,
            asked: Some(asked),
            known: known.map(Box::new),
            waiting: Waiting::none(),
        }
    }

    /// Of a request for which the layer is off.
    #[inline]
    pub(super) const fn off(inner: F, config: Arc<Config>) -> Self {
        Self {
            inner,
            config,
            asked: None,
            known: None,
            waiting: Waiting::none(),
        }
    }
}

impl<F, B, E> Future for ResponseFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body,
{
    type Output = Result<Response<EtagBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(asked) = this.asked else {
            return this
                .inner
                .poll(cx)
                .map_ok(|response| response.map(EtagBody::pass));
        };
        let mut gather = match this.waiting.take() {
            Some(gather) => gather,
            None => {
                let (mut head, body) = ready!(this.inner.poll(cx))?.into_parts();
                NonceUsed::leave_if(asked.nonce.as_ref(), &mut head.extensions);
                if let Some(validators) = this.known {
                    known::add_validators(&mut head, validators);
                }
                match plan::decide(this.config, asked, &head, &body.size_hint()) {
                    Decision::Tag { length } => Gather::new(head, body, length, ()),
                    Decision::Pass(reason) => {
                        let body = EtagBody::pass(body);
                        let plan = Plan::Pass(reason);
                        let body = conclude(this.config, asked, &mut head, body, None, plan);
                        return Poll::Ready(Ok(Response::from_parts(head, body)));
                    }
                }
            }
        };
        if gather.poll_body(cx).is_pending() {
            this.waiting.keep(gather);
            return Poll::Pending;
        }
        let tag = make_tag(this.config, &gather.body, gather.length);
        let body = EtagBody::replay(gather.body);
        let head = &mut gather.head;
        let body = conclude(this.config, asked, head, body, tag, Plan::Tag);
        Poll::Ready(Ok(Response::from_parts(gather.head, body)))
    }
}

impl<F, B: Body> fmt::Debug for ResponseFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

/// The tag of a body that came to a clean end at the length that it said.
fn make_tag<B: Body>(config: &Config, body: &Replay<B>, length: u64) -> Option<EntityTag> {
    let is_as_said = body.complete_length() == Some(length);
    let strength = config.strength.filter(|_| is_as_said)?;
    let data = body.data().map(|data| &data[..]);
    Some(config.hasher.tag(data, strength == Strength::Weak))
}

/// Adds the `tag` to the head, compares the response with the conditions of its request, and turns
/// it into what they ask for.
fn conclude<B: Body>(
    config: &Config,
    asked: &Asked,
    head: &mut response::Parts,
    body: EtagBody<B>,
    tag: Option<EntityTag>,
    plan: Plan,
) -> EtagBody<B> {
    let is_read = asked.method.is_read();
    if !is_read || plan == Plan::Pass(Reason::OptedOut) {
        report_pass(plan);
        return body;
    }
    fix_last_modified(&mut head.headers, || config.clock.now());
    let mut verdict = compare::verdict(config, asked, head, tag.as_ref(), plan);
    // A head with no room left gets no tag.
    if let Some(Err(_)) = tag.map(|tag| head.headers.try_insert(ETAG, tag.into())) {
        verdict = compare::verdict(config, asked, head, None, plan);
    }
    crate::trace::debug!(%plan, %verdict, "etag");
    match verdict {
        Verdict::Perform | Verdict::PerformWithoutRange => body,
        Verdict::NotModified(_) => {
            let hint = body.size_hint().exact();
            not_modified::of_response(head, hint, asked.is_head());
            EtagBody::withheld()
        }
        Verdict::Failed(_) => EtagBody::refusal(refusal::to_failed(head, asked.is_head())),
    }
}

/// Lets the handler send the full representation.
pub(super) fn remove_range(fields: &mut HeaderMap) {
    fields.remove(RANGE);
    fields.remove(IF_RANGE);
}

/// Logs that the layer leaves a response alone.
fn report_pass(plan: Plan) {
    crate::trace::debug!(%plan, verdict = %Verdict::Perform, "etag");
}

/// Logs that the layer is off for a request.
pub(super) fn report_off(off: Off) {
    report_pass(Plan::Pass(off.into()));
}
