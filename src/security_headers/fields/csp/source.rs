//! Sources: what a directive allows.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::security_headers::error::InvalidSecurityHeaders;
use crate::security_headers::fields::host;
use crate::security_headers::nonce::Kind;

/// One source in a list (CSP3 §2.3.1): a keyword, a scheme, a host, a hash or a nonce.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct CspSource(pub(super) Value);

/// One word of the value of a directive.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) enum Value {
    Text(Cow<'static, str>),
    Nonce(Kind),
}

impl Value {
    pub(super) fn owned(text: impl Into<String>) -> Self {
        Self::Text(Cow::Owned(text.into()))
    }

    /// A word of a text. The place for a nonce is one.
    pub(super) fn read(word: &str) -> Self {
        let nonces = [Kind::Script, Kind::Style].map(Self::Nonce);
        let place = nonces.into_iter().find(|nonce| nonce.to_string() == word);
        place.unwrap_or_else(|| Self::owned(word))
    }

    /// Whether it is this keyword.
    pub(super) fn is(&self, keyword: &CspSource) -> bool {
        match (self, &keyword.0) {
            (Self::Text(text), Self::Text(keyword)) => text.eq_ignore_ascii_case(keyword),
            (value, keyword) => value == keyword,
        }
    }

    /// Whether it is a keyword, a hash or a nonce, which have quotes.
    pub(super) fn is_quoted(&self) -> bool {
        match self {
            Self::Text(text) => text.starts_with('\''),
            Self::Nonce(_) => true,
        }
    }

    /// Whether it is a hash.
    pub(super) fn is_hash(&self) -> bool {
        match self {
            Self::Text(text) => has_prefix(text.trim_start_matches('\''), &HASHES),
            Self::Nonce(_) => false,
        }
    }
}

impl CspSource {
    /// `'self'`: the origin of the page.
    pub const SELF: Self = Self::keyword("'self'");
    /// `'unsafe-inline'`: scripts or styles in the page itself, whoever put them there.
    pub const UNSAFE_INLINE: Self = Self::keyword("'unsafe-inline'");
    /// `'unsafe-eval'`: text run as a script.
    pub const UNSAFE_EVAL: Self = Self::keyword("'unsafe-eval'");
    /// `'wasm-unsafe-eval'`: WebAssembly compiled.
    pub const WASM_UNSAFE_EVAL: Self = Self::keyword("'wasm-unsafe-eval'");
    /// `'unsafe-hashes'`: hashes hold for attributes too.
    pub const UNSAFE_HASHES: Self = Self::keyword("'unsafe-hashes'");
    /// `'strict-dynamic'`: what an allowed script loads is allowed; hosts and schemes are not.
    pub const STRICT_DYNAMIC: Self = Self::keyword("'strict-dynamic'");
    /// `'report-sample'`: reports hold the beginning of what was not run.
    pub const REPORT_SAMPLE: Self = Self::keyword("'report-sample'");
    /// `'inline-speculation-rules'`: speculation rules in the page itself.
    pub const INLINE_SPECULATION_RULES: Self = Self::keyword("'inline-speculation-rules'");
    /// `*`: everything but `data:`, `blob:` and the like.
    pub const ANY: Self = Self::keyword("*");
    /// `https:`: every host, by https.
    pub const HTTPS: Self = Self::keyword("https:");
    /// `data:`: a URL that has the data in it.
    pub const DATA: Self = Self::keyword("data:");
    /// `blob:`: what a script made.
    pub const BLOB: Self = Self::keyword("blob:");
    /// `'nonce-…'`: whatever has the [nonce] of this response in its `nonce` attribute. Where
    /// nobody draws the nonce, the policy is sent without it. The `'unsafe-inline'` beside it is
    /// left out too, which browsers ignore beside a nonce.
    ///
    /// [nonce]: crate::security_headers::CspNonce::draw
    pub const NONCE: Self = Self(Value::Nonce(Kind::Script));
    /// The same with [another nonce], for style sheets that have their own.
    ///
    /// [another nonce]: crate::security_headers::CspNonce::draw_style
    pub const STYLE_NONCE: Self = Self(Value::Nonce(Kind::Style));
    pub(super) const NONE: Self = Self::keyword("'none'");

    /// A scheme, without its colon.
    ///
    /// # Errors
    ///
    /// [`InvalidSecurityHeaders::Scheme`]: it is not a scheme.
    pub fn scheme(scheme: &str) -> Result<Self, InvalidSecurityHeaders> {
        if !is_scheme(scheme) {
            return Err(InvalidSecurityHeaders::Scheme {
                scheme: scheme.to_owned(),
            });
        }
        Ok(Self(Value::owned(format!("{scheme}:"))))
    }

