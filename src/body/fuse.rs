//! A body that is let go of as soon as it has ended.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// Polls the inner body until it ends or fails, then drops it and says `None` for ever.
    ///
    /// The contract of [`Body`] leaves open what a poll after the end does; some bodies panic.
    #[derive(Debug)]
    pub(crate) struct Fuse<B> {
        // Invariant: `None` once the inner body has ended or failed.
        #[pin]
        inner: Option<B>,
    }
}

impl<B> Fuse<B> {
    pub(crate) const fn new(inner: B) -> Self {
        Self { inner: Some(inner) }
    }
}

impl<B: Body> Body for Fuse<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let mut this = self.project();
        let Some(inner) = this.inner.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        let frame = ready!(inner.poll_frame(cx));
        if !matches!(frame, Some(Ok(_))) {
            this.inner.set(None);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}
