//! The service: asks, waits for the response, decides, and hands on.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response, StatusCode, response};
use http_body::{Body, SizeHint};
use pin_project_lite::pin_project;
use tower::Service;

use super::body::CompressionBody;
use super::coding::Coding;
use super::config::{Config, StrongEtags};
use super::content_types;
use super::encoder::{self, Encoder};
use super::etags::{self, SentTags};
use super::head;
use super::plan::{self, Asked, Plan, Reason};
use crate::body::peek::Replay;

/// Compresses the response bodies of the inner service; made by
/// [`CompressionLayer`](super::CompressionLayer).
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
            StrongEtags::Suffix if asked.has_conditions => {
                etags::join_unmarked(request.headers_mut())
            }
            StrongEtags::Suffix | StrongEtags::Weaken => None,
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
                etags::echo(&mut head.headers, sent, this.asked.coding(this.config));
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
    let plan = plan::plan(config, asked, head, &size);
    let look_ahead = match plan {
        Plan::Encode(_) => plan::look_ahead(config, asked, &head.headers, &size),
        Plan::Pass(_) => None,
    };
    let Some(limit) = look_ahead else {
        return carry_out(config, asked, head, plan, Given::Unseen(body), size.exact());
    };
    let body = Replay::peek(body, limit, cx);
    let found = body.complete_length();
    let plan = found.map_or(plan, |length| {
        plan::plan(config, asked, head, &SizeHint::with_exact(length))
    });
    carry_out(
        config,
        asked,
        head,
        plan,
        Given::Peeked(body),
        found.or(size.exact()),
    )
}

/// The handler's body, as far as it was looked at.
enum Given<B: Body> {
    Peeked(Replay<B>),
    Unseen(B),
}

/// What takes the place of the handler's body, or goes between it and the client.
enum Coded {
    Nothing,
    Stream(Encoder),
    Whole(Bytes),
}

/// Does to head and body what `plan` says. `length` is that of the body, where it is certain.
fn carry_out<B: Body>(
    config: &Config,
    asked: &Asked,
    head: &mut response::Parts,
    plan: Plan,
    body: Given<B>,
    length: Option<u64>,
) -> CompressionBody<B> {
    let (plan, coded) = match plan {
        Plan::Encode(coding) if !asked.is_head => {
            match encode(config, asked, coding, &body, length) {
                Ok(coded) => (plan, coded),
                Err(reason) => (Plan::Pass(reason), Coded::Nothing),
            }
        }
        Plan::Encode(_) | Plan::Pass(_) => (plan, Coded::Nothing),
    };
    let plan = head::dress(&mut head.headers, plan, config.strong_etags);
    report(plan);
    match (plan, coded) {
        (Plan::Pass(_), _) => body.into(),
        (Plan::Encode(_), Coded::Nothing) => CompressionBody::withheld(),
        (Plan::Encode(_), Coded::Stream(encoder)) => {
            let prompt = content_types::is_live(&head.headers);
            CompressionBody::from(body).streamed(encoder, prompt)
        }
        (Plan::Encode(_), Coded::Whole(coded)) => {
            head::set_length(&mut head.headers, coded.len());
            CompressionBody::whole(coded)
        }
    }
}

/// Encodes a whole body that is at hand and small enough, or makes an encoder for its stream.
fn encode<B: Body>(
    config: &Config,
    asked: &Asked,
    coding: Coding,
    body: &Given<B>,
    length: Option<u64>,
) -> Result<Coded, Reason> {
    let settings = config.encoder(coding);
    let whole = match body {
        Given::Peeked(body) => body.whole(),
        Given::Unseen(_) => None,
    };
    let Some((whole, length)) = whole.zip(length.filter(|&length| length <= config.one_shot))
    else {
        let encoder = Encoder::new(settings, length).ok_or(Reason::NoEncoder)?;
        return Ok(Coded::Stream(encoder));
    };
    let coded = encoder::encode_whole(settings, length, whole).ok_or(Reason::NoEncoder)?;
    if coded.len() as u64 >= length && !asked.refuses_identity(config) {
        return Err(Reason::NotSmaller);
    }
    Ok(Coded::Whole(coded))
}

impl<B: Body> From<Given<B>> for CompressionBody<B> {
    fn from(body: Given<B>) -> Self {
        match body {
            Given::Peeked(body) => Self::pass_peeked(body),
            Given::Unseen(body) => Self::pass(body),
        }
    }
}

/// Makes the decision visible.
fn report(plan: Plan) {
    #[cfg(feature = "tracing")]
    tracing::debug!(?plan, "compression");
    #[cfg(not(feature = "tracing"))]
    let _ = plan;
}
