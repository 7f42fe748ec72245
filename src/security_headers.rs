//! Sends the security headers that browsers and scanners expect of a service: helmet for tower.
//!
//! # What this layer does
//!
//! 1. It sends a set of fields with every response, whatever the status. Interim responses (1xx)
//!    and tunnels have none. There are three sets: for [pages](SecurityHeadersLayer::new), for [an
//!    API](SecurityHeadersLayer::api), and [helmet's](SecurityHeadersLayer::helmet).
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
//! 2. Any field can be [replaced or added](SecurityHeadersLayer::with), or [switched
//!    off](SecurityHeadersLayer::without). Fields are typed: a value that browsers would not
//!    understand, or would understand differently, is refused when it is built. So is a policy that
//!    says nothing.
//! 3. The handler's fields are kept, unless you have the layer [replace or join](Conflict) them.
//! 4. What is sent depends on the scheme of the request, which the layer [must be
//!    told](SecurityHeadersLayer::https):
//!    - by https, every field is sent;
//!    - by http, no `Strict-Transport-Security`, `Cross-Origin-Opener-Policy` or
//!      `Origin-Agent-Cluster` is sent, and no policy says `upgrade-insecure-requests`;
//!    - where the scheme is unknown, which is the default, the presets leave out
//!      `upgrade-insecure-requests`. `helmet()` sends its fields as they are.
//! 5. A [`SecurityOverride`] in the extensions of a response changes the set for that response.
//! 6. Where a policy has [`CspSource::NONCE`], each request has [a nonce](CspNonce), and the
//!    handler may [draw](CspNonce::draw) it.
//!    - Once it is drawn, the policy has it, and the response is never given out twice: its
//!      `Cache-Control` becomes `private, no-cache` (`no-store` stays). `CDN-Cache-Control`,
//!      `Expires` and the like are removed, and so are validators. `cache_control` and `etag` see
//!      the mark, inside or outside of this layer.
//!    - A response whose nonce nobody draws has a policy without a nonce, and is otherwise
//!      unchanged. A 304 is such a response too. A 304 whose nonce is drawn has no policy with
//!      nonces.
//! 7. The layer can be [off](SecurityHeadersLayer::enabled), for all requests or for
//!    [some](SecurityHeadersLayer::skip), and it can [skip
//!    responses](SecurityHeadersLayer::skip_responses).
//!
//! [`fields_for`](SecurityHeadersLayer::fields_for) and [`plan`](SecurityHeadersLayer::plan) tell
//! all this for given heads, without a server. Where the feature `tracing` is on, each response is
//! a `debug` event with the plan, the scheme, whether the nonce was drawn, and the names of the
//! fields.
//!
//! # What it never does
//!
//! - It reflects nothing of a request. It sends no field twice that may be there only once.
//! - It believes nothing that a client writes, such as `X-Forwarded-Proto`, unless it is told of
//!   proxies.
//! - It sets no `Timing-Allow-Origin`, no CORS field and nothing else that opens what is closed.
//! - It reads no body and adds no error to the service.
//! - It makes no value for a response: values are made with the layer. A nonce is written into a
//!   copy of its policy.
//! - It sends no nonce twice. Where the operating system has no randomness, the policy is sent
//!   without a nonce.
//!
//! # Where to put it
//!
//! Put it outside of everything that responds: a timeout, a limit or a panic handler inside of it
//! then has the fields too. A `<meta>` element cannot replace the field: `frame-ancestors`,
//! `sandbox` and reporting work in the field alone. A cache between this layer and the handler
//! keeps pages with their nonces, unless it obeys what `cache_control` inside of it says.
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
//! # Example: fonts of another host, and HSTS with preload
//!
//! ```
//! use tower_egress::security_headers::{
//!     ContentSecurityPolicy, Directive, Hsts, SecurityHeadersLayer, CspSource,
//! };
//!
//! let policy = ContentSecurityPolicy::page()
//!     .sources(
//!         Directive::StyleSrc,
//!         [CspSource::SELF, CspSource::host("https://fonts.googleapis.com")?],
//!     )
//!     .sources(
//!         Directive::FontSrc,
//!         [CspSource::SELF, CspSource::host("https://fonts.gstatic.com")?],
//!     )
//!     .sources(Directive::ImgSrc, [CspSource::SELF, CspSource::DATA])
//!     .none(Directive::FrameAncestors);
//!
//! let layer = SecurityHeadersLayer::new()
//!     .with(policy)
//!     .with(Hsts::year().include_subdomains().preload()?);
//! # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
//! ```
//!
//! # Example: behind a proxy, and on the machine of a developer
//!
//! ```
//! use tower_egress::security_headers::{Https, SecurityHeadersLayer};
//!
//! let layer = SecurityHeadersLayer::new();
//! let layer = if cfg!(debug_assertions) {
//!     layer.development()
//! } else {
//!     layer.https(Https::behind_proxies(1)?)
//! };
//! # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
//! ```
//!
//! # Example: off for some routes
//!
//! ```
//! use tower_egress::matcher::{RequestMatcher, ResponseMatcher};
//! use tower_egress::security_headers::SecurityHeadersLayer;
//!
//! let layer = SecurityHeadersLayer::new()
//!     .enabled(std::env::var_os("NO_SECURITY_HEADERS").is_none())
//!     .skip(RequestMatcher::prefix("/proxied/")?)
//!     .skip_responses(ResponseMatcher::media_type("image/*")?);
//! # Ok::<(), tower_egress::matcher::InvalidMatcher>(())
//! ```
//!
//! # Example: a policy that only reports
//!
//! ```
//! use tower_egress::security_headers::{
//!     ContentSecurityPolicy, Directive, ReportingEndpoints, SecurityHeadersLayer, CspSource,
//! };
//!
//! let endpoints = ReportingEndpoints::new("csp", "/reports")?;
//! let stricter = ContentSecurityPolicy::page()
//!     .sources(Directive::ScriptSrc, [CspSource::SELF, CspSource::REPORT_SAMPLE])
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
//! [Content Security Policy 3], [RFC 6797] (HSTS), [HTML] (openers, embedders, agent clusters,
//! frames), [Fetch] (resource policy, `nosniff`), [Referrer Policy], [Permissions Policy],
//! [Reporting], [Subresource Integrity], [Clear Site Data], [RFC 9651] (structured fields).
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

#[cfg(feature = "axum")]
mod axum;
mod by_scheme;
mod config;
mod conflict;
mod decision;
mod error;
mod fields;
mod header;
mod https;
mod layer;
mod nonce;
mod place;
mod plan;
mod prepared;
mod security_override;
mod service;
mod splice;
mod template;

pub use self::conflict::Conflict;
pub use self::error::InvalidSecurityHeaders;
pub use self::fields::{
    ClearSiteData, ContentSecurityPolicy, CrossOriginEmbedderPolicy, CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy, CspSource, Directive, Hsts, IntegrityPolicy, NoSniff,
    OriginAgentCluster, PermissionsAllowlist, PermissionsFeature, PermissionsPolicy,
    ReferrerPolicy, ReportingEndpoints, Sandbox, XFrameOptions,
};
pub use self::header::SecurityHeader;
pub use self::https::{Https, HttpsTest};
pub use self::layer::SecurityHeadersLayer;
pub use self::nonce::CspNonce;
pub use self::plan::{Plan, Reason};
pub use self::security_override::SecurityOverride;
pub use self::service::{ResponseFuture, SecurityHeaders};
