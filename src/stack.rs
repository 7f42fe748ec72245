//! All layers in the order in which they belong, as one.
//!
//! # What this layer does
//!
//! 1. Puts [`response_time`](crate::response_time), [`security_headers`](crate::security_headers),
//!    [`compression`](crate::compression), [`cache_control`](crate::cache_control) and
//!    [`etag`](crate::etag) around a service, the first outermost, each with its own defaults but two:
//!    `cache_control` also says `no-cache` [where nobody
//!    spoke](crate::cache_control::CacheControlLayer::otherwise_no_cache), and `response_time` tells whole
//!    milliseconds, since the digits of a microsecond tell strangers too much. A layer of your own in
//!    their place has its own settings alone.
//! 2. Puts [`strip_nulls`](crate::strip_nulls) innermost where it is asked for: it changes what an API
//!    says.
//! 3. Has a place for a layer of your own that decides who may come in: [`guard`](Stack::guard).
//! 4. Takes another layer in the place of each, configured or of your own, or none: [`Off`].
//!
//! # What it never does
//!
//! - It decides nothing itself. Whatever it does, one of the layers does, and its module says why.
//! - It costs nothing beside its layers: no box, no allocation, no body of its own. A layer that is off is
//!   not there.
//!
//! # Why this order
//!
//! | layer, from outside | its place | elsewhere |
//! |---|---|---|
//! | `response_time` | sees the time of all the others, and the bytes that are sent | measures less than the client waits |
//! | `security_headers` | outside of all that answers itself, so that 304, 412 and 428 have its fields too | an answer of a layer further out has none |
//! | `compression` | outside of what reads bodies | the others would see coded bytes, and leave them alone |
//! | `guard` | inside of what a refusal needs, and outside of what answers without the handler | further in, `etag` could send a 304 that the guard would have refused |
//! | `cache_control` | outside of `etag`, so that a 304 says what the 200 says | a 304 that `etag` gives without the handler says nothing of caching, unless its resolver names it |
//! | `etag` | hashes what the handler wrote: one hash for all codings | further out, a tag is of the coded bytes, and each coding hashed |
//! | `strip_nulls` | inside of `etag`, so that the tag is of what is sent | further out, the client gets a tag of another text: right still, as one follows from the other |
//!
//! Any order is safe but one: this one does the most at the lowest cost. An `etag` with a
//! [resolver](crate::etag::Resolver) outside of `compression` would give one strong tag to all codings; it
//! weakens the tag there, so writes are no longer guarded by it.
//!
//! # What it costs
//!
//! Two microseconds for a small answer, and for others what it takes to hash and to code their bytes. In
//! instructions, over the bare service:
//!
//! | layer | leaves an answer alone | does its work |
//! |---|---|---|
//! | `response_time` | | 1,400 |
//! | `security_headers` | | 2,900; 7,500 with a nonce that is drawn |
//! | `compression` | 1,300 to 1,750 | the encoder, and about a microsecond |
//! | `cache_control` | | 2,100 with ten rules |
//! | `etag` | 450 | 2,300, and the hash: with MD5, 1.7 µs a KiB; 1,700 for a 304 before the handler |
//! | `strip_nulls` | 600 | 2,100 without a null, and half a nanosecond a byte with some |
//!
//! How it was measured, and beside what, stands in `docs/performance.md`.
//!
//! # Where to put it
//!
//! ```text
//! tracing, load shedding, rate limits, paths rewritten
//!   CORS
//!     the stack, with authentication in its place for a guard
//!       timeouts, panics caught
//!         your routes
//! ```
//!
//! - **CORS** outside: it answers preflights, which need nothing of the stack, and adds its fields to a 304
//!   as to any other answer.
//! - **Authentication** and **sessions** in the place for a [`guard`](Stack::guard), so that a 401 has the
//!   security fields, and no layer answers a request that the guard refuses. A session that sets cookies goes
//!   inside the stack: its cookie then keeps the response out of shared caches.
//! - **Timeouts and `CatchPanic`** inside: what they answer is an answer like others, timed and with its
//!   fields. A timeout further out drops the stack's future, which loses nothing but the log of the time.
//! - `Router::layer` of axum wraps each route and the fallback from within, so that answers to HEAD still
//!   have the body of GET when the layers see them, and have its tag and coding. `stack().layer(router)` goes
//!   around the router, which has emptied them by then: they have no tag. hyper serves it as it is, and
//!   `axum::serve` as `Router::new().fallback_service(stack().layer(router))`.
//!
//! # Example
//!
//! ```
//! use axum::{Router, routing::get};
//! use tower_egress::stack;
//!
//! let app: Router = Router::new()
//!     .route("/", get(async || "hello"))
//!     .layer(stack());
//! ```
//!
//! # Example: configured
//!
//! ```
//! use axum::{Json, Router, routing::get};
//! use tower_egress::cache_control::CacheControlLayer;
//! use tower_egress::compression::{Coding, CompressionLayer};
//! use tower_egress::security_headers::SecurityHeadersLayer;
//! use tower_egress::stack;
//! use tower_egress::stack::Off;
//! use tower_egress::strip_nulls::StripNullsLayer;
//!
//! let api = stack()
//!     .security_headers(SecurityHeadersLayer::api())
//!     .compression(CompressionLayer::new().codings([Coding::Gzip])?)
//!     .cache_control(CacheControlLayer::api())
//!     .strip_nulls(StripNullsLayer::new());
//! let internal = stack().security_headers(Off).response_time(Off);
//!
//! let app: Router = Router::new()
//!     .route("/me", get(async || Json("Ada")).layer(api))
//!     .route("/metrics", get(async || "up 1").layer(internal));
//! # Ok::<(), tower_egress::compression::InvalidCompression>(())
//! ```
//!
//! # Specification
//!
//! Those of the layers: RFC 9110, RFC 9111, and what the modules name.

