//! What a response allows caches to do, as a value.

use std::fmt;

use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue};

use crate::fields::cache_control::{MAX_SECONDS, ResponseDirectives};

/// A year in seconds: the longest lifetime that means anything to caches.
pub const YEAR: u32 = 31_536_000;

/// What `Cache-Control` says in a response (RFC 9111 §5.2.2), with `immutable` (RFC 8246),
/// `stale-while-revalidate` and `stale-if-error` (RFC 5861).
///
/// Made by a [builder](Self::builder), which refuses what contradicts itself, by a short name for what
/// is said most often, or read from a [head](Self::read). It is written in one fixed order.
///
/// # Example
///
/// ```
/// use tower_egress::cache_control::CacheControl;
///
/// let value = CacheControl::builder()
///     .max_age(600)
///     .stale_while_revalidate(86_400)
///     .build()?;
/// assert_eq!(value.to_string(), "max-age=600, stale-while-revalidate=86400");
///
/// let error = CacheControl::builder().no_store().max_age(600).build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`no-store` contradicts `max-age`; say `no-store` alone to keep the answer out of caches",
/// );
/// # Ok::<(), tower_egress::cache_control::InvalidCacheControl>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CacheControl {
    pub(super) directives: ResponseDirectives,
}

impl CacheControl {
    /// `max-age=31536000, immutable`: kept for a year and not asked for again, for what has another
    /// name when it changes.
    #[must_use]
    pub fn immutable() -> Self {
        Self::of(ResponseDirectives {
            max_age: Some(YEAR),
            immutable: true,
            ..ResponseDirectives::default()
        })
    }

    /// `max-age=<seconds>`.
    #[must_use]
    pub fn max_age(seconds: u32) -> Self {
        Self::of(ResponseDirectives {
            max_age: Some(seconds.min(MAX_SECONDS)),
            ..ResponseDirectives::default()
        })
    }

    /// `no-cache`: kept, and asked for every time, which costs a 304.
    #[must_use]
    pub fn no_cache() -> Self {
        Self::of(ResponseDirectives {
            no_cache: Some(Vec::new()),
            ..ResponseDirectives::default()
        })
    }

    /// `no-store`: not kept anywhere.
    #[must_use]
    pub fn no_store() -> Self {
        Self::of(ResponseDirectives {
            no_store: true,
            ..ResponseDirectives::default()
        })
    }

    /// `private, no-cache`: kept by the client alone, and asked for every time.
    #[must_use]
    pub fn private_no_cache() -> Self {
        Self::of(ResponseDirectives {
            private: Some(Vec::new()),
            no_cache: Some(Vec::new()),
            ..ResponseDirectives::default()
        })
    }

    /// Reads all `Cache-Control` lines of a head; `None` where there is no directive in them.
    ///
    /// Lenient, as caches are: names in any case, arguments quoted or not, the lowest of several
    /// lifetimes, and a lifetime that is no number is none at all (`max-age=0`). What is not known is
    /// kept as it is. What contradicts itself is read as it stands.
    #[must_use]
    pub fn read(fields: &HeaderMap) -> Option<Self> {
        let mut directives = ResponseDirectives::default();
        let lines = fields.get_all(CACHE_CONTROL).iter();
        lines.for_each(|line| directives.take_line(line));
        (directives != ResponseDirectives::default()).then_some(Self { directives })
    }

    /// The value as a field value.
    #[must_use]
    pub fn to_value(&self) -> HeaderValue {
        let text = self.to_string();
        HeaderValue::try_from(text).expect("directives are visible ASCII")
    }

    /// The lifetime in seconds that every cache may count on.
    #[must_use]
    pub const fn lifetime(&self) -> Option<u32> {
        self.directives.max_age
    }

    /// Whether only the client's own cache may use the response: the value says `no-store`, or `private`
    /// of the whole response.
    ///
    /// A `no-store` beside `must-understand` does not count. A cache that knows the status ignores it
    /// (RFC 9111 §5.2.2.3).
    #[must_use]
    pub fn forbids_sharing(&self) -> bool {
        let is_private = self.directives.private.as_ref().is_some_and(Vec::is_empty);
        is_private || self.directives.forbids_storing()
    }

    pub(super) const fn of(directives: ResponseDirectives) -> Self {
        Self { directives }
    }
}

impl fmt::Display for CacheControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.directives.fmt(f)
    }
}

#[cfg(test)]
mod tests;
