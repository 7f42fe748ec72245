//! Where browsers report, and the policies that can.

use http::HeaderName;

use super::error::InvalidSecurityHeaders;
use super::field::Field;
use crate::fields::structured;

/// `Reporting-Endpoints` (W3C Reporting): the names of URLs that browsers send reports to.
///
/// # Example
///
/// ```
/// use tower_egress::security_headers::{ContentSecurityPolicy, Field, ReportingEndpoints};
///
/// let endpoints = ReportingEndpoints::new("csp", "https://reports.example/csp")?;
/// let policy = ContentSecurityPolicy::strictest().report_to(&endpoints, "csp")?;
/// assert_eq!(
///     Field::from(endpoints).value(),
///     "csp=\"https://reports.example/csp\"",
/// );
/// # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct ReportingEndpoints {
    endpoints: Vec<(String, String)>,
}

impl ReportingEndpoints {
    /// One endpoint, to which others are added.
    ///
    /// # Errors
    ///
    /// As those of [`endpoint`](Self::endpoint).
    pub fn new(name: &str, url: &str) -> Result<Self, InvalidSecurityHeaders> {
        let none = Self {
            endpoints: Vec::new(),
        };
        none.endpoint(name, url)
    }

    /// Adds an endpoint, or gives it another URL.
    ///
    /// # Errors
    ///
    /// - [`InvalidSecurityHeaders::EndpointName`]: the name is no key of a structured field.
    /// - [`InvalidSecurityHeaders::EndpointUrl`]: the URL begins with neither `https://` nor `/`, or
    ///   holds what no URL can.
    pub fn endpoint(mut self, name: &str, url: &str) -> Result<Self, InvalidSecurityHeaders> {
        if !structured::is_key(name) {
            return Err(InvalidSecurityHeaders::EndpointName {
                name: name.to_owned(),
            });
        }
        let is_local = url.starts_with('/') && !url.starts_with("//");
        let is_trusted = url
            .strip_prefix("https://")
            .is_some_and(|rest| !rest.is_empty());
        if !(is_local || is_trusted)
            || !structured::is_string(url)
            || url.contains([' ', '"', '\\'])
        {
            return Err(InvalidSecurityHeaders::EndpointUrl {
                url: url.to_owned(),
            });
        }
        self.endpoints.retain(|(known, _)| known != name);
        self.endpoints.push((name.to_owned(), url.to_owned()));
        Ok(self)
    }

    /// The name, if there is an endpoint of it.
    pub(super) fn check(&self, name: &str) -> Result<String, InvalidSecurityHeaders> {
        match self.endpoints.iter().find(|(known, _)| known == name) {
            Some((name, _)) => Ok(name.clone()),
            None => Err(InvalidSecurityHeaders::UnknownEndpoint {
                name: name.to_owned(),
            }),
        }
    }
}

impl From<ReportingEndpoints> for Field {
    fn from(endpoints: ReportingEndpoints) -> Self {
        let member = |(name, url): &(String, String)| {
            let mut member = format!("{name}=");
            structured::write_string(&mut member, url);
            member
        };
        let members: Vec<_> = endpoints.endpoints.iter().map(member).collect();
        Self::new(REPORTING_ENDPOINTS, members.join(", "))
    }
}

/// A word, and where violations of it are reported to: `same-origin; report-to="coop"`.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Reported {
    token: &'static str,
    report_to: Option<String>,
}

impl Reported {
    const fn new(token: &'static str) -> Self {
        Self {
            token,
            report_to: None,
        }
    }

    fn text(&self) -> String {
        let mut text = self.token.to_owned();
        if let Some(name) = &self.report_to {
            text.push_str("; report-to=");
            structured::write_string(&mut text, name);
        }
        text
    }
}

/// `Cross-Origin-Opener-Policy` (HTML): whether pages of other origins that open this one, or are opened
/// by it, can reach it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct CrossOriginOpenerPolicy(Reported);

impl CrossOriginOpenerPolicy {
    /// Only pages of the same origin with the same policy.
    pub const SAME_ORIGIN: Self = Self(Reported::new("same-origin"));
    /// Those, and windows that this page opens: for logins and payments by others.
    pub const SAME_ORIGIN_ALLOW_POPUPS: Self = Self(Reported::new("same-origin-allow-popups"));
    /// None that opened this page, and windows that it opens.
    pub const NOOPENER_ALLOW_POPUPS: Self = Self(Reported::new("noopener-allow-popups"));
    /// Every page.
    pub const UNSAFE_NONE: Self = Self(Reported::new("unsafe-none"));

