//! The service: asks, waits for the response, tags it, compares, and hands on.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::SystemTime;

use http::header::{ETAG, IF_RANGE, RANGE};
use http::{HeaderMap, Request, Response, response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::answer;
use super::before;
use super::body::EtagBody;
use super::conditional;
use super::config::Config;
use super::hasher::{self, Hasher, Md5};
use super::plan::{self, Asked, Plan};
use super::preconditions::Verdict;
use super::resolver::NoResolver;
use crate::body::gather::{Gather, Waiting};
use crate::body::replay::Replay;
use crate::marks::nonce::NonceUsed;

/// Tags the responses of the inner service, and answers 304 to who has them already; made by
/// [`EtagLayer`](super::EtagLayer).
///
/// See the [module docs](super) for what it does.
pub struct Etag<S, H = Md5, R = NoResolver> {
    pub(super) inner: S,
    pub(super) config: Arc<Config<H>>,
    pub(super) resolver: R,
}

impl<S, H, R> Etag<S, H, R> {
    pub(super) const fn new(inner: S, config: Arc<Config<H>>, resolver: R) -> Self {
        Self {
            inner,
            config,
            resolver,
        }
    }
}

impl<S: Clone, H, R: Clone> Clone for Etag<S, H, R> {
    fn clone(&self) -> Self {
        Self::new(
            self.inner.clone(),
            Arc::clone(&self.config),
            self.resolver.clone(),
        )
    }
}

impl<S: fmt::Debug, H, R> fmt::Debug for Etag<S, H, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Etag")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl<S, H, ReqBody, ResBody> Service<Request<ReqBody>> for Etag<S, H>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    H: Hasher,
    ResBody: Body,
{
    type Response = Response<EtagBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ResBody, H>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let asked = Asked::read(request.method(), request.headers(), request.extensions());
        if before::depends_on_own_tag(&asked, &self.config) {
            remove_range(request.headers_mut());
        }
        ResponseFuture::new(self.inner.call(request), Arc::clone(&self.config), asked)
    }
}

pin_project! {
    /// Response future of [`Etag`].
    pub struct ResponseFuture<F, B: Body, H = Md5> {
        #[pin]
        inner: F,
        config: Arc<Config<H>>,
        asked: Asked,
        // Invariant: filled once the inner future is done, until its body was read.
        waiting: Waiting<B>,
    }
}

impl<F, B: Body, H> ResponseFuture<F, B, H> {
    pub(super) const fn new(inner: F, config: Arc<Config<H>>, asked: Asked) -> Self {
        Self {
            inner,
            config,
            asked,
            waiting: Waiting::none(),
        }
    }
}

impl<F, B, E, H> Future for ResponseFuture<F, B, H>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body,
    H: Hasher,
{
    type Output = Result<Response<EtagBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut gather = match this.waiting.take() {
            Some(gather) => gather,
            None => {
                let (mut head, body) = ready!(this.inner.poll(cx))?.into_parts();
                NonceUsed::leave_if(this.asked.nonce.as_ref(), &mut head.extensions);
                if let Some(validators) = &this.asked.validators {
                    answer::validate(&mut head, validators);
                }
                let size = body.size_hint();
                let plan = plan::plan(this.config, this.asked, &head, &size);
                let (Plan::Tag, Some(length)) = (plan, size.exact()) else {
                    let body = EtagBody::pass(body);
                    return Poll::Ready(Ok(conclude(this.config, this.asked, head, body, plan)));
                };
                Gather::new(head, body, length, ())
            }
        };
        if gather.poll_body(cx).is_pending() {
            this.waiting.keep(gather);
            return Poll::Pending;
        }
        let Gather {
            mut head,
            body,
            length,
            ..
        } = gather;
        tag(this.config, &mut head, &body, length);
        let body = EtagBody::replay(body);
        Poll::Ready(Ok(conclude(this.config, this.asked, head, body, Plan::Tag)))
    }
}

impl<F, B: Body, H> fmt::Debug for ResponseFuture<F, B, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

/// Gives the response its tag, if its body came to a clean end at the length that it said. A head with
/// no room left stays as it is.
fn tag<B: Body, H: Hasher>(
    config: &Config<H>,
    head: &mut response::Parts,
    body: &Replay<B>,
    length: u64,
) {
    let is_as_said = body.complete_length() == Some(length);
    let Some(strength) = config.strength.filter(|_| is_as_said) else {
        return;
    };
    let digest = config.hasher.digest(body.data().map(|data| &data[..]));
    let _ = head
        .headers
        .try_insert(ETAG, hasher::tag(digest.as_ref(), strength));
}

/// Compares the response with the conditions of its request, and makes of it what they ask for.
fn conclude<B: Body, H>(
    config: &Config<H>,
    asked: &Asked,
    mut head: response::Parts,
    body: EtagBody<B>,
    plan: Plan,
) -> Response<EtagBody<B>> {
    if asked.is_get_or_head() {
        conditional::fix_last_modified(&mut head.headers, SystemTime::now);
    }
    let verdict = conditional::verdict(config, asked, &head, plan);
    report(plan, verdict);
    let body = match verdict {
        Verdict::Perform | Verdict::PerformWithoutRange => body,
        Verdict::NotModified(_) => {
            let hint = body.size_hint().exact();
            conditional::whole_to_not_modified(&mut head, hint, asked.is_head());
            EtagBody::withheld()
        }
        Verdict::Failed(_) => EtagBody::refusal(conditional::to_failed(&mut head, asked.is_head())),
    };
    Response::from_parts(head, body)
}

/// Has the handler send the full representation.
pub(super) fn remove_range(fields: &mut HeaderMap) {
    fields.remove(RANGE);
    fields.remove(IF_RANGE);
}

/// Makes the decisions visible.
fn report(plan: Plan, verdict: Verdict) {
    #[cfg(feature = "tracing")]
    tracing::debug!(?plan, ?verdict, "etag");
    #[cfg(not(feature = "tracing"))]
    let _ = (plan, verdict);
}
