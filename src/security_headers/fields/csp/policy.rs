//! `Content-Security-Policy`: the policy and its directives.

use std::fmt;

use super::directive::{self, Directive, Sandbox};
use super::source::{CspSource, Value};
use crate::security_headers::error::InvalidSecurityHeaders;
use crate::security_headers::fields::reporting_endpoints::ReportingEndpoints;

/// `Content-Security-Policy`: what a page may load, run and send.
///
/// A policy has each directive once: to set a directive again replaces it in its place. Characters
/// that would end a directive or a policy are refused, and `'none'` is always alone. A policy has
/// at least one directive. Begin with one by [`new`](Self::new), with a preset, or with a text,
/// which is parsed.
///
/// # Example
///
/// ```
/// use tower_egress::security_headers::{ContentSecurityPolicy, CspSource, Directive};
///
/// let policy = ContentSecurityPolicy::new(Directive::DefaultSrc, [CspSource::SELF])
///     .sources(Directive::ImgSrc, [CspSource::SELF, CspSource::DATA])
///     .sources(Directive::ScriptSrc, [CspSource::SELF, CspSource::sha256("start()")])
///     .sources(Directive::StyleSrc, [CspSource::SELF, CspSource::host("https://fonts.example")?])
///     .none(Directive::ObjectSrc);
/// assert_eq!(
///     policy.to_string(),
///     "default-src 'self'; img-src 'self' data:; \
///      script-src 'self' 'sha256-DIm7WJS6ZKDYe5qFLPy+h4JFI9Bol5QmYC57mt3Fb00='; \
///      style-src 'self' https://fonts.example; object-src 'none'",
/// );
/// # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[must_use]
pub struct ContentSecurityPolicy {
    /// Invariant: not empty, but while a policy is begun.
    pub(super) directives: Vec<Written>,
    /// Without a space after each `;`.
    pub(super) is_compact: bool,
    /// Whether `'self'` takes the place of `'strict-dynamic'` in a response without a nonce.
    pub(super) opens_without_nonce: bool,
}

/// A directive as it is sent.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Written {
    pub(super) name: String,
    pub(super) values: Vec<Value>,
    pub(super) is_raw: bool,
    /// Whether it is sent only where the request is known to have come by https.
    pub(super) is_for_https: bool,
}

impl ContentSecurityPolicy {
    /// A policy of one directive, to which others are added.
    ///
    /// A policy that begins with a directive without sources, such as `sandbox`, is parsed from its
    /// text: `"sandbox".parse()?`.
    pub fn new(directive: Directive, sources: impl IntoIterator<Item = CspSource>) -> Self {
        Self::empty().sources(directive, sources)
    }

    /// To be given a directive.
    pub(super) const fn empty() -> Self {
        Self {
            directives: Vec::new(),
            is_compact: false,
            opens_without_nonce: false,
        }
    }

    /// Allows these sources, instead of those that the directive had. An empty list is the same as
    /// [`none`](Self::none).
    pub fn sources(
        self,
        directive: Directive,
        sources: impl IntoIterator<Item = CspSource>,
    ) -> Self {
        let none = self.none(directive);
        let sources = sources.into_iter();
        sources.fold(none, |policy, source| policy.add_source(directive, source))
    }

    /// Allows this source too.
    ///
    /// A directive that the policy does not have yet begins with this source alone. It does not
    /// begin with those of `default-src`, which no longer applies where the new directive does.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::security_headers::{ContentSecurityPolicy, CspSource, Directive};
    ///
    /// let policy = ContentSecurityPolicy::new(Directive::ScriptSrc, [CspSource::SELF])
    ///     .add_source(Directive::ScriptSrc, CspSource::NONCE);
    /// assert_eq!(policy.to_string(), "script-src 'self' 'nonce-{nonce}'");
    /// ```
    pub fn add_source(mut self, directive: Directive, source: CspSource) -> Self {
        let CspSource(value) = source;
        let name = directive.as_str();
        match self.directives.iter_mut().find(|known| known.name == name) {
            None => self.put(name, [value]),
            Some(known) => {
                known.values.retain(|before| !before.is(&CspSource::NONE));
                if !known.values.contains(&value) {
                    known.values.push(value);
                }
                self
            }
        }
    }

    /// Allows nothing.
    pub fn none(self, directive: Directive) -> Self {
        self.put(directive.as_str(), [CspSource::NONE.0])
    }

    /// Has the page run as in a frame with `sandbox`, apart from what is allowed here. Only in the
    /// field, never in a `<meta>`.
    pub fn sandbox(self, allowed: impl IntoIterator<Item = Sandbox>) -> Self {
        let allowed = allowed.into_iter().map(Sandbox::as_str);
        self.put("sandbox", allowed.map(Value::owned))
    }

    /// Has browsers ask by https for whatever a page names by `http:`.
    ///
    /// The directive is sent unless the request is [known](crate::security_headers::Https) to have
    /// come by http: there the page could not load its own scripts and style sheets. The presets
    /// [`page`](Self::page) and [`strict`](Self::strict) have the directive too, and send it only
    /// where https is known.
    pub fn upgrade_insecure_requests(self) -> Self {
        self.put(UPGRADE, [])
    }

    /// The same, where the request is known to have come by https.
    pub(super) fn upgrade_by_https(self) -> Self {
        let mut policy = self.put(UPGRADE, []);
        let mut directives = policy.directives.iter_mut();
        if let Some(directive) = directives.find(|known| known.name == UPGRADE) {
            directive.is_for_https = true;
        }
        policy
    }

