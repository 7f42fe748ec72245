//! The response extension as a part of the responses of axum's handlers.

use std::convert::Infallible;

use axum_core::response::{IntoResponseParts, ResponseParts};

use super::plan::NoCompression;

/// A part of a handler's response.
///
/// # Example
///
/// ```
/// use axum::response::IntoResponse;
/// use tower_egress::compression::NoCompression;
///
/// async fn secret() -> impl IntoResponse {
///     (NoCompression, "a secret, and what you searched for")
/// }
/// # let response = (NoCompression, "").into_response();
/// # assert!(response.extensions().get::<NoCompression>().is_some());
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl IntoResponseParts for NoCompression {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}
