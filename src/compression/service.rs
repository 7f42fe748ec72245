//! The service: asks, waits for the response, decides, and hands on.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response, StatusCode, response};
use http_body::{Body, SizeHint};
use pin_project_lite::pin_project;
use tower::Service;

use super::body::CompressionBody;
use super::config::{Config, StrongEtags};
use super::content_types;
use super::encoder::Encoder;
use super::etags::{self, SentTags};
use super::head;
use super::plan::{self, Asked, Plan, Reason};
use crate::body::peek::Replay;

/// Compresses the response bodies of the inner service; made by [`CompressionLayer`].
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
pub struct Compression<S> {
    inner: S,
    config: Arc<Config>,
}

impl<S> Compression<S> {
    pub(super) const fn new(inner: S, config: Arc<Config>) -> Self {
        Self { inner, config }
    }

    /// Reads what matters of the request, and changes it where the inner service must not notice
    /// the coding.
    fn ask<B>(&self, mut request: Request<B>) -> (Request<B>, Asked, Option<SentTags>) {
        let mut asked = Asked::read(request.method(), request.headers(), &self.config);
        if self.config.predicate.is_some() {
            let (head, body) = request.into_parts();
            asked = asked.keep(head.clone());
            request = Request::from_parts(head, body);
        }
        let sent_tags = match self.config.strong_etags {
            StrongEtags::Suffix => etags::join_unmarked(request.headers_mut()),
            StrongEtags::Weaken => None,
        };
        (request, asked, sent_tags)
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Compression<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Body,
{
    type Response = Response<CompressionBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let (request, asked, sent_tags) = self.ask(request);
        ResponseFuture {
            inner: self.inner.call(request),
            config: Arc::clone(&self.config),
            asked,
            sent_tags,
        }
    }
}

pin_project! {
    /// Response future of [`Compression`].
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        config: Arc<Config>,
        asked: Asked,
        sent_tags: Option<SentTags>,
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body,
{
    type Output = Result<Response<CompressionBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let (mut head, body) = ready!(this.inner.poll(cx))?.into_parts();
        if let Some(sent) = this.sent_tags {
            if matches!(
                head.status,
                StatusCode::NOT_MODIFIED | StatusCode::PRECONDITION_FAILED
            ) {
                etags::echo(&mut head.headers, sent, this.asked.coding());
            }
        }
        let body = respond(this.config, this.asked, &mut head, body, cx);
        Poll::Ready(Ok(Response::from_parts(head, body)))
    }
}

/// Decides about the response, and carries it out.
fn respond<B: Body>(
    config: &Config,
    asked: &Asked,
    head: &mut response::Parts,
    body: B,
    cx: &mut Context<'_>,
) -> CompressionBody<B> {
    let size = body.size_hint();
    let mut length = size.exact();
    let mut plan = plan::plan(config, asked, head, &size);
    let is_unknown = length.is_none() && plan::content_length(&head.headers).is_none();
    let body = if is_unknown && matches!(plan, Plan::Encode(_)) {
        // As far as the threshold, and one byte at least, to tell an empty body.
        let body = Replay::peek(body, config.threshold.max(1), cx);
        length = body.complete_length();
        if let Some(length) = length {
            plan = plan::plan(config, asked, head, &SizeHint::with_exact(length));
        }
        CompressionBody::pass_peeked(body)
    } else {
        CompressionBody::pass(body)
    };
    let mut encoder = None;
    if let (Plan::Encode(coding), false) = (plan, asked.is_head) {
        encoder = Encoder::new(coding, config.level(coding), length);
        if encoder.is_none() {
            plan = Plan::Pass(Reason::NoEncoder);
        }
    }
    plan = head::dress(&mut head.headers, plan, config.strong_etags);
    report(plan);
    match (plan, encoder) {
        (Plan::Encode(_), Some(encoder)) => {
            body.encoded(encoder, content_types::is_live(&head.headers))
        }
        (Plan::Encode(_), None) => CompressionBody::withheld(),
        (Plan::Pass(_), _) => body,
    }
}

/// Makes the decision visible.
fn report(plan: Plan) {
    #[cfg(feature = "tracing")]
    tracing::debug!(?plan, "compression");
    #[cfg(not(feature = "tracing"))]
    let _ = plan;
}
