//! Fields that say one of a few words.

use http::HeaderName;
use http::header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};

use super::field::Field;

/// `Cross-Origin-Resource-Policy` (Fetch): who may embed the answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CrossOriginResourcePolicy {
    /// Pages of the same origin.
    SameOrigin,
    /// Pages of the same site.
    SameSite,
    /// Every page.
    CrossOrigin,
}

impl From<CrossOriginResourcePolicy> for Field {
    fn from(policy: CrossOriginResourcePolicy) -> Self {
        let text = match policy {
            CrossOriginResourcePolicy::SameOrigin => "same-origin",
            CrossOriginResourcePolicy::SameSite => "same-site",
            CrossOriginResourcePolicy::CrossOrigin => "cross-origin",
        };
        Self::fixed(CROSS_ORIGIN_RESOURCE_POLICY, text)
    }
}

/// `Origin-Agent-Cluster` (HTML): whether the page has a process, or at least memory, of its own origin
/// alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum OriginAgentCluster {
    /// `?1`: of its origin.
    Origin,
    /// `?0`: of its site.
    Site,
}

impl From<OriginAgentCluster> for Field {
    fn from(cluster: OriginAgentCluster) -> Self {
        let text = match cluster {
            OriginAgentCluster::Origin => "?1",
            OriginAgentCluster::Site => "?0",
        };
        Self::fixed(ORIGIN_AGENT_CLUSTER, text)
    }
}

/// `Referrer-Policy` (W3C): how much a followed link tells of where it was followed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ReferrerPolicy {
    /// Nothing.
    NoReferrer,
    /// All, unless from https to http.
    NoReferrerWhenDowngrade,
    /// The origin.
    Origin,
    /// All to the same origin, the origin to others.
    OriginWhenCrossOrigin,
    /// All to the same origin, nothing to others.
    SameOrigin,
    /// The origin, unless from https to http.
    StrictOrigin,
    /// All to the same origin, the origin to others, nothing from https to http: what browsers do by
    /// themselves.
    StrictOriginWhenCrossOrigin,
    /// All, to everybody.
    UnsafeUrl,
}

impl ReferrerPolicy {
    /// Several, of which a browser obeys the last that it knows: the newest comes last.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::security_headers::ReferrerPolicy;
    ///
    /// let list = [ReferrerPolicy::NoReferrer, ReferrerPolicy::StrictOriginWhenCrossOrigin];
    /// assert_eq!(
    ///     ReferrerPolicy::list(list).value(),
    ///     "no-referrer,strict-origin-when-cross-origin",
    /// );
    /// ```
    ///
    /// An empty list does not compile:
    ///
    /// ```compile_fail
    /// # use tower_egress::security_headers::ReferrerPolicy;
    /// let list = ReferrerPolicy::list([]);
    /// ```
    pub fn list<const N: usize>(policies: [Self; N]) -> Field {
        const { assert!(N > 0, "an empty list says nothing; leave the field out") };
        Field::new(REFERRER_POLICY, policies.map(Self::token).join(","))
    }

    const fn token(self) -> &'static str {
        match self {
            Self::NoReferrer => "no-referrer",
            Self::NoReferrerWhenDowngrade => "no-referrer-when-downgrade",
            Self::Origin => "origin",
            Self::OriginWhenCrossOrigin => "origin-when-cross-origin",
            Self::SameOrigin => "same-origin",
            Self::StrictOrigin => "strict-origin",
            Self::StrictOriginWhenCrossOrigin => "strict-origin-when-cross-origin",
            Self::UnsafeUrl => "unsafe-url",
        }
    }
}

impl From<ReferrerPolicy> for Field {
    fn from(policy: ReferrerPolicy) -> Self {
        Self::fixed(REFERRER_POLICY, policy.token())
    }
}

/// `X-Frame-Options` (HTML): who may show the page in a frame. Where the `Content-Security-Policy` has
/// `frame-ancestors`, browsers go by that; keep the two alike.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum XFrameOptions {
    /// Nobody.
    Deny,
    /// Pages of the same origin.
    SameOrigin,
}

impl From<XFrameOptions> for Field {
    fn from(options: XFrameOptions) -> Self {
        let text = match options {
            XFrameOptions::Deny => "DENY",
            XFrameOptions::SameOrigin => "SAMEORIGIN",
        };
        Self::fixed(X_FRAME_OPTIONS, text)
    }
}

/// `X-Content-Type-Options: nosniff` (Fetch): a script or a style sheet of another type is not run.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct NoSniff;

impl From<NoSniff> for Field {
    fn from(_: NoSniff) -> Self {
        Self::fixed(X_CONTENT_TYPE_OPTIONS, "nosniff")
    }
}

/// `Clear-Site-Data` (W3C): what the browser is to forget of the site. Sent with one answer, such as
/// that of a logout: see [`SecurityOverride`](super::SecurityOverride).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ClearSiteData {
    /// What is cached.
    Cache,
    /// Cookies, and so who is logged in.
    Cookies,
    /// Open pages are loaded again.
    ExecutionContexts,
    /// Storage of scripts, and service workers.
    Storage,
}

impl ClearSiteData {
    /// Several of them.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::security_headers::ClearSiteData;
    ///
    /// let list = [ClearSiteData::Cookies, ClearSiteData::Storage];
    /// assert_eq!(ClearSiteData::list(list).value(), "\"cookies\", \"storage\"");
    /// ```
    ///
    /// An empty list does not compile:
    ///
    /// ```compile_fail
    /// # use tower_egress::security_headers::ClearSiteData;
    /// let list = ClearSiteData::list([]);
    /// ```
    pub fn list<const N: usize>(data: [Self; N]) -> Field {
        const { assert!(N > 0, "an empty list clears nothing; leave the field out") };
        Field::new(CLEAR_SITE_DATA, data.map(Self::quoted).join(", "))
    }

    /// All there is, now and in browsers to come.
    pub const fn all() -> Field {
        Field::fixed(CLEAR_SITE_DATA, "\"*\"")
    }

    const fn quoted(self) -> &'static str {
        match self {
            Self::Cache => "\"cache\"",
            Self::Cookies => "\"cookies\"",
            Self::ExecutionContexts => "\"executionContexts\"",
            Self::Storage => "\"storage\"",
        }
    }
}

impl From<ClearSiteData> for Field {
    fn from(data: ClearSiteData) -> Self {
        Self::fixed(CLEAR_SITE_DATA, data.quoted())
    }
}

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");
const ORIGIN_AGENT_CLUSTER: HeaderName = HeaderName::from_static("origin-agent-cluster");
