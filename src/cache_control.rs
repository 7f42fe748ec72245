//! Set `Cache-Control` by rules: a year for files that are named by their content, and `no-cache`
//! for pages and all other files.
//!
//! # Example
//!
//! ```
//! use http::{Request, Response, header};
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//! use tower_egress::cache_control::{CacheControlLayer, StaticAssets};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = ServiceBuilder::new()
//!     .layer(CacheControlLayer::new().assets(StaticAssets::vite()))
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
//! # What this layer does
//!
//! 1. It asks its [rules](CacheControlLayer::rule) in order. The first rule whose
//!    [matcher](crate::matcher) matches sets `Cache-Control`. A matcher looks at the path, the
//!    media type, the method, the status, or at both heads (a closure), and matchers can be
//!    combined.
//! 2. It keeps what the handler said. A response with `Cache-Control`, `Expires` or `Pragma` stays
//!    as it is, unless the rule's [`Policy`] [overrides](Policy::override_handler) it and is not
//!    weaker. If the handler spoke to networks alone (`CDN-Cache-Control`, `Surrogate-Control` and
//!    their kind), then the layer keeps that field and adds `Cache-Control` for everybody else.
//! 3. It applies rules to successes, 301 and 308. A rule for another status
//!    [names](crate::matcher::ResponseMatcher::status) it. A 206 and a 304 get what their 200 gets.
//! 4. It has the rules for [static assets](StaticAssets), which follow your own rules. There are
//!    presets for [an API](CacheControlLayer::api) and for [what no cache may
//!    store](CacheControlLayer::no_store), and a layer [without rules](CacheControlLayer::none).
//! 5. It sends `no-cache` where nobody said anything, if you
//!    [ask for it](CacheControlLayer::otherwise_no_cache).
//! 6. It sends `Expires` and `CDN-Cache-Control` too, where the policy says so.
//! 7. It makes a response that holds a nonce `private, no-cache`, unless a rule is stricter.
//!
//! # What it never does
//!
//! - It never lets a shared cache store a response that may be personal, unless your rule says
//!   [`public`](CacheControlBuilder::public). The [table of
//!   signs](Policy#responses-that-may-be-personal) says what it sends instead. A response that sets
//!   a cookie is never shared, and neither is one whose path servers read in different ways
//!   (`/account/..%2fx.css`, `/account;x.css`).
//! - It never gives a lifetime to an asset whose content type is not that of its extension. A page
//!   under the path `/account/x.css` is not a style sheet.
//! - It never weakens what the handler said about storing, sharing, asking again and transforming.
//! - It changes no body, and adds no error to the service.
//! - It does not touch the `Cache-Control` of a handler, unless a policy overrides it or the
//!   response has a nonce. A handler opts out by setting that field, so there is no mark to opt out.
//!
//! # Where to put it
//!
//! Put it around the services that it is about, inside of compression and outside of `etag`. In
//! axum, use `Router::layer` around the routes. Inside of `Router::nest` the layer sees a shortened
//! path.
//!
//! A 304 has no `Content-Type`. The 304 of `etag` tells the layer of which type the 200 was. For a
//! 304 from elsewhere, such as that of `ServeDir`, the layer takes the type that belongs to the
//! extension of the path. It takes a path that ends in `/` for a page. The rules for static assets
//! take a path without an extension for a page, too. `etag` can also respond before it calls the
//! handler. The path decides about such a 304, too.
//!
//! Put layers that set cookies, such as those of sessions, inside of this layer. It restricts a
//! response only if it sees the `Set-Cookie`.
//!
//! # Example: rules of your own
//!
//! ```
//! use tower_egress::cache_control::{CacheControl, CacheControlLayer, MINUTE, StaticAssets, YEAR};
//! use tower_egress::matcher::{RequestMatcher, ResponseMatcher};
//!
//! let is_failure = |status: http::StatusCode| status.is_client_error() || status.is_server_error();
//! let layer = CacheControlLayer::new()
//!     .rule(ResponseMatcher::status(is_failure), CacheControl::no_store())
//!     .rule(RequestMatcher::prefix("/api/")?, CacheControl::private_no_cache())
//!     .rule(
//!         RequestMatcher::prefix("/reports/")?.and(RequestMatcher::extension("pdf")?),
//!         CacheControl::builder().private().max_age(10 * MINUTE).build()?,
//!     )
//!     .assets(StaticAssets::vite().max_age(YEAR));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Example: what the layer does, and why
//!
//! With the feature `tracing`, every decision is a `debug` event, such as `apply rule 0` or
//! `leave: no rule matches`. You can also ask for the decision without a server:
//!
//! ```
//! use http::{Request, Response};
//! use tower_egress::cache_control::{CacheControl, CacheControlLayer, MINUTE, Plan, PolicySource};
//! use tower_egress::matcher::ResponseMatcher;
//!
//! let layer = CacheControlLayer::new().rule(ResponseMatcher::any(), CacheControl::max_age(MINUTE));
//!
//! // The request has credentials, so the response gets `private, no-cache`.
//! let (request, ()) = Request::get("/").header("authorization", "Basic YTpi").body(())?.into_parts();
//! let (response, ()) = Response::new(()).into_parts();
//! assert_eq!(layer.plan(&request, &response), Plan::Restrict(PolicySource::Rule(0)));
//! # Ok::<(), http::Error>(())
//! ```
//!
//! # Example: not for these
//!
//! [`enabled`](CacheControlLayer::enabled) turns the layer on or off,
//! [`skip`](CacheControlLayer::skip) turns it off for some requests, and
//! [`skip_responses`](CacheControlLayer::skip_responses) for some responses.
//!
//! ```
//! use tower_egress::cache_control::CacheControlLayer;
//! use tower_egress::matcher::{RequestMatcher, ResponseMatcher};
//!
//! let layer = CacheControlLayer::api()
//!     .skip(RequestMatcher::glob("/metrics")?)
//!     .skip_responses(ResponseMatcher::media_type("image/*")?);
//! # Ok::<(), tower_egress::matcher::InvalidMatcher>(())
//! ```
//!
//! # Statuses
//!
//! A rule such as `RequestMatcher::prefix("/api/")` says nothing about a 404, a 303 or a 412 below
//! that prefix. Caches guess a lifetime for a 404, as for all statuses that
//! [`otherwise_no_cache`](CacheControlLayer::otherwise_no_cache) lists, so use that method, or a
//! rule that names the status. Caches do not store a 303 or a 412 unless a response says so.
//!
//! # Specification
//!
//! [RFC 9111] §3.5 (`Authorization`), §5.2.2 (directives), §5.3 (`Expires`), §7 (security); [RFC 8246]
//! (`immutable`); [RFC 5861] (stale responses); [RFC 9213] (`CDN-Cache-Control`); [RFC 9110]
//! §15.4.5 (304).
//!
//! [RFC 9110]: https://www.rfc-editor.org/rfc/rfc9110
//! [RFC 9111]: https://www.rfc-editor.org/rfc/rfc9111
//! [RFC 8246]: https://www.rfc-editor.org/rfc/rfc8246
//! [RFC 5861]: https://www.rfc-editor.org/rfc/rfc5861
//! [RFC 9213]: https://www.rfc-editor.org/rfc/rfc9213

mod assets;
mod audience;
#[cfg(feature = "axum")]
mod axum;
mod builder;
mod cdn;
mod config;
mod decision;
mod error;
mod expires;
mod facts;
mod fingerprint;
mod layer;
mod plan;
mod policy;
mod rules;
mod service;
mod strictness;
mod value;

pub use self::assets::StaticAssets;
pub use self::builder::CacheControlBuilder;
pub use self::cdn::CdnCacheControl;
pub use self::error::InvalidCacheControl;
pub use self::layer::CacheControlLayer;
pub use self::plan::{Plan, PolicySource, Reason};
pub use self::policy::Policy;
pub use self::service::{CacheControlService, ResponseFuture};
pub use self::value::{CacheControl, DAY, HOUR, MINUTE, YEAR};
