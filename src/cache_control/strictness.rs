//! How much a value forbids caches, and stricter values made of it. Pure.

use http::HeaderName;

use super::value::CacheControl;
use crate::fields::cache_control::ResponseDirectives;

impl CacheControl {
    /// Whether a cache may store, share, reuse or transform the response where `other` forbids
    /// that.
    pub(super) fn is_weaker_than(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.directives, &other.directives);
        // A cache that does not know `must-understand` obeys the `no-store` beside it.
        let is_stored = !ours.no_store || (ours.must_understand && !theirs.must_understand);
        (theirs.no_store && is_stored)
            || (theirs.private.is_some() && !self.forbids_sharing())
            || (!ours.forbids_storing() && asks_less(ours, theirs))
            || (theirs.no_transform && !ours.no_transform)
    }

    /// Whether this value is at least as strict as `private, no-cache`.
    pub(super) fn is_private_no_cache(&self) -> bool {
        let directives = &self.directives;
        self.forbids_sharing() && (directives.forbids_storing() || asks_every_time(directives))
    }

    /// Whether this value says `public`.
    pub(super) const fn is_public(&self) -> bool {
        self.directives.public
    }

    /// Whether this value keeps the response, or a part of it, from other people.
    pub(super) const fn is_against_sharing(&self) -> bool {
        self.directives.no_store || self.directives.private.is_some()
    }

    /// `private, no-cache`, with all that this value says of storing and transforming.
    pub(super) fn revalidated(&self) -> Self {
        Self::of(ResponseDirectives {
            private: Some(Vec::new()),
            no_cache: Some(Vec::new()),
            no_store: self.directives.no_store,
            no_transform: self.directives.no_transform,
            ..ResponseDirectives::default()
        })
    }

    /// This value with `private`, and without what is for shared caches alone.
    pub(super) fn with_private(&self) -> Self {
        let directives = self.directives.clone();
        let outlives = directives.max_age.is_some();
        Self::of(ResponseDirectives {
            public: false,
            private: Some(Vec::new()),
            proxy_revalidate: false,
            s_maxage: None,
            // RFC 5861 extends a lifetime, and without `max-age` there is none left.
            stale_while_revalidate: directives.stale_while_revalidate.filter(|_| outlives),
            stale_if_error: directives.stale_if_error.filter(|_| outlives),
            ..directives
        })
    }
}

/// Whether caches ask the origin server about less with `ours` than with `theirs`.
fn asks_less(ours: &ResponseDirectives, theirs: &ResponseDirectives) -> bool {
    if asks_every_time(ours) {
        return false;
    }
    // An older spelling of `no-cache`; for shared caches `s-maxage` may relax it, for others
    // nothing.
    if theirs.must_revalidate && theirs.max_age == Some(0) {
        return true;
    }
    let Some(theirs) = &theirs.no_cache else {
        return false;
    };
    let ours: &[HeaderName] = ours.no_cache.as_deref().unwrap_or_default();
    theirs.is_empty() || theirs.iter().any(|name| !ours.contains(name))
}

/// Whether every cache asks the origin server before each use: `no-cache` of the whole response, or
/// its older spelling, `max-age=0, must-revalidate`.
fn asks_every_time(directives: &ResponseDirectives) -> bool {
    let is_stale = |seconds: Option<u32>| seconds == Some(0);
    directives.no_cache.as_ref().is_some_and(Vec::is_empty)
        || (directives.must_revalidate
            && is_stale(directives.max_age)
            && directives.s_maxage.is_none_or(|seconds| seconds == 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use http::header::CACHE_CONTROL;

    fn read(text: &str) -> CacheControl {
        let mut fields = HeaderMap::new();
        fields.insert(CACHE_CONTROL, text.parse().unwrap());
        CacheControl::read(&fields).unwrap()
    }

    #[test]
    fn f_10_stricter_values_keep_what_is_about_storing_and_transforming() {
        for (value, revalidated, private) in [
            ("max-age=60", "private, no-cache", "private, max-age=60"),
            (
                "public, max-age=60",
                "private, no-cache",
                "private, max-age=60",
            ),
            ("no-cache", "private, no-cache", "private, no-cache"),
            (
                "s-maxage=60, stale-if-error=5",
                "private, no-cache",
                "private",
            ),
            (
                "no-transform, max-age=60",
                "private, no-cache, no-transform",
                "private, no-transform, max-age=60",
            ),
            (
                "private=\"x-a\", proxy-revalidate, max-age=60, s-maxage=9, immutable, x",
                "private, no-cache",
                "private, max-age=60, immutable, x",
            ),
            (
                "no-store, must-understand, max-age=60",
                "private, no-cache, no-store",
                "private, no-store, must-understand, max-age=60",
            ),
        ] {
            let made = [read(value).revalidated(), read(value).with_private()];
            let made = made.map(|made| made.to_string());
            assert_eq!(made, [revalidated, private], "{value}");
        }
    }

    #[test]
    fn h_13_values_at_least_as_strict_as_private_no_cache() {
        for (value, expected) in [
            ("private, no-cache", true),
            ("no-store", true),
            ("private, max-age=0, must-revalidate", true),
            ("private, max-age=60", false),
            ("no-cache", false),
            ("private=\"x\", no-cache", false),
            ("private, no-cache=\"x\"", false),
            ("no-store, must-understand", false),
        ] {
            assert_eq!(read(value).is_private_no_cache(), expected, "{value}");
        }
    }
}
