//! The service: reads the request, waits for the response, decides, and carries it out.

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
use super::plan::{self, Asked, Decision, Strip};
use super::strip_body::StripBody;
use crate::body::gather::{Gather, Waiting};
use crate::body::replay::Replay;
use crate::body::rewritten::Rewritten;
use crate::rules::transform::{self, Change};

/// Removes null members from the JSON responses of the inner service; made by
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

    /// The inner service.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service, to be changed.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service, without the layer.
    pub fn into_inner(self) -> S {
        self.inner
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

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        ResponseFuture {
            asked: Asked::read(&self.config, &mut request),
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
        waiting: Waiting<B, Strip>,
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
                match begin(this.config, this.asked, response, cx) {
                    Begun::Done(response) => return Poll::Ready(Ok(response)),
                    Begun::Gather(gather) => gather,
                }
            }
        };
        if gather.poll_body(cx).is_pending() {
            this.waiting.keep(gather);
            return Poll::Pending;
        }
        Poll::Ready(Ok(strip_gathered(this.config, this.asked, gather)))
    }
}

impl<F, B: Body> fmt::Debug for ResponseFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

/// How far a response is when its head is there.
enum Begun<B: Body> {
    Done(Response<StripNullsBody<B>>),
    /// Its body is to be stripped as a whole, and is not read yet.
    Gather(Gather<B, Strip>),
}

/// Decides about a response, and carries it out where that does not take its whole body.
fn begin<B: Body>(
    config: &Config,
    asked: &Asked,
    response: Response<B>,
    cx: &mut Context<'_>,
) -> Begun<B> {
    let (head, body) = response.into_parts();
    let size = body.size_hint();
    let decision = plan::decide(config, asked, &head, &size);
    crate::trace::debug!(plan = %plan::Plan::from(decision), "strip_nulls");
    let Decision::Strip(strip) = decision else {
        return Begun::Done(finish(head, Rewritten::pass(body)));
    };
    Begun::Done(match size.exact() {
        Some(length) if (1..=config.one_shot).contains(&length) => {
            return Begun::Gather(Gather::new(head, body, length, strip));
        }
        Some(length) if length > 0 => search(config, asked, strip, head, body, cx),
        _ => stream(config, asked, strip, head, Rewritten::pass(body)),
    })
}

/// Strips a body that is too large to be stripped as a whole. One that comes in one frame needs no
/// room to be searched: where nothing can be removed, it is sent unchanged.
fn search<B: Body>(
    config: &Config,
    asked: &Asked,
    strip: Strip,
    mut head: response::Parts,
    body: B,
    cx: &mut Context<'_>,
) -> Response<StripNullsBody<B>> {
    let body = Replay::peek(body, 1, cx);
    let settings = config.rules.settings();
    match whole(&body, strip).filter(|text| !settings.may_change(text)) {
        Some(text) => {
            transform::drop_framing(&mut head.headers);
            finish(head, Rewritten::replaced_by(text))
        }
        None => stream(config, asked, strip, head, Rewritten::replay(body)),
    }
}

/// Strips a body that was read as a whole, if it came to its end as it said.
fn strip_gathered<B: Body>(
    config: &Config,
    asked: &Asked,
    gather: Gather<B, Strip>,
) -> Response<StripNullsBody<B>> {
    let Gather {
        mut head,
        body,
        known: strip,
        ..
    } = gather;
    let Some(text) = whole(&body, strip) else {
        return stream(config, asked, strip, head, Rewritten::replay(body));
    };
    let stripped = match strip.form {
        Form::Text => config.rules.strip(&text),
        Form::Sequence => config.rules.strip_sequence(&text),
    };
    transform::drop_framing(&mut head.headers);
    let body = match stripped {
        Ok(stripped) if stripped.len() < text.len() => {
            transform::fix_head(&mut head.headers, Change::Content);
            transform::set_length(&mut head.headers, stripped.len());
            stripped
        }
        Ok(_) => text,
        Err(reason) => {
            crate::trace::debug!(%reason, "strip_nulls: the body is sent as it is");
            text
        }
    };
    finish(head, Rewritten::replaced_by(body))
}

/// The data of a body that was read to its clean end, has nothing but data, and is as long as it
/// was declared to be. Most bodies have it in one frame.
fn whole<B: Body>(body: &Replay<B>, strip: Strip) -> Option<Bytes> {
    let mut frames = body.frames()?;
    let first = frames.next()?;
    let text = match frames.next() {
        None => first.clone(),
        Some(second) => {
            let mut text = [first.as_ref(), second].concat();
            frames.for_each(|frame| text.extend_from_slice(frame));
            text.into()
        }
    };
    (text.len() as u64 >= strip.declared).then_some(text)
}

/// Strips a body while it passes.
fn stream<B: Body>(
    config: &Config,
    asked: &Asked,
    strip: Strip,
    mut head: response::Parts,
    body: Rewritten<B, StripBody>,
) -> Response<StripNullsBody<B>> {
    transform::fix_head(&mut head.headers, Change::Content);
    if asked.is_head {
        return finish(head, Rewritten::withheld());
    }
    let filter = match strip.form {
        Form::Text => Filter::new(&config.rules),
        Form::Sequence => Filter::sequence(&config.rules),
    };
    finish(head, body.through(StripBody::new(filter), strip.declared))
}

fn finish<B: Body>(
    head: response::Parts,
    body: Rewritten<B, StripBody>,
) -> Response<StripNullsBody<B>> {
    Response::from_parts(head, StripNullsBody::new(body))
}
