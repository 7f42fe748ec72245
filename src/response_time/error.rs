//! Why a configuration was refused.

use std::fmt;

/// Why a setting of [`ResponseTimeLayer`](super::ResponseTimeLayer) or of
/// [`Reports`](super::Reports) was refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidResponseTime {
    /// A duration does not have this many digits.
    Digits {
        /// The number of digits that was asked for.
        digits: u8,
    },
    /// Durations cannot be rounded to multiples of zero.
    NoStep,
    /// A client behind 0 proxies is not behind proxies.
    NoProxies,
}

impl fmt::Display for InvalidResponseTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digits { digits } => {
                write!(f, "cannot show {digits} decimal digits; use 0 to 9")
            }
            Self::NoStep => f.write_str(
                "cannot round to multiples of 0; use a step such as 10 ms, or leave the rounding \
                 out",
            ),
            Self::NoProxies => f.write_str(
                "0 proxies write no address; give the number of your proxies, or take the address \
                 from the connection, such as axum's `ConnectInfo`",
            ),
        }
    }
}

impl std::error::Error for InvalidResponseTime {}
