//! `Content-Security-Policy` (CSP3): what a page may load, run and send.

mod directive;
mod source;

use http::header::{CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY};

pub use self::directive::{Directive, Sandbox};
pub use self::source::Source;
use super::error::InvalidSecurityHeaders;
use super::field::Field;
use super::reporting::ReportingEndpoints;

/// `Content-Security-Policy`: what a page may load, run and send.
///
/// Every directive stands in it once: to set one again replaces it where it stands. What would end a
/// directive or a policy cannot be part of one, and `'none'` always stands alone.
///
/// # Example
///
/// ```
/// use tower_egress::security_headers::{ContentSecurityPolicy, Directive, Source};
///
/// let policy = ContentSecurityPolicy::new()
///     .sources(Directive::DefaultSrc, [Source::SELF])
///     .sources(Directive::ImgSrc, [Source::SELF, Source::DATA])
///     .sources(Directive::ScriptSrc, [Source::SELF, Source::sha256("start()")])
///     .sources(Directive::StyleSrc, [Source::SELF, Source::host("https://fonts.example")?])
///     .none(Directive::ObjectSrc);
/// assert_eq!(
///     policy.to_string(),
///     "default-src 'self'; img-src 'self' data:; \
///      script-src 'self' 'sha256-DIm7WJS6ZKDYe5qFLPy+h4JFI9Bol5QmYC57mt3Fb00='; \
///      style-src 'self' https://fonts.example; object-src 'none'",
/// );
/// # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use]
pub struct ContentSecurityPolicy {
    directives: Vec<Written>,
    /// Without a space after each `;`.
    is_compact: bool,
}

/// A directive as it is sent.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Written {
    name: String,
    value: String,
    is_raw: bool,
}

impl ContentSecurityPolicy {
    /// Says nothing yet.
    pub const fn new() -> Self {
        Self {
            directives: Vec::new(),
            is_compact: false,
        }
    }

    /// What [`SecurityHeadersLayer::new`](super::SecurityHeadersLayer::new) sends: everything from the
    /// same origin, pictures from `data:` too; no plug-ins, no `<base>`, no scripts in attributes.
    pub fn page() -> Self {
        Self::new()
            .sources(Directive::DefaultSrc, [Source::SELF])
            .none(Directive::BaseUri)
            .sources(Directive::FormAction, [Source::SELF])
            .sources(Directive::FrameAncestors, [Source::SELF])
            .sources(Directive::ImgSrc, [Source::SELF, Source::DATA])
            .none(Directive::ObjectSrc)
            .none(Directive::ScriptSrcAttr)
            .upgrade_insecure_requests()
    }

    /// The policy of helmet 8.3, to the letter.
    pub fn helmet() -> Self {
        let policy = Self {
            is_compact: true,
            ..Self::new()
        };
        policy
            .sources(Directive::DefaultSrc, [Source::SELF])
            .sources(Directive::BaseUri, [Source::SELF])
            .sources(
                Directive::FontSrc,
                [Source::SELF, Source::HTTPS, Source::DATA],
            )
            .sources(Directive::FormAction, [Source::SELF])
            .sources(Directive::FrameAncestors, [Source::SELF])
            .sources(Directive::ImgSrc, [Source::SELF, Source::DATA])
            .none(Directive::ObjectSrc)
            .sources(Directive::ScriptSrc, [Source::SELF])
            .none(Directive::ScriptSrcAttr)
            .sources(
                Directive::StyleSrc,
                [Source::SELF, Source::HTTPS, Source::UNSAFE_INLINE],
            )
            .upgrade_insecure_requests()
    }

    /// Nothing at all: for answers that are no pages, such as those of an API.
    pub fn strictest() -> Self {
        Self::new()
            .none(Directive::DefaultSrc)
            .none(Directive::BaseUri)
            .none(Directive::FormAction)
            .none(Directive::FrameAncestors)
    }

    /// Allows these sources. None of them at all is the same as [`none`](Self::none).
    pub fn sources(self, directive: Directive, sources: impl IntoIterator<Item = Source>) -> Self {
        let mut written: Vec<String> = Vec::new();
        for source in sources {
            let source = source.to_string();
            if !written.contains(&source) {
                written.push(source);
            }
        }
        self.put(directive.name(), written.join(" "))
    }

    /// Allows nothing.
    pub fn none(self, directive: Directive) -> Self {
        self.put(directive.name(), "'none'".to_owned())
    }

    /// Has the page run as in a frame with `sandbox`, apart from what is allowed here. Only in the
    /// field, never in a `<meta>`.
    pub fn sandbox(self, allowed: impl IntoIterator<Item = Sandbox>) -> Self {
        let allowed: Vec<_> = allowed.into_iter().map(Sandbox::token).collect();
        self.put("sandbox", allowed.join(" "))
    }

    /// Has the page's own `http:` addresses asked for as `https:`. Without https, as on a developer's
    /// machine, Safari then loads nothing: [leave it out](Self::without) there.
    pub fn upgrade_insecure_requests(self) -> Self {
        self.put("upgrade-insecure-requests", String::new())
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
            None => Ok(self.put("trusted-types", names.join(" "))),
            Some(name) => Err(InvalidSecurityHeaders::TrustedTypesPolicy {
                name: (*name).to_owned(),
            }),
        }
    }

    /// Has scripts write to the page through Trusted Types alone.
    pub fn require_trusted_types(self) -> Self {
        self.put("require-trusted-types-for", "'script'".to_owned())
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
        Ok(self.put("report-to", name))
    }

    /// Any directive with any values: for what has no method here.
    ///
    /// A directive that stands already is replaced, unless it was given raw too.
    ///
    /// # Errors
    ///
    /// - [`InvalidSecurityHeaders::DirectiveName`]: not lower-case letters with single hyphens between.
    /// - [`InvalidSecurityHeaders::DuplicateDirective`]: it was given raw before.
    /// - [`InvalidSecurityHeaders::DirectiveValue`]: a value holds `;`, `,` or no visible ASCII.
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
            written.push(value);
        }
        let mut policy = self.put(name, written.join(" "));
        for directive in policy
            .directives
            .iter_mut()
            .filter(|known| known.name == name)
        {
            directive.is_raw = true;
        }
        Ok(policy)
    }

    /// Leaves a directive out, by its name.
    pub fn without(mut self, name: &str) -> Self {
        self.directives.retain(|known| known.name != name);
        self
    }

    /// The policy as a field that forbids nothing and has violations reported: to try it out, beside
    /// one that is enforced.
    pub fn report_only(self) -> Field {
        Field::new(CONTENT_SECURITY_POLICY_REPORT_ONLY, self.to_string())
    }

    fn put(mut self, name: &str, value: String) -> Self {
        let written = Written {
            name: name.to_owned(),
            value,
            is_raw: false,
        };
        match self.directives.iter_mut().find(|known| known.name == name) {
            Some(before) => *before = written,
            None => self.directives.push(written),
        }
        self
    }
}

impl std::fmt::Display for ContentSecurityPolicy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, directive) in self.directives.iter().enumerate() {
            if place > 0 {
                f.write_str(if self.is_compact { ";" } else { "; " })?;
            }
            f.write_str(&directive.name)?;
            if !directive.value.is_empty() {
                write!(f, " {}", directive.value)?;
            }
        }
        Ok(())
    }
}

impl From<ContentSecurityPolicy> for Field {
    fn from(policy: ContentSecurityPolicy) -> Self {
        Self::new(CONTENT_SECURITY_POLICY, policy.to_string())
    }
}

#[cfg(test)]
mod tests;
