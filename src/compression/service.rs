//! The service: asks, waits for the response, decides, and hands on.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response, StatusCode, request, response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::body::CompressionBody;
use super::coding::Coding;
use super::config::{Config, StrongEtags};
use super::encode_body::{EncodeBody, Terms};
use super::encoder::{self, Encoder};
use super::etags::{self, SentTags};
use super::flush::Live;
use super::head;
use super::heads::Asked;
use super::plan::{self, Confirmed, Plan, Reason};
use crate::body::replay::Replay;
use crate::body::rewritten::Rewritten;
use crate::fields::content_length;
use crate::rules::{eligible, live, transform};

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
    fn ask<B>(&self, request: &mut Request<B>) -> (Asked, Option<SentTags>) {
        let mut asked = Asked::read(request.method(), request.headers(), &self.config);
        asked.keep_target(request.uri());
        if self.config.predicate.is_some() {
            asked = asked.keep(clone_head(request));
        }
        let fields = request.headers_mut();
        let (codings, policy) = (&self.config.codings, self.config.strong_etags);
        let sent_tags = asked
            .has_conditions
            .then(|| etags::join_unmarked(fields, codings, policy, asked.may_be_sent()));
        if asked.has_if_range {
            let is_sent = asked.coding(&self.config).is_some();
            etags::drop_range(fields, policy, is_sent);
        }
        (asked, sent_tags)
    }
}

/// The head of a request, for a predicate that is asked once the response is there.
fn clone_head<B>(request: &Request<B>) -> request::Parts {
    let (mut head, ()) = Request::new(()).into_parts();
    head.method = request.method().clone();
    head.uri = request.uri().clone();
    head.version = request.version();
    head.headers = request.headers().clone();
    head.extensions = request.extensions().clone();
    head
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

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let (asked, sent_tags) = self.ask(&mut request);
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
        if speaks_of_another_body(head.status) {
            show_tag(this.config, this.asked, this.sent_tags.as_ref(), &mut head);
        }
        let body = respond(this.config, this.asked, &mut head, body, cx);
        let body = CompressionBody::new(body);
        Poll::Ready(Ok(Response::from_parts(head, body)))
    }
}

/// Gives the entity tag of a 304 or 412 the form that the client knows: the one that it sent, or, for a
/// 304 to a request that sent none, the one of the 200.
fn show_tag(config: &Config, asked: &Asked, sent: Option<&SentTags>, head: &mut response::Parts) {
    let is_304 = head.status == StatusCode::NOT_MODIFIED;
    let is_known = sent.is_some_and(|sent| {
        let may_be_sent = asked.may_be_sent();
        let may_be_sent = |coding| !is_304 || may_be_sent(coding);
        etags::echo(&mut head.headers, sent, asked.coding(config), may_be_sent)
    });
    if is_known || !is_304 {
        return;
    }
    match plan::confirmed(config, asked, head) {
        Confirmed::Identity => {}
        Confirmed::In(coding) => etags::mark(&mut head.headers, coding, config.strong_etags),
        Confirmed::Unknown => etags::drop_strong(&mut head.headers),
    }
}

