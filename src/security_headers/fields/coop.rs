//! `Cross-Origin-Opener-Policy` (HTML).

use http::HeaderName;

use super::reported::Reported;
use super::reporting_endpoints::ReportingEndpoints;
use crate::security_headers::error::InvalidSecurityHeaders;
use crate::security_headers::header::SecurityHeader;

/// `Cross-Origin-Opener-Policy` (HTML): which pages of other origins keep a reference to this page,
/// where one opens the other.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[must_use]
pub struct CrossOriginOpenerPolicy(Reported);

impl CrossOriginOpenerPolicy {
    /// Only pages of the same origin that have the same policy.
    pub const SAME_ORIGIN: Self = Self(Reported::new("same-origin"));
    /// Those, and windows that this page opens: for logins and payments of other sites.
    pub const SAME_ORIGIN_ALLOW_POPUPS: Self = Self(Reported::new("same-origin-allow-popups"));
    /// Only windows that this page opens, and never the page that opened it.
    pub const NOOPENER_ALLOW_POPUPS: Self = Self(Reported::new("noopener-allow-popups"));
    /// Every page.
    pub const UNSAFE_NONE: Self = Self(Reported::new("unsafe-none"));
}

impl_reported!(CrossOriginOpenerPolicy, NAME, REPORT_ONLY);

const NAME: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const REPORT_ONLY: HeaderName = HeaderName::from_static("cross-origin-opener-policy-report-only");
