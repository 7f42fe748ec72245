//! Entity tags and conditional requests: a client that already has the representation gets a 304
//! without a body.
//!
//! # Example
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response, StatusCode, header};
//! use http_body_util::Full;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//! use tower_egress::etag::EtagLayer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = ServiceBuilder::new()
//!     .layer(EtagLayer::new())
//!     .service(service_fn(|_: Request<()>| async {
//!         Ok::<_, std::convert::Infallible>(Response::new(Full::<Bytes>::from("hello")))
//!     }));
//!
//! let response = service.clone().oneshot(Request::new(())).await?;
//! let etag = response.headers()[header::ETAG].clone();
//! assert_eq!(etag, "W/\"5d41402abc4b2a76b9719d911017c592\"");
//!
//! let request = Request::builder().header(header::IF_NONE_MATCH, etag).body(())?;
//! let response = service.oneshot(request).await?;
//! assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
//! # Ok(())
//! # }
//! ```
//!
//! # What this layer does
//!
//! 1. It gives a tag to the 200 response to GET or HEAD whose body says how long it is (an exact
//!    size hint), up to [`DEFAULT_MAX_BODY`] bytes: `W/"…"` with the MD5 of the bytes in
//!    hexadecimal digits. The same bytes have the same tag on every machine.
//! 2. It keeps the handler's `ETag` and compares with it. It keeps a malformed one too, and
//!    compares it with nothing.
//! 3. It evaluates the conditions of GET and HEAD in the order of RFC 9110 §13.2.2: `If-Match`,
//!    `If-Unmodified-Since`, `If-None-Match`, `If-Modified-Since`. Lists may span several lines,
//!    tags may contain commas, and dates have three forms. Malformed text matches nothing.
//! 4. It sends 304 without a body when the client already has the representation. It keeps the
//!    fields that caches need (`ETag`, `Cache-Control`, `Content-Location`, `Date`, `Expires`,
//!    `Vary`), and cookies, CORS, security policies and timing. It removes the fields that describe
//!    the content.
//! 5. It sends 412 when `If-Match` or `If-Unmodified-Since` does not hold, with a short text and
//!    `Cache-Control: no-store`. It removes every other field that caches obey: anybody can provoke
//!    a 412, and no cache may serve it to others.
//! 6. It sends the full response to a request with `Cache-Control: no-cache`, unless you tell it to
//!    [ignore that](EtagLayer::ignore_no_cache).
//! 7. It replaces a `Last-Modified` that is later than `Date` with that date. Without `Date` it
//!    takes the time of its [clock](EtagLayer::clock).
//! 8. It removes `Range` and `If-Range` from a request whose `If-Range` has a tag that the layer
//!    may have made: see [weak or strong](#weak-or-strong).
//! 9. It sends 304, 412 and 428 before the handler, and guards writes, if it has a
//!    [resolver](EtagLayer::resolver) that knows the current state.
//!
//! # What it never does
//!
//! - It never reads a body of unknown length: streams and events pass untouched and at once.
//! - It never changes a body: the bytes, their frames, trailers and errors come out as they came
//!   in. A body that is not as long as it said gets no tag and passes as it is.
//! - It never turns a response that is not a success into a 304 or 412.
//! - It never turns a response to a method other than GET and HEAD into one either: the handler has
//!   already acted. A write is guarded [before the handler](#before-the-handler), or not at all.
//! - It gives no validators to the response to a write: only the handler knows whether it stored
//!   what was sent.
//! - It serves no ranges, and its own tags continue none: see [weak or strong](#weak-or-strong).
//! - It adds no error to the service, starts no task, and needs no runtime.
//!
//! # How to turn it off
//!
//! | for | with |
//! |---|---|
//! | all requests | [`enabled(false)`](EtagLayer::enabled) |
//! | some requests | [`skip(matcher)`](EtagLayer::skip) |
//! | one response | the extension [`NoEtag`] |
//!
//! # Where to put it
//!
//! Put it inside of compression, so that it hashes the bytes that the handler wrote and all codings
//! share one tag. Put it outside of everything else that changes the body. Put authentication
//! outside of it.
//!
//! With a [resolver](#before-the-handler), do not put it outside of compression. All codings of a
//! representation would have the one strong tag of the state, so the layer weakens that tag on a
//! response with a `Content-Encoding`. A write with a weak tag in `If-Match` never holds. The
//! resolver does not know the tags that an inner compression marked with its coding.
//!
//! A response to HEAD gets the tag of GET if the layer sees the body of GET, as it does in axum's
//! `Router::layer`. Around a whole `Router` the body is already gone, and the response to HEAD has
//! no tag.
//!
//! # Before the handler
//!
//! An application may know the version of a thing without making its representation. It gives the
//! layer a [`Resolver`]: a closure, [sync](resolver_fn) or [async](async_resolver_fn), from the
//! head of a request to `Unknown`, `Missing` or `Present` with [`Validators`]. The layer asks it
//! about every GET and HEAD, and about every other method with a condition.
//!
//! | | GET, HEAD | PUT, PATCH, DELETE and all others |
//! |---|---|---|
//! | the client has it (`If-None-Match`, `If-Modified-Since`) | 304 | 412 |
//! | the client has not seen this state (`If-Match`, `If-Unmodified-Since`) | 412 | 412 |
//! | `If-Range` is stale, or has a tag that the layer may have made | called without `Range` | |
//! | there is no condition, and one is [required](EtagLayer::require_precondition) | | 428 to PUT, PATCH, DELETE; the resolver is not asked |
//! | it is `Missing`, and the condition needs it to exist | called, for its 404 | 412 |
//! | it is `Unknown` | called; its response is compared | called; the handler compares |
//! | the state has no tag, and the layer makes one of the response | called; its response is compared | compared |
//! | a nonce can be drawn, and the condition is `If-Modified-Since` or `If-None-Match: *` | called; its response is compared | compared |
//! | otherwise | called; the response gets the validators | called, with [`Held`] in the extensions |
//!
//! - Put authentication outside of the layer: it sends its own responses to everybody. Put one
//!   layer that tags around a route: with two, the tag of the inner one is the handler's tag to the
//!   outer one.
//! - The resolver sees the path as the request has it: percent-encoded, and shortened by the
//!   routers outside of the layer. If the handler decodes the path, the resolver must decode it
//!   too.
//! - A resolver says `Unknown` about the routes whose state it does not know. If it said `Missing`,
//!   the layer would refuse every write with `If-Match` there, with the right tag or the wrong one.
//! - A 304 before the handler has only the fields that the [`Validators`] name. A layer further out
//!   may have rules about the content type, such as `CacheControlLayer`. Name the [content
//!   type](ValidatorsBuilder::content_type), and the 304 gets the same `Cache-Control` as the 200.
//! - A page with a nonce has no validators, and no 304 shows it again. Inside of the layer that
//!   makes nonces, this layer waits for the response before it compares a date or `*`.
//! - A condition that held when the layer compared it may no longer hold when the handler writes.
//!   So the handler compares again, in one step with its write (a lock, a transaction,
//!   `UPDATE … WHERE version = …`). [`Held`] tells it what to compare with.
//! - The resolver tells the state *before* the handler reads it. So a tag may be older than the
//!   response that it is sent with, and the next request corrects it. A newer tag would never be
//!   corrected. For that reason a part (206) gets no tag from the layer.
//! - The tags of `If-Match` are compared strongly, so resolve strong tags, which change with every
//!   byte. A guarded write works through compression too: each coding has a tag of its own, and
//!   compression removes its mark from the condition.
//! - The service must be `Clone`, as services of axum and hyper are. If the resolver waits, the
//!   future owns the service that was polled ready.
//!
//! [`versioned`] is a resolver for GET and HEAD of responses that only a new build changes.
//!
//! # Example: a store with guarded writes
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response, StatusCode};
//! use http_body_util::Full;
//! use tower::{Layer, ServiceExt, service_fn};
//! use tower_egress::etag::{Current, EntityTag, EtagLayer, Held, resolver_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let version = EntityTag::strong("v2")?;
//! let state = resolver_fn(move |head| match head.uri.path() {
//!     "/article" => Current::Present(version.clone().into()),
//!     // Another route, whose state this resolver does not know: its handler compares.
//!     _ => Current::Unknown,
//! });
//! let service = EtagLayer::new()
//!     .resolver(state)
//!     .require_precondition()
//!     .layer(service_fn(async |request: Request<()>| {
//!         // `UPDATE articles SET … WHERE version = …`, with the version in this tag.
//!         let held = Held::of(request.extensions()).and_then(Held::etag);
//!         let is_article = request.uri().path() == "/article";
//!         assert_eq!(held.map(EntityTag::opaque), is_article.then_some(&b"v2"[..]));
//!         Ok::<_, std::convert::Infallible>(Response::new(Full::<Bytes>::default()))
//!     }));
//!
//! let put = |path, condition| {
//!     let request = Request::put(path).header("if-match", condition);
//!     service.clone().oneshot(request.body(()).expect("a valid request"))
//! };
//! assert_eq!(put("/article", "\"v2\"").await?.status(), StatusCode::OK);
//! assert_eq!(put("/article", "\"v1\"").await?.status(), StatusCode::PRECONDITION_FAILED);
//! assert_eq!(put("/other", "\"its own\"").await?.status(), StatusCode::OK);
//! # let unguarded = service.oneshot(Request::put("/article").body(())?).await?;
//! # assert_eq!(unguarded.status(), StatusCode::PRECONDITION_REQUIRED);
//! # Ok(())
//! # }
//! ```
//!
//! With the feature `axum`, a handler takes `held: Held` as an argument. [`Preconditions`] is the
//! evaluator by itself, for handlers without the layer.
//!
//! # Weak or strong
//!
//! A weak tag promises that the meaning is the same. A strong tag promises that every byte is the
//! same. Both save the body of a repeated GET, so weak tags are the default.
//!
//! What a tag can guard depends on who made it:
//!
//! | | 304 to GET, HEAD | `If-Match` of GET, HEAD | `If-Match` of a write | `If-Range` |
//! |---|---|---|---|---|
//! | a weak tag of the layer | yes | never holds | no | full response |
//! | a [strong](EtagLayer::strong) tag of the layer | yes | yes | **no** | full response |
//! | a strong tag of a [resolver](EtagLayer::resolver) | yes | yes | yes | yes |
//! | a strong tag of the handler | yes | yes | if the handler compares | if the handler compares |
//!
//! The layer makes a tag from a response. So it does not know the current tag before the handler
//! runs, and it cannot stop a write or continue a broken download. A GET with `Range` whose
//! `If-Range` has a tag that the layer may have made goes to the handler without both fields, and
//! the client gets the full representation. That costs the bytes of the first part, and is always
//! right. A tag of another form is the handler's, such as a tag of `ServeDir`, and its ranges work
//! as before.
//!
//! # Which hash
//!
//! | | bits | | |
//! |---|---|---|---|
//! | [`Md5`] | 128 | 0.6 GB/s | the default: pure Rust, and good enough while you hash your own data |
//! | `Sha256` | 256 | 1.7 GB/s | feature `etag-sha2`: for strong tags of content that others write |
//! | `Xxh3` | 128 | 24 GB/s | feature `etag-xxh3`: for large bodies that nobody hostile writes |
//!
//! Somebody who writes the content can make two bodies of one MD5 or XXH3. With a weak tag, that
//! only lets a client keep seeing the first body. With a strong tag, `If-Match` lets a write pass
//! that was made for the other body.
//!
//! # Memory and time
//!
//! The layer holds a body whole while it tags it: at most [`DEFAULT_MAX_BODY`] bytes in at most
//! 4096 frames. The head waits for the end of the body, which is near, because the body said how
//! long it is. The layer compares the first [`MAX_TAGS`] tags of a list.
//!
//! # Specification
//!
//! [RFC 9110] §8.8 (validators), §13 (conditional requests), §15.4.5 (304), §15.5.13 (412); §5.6.7
//! (dates). [RFC 6585] §3 (428).
//!
//! [RFC 6585]: https://www.rfc-editor.org/rfc/rfc6585
//! [RFC 9110]: https://www.rfc-editor.org/rfc/rfc9110

