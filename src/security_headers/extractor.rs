//! The nonce as an argument of axum's handlers.

use std::convert::Infallible;

use axum_core::extract::FromRequestParts;
use http::request;

use super::nonce::CspNonce;

/// The nonce of the request, which counts as read: a handler that takes it may write it into a body that
/// is made later.
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl<S: Sync> FromRequestParts<S> for CspNonce {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut request::Parts, _: &S) -> Result<Self, Infallible> {
        let nonce = Self::of(&parts.extensions);
        let _ = nonce.as_str();
        Ok(nonce)
    }
}
