//! `Clear-Site-Data` (W3C).

use http::HeaderName;

use crate::security_headers::header::SecurityHeader;

/// `Clear-Site-Data` (W3C): what the browser deletes of the site. Send it with one response, such
/// as that of a logout: see [`SecurityOverride`](crate::security_headers::SecurityOverride).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ClearSiteData {
    /// The cache.
    Cache,
    /// Cookies, and so logins.
    Cookies,
    /// The state of open pages: browsers reload them.
    ExecutionContexts,
    /// The storage of scripts, and service workers.
    Storage,
}

impl ClearSiteData {
    /// Deletes several of them.
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
    pub fn list<const N: usize>(data: [Self; N]) -> SecurityHeader {
        const { assert!(N > 0, "an empty list clears nothing; leave the field out") };
        SecurityHeader::written(NAME, data.map(Self::as_str).join(", "))
    }

    /// Deletes everything, in today's browsers and later ones.
    pub const fn all() -> SecurityHeader {
        SecurityHeader::fixed(NAME, "\"*\"")
    }

    /// The word that is sent, with its quotes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cache => "\"cache\"",
            Self::Cookies => "\"cookies\"",
            Self::ExecutionContexts => "\"executionContexts\"",
            Self::Storage => "\"storage\"",
        }
    }
}

impl_word!(ClearSiteData, NAME);

const NAME: HeaderName = HeaderName::from_static("clear-site-data");
