//! One value for each scheme that a request may have come by.

use crate::marks::scheme::Scheme;

/// A value for each scheme, made once.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct ByScheme<T> {
    https: T,
    http: T,
    unknown: T,
}

impl<T> ByScheme<T> {
    pub(super) fn make(make: impl Fn(Scheme) -> T) -> Self {
        Self {
            https: make(Scheme::Https),
            http: make(Scheme::Http),
            unknown: make(Scheme::Unknown),
        }
    }

    pub(super) const fn get(&self, scheme: Scheme) -> &T {
        match scheme {
            Scheme::Https => &self.https,
            Scheme::Http => &self.http,
            Scheme::Unknown => &self.unknown,
        }
    }
}
