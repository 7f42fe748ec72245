//! `X-Frame-Options` (HTML).

use http::header::X_FRAME_OPTIONS;

/// `X-Frame-Options` (HTML): which pages may show this page in a frame. Browsers use
/// `frame-ancestors` instead where the `Content-Security-Policy` has it; keep the two alike.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum XFrameOptions {
    /// None.
    Deny,
    /// Pages of the same origin.
    SameOrigin,
}

impl XFrameOptions {
    /// The word that is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deny => "DENY",
            Self::SameOrigin => "SAMEORIGIN",
        }
    }
}

impl_word!(XFrameOptions, X_FRAME_OPTIONS);
