//! `Integrity-Policy` (W3C Subresource Integrity).

use std::fmt;

use http::HeaderName;

use super::reporting_endpoints::ReportingEndpoints;
use crate::security_headers::error::InvalidSecurityHeaders;
use crate::security_headers::header::SecurityHeader;

/// `Integrity-Policy` (W3C Subresource Integrity): browsers do not load scripts or style sheets
/// that have no `integrity` attribute.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[must_use]
pub struct IntegrityPolicy {
    styles: bool,
    endpoints: Vec<String>,
}

impl IntegrityPolicy {
    /// For scripts.
    pub const fn scripts() -> Self {
        Self {
            styles: false,
            endpoints: Vec::new(),
        }
    }

    /// For style sheets too.
    pub const fn and_styles(mut self) -> Self {
        self.styles = true;
        self
    }

    /// Has browsers report violations to this endpoint too. Send the endpoints with the response.
    ///
    /// # Errors
    ///
    /// [`InvalidSecurityHeaders::UnknownEndpoint`]: `endpoints` has no endpoint of this name.
    pub fn report_to(
        mut self,
        endpoints: &ReportingEndpoints,
        name: &str,
    ) -> Result<Self, InvalidSecurityHeaders> {
        let name = endpoints.check(name)?;
        if !self.endpoints.contains(&name) {
            self.endpoints.push(name);
        }
        Ok(self)
    }

    /// The policy as a field that forbids nothing and only has violations reported.
    pub fn report_only(self) -> SecurityHeader {
        SecurityHeader::written(REPORT_ONLY, self.to_string())
    }
}

/// The value that is sent.
impl fmt::Display for IntegrityPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blocked = if self.styles {
            "script style"
        } else {
            "script"
        };
        write!(f, "blocked-destinations=({blocked})")?;
        match self.endpoints.as_slice() {
            [] => Ok(()),
            endpoints => write!(f, ", endpoints=({})", endpoints.join(" ")),
        }
    }
}

impl_field!(IntegrityPolicy, NAME);

const NAME: HeaderName = HeaderName::from_static("integrity-policy");
const REPORT_ONLY: HeaderName = HeaderName::from_static("integrity-policy-report-only");
