//! `Cache-Control` by rules: assets are kept for a year when their names change with their content, and
//! never wrongly when they do not.
//!
//! # What this layer does
//!
//! 1. Asks its [rules](CacheControlLayer::rule) in order; the first whose [`Matcher`] matches says what
//!    `Cache-Control` of the answer is. Matchers are about the path (prefix, glob, extension), the
//!    content type, the method, the status, or anything (a closure), and can be combined.
//! 2. Keeps what the handler said: an answer with `Cache-Control`, `Expires` or `Pragma` stays as it is,
//!    unless the rule's [`Policy`] is [overriding](Policy::overriding), and even then where the handler
//!    was stricter.
//! 3. Applies rules to successes, 301, 304 and 308, and to other statuses only where a rule
//!    [names](Matcher::status) them. A 206 and a 304 say what the 200 says.
//! 4. Has the rules for [static assets](StaticAssets) ready: a year for names with a fingerprint, an hour
//!    for others, `no-cache` for HTML, service workers and manifests; and those for [an
//!    API](CacheControlLayer::api) and for [what is never kept](CacheControlLayer::no_store).
//! 5. Sends `Expires` and `CDN-Cache-Control` beside it where the policy says so.
//!
//! # What it never does
//!
//! - It lets nobody have what may be another's: where the answer sets a cookie, the request has
//!   `Authorization`, the method is neither GET nor HEAD, or servers read the path in different ways
//!   (`/account/..%2fx.css`, `/account;x.css`), only a policy that forbids sharing is applied.
//! - It gives no lifetime to an asset whose content type is not that of its extension: `/account/x.css`
//!   that turns out to be a page is no style sheet.
//! - It never weakens what the handler said of storing, sharing, asking again and transforming.
//! - It reads no body, and adds no error to the service.
//!
//! # Where to put it
//!
//! Around the services that it is about, inside of compression and outside of `etag`, whose 304 says of
//! what type the 200 would have been; a 304 from elsewhere has no type, and rules that ask for one say
//! nothing of it, so that caches keep what they have. In axum, `Router::layer` around the routes.
//!
//! # Example
//!
//! ```
//! use http::{Request, Response, header};
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//! use tower_egress::cache_control::CacheControlLayer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = ServiceBuilder::new()
//!     .layer(CacheControlLayer::static_assets().fingerprinted("/assets/")?)
//!     .service(service_fn(|_: Request<()>| async {
//!         Response::builder()
//!             .header(header::CONTENT_TYPE, "text/javascript")
//!             .body("let a = 1;")
//!     }));
//!
//! let request = Request::get("/assets/index-BwZ3kq1x.js").body(())?;
//! let response = service.oneshot(request).await?;
//! assert_eq!(response.headers()[header::CACHE_CONTROL], "max-age=31536000, immutable");
//! # Ok(())
//! # }
//! ```
//!
//! # Example: rules of one's own
//!
//! ```
//! use tower_egress::cache_control::{CacheControl, CacheControlLayer, Matcher, YEAR};
//!
//! let layer = CacheControlLayer::new()
//!     .rule(Matcher::status(|status| !status.is_success()), CacheControl::no_store())
//!     .rule(Matcher::prefix("/api/")?, CacheControl::private_no_cache())
//!     .rule(
//!         Matcher::prefix("/reports/")?.and(Matcher::extension("pdf")?),
//!         CacheControl::builder().private().max_age(600).build()?,
//!     )
//!     .assets(CacheControlLayer::static_assets().max_age(YEAR));
//! # Ok::<(), tower_egress::cache_control::InvalidCacheControl>(())
//! ```
//!
//! # Example: what is said, and why not
//!
//! Every decision is a `debug` event of `tracing` where the feature `tracing` is on, and can be asked
//! for without a server:
//!
//! ```
//! use http::{Request, Response};
//! use tower_egress::cache_control::{CacheControl, CacheControlLayer, Matcher, Plan, Reason};
//!
//! let layer = CacheControlLayer::new().rule(Matcher::any(), CacheControl::max_age(60));
//!
//! let (request, ()) = Request::get("/").header("authorization", "Basic YTpi").body(())?.into_parts();
//! let (response, ()) = Response::new(()).into_parts();
//! assert_eq!(layer.plan(&request, &response), Plan::Leave(Reason::MayBePersonal));
//! # Ok::<(), http::Error>(())
//! ```
//!
//! # Specification
//!
//! [RFC 9111] §3.5 (`Authorization`), §5.2.2 (directives), §5.3 (`Expires`), §7 (security); [RFC 8246]
//! (`immutable`); [RFC 5861] (stale answers); [RFC 9213] (`CDN-Cache-Control`); [RFC 9110] §15.4.5
//! (304).
//!
//! [RFC 9110]: https://www.rfc-editor.org/rfc/rfc9110
//! [RFC 9111]: https://www.rfc-editor.org/rfc/rfc9111
//! [RFC 8246]: https://www.rfc-editor.org/rfc/rfc8246
//! [RFC 5861]: https://www.rfc-editor.org/rfc/rfc5861
//! [RFC 9213]: https://www.rfc-editor.org/rfc/rfc9213

mod assets;
mod audience;
mod builder;
mod cdn;
mod decision;
mod error;
mod facts;
mod fingerprint;
mod glob;
mod layer;
mod matcher;
mod media;
mod path;
mod plan;
mod policy;
mod service;
mod strictness;
mod value;

pub use self::assets::StaticAssets;
pub use self::builder::CacheControlBuilder;
pub use self::cdn::CdnCacheControl;
pub use self::error::InvalidCacheControl;
pub use self::layer::CacheControlLayer;
pub use self::matcher::Matcher;
pub use self::plan::{Plan, Reason, Source};
pub use self::policy::Policy;
pub use self::service::{CacheControlService, ResponseFuture};
pub use self::value::{CacheControl, YEAR};
