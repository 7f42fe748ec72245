//! Why a configuration or an entry was refused.

use std::fmt;

/// Why a setting of [`ResponseTimeLayer`](super::ResponseTimeLayer), or an entry of
/// [`ServerTiming`](super::ServerTiming), was refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidResponseTime {
    /// The description holds what no quoted string can.
    Description {
        /// The description.
        description: String,
    },
    /// More digits than a duration has.
    Digits {
        /// How many were asked for.
        digits: u8,
    },
    /// The name of a metric is no token.
    Metric {
        /// The name.
        name: String,
    },
    /// The response has as many entries as it can.
    TooManyEntries {
        /// How many that is.
        most: usize,
    },
}

impl fmt::Display for InvalidResponseTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Description { description } => write!(
                f,
                "{description:?} cannot stand in a description; use visible ASCII, spaces and tabs",
            ),
            Self::Digits { digits } => {
                write!(f, "{digits} digits are more than there are; use 0 to 9")
            }
            Self::Metric { name } => write!(
                f,
                "{name:?} is no name of a metric; use a token, as `db` or `cache-read`",
            ),
            Self::TooManyEntries { most } => write!(
                f,
                "the response has {most} entries, and no more are sent; record fewer",
            ),
        }
    }
}

impl std::error::Error for InvalidResponseTime {}