mod asked;
#[cfg(feature = "axum")]
mod axum;
mod before;
mod body;
mod compare;
mod config;
mod guarded;
mod hasher;
mod held;
mod known;
mod layer;
mod no_etag;
mod plan;
mod refusal;
mod resolver;
mod service;
mod versioned;

#[cfg(feature = "axum")]
pub use self::axum::NotHeld;
pub use self::body::EtagBody;
pub use self::config::DEFAULT_MAX_BODY;
pub use self::guarded::{Guarded, GuardedFuture};
#[cfg(feature = "etag-sha2")]
pub use self::hasher::Sha256;
#[cfg(feature = "etag-xxh3")]
pub use self::hasher::Xxh3;
pub use self::hasher::{Hasher, Md5};
pub use self::held::Held;
pub use self::layer::EtagLayer;
pub use self::no_etag::NoEtag;
pub use self::plan::{Plan, Reason};
pub use self::resolver::{
    AsyncResolverFn, Current, NoResolver, Resolution, Resolver, ResolverFn, async_resolver_fn,
    resolver_fn,
};
pub use self::service::{Etag, ResponseFuture};
pub use self::versioned::{InvalidVersion, Versioned, versioned};
pub use crate::rules::entity_tag::{EntityTag, InvalidEntityTag};
pub use crate::rules::preconditions::{MAX_TAGS, Precondition, Preconditions, Verdict};
pub use crate::rules::validators::{Validators, ValidatorsBuilder};