    /// A host, with a scheme, a port or a path where needed; `*.` at its beginning means all its
    /// subdomains.
    ///
    /// ```text
    /// host-source = [ scheme-part "://" ] host-part [ ":" port-part ] [ path-part ]
    /// host-part   = "*" / [ "*." ] 1*host-char *( "." 1*host-char ) [ "." ]
    /// host-char   = ALPHA / DIGIT / "-"
    /// port-part   = 1*DIGIT / "*"
    /// ```
    ///
    /// # Errors
    ///
    /// - [`InvalidSecurityHeaders::InternationalHost`]: it is not in ASCII.
    /// - [`InvalidSecurityHeaders::UnquotedKeyword`]: it is a keyword without its quotes.
    /// - [`InvalidSecurityHeaders::Host`]: it is not a host.
    pub fn host(host: &str) -> Result<Self, InvalidSecurityHeaders> {
        if !host.is_ascii() {
            return Err(InvalidSecurityHeaders::InternationalHost {
                host: host.to_owned(),
            });
        }
        check_quotes(host)?;
        if !is_host_source(host) {
            return Err(InvalidSecurityHeaders::Host {
                host: host.to_owned(),
            });
        }
        Ok(Self(Value::owned(host)))
    }

    /// A script or style sheet in the page itself, by the SHA-256 of its text: all between the
    /// tags, white space included.
    #[must_use]
    pub fn sha256(text: &str) -> Self {
        Self::hash("sha256", &Sha256::digest(text))
    }

    /// The same by SHA-384, as `integrity` attributes have it.
    #[must_use]
    pub fn sha384(text: &str) -> Self {
        Self::hash("sha384", &Sha384::digest(text))
    }

    /// The same by SHA-512.
    #[must_use]
    pub fn sha512(text: &str) -> Self {
        Self::hash("sha512", &Sha512::digest(text))
    }

    fn hash(algorithm: &str, digest: &[u8]) -> Self {
        let digest = STANDARD.encode(digest);
        Self(Value::owned(format!("'{algorithm}-{digest}'")))
    }

    const fn keyword(text: &'static str) -> Self {
        Self(Value::Text(Cow::Borrowed(text)))
    }
}

/// A nonce shows as a place for one.
impl fmt::Display for CspSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(text) => text,
            Self::Nonce(Kind::Script) => "'nonce-{nonce}'",
            Self::Nonce(Kind::Style) => "'nonce-{style}'",
        })
    }
}

/// Whether a value is not what is a host only for want of quotes.
pub(super) fn check_quotes(value: &str) -> Result<(), InvalidSecurityHeaders> {
    let is_keyword = KEYWORDS
        .iter()
        .any(|keyword| value.eq_ignore_ascii_case(keyword));
    if is_keyword || has_prefix(value, &["nonce-"]) || has_prefix(value, &HASHES) {
        return Err(InvalidSecurityHeaders::UnquotedKeyword {
            keyword: value.to_owned(),
        });
    }
    Ok(())
}

fn has_prefix(text: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| {
        let start = text.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    })
}

fn is_scheme(text: &str) -> bool {
    let is_next = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.bytes()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && text.bytes().all(is_next)
}

fn is_host_source(text: &str) -> bool {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, text),
    };
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    let (name, port) = match authority.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (authority, None),
    };
    scheme.is_none_or(is_scheme)
        && (name == "*" || is_host(host::without_wildcard(name)))
        && port.is_none_or(|port| port == "*" || host::is_port(port))
        && is_path(path)
}

/// A dot may follow the last label.
fn is_host(text: &str) -> bool {
    host::is_host(text.strip_suffix('.').unwrap_or(text))
}

/// A `path-absolute` (RFC 3986 §3.3) without what would end the directive or the policy; CSP3 wants
/// those encoded.
fn is_path(text: &str) -> bool {
    !text.starts_with("//")
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+=:@%/".contains(&byte))
}

/// Keywords, of which each is a host without its quotes.
const KEYWORDS: [&str; 10] = [
    "inline-speculation-rules",
    "none",
    "report-sample",
    "report-sha256",
    "self",
    "strict-dynamic",
    "unsafe-eval",
    "unsafe-hashes",
    "unsafe-inline",
    "wasm-unsafe-eval",
];

const HASHES: [&str; 3] = ["sha256-", "sha384-", "sha512-"];
