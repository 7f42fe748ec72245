//! The opt-out of one response.

/// An extension that keeps [`StripNullsLayer`](super::StripNullsLayer) from touching a response: on
/// the response itself, or on its request.
///
/// It is for responses whose nulls mean something: a field was cleared, a JSON-RPC call returned
/// nothing, a GraphQL field could not be resolved. With the feature `axum` it is a part of a
/// response: `(KeepNulls, Json(value))`.
///
/// # Example
///
/// ```
/// use http::{Request, Response};
/// use http_body::SizeHint;
/// use tower_egress::strip_nulls::{KeepNulls, Plan, Reason, StripNullsLayer};
///
/// let (request, ()) = Request::new(()).into_parts();
/// let (response, _) = Response::builder()
///     .header("content-type", "application/json")
///     .extension(KeepNulls)
///     .body(r#"{"jsonrpc":"2.0","result":null,"id":1}"#)?
///     .into_parts();
///
/// let plan = StripNullsLayer::new().plan(&request, &response, &SizeHint::with_exact(38));
/// assert_eq!(plan, Plan::Pass(Reason::OptedOut));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "users write it as a value")]
pub struct KeepNulls;
