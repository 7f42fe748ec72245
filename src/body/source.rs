//! Where the bytes of a response come from, once that is decided.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::fuse::Fuse;
use super::replay::{Replay, into_bytes};

pin_project! {
    /// Where the bytes come from. The errors are those of the inner body.
    #[project = SourceProjection]
    pub(crate) enum Source<B: Body> {
        Inner { #[pin] body: Fuse<B> },
        // Boxed, so that a body that was not looked at is no larger for it.
        Replay { body: Box<Replay<B>> },
        Whole { body: Bytes },
        // For HEAD, where GET would have another body: no bytes, and no length that a server could
        // announce.
        Withheld,
        // Of a response without a body, such as a 304. It has ended, and its length is unknown: a
        // server would announce a length of 0, which is not the length that GET would have.
        Absent,
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
    pub(crate) fn replay(body: Replay<B>) -> Self {
        Self::Replay {
            body: Box::new(body),
        }
    }
}

impl<B: Body> Body for Source<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.project() {
            SourceProjection::Inner { body } => body
                .poll_frame(cx)
                .map_ok(|frame| frame.map_data(into_bytes)),
            SourceProjection::Replay { body } => Pin::new(body).poll_frame(cx),
            SourceProjection::Whole { body } if !body.is_empty() => {
                Poll::Ready(Some(Ok(Frame::data(mem::take(body)))))
            }
            SourceProjection::Whole { .. }
            | SourceProjection::Withheld
            | SourceProjection::Absent => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Inner { body } => body.is_end_stream(),
            Self::Replay { body } => body.is_end_stream(),
            Self::Whole { body } => body.is_empty(),
            Self::Withheld => false,
            Self::Absent => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Inner { body } => body.size_hint(),
            Self::Replay { body } => body.size_hint(),
            Self::Whole { body } => SizeHint::with_exact(body.len() as u64),
            Self::Withheld | Self::Absent => SizeHint::new(),
        }
    }
}
