//! The service: waits for the response, and carries out what is decided of its head.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Method, Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::config::Config;
use super::decision::{Answered, Asked, decide, wanted};
use super::https::Https;
use super::nonce::CspNonce;
use crate::marks::nonce::NonceUsed;
use crate::marks::scheme::Scheme;
use crate::matcher::with_response_head;

/// Sends security fields with the responses of the inner service; made by
/// [`SecurityHeadersLayer`](super::SecurityHeadersLayer).
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
pub struct SecurityHeaders<S> {
    inner: S,
    config: Arc<Config>,
}

impl<S> SecurityHeaders<S> {
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

    /// Takes the inner service out.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for SecurityHeaders<S>
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
        let config = &self.config;
        let off = config.switch.off(&mut request);
        if off.is_some() {
            crate::trace::debug!(
                plan = off.map(super::plan::Plan::off).map(tracing::field::display),
                "security_headers",
            );
            return ResponseFuture {
                inner: self.inner.call(request),
                work: None,
            };
        }
        let asked = Asked {
            kept: config.switch.keep(&mut request),
            is_connect: *request.method() == Method::CONNECT,
            scheme: scheme(config, &mut request),
            nonce: match config.template.has_nonces() {
                true => Some(CspNonce::provide(request.extensions_mut())),
                false => None,
            },
        };
        ResponseFuture {
            inner: self.inner.call(request),
            work: Some(Work {
                config: Arc::clone(config),
                asked,
            }),
        }
    }
}

/// The scheme of a request, which is left for the layers further in.
#[inline]
fn scheme<B>(config: &Config, request: &mut Request<B>) -> Scheme {
    match &config.https {
        None => Scheme::Unknown,
        Some(Https::Unknown) => Scheme::of(request.extensions()),
        Some(https) => {
            let scheme = https.scheme_of(request);
            scheme.leave(request.extensions_mut());
            scheme
        }
    }
}

pin_project! {
    /// Response future of [`SecurityHeaders`].
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        // `None` where the layer is off.
        work: Option<Work>,
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<B>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.inner.poll(cx))?;
        if let Some(work) = this.work {
            work.dress(&mut response);
        }
        Poll::Ready(Ok(response))
    }
}

/// What it takes to dress a response.
#[derive(Debug)]
struct Work {
    config: Arc<Config>,
    asked: Asked,
}

impl Work {
    /// Does with a response what is decided. Values of fields stay out of the log: one may have the
    /// nonce.
    #[inline]
    fn dress<B>(&self, response: &mut Response<B>) {
        let Self { config, asked } = self;
        let answered = Answered {
            status: response.status(),
            lines: response.headers().len(),
            wanted: wanted(config, asked.scheme, response.extensions()),
            is_skipped: asked.kept.is_some() && self.is_skipped(response),
        };
        let decision = decide(config, asked, &answered);
        let fields = response.headers_mut();
        decision.apply(fields);
        crate::trace::debug!(
            plan = %decision.plan,
            scheme = %asked.scheme,
            nonce = asked.is_drawn(),
            fields = ?fields.keys().map(|name| name.as_str()).collect::<Vec<_>>(),
            "security_headers",
        );
        NonceUsed::leave_if(asked.read_flag(), response.extensions_mut());
    }

    /// Whether `skip_responses` matches.
    #[cold]
    fn is_skipped<B>(&self, response: &mut Response<B>) -> bool {
        let kept = self.asked.kept.as_deref();
        with_response_head(response, |head| self.config.switch.skips(kept, head))
    }
}
