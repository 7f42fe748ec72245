//! `Origin-Agent-Cluster` (HTML).

use http::HeaderName;

/// `Origin-Agent-Cluster` (HTML): whether the page shares its process and memory with other origins
/// of its site.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum OriginAgentCluster {
    /// `?1`: only with pages of its origin.
    Origin,
    /// `?0`: with pages of its site.
    Site,
}

impl OriginAgentCluster {
    /// The word that is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Origin => "?1",
            Self::Site => "?0",
        }
    }
}

impl_word!(OriginAgentCluster, NAME);

const NAME: HeaderName = HeaderName::from_static("origin-agent-cluster");
