//! A policy from its text.

use std::str::FromStr;

use super::policy::ContentSecurityPolicy;
use crate::security_headers::error::InvalidSecurityHeaders;

/// Reads a policy as it is sent: directives with `;` between them.
///
/// Refuses what [`raw`](ContentSecurityPolicy::raw) refuses, and a text without a directive.
///
/// # Example
///
/// ```
/// use tower_egress::security_headers::{
///     ContentSecurityPolicy, Directive, InvalidSecurityHeaders, CspSource,
/// };
///
/// let policy: ContentSecurityPolicy = "default-src 'self'; sandbox allow-scripts".parse()?;
/// let policy = policy.add_source(Directive::DefaultSrc, CspSource::DATA);
/// assert_eq!(policy.to_string(), "default-src 'self' data:; sandbox allow-scripts");
///
/// let empty = "".parse::<ContentSecurityPolicy>();
/// assert_eq!(empty, Err(InvalidSecurityHeaders::EmptyPolicy));
/// # Ok::<(), InvalidSecurityHeaders>(())
/// ```
impl FromStr for ContentSecurityPolicy {
    type Err = InvalidSecurityHeaders;

    fn from_str(text: &str) -> Result<Self, InvalidSecurityHeaders> {
        let mut policy = Self::empty();
        for directive in text.split(';') {
            let mut words = directive.split_ascii_whitespace();
            if let Some(name) = words.next() {
                policy = policy.raw(&name.to_ascii_lowercase(), words)?;
            }
        }
        if policy.directives.is_empty() {
            return Err(InvalidSecurityHeaders::EmptyPolicy);
        }
        for directive in &mut policy.directives {
            directive.is_raw = false;
        }
        Ok(policy)
    }
}
