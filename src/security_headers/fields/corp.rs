//! `Cross-Origin-Resource-Policy` (Fetch).

use http::HeaderName;

/// `Cross-Origin-Resource-Policy` (Fetch): which pages may embed the response.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CrossOriginResourcePolicy {
    /// Pages of the same origin.
    SameOrigin,
    /// Pages of the same site.
    SameSite,
    /// Every page.
    CrossOrigin,
}

impl CrossOriginResourcePolicy {
    /// The word that is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameOrigin => "same-origin",
            Self::SameSite => "same-site",
            Self::CrossOrigin => "cross-origin",
        }
    }
}

impl_word!(CrossOriginResourcePolicy, NAME);

const NAME: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
