//! What is sent of a policy: it depends on the scheme, and on whether a nonce was drawn.

use http::header::{CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY};
use http::{HeaderName, HeaderValue};

use super::policy::{ContentSecurityPolicy, UPGRADE, Written};
use super::source::{CspSource, Value};
use crate::marks::scheme::Scheme;
use crate::security_headers::by_scheme::ByScheme;
use crate::security_headers::header::{Policy, SecurityHeader};
use crate::security_headers::splice::Splice;

impl From<ContentSecurityPolicy> for SecurityHeader {
    fn from(policy: ContentSecurityPolicy) -> Self {
        policy.into_field(CONTENT_SECURITY_POLICY)
    }
}

impl_value!(ContentSecurityPolicy);

impl ContentSecurityPolicy {
    /// The policy as a field that forbids nothing and has violations reported: to try it out,
    /// beside one that is enforced.
    pub fn report_only(self) -> SecurityHeader {
        self.into_field(CONTENT_SECURITY_POLICY_REPORT_ONLY)
    }

    fn into_field(self, name: HeaderName) -> SecurityHeader {
        let has_nonces = self.directives.iter().any(Written::has_nonce);
        let policy = Policy {
            plain: ByScheme::make(|scheme| self.by(scheme).without_nonces().value()),
            spliced: has_nonces.then(|| ByScheme::make(|scheme| self.by(scheme).spliced())),
        };
        SecurityHeader::written(name, self.without_nonces().to_string()).with_policy(policy)
    }

    /// The policy for requests by this scheme.
    ///
    /// `upgrade-insecure-requests` has a browser ask by https for all that a page names. By http,
    /// where there may be no https, the page would then load nothing.
    fn by(&self, scheme: Scheme) -> Self {
        let mut policy = self.clone();
        policy.directives.retain(|directive| match scheme {
            Scheme::Https => true,
            Scheme::Http => directive.name != UPGRADE,
            Scheme::Unknown => !directive.is_for_https,
        });
        policy
    }

    /// The value of a field; `None` where there is nothing to say.
    fn value(&self) -> Option<HeaderValue> {
        let value = HeaderValue::try_from(self.to_string());
        let is_said = !self.directives.is_empty();
        is_said.then(|| value.expect("policies are made of visible ASCII"))
    }

    /// The policy with places for nonces.
    pub(super) fn spliced(&self) -> Splice {
        let mut splice = Splice::default();
        for (place, directive) in self.directives.iter().enumerate() {
            if place > 0 {
                splice.push(self.separator());
            }
            splice.push(&directive.name);
            for value in &directive.values {
                splice.push(" ");
                match value {
                    Value::Text(text) => splice.push(text),
                    Value::Nonce(kind) => splice.push_nonce(*kind),
                }
            }
        }
        splice
    }

    /// What a response without nonces is sent with.
    ///
    /// It allows no more than with them, but for `'self'` in the place of the `'strict-dynamic'` of
    /// [`strict`](Self::strict). CSP3 §6.7.3.2 has browsers ignore `'unsafe-inline'` beside a
    /// nonce, so that is left out too.
    pub(super) fn without_nonces(mut self) -> Self {
        for directive in self.directives.iter_mut().filter(|known| known.has_nonce()) {
            directive.values.retain(|value| {
                !matches!(value, Value::Nonce(_)) && !value.is(&CspSource::UNSAFE_INLINE)
            });
            if self.opens_without_nonce {
                directive.open();
            }
            if directive.values.is_empty() {
                directive.values.push(CspSource::NONE.0);
            }
        }
        self
    }
}

impl Written {
    fn has_nonce(&self) -> bool {
        let is_nonce = |value: &Value| matches!(value, Value::Nonce(_));
        self.values.iter().any(is_nonce)
    }

    /// Has `'self'` in the place of a `'strict-dynamic'` that allows nothing, for want of a nonce
    /// or a hash.
    ///
    /// CSP3 §8.2 has browsers ignore `'self'`, hosts and schemes beside `'strict-dynamic'`. The
    /// hosts and schemes must not begin to count without it, so they are left out too.
    fn open(&mut self) {
        let is_strict = self
            .values
            .iter()
            .any(|value| value.is(&CspSource::STRICT_DYNAMIC));
        if !is_strict || self.values.iter().any(Value::is_hash) {
            return;
        }
        let replaced = [CspSource::STRICT_DYNAMIC, CspSource::SELF];
        self.values
            .retain(|value| value.is_quoted() && !replaced.iter().any(|source| value.is(source)));
        self.values.insert(0, CspSource::SELF.0);
    }
}
