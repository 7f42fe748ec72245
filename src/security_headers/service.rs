//! The service: waits for the response, and lays its fields over those of the layer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower::Service;

use super::layer::Config;
use super::overriding::SecurityOverride;

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
        ResponseFuture {
            inner: self.inner.call(request),
            config: Arc::clone(&self.config),
            is_secure,
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
        let template = &this.config.template;
        match response.extensions().get::<SecurityOverride>() {
            None => template.apply(response.headers_mut(), *this.is_secure),
            Some(wanted) => {
                let wanted = wanted.clone();
                wanted.apply(template, response.headers_mut(), *this.is_secure);
            }
        }
        Poll::Ready(Ok(response))
    }
}
