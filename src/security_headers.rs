//! The fields that browsers and scanners ask of a service: helmet for tower.
//!
//! # What this layer does
//!
//! 1. Sends a set of fields with every response, whatever its status (but 1xx, and tunnels): one that is right for
//!    [pages](SecurityHeadersLayer::new), one for [an API](SecurityHeadersLayer::api), or
//!    [helmet's](SecurityHeadersLayer::helmet).
//!
//!    | field | `new()` | `helmet()` | `api()` |
//!    |---|---|---|---|
//!    | `Content-Security-Policy` | [`page`](ContentSecurityPolicy::page) | [`helmet`](ContentSecurityPolicy::helmet) | [`strictest`](ContentSecurityPolicy::strictest) |
//!    | `Strict-Transport-Security` | a year | a year, subdomains | a year |
//!    | `Cross-Origin-Opener-Policy` | `same-origin` | `same-origin` | |
//!    | `Cross-Origin-Resource-Policy` | `same-origin` | `same-origin` | `same-origin` |
//!    | `Origin-Agent-Cluster` | `?1` | `?1` | `?1` |
//!    | `Referrer-Policy` | `no-referrer` | `no-referrer` | `no-referrer` |
//!    | `X-Content-Type-Options` | `nosniff` | `nosniff` | `nosniff` |
//!    | `X-Frame-Options` | `SAMEORIGIN` | `SAMEORIGIN` | `DENY` |
//!    | `Permissions-Policy` | [`cautious`](PermissionsPolicy::cautious) | | [`cautious`](PermissionsPolicy::cautious) |
//!    | four obsolete ones | | helmet's | |
//!    | removed | `X-Powered-By`, `Server` | `X-Powered-By` | `X-Powered-By`, `Server` |
//!
//! 2. Takes any field [in place](SecurityHeadersLayer::with) of the preset's, or [leaves it
//!    out](SecurityHeadersLayer::without). Fields are typed: what a browser would not understand, or
//!    understand otherwise, is refused when it is built.
//! 3. Keeps what the handler set, unless told to [replace or join](Conflict) it.
//! 4. Does for one response what its [`SecurityOverride`] says, an extension of the response.
//! 5. Gives each response [a nonce](CspNonce), where a policy has [`Source::NONCE`]: the handler reads it, and
//!    the policy has it. What has a nonce in it is never given out twice, so such a response is marked: its
//!    `Cache-Control` becomes `private, no-cache` (`no-store` stays); `CDN-Cache-Control`, `Expires` and the
//!    like go, and so do validators; `cache_control` and `etag` see the mark wherever they stand. A
//!    response whose handler does not read the nonce has a policy without it, which allows no more, and
//!    stays as it is. A 304 has no policy with nonces at all: it would replace that of the page which
//!    the client has.
//!
//! # What it never does
//!
//! - It reflects nothing of a request, and sends no field twice that must stand once.
//! - It sets no `Timing-Allow-Origin`, no CORS field and nothing else that opens what is closed.
//! - It reads no body, adds no error to the service, and allocates no value for a response: they are made
//!   when the layer is. A nonce is written into a copy of its policy.
//! - It sends no nonce twice, and none where the operating system has no randomness to make it of: the
//!   policy goes out without, never no policy.
//!
//! # Where to put it
//!
//! Outside of all that answers: what a timeout, a limit or a panic handler inside of it says gets the
//! fields too. A `<meta>` cannot stand for the field: `frame-ancestors`, `sandbox` and reporting work in
//! the field alone. A cache between this layer and the handler would keep pages with their nonces, unless
//! it heeds what `cache_control` inside of it says.
//!
//! # Example
//!
//! ```
//! use http::{Request, Response};
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//! use tower_egress::security_headers::SecurityHeadersLayer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = ServiceBuilder::new()
//!     .layer(SecurityHeadersLayer::new())
//!     .service(service_fn(|_: Request<()>| async {
//!         Ok::<_, std::convert::Infallible>(Response::new("hello"))
//!     }));
//!
//! let response = service.oneshot(Request::new(())).await?;
//! assert_eq!(response.headers()["x-content-type-options"], "nosniff");
//! assert_eq!(response.headers()["strict-transport-security"], "max-age=31536000");
//! # Ok(())
//! # }
//! ```
//!
//! # Example: a page with fonts of Google's, for ever by https
//!
//! ```
//! use tower_egress::security_headers::{
//!     ContentSecurityPolicy, Directive, Hsts, SecurityHeadersLayer, Source,
//! };
//!
//! let policy = ContentSecurityPolicy::page()
//!     .sources(
//!         Directive::StyleSrc,
//!         [Source::SELF, Source::host("https://fonts.googleapis.com")?],
//!     )
//!     .sources(
//!         Directive::FontSrc,
//!         [Source::SELF, Source::host("https://fonts.gstatic.com")?],
//!     )
//!     .sources(Directive::ImgSrc, [Source::SELF, Source::DATA])
//!     .none(Directive::FrameAncestors);
//!
//! let layer = SecurityHeadersLayer::new()
//!     .with(policy)
//!     .with(Hsts::new(63_072_000).include_subdomains().preload()?);
//! # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
//! ```
//!
//! # Example: trying a policy out
//!
//! ```
//! use tower_egress::security_headers::{
//!     ContentSecurityPolicy, Directive, ReportingEndpoints, SecurityHeadersLayer, Source,
//! };
//!
//! let endpoints = ReportingEndpoints::new("csp", "/reports")?;
//! let stricter = ContentSecurityPolicy::page()
//!     .sources(Directive::ScriptSrc, [Source::SELF, Source::REPORT_SAMPLE])
//!     .require_trusted_types()
//!     .report_to(&endpoints, "csp")?;
//!
//! let layer = SecurityHeadersLayer::new()
//!     .with(stricter.report_only())
//!     .with(endpoints);
//! # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
//! ```
//!
//! # Example: scripts by nonce
//!
//! ```
//! use axum::Router;
//! use axum::response::Html;
//! use axum::routing::get;
//! use tower_egress::security_headers::{ContentSecurityPolicy, CspNonce, SecurityHeadersLayer};
//!
//! // The nonce is an argument with the feature `axum`; any other handler has `CspNonce::of`.
//! async fn page(nonce: CspNonce) -> Html<String> {
//!     let nonce = nonce.draw();
//!     Html(format!("<script nonce=\"{nonce}\">document.title = 'It runs'</script>"))
//! }
//!
//! # #[cfg(feature = "axum")]
//! let app: Router = Router::new()
//!     .route("/", get(page))
//!     .layer(SecurityHeadersLayer::new().with(ContentSecurityPolicy::strict()));
//! ```
//!
//! # Specification
//!
//! [Content Security Policy 3], [RFC 6797] (HSTS), [HTML] (openers, embedders, agent clusters, frames),
//! [Fetch] (resource policy, `nosniff`), [Referrer Policy], [Permissions Policy], [Reporting],
//! [Subresource Integrity], [Clear Site Data], [RFC 9651] (structured fields).
//!
//! [Content Security Policy 3]: https://www.w3.org/TR/CSP3/
//! [RFC 6797]: https://www.rfc-editor.org/rfc/rfc6797
//! [HTML]: https://html.spec.whatwg.org/
//! [Fetch]: https://fetch.spec.whatwg.org/
//! [Referrer Policy]: https://www.w3.org/TR/referrer-policy/
//! [Permissions Policy]: https://www.w3.org/TR/permissions-policy/
//! [Reporting]: https://www.w3.org/TR/reporting-1/
//! [Subresource Integrity]: https://www.w3.org/TR/sri-2/
//! [Clear Site Data]: https://www.w3.org/TR/clear-site-data/
//! [RFC 9651]: https://www.rfc-editor.org/rfc/rfc9651

mod by_scheme;
mod config;
mod csp;
mod error;
#[cfg(feature = "axum")]
mod extractor;
mod field;
mod hsts;
mod https;
mod layer;
mod nonce;
mod overriding;
mod permissions;
mod prepared;
mod reporting;
mod service;
mod simple;
mod template;

pub use self::csp::{ContentSecurityPolicy, Directive, Sandbox, Source};
pub use self::error::InvalidSecurityHeaders;
pub use self::field::{Conflict, Field};
pub use self::hsts::Hsts;
pub use self::https::{Https, HttpsTest};
pub use self::layer::SecurityHeadersLayer;
pub use self::nonce::CspNonce;
pub use self::overriding::SecurityOverride;
pub use self::permissions::{Allowed, Feature, PermissionsPolicy};
pub use self::reporting::{
    CrossOriginEmbedderPolicy, CrossOriginOpenerPolicy, IntegrityPolicy, ReportingEndpoints,
};
pub use self::service::{ResponseFuture, SecurityHeaders};
pub use self::simple::{
    ClearSiteData, CrossOriginResourcePolicy, NoSniff, OriginAgentCluster, ReferrerPolicy,
    XFrameOptions,
};
