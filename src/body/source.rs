//! Where the bytes of an answer come from, once it is decided.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower::BoxError;

use super::fuse::Fuse;
use super::peek::{Replay, into_bytes};

pin_project! {
    /// Where the bytes come from.
    #[project = SourceProjection]
    pub(crate) enum Source<B: Body> {
        Inner { #[pin] body: Fuse<B> },
        // Boxed, so that a body that was not looked at is no larger for it.
        Peeked { body: Box<Replay<B>> },
        Whole { body: Bytes },
        // The answer to a HEAD request whose GET would be another body: no bytes, and no length
        // that a server could announce.
        Withheld,
    }
}

impl<B: Body> Source<B> {
    /// The body as it is.
    pub(crate) const fn inner(body: B) -> Self {
        Self::Inner {
            body: Fuse::new(body),
        }
    }

    /// The body as it is, from its first frame on.
    pub(crate) fn peeked(body: Replay<B>) -> Self {
        Self::Peeked {
            body: Box::new(body),
        }
    }
}

impl<B> Body for Source<B>
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
        match self.project() {
            SourceProjection::Inner { body } => body
                .poll_frame(cx)
                .map_ok(|frame| frame.map_data(into_bytes))
                .map_err(Into::into),
            SourceProjection::Peeked { body } => Pin::new(body).poll_frame(cx).map_err(Into::into),
            SourceProjection::Whole { body } if body.is_empty() => Poll::Ready(None),
            SourceProjection::Whole { body } => Poll::Ready(Some(Ok(Frame::data(mem::take(body))))),
            SourceProjection::Withheld => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Inner { body } => body.is_end_stream(),
            Self::Peeked { body } => body.is_end_stream(),
            Self::Whole { body } => body.is_empty(),
            Self::Withheld => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Inner { body } => body.size_hint(),
            Self::Peeked { body } => body.size_hint(),
            Self::Whole { body } => SizeHint::with_exact(body.len() as u64),
            Self::Withheld => SizeHint::new(),
        }
    }
}
