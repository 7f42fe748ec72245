//! What a rule says of the answers that it matches.

use std::sync::{Arc, Mutex};

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
    /// Sends `Expires` too, for caches that know nothing newer. It is `max-age` after the `Date` of the
    /// response, or after now where the response has none yet.
    ///
    /// # Errors
    ///
    /// [`InvalidCacheControl::ExpiresWithoutMaxAge`]: there is no lifetime to repeat.
    pub fn with_expires(mut self) -> Result<Self, InvalidCacheControl> {
        let lifetime = self.value.lifetime();
        let lifetime = lifetime.ok_or(InvalidCacheControl::ExpiresWithoutMaxAge)?;
        self.expires = Some(Expires::new(lifetime));
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
    /// The last one, with the date that it was written for.
    last: Arc<Mutex<Option<(HttpDate, HeaderValue)>>>,
}

impl Expires {
    fn new(lifetime: u32) -> Self {
        Self {
            lifetime,
            last: Arc::default(),
        }
    }

    /// The value in a response of this date.
    ///
    /// A thread does not wait for another one that is using the last value. Writing a date is quick.
    pub(super) fn after(&self, date: HttpDate) -> HeaderValue {
        let write = || date.later_by(self.lifetime).to_value();
        let Ok(mut last) = self.last.try_lock() else {
            return write();
        };
        match &*last {
            Some((second, value)) if *second == date => value.clone(),
            _ => {
                let value = write();
                *last = Some((date, value.clone()));
                value
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn s_10_expires_is_now_and_the_lifetime() {
        let expires = Expires::new(60);
        for (millis, expected) in [
            (0, "Thu, 01 Jan 1970 00:01:00 GMT"),
            (999, "Thu, 01 Jan 1970 00:01:00 GMT"),
            (1000, "Thu, 01 Jan 1970 00:01:01 GMT"),
            // A clock that goes back is believed.
            (0, "Thu, 01 Jan 1970 00:01:00 GMT"),
        ] {
            let now = UNIX_EPOCH + Duration::from_millis(millis);
            assert_eq!(expires.after(HttpDate::of(now)), expected, "{millis}");
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
