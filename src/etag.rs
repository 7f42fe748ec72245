//! Entity tags and conditional requests: who has a representation already is told so, without being
//! sent it again.
//!
//! # What this layer does
//!
//! 1. Gives a tag to the 200 that answers GET or HEAD when the body says how long it is (an exact size
//!    hint), of at most [`DEFAULT_LIMIT`] bytes: `W/"…"` with the MD5 of the bytes in hexadecimal
//!    digits. The same bytes have the same tag on every machine.
//! 2. Keeps the handler's `ETag` and compares with it. One that is malformed is kept and compared with
//!    nothing.
//! 3. Evaluates the conditions of GET and HEAD in the order of RFC 9110 §13.2.2: `If-Match`,
//!    `If-Unmodified-Since`, `If-None-Match`, `If-Modified-Since`. Lists may stand on several lines,
//!    tags may hold commas, and dates have three forms; what is malformed matches nothing.
//! 4. Sends 304 without a body when the client already has the representation. What caches need stays
//!    (`ETag`, `Cache-Control`, `Content-Location`, `Date`, `Expires`, `Vary`), and so do cookies, CORS,
//!    security policies and timing. What describes the content is removed.
//! 5. Sends 412 when `If-Match` or `If-Unmodified-Since` does not hold, with a short text and
//!    `Cache-Control: no-store`. Every other field that caches obey is removed: anybody can provoke a
//!    412, and no cache may serve it to others.
//! 6. Gives the full answer to requests with `Cache-Control: no-cache`, unless told to
//!    [ignore it](EtagLayer::ignore_no_cache).
//! 7. Replaces a `Last-Modified` that is later than `Date` by that date.
//! 8. Removes `Range` and `If-Range` from a request whose `If-Range` holds a tag that the layer may have
//!    made: see [weak or strong](#weak-or-strong).
//! 9. Answers 304, 412 and 428 without the handler, and guards writes, where it is told the
//!    [current state](EtagLayer::validators).
//!
//! # What it never does
//!
//! - It never reads a body of unknown length: streams and events pass untouched and at once.
//! - It changes no body: the bytes, their frames, trailers and errors come out as they went in. One
//!   that is not as long as it said gets no tag, and goes out as it is.
//! - It makes no 304 or 412 of an answer that is not a success, and none of the answer to a method other
//!   than GET and HEAD: that the handler has carried out by now. A write is guarded
//!   [before the handler](#before-the-handler), or not at all.
//! - It gives the answer to a write no validators: whether what is stored is what was sent, the handler
//!   knows.
//! - It serves no ranges, and its own tags continue none: see [weak or strong](#weak-or-strong).
//! - It adds no error to the service, starts no task, and needs no runtime.
//!
//! # Where to put it
//!
//! Inside of compression, so that it hashes the bytes that the handler wrote and a tag is the same for
//! every coding; outside of whatever else changes the body. Authentication goes outside of it.
//!
//! With a [resolver](#before-the-handler), outside of compression is wrong. All codings of a
//! representation would have the one strong tag of the state. So the layer weakens that tag on a response
//! with a `Content-Encoding`, and a write with a weak tag in `If-Match` never holds. The tags that an
//! inner compression marked with its coding are unknown to the resolver.
//!
//! An answer to HEAD gets the tag of GET where the layer sees GET's body, as it does in axum's
//! `Router::layer`. Around a whole `Router` the body is gone by then, and HEAD has no tag.
//!
//! # Before the handler
//!
//! An application that knows the version of a thing without making its representation gives the layer a
//! [`Resolver`]: a closure from the head of a request to `Unknown`, `Missing` or `Present` with
//! [`Validators`], [sync](resolver_fn) or [async](async_resolver_fn). It is asked about every GET and
//! HEAD, and about every other method with a condition.
//!
//! | | GET, HEAD | PUT, PATCH, DELETE and all others |
//! |---|---|---|
//! | the client has it (`If-None-Match`, `If-Modified-Since`) | 304 | 412 |
//! | it is not what the client has seen (`If-Match`, `If-Unmodified-Since`) | 412 | 412 |
//! | `If-Range` is stale, or holds a tag that the layer may have made | called without `Range` | |
//! | there is no condition, and one is [required](EtagLayer::require_precondition) | | 428 to PUT, PATCH, DELETE, whatever is there: the resolver is not asked |
//! | it is `Missing`, and the condition asks that it is there | called, for its 404 | 412 |
//! | it is `Unknown` | called; its answer is compared | called, and compares itself |
//! | the state has no tag, and the layer makes one of the answer | called; its answer is compared | compared |
//! | a nonce can be drawn, and the condition is `If-Modified-Since` or `If-None-Match: *` | called; its response is compared | compared |
//! | otherwise | called; the answer gets the validators | called, with [`Held`] in the extensions |
//!
//! - Authentication goes outside of the layer: what it answers itself, it answers to everybody. And one route
//!   has one layer that tags it: of two, the inner one's tag is the handler's word for the outer.
//! - The resolver sees the path as it stands in the request, percent-encoded, and as far as routers have not
//!   cut it; what the handler decodes, it has to decode as well.
//! - A resolver says `Unknown` about the routes whose state it does not know. With `Missing`, it would
//!   refuse every write there that has an `If-Match`, be its tag right or not.
//! - A 304 before the handler has only the fields that the [`Validators`] name. A layer further out whose
//!   rules depend on the content type, such as `CacheControlLayer`, needs
//!   [`Validators::content_type`]: with it, the 304 says of caching what the 200 says.
//! - A page with a nonce is sent without validators, and never again by a 304. Inside of the layer that
//!   makes nonces, this layer waits for the response before it compares a date or `*`.
//! - A condition that held when the layer asked need not hold when the handler writes. The handler writes
//!   in one step with its own comparison (a lock, a transaction, `UPDATE … WHERE version = …`), and
//!   [`Held`] tells what to compare with.
//! - The resolver says the state *before* the handler reads it. So a tag may be older than the answer that it
//!   is sent with, and is corrected by the next request; the other way round, it never would be. A part
//!   (206) gets no tag for that reason, unless the handler gives it one.
//! - The tags of `If-Match` are compared strongly: resolve strong ones, that change with every byte.
//!   Through compression a guarded write works all the same: each coding has a tag of its own, and what
//!   compression added to it, it takes away from the condition.
//! - The service has to be `Clone`, as services of axum and hyper are. A resolver that has the state at
//!   hand leaves the service that was polled ready where it is; one that takes its time holds it in the
//!   future.
//!
//! [`versioned`] is a resolver for GET and HEAD of responses that only a new build changes.
//!
//! # Weak or strong
//!
//! A weak tag promises that the meaning is the same. A strong tag promises that every byte is the same.
//! Both save the body of a repeated GET, so weak tags are the default.
//!
//! What a tag can guard depends on who made it:
//!
//! | | 304 to GET, HEAD | `If-Match` of GET, HEAD | `If-Match` of a write | `If-Range` |
//! |---|---|---|---|---|
//! | a weak tag of the layer | yes | never holds | no | full response |
//! | a [strong](EtagLayer::strong) tag of the layer | yes | yes | **no** | full response |
//! | a strong tag of a [resolver](EtagLayer::validators) | yes | yes | yes | yes |
//! | a strong tag of the handler | yes | yes | if the handler compares | if the handler compares |
//!
//! The layer makes a tag from a response. So it does not know the current tag before the handler runs,
//! and it cannot stop a write or continue a broken download. A GET with `Range` whose `If-Range` holds a
//! tag that the layer may have made goes to the handler without both fields, and the client gets the
//! full representation. That costs the bytes of the first part, and is always right. A tag of another
//! form is the handler's, and its ranges work as before: such as the tags of `ServeDir`.
//!
//! # Which hash
//!
//! | | bits | | |
//! |---|---|---|---|
//! | [`Md5`] | 128 | 0.6 GB/s | the default: pure Rust, and as good as any while your own data is hashed |
//! | `Sha256` | 256 | 1.7 GB/s | feature `etag-sha2`: the one for strong tags where others write the content |
//! | `Xxh3` | 128 | 24 GB/s | feature `etag-xxh3`: for large bodies that nobody hostile writes |
//!
//! Who writes the content that is hashed can make two bodies of one MD5 or XXH3. With a weak tag all
//! they gain is that a client keeps seeing the first. With a strong one, `If-Match` lets a write pass
//! that was made for the other body.
//!
//! # Memory and time
//!
//! A body that is to be tagged is held whole, at most [`DEFAULT_LIMIT`] bytes in at most 4096 frames,
//! and its head waits for its end: it said how long it is, so an end is near. Of a list of tags
//! [`MAX_TAGS`] are compared.
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
//! # Example: strong tags of SHA-256
//!
//! ```
//! # #[cfg(feature = "etag-sha2")]
//! # fn main() {
//! use tower_egress::etag::{EtagLayer, Sha256};
//!
//! let layer = EtagLayer::new()
//!     .strong()
//!     .hasher(Sha256)
//!     .limit(64 * 1024);
//! # }
//! # #[cfg(not(feature = "etag-sha2"))]
//! # fn main() {}
//! ```
//!
//! # Example: a store whose writes are guarded
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response, StatusCode};
//! use http_body_util::Full;
//! use tower::{Layer, ServiceExt, service_fn};
//! use tower_egress::etag::{Current, EntityTag, EtagLayer, Held, Validators, resolver_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let version = EntityTag::strong("v2")?;
//! let state = resolver_fn(move |head| match head.uri.path() {
//!     "/article" => Current::Present(Validators::new().etag(version.clone())),
//!     // Another route, whose state this resolver does not know: its handler compares.
//!     _ => Current::Unknown,
//! });
//! let service = EtagLayer::new()
//!     .validators(state)
//!     .require_precondition()
//!     .layer(service_fn(async |request: Request<()>| {
//!         let is_known = request.uri().path() == "/article";
//!         assert_eq!(request.extensions().get::<Held>().is_some(), is_known);
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
//! [`Preconditions`] is the evaluator by itself, for handlers without the layer.
//!
//! # Specification
//!
//! [RFC 9110] §8.8 (validators), §13 (conditional requests), §15.4.5 (304), §15.5.13 (412); §5.6.7
//! (dates). [RFC 6585] §3 (428).
//!
//! [RFC 6585]: https://www.rfc-editor.org/rfc/rfc6585
//! [RFC 9110]: https://www.rfc-editor.org/rfc/rfc9110

mod answer;
mod before;
mod body;
mod conditional;
mod config;
mod entity_tag;
mod guarded;
mod hasher;
mod layer;
mod plan;
mod preconditions;
mod resolver;
mod service;
mod validators;
mod versioned;

pub use self::before::Held;
pub use self::body::EtagBody;
pub use self::config::DEFAULT_LIMIT;
pub use self::entity_tag::{EntityTag, InvalidEntityTag};
pub use self::guarded::GuardedFuture;
#[cfg(feature = "etag-sha2")]
pub use self::hasher::Sha256;
#[cfg(feature = "etag-xxh3")]
pub use self::hasher::Xxh3;
pub use self::hasher::{Hasher, Md5};
pub use self::layer::EtagLayer;
pub use self::plan::{Plan, Reason};
pub use self::preconditions::{MAX_TAGS, Precondition, Preconditions, Verdict};
pub use self::resolver::{
    AsyncResolverFn, Current, NoResolver, Resolution, Resolver, ResolverFn, async_resolver_fn,
    resolver_fn,
};
pub use self::service::{Etag, ResponseFuture};
pub use self::validators::Validators;
pub use self::versioned::{InvalidVersion, Versioned, versioned};