    /// Allows only these Trusted Types policies.
    ///
    /// # Errors
    ///
    /// [`InvalidSecurityHeaders::TrustedTypesPolicy`]: a name holds what none can.
    pub fn trusted_types<'a>(
        self,
        policies: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, InvalidSecurityHeaders> {
        let names: Vec<_> = policies.into_iter().collect();
        let is_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-#=_/@.%".contains(&byte);
        let is_name = |name: &&str| !name.is_empty() && name.bytes().all(is_byte);
        match names.iter().find(|name| !is_name(name)) {
            None => Ok(self.put("trusted-types", names.into_iter().map(Value::owned))),
            Some(name) => Err(InvalidSecurityHeaders::TrustedTypesPolicy {
                name: (*name).to_owned(),
            }),
        }
    }

    /// Has scripts write to the page through Trusted Types alone.
    pub fn require_trusted_types(self) -> Self {
        self.put("require-trusted-types-for", [Value::owned("'script'")])
    }

    /// Has violations reported.
    ///
    /// # Errors
    ///
    /// [`InvalidSecurityHeaders::UnknownEndpoint`]: `endpoints` has no endpoint of this name.
    pub fn report_to(
        self,
        endpoints: &ReportingEndpoints,
        name: &str,
    ) -> Result<Self, InvalidSecurityHeaders> {
        let name = endpoints.check(name)?;
        Ok(self.put("report-to", [Value::owned(name)]))
    }

    /// Any directive with any values: for what has no method here.
    ///
    /// A directive that the policy has already is replaced, unless it was given raw too. Places for
    /// nonces are written as `Display` shows them: `'nonce-{nonce}'` and `'nonce-{style}'`.
    ///
    /// # Errors
    ///
    /// - [`InvalidSecurityHeaders::DirectiveName`]: not lower-case letters with single hyphens
    ///   between.
    /// - [`InvalidSecurityHeaders::DuplicateDirective`]: it was given raw before.
    /// - [`InvalidSecurityHeaders::DirectiveValue`]: a value holds `;`, `,` or no visible ASCII.
    /// - [`InvalidSecurityHeaders::NoneBesideOthers`]: `'none'` is not the only value.
    /// - [`InvalidSecurityHeaders::UnquotedKeyword`]: a keyword, hash or nonce lacks its quotes.
    pub fn raw<'a>(
        self,
        name: &str,
        values: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, InvalidSecurityHeaders> {
        directive::check_name(name)?;
        if self
            .directives
            .iter()
            .any(|known| known.is_raw && known.name == name)
        {
            return Err(InvalidSecurityHeaders::DuplicateDirective {
                name: name.to_owned(),
            });
        }
        let mut written = Vec::new();
        for value in values {
            directive::check_value(name, value)?;
            let words = value.split(' ').filter(|word| !word.is_empty());
            written.extend(words.map(Value::read));
        }
        if written.len() > 1 && written.iter().any(|value| value.is(&CspSource::NONE)) {
            return Err(InvalidSecurityHeaders::NoneBesideOthers {
                directive: name.to_owned(),
            });
        }
        let mut policy = self.put(name, written);
        for directive in policy
            .directives
            .iter_mut()
            .filter(|known| known.name == name)
        {
            directive.is_raw = true;
        }
        Ok(policy)
    }

    /// Removes a directive, by its name.
    ///
    /// # Errors
    ///
    /// - [`InvalidSecurityHeaders::AbsentDirective`]: the policy has no directive of this name.
    /// - [`InvalidSecurityHeaders::EmptyPolicy`]: the policy has no other directive.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::security_headers::ContentSecurityPolicy;
    ///
    /// let policy = ContentSecurityPolicy::strictest().without("base-uri")?;
    /// assert_eq!(
    ///     policy.to_string(),
    ///     "default-src 'none'; form-action 'none'; frame-ancestors 'none'",
    /// );
    /// let refused = policy.without("base-url").unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "\"base-url\" is not in the policy; remove one of: default-src, form-action, frame-ancestors",
    /// );
    /// # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
    /// ```
    pub fn without(mut self, name: &str) -> Result<Self, InvalidSecurityHeaders> {
        let Some(place) = self.directives.iter().position(|known| known.name == name) else {
            let present = self.directives.into_iter().map(|known| known.name);
            return Err(InvalidSecurityHeaders::AbsentDirective {
                name: name.to_owned(),
                present: present.collect(),
            });
        };
        if self.directives.len() == 1 {
            return Err(InvalidSecurityHeaders::EmptyPolicy);
        }
        self.directives.remove(place);
        Ok(self)
    }

    pub(super) const fn separator(&self) -> &'static str {
        if self.is_compact { ";" } else { "; " }
    }

    fn put(mut self, name: &str, values: impl IntoIterator<Item = Value>) -> Self {
        let written = Written {
            name: name.to_owned(),
            values: values.into_iter().collect(),
            is_raw: false,
            is_for_https: false,
        };
        match self.directives.iter_mut().find(|known| known.name == name) {
            Some(before) => *before = written,
            None => self.directives.push(written),
        }
        self
    }
}

/// The policy as it is sent by https. The nonces of a response show as places for them.
impl fmt::Display for ContentSecurityPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, directive) in self.directives.iter().enumerate() {
            if place > 0 {
                f.write_str(self.separator())?;
            }
            f.write_str(&directive.name)?;
            for value in &directive.values {
                write!(f, " {value}")?;
            }
        }
        Ok(())
    }
}

pub(super) const UPGRADE: &str = "upgrade-insecure-requests";
