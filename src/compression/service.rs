//! The service: asks, waits for the response, decides, and carries out.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response, response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::body::CompressionBody;
use super::config::Config;
use super::decision::{Decision, decide};
use super::dress;
use super::encode::{self, Coded, CodedBody};
use super::encode_body::EncodeBody;
use super::etags;
use super::facts::Asked;
use super::plan::{Plan, Reason};
use crate::body::replay::Replay;
use crate::body::rewritten::Rewritten;
use crate::matcher::{Off, with_head};
use crate::rules::transform;

/// Compresses the response bodies of the inner service. It is made by
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

    /// The inner service.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service, to be changed.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service, without this layer.
    pub fn into_inner(self) -> S {
        self.inner
    }

    /// Reads what matters of the request, and changes it where the inner service must not notice
    /// the coding.
    fn ask<B>(&self, request: &mut Request<B>) -> Asked {
        let config = &*self.config;
        let mut asked = Asked::read(request.method(), request.uri(), request.headers(), config);
        if config.predicate.is_some() {
            asked.head = Some(Box::new(with_head(request, Clone::clone)));
        }
        let fields = request.headers_mut();
        let policy = config.strong_etags;
        if asked.has_conditions {
            let may_be_sent = |form| asked.may_be_sent(form);
            let sent = etags::join_unmarked(fields, &config.codings, policy, may_be_sent);
            asked.sent_tags = Some(sent);
        }
        if asked.has_if_range {
            let is_sent = asked.form(config).is_some();
            etags::drop_range(fields, policy, is_sent);
        }
        asked
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

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let asked = match self.config.switch.off(&mut request) {
            None => Ok(self.ask(&mut request)),
            Some(off) => Err(off),
        };
        ResponseFuture {
            inner: self.inner.call(request),
            config: Arc::clone(&self.config),
            asked,
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
        asked: Result<Asked, Off>,
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
        let body = match this.asked {
            Ok(asked) => respond(this.config, asked, &mut head, body, cx),
            Err(off) => pass(this.config, &mut head, body, Reason::from(*off)),
        };
        let body = CompressionBody::new(body);
        Poll::Ready(Ok(Response::from_parts(head, body)))
    }
}

/// Decides about the response, and carries it out.
fn respond<B: Body>(
    config: &Config,
    asked: &mut Asked,
    head: &mut response::Parts,
    body: B,
    cx: &mut Context<'_>,
) -> Rewritten<B, EncodeBody> {
    let size = body.size_hint();
    let Decision { encoding, tag } = decide(config, asked, head, &size);
    let encoding = match encoding {
        Ok(encoding) => encoding,
        Err(reason) => {
            tag.show(&mut head.headers);
            return pass(config, head, body, reason);
        }
    };
    let Some(limit) = encoding.look else {
        let coded = encode::unseen(config, &encoding, head);
        tag.show(&mut head.headers);
        return carry_out(config, head, coded, false, || Rewritten::pass(body));
    };
    let body = Replay::peek(body, limit, cx);
    let complete = body.complete_length();
    let coded = encode::seen(config, &encoding, head, complete, body.frames());
    tag.show(&mut head.headers);
    carry_out(config, head, coded, complete.is_some(), || {
        Rewritten::replay(body)
    })
}

/// Hands on the body as it is.
#[inline]
fn pass<B: Body>(
    config: &Config,
    head: &mut response::Parts,
    body: B,
    reason: Reason,
) -> Rewritten<B, EncodeBody> {
    report(reason);
    dress::passed(&mut head.headers, config, reason);
    Rewritten::pass(body)
}

/// Makes it visible why a response passes.
fn report(reason: Reason) {
    let plan = Plan::Pass(reason);
    crate::trace::debug!(%plan, "compression");
}

/// Makes the head say what is done, and the decision visible. `body` is the handler's;
/// `is_complete` tells that it was seen to its end.
fn carry_out<B: Body>(
    config: &Config,
    head: &mut response::Parts,
    coded: Result<Coded, Reason>,
    is_complete: bool,
    body: impl FnOnce() -> Rewritten<B, EncodeBody>,
) -> Rewritten<B, EncodeBody> {
    let dressed = coded.and_then(|coded| {
        dress::encoded(&mut head.headers, config, coded.label)?;
        Ok(coded)
    });
    match dressed {
        Ok(coded) => {
            crate::trace::debug!(plan = %coded.label.plan(), "compression");
            match coded.body {
                CodedBody::Withheld => Rewritten::withheld(),
                CodedBody::Whole(coded) => {
                    transform::set_length(&mut head.headers, coded.len());
                    Rewritten::replaced_by(coded)
                }
                CodedBody::Stream {
                    encoder,
                    declared,
                    is_live,
                } => {
                    let encoding = EncodeBody::new(encoder, coded.label, is_live);
                    body().through(encoding, declared)
                }
            }
        }
        Err(reason) => {
            report(reason);
            dress::passed(&mut head.headers, config, reason);
            if is_complete {
                transform::drop_framing(&mut head.headers);
            }
            body()
        }
    }
}
