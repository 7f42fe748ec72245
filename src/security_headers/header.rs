//! One field of a set: its name and its value.

use std::fmt;
use std::sync::Arc;

use http::header::STRICT_TRANSPORT_SECURITY;
use http::{HeaderName, HeaderValue};

use super::by_scheme::ByScheme;
use super::nonce::NonceMode;
use super::splice::Splice;
use crate::marks::scheme::Scheme;

/// A field that the layer sends: its name and its value.
///
/// Every typed policy of this module becomes one. A field without a type here is made of its name
/// and its value.
///
/// # Example
///
/// ```
/// use http::{HeaderName, HeaderValue};
/// use tower_egress::security_headers::{SecurityHeader, SecurityHeadersLayer};
///
/// let robots = HeaderName::from_static("x-robots-tag");
/// let robots = SecurityHeader::new(robots, HeaderValue::from_static("noindex"));
/// let layer = SecurityHeadersLayer::new().with(robots);
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[must_use]
pub struct SecurityHeader {
    pub(super) name: HeaderName,
    /// What is sent by https, without nonces.
    value: HeaderValue,
    /// What a policy says, which depends on the request. `None` for every other field.
    policy: Option<Arc<Policy>>,
}

/// The values of a `Content-Security-Policy`.
#[derive(Debug, Eq, Hash, PartialEq)]
pub(super) struct Policy {
    /// Without nonces; `None` where nothing is left to say.
    pub(super) plain: ByScheme<Option<HeaderValue>>,
    /// With nonces; `None` where the policy has none.
    pub(super) spliced: Option<ByScheme<Splice>>,
}

impl SecurityHeader {
    /// A field of this name and this value, which is sent as it is. The value may be empty: helmet sends
    /// an empty `Referrer-Policy`, which leaves the choice to the browser.
    pub const fn new(name: HeaderName, value: HeaderValue) -> Self {
        Self {
            name,
            value,
            policy: None,
        }
    }

    pub(super) fn written(name: HeaderName, text: impl Into<String>) -> Self {
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
    pub(super) fn sent(&self, scheme: Scheme, nonces: NonceMode<'_>) -> Option<HeaderValue> {
        if scheme == Scheme::Http && is_for_https(&self.name) {
            return None;
        }
        let Some(policy) = &self.policy else {
            return Some(self.value.clone());
        };
        match (&policy.spliced, nonces) {
            (Some(_), NonceMode::Omitted) => None,
            (Some(spliced), NonceMode::Spliced(nonces)) => Some(spliced.get(scheme).value(nonces)),
            (None, _) | (Some(_), NonceMode::Unread) => policy.plain.get(scheme).clone(),
        }
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &HeaderName {
        &self.name
    }

    /// The value as it is sent by https. A policy with nonces is shown as a response has it that
    /// draws none.
    #[must_use]
    pub const fn value(&self) -> &HeaderValue {
        &self.value
    }

    /// The value by itself.
    pub(super) fn into_value(self) -> HeaderValue {
        self.value
    }
}

/// A field line: the name and the value that is sent by https.
impl fmt::Display for SecurityHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = String::from_utf8_lossy(self.value.as_bytes());
        write!(f, "{}: {value}", self.name)
    }
}

/// The same as [`SecurityHeader::new`].
impl From<(HeaderName, HeaderValue)> for SecurityHeader {
    fn from((name, value): (HeaderName, HeaderValue)) -> Self {
        Self::new(name, value)
    }
}

/// Whether the field is not sent where a request came by http.
///
/// RFC 6797 §7.2:
///
/// > An HSTS Host MUST NOT include the STS header field in HTTP responses conveyed over non-secure
/// > transport.
///
/// HTML has browsers ignore `Cross-Origin-Opener-Policy` and `Origin-Agent-Cluster` there. Some
/// complain of the first on their consoles.
fn is_for_https(name: &HeaderName) -> bool {
    *name == STRICT_TRANSPORT_SECURITY
        || matches!(
            name.as_str(),
            "cross-origin-opener-policy"
                | "cross-origin-opener-policy-report-only"
                | "origin-agent-cluster"
        )
}
