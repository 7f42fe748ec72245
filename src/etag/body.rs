//! The body of a response that went through the layer.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::body::replay::Replay;
use crate::body::source::Source;

pin_project! {
    /// The body of a response from [`Etag`](super::Etag): the handler's body, byte for byte and
    /// frame for frame, or no body, or the text of a 412 or 428.
    pub struct EtagBody<B: Body> {
        #[pin]
        source: Source<B>,
    }
}

impl<B: Body> EtagBody<B> {
    /// `body` as it is.
    pub(super) const fn pass(body: B) -> Self {
        Self::of(Source::inner(body))
    }

    /// `body` from its first frame on.
    pub(super) fn replay(body: Replay<B>) -> Self {
        Self::of(Source::replay(body))
    }

    /// No body, in the place of one that the client has already.
    pub(super) const fn withheld() -> Self {
        Self::of(Source::Absent)
    }

    /// A text of the layer.
    pub(super) const fn said(text: Bytes) -> Self {
        Self::of(Source::Whole { body: text })
    }

    /// The text of a 412, which a response to HEAD does not have.
    pub(super) fn refusal(text: Option<Bytes>) -> Self {
        text.map_or_else(Self::withheld, Self::said)
    }

    const fn of(source: Source<B>) -> Self {
        Self { source }
    }
}

/// The default of the inner type, as it is: for layers further out that send responses of their
/// own, such as one for CORS.
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
        self.project().source.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.source.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.source.size_hint()
    }
}

impl<B: Body> fmt::Debug for EtagBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EtagBody").finish_non_exhaustive()
    }
}
