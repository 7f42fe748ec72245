//! One field of the set.

use std::sync::Arc;

use http::header::STRICT_TRANSPORT_SECURITY;
use http::{HeaderName, HeaderValue};

use super::by_scheme::ByScheme;
use super::csp::Splice;
use super::nonce::Nonces;
use crate::marks::scheme::Scheme;

/// A field that the layer sends: its name and its value.
///
/// Every typed policy of this module becomes one, and so does a pair of a name and a value.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct Field {
    pub(super) name: HeaderName,
    /// What is sent by https, without nonces.
    value: HeaderValue,
    /// What a policy says, which depends on the request. `None` for every other field.
    policy: Option<Arc<Policy>>,
}

/// The values of a `Content-Security-Policy`.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Policy {
    /// Without nonces; `None` where nothing is left to say.
    pub(super) plain: ByScheme<Option<HeaderValue>>,
    /// With nonces; `None` where the policy has none.
    pub(super) spliced: Option<ByScheme<Splice>>,
}

impl Field {
    pub(super) fn new(name: HeaderName, text: impl Into<String>) -> Self {
        let value = HeaderValue::try_from(text.into());
        Self {
            name,
            value: value.expect("policies are made of visible ASCII"),
            policy: None,
        }
    }

    pub(super) fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = Some(Arc::new(policy));
        self
    }

    pub(super) const fn fixed(name: HeaderName, text: &'static str) -> Self {
        Self {
            name,
            value: HeaderValue::from_static(text),
            policy: None,
        }
    }

    pub(super) fn has_nonces(&self) -> bool {
        let mut policy = self.policy.iter();
        policy.any(|policy| policy.spliced.is_some())
    }

    /// The value for a request by this scheme; `None` where the field is not sent.
    pub(super) fn sent(&self, scheme: Scheme, policies: Policies<'_>) -> Option<HeaderValue> {
        if scheme == Scheme::Http && is_for_https(&self.name) {
            return None;
        }
        let Some(policy) = &self.policy else {
            return Some(self.value.clone());
        };
        match (&policy.spliced, policies) {
            (Some(_), Policies::WithoutThoseOfNonces) => None,
            (Some(spliced), Policies::Spliced(nonces)) => Some(spliced.get(scheme).value(nonces)),
            (None, _) | (Some(_), Policies::Plain) => policy.plain.get(scheme).clone(),
        }
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &HeaderName {
        &self.name
    }

    /// The value as it is sent by https. A policy with nonces is shown as a response has it that draws
    /// none.
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
            policy: None,
        }
    }
}

/// Whether the field is not sent where a request came by http.
///
/// RFC 6797 §7.2:
///
/// > An HSTS Host MUST NOT include the STS header field in HTTP responses conveyed over non-secure
/// > transport.
///
/// HTML has browsers ignore `Cross-Origin-Opener-Policy` and `Origin-Agent-Cluster` there. Some complain
/// of the first on their consoles.
fn is_for_https(name: &HeaderName) -> bool {
    *name == STRICT_TRANSPORT_SECURITY
        || matches!(
            name.as_str(),
            "cross-origin-opener-policy"
                | "cross-origin-opener-policy-report-only"
                | "origin-agent-cluster"
        )
}

/// What a response is sent of policies with nonces.
#[derive(Clone, Copy)]
pub(super) enum Policies<'a> {
    /// What they say without nonces, because nobody drew any.
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
