//! Why a configuration was refused.

use std::fmt;

use super::coding::Coding;
use super::config::{DEFAULT_STREAM_WINDOW, LARGEST_STREAM_WINDOW};

/// Why a configuration of [`CompressionLayer`](super::CompressionLayer) was refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidCompression {
    /// The list of codings names one twice.
    DuplicateCoding {
        /// The coding that stands there twice.
        coding: Coding,
    },
    /// The coding has no such level.
    Level {
        /// The coding that was to be set.
        coding: Coding,
        /// The level that was asked for.
        level: u32,
    },
    /// The text is no media type, and no `type/*`.
    MediaRange {
        /// The text.
        range: String,
    },
    /// The list of codings is empty.
    NoCodings,
    /// The coding for clients that send no `Accept-Encoding` is not on the list of codings.
    NotOffered {
        /// The coding that is not on the list.
        coding: Coding,
    },
    /// A stream cannot have such a window.
    StreamWindow {
        /// The window that was asked for.
        bytes: u64,
    },
    /// The coding's cargo feature is off in this build.
    Unavailable {
        /// The coding that this build lacks.
        coding: Coding,
    },
}

impl fmt::Display for InvalidCompression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateCoding { coding } => {
                write!(f, "`{coding}` is listed twice; name every coding once")
            }
            Self::Level { coding, level } => {
                let levels = coding.levels();
                let (lowest, highest) = (levels.start(), levels.end());
                write!(
                    f,
                    "`{coding}` has no level {level}; use {lowest} to {highest}"
                )
            }
            Self::MediaRange { range } => write!(
                f,
                "{range:?} is no media type; write `type/subtype` or `type/*`, without parameters",
            ),
            Self::NoCodings => {
                f.write_str("the list of codings is empty; leave the layer out to compress nothing")
            }
            Self::NotOffered { coding } => write!(
                f,
                "`{coding}` is to be used when no `Accept-Encoding` is sent, but is not among the \
                 codings; add it to them",
            ),
            Self::StreamWindow { bytes } => write!(
                f,
                "a stream cannot have a window of {bytes} bytes; use {DEFAULT_STREAM_WINDOW} to \
                 {LARGEST_STREAM_WINDOW}",
            ),
            Self::Unavailable { coding } => write!(
                f,
                "`{coding}` is not part of this build; enable the cargo feature `{}`",
                coding.feature(),
            ),
        }
    }
}

impl std::error::Error for InvalidCompression {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: &InvalidCompression, expected: &str) {
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn every_message_names_the_input_and_the_remedy() {
        let coding = Coding::Brotli;
        check(
            &InvalidCompression::DuplicateCoding { coding },
            "`br` is listed twice; name every coding once",
        );
        check(
            &InvalidCompression::Level { coding, level: 12 },
            "`br` has no level 12; use 0 to 11",
        );
        check(
            &InvalidCompression::MediaRange {
                range: "json".to_owned(),
            },
            "\"json\" is no media type; write `type/subtype` or `type/*`, without parameters",
        );
        check(
            &InvalidCompression::NoCodings,
            "the list of codings is empty; leave the layer out to compress nothing",
        );
        check(
            &InvalidCompression::NotOffered { coding },
            "`br` is to be used when no `Accept-Encoding` is sent, but is not among the codings; \
             add it to them",
        );
        check(
            &InvalidCompression::StreamWindow { bytes: 1000 },
            "a stream cannot have a window of 1000 bytes; use 65536 to 8388608",
        );
        check(
            &InvalidCompression::Unavailable { coding },
            "`br` is not part of this build; enable the cargo feature `compression-br`",
        );
    }
}
