//! Why a configuration was refused.

use std::fmt;

use super::coding::Coding;
use super::window::{DEFAULT_STREAM_WINDOW, LARGEST_STREAM_WINDOW};

/// Why a configuration of [`CompressionLayer`](super::CompressionLayer) was refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidCompression {
    /// The media range is allowed where every type is, so that it would change nothing.
    AllowedAlready {
        /// The text.
        range: String,
    },
    /// The list of codings names one twice.
    DuplicateCoding {
        /// The coding that is listed twice.
        coding: Coding,
    },
    /// The coding has no such level.
    Level {
        /// The coding that was to be set.
        coding: Coding,
        /// The level that was asked for.
        level: i32,
    },
    /// The text is not a media range.
    MediaRange {
        /// The text.
        range: String,
    },
    /// The media type is allowed, but the layer never changes bodies of this type.
    NeverCompressed {
        /// The text.
        range: String,
    },
    /// The list of codings is empty.
    NoCodings,
    /// No coding on the list has a window that can be set.
    NoWindow,
    /// A level, or the coding for clients that send no `Accept-Encoding`, is about a coding that is
    /// not on the list.
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
    /// The text does not name a coding.
    UnknownCoding {
        /// The text.
        token: String,
    },
}

impl fmt::Display for InvalidCompression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllowedAlready { range } => write!(
                f,
                "{range:?} is allowed already, as every type is; leave it out, or begin with \
                 `ContentTypes::new()`",
            ),
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
                "{range:?} is not a media range; write `type/subtype`, `type/*` or \
                 `type/*+suffix`, without parameters",
            ),
            Self::NeverCompressed { range } => write!(
                f,
                "{range:?} is never compressed, whatever is allowed; leave it out",
            ),
            Self::NoCodings => f.write_str(
                "the list of codings is empty; use `enabled(false)` to compress nothing",
            ),
            Self::NoWindow => f.write_str(
                "`stream_window` would change nothing, since gzip and deflate always have 32 KiB; \
                 offer `br` or `zstd`, or leave it out",
            ),
            Self::NotOffered { coding } => write!(
                f,
                "a setting is about `{coding}`, which is not among the codings; add it to them, or \
                 leave the setting out",
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
            Self::UnknownCoding { token } => {
                write!(f, "{token:?} is not a coding; use ")?;
                write_list(f, Coding::preference())
            }
        }
    }
}

/// "`zstd`, `gzip`, `br` or `deflate`".
fn write_list(f: &mut fmt::Formatter<'_>, codings: &[Coding]) -> fmt::Result {
    for (place, coding) in codings.iter().enumerate() {
        let before = match place {
            0 => "",
            _ if place + 1 == codings.len() => " or ",
            _ => ", ",
        };
        write!(f, "{before}`{coding}`")?;
    }
    Ok(())
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
            &InvalidCompression::AllowedAlready {
                range: "text/x-a".to_owned(),
            },
            "\"text/x-a\" is allowed already, as every type is; leave it out, or begin with \
             `ContentTypes::new()`",
        );
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
            "\"json\" is not a media range; write `type/subtype`, `type/*` or `type/*+suffix`, \
             without parameters",
        );
        check(
            &InvalidCompression::NeverCompressed {
                range: "application/grpc".to_owned(),
            },
            "\"application/grpc\" is never compressed, whatever is allowed; leave it out",
        );
        check(
            &InvalidCompression::NoCodings,
            "the list of codings is empty; use `enabled(false)` to compress nothing",
        );
        check(
            &InvalidCompression::NoWindow,
            "`stream_window` would change nothing, since gzip and deflate always have 32 KiB; \
             offer `br` or `zstd`, or leave it out",
        );
        check(
            &InvalidCompression::NotOffered { coding },
            "a setting is about `br`, which is not among the codings; add it to them, or leave \
             the setting out",
        );
        check(
            &InvalidCompression::StreamWindow { bytes: 1000 },
            "a stream cannot have a window of 1000 bytes; use 65536 to 8388608",
        );
        check(
            &InvalidCompression::Unavailable { coding },
            "`br` is not part of this build; enable the cargo feature `compression-br`",
        );
        check(
            &InvalidCompression::UnknownCoding {
                token: "compress".to_owned(),
            },
            "\"compress\" is not a coding; use `zstd`, `gzip`, `br` or `deflate`",
        );
    }
}
