//! `X-Content-Type-Options` (Fetch).

use http::header::X_CONTENT_TYPE_OPTIONS;

/// `X-Content-Type-Options: nosniff` (Fetch): browsers refuse scripts and style sheets of another
/// type.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "users write it as a value, and the field has one word"
)]
pub struct NoSniff;

impl NoSniff {
    /// The word that is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        "nosniff"
    }
}

impl_word!(NoSniff, X_CONTENT_TYPE_OPTIONS);
