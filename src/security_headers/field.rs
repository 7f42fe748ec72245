//! One field of the set.

use http::{HeaderName, HeaderValue};

/// A field that the layer sends: its name and its value.
///
/// Every typed policy of this module becomes one, and so does a pair of a name and a value.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct Field {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
}

impl Field {
    pub(super) fn new(name: HeaderName, text: impl Into<String>) -> Self {
        let value = HeaderValue::try_from(text.into());
        Self {
            name,
            value: value.expect("policies are made of visible ASCII"),
        }
    }

    pub(super) const fn fixed(name: HeaderName, text: &'static str) -> Self {
        Self {
            name,
            value: HeaderValue::from_static(text),
        }
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &HeaderName {
        &self.name
    }

    /// The value.
    #[must_use]
    pub const fn value(&self) -> &HeaderValue {
        &self.value
    }
}

impl From<(HeaderName, HeaderValue)> for Field {
    fn from((name, value): (HeaderName, HeaderValue)) -> Self {
        Self { name, value }
    }
}

/// What becomes of a field that the handler has set too.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Conflict {
    /// The handler's stays, and the layer's is not sent.
    #[default]
    Keep,
    /// The layer's replaces the handler's.
    Override,
    /// Both are sent, the handler's first. Of `Content-Security-Policy` all lines hold: what is loaded
    /// must be allowed by each.
    Append,
}
