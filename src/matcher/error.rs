//! Why a matcher was refused.

use std::fmt;

/// Why a matcher was refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidMatcher {
    /// The text is not a file extension.
    Extension {
        /// The text.
        extension: String,
    },
    /// The text is not a glob.
    Glob {
        /// The text.
        glob: String,
    },
    /// The text is not a media type, `type/*` or `type/*+suffix`.
    MediaRange {
        /// The text.
        range: String,
    },
    /// The text is not a prefix of a path.
    Prefix {
        /// The text.
        prefix: String,
    },
}

impl fmt::Display for InvalidMatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Extension { extension } => write!(
                f,
                "{extension:?} is not a file extension; write what follows the last dot, such as `css`",
            ),
            Self::Glob { glob } => write!(
                f,
                "{glob:?} is not a glob; write a path with `*`, `**` or `?` in it, such as \
                 `/assets/**`, or a file name, such as `*.css`, without brackets and braces",
            ),
            Self::MediaRange { range } => write!(
                f,
                "{range:?} is not a media range; write `type/subtype`, `type/*` or `type/*+suffix`, \
                 without parameters",
            ),
            Self::Prefix { prefix } => write!(
                f,
                "{prefix:?} is not a prefix of a path; begin it with `/`, such as `/assets/`, and \
                 write it decoded",
            ),
        }
    }
}

impl std::error::Error for InvalidMatcher {}
