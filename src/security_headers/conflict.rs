//! How a field of the layer meets one that the handler set.

use std::fmt;

/// What happens to a field that the handler has set too.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Conflict {
    /// The handler's field stays, and the layer's is not sent.
    #[default]
    Keep,
    /// The layer's field replaces the handler's.
    Override,
    /// Both are sent, the handler's first. Browsers apply every `Content-Security-Policy` line:
    /// what a page loads must be allowed by each of them.
    Append,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "keep the handler's field",
            Self::Override => "replace the handler's field",
            Self::Append => "send both fields",
        })
    }
}
