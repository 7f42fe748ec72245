//! What the layer does with a response, and why it does nothing.

use std::fmt;

use crate::matcher::Off;

/// What the layer does with a response; made by
/// [`SecurityHeadersLayer::plan`](super::SecurityHeadersLayer::plan).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Plan {
    /// It sends its own set of fields.
    Apply,
    /// It sends the set that a [`SecurityOverride`](super::SecurityOverride) of the response asks
    /// for.
    Override,
    /// It sends no field and removes none.
    Pass(Reason),
}

/// Why the layer does nothing with a response.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The layer is [off](super::SecurityHeadersLayer::enabled).
    Disabled,
    /// The response is interim (1xx), or it starts a tunnel. Browsers keep no policy of such a
    /// response.
    Interim,
    /// The response [opts out](super::SecurityOverride::off).
    OptedOut,
    /// The [request](super::SecurityHeadersLayer::skip) or the
    /// [response](super::SecurityHeadersLayer::skip_responses) is skipped.
    Skipped,
    /// The head of the response has no room for the fields.
    TooManyFields,
}

impl Plan {
    pub(super) const fn off(off: Off) -> Self {
        Self::Pass(match off {
            Off::Disabled => Reason::Disabled,
            Off::Skipped => Reason::Skipped,
        })
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Apply => f.write_str("send the fields"),
            Self::Override => f.write_str("send the fields that the response asks for"),
            Self::Pass(reason) => write!(f, "pass: {reason}"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disabled => "the layer is off",
            Self::Interim => "the response is interim or starts a tunnel",
            Self::OptedOut => "the response opts out",
            Self::Skipped => "the request or the response is skipped",
            Self::TooManyFields => "the head has no room for the fields",
        })
    }
}
