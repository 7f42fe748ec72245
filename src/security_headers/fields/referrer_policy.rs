//! `Referrer-Policy` (W3C).

use http::header::REFERRER_POLICY;

use crate::security_headers::header::SecurityHeader;

/// `Referrer-Policy` (W3C): how much of its own address a page tells the sites that it links to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ReferrerPolicy {
    /// Nothing.
    NoReferrer,
    /// Everything, but nothing from https to http.
    NoReferrerWhenDowngrade,
    /// The origin.
    Origin,
    /// Everything to the same origin, the origin to others.
    OriginWhenCrossOrigin,
    /// Everything to the same origin, nothing to others.
    SameOrigin,
    /// The origin, but nothing from https to http.
    StrictOrigin,
    /// Everything to the same origin, the origin to others, nothing from https to http: the default
    /// of browsers.
    StrictOriginWhenCrossOrigin,
    /// Everything, to every site.
    UnsafeUrl,
}

impl ReferrerPolicy {
    /// Several policies. A browser obeys the last one that it knows, so put the newest last.
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
    pub fn list<const N: usize>(policies: [Self; N]) -> SecurityHeader {
        const { assert!(N > 0, "an empty list says nothing; leave the field out") };
        SecurityHeader::written(REFERRER_POLICY, policies.map(Self::as_str).join(","))
    }

    /// The word that is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
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

impl_word!(ReferrerPolicy, REFERRER_POLICY);
