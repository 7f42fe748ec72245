//! The words for a decision: what is done with a response, and why.

use std::fmt;

use super::coding::Coding;
use crate::matcher::Off;

/// What [`CompressionLayer`](super::CompressionLayer) does with a response.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Plan {
    /// The body is sent in this coding. (The response to HEAD has the same head, and no body.)
    Encode(Coding),
    /// The body is sent as it is.
    Pass(Reason),
}

/// Why a response is sent as it is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// It has a `Content-Encoding` already.
    AlreadyEncoded,
    /// Its content type is not worth compressing, or it has none, or the
    /// [predicate](super::CompressionLayer::compress_when) turned it down.
    ContentType,
    /// The layer is [off](super::CompressionLayer::enabled).
    Disabled,
    /// It has no bytes.
    Empty,
    /// There was no memory for an encoder.
    NoEncoder,
    /// It is of a kind that never has a body, or none of its own: 1xx, 204, 205, and the response
    /// to a CONNECT.
    NoBody,
    /// In the coding it would not be smaller.
    ///
    /// Found only by encoding it, so [`CompressionLayer::plan`](super::CompressionLayer::plan)
    /// never says so.
    NotSmaller,
    /// The client accepts none of the codings on offer, or prefers `identity`, or said
    /// `no-transform` where that is honored.
    NotAccepted,
    /// It is a 304: the client has the body already.
    NotModified,
    /// Its `Cache-Control` says `no-transform`.
    NoTransform,
    /// The handler opted out, with [`NoCompression`].
    OptedOut,
    /// The request opted out, with the field `x-no-compression`, and the layer
    /// [honors](super::CompressionLayer::honor_no_compression) it.
    OptedOutByRequest,
    /// It is a part of a representation. Its positions count the bytes of the representation as it
    /// is.
    Partial,
    /// It carries an HTTP message signature over fields that compressing changes.
    Signed,
    /// The request is [skipped](super::CompressionLayer::skip).
    Skipped,
    /// It is smaller than the threshold.
    TooSmall,
    /// The head holds as many fields as it can, so that `Content-Encoding` or `Vary` cannot be
    /// added.
    TooManyFields,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(coding) => write!(f, "encode with {coding}"),
            Self::Pass(reason) => write!(f, "pass: {reason}"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AlreadyEncoded => "it is encoded already",
            Self::ContentType => "its content type is not compressed",
            Self::Disabled => "the layer is off",
            Self::Empty => "it is empty",
            Self::NoBody => "it has no body",
            Self::NoEncoder => "there was no memory for an encoder",
            Self::NoTransform => "its Cache-Control says no-transform",
            Self::NotAccepted => "the client accepts no coding on offer",
            Self::NotModified => "it is a 304",
            Self::NotSmaller => "no coding makes it smaller",
            Self::OptedOut => "the handler opted out",
            Self::OptedOutByRequest => "the request opted out",
            Self::Partial => "it is a part of a representation",
            Self::Signed => "a signature covers what would change",
            Self::Skipped => "the request is skipped",
            Self::TooManyFields => "its head has no room for more fields",
            Self::TooSmall => "it is smaller than the threshold",
        })
    }
}

impl From<Off> for Reason {
    fn from(off: Off) -> Self {
        match off {
            Off::Disabled => Self::Disabled,
            Off::Skipped => Self::Skipped,
        }
    }
}

impl Reason {
    /// Whether the response to the same request with another `Accept-Encoding` could have had
    /// another coding, so that `Vary` must say so.
    ///
    /// RFC 9110 §12.5.5:
    ///
    /// > An origin server SHOULD generate a Vary header field on a cacheable response when it
    /// > wishes that response to be selectively reused for subsequent requests
    pub(super) const fn varies(self) -> bool {
        match self {
            Self::AlreadyEncoded
            | Self::Empty
            | Self::NoEncoder
            | Self::NotAccepted
            | Self::NotModified
            | Self::NotSmaller
            | Self::OptedOutByRequest
            | Self::Partial
            | Self::TooManyFields
            | Self::TooSmall => true,
            Self::ContentType
            | Self::Disabled
            | Self::NoBody
            | Self::NoTransform
            | Self::OptedOut
            | Self::Signed
            | Self::Skipped => false,
        }
    }
}

/// A response extension that keeps [`CompressionLayer`](super::CompressionLayer) from compressing
/// the response.
///
/// For responses that must not be compressed though their type says that they may: a secret beside
/// text that the client chose (the BREACH attack reads the secret from the length), or random bytes
/// under a type that says text. With the feature `axum` it can be part of a handler's response:
/// `(NoCompression, body)`.
///
/// # Example
///
/// ```
/// use http::Response;
/// use tower_egress::compression::NoCompression;
///
/// let mut response = Response::new("a secret, and what you searched for");
/// response.extensions_mut().insert(NoCompression);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "users write it as a value, and it has nothing to say but its name"
)]
pub struct NoCompression;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_said_in_plain_words() {
        for (plan, expected) in [
            (Plan::Encode(Coding::Brotli), "encode with br"),
            (
                Plan::Pass(Reason::TooSmall),
                "pass: it is smaller than the threshold",
            ),
            (
                Plan::Pass(Reason::from(Off::Disabled)),
                "pass: the layer is off",
            ),
            (
                Plan::Pass(Reason::from(Off::Skipped)),
                "pass: the request is skipped",
            ),
        ] {
            assert_eq!(plan.to_string(), expected);
        }
    }
}