use tower_layer::Layer;

use crate::cache_control::{CacheControlLayer, CacheControlService};
use crate::compression::{Compression, CompressionLayer};
use crate::etag::{Etag, EtagLayer};
use crate::response_time::{ResponseTime, ResponseTimeLayer};
use crate::security_headers::{SecurityHeaders, SecurityHeadersLayer};

/// All layers in the order in which they belong, each with its defaults; see the [module docs](self).
pub fn stack() -> Stack {
    Stack {
        response_time: ResponseTimeLayer::new()
            .digits(0)
            .expect("0 digits are allowed"),
        security_headers: SecurityHeadersLayer::new(),
        compression: CompressionLayer::new(),
        guard: Off,
        cache_control: CacheControlLayer::new().otherwise_no_cache(),
        etag: EtagLayer::new(),
        strip_nulls: Off,
    }
}

/// The service type of the default stack, as compiler messages show it.
pub type StackService<S> = ResponseTime<SecurityHeaders<Compression<CacheControlService<Etag<S>>>>>;

/// A layer for each place, from the outermost to the innermost. [`stack`] makes it.
///
/// See the [module docs](self) for what it does. The parameters are the types of its layers. You
/// seldom have to write them: `Stack` alone is the default one.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Stack<
    Time = ResponseTimeLayer,
    Security = SecurityHeadersLayer,
    Coding = CompressionLayer,
    Guard = Off,
    Caching = CacheControlLayer,
    Tags = EtagLayer,
    Nulls = Off,
> {
    response_time: Time,
    security_headers: Security,
    compression: Coding,
    guard: Guard,
    cache_control: Caching,
    etag: Tags,
    strip_nulls: Nulls,
}

