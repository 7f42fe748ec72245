//! Why a configuration was refused.

use std::fmt;
use std::time::Duration;

/// Why a security field was refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidSecurityHeaders {
    /// A directive is removed from a policy that does not have it.
    AbsentDirective {
        /// The name.
        name: String,
        /// The names of the directives that the policy has.
        present: Vec<String>,
    },
    /// The name of a raw directive is not made of lower-case letters and single hyphens.
    DirectiveName {
        /// The name.
        name: String,
    },
    /// A raw directive has a character that would end it, or that is not visible ASCII.
    DirectiveValue {
        /// The directive.
        directive: String,
        /// The value.
        value: String,
    },
    /// A raw directive is given twice.
    DuplicateDirective {
        /// The directive.
        name: String,
    },
    /// A policy has no directive.
    EmptyPolicy,
    /// The text is not the name of a reporting endpoint.
    EndpointName {
        /// The text.
        name: String,
    },
    /// The text is not a URL that reports can be sent to.
    EndpointUrl {
        /// The text.
        url: String,
    },
    /// The text is not the name of a feature.
    Feature {
        /// The text.
        name: String,
    },
    /// The text is not the host of a source.
    Host {
        /// The text.
        host: String,
    },
    /// The host has letters beyond ASCII.
    InternationalHost {
        /// The host.
        host: String,
    },
    /// The number of proxies is 0.
    NoProxies,
    /// A raw directive has `'none'` beside other values.
    NoneBesideOthers {
        /// The directive.
        directive: String,
    },
    /// The text is not an origin.
    Origin {
        /// The text.
        origin: String,
    },
    /// An origin is added to a list that allows everybody.
    OriginBesideEverybody {
        /// The origin.
        origin: String,
    },
    /// `preload` is set on a policy that the lists of browsers refuse.
    Preload {
        /// The lifetime.
        max_age: Duration,
        /// Whether subdomains are included.
        include_subdomains: bool,
    },
    /// The text is not a scheme.
    Scheme {
        /// The text.
        scheme: String,
    },
    /// The text is not the name of a Trusted Types policy.
    TrustedTypesPolicy {
        /// The text.
        name: String,
    },
    /// A policy reports to an endpoint that does not exist.
    UnknownEndpoint {
        /// The name of the endpoint.
        name: String,
    },
    /// A keyword has no quotes, so that browsers would take it for a host.
    UnquotedKeyword {
        /// The keyword.
        keyword: String,
    },
}

impl fmt::Display for InvalidSecurityHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AbsentDirective { name, present } => write!(
                f,
                "{name:?} is not in the policy; remove one of: {}",
                present.join(", "),
            ),
            Self::EmptyPolicy => f.write_str(
                "a policy without a directive protects nothing; write a directive, or switch the \
                 field off with `without`",
            ),
            Self::NoProxies => f.write_str(
                "0 proxies add nothing to `X-Forwarded-Proto`; write the number of your proxies, \
                 or use `Https::Unknown`",
            ),
            Self::DirectiveValue { directive, value } => write!(
                f,
                "{value:?} cannot be part of `{directive}`; leave out `;`, `,` and all but visible \
                 ASCII, or encode them",
            ),
            Self::NoneBesideOthers { directive } => write!(
                f,
                "`{directive}` has `'none'` beside other values, and browsers ignore it there; \
                 write `'none'` alone, or leave it out",
            ),
            Self::Preload {
                max_age,
                include_subdomains,
            } => write!(
                f,
                "`preload` with `max-age={}` and {} is refused by the lists of browsers; use a \
                 year (31536000) or more, and include subdomains",
                max_age.as_secs(),
                if *include_subdomains {
                    "subdomains"
                } else {
                    "no subdomains"
                },
            ),
            Self::UnquotedKeyword { keyword } => write!(
                f,
                "`{keyword}` without quotes is a host; write `'{keyword}'`, or use its constant",
            ),
            Self::DirectiveName { name: text }
            | Self::DuplicateDirective { name: text }
            | Self::EndpointName { name: text }
            | Self::EndpointUrl { url: text }
            | Self::Feature { name: text }
            | Self::Host { host: text }
            | Self::InternationalHost { host: text }
            | Self::Origin { origin: text }
            | Self::OriginBesideEverybody { origin: text }
            | Self::Scheme { scheme: text }
            | Self::TrustedTypesPolicy { name: text }
            | Self::UnknownEndpoint { name: text } => write!(f, "{text:?} {}", self.complaint()),
        }
    }
}

impl InvalidSecurityHeaders {
    /// What is wrong with a text, and what to write instead.
    const fn complaint(&self) -> &'static str {
        match self {
            Self::DirectiveName { .. } => {
                "is not a directive; write lower-case letters with single hyphens between, such \
                 as `script-src`"
            }
            Self::DuplicateDirective { .. } => {
                "is given twice, and browsers ignore the second; give it once with all values"
            }
            Self::EndpointName { .. } => {
                "is not the name of an endpoint; begin with a lower-case letter, and go on with \
                 lower-case letters, digits, `-`, `_` or `.`"
            }
            Self::EndpointUrl { .. } => {
                "is not a URL for reports; write one that begins with `https://` or `/`"
            }
            Self::Feature { .. } => {
                "is not a feature; write its name in lower-case letters, such as `screen-wake-lock`"
            }
            Self::Host { .. } => {
                "is not the host of a source; write `example.com` or `*.example.com`, with a \
                 scheme, port or path where needed: `https://example.com:443/js/`; keywords and \
                 schemes have constants, such as `CspSource::SELF` and `CspSource::DATA`"
            }
            Self::InternationalHost { .. } => {
                "has letters that a policy cannot; write the host in punycode, which begins with \
                 `xn--`"
            }
            Self::Origin { .. } => {
                "is not an origin; write scheme, host and, where needed, port: \
                 `https://example.com`"
            }
            Self::OriginBesideEverybody { .. } => {
                "adds nothing, since everybody may use the feature; begin with `nobody` or \
                 `same_origin`"
            }
            Self::Scheme { .. } => "is not a scheme; write it without the colon, such as `data`",
            Self::TrustedTypesPolicy { .. } => {
                "is not the name of a Trusted Types policy; use letters, digits and `-#=_/@.%`"
            }
            Self::UnknownEndpoint { .. } => {
                "is not an endpoint of `Reporting-Endpoints`; add it there first"
            }
            Self::AbsentDirective { .. }
            | Self::DirectiveValue { .. }
            | Self::EmptyPolicy
            | Self::NoProxies
            | Self::NoneBesideOthers { .. }
            | Self::Preload { .. }
            | Self::UnquotedKeyword { .. } => "",
        }
    }
}

impl std::error::Error for InvalidSecurityHeaders {}
