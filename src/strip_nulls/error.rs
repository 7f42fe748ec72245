//! Why a configuration was refused.

use std::fmt;

use super::limits::MAX_PATHS;

/// Why a configuration of [`Rules`](super::Rules) or [`StripNullsLayer`](super::StripNullsLayer)
/// was refused.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum InvalidStripNulls {
    /// The text is neither a media type nor `type/*+suffix`.
    MediaRange {
        /// The text.
        range: String,
    },
    /// Bodies of this media type are never changed: gRPC, and `multipart/byteranges`.
    NeverChanged {
        /// The media type.
        media_type: String,
    },
    /// The text is not a path.
    Path {
        /// The text.
        path: String,
    },
    /// There are [`MAX_PATHS`](super::MAX_PATHS) paths already.
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
                "{range:?} is not a media type; write `type/subtype` or `type/*+json`, without \
                 parameters",
            ),
            Self::NeverChanged { media_type } => write!(
                f,
                "bodies of {media_type:?} are never changed, since they are not JSON; leave it out",
            ),
            Self::Path { path } => write!(
                f,
                "{path:?} is not a path; write `/` before each name, `*` for any, `~0` for `~` and \
                 `~1` for `/`",
            ),
            Self::TooManyPaths { path } => write!(
                f,
                "{path:?} is one path too many after {MAX_PATHS}; use `*`, or names",
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
            "\"json\" is not a media type; write `type/subtype` or `type/*+json`, without \
             parameters",
        );
        check(
            &InvalidStripNulls::NeverChanged {
                media_type: "application/grpc".to_owned(),
            },
            "bodies of \"application/grpc\" are never changed, since they are not JSON; leave it \
             out",
        );
        let path = "a.b".to_owned();
        check(
            &InvalidStripNulls::Path { path: path.clone() },
            "\"a.b\" is not a path; write `/` before each name, `*` for any, `~0` for `~` and `~1` \
             for `/`",
        );
        check(
            &InvalidStripNulls::TooManyPaths { path },
            "\"a.b\" is one path too many after 64; use `*`, or names",
        );
    }
}
