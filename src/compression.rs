//! Compress response bodies with gzip, br, zstd or deflate.
//!
//! # What this layer does
//!
//! 1. Chooses a coding from `Accept-Encoding`: the highest weight wins, the order of
//!    [`Coding::preference`] (or your own) breaks ties, a coding beats `identity` at equal weight,
//!    `*` alone means gzip, and a malformed member is ignored. Without the field the body is sent
//!    as it is, unless [`when_absent`](CompressionLayer::when_absent) says otherwise.
//! 2. Compresses a response if its type is on the list ([`ContentTypes`]), if it passes the
//!    [predicate](CompressionLayer::compress_when), where there is one, and if it has at least
//!    [`DEFAULT_THRESHOLD`] bytes. The size comes from `Content-Length` or the body's size hint. A
//!    body of unknown size is taken for large, unless it turns out, without waiting, to end below
//!    the threshold.
//! 3. Encodes a body of at most [`DEFAULT_ONE_SHOT`] bytes at once when all of it is at hand. It is
//!    sent in one frame with its exact length, or as it is, if the coding does not make it smaller.
//! 4. Streams all others: at most 32 KiB of the inner body are encoded in one poll, the inner body
//!    is polled only on demand, and frames of 16 to 64 KiB are sent. Trailers follow the data.
//! 5. Flushes a stream when the inner body is pending, so that the client can decode what was
//!    written so far. Three kinds of streams are live and flushed at once, every time:
//!    `text/event-stream` and line-delimited JSON, responses with `Incremental: ?1`, and responses
//!    with the extension [`Live`](crate::Live). Any other body is asked once more first, which
//!    spares a producer that merely yields between its pieces. Its flushes may add 4 KiB, and one
//!    byte for eight of the body; once they have, at most 64 bytes wait for more.
//! 6. Sets `Content-Encoding`, and removes what was true only of the bytes before:
//!    `Content-Length`, `Accept-Ranges`, `Content-Digest`, `Repr-Digest`, `Digest`, `Content-MD5`,
//!    also where they are announced and sent as trailers.
//! 7. Lists `accept-encoding` in `Vary` of every response that another `Accept-Encoding` could have
//!    changed: small ones, 206 and 304 included. It also lists `x-no-compression` and
//!    `cache-control`, where these fields of a request are honored
//!    ([here](CompressionLayer::honor_no_compression) and
//!    [here](CompressionLayer::honor_request_no_transform)).
//! 8. Keeps strong entity tags strong: `"x"` becomes `"x-gzip"`. ([`StrongEtags`] has the
//!    alternative.) The handler knows only `"x"`, so
//!    - an `If-Match` that names `"x-gzip"` reaches the inner service joined by `"x"`. An
//!      `If-None-Match` does so too, for GET and HEAD only if the request accepts gzip;
//!    - a 304 or 412 shows the form that the client sent. A 304 to `If-Modified-Since` alone has
//!      the tag of the 200. Where it does not tell its type, it keeps `Last-Modified`, and a strong
//!      tag that may be the wrong one is removed;
//!    - `Range` and `If-Range` are removed if the client may hold a part of a coded form: if
//!      `If-Range` is `"x-gzip"` or a weak tag, or if it is a date and the response would be
//!      compressed. The client gets the whole representation then.
//! 9. Gives the response to HEAD the fields that GET would have, and neither body nor length. An
//!    empty body tells nothing of GET's, unless `Content-Length` says that it is empty.
//!
//! # What it never does
//!
//! - It changes no body with `Cache-Control: no-transform`, a `Content-Encoding`, a
//!   `Content-Range`, or an HTTP message signature over fields that would change. It changes no
//!   response to CONNECT, no 1xx, 204, 205, 206 or 304, no `multipart/byteranges`, and no gRPC.
//! - It never responds with 406: a finished response is better than none. A client that refuses all
//!   codings and `identity` too is sent `identity`.
//! - It never ends a body cleanly that failed inside, or that ended before it had given what its
//!   `Content-Length` or size hint declared. The body fails with a [`BodyError`](crate::BodyError),
//!   and the coded data stops without its end, so that no client takes half a response for a whole
//!   one.
//! - It adds no error to the service, starts no task, and needs no runtime.
//!
//! # Where to put it
//!
//! Outside of everything that reads or writes bodies or entity tags, inside of what only counts or
//! logs. Around a second layer of its kind it finds bodies encoded, and passes them.
//!
//! # Memory and time
//!
//! An open stream holds this much encoder state at the default level, by its
//! [window](CompressionLayer::stream_window), whether the length of its body is known or not:
//!
//! | coding | 64 KiB, the default | 256 KiB | 1 MiB | 8 MiB |
//! |---|---|---|---|---|
//! | gzip, deflate | 0.4 MiB | 0.4 MiB | 0.4 MiB | 0.4 MiB |
//! | br | 0.5 MiB | 3 MiB | 5 MiB | 11 MiB |
//! | zstd | 0.4 MiB | 1.8 MiB | 2.6 MiB | 10 MiB |
//!
//! The default window makes large bodies about 11 % larger with br and zstd. A body that is encoded
//! at once has a window that holds all of it, since its encoder is free again at once.
//!
//! Beside its encoder a stream holds at most one frame of the inner body and its encoded bytes. A
//! body that is looked at before its head is sent holds the threshold and one frame, or all of
//! itself if it is to be encoded at once. Each thread that encodes keeps at most
//! [`DEFAULT_POOL_SIZE`] idle encoders of each coding (br none) and one buffer of at most 256 KiB.
//!
//! # Example
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response, header};
//! use http_body_util::Full;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//! use tower_egress::compression::CompressionLayer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = ServiceBuilder::new()
//!     .layer(CompressionLayer::new())
//!     .service(service_fn(|_: Request<()>| async {
//!         Response::builder()
//!             .header(header::CONTENT_TYPE, "text/plain")
//!             .body(Full::<Bytes>::from("again and ".repeat(1000)))
//!     }));
//!
//! let request = Request::builder()
//!     .header(header::ACCEPT_ENCODING, "gzip")
//!     .body(())?;
//! let response = service.oneshot(request).await?;
//!
//! assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
//! assert_eq!(response.headers()[header::VARY], "accept-encoding");
//! # Ok(())
//! # }
//! ```
//!
//! # Example: brotli first, and other limits
//!
//! ```
//! use tower_egress::compression::{Coding, CompressionLayer, ContentTypes};
//!
//! let layer = CompressionLayer::new()
//!     .codings([Coding::Brotli, Coding::Gzip])?
//!     .level(Coding::Brotli, 4)?
//!     .threshold(512)
//!     .content_types(ContentTypes::new().deny("text/csv")?);
//! # Ok::<(), tower_egress::compression::InvalidCompression>(())
//! ```
//!
//! Settings that would change nothing are refused: the level of a coding that is not offered, or a
//! window for codings that have none.
//!
//! # Example: not for every request, nor for every response
//!
//! ```
//! use http::Response;
//! use tower_egress::compression::{CompressionLayer, NoCompression};
//! use tower_egress::matcher::RequestMatcher;
//!
//! let is_on = std::env::var_os("NO_COMPRESSION").is_none();
//! let layer = CompressionLayer::new()
//!     .enabled(is_on)
//!     .skip(RequestMatcher::prefix("/internal/")?);
//!
//! // A handler opts out for one response:
//! let mut response = Response::new("a secret, and what you searched for");
//! response.extensions_mut().insert(NoCompression);
//! # let _ = layer;
//! # Ok::<(), tower_egress::matcher::InvalidMatcher>(())
//! ```
//!
//! # Example: why is it not compressed?
//!
//! Every decision is a `debug` event of `tracing`, with the feature of that name. The same question
//! can be asked without a server:
//!
//! ```
//! use http::{Request, Response, header};
//! use http_body::SizeHint;
//! use tower_egress::compression::{CompressionLayer, Plan, Reason};
//!
//! let (request, ()) = Request::builder()
//!     .header(header::ACCEPT_ENCODING, "gzip")
//!     .body(())?
//!     .into_parts();
//! let (response, ()) = Response::builder()
//!     .header(header::CONTENT_TYPE, "text/html")
//!     .body(())?
//!     .into_parts();
//!
//! let plan = CompressionLayer::new().plan(&request, &response, &SizeHint::with_exact(99));
//! assert_eq!(plan, Plan::Pass(Reason::TooSmall));
//! assert_eq!(plan.to_string(), "pass: it is smaller than the threshold");
//! # Ok::<(), http::Error>(())
//! ```
//!
//! # Specification
//!
//! [RFC 9110] §7.7 (transformations), §8.4 (content codings), §8.8.3 (entity tags), §12.5.3
//! (`Accept-Encoding`), §12.5.5 (`Vary`); [RFC 9111] §5.2.2.6 (`no-transform`); [RFC 9530]
//! (digests); [RFC 9659] (zstd windows).
//!
//! [RFC 9110]: https://www.rfc-editor.org/rfc/rfc9110
//! [RFC 9111]: https://www.rfc-editor.org/rfc/rfc9111
//! [RFC 9530]: https://www.rfc-editor.org/rfc/rfc9530
//! [RFC 9659]: https://www.rfc-editor.org/rfc/rfc9659

#[cfg(feature = "axum")]
mod axum;
mod body;
mod coding;
mod config;
mod content_types;
mod decision;
mod dress;
mod encode;
mod encode_body;
mod encoder;
mod error;
mod etags;
mod facts;
mod flush;
mod layer;
mod negotiate;
mod plan;
mod service;
mod token;
mod variant;
mod window;

pub use self::body::CompressionBody;
pub use self::coding::Coding;
pub use self::config::{DEFAULT_ONE_SHOT, DEFAULT_POOL_SIZE, DEFAULT_THRESHOLD, StrongEtags};
pub use self::content_types::ContentTypes;
pub use self::error::InvalidCompression;
pub use self::layer::CompressionLayer;
pub use self::plan::{NoCompression, Plan, Reason};
pub use self::service::{Compression, ResponseFuture};
pub use self::window::{DEFAULT_STREAM_WINDOW, LARGEST_STREAM_WINDOW};