impl<Time, Security, Coding, Guard, Caching, Tags, Nulls>
    Stack<Time, Security, Coding, Guard, Caching, Tags, Nulls>
{
    /// Puts `layer` in the place of [`response_time`](crate::response_time).
    pub fn response_time<L>(
        self,
        layer: L,
    ) -> Stack<L, Security, Coding, Guard, Caching, Tags, Nulls> {
        Stack {
            response_time: layer,
            security_headers: self.security_headers,
            compression: self.compression,
            guard: self.guard,
            cache_control: self.cache_control,
            etag: self.etag,
            strip_nulls: self.strip_nulls,
        }
    }

    /// Puts `layer` in the place of [`security_headers`](crate::security_headers).
    pub fn security_headers<L>(
        self,
        layer: L,
    ) -> Stack<Time, L, Coding, Guard, Caching, Tags, Nulls> {
        Stack {
            response_time: self.response_time,
            security_headers: layer,
            compression: self.compression,
            guard: self.guard,
            cache_control: self.cache_control,
            etag: self.etag,
            strip_nulls: self.strip_nulls,
        }
    }

    /// Puts `layer` in the place of [`compression`](crate::compression).
    pub fn compression<L>(self, layer: L) -> Stack<Time, Security, L, Guard, Caching, Tags, Nulls> {
        Stack {
            response_time: self.response_time,
            security_headers: self.security_headers,
            compression: layer,
            guard: self.guard,
            cache_control: self.cache_control,
            etag: self.etag,
            strip_nulls: self.strip_nulls,
        }
    }

    /// Puts a layer of your own behind compression, and around all layers that answer from what they know:
    /// authentication, for instance. There is none by default.
    ///
    /// A response of the guard has the security fields, and is coded and timed. What it refuses never
    /// reaches the layers inside: `etag` sends no 304 in its place.
    ///
    /// # Example
    ///
    /// ```
    /// use axum::extract::Request;
    /// use axum::http::{StatusCode, header::AUTHORIZATION};
    /// use axum::middleware::{Next, from_fn};
    /// use axum::response::Response;
    /// use axum::{Router, routing::get};
    /// use tower_egress::stack;
    ///
    /// async fn require_login(request: Request, next: Next) -> Result<Response, StatusCode> {
    ///     if !request.headers().contains_key(AUTHORIZATION) {
    ///         return Err(StatusCode::UNAUTHORIZED);
    ///     }
    ///     Ok(next.run(request).await)
    /// }
    ///
    /// let app: Router = Router::new()
    ///     .route("/", get(async || "hello"))
    ///     .layer(stack().guard(from_fn(require_login)));
    /// ```
    pub fn guard<L>(self, layer: L) -> Stack<Time, Security, Coding, L, Caching, Tags, Nulls> {
        Stack {
            response_time: self.response_time,
            security_headers: self.security_headers,
            compression: self.compression,
            guard: layer,
            cache_control: self.cache_control,
            etag: self.etag,
            strip_nulls: self.strip_nulls,
        }
    }

    /// Puts `layer` in the place of [`cache_control`](crate::cache_control).
    pub fn cache_control<L>(
        self,
        layer: L,
    ) -> Stack<Time, Security, Coding, Guard, L, Tags, Nulls> {
        Stack {
            response_time: self.response_time,
            security_headers: self.security_headers,
            compression: self.compression,
            guard: self.guard,
            cache_control: layer,
            etag: self.etag,
            strip_nulls: self.strip_nulls,
        }
    }

    /// Puts `layer` in the place of [`etag`](crate::etag).
    pub fn etag<L>(self, layer: L) -> Stack<Time, Security, Coding, Guard, Caching, L, Nulls> {
        Stack {
            response_time: self.response_time,
            security_headers: self.security_headers,
            compression: self.compression,
            guard: self.guard,
            cache_control: self.cache_control,
            etag: layer,
            strip_nulls: self.strip_nulls,
        }
    }

    /// Puts `layer` in the place of [`strip_nulls`](crate::strip_nulls). There is none by default.
    pub fn strip_nulls<L>(
        self,
        layer: L,
    ) -> Stack<Time, Security, Coding, Guard, Caching, Tags, L> {
        Stack {
            response_time: self.response_time,
            security_headers: self.security_headers,
            compression: self.compression,
            guard: self.guard,
            cache_control: self.cache_control,
            etag: self.etag,
            strip_nulls: layer,
        }
    }
}

impl Default for Stack {
    fn default() -> Self {
        stack()
    }
}

impl<S, Time, Security, Coding, Guard, Caching, Tags, Nulls> Layer<S>
    for Stack<Time, Security, Coding, Guard, Caching, Tags, Nulls>
where
    Nulls: Layer<S>,
    Tags: Layer<Nulls::Service>,
    Caching: Layer<Tags::Service>,
    Guard: Layer<Caching::Service>,
    Coding: Layer<Guard::Service>,
    Security: Layer<Coding::Service>,
    Time: Layer<Security::Service>,
{
    type Service = Time::Service;

    fn layer(&self, inner: S) -> Self::Service {
        let inner = self.strip_nulls.layer(inner);
        let inner = self.etag.layer(inner);
        let inner = self.cache_control.layer(inner);
        let inner = self.guard.layer(inner);
        let inner = self.compression.layer(inner);
        let inner = self.security_headers.layer(inner);
        self.response_time.layer(inner)
    }
}

/// No layer. Put it in the place of a layer that you do not want.
///
/// It is a choice of the program. For a flag at run time, use the layer's own `enabled(flag)`: the
/// service keeps its type. `tower::util::option_layer` does not fit here, because the body has another
/// type with the layer than without it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a marker, which users write as a value"
)]
pub struct Off;

impl<S> Layer<S> for Off {
    type Service = S;

    fn layer(&self, inner: S) -> S {
        inner
    }
}
