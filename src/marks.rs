//! What layers tell each other through extensions, so that they need not know each other.

pub(crate) mod nonce;
pub(crate) mod scheme;

use http::{Extensions, HeaderValue};

/// The `Content-Type` that a 304 does not show.
///
/// A layer that turns a 200 into a 304 removes its `Content-Type` (RFC 9110 §15.4.5). It leaves the type
/// here for layers further out whose rules depend on it, or an empty value where the 200 had none.
#[derive(Clone, Debug)]
pub(crate) struct DroppedContentType(HeaderValue);

impl DroppedContentType {
    /// The type that an inner layer dropped from this response.
    pub(crate) fn of(extensions: &Extensions) -> Option<&HeaderValue> {
        extensions.get::<Self>().map(|mark| &mark.0)
    }

    /// Leaves `content_type` for the layers further out.
    pub(crate) fn leave(extensions: &mut Extensions, content_type: HeaderValue) {
        extensions.insert(Self(content_type));
    }
}

/// How long the body is that a 304 does not send.
///
/// A layer that turns a 200 into a 304 removes its `Content-Length`. It leaves the length here for layers
/// further out that treat short bodies in another way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DroppedLength(u64);

impl DroppedLength {
    /// The length that an inner layer dropped from this response.
    pub(crate) fn of(extensions: &Extensions) -> Option<u64> {
        extensions.get::<Self>().map(|mark| mark.0)
    }

    /// Leaves `length` for the layers further out.
    pub(crate) fn leave(extensions: &mut Extensions, length: u64) {
        extensions.insert(Self(length));
    }
}
