//! The fields that have types of their own: one field, one file.

#[macro_use]
mod conversions;

mod clear_site_data;
mod coep;
mod coop;
mod corp;
mod csp;
mod frame_options;
mod host;
mod hsts;
mod integrity_policy;
mod no_sniff;
mod origin_agent_cluster;
mod permissions_policy;
mod referrer_policy;
mod reported;
mod reporting_endpoints;

pub use self::clear_site_data::ClearSiteData;
pub use self::coep::CrossOriginEmbedderPolicy;
pub use self::coop::CrossOriginOpenerPolicy;
pub use self::corp::CrossOriginResourcePolicy;
pub use self::csp::{ContentSecurityPolicy, CspSource, Directive, Sandbox};
pub use self::frame_options::XFrameOptions;
pub use self::hsts::Hsts;
pub use self::integrity_policy::IntegrityPolicy;
pub use self::no_sniff::NoSniff;
pub use self::origin_agent_cluster::OriginAgentCluster;
pub use self::permissions_policy::{PermissionsAllowlist, PermissionsFeature, PermissionsPolicy};
pub use self::referrer_policy::ReferrerPolicy;
pub use self::reporting_endpoints::ReportingEndpoints;
