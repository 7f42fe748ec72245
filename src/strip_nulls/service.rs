//! The service: asks, waits for the response, decides, and hands on.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response, response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::body::StripNullsBody;
use super::config::Config;
use super::content_types::Form;
use super::filter::Filter;
use super::plan::{self, Asked, Decision};
use super::report;
use super::strip_body::StripBody;
use crate::body::gather::{Gather, Waiting};
use crate::body::replay::Replay;
use crate::body::rewritten::Rewritten;
use crate::fields::content_length;
use crate::rules::transform::{self, Change};

/// Removes from the JSON responses of the inner service what is not there; made by
/// [`StripNullsLayer`](super::StripNullsLayer).
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
pub struct StripNulls<S> {
    inner: S,
    config: Arc<Config>,
}

impl<S> StripNulls<S> {
    pub(super) const fn new(inner: S, config: Arc<Config>) -> Self {
        Self { inner, config }
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for StripNulls<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Body,
{
    type Response = Response<StripNullsBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ResBody>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        ResponseFuture {
            asked: Asked::read(request.method(), request.extensions()),
            inner: self.inner.call(request),
            config: Arc::clone(&self.config),
            waiting: Waiting::none(),
        }
    }
}

pin_project! {
    /// Response future of [`StripNulls`].
    pub struct ResponseFuture<F, B: Body> {
        #[pin]
        inner: F,
        config: Arc<Config>,
        asked: Asked,
        // Invariant: filled once the inner future is done, until its body was read.
        waiting: Waiting<B, Form>,
    }
}

impl<F, B, E> Future for ResponseFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body,
{
    type Output = Result<Response<StripNullsBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut gather = match this.waiting.take() {
            Some(gather) => gather,
            None => {
                let response = ready!(this.inner.poll(cx))?;
                match begin(this.config, *this.asked, response, cx) {
                    Begun::Done(head, body) => return Poll::Ready(Ok(answer(head, body))),
                    Begun::Gather(gather) => gather,
                }
            }
        };
        if gather.poll_body(cx).is_pending() {
            this.waiting.keep(gather);
            return Poll::Pending;
        }
        let (head, body) = finish(this.config, *this.asked, gather);
        Poll::Ready(Ok(answer(head, body)))
    }
}

impl<F, B: Body> fmt::Debug for ResponseFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

/// What is known of an answer when its head is there.
enum Begun<B: Body> {
    Done(response::Parts, Rewritten<B, StripBody>),
    Gather(Gather<B, Form>),
}

/// Decides about a response, and carries it out where that does not take its whole body.
fn begin<B: Body>(
    config: &Config,
    asked: Asked,
    response: Response<B>,
    cx: &mut Context<'_>,
) -> Begun<B> {
    let (mut head, body) = response.into_parts();
    let size = body.size_hint();
    let decision = plan::decide(config, asked, &head, &size);
    report::decided(decision);
    let Decision::Strip(form) = decision else {
        return Begun::Done(head, Rewritten::pass(body));
    };
    match size.exact() {
        Some(length) if (1..=config.whole_limit).contains(&length) => {
            Begun::Gather(Gather::new(head, body, length, form))
        }
        // A body in one frame needs no room to be searched.
        Some(length) if length > 0 => {
            let body = Replay::peek(body, 1, cx);
            let declared = declared(&head, Some(length));
            let text = whole(&body).filter(|text| text.len() as u64 >= declared);
            match text.filter(|text| !config.rules.may_change(text)) {
                Some(text) => {
                    transform::drop_framing(&mut head.headers);
                    Begun::Done(head, Rewritten::replaced_by(text))
                }
                None => {
                    let body = Rewritten::replay(body);
                    let body = stream(config, asked, form, &mut head, body, declared);
                    Begun::Done(head, body)
                }
            }
        }
        hint => {
            let declared = declared(&head, hint);
            let body = Rewritten::pass(body);
            let body = stream(config, asked, form, &mut head, body, declared);
            Begun::Done(head, body)
        }
    }
}

/// How long the body was said to be, at least, by its head and by itself.
fn declared(head: &response::Parts, hint: Option<u64>) -> u64 {
    let declared = content_length::declared(&head.headers);
    declared.max(hint).unwrap_or(0)
}

/// Strips a body that was read as a whole, if it came to its end as it said.
fn finish<B: Body>(
    config: &Config,
    asked: Asked,
    gather: Gather<B, Form>,
) -> (response::Parts, Rewritten<B, StripBody>) {
    let Gather {
        mut head,
        body,
        length,
        known: form,
    } = gather;
    let declared = declared(&head, Some(length));
    let Some(text) = whole(&body).filter(|text| text.len() as u64 >= declared) else {
        let body = Rewritten::replay(body);
        let body = stream(config, asked, form, &mut head, body, declared);
        return (head, body);
    };
    let stripped = match form {
        Form::Text => config.rules.strip(&text),
        Form::Sequence => config.rules.strip_sequence(&text),
    };
    transform::drop_framing(&mut head.headers);
    let body = match stripped {
        Ok(stripped) if stripped.len() < text.len() => {
            transform::fix_head(&mut head.headers, Change::Content);
            transform::set_length(&mut head.headers, stripped.len());
            Rewritten::replaced_by(stripped)
        }
        Ok(_) => Rewritten::replaced_by(text),
        Err(stop) => {
            report::stopped(stop);
            Rewritten::replaced_by(text)
        }
    };
    (head, body)
}

/// The data of a body that was read to its clean end and has nothing but data; most have it in one frame.
fn whole<B: Body>(body: &Replay<B>) -> Option<Bytes> {
    let mut frames = body.frames()?;
    let first = frames.next()?;
    let Some(second) = frames.next() else {
        return Some(first.clone());
    };
    let mut text = [first.as_ref(), second].concat();
    frames.for_each(|frame| text.extend_from_slice(frame));
    Some(text.into())
}

/// Strips a body while it passes. The head promised `declared` bytes, at least.
fn stream<B: Body>(
    config: &Config,
    asked: Asked,
    form: Form,
    head: &mut response::Parts,
    body: Rewritten<B, StripBody>,
    declared: u64,
) -> Rewritten<B, StripBody> {
    transform::fix_head(&mut head.headers, Change::Content);
    if asked.is_head {
        return Rewritten::withheld();
    }
    let filter = match form {
        Form::Text => Filter::new(&config.rules),
        Form::Sequence => Filter::sequence(&config.rules),
    };
    body.through(StripBody::new(filter), declared)
}

fn answer<B: Body>(
    head: response::Parts,
    body: Rewritten<B, StripBody>,
) -> Response<StripNullsBody<B>> {
    Response::from_parts(head, StripNullsBody::new(body))
}
