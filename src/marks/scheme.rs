//! Which scheme a request came by, as far as the service was told.

use std::fmt;

use http::Extensions;

/// The scheme that a request came by. An extension of the request: the outermost layer that knows it
/// leaves it for the layers further in. A client cannot set it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Scheme {
    /// `https`.
    Https,
    /// `http`.
    Http,
    /// Nobody said.
    #[default]
    Unknown,
}

impl Scheme {
    /// The scheme that a layer further out left.
    pub(crate) fn of(request: &Extensions) -> Self {
        request.get().copied().unwrap_or_default()
    }

    /// Leaves the scheme for the layers further in. An unknown one leaves no mark.
    pub(crate) fn leave(self, request: &mut Extensions) {
        if self != Self::Unknown {
            request.insert(self);
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Https => "https",
            Self::Http => "http",
            Self::Unknown => "unknown",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_leaves_no_mark() {
        let mut request = Extensions::new();
        Scheme::Unknown.leave(&mut request);
        assert!(request.is_empty());
        assert_eq!(Scheme::of(&request), Scheme::Unknown);
        for scheme in [Scheme::Https, Scheme::Http] {
            scheme.leave(&mut request);
            Scheme::Unknown.leave(&mut request);
            assert_eq!(Scheme::of(&request), scheme);
        }
    }
}
