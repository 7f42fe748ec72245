//! The service: waits for the response, and lays its fields over those of the layer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{HeaderMap, Method, Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::config::{Asked, Config};
use super::https::Https;
use super::nonce::CspNonce;
use super::security_override::SecurityOverride;
use crate::marks::nonce::NonceUsed;
use crate::marks::scheme::Scheme;

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
        let scheme = match &self.config.https {
            // The head is taken apart only where something is to be asked of it.
            None => Scheme::Unknown,
            Some(Https::Unknown) => Scheme::of(request.extensions()),
            Some(https) => {
                let (head, body) = request.into_parts();
                let scheme = https.scheme(&head);
                request = Request::from_parts(head, body);
                // For the layers further in.
                scheme.leave(request.extensions_mut());
                scheme
            }
        };
        let has_nonces = self.config.template.has_nonces();
        let nonce = has_nonces.then(|| CspNonce::provide(request.extensions_mut()));
        ResponseFuture {
            asked: Asked {
                is_connect: *request.method() == Method::CONNECT,
                scheme,
                nonce,
            },
            inner: self.inner.call(request),
            config: Arc::clone(&self.config),
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
        asked: Asked,
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
        let wanted = response.extensions().get::<SecurityOverride>().cloned();
        let status = response.status();
        let fields = response.headers_mut();
        this.config
            .dress(this.asked, status, wanted.as_ref(), fields);
        report(this.asked, fields);
        NonceUsed::leave_if(this.asked.mark(), response.extensions_mut());
        Poll::Ready(Ok(response))
    }
}

/// Makes the decision visible: by which scheme, whether with a nonce, and the names of the fields. Their
/// values may hold the nonce.
fn report(asked: &Asked, fields: &HeaderMap) {
    #[cfg(feature = "tracing")]
    tracing::debug!(
        scheme = ?asked.scheme,
        nonce = asked.is_drawn(),
        fields = ?fields.keys().map(|name| name.as_str()).collect::<Vec<_>>(),
        "security_headers",
    );
    #[cfg(not(feature = "tracing"))]
    let _ = (asked, fields);
}
