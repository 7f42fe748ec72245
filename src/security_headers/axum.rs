//! The nonce as an argument of axum's handlers.

use std::convert::Infallible;

use axum_core::extract::FromRequestParts;
use http::request;

use super::nonce::CspNonce;

/// The nonce of the request, as [`CspNonce::of`] finds it. To take it is not to draw it.
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl<S: Sync> FromRequestParts<S> for CspNonce {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut request::Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}
