//! Whether a request came by https: what the user knows of it.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use http::{Extensions, HeaderMap, HeaderName, Request, request};

use super::error::InvalidSecurityHeaders;
use crate::fields::trim_ows;
use crate::marks::scheme::Scheme;
use crate::matcher::with_head;

/// Whether requests come by https: a setting of
/// [`SecurityHeadersLayer::https`](super::SecurityHeadersLayer::https).
///
/// Nothing that a client writes is believed by default, neither `X-Forwarded-Proto` nor the scheme
/// of an absolute URI.
///
/// # Example
///
/// ```
/// use tower_egress::security_headers::{Https, SecurityHeadersLayer};
///
/// // One proxy in front, which adds `X-Forwarded-Proto`.
/// let layer = SecurityHeadersLayer::new().https(Https::behind_proxies(1)?);
///
/// // A server that puts its own extension into each request of a TLS connection.
/// #[derive(Clone)]
/// struct OverTls;
/// let layer = SecurityHeadersLayer::new()
///     .https(Https::by_request(|request| request.extensions.get::<OverTls>().is_some()));
/// # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Https {
    /// The service does not know. Where a `SecurityHeadersLayer` further out knows, that one
    /// counts.
    #[default]
    Unknown,
    /// Every request came by https.
    Always,
    /// No request came by https, such as on the machine of a developer.
    Never,
    /// The closure tells; made by [`by_request`](Self::by_request).
    ByRequest(HttpsTest),
    /// This many proxies of your own tell; see [`behind_proxies`](Self::behind_proxies).
    BehindProxies(NonZeroUsize),
}

impl Https {
    /// Asks `is_https` of each request.
    ///
    /// The closure should ask the server, for example through an extension that the server sets. A
    /// header field may come from the client.
    pub fn by_request(is_https: impl Fn(&request::Parts) -> bool + Send + Sync + 'static) -> Self {
        Self::ByRequest(HttpsTest(Arc::new(is_https)))
    }

    /// Believes `X-Forwarded-Proto`, where this many proxies of your own add to it.
    ///
    /// Each proxy adds the scheme by which it was asked to the end of the list. So the element that
    /// counts is the one that the outermost of your proxies added: with one proxy the last, with
    /// two the one before the last. Elements before it come from the client and are not believed.
    ///
    /// Do not count a proxy that passes the field on as it is. The scheme is unknown where the list
    /// has fewer elements, and where the element is neither `https` nor `http`.
    ///
    /// # Errors
    ///
    /// [`InvalidSecurityHeaders::NoProxies`]: with 0 proxies, nobody adds an element that counts.
    pub const fn behind_proxies(proxies: usize) -> Result<Self, InvalidSecurityHeaders> {
        match NonZeroUsize::new(proxies) {
            Some(proxies) => Ok(Self::BehindProxies(proxies)),
            None => Err(InvalidSecurityHeaders::NoProxies),
        }
    }

    /// The scheme of the request with this head.
    pub(super) fn scheme(&self, request: &request::Parts) -> Scheme {
        let found = self.scheme_or_test(&request.headers, &request.extensions);
        found.unwrap_or_else(|test| test.scheme(request))
    }

    /// The scheme of this request. Its head is taken apart only where a closure asks for it.
    pub(super) fn scheme_of<B>(&self, request: &mut Request<B>) -> Scheme {
        let found = self.scheme_or_test(request.headers(), request.extensions());
        found.unwrap_or_else(|test| with_head(request, |head| test.scheme(head)))
    }

    fn scheme_or_test(
        &self,
        fields: &HeaderMap,
        extensions: &Extensions,
    ) -> Result<Scheme, &HttpsTest> {
        Ok(match self {
            Self::Unknown => Scheme::of(extensions),
            Self::Always => Scheme::Https,
            Self::Never => Scheme::Http,
            Self::ByRequest(test) => return Err(test),
            Self::BehindProxies(proxies) => forwarded(fields, *proxies),
        })
    }
}

/// A closure that tells whether a request came by https; made by [`Https::by_request`].
#[derive(Clone)]
pub struct HttpsTest(Arc<dyn Fn(&request::Parts) -> bool + Send + Sync>);

impl HttpsTest {
    fn scheme(&self, request: &request::Parts) -> Scheme {
        match (self.0)(request) {
            true => Scheme::Https,
            false => Scheme::Http,
        }
    }
}

impl fmt::Debug for HttpsTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpsTest").finish_non_exhaustive()
    }
}

/// What the outermost of this many proxies added to `X-Forwarded-Proto`, which is a plain list.
fn forwarded(fields: &HeaderMap, proxies: NonZeroUsize) -> Scheme {
    let lines = fields.get_all(X_FORWARDED_PROTO).iter().rev();
    let mut elements =
        lines.flat_map(|line| line.as_bytes().rsplit(|&byte| byte == b',').map(trim_ows));
    match elements.nth(proxies.get() - 1) {
        Some(scheme) if scheme.eq_ignore_ascii_case(b"https") => Scheme::Https,
        Some(scheme) if scheme.eq_ignore_ascii_case(b"http") => Scheme::Http,
        _ => Scheme::Unknown,
    }
}

const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(proxies: usize, lines: &[&str], expected: Scheme) {
        let mut request = Request::builder();
        for line in lines {
            request = request.header(X_FORWARDED_PROTO, *line);
        }
        let (request, ()) = request.body(()).unwrap().into_parts();
        let found = Https::behind_proxies(proxies).unwrap().scheme(&request);
        assert_eq!(found, expected, "{proxies} {lines:?}");
    }

    /// Finding 14.
    #[test]
    fn h_01_only_what_one_s_own_proxies_added_is_believed() {
        check(1, &["https"], Scheme::Https);
        check(1, &["http"], Scheme::Http);
        check(1, &["HTTPS"], Scheme::Https);
        check(1, &["https, http"], Scheme::Http);
        check(1, &["http", "https"], Scheme::Https);
        check(1, &["http,https"], Scheme::Https);
        check(2, &["http, https, http"], Scheme::Https);
        check(2, &["https", "http", " https\t,http"], Scheme::Https);
        check(3, &["http", "https , http"], Scheme::Http);
    }

    #[test]
    fn h_01_what_no_proxy_added_is_unknown() {
        let refused = Https::behind_proxies(0).unwrap_err();
        assert_eq!(refused, InvalidSecurityHeaders::NoProxies);
        check(1, &[], Scheme::Unknown);
        check(2, &["https"], Scheme::Unknown);
        check(usize::MAX, &["https, https"], Scheme::Unknown);
        for nonsense in ["", ",", "https,", "wss", "https://", "\"https\"", "h ttps"] {
            check(1, &[nonsense], Scheme::Unknown);
        }
    }

    #[test]
    fn h_01_the_scheme_of_the_target_is_not_believed() {
        let request = Request::get("https://a.example/").body(()).unwrap();
        let (request, ()) = request.into_parts();
        for https in [Https::Unknown, Https::behind_proxies(1).unwrap()] {
            assert_eq!(https.scheme(&request), Scheme::Unknown, "{https:?}");
        }
    }
}
