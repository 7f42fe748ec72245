//! A body that may be rewritten on its way.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower::BoxError;

use super::peek::Replay;
use super::source::Source;

/// Makes other frames of those of a body.
pub(crate) trait Rewrite {
    /// The next frame. It pulls as many as it needs from `source`, whose errors it hands on.
    fn poll_frame(
        &mut self,
        source: Pin<&mut impl Body<Data = Bytes, Error = BoxError>>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>>;

    /// Whether nothing more comes.
    fn has_ended(&self) -> bool;
}

pin_project! {
    /// Where the bytes come from, and what rewrites them, if anything does.
    pub(crate) struct Rewritten<B: Body, R> {
        #[pin]
        source: Source<B>,
        // Boxed, so that a body that passes is no larger for it.
        rewriter: Option<Box<R>>,
    }
}

impl<B: Body, R> Rewritten<B, R> {
    /// `body` as it is.
    pub(crate) const fn pass(body: B) -> Self {
        Self::of(Source::inner(body))
    }

    /// `body` as it is, from its first frame on.
    pub(crate) fn pass_peeked(body: Replay<B>) -> Self {
        Self::of(Source::peeked(body))
    }

    /// Another body in its place, of which all is at hand.
    pub(crate) const fn whole(body: Bytes) -> Self {
        Self::of(Source::Whole { body })
    }

    /// No body, in the place of one that would be rewritten.
    pub(crate) const fn withheld() -> Self {
        Self::of(Source::Withheld)
    }

    /// The body, rewritten.
    pub(crate) fn through(mut self, rewriter: R) -> Self {
        self.rewriter = Some(Box::new(rewriter));
        self
    }

    pub(crate) const fn is_rewritten(&self) -> bool {
        self.rewriter.is_some()
    }

    const fn of(source: Source<B>) -> Self {
        Self {
            source,
            rewriter: None,
        }
    }
}

impl<B, R> Body for Rewritten<B, R>
where
    B: Body,
    B::Error: Into<BoxError>,
    R: Rewrite,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        match this.rewriter {
            Some(rewriter) => rewriter.poll_frame(this.source, cx),
            None => this.source.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.rewriter {
            Some(rewriter) => rewriter.has_ended(),
            None => self.source.is_end_stream(),
        }
    }

    /// Of what is rewritten nothing is known before it is there.
    fn size_hint(&self) -> SizeHint {
        match &self.rewriter {
            Some(rewriter) if rewriter.has_ended() => SizeHint::with_exact(0),
            Some(_) => SizeHint::new(),
            None => self.source.size_hint(),
        }
    }
}
