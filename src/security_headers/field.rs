//! One field of the set.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use super::csp::Splice;
use super::nonce::Nonces;

/// A field that the layer sends: its name and its value.
///
/// Every typed policy of this module becomes one, and so does a pair of a name and a value.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct Field {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
    /// There only where the value has nonces in it.
    splice: Option<Arc<Splice>>,
}

impl Field {
    pub(super) fn new(name: HeaderName, text: impl Into<String>) -> Self {
        let value = HeaderValue::try_from(text.into());
        Self {
            name,
            value: value.expect("policies are made of visible ASCII"),
            splice: None,
        }
    }

    pub(super) fn spliced(mut self, splice: Option<Splice>) -> Self {
        self.splice = splice.map(Arc::new);
        self
    }

    pub(super) const fn fixed(name: HeaderName, text: &'static str) -> Self {
        Self {
            name,
            value: HeaderValue::from_static(text),
            splice: None,
        }
    }

    pub(super) const fn has_nonces(&self) -> bool {
        self.splice.is_some()
    }

    /// What is sent of it; nothing, if it is not.
    pub(super) fn sent(&self, policies: Policies<'_>) -> Option<HeaderValue> {
        match (&self.splice, policies) {
            (Some(_), Policies::WithoutThoseOfNonces) => None,
            (Some(splice), Policies::Spliced(nonces)) => Some(splice.value(nonces)),
            (None, _) | (Some(_), Policies::Plain) => Some(self.value.clone()),
        }
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &HeaderName {
        &self.name
    }

    /// The value; of a policy with nonces, that of a response which does not read them.
    #[must_use]
    pub const fn value(&self) -> &HeaderValue {
        &self.value
    }
}

impl From<(HeaderName, HeaderValue)> for Field {
    fn from((name, value): (HeaderName, HeaderValue)) -> Self {
        Self {
            name,
            value,
            splice: None,
        }
    }
}

/// What a response is sent of policies with nonces.
#[derive(Clone, Copy)]
pub(super) enum Policies<'a> {
    /// What they say without nonces, for nobody read any.
    Plain,
    /// All of it.
    Spliced(&'a Nonces),
    /// Nothing.
    WithoutThoseOfNonces,
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
