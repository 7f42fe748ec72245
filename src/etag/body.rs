//! The body of a response that went through the layer.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::body::fuse::Fuse;
use crate::body::peek::{Replay, into_bytes};

pin_project! {
    /// The body of a response from [`Etag`](super::Etag): the handler's body, byte for byte and frame
    /// for frame, or no body, or the text of a 412 or 428.
    pub struct EtagBody<B: Body> {
        #[pin]
        source: Source<B>,
    }
}

pin_project! {
    /// Where the bytes come from.
    #[project = SourceProjection]
    enum Source<B: Body> {
        Inner { #[pin] body: Fuse<B> },
        // Boxed, so that a body that was not read is no larger for it.
        Read { body: Box<Replay<B>> },
        // Of a 304, and of a 412 to HEAD: a server must not announce the length of this body.
        Withheld,
        Said { text: Bytes },
    }
}

impl<B: Body> EtagBody<B> {
    /// `body` as it is.
    pub(super) const fn pass(body: B) -> Self {
        Self {
            source: Source::Inner {
                body: Fuse::new(body),
            },
        }
    }

    /// `body` from its first frame on.
    pub(super) fn replay(body: Replay<B>) -> Self {
        Self {
            source: Source::Read {
                body: Box::new(body),
            },
        }
    }

    /// No body, in the place of one that the client has already.
    pub(super) const fn withheld() -> Self {
        Self {
            source: Source::Withheld,
        }
    }

    /// The layer's own words.
    pub(super) const fn said(text: Bytes) -> Self {
        Self {
            source: Source::Said { text },
        }
    }

    /// The text of a 412, which a response to HEAD does not have.
    pub(super) fn refusal(text: Option<Bytes>) -> Self {
        text.map_or_else(Self::withheld, Self::said)
    }
}

/// The default of the inner type, as it is: for layers further out that answer by themselves, as one for CORS
/// does.
impl<B: Body + Default> Default for EtagBody<B> {
    fn default() -> Self {
        Self::pass(B::default())
    }
}

impl<B: Body> Body for EtagBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.project().source.project() {
            SourceProjection::Inner { body } => body
                .poll_frame(cx)
                .map_ok(|frame| frame.map_data(into_bytes)),
            SourceProjection::Read { body } => Pin::new(body).poll_frame(cx),
            SourceProjection::Said { text } if !text.is_empty() => {
                Poll::Ready(Some(Ok(Frame::data(mem::take(text)))))
            }
            SourceProjection::Withheld | SourceProjection::Said { .. } => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Inner { body } => body.is_end_stream(),
            Source::Read { body } => body.is_end_stream(),
            Source::Withheld => true,
            Source::Said { text } => text.is_empty(),
        }
    }

    /// A withheld body has no known length: a server would announce a length of 0, which is not the
    /// length that the response to GET would have.
    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Inner { body } => body.size_hint(),
            Source::Read { body } => body.size_hint(),
            Source::Withheld => SizeHint::new(),
            Source::Said { text } => SizeHint::with_exact(text.len() as u64),
        }
    }
}

impl<B: Body> fmt::Debug for EtagBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EtagBody").finish_non_exhaustive()
    }
}
