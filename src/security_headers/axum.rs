//! The nonce as an argument of axum's handlers, and the override as a part of their responses.

use std::convert::Infallible;

use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponseParts, ResponseParts};
use http::request;

use super::nonce::CspNonce;
use super::security_override::SecurityOverride;

/// The nonce of the request, as [`CspNonce::of`] finds it. To take it is not to draw it.
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl<S: Sync> FromRequestParts<S> for CspNonce {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut request::Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

/// Puts the override into the extensions of the response.
///
/// # Example
///
/// ```
/// use axum::response::IntoResponse;
/// use tower_egress::security_headers::{ClearSiteData, SecurityOverride};
///
/// async fn logout() -> impl IntoResponse {
///     (SecurityOverride::new().with(ClearSiteData::Cookies), "Good bye!")
/// }
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl IntoResponseParts for SecurityOverride {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}