/// Decides about the response, and carries it out.
fn respond<B: Body>(
    config: &Config,
    asked: &Asked,
    head: &mut response::Parts,
    body: B,
    cx: &mut Context<'_>,
) -> Rewritten<B, EncodeBody> {
    let size = body.size_hint();
    let plan = plan::plan(config, asked, head, &size);
    if matches!(plan, Plan::Pass(_)) {
        settle(config, head, plan);
        return Rewritten::pass(body);
    }
    let Some(limit) = plan::look_ahead(config, asked, &head.headers, &size) else {
        return carry_out(config, asked, head, plan, Given::Unseen(body), size.exact());
    };
    let body = Replay::peek(body, limit, cx);
    let length = eligible::known_length(None, body.complete_length(), asked.is_head);
    let plan = match length.and_then(|length| plan::too_short(config, asked, length)) {
        Some(reason) => Plan::Pass(reason),
        None => plan,
    };
    carry_out(config, asked, head, plan, Given::Peeked(body), size.exact())
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

/// Does to head and body what `plan` says. `hint` is the length that the body announced.
fn carry_out<B: Body>(
    config: &Config,
    asked: &Asked,
    head: &mut response::Parts,
    plan: Plan,
    body: Given<B>,
    hint: Option<u64>,
) -> Rewritten<B, EncodeBody> {
    let declared = content_length::declared(&head.headers).max(hint);
    let length = body.complete_length().or(hint);
    let (plan, coded) = match plan {
        Plan::Encode(coding) if !asked.is_head => {
            // What is shorter than declared is streamed, and so shown to be.
            let at_hand = body.frames().filter(|_| declared <= length);
            match encode(config, asked, coding, at_hand, length) {
                Ok(coded) => (plan, coded),
                Err(reason) => (Plan::Pass(reason), Coded::Nothing),
            }
        }
        Plan::Encode(_) | Plan::Pass(_) => (plan, Coded::Nothing),
    };
    match (settle(config, head, plan), coded) {
        (Plan::Pass(_), _) => {
            if body.complete_length().is_some() {
                transform::drop_framing(&mut head.headers);
            }
            body.into()
        }
        (Plan::Encode(_), Coded::Nothing) => Rewritten::withheld(),
        (Plan::Encode(_), Coded::Stream(encoder)) => {
            let terms = Terms {
                is_live: head.extensions.get::<Live>().is_some() || live::is_live(&head.headers),
                tags: tag_policy(config, head.status).map(|policy| (encoder.coding(), policy)),
            };
            let encoding = EncodeBody::new(encoder, terms);
            Rewritten::from(body).through(encoding, declared.unwrap_or(0))
        }
        (Plan::Encode(_), Coded::Whole(coded)) => {
            transform::set_length(&mut head.headers, coded.len());
            Rewritten::replaced_by(coded)
        }
    }
}

/// Makes the head say what is done, and the decision visible; gives what can be done.
fn settle(config: &Config, head: &mut response::Parts, plan: Plan) -> Plan {
    let tags = match plan {
        Plan::Encode(_) => tag_policy(config, head.status),
        Plan::Pass(_) => None,
    };
    let plan = head::dress(&mut head.headers, plan, tags, config.request_opt_out);
    report(plan);
    plan
}

/// What becomes of a strong entity tag, unless it is not that of the response's own body.
fn tag_policy(config: &Config, status: StatusCode) -> Option<StrongEtags> {
    (!speaks_of_another_body(status)).then_some(config.strong_etags)
}

/// Encodes a whole body that is at hand and small enough, or makes an encoder for its stream.
fn encode<'a>(
    config: &Config,
    asked: &Asked,
    coding: Coding,
    at_hand: Option<impl Iterator<Item = &'a Bytes>>,
    length: Option<u64>,
) -> Result<Coded, Reason> {
    let settings = config.encoder(coding);
    let small = length.filter(|&length| length <= config.one_shot);
    let Some((whole, length)) = at_hand.zip(small) else {
        let encoder = Encoder::new(settings, config.stream(length)).ok_or(Reason::NoEncoder)?;
        return Ok(Coded::Stream(encoder));
    };
    let coded = encoder::encode_whole(settings, length, whole).ok_or(Reason::NoEncoder)?;
    if coded.len() as u64 >= length && !asked.refuses_identity(config) {
        return Err(Reason::NotSmaller);
    }
    Ok(Coded::Whole(coded))
}

impl<B: Body> Given<B> {
    /// How long the body is, if it was seen to its end.
    fn complete_length(&self) -> Option<u64> {
        match self {
            Self::Peeked(body) => body.complete_length(),
            Self::Unseen(_) => None,
        }
    }

    /// The data, if all of it is at hand.
    fn frames(&self) -> Option<impl Iterator<Item = &Bytes>> {
        match self {
            Self::Peeked(body) => body.frames(),
            Self::Unseen(_) => None,
        }
    }
}

impl<B: Body> From<Given<B>> for Rewritten<B, EncodeBody> {
    fn from(body: Given<B>) -> Self {
        match body {
            Given::Peeked(body) => Self::replay(body),
            Given::Unseen(body) => Self::pass(body),
        }
    }
}

/// Whether an entity tag in such a response is not that of the response's own body: that of a 304 is
/// with the client, that of a 412 tells why.
const fn speaks_of_another_body(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::NOT_MODIFIED | StatusCode::PRECONDITION_FAILED
    )
}

/// Makes the decision visible.
fn report(plan: Plan) {
    #[cfg(feature = "tracing")]
    tracing::debug!(?plan, "compression");
    #[cfg(not(feature = "tracing"))]
    let _ = plan;
}
