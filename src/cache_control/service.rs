//! The service: waits for the response, and changes its head as a rule says.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::header::{CACHE_CONTROL, DATE, EXPIRES, PRAGMA};
use http::{Request, Response, response};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::cdn::CDN_CACHE_CONTROL;
use super::config::Config;
use super::decision::{Change, Removed};
use super::facts::{Asked, Facts};
use super::plan::{Plan, Reason};
use crate::clock::WallClock;
use crate::fields::http_date::HttpDate;
use crate::marks::nonce::{NonceRead, NonceUsed};
use crate::rules::{cache_policy, unrepeatable};

/// Tells caches what they may do with the responses of the inner service. It is made by
/// [`CacheControlLayer`](super::CacheControlLayer).
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
pub struct CacheControlService<S> {
    inner: S,
    config: Arc<Config>,
}

impl<S> CacheControlService<S> {
    pub(super) const fn new(inner: S, config: Arc<Config>) -> Self {
        Self { inner, config }
    }

    /// The inner service.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service, to be changed.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service, without the layer.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for CacheControlService<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let Config {
            switch,
            rules,
            personal,
            ..
        } = &*self.config;
        if let Some(off) = switch.off(&mut request) {
            Plan::Leave(off.into()).report();
            return ResponseFuture {
                inner: self.inner.call(request),
                pending: None,
            };
        }
        let pending = Pending {
            asked: Asked::read(
                &mut request,
                personal,
                rules.needs_head || switch.needs_head(),
            ),
            nonce: NonceRead::of(request.extensions()),
            config: Arc::clone(&self.config),
        };
        ResponseFuture {
            inner: self.inner.call(request),
            pending: Some(pending),
        }
    }
}

pin_project! {
    /// Response future of [`CacheControlService`].
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        // None where the layer is off.
        pending: Option<Pending>,
    }
}

/// What the layer knows before the response is there.
#[derive(Debug)]
struct Pending {
    config: Arc<Config>,
    asked: Asked,
    nonce: Option<NonceRead>,
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<B>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.inner.poll(cx))?;
        let Some(pending) = this.pending else {
            return Poll::Ready(Ok(response));
        };
        let (mut head, body) = response.into_parts();
        pending.settle(&mut head);
        Poll::Ready(Ok(Response::from_parts(head, body)))
    }
}

impl Pending {
    /// Decides about the response, and carries that out.
    #[inline]
    fn settle(&self, head: &mut response::Parts) {
        let Config { switch, rules, .. } = &*self.config;
        if switch.skips(Some(&self.asked.request), head) {
            return Plan::Leave(Reason::Skipped).report();
        }
        NonceUsed::leave_if(self.nonce.as_ref(), &mut head.extensions);
        let decision = rules.decide(&Facts::read(&self.asked, head));
        decision.plan.report();
        if let Some(change) = decision.change {
            apply(&change, head, &self.config.clock);
        }
        if decision.forbids_reuse {
            unrepeatable::forbid_reuse(&mut head.headers);
        }
    }
}

/// Changes the head. One with no room left stays as it is.
fn apply(change: &Change<'_>, head: &mut response::Parts, clock: &WallClock) {
    let fields = &mut head.headers;
    match change.removed {
        Removed::All => cache_policy::remove(fields),
        Removed::ForAll => cache_policy::remove_all(fields, |name| {
            matches!(*name, CACHE_CONTROL | EXPIRES | PRAGMA)
        }),
        Removed::Nothing => {}
    }
    if fields
        .try_insert(CACHE_CONTROL, change.line.clone())
        .is_err()
    {
        return;
    }
    if let Some(expires) = change.expires {
        let date = fields
            .get(DATE)
            .and_then(|date| HttpDate::parse(date.as_bytes()))
            .unwrap_or_else(|| HttpDate::of(clock.now()));
        let _ = fields.try_insert(EXPIRES, expires.after(date));
    }
    if let Some(cdn) = change.cdn {
        let _ = fields.try_insert(CDN_CACHE_CONTROL, cdn.into());
    }
}

impl Plan {
    /// Makes the decision visible.
    fn report(self) {
        crate::trace::debug!(plan = %self, "cache_control");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache_control::{CacheControl, CacheControlLayer, PolicySource};
    use crate::matcher::ResponseMatcher;

    /// Finding B. What the plan says of a response with a nonce.
    #[test]
    fn h_13_a_rule_is_named_only_if_it_was_applied_beside_a_nonce() {
        let (request, ()) = Request::new(()).into_parts();
        for (policy, said, expected) in [
            (CacheControl::no_store(), None, PolicySource::Rule(0)),
            (CacheControl::no_cache(), None, PolicySource::Nonce),
            (
                CacheControl::no_store(),
                Some("max-age=60"),
                PolicySource::Nonce,
            ),
        ] {
            let layer = CacheControlLayer::none().rule(ResponseMatcher::any(), policy.clone());
            let (mut response, ()) = Response::new(()).into_parts();
            NonceUsed::leave(&mut response.extensions);
            if let Some(said) = said {
                response
                    .headers
                    .insert(CACHE_CONTROL, said.parse().unwrap());
            }
            let found = layer.plan(&request, &response);
            assert_eq!(found, Plan::Apply(expected), "{policy}, {said:?}");
        }
    }
}
