//! Arguments and responses of axum's handlers.

use std::fmt;

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use http::header::CACHE_CONTROL;
use http::{StatusCode, request};

use super::held::Held;
use super::no_etag::NoEtag;
use crate::rules::preconditions::Preconditions;

/// Refuses a request without one: see [`NotHeld`].
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl<S: Sync> FromRequestParts<S> for Held {
    type Rejection = NotHeld;

    async fn from_request_parts(parts: &mut request::Parts, _: &S) -> Result<Self, NotHeld> {
        match Self::of(&parts.extensions) {
            Some(held) => Ok(held.clone()),
            None => Err(NotHeld::of(parts)),
        }
    }
}

/// `None` where no condition was compared, or none counts.
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl<S: Sync> OptionalFromRequestParts<S> for Held {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut request::Parts,
        _: &S,
    ) -> Result<Option<Self>, Self::Rejection> {
        Ok(Self::of(&parts.extensions).cloned())
    }
}

/// Why a handler that takes [`Held`] was not called.
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum NotHeld {
    /// The request has no condition that counts: 428.
    NoCondition,
    /// The request has a condition, and no layer compared it: 500.
    NotCompared,
}

impl NotHeld {
    /// `If-Match` and `If-None-Match` hold or fail wherever the state is known.
    fn of(head: &request::Parts) -> Self {
        match Preconditions::read(&head.method, &head.headers).has_tags() {
            true => Self::NotCompared,
            false => Self::NoCondition,
        }
    }
}

impl fmt::Display for NotHeld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoCondition => {
                "the request has no condition that counts; send it again with `If-Match` and the \
                 entity tag of the state that it is to change, or with `If-None-Match: *` to create \
                 what is not there"
            }
            Self::NotCompared => {
                "no layer compared the condition of the request; put an `EtagLayer` around the \
                 handler, with a resolver that knows the state of this path"
            }
        })
    }
}

impl std::error::Error for NotHeld {}

/// RFC 6585 §3: no cache may store a 428.
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl IntoResponse for NotHeld {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NoCondition => StatusCode::PRECONDITION_REQUIRED,
            Self::NotCompared => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let text = match self {
            Self::NoCondition => self.to_string(),
            // The client can do nothing about it.
            Self::NotCompared => String::new(),
        };
        (status, [(CACHE_CONTROL, "no-store")], text).into_response()
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl IntoResponseParts for NoEtag {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}
