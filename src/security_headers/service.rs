//! The service: waits for the response, and lays its fields over those of the layer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Method, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower::Service;

use super::field::Policies;
use super::layer::Config;
use super::nonce::CspNonce;
use super::overriding::SecurityOverride;
use crate::marks::nonce::{NonceRead, NonceUsed};
use crate::rules::{status, unrepeatable};

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
        let mut is_secure = true;
        if let Some(asked) = &self.config.is_secure {
            let (head, body) = request.into_parts();
            is_secure = asked.holds(&head);
            request = Request::from_parts(head, body);
        }
        let has_nonces = self.config.template.has_nonces();
        let nonce = has_nonces.then(|| CspNonce::provide(request.extensions_mut()));
        ResponseFuture {
            is_connect: *request.method() == Method::CONNECT,
            inner: self.inner.call(request),
            config: Arc::clone(&self.config),
            is_secure,
            nonce,
        }
    }
}

pin_project! {
    /// Response future of [`SecurityHeaders`].
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        config: Arc<Config>,
        is_secure: bool,
        is_connect: bool,
        // `None` where no policy has nonces.
        nonce: Option<CspNonce>,
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
        // Of an interim answer, a switch of protocols or a tunnel, no browser keeps a policy.
        if status::is_interim_or_tunnel(response.status(), *this.is_connect) {
            return Poll::Ready(Ok(response));
        }
        let template = &this.config.template;
        let policies = match this.nonce {
            Some(nonce) => policies(response.status(), nonce),
            None => Policies::Plain,
        };
        match response.extensions().get::<SecurityOverride>() {
            None => template.apply(response.headers_mut(), *this.is_secure, policies),
            Some(wanted) => {
                let wanted = wanted.clone();
                wanted.apply(template, response.headers_mut(), *this.is_secure, policies);
            }
        }
        if let Some(nonce) = this.nonce {
            let read = nonce.mark();
            NonceUsed::leave_if(read, response.extensions_mut());
            if read.is_some_and(NonceRead::is_noted) {
                unrepeatable::forbid_reuse(response.headers_mut());
            }
        }
        Poll::Ready(Ok(response))
    }
}

/// RFC 9111 §3.2:
///
/// > When doing so, the cache MUST add each header field in the provided response to the stored
/// > response, replacing field values that are already present
///
/// so the policy of a 304 would replace that of a page which the client has, and whose nonce it has.
fn policies(status: StatusCode, nonce: &CspNonce) -> Policies<'_> {
    match nonce.drawn() {
        _ if status == StatusCode::NOT_MODIFIED => Policies::WithoutThoseOfNonces,
        Some(nonces) => Policies::Spliced(nonces),
        None => Policies::Plain,
    }
}
