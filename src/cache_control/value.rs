//! What a response allows caches to do, as a value.

use std::fmt;
use std::time::Duration;

use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue};

use crate::fields::cache_control::{MAX_SECONDS, ResponseDirectives};

/// A minute.
pub const MINUTE: Duration = Duration::from_secs(60);

/// An hour.
pub const HOUR: Duration = Duration::from_secs(3600);

/// A day.
pub const DAY: Duration = Duration::from_secs(86_400);

/// A year of 365 days: the longest lifetime that means anything to caches.
pub const YEAR: Duration = Duration::from_secs(31_536_000);

/// What `Cache-Control` says in a response (RFC 9111 §5.2.2), with `immutable` (RFC 8246),
/// `stale-while-revalidate` and `stale-if-error` (RFC 5861).
///
/// There are four ways to make one:
///
/// - a short name, such as [`max_age`](Self::max_age), for the most common values;
/// - a [builder](Self::builder), which refuses directives that contradict each other;
/// - text, which is parsed as strictly as the builder checks;
/// - the fields of a [head](Self::read).
///
/// A value is never empty, and is written in one fixed order.
///
/// Caches count whole seconds, so parts of a second are dropped. More than 2³¹ seconds are sent as
/// 2³¹: no cache counts further.
///
/// # Example
///
/// ```
/// use tower_egress::cache_control::{CacheControl, DAY, MINUTE};
///
/// let value = CacheControl::builder()
///     .max_age(10 * MINUTE)
///     .stale_while_revalidate(DAY)
///     .build()?;
/// assert_eq!(value.to_string(), "max-age=600, stale-while-revalidate=86400");
/// assert_eq!("stale-while-revalidate=86400, max-age=600".parse(), Ok(value));
///
/// let error = CacheControl::builder().no_store().max_age(MINUTE).build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`no-store` contradicts `max-age`; say `no-store` alone to keep the response out of caches",
/// );
/// # Ok::<(), tower_egress::cache_control::InvalidCacheControl>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct CacheControl {
    pub(super) directives: ResponseDirectives,
}

impl CacheControl {
    /// `max-age=31536000, immutable`: caches keep the response for a year and do not ask again. For
    /// files that get another name when they change.
    #[must_use]
    pub fn immutable() -> Self {
        Self::of(ResponseDirectives {
            max_age: Some(seconds(YEAR)),
            immutable: true,
            ..ResponseDirectives::default()
        })
    }

    /// `max-age=<seconds>`: caches use the response for this long without asking.
    #[must_use]
    pub fn max_age(lifetime: Duration) -> Self {
        Self::of(ResponseDirectives {
            max_age: Some(seconds(lifetime)),
            ..ResponseDirectives::default()
        })
    }

    /// `no-cache`: caches keep the response, and ask every time before they use it, which costs a
    /// 304.
    #[must_use]
    pub fn no_cache() -> Self {
        Self::of(ResponseDirectives {
            no_cache: Some(Vec::new()),
            ..ResponseDirectives::default()
        })
    }

    /// `no-store`: no cache keeps the response.
    #[must_use]
    pub fn no_store() -> Self {
        Self::of(ResponseDirectives {
            no_store: true,
            ..ResponseDirectives::default()
        })
    }

    /// `private, no-cache`: only the client keeps the response, and it asks every time.
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
    /// It is as lenient as caches are:
    ///
    /// - names are read in any case, and arguments with or without quotes;
    /// - the lowest of several lifetimes counts;
    /// - a lifetime that is not a number is `max-age=0`;
    /// - unknown directives and contradictions are kept.
    #[must_use]
    pub fn read(fields: &HeaderMap) -> Option<Self> {
        let mut directives = ResponseDirectives::default();
        let lines = fields.get_all(CACHE_CONTROL).iter();
        lines.for_each(|line| directives.take_line(line));
        Self::unless_empty(directives)
    }

    /// The lifetime that every cache may count on: `max-age`.
    #[must_use]
    pub fn lifetime(&self) -> Option<Duration> {
        let seconds = self.directives.max_age?;
        Some(Duration::from_secs(seconds.into()))
    }

    /// Whether only the client's own cache may use the response: the value says `no-store`, or
    /// `private` of the whole response.
    ///
    /// A `no-store` beside `must-understand` does not count. A cache that knows the status ignores
    /// it (RFC 9111 §5.2.2.3).
    #[must_use]
    pub fn forbids_sharing(&self) -> bool {
        let is_private = self.directives.private.as_ref().is_some_and(Vec::is_empty);
        is_private || self.directives.forbids_storing()
    }

    /// The value that these directives are; there is at least one.
    pub(super) const fn of(directives: ResponseDirectives) -> Self {
        Self { directives }
    }

    pub(super) fn unless_empty(directives: ResponseDirectives) -> Option<Self> {
        (directives != ResponseDirectives::default()).then_some(Self { directives })
    }
}

impl From<CacheControl> for HeaderValue {
    fn from(value: CacheControl) -> Self {
        Self::from(&value)
    }
}

impl From<&CacheControl> for HeaderValue {
    fn from(value: &CacheControl) -> Self {
        Self::try_from(value.to_string()).expect("directives are visible bytes")
    }
}

/// Whole seconds, as many as caches count.
pub(super) const fn seconds(duration: Duration) -> u32 {
    let seconds = duration.as_secs();
    if seconds < MAX_SECONDS as u64 {
        seconds as u32
    } else {
        MAX_SECONDS
    }
}

impl fmt::Display for CacheControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.directives.fmt(f)
    }
}

#[cfg(test)]
mod tests;
