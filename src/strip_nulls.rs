//! Leave out of JSON answers what is not there: members whose value is `null`.
//!
//! What `JSON.stringify` does to `undefined`, for the `Option` fields of any handler, without touching its
//! types.
//!
//! # What this layer does
//!
//! 1. Removes the members of objects whose value is `null` from answers of the type `application/json`,
//!    and of the types that the user [names](StripNullsLayer::content_type). Elements of arrays stay, and
//!    a root that is `null`. [`Rules`] say more or less: names and paths to keep or to look at alone,
//!    empty objects, arrays and strings, elements of arrays.
//! 2. Leaves all else byte for byte as the handler wrote it: the order of members, names that stand
//!    twice, the text of numbers (`1.0`, `1E400`, `-0`), escapes, lone surrogates, white space. With a
//!    removed member goes the white space before its name, and one comma with the white space before that:
//!    the comma before the member where an earlier one of its object stays, otherwise the one after it.
//! 3. Strips a body of known length up to [`DEFAULT_ONE_SHOT`] bytes as a whole, so that it has its
//!    exact `Content-Length`. Where nothing is removed, the same [`Bytes`](bytes::Bytes) go out, and no
//!    field changes.
//! 4. Streams all others, in any chunking: what has been decided goes out with the frame that brought it.
//!    `Content-Length` goes, for it is not known yet.
//! 5. Reads the whole grammar of JSON. A whole body that is not JSON, or nested too deeply, is sent byte
//!    for byte as it came. A stream that turns out so passes untouched from there on: of the members
//!    before, those that were null are gone.
//! 6. Removes what was true only of the bytes before, where bytes go: `Accept-Ranges`, `Content-Digest`,
//!    `Repr-Digest`, `Unencoded-Digest`, `Digest`, `Content-MD5`, also announced and sent as trailers. An
//!    entity tag stays: what goes out is a function of what the handler wrote.
//! 7. Answers HEAD with the fields that GET would have, and without a length where it cannot know it.
//!
//! # What it never does
//!
//! - It touches nothing with `Cache-Control: no-transform`, a `Content-Encoding`, a `Content-Range`, or an
//!   HTTP message signature over what would change; none of 1xx, 204, 205, 206, 304, and the answer to a
//!   CONNECT.
//! - It never touches a type in which null and absent are two things, unless it is named itself: JSON Merge
//!   Patch (`application/merge-patch+json`), where null removes; JSON Patch, where it is a value to set;
//!   GeoJSON, where a feature has a geometry, be it null; GraphQL (`application/graphql-response+json`),
//!   where it is what could not be found out. JSON-RPC and older GraphQL servers answer as
//!   `application/json`: keep the layer off their routes, or mark their answers with [`KeepNulls`].
//! - It never answers an error, or half a body, for JSON that it cannot read. A body that fails inside, or
//!   that ends before it has given what its `Content-Length` or size hint declared, fails outside too.
//! - It converts no number, decodes no text into another, and sorts nothing.
//! - It adds no error to the service, starts no task, and needs no runtime.
//!
//! # Where to put it
//!
//! Innermost: inside of compression, which it passes by, and of `etag`, which then tags what the client
//! gets. Around the routes of an API, and not around files. A handler that serves ranges of its JSON says
//! [`KeepNulls`]: a part that it cuts out is of the text with its nulls, and has the same entity tag as the
//! whole without them.
//!
//! Where the types are your own, `#[serde(skip_serializing_if = "Option::is_none")]` costs nothing at run
//! time, and says in the type what the client can expect. This layer is for types that are not yours or
//! that serve other purposes too, for a rule over many of them, and for handlers that proxy or store JSON.
//! Tell clients in advance: one that asks for `user.name === null` finds `undefined` afterwards.
//!
//! # Memory and time
//!
//! A whole body is held while it is stripped, and what is left of it. A stream holds back the name of the
//! member at hand ([`DEFAULT_NAME_LIMIT`] bytes at most, with the white space around it), and one bit for
//! each array and object that is open ([`DEFAULT_DEPTH_LIMIT`] at most; a few words, where rules name names,
//! paths or empty containers). At most 64 KiB are read in one
//! poll. A body without the letters `null` in it costs one search for them; one with some is read
//! at some two gigabytes a second.
//!
//! # Example
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response, header};
//! use http_body_util::{BodyExt, Full};
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//! use tower_egress::strip_nulls::StripNullsLayer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//! let service = ServiceBuilder::new()
//!     .layer(StripNullsLayer::new())
//!     .service(service_fn(|_: Request<()>| async {
//!         Response::builder()
//!             .header(header::CONTENT_TYPE, "application/json")
//!             .body(Full::<Bytes>::from(r#"{"name":"Ada","died":null}"#))
//!     }));
//!
//! let response = service.oneshot(Request::new(())).await?;
//! assert_eq!(response.headers()[header::CONTENT_LENGTH], "14");
//! assert_eq!(response.into_body().collect().await?.to_bytes(), r#"{"name":"Ada"}"#);
//! # Ok(())
//! # }
//! ```
//!
//! # Example: other types, and some nulls that stay
//!
//! ```
//! use tower_egress::strip_nulls::{Rules, StripNullsLayer};
//!
//! let layer = StripNullsLayer::new()
//!     .content_type("application/*+json")?
//!     .sequences(true)
//!     .rules(Rules::new().keep(["next"]).keep_paths(["/items/*/deleted_at"])?.strip_empty_objects(true));
//! # Ok::<(), tower_egress::strip_nulls::InvalidStripNulls>(())
//! ```
//!
//! # Example: why is it not stripped?
//!
//! Every decision is a `debug` event of `tracing` where the feature `tracing` is on, also that a body
//! turned out not to be JSON, and can be asked for without a server:
//!
//! ```
//! use http::{Request, Response};
//! use http_body::SizeHint;
//! use tower_egress::strip_nulls::{Plan, Reason, StripNullsLayer};
//!
//! let (request, ()) = Request::new(()).into_parts();
//! let (response, ()) = Response::builder()
//!     .header("content-type", "application/problem+json")
//!     .body(())?
//!     .into_parts();
//!
//! let plan = StripNullsLayer::new().plan(&request, &response, &SizeHint::with_exact(99));
//! assert_eq!(plan, Plan::Pass(Reason::ContentType));
//! # Ok::<(), http::Error>(())
//! ```
//!
//! [`Rules`] strip bytes that are at hand, and [`Filter`] bytes that come in pieces, without any service.
//!
//! # Specification
//!
//! [RFC 8259] (JSON); [RFC 6901] (JSON Pointer, for paths); [RFC 7464] (JSON text sequences); [RFC 7396]
//! §1 (what null means in a merge patch); [RFC 9110] §7.7 (transformations), §8.6 (`Content-Length`),
//! §8.8.3 (entity tags), §9.3.2 (HEAD); [RFC 9530] (digests).
//!
//! [RFC 6901]: https://www.rfc-editor.org/rfc/rfc6901
//! [RFC 7396]: https://www.rfc-editor.org/rfc/rfc7396
//! [RFC 7464]: https://www.rfc-editor.org/rfc/rfc7464
//! [RFC 8259]: https://www.rfc-editor.org/rfc/rfc8259
//! [RFC 9110]: https://www.rfc-editor.org/rfc/rfc9110
//! [RFC 9530]: https://www.rfc-editor.org/rfc/rfc9530

#[cfg(feature = "axum")]
mod axum;
mod body;
mod config;
mod content_types;
mod error;
mod filter;
mod keep_nulls;
mod layer;
mod limits;
mod plan;
mod rules;
mod selection;
mod service;
mod settings;
mod strip_body;
mod whole;

pub use self::body::StripNullsBody;
pub use self::error::InvalidStripNulls;
pub use self::filter::{Filter, StopReason};
pub use self::keep_nulls::KeepNulls;
pub use self::layer::StripNullsLayer;
pub use self::limits::{DEFAULT_DEPTH_LIMIT, DEFAULT_NAME_LIMIT, DEFAULT_ONE_SHOT, MAX_PATHS};
pub use self::plan::{Plan, Reason};
pub use self::rules::Rules;
pub use self::service::{ResponseFuture, StripNulls};
