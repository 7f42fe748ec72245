//! Remove members whose value is `null` from JSON responses.
//!
//! This is what `JSON.stringify` does to `undefined`, for the `Option` fields of any handler,
//! without touching its types.
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
//! # Example: other types, and nulls that are kept
//!
//! ```
//! use tower_egress::strip_nulls::{Rules, StripNullsLayer};
//!
//! let rules = Rules::new()
//!     .keep(["next"])
//!     .keep_paths(["/items/*/deleted_at"])?
//!     .strip_empty_objects(true);
//! let layer = StripNullsLayer::new()
//!     .content_type("application/*+json")?
//!     .sequences(true)
//!     .rules(rules);
//! # Ok::<(), tower_egress::strip_nulls::InvalidStripNulls>(())
//! ```
//!
//! # Example: why is it not stripped?
//!
//! Every decision is a `debug` event of `tracing` where the feature `tracing` is on. So is the
//! discovery that a body is not JSON. The decision can also be asked for without a server:
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
//! assert_eq!(plan.to_string(), "pass: the content type is not stripped");
//! # Ok::<(), http::Error>(())
//! ```
//!
//! # Example: on for some requests only
//!
//! ```
//! use tower_egress::matcher::{RequestMatcher, ResponseMatcher};
//! use tower_egress::strip_nulls::StripNullsLayer;
//!
//! # let is_production = true;
//! let layer = StripNullsLayer::new()
//!     .enabled(is_production)
//!     .skip(RequestMatcher::prefix("/rpc/")?)
//!     .skip_responses(ResponseMatcher::status(|status| status.is_server_error()));
//! # Ok::<(), tower_egress::matcher::InvalidMatcher>(())
//! ```
//!
//! Without any service, [`Rules`] strip bytes that are at hand, and a [`Filter`] strips bytes that
//! come in pieces.
//!
//! # What this layer does
//!
//! 1. It removes the members of objects whose value is `null` from responses of the type
//!    `application/json`, and of the types that the user [names](StripNullsLayer::content_type).
//!    Elements of arrays are kept, and so is a root that is `null`. [`Rules`] change what is
//!    removed: names and paths to keep or to look at alone, empty objects, arrays and strings,
//!    elements of arrays.
//! 2. It keeps all else byte for byte as the handler wrote it: the order of members, duplicate
//!    names, the text of numbers (`1.0`, `1E400`, `-0`), escapes, lone surrogates, white space.
//!    With a member it removes the white space before its name, and one comma with the white space
//!    before that: the comma before the member where an earlier one of its object is kept,
//!    otherwise the comma after it.
//! 3. It strips a body of known length up to [`DEFAULT_ONE_SHOT`] bytes as a whole, so that the
//!    response has its exact `Content-Length`. Where nothing is removed, it sends the same
//!    [`Bytes`](bytes::Bytes), and changes no field.
//! 4. It streams all other bodies, however they are cut into frames. What is decided leaves with
//!    the frame that brought it. `Content-Length` is removed, since the length is not known yet.
//! 5. It checks the whole grammar of JSON. A whole body that is not JSON, or that is nested too
//!    deeply, is sent byte for byte. A stream that turns out to be so passes unchanged from there
//!    on; null members before that place are removed already.
//! 6. Where it removes bytes, it removes the fields that described the old bytes: `Accept-Ranges`,
//!    `Content-Digest`, `Repr-Digest`, `Unencoded-Digest`, `Digest`, `Content-MD5`, also where they
//!    are announced or sent as trailers. It keeps an entity tag: the new bytes depend on nothing
//!    but the handler's.
//! 7. It gives a response to HEAD the fields that GET would have, and no length where it cannot
//!    know it.
//!
//! # What it never does
//!
//! - It never touches a response with `Cache-Control: no-transform`, a `Content-Encoding`, a
//!   `Content-Range`, or an HTTP message signature over what would change. Nor does it touch 1xx,
//!   204, 205, 206, 304, and the response to CONNECT.
//! - It never touches a type in which null and absent are two things, unless that type is named
//!   itself. These are JSON Merge Patch (`application/merge-patch+json`), where null removes; JSON
//!   Patch, where it is a value to set; GeoJSON, where a feature has a geometry even if it is null;
//!   and GraphQL (`application/graphql-response+json`), where it is what could not be resolved.
//!   JSON-RPC and older GraphQL servers respond with `application/json`:
//!   [skip](StripNullsLayer::skip) their routes, or mark their responses with [`KeepNulls`].
//! - It never makes an error, or half a body, of JSON that it cannot read. A body that fails
//!   inside, or that ends before it has given what its `Content-Length` or size hint declared,
//!   fails outside too, with a [`BodyError`](crate::BodyError).
//! - It converts no number, decodes no text, and sorts nothing.
//! - It adds no error to the service, starts no task, and needs no runtime.
//!
//! # Where to put it
//!
//! Put it innermost: inside compression, whose output it does not touch, and inside `etag`, which
//! then tags what the client gets. Put it around the routes of an API, and not around files. A
//! handler that serves ranges of its JSON should set [`KeepNulls`]. A part that it cuts out is of
//! the text with its nulls, and would have the same entity tag as the whole without them.
//!
//! Where the types are your own, `#[serde(skip_serializing_if = "Option::is_none")]` costs nothing
//! at run time, and tells in the type what clients can expect. This layer is for types that are not
//! yours or that serve other purposes too, for one rule over many types, and for handlers that
//! proxy or store JSON. Tell clients in advance: one that tests `user.name === null` finds
//! `undefined` afterwards.
//!
//! # Memory and time
//!
//! A whole body is held while it is stripped, together with what is left of it. A stream holds back
//! the name of the member at hand, with the white space around it: at most [`DEFAULT_NAME_LIMIT`]
//! bytes. It keeps one bit for each array and object that is open, at most [`DEFAULT_DEPTH_LIMIT`],
//! or a few words for each where rules name members, paths or empty containers. One poll reads at
//! most 64 KiB. A body without the letters `null` costs one search for them; a body with some is
//! read at about two gigabytes a second.
//!
//! # Specification
//!
//! [RFC 8259] (JSON); [RFC 6901] (JSON Pointer, for paths); [RFC 7464] (JSON text sequences);
//! [RFC 7396] §1 (what null means in a merge patch); [RFC 9110] §7.7 (transformations), §8.6
//! (`Content-Length`), §8.8.3 (entity tags), §9.3.2 (HEAD); [RFC 9530] (digests).
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
