//! What a rule says of the answers that it matches.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

use super::cdn::CdnCacheControl;
use super::error::InvalidCacheControl;
use super::value::CacheControl;
use crate::fields::http_date::HttpDate;

/// What a rule says: a [`CacheControl`], and how it is said.
///
/// Made from a [`CacheControl`], it is said where the handler said nothing, without `Expires`.
///
/// # Example
///
/// ```
/// use tower_egress::cache_control::{CacheControl, CdnCacheControl, Policy};
///
/// let policy = Policy::from(CacheControl::max_age(60))
///     .with_expires()?
///     .with_cdn(CdnCacheControl::new(&CacheControl::max_age(86_400))?)
///     .overriding();
/// # Ok::<(), tower_egress::cache_control::InvalidCacheControl>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Policy {
    value: CacheControl,
    line: HeaderValue,
    cdn: Option<CdnCacheControl>,
    expires: Option<Expires>,
    overrides: bool,
}

impl Policy {
    /// Sends `Expires` too, which agrees with `max-age`: for caches that know nothing newer.
    ///
    /// # Errors
    ///
    /// [`InvalidCacheControl::ExpiresWithoutMaxAge`]: there is no lifetime to repeat.
    pub fn with_expires(mut self) -> Result<Self, InvalidCacheControl> {
        let lifetime = self.value.lifetime();
        let lifetime = lifetime.ok_or(InvalidCacheControl::ExpiresWithoutMaxAge)?;
        self.expires = Some(Expires::after(lifetime));
        Ok(self)
    }

    /// Sends `CDN-Cache-Control` too, unless the handler did.
    pub fn with_cdn(mut self, value: CdnCacheControl) -> Self {
        self.cdn = Some(value);
        self
    }

    /// Replaces what the handler said, unless that is stricter: an answer that it kept from being
    /// stored, shared, used without asking or transformed stays as it is.
    pub const fn overriding(mut self) -> Self {
        self.overrides = true;
        self
    }

    pub(super) const fn value(&self) -> &CacheControl {
        &self.value
    }

    pub(super) const fn line(&self) -> &HeaderValue {
        &self.line
    }

    pub(super) const fn cdn(&self) -> Option<&CdnCacheControl> {
        self.cdn.as_ref()
    }

    pub(super) const fn expires(&self) -> Option<&Expires> {
        self.expires.as_ref()
    }

    pub(super) const fn overrides(&self) -> bool {
        self.overrides
    }
}

impl From<CacheControl> for Policy {
    fn from(value: CacheControl) -> Self {
        Self {
            line: value.to_value(),
            value,
            cdn: None,
            expires: None,
            overrides: false,
        }
    }
}

/// `Expires`, written once a second.
#[derive(Clone, Debug)]
pub(super) struct Expires {
    lifetime: u32,
    /// The last one, with the second in which it was written.
    last: Arc<Mutex<Option<(u64, HeaderValue)>>>,
}

impl Expires {
    fn after(lifetime: u32) -> Self {
        Self {
            lifetime,
            last: Arc::default(),
        }
    }

    /// The value in an answer of this time.
    ///
    /// Another thread that is just asking is not waited for; a date is quickly written.
    pub(super) fn at(&self, now: SystemTime) -> HeaderValue {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let write = || {
            let lifetime = Duration::from_secs(self.lifetime.into());
            HttpDate::of(UNIX_EPOCH + since.saturating_add(lifetime)).to_value()
        };
        let Ok(mut last) = self.last.try_lock() else {
            return write();
        };
        match &*last {
            Some((second, value)) if *second == since.as_secs() => value.clone(),
            _ => {
                let value = write();
                *last = Some((since.as_secs(), value.clone()));
                value
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_10_expires_is_now_and_the_lifetime() {
        let expires = Expires::after(60);
        for (millis, expected) in [
            (0, "Thu, 01 Jan 1970 00:01:00 GMT"),
            (999, "Thu, 01 Jan 1970 00:01:00 GMT"),
            (1000, "Thu, 01 Jan 1970 00:01:01 GMT"),
            // A clock that goes back is believed.
            (0, "Thu, 01 Jan 1970 00:01:00 GMT"),
        ] {
            let now = UNIX_EPOCH + Duration::from_millis(millis);
            assert_eq!(expires.at(now), expected, "{millis}");
        }
    }

    #[test]
    fn s_10_a_policy_without_a_lifetime_has_no_expires() {
        let error = Policy::from(CacheControl::no_cache()).with_expires();
        assert_eq!(
            error.unwrap_err(),
            InvalidCacheControl::ExpiresWithoutMaxAge
        );
    }
}
