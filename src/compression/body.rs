//! The body of a response that went through the layer.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower::BoxError;

use super::coder::{Coder, Terms};
use super::encoder::Encoder;
use crate::body::peek::Replay;
use crate::body::source::Source;

pin_project! {
    /// The body of a response from [`Compression`](super::Compression).
    ///
    /// See the [module docs](super) for what happens to it.
    pub struct CompressionBody<B: Body> {
        #[pin]
        source: Source<B>,
        // `None` where the body is sent as it is.
        coder: Option<Box<Coder>>,
    }
}

impl<B: Body> CompressionBody<B> {
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

    /// No body, in the place of one that would be encoded.
    pub(super) const fn withheld() -> Self {
        Self::new(Source::Withheld)
    }

    /// The body in the coding of an encoder.
    pub(super) fn streamed(mut self, encoder: Encoder, terms: Terms) -> Self {
        self.coder = Some(Box::new(Coder::new(encoder, terms)));
        self
    }

    const fn new(source: Source<B>) -> Self {
        Self {
            source,
            coder: None,
        }
    }
}

impl<B> Body for CompressionBody<B>
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
        match this.coder {
            Some(coder) => coder.poll_frame(this.source, cx),
            None => this.source.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.coder {
            Some(coder) => coder.has_ended(),
            None => self.source.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.coder {
            Some(coder) if coder.has_ended() => SizeHint::with_exact(0),
            Some(_) => SizeHint::new(),
            None => self.source.size_hint(),
        }
    }
}

impl<B: Body> fmt::Debug for CompressionBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompressionBody")
            .field("encoded", &self.coder.is_some())
            .finish_non_exhaustive()
    }
}
