//! That a reader waits for every piece of a response.

use http::Extensions;

/// A response extension for a stream whose reader waits for every piece, such as a log that is
/// followed line by line.
///
/// Every layer of this crate obeys it:
///
/// - compression flushes the stream whenever its body has no more to give, so that the client can
///   decode all that was written;
/// - response_time takes the response for slow only when its head is late.
///
/// Event streams, line-delimited JSON and responses with `Incremental: ?1` are live without it.
/// With the feature `axum` it can be part of a handler's response: `(Live, body)`.
///
/// # Example
///
/// ```
/// use http::{Response, header};
/// use tower_egress::Live;
///
/// let response = Response::builder()
///     .header(header::CONTENT_TYPE, "text/plain")
///     .extension(Live)
///     .body("the log, line by line")?;
/// assert!(response.extensions().get::<Live>().is_some());
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "users write it as a value, and it will never say more"
)]
pub struct Live;

impl Live {
    /// Whether the handler left the mark.
    pub(crate) fn is_in(response: &Extensions) -> bool {
        response.get::<Self>().is_some()
    }
}

/// A part of a handler's response.
///
/// # Example
///
/// ```
/// use axum::response::IntoResponse;
/// use tower_egress::Live;
///
/// async fn log() -> impl IntoResponse {
///     (Live, "the log, line by line")
/// }
/// # let response = (Live, "").into_response();
/// # assert!(response.extensions().get::<Live>().is_some());
/// ```
#[cfg(feature = "axum")]
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl axum_core::response::IntoResponseParts for Live {
    type Error = std::convert::Infallible;

    fn into_response_parts(
        self,
        mut parts: axum_core::response::ResponseParts,
    ) -> Result<axum_core::response::ResponseParts, Self::Error> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}
