//! The body of a response that went through the layer.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower::BoxError;

use super::strainer::Strainer;
use crate::body::rewritten::Rewritten;

pin_project! {
    /// The body of a response from [`StripNulls`](super::StripNulls).
    ///
    /// See the [module docs](super) for what happens to it.
    pub struct StripNullsBody<B: Body> {
        #[pin]
        inner: Rewritten<B, Strainer>,
    }
}

impl<B: Body> StripNullsBody<B> {
    pub(super) const fn new(inner: Rewritten<B, Strainer>) -> Self {
        Self { inner }
    }
}

/// The default of the inner type, as it is: for layers further out that answer by themselves, as one for CORS
/// does.
impl<B: Body + Default> Default for StripNullsBody<B> {
    fn default() -> Self {
        Self::new(Rewritten::pass(B::default()))
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
        self.project().inner.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl<B: Body> fmt::Debug for StripNullsBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripNullsBody")
            .field("streamed", &self.inner.is_rewritten())
            .finish_non_exhaustive()
    }
}
