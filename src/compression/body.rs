//! The body of a response that went through the layer.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::encode_body::EncodeBody;
use crate::body::error::{BodyError, BoxError};
use crate::body::rewritten::Rewritten;

pin_project! {
    /// The body of a response from [`Compression`](super::Compression).
    ///
    /// See the [module docs](super) for what happens to it.
    pub struct CompressionBody<B: Body> {
        #[pin]
        inner: Rewritten<B, EncodeBody>,
    }
}

impl<B: Body> CompressionBody<B> {
    pub(super) const fn new(inner: Rewritten<B, EncodeBody>) -> Self {
        Self { inner }
    }
}

/// The default of the inner type, as it is: for outer layers that respond themselves, such as one
/// for CORS.
impl<B: Body + Default> Default for CompressionBody<B> {
    fn default() -> Self {
        Self::new(Rewritten::pass(B::default()))
    }
}

impl<B> Body for CompressionBody<B>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.project().inner.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl<B: Body> fmt::Debug for CompressionBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompressionBody")
            .field("encoded", &self.inner.is_rewritten())
            .finish_non_exhaustive()
    }
}
