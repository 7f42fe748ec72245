//! `Reporting-Endpoints` (W3C Reporting).

use std::fmt;

use http::HeaderName;

use crate::fields::structured;
use crate::security_headers::error::InvalidSecurityHeaders;

/// `Reporting-Endpoints` (W3C Reporting): names for the URLs that browsers send reports to.
///
/// # Example
///
/// ```
/// use tower_egress::security_headers::{ContentSecurityPolicy, ReportingEndpoints};
///
/// let endpoints = ReportingEndpoints::new("csp", "https://reports.example/csp")?;
/// let policy = ContentSecurityPolicy::strictest().report_to(&endpoints, "csp")?;
/// assert!(policy.to_string().ends_with("; report-to csp"));
/// assert_eq!(endpoints.to_string(), "csp=\"https://reports.example/csp\"");
/// # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[must_use]
pub struct ReportingEndpoints {
    endpoints: Vec<(String, String)>,
}

impl ReportingEndpoints {
    /// One endpoint, to which others are added.
    ///
    /// # Errors
    ///
    /// The same as those of [`endpoint`](Self::endpoint).
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
    /// - [`InvalidSecurityHeaders::EndpointName`]: the name is not a key of a structured field.
    /// - [`InvalidSecurityHeaders::EndpointUrl`]: the URL begins with neither `https://` nor `/`,
    ///   or has a character that a URL cannot have.
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

/// The value that is sent.
impl fmt::Display for ReportingEndpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for (name, url) in &self.endpoints {
            if !text.is_empty() {
                text.push_str(", ");
            }
            text.push_str(name);
            text.push('=');
            structured::write_string(&mut text, url);
        }
        f.write_str(&text)
    }
}

impl_field!(ReportingEndpoints, NAME);

const NAME: HeaderName = HeaderName::from_static("reporting-endpoints");
