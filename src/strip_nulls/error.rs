//! Why a configuration was refused.

use std::fmt;

use super::selection::MOST_PATHS;

/// Why a configuration of [`Rules`](super::Rules) or [`StripNullsLayer`](super::StripNullsLayer) was
/// refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidStripNulls {
    /// The text is no media type, and no `type/*+suffix`.
    MediaRange {
        /// The text.
        range: String,
    },
    /// The text is no path.
    Path {
        /// The text.
        path: String,
    },
    /// There are 64 paths already.
    TooManyPaths {
        /// The first path that is one too many.
        path: String,
    },
}

impl fmt::Display for InvalidStripNulls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MediaRange { range } => write!(
                f,
                "{range:?} is no media type; write `type/subtype` or `type/*+json`, without parameters",
            ),
            Self::Path { path } => write!(
                f,
                "{path:?} is no path; write `/` before each name, `*` for any, `~0` for `~` and `~1` \
                 for `/`",
            ),
            Self::TooManyPaths { path } => write!(
                f,
                "{path:?} is one path too many after {MOST_PATHS}; use `*`, or names",
            ),
        }
    }
}

impl std::error::Error for InvalidStripNulls {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: &InvalidStripNulls, expected: &str) {
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn every_message_names_the_input_and_the_remedy() {
        check(
            &InvalidStripNulls::MediaRange {
                range: "json".to_owned(),
            },
            "\"json\" is no media type; write `type/subtype` or `type/*+json`, without parameters",
        );
        let path = "a.b".to_owned();
        check(
            &InvalidStripNulls::Path { path: path.clone() },
            "\"a.b\" is no path; write `/` before each name, `*` for any, `~0` for `~` and `~1` for `/`",
        );
        check(
            &InvalidStripNulls::TooManyPaths { path },
            "\"a.b\" is one path too many after 64; use `*`, or names",
        );
    }
}
