//! `Cross-Origin-Embedder-Policy` (HTML).

use http::HeaderName;

use super::reported::Reported;
use super::reporting_endpoints::ReportingEndpoints;
use crate::security_headers::error::InvalidSecurityHeaders;
use crate::security_headers::header::SecurityHeader;

/// `Cross-Origin-Embedder-Policy` (HTML): which responses of other origins the page may embed.
/// Together with a [`CrossOriginOpenerPolicy`](super::CrossOriginOpenerPolicy) it isolates the page
/// from other origins.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[must_use]
pub struct CrossOriginEmbedderPolicy(Reported);

impl CrossOriginEmbedderPolicy {
    /// Only responses that allow it.
    pub const REQUIRE_CORP: Self = Self(Reported::new("require-corp"));
    /// All of them, requested without cookies.
    pub const CREDENTIALLESS: Self = Self(Reported::new("credentialless"));
    /// All of them.
    pub const UNSAFE_NONE: Self = Self(Reported::new("unsafe-none"));
}

impl_reported!(CrossOriginEmbedderPolicy, NAME, REPORT_ONLY);

const NAME: HeaderName = HeaderName::from_static("cross-origin-embedder-policy");
const REPORT_ONLY: HeaderName = HeaderName::from_static("cross-origin-embedder-policy-report-only");
