//! Policies to begin with.

use super::directive::Directive;
use super::policy::ContentSecurityPolicy;
use super::source::CspSource;

impl ContentSecurityPolicy {
    /// The policy of [`SecurityHeadersLayer::new`]. It allows everything from the same origin, and
    /// pictures from `data:`. It forbids plug-ins, `<base>` and scripts in attributes. Where https
    /// is [known], it also says `upgrade-insecure-requests`.
    ///
    /// [known]: crate::security_headers::Https
    /// [`SecurityHeadersLayer::new`]: crate::security_headers::SecurityHeadersLayer::new
    pub fn page() -> Self {
        Self::empty()
            .sources(Directive::DefaultSrc, [CspSource::SELF])
            .none(Directive::BaseUri)
            .sources(Directive::FormAction, [CspSource::SELF])
            .sources(Directive::FrameAncestors, [CspSource::SELF])
            .sources(Directive::ImgSrc, [CspSource::SELF, CspSource::DATA])
            .none(Directive::ObjectSrc)
            .none(Directive::ScriptSrcAttr)
            .upgrade_by_https()
    }

    /// [`page`](Self::page) for pages whose scripts have a nonce: `script-src 'nonce-…'
    /// 'strict-dynamic'`. Every script of the page needs the [nonce] in its `nonce` attribute,
    /// wherever it comes from, and may load others. No script can be in an attribute or after
    /// `javascript:`.
    ///
    /// A response whose nonce nobody draws, such as a static `index.html`, has `script-src 'self'`:
    /// scripts of the same origin run there. [`nonce_only`](Self::nonce_only) is the same policy
    /// without that.
    ///
    /// The policy has no `https:` and no `'unsafe-inline'` for browsers that know no nonces or no
    /// `'strict-dynamic'`. Every browser since 2022 knows both, and older ones run nothing rather
    /// than everything.
    ///
    /// [nonce]: crate::security_headers::CspNonce
    ///
    /// # Example
    ///
    /// Style sheets in the page by a nonce of their own too:
    ///
    /// ```
    /// use tower_egress::security_headers::{ContentSecurityPolicy, CspSource, Directive};
    ///
    /// let policy = ContentSecurityPolicy::strict()
    ///     .sources(Directive::StyleSrc, [CspSource::SELF, CspSource::STYLE_NONCE]);
    /// assert_eq!(
    ///     policy.to_string(),
    ///     "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; \
    ///      img-src 'self' data:; object-src 'none'; script-src-attr 'none'; \
    ///      upgrade-insecure-requests; script-src 'nonce-{nonce}' 'strict-dynamic'; \
    ///      style-src 'self' 'nonce-{style}'",
    /// );
    /// ```
    pub fn strict() -> Self {
        let policy = Self {
            opens_without_nonce: true,
            ..Self::page()
        };
        policy.sources(
            Directive::ScriptSrc,
            [CspSource::NONCE, CspSource::STRICT_DYNAMIC],
        )
    }

    /// [`strict`](Self::strict) for pages that always draw their nonce: a response whose nonce
    /// nobody draws allows no script at all, not even one of the same origin.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::security_headers::{ContentSecurityPolicy, SecurityHeader};
    ///
    /// let strict = SecurityHeader::from(ContentSecurityPolicy::strict());
    /// let closed = SecurityHeader::from(ContentSecurityPolicy::nonce_only());
    /// // The values of a response without a nonce.
    /// assert!(strict.value().to_str()?.ends_with("script-src 'self'"));
    /// assert!(closed.value().to_str()?.ends_with("script-src 'strict-dynamic'"));
    /// # Ok::<(), http::header::ToStrError>(())
    /// ```
    pub fn nonce_only() -> Self {
        Self {
            opens_without_nonce: false,
            ..Self::strict()
        }
    }

    /// The policy of helmet 8.3, to the letter.
    pub fn helmet() -> Self {
        let policy = Self {
            is_compact: true,
            ..Self::empty()
        };
        policy
            .sources(Directive::DefaultSrc, [CspSource::SELF])
            .sources(Directive::BaseUri, [CspSource::SELF])
            .sources(
                Directive::FontSrc,
                [CspSource::SELF, CspSource::HTTPS, CspSource::DATA],
            )
            .sources(Directive::FormAction, [CspSource::SELF])
            .sources(Directive::FrameAncestors, [CspSource::SELF])
            .sources(Directive::ImgSrc, [CspSource::SELF, CspSource::DATA])
            .none(Directive::ObjectSrc)
            .sources(Directive::ScriptSrc, [CspSource::SELF])
            .none(Directive::ScriptSrcAttr)
            .sources(
                Directive::StyleSrc,
                [CspSource::SELF, CspSource::HTTPS, CspSource::UNSAFE_INLINE],
            )
            .upgrade_insecure_requests()
    }

    /// Nothing at all: for responses that are not pages, such as those of an API.
    pub fn strictest() -> Self {
        Self::empty()
            .none(Directive::DefaultSrc)
            .none(Directive::BaseUri)
            .none(Directive::FormAction)
            .none(Directive::FrameAncestors)
    }
}
