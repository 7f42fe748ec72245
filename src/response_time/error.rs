//! Why a configuration was refused.

use std::fmt;

/// Why a setting of [`ResponseTimeLayer`](super::ResponseTimeLayer) was refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidResponseTime {
    /// A duration does not have this many digits.
    Digits {
        /// The number of digits that was asked for.
        digits: u8,
    },
}

impl fmt::Display for InvalidResponseTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digits { digits } => {
                write!(f, "cannot show {digits} decimal digits; use 0 to 9")
            }
        }
    }
}

impl std::error::Error for InvalidResponseTime {}
