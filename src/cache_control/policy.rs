//! What a rule says of the responses that it matches.

use http::HeaderValue;

use super::audience::Audience;
use super::cdn::CdnCacheControl;
use super::error::InvalidCacheControl;
use super::expires::Expires;
use super::value::CacheControl;

/// What a rule says: a [`CacheControl`], and how it is sent.
///
/// A policy made from a [`CacheControl`] applies where the handler said nothing, and sends
/// `Cache-Control` alone.
///
/// # Responses that may be personal
///
/// A policy is never applied as it is where a cache that obeys it would give one person's response
/// to others. The layer sends a stricter form instead:
///
/// | sign | what is sent |
/// |---|---|
/// | the request has credentials, such as `Authorization` | `private, no-cache`, unless the policy says [`public`](super::CacheControlBuilder::public) |
/// | the response sets a cookie, or servers read its path in different ways | `private, no-cache` |
/// | the handler said `private` or `no-store` in a field for networks, such as `CDN-Cache-Control` | `private, no-cache` |
/// | the request has a cookie, and the file is neither fingerprinted nor css, js, wasm or a font | the policy with `private`, unless it says `public` |
///
/// A policy that says `private` or `no-store` itself is applied as it is.
///
/// # Example
///
/// ```
/// use tower_egress::cache_control::{CacheControl, CdnCacheControl, DAY, MINUTE, Policy};
///
/// let policy = Policy::from(CacheControl::max_age(MINUTE))
///     .expires()?
///     .cdn(CdnCacheControl::new(&CacheControl::max_age(DAY))?)
///     .override_handler();
/// # Ok::<(), tower_egress::cache_control::InvalidCacheControl>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Policy {
    whole: Said,
    /// The same with `private`, for a response that the owner of a cookie asked for.
    with_private: Said,
    /// `private, no-cache`, for a response that is for its client alone.
    revalidated: Said,
    cdn: Option<CdnCacheControl>,
    expires: Option<Expires>,
    overrides: bool,
}

/// A value, and the line that says it.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) value: CacheControl,
    pub(super) line: HeaderValue,
}

impl Policy {
    /// Sends `Expires` too, for caches that know nothing newer. It is `max-age` after the `Date` of
    /// the response, or after now where the response has none yet.
    ///
    /// # Errors
    ///
    /// [`InvalidCacheControl::ExpiresWithoutMaxAge`]: there is no lifetime to repeat.
    pub fn expires(mut self) -> Result<Self, InvalidCacheControl> {
        let lifetime = self.whole.value.directives.max_age;
        let lifetime = lifetime.ok_or(InvalidCacheControl::ExpiresWithoutMaxAge)?;
        self.expires = Some(Expires::new(lifetime));
        Ok(self)
    }

    /// Sends no `Expires`, as by default.
    pub fn without_expires(mut self) -> Self {
        self.expires = None;
        self
    }

    /// Sends `CDN-Cache-Control` too.
    ///
    /// It is not sent where
    ///
    /// - the response may be personal, and `value` would let the network share it;
    /// - the handler spoke to networks itself, and the policy does not
    ///   [override](Self::override_handler) it, or the handler was stricter.
    pub fn cdn(mut self, value: CdnCacheControl) -> Self {
        self.cdn = Some(value);
        self
    }

    /// Sends no `CDN-Cache-Control`, as by default.
    pub fn without_cdn(mut self) -> Self {
        self.cdn = None;
        self
    }

    /// Replaces what the handler said, unless the handler was stricter.
    ///
    /// The handler was stricter if it kept the response from being stored, shared, used without
    /// asking or transformed, and this policy would not. `max-age=0, must-revalidate` is `no-cache`
    /// in its older spelling. A lifetime is not compared: it is what this setting replaces.
    ///
    /// All fields that caches obey are replaced together: `Expires`, `Pragma`, `CDN-Cache-Control`
    /// and others of its kind, too. What the handler said to networks stays if it is stricter than
    /// what the policy tells them.
    pub const fn override_handler(mut self) -> Self {
        self.overrides = true;
        self
    }

    /// Applies only where the handler said nothing, as by default.
    pub const fn if_absent(mut self) -> Self {
        self.overrides = false;
        self
    }

    pub(super) const fn value(&self) -> &CacheControl {
        &self.whole.value
    }

    /// What the policy says of a response for `audience`.
    pub(super) fn said_to(&self, audience: Audience) -> &Said {
        if audience.is_respected_by(&self.whole.value) {
            return &self.whole;
        }
        match audience {
            Audience::Everybody => &self.whole,
            Audience::OwnerOfCookie => &self.with_private,
            Audience::OwnerOfCredentials | Audience::Client => &self.revalidated,
        }
    }

    pub(super) const fn cdn_part(&self) -> Option<&CdnCacheControl> {
        self.cdn.as_ref()
    }

    pub(super) const fn expires_part(&self) -> Option<&Expires> {
        self.expires.as_ref()
    }

    pub(super) const fn overrides(&self) -> bool {
        self.overrides
    }
}

impl From<CacheControl> for Policy {
    fn from(value: CacheControl) -> Self {
        Self {
            with_private: value.with_private().into(),
            revalidated: value.revalidated().into(),
            whole: value.into(),
            cdn: None,
            expires: None,
            overrides: false,
        }
    }
}

impl From<CacheControl> for Said {
    fn from(value: CacheControl) -> Self {
        Self {
            line: (&value).into(),
            value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_10_a_policy_without_a_lifetime_has_no_expires() {
        let error = Policy::from(CacheControl::no_cache()).expires();
        assert_eq!(
            error.unwrap_err(),
            InvalidCacheControl::ExpiresWithoutMaxAge
        );
    }
}
