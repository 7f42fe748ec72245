//! The body of a response that went through the layer.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower::BoxError;

use super::filter::Filter;
use super::strainer::Strainer;
use crate::body::peek::Replay;
use crate::body::source::Source;

pin_project! {
    /// The body of a response from [`StripNulls`](super::StripNulls).
    ///
    /// See the [module docs](super) for what happens to it.
    pub struct StripNullsBody<B: Body> {
        #[pin]
        source: Source<B>,
        // `None` where the body is sent as it is, or was stripped as a whole.
        strainer: Option<Box<Strainer>>,
    }
}

impl<B: Body> StripNullsBody<B> {
    /// `body` as it is.
    pub(super) const fn pass(body: B) -> Self {
        Self::new(Source::inner(body))
    }

    /// `body` as it is, from its first frame on.
    pub(super) fn pass_peeked(body: Replay<B>) -> Self {
        Self::new(Source::peeked(body))
    }

    /// Another body in its place, of which all is at hand.
    pub(super) const fn whole(body: Bytes) -> Self {
        Self::new(Source::Whole { body })
    }

    /// No body, in the place of one that would be stripped.
    pub(super) const fn withheld() -> Self {
        Self::new(Source::Withheld)
    }

    /// The body as it comes through a filter. The head promised `declared` bytes, at least, before.
    pub(super) fn streamed(mut self, filter: Filter, declared: u64) -> Self {
        self.strainer = Some(Box::new(Strainer::new(filter, declared)));
        self
    }

    const fn new(source: Source<B>) -> Self {
        Self {
            source,
            strainer: None,
        }
    }
}

impl<B> Body for StripNullsBody<B>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        match this.strainer {
            Some(strainer) => strainer.poll_frame(this.source, cx),
            None => this.source.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.strainer {
            Some(strainer) => strainer.has_ended(),
            None => self.source.is_end_stream(),
        }
    }

    /// Of what comes through a filter nothing is known before it is there.
    fn size_hint(&self) -> SizeHint {
        match &self.strainer {
            Some(strainer) if strainer.has_ended() => SizeHint::with_exact(0),
            Some(_) => SizeHint::new(),
            None => self.source.size_hint(),
        }
    }
}

impl<B: Body> fmt::Debug for StripNullsBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripNullsBody")
            .field("streamed", &self.strainer.is_some())
            .finish_non_exhaustive()
    }
}
