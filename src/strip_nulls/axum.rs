//! The opt-out as a part of axum's responses.

use std::convert::Infallible;

use axum_core::response::{IntoResponseParts, ResponseParts};

use super::keep_nulls::KeepNulls;

/// `(KeepNulls, body)` is a response whose nulls are kept.
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl IntoResponseParts for KeepNulls {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Infallible> {
        response.extensions_mut().insert(self);
        Ok(response)
    }
}