    /// Has violations reported.
    ///
    /// # Errors
    ///
    /// [`InvalidSecurityHeaders::UnknownEndpoint`]: `endpoints` has no endpoint of this name.
    pub fn report_to(
        mut self,
        endpoints: &ReportingEndpoints,
        name: &str,
    ) -> Result<Self, InvalidSecurityHeaders> {
        self.0.report_to = Some(endpoints.check(name)?);
        Ok(self)
    }

    /// Reports only, and forbids nothing.
    pub fn report_only(self) -> Field {
        Field::new(CROSS_ORIGIN_OPENER_POLICY_REPORT_ONLY, self.0.text())
    }
}

impl From<CrossOriginOpenerPolicy> for Field {
    fn from(policy: CrossOriginOpenerPolicy) -> Self {
        Self::new(CROSS_ORIGIN_OPENER_POLICY, policy.0.text())
    }
}

/// `Cross-Origin-Embedder-Policy` (HTML): what of other origins the page may embed. With a
/// [`CrossOriginOpenerPolicy`] it makes the page cross-origin isolated.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct CrossOriginEmbedderPolicy(Reported);

impl CrossOriginEmbedderPolicy {
    /// Only what allows it.
    pub const REQUIRE_CORP: Self = Self(Reported::new("require-corp"));
    /// All, asked for without cookies.
    pub const CREDENTIALLESS: Self = Self(Reported::new("credentialless"));
    /// All.
    pub const UNSAFE_NONE: Self = Self(Reported::new("unsafe-none"));

    /// Has violations reported.
    ///
    /// # Errors
    ///
    /// [`InvalidSecurityHeaders::UnknownEndpoint`]: `endpoints` has no endpoint of this name.
    pub fn report_to(
        mut self,
        endpoints: &ReportingEndpoints,
        name: &str,
    ) -> Result<Self, InvalidSecurityHeaders> {
        self.0.report_to = Some(endpoints.check(name)?);
        Ok(self)
    }

    /// Reports only, and forbids nothing.
    pub fn report_only(self) -> Field {
        Field::new(CROSS_ORIGIN_EMBEDDER_POLICY_REPORT_ONLY, self.0.text())
    }
}

impl From<CrossOriginEmbedderPolicy> for Field {
    fn from(policy: CrossOriginEmbedderPolicy) -> Self {
        Self::new(CROSS_ORIGIN_EMBEDDER_POLICY, policy.0.text())
    }
}

/// `Integrity-Policy` (W3C Subresource Integrity): scripts or style sheets without an `integrity` are not
/// loaded.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct IntegrityPolicy {
    scripts: bool,
    styles: bool,
    endpoints: Vec<String>,
}

impl IntegrityPolicy {
    /// About scripts.
    pub const fn scripts() -> Self {
        Self {
            scripts: true,
            styles: false,
            endpoints: Vec::new(),
        }
    }

    /// About style sheets too.
    pub const fn and_styles(mut self) -> Self {
        self.styles = true;
        self
    }

    /// Has violations reported.
    ///
    /// # Errors
    ///
    /// [`InvalidSecurityHeaders::UnknownEndpoint`]: `endpoints` has no endpoint of this name.
    pub fn report_to(
        mut self,
        endpoints: &ReportingEndpoints,
        name: &str,
    ) -> Result<Self, InvalidSecurityHeaders> {
        self.endpoints.push(endpoints.check(name)?);
        Ok(self)
    }

    /// Reports only, and forbids nothing.
    pub fn report_only(self) -> Field {
        Field::new(INTEGRITY_POLICY_REPORT_ONLY, self.text())
    }

    fn text(&self) -> String {
        let kinds = [("script", self.scripts), ("style", self.styles)];
        let blocked: Vec<_> = kinds
            .iter()
            .filter(|(_, is)| *is)
            .map(|(kind, _)| *kind)
            .collect();
        let mut text = format!("blocked-destinations=({})", blocked.join(" "));
        if !self.endpoints.is_empty() {
            text.push_str(&format!(", endpoints=({})", self.endpoints.join(" ")));
        }
        text
    }
}

impl From<IntegrityPolicy> for Field {
    fn from(policy: IntegrityPolicy) -> Self {
        Self::new(INTEGRITY_POLICY, policy.text())
    }
}

const CROSS_ORIGIN_EMBEDDER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-embedder-policy");
const CROSS_ORIGIN_EMBEDDER_POLICY_REPORT_ONLY: HeaderName =
    HeaderName::from_static("cross-origin-embedder-policy-report-only");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_OPENER_POLICY_REPORT_ONLY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy-report-only");
const INTEGRITY_POLICY: HeaderName = HeaderName::from_static("integrity-policy");
const INTEGRITY_POLICY_REPORT_ONLY: HeaderName =
    HeaderName::from_static("integrity-policy-report-only");
const REPORTING_ENDPOINTS: HeaderName = HeaderName::from_static("reporting-endpoints");
