//! The collector as an argument of axum's handlers.

use std::convert::Infallible;

use axum_core::extract::FromRequestParts;
use http::request;

use super::server_timing::ServerTiming;

/// The collector of the request; where no layer sends what is recorded, one that forgets it.
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl<S: Sync> FromRequestParts<S> for ServerTiming {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut request::Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}
