//! The opt-out for handlers.

use http::Extensions;

/// An extension of a response that turns the layer off for it: the response gets no tag and no
/// validators, and is not compared with the conditions of its request.
///
/// A layer with a [resolver](super::Resolver) may send 304, 412 and 428 before the handler. This
/// opt-out comes after that: use [`skip`](super::EtagLayer::skip) too, or say `Unknown`.
///
/// With the feature `axum`, `(NoEtag, body)` is a response.
///
/// # Example
///
/// ```
/// use bytes::Bytes;
/// use http::{Request, Response, header};
/// use http_body_util::Full;
/// use tower::{Layer, ServiceExt, service_fn};
/// use tower_egress::etag::{EtagLayer, NoEtag};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let service = EtagLayer::new().layer(service_fn(async |_: Request<()>| {
///     Response::builder().extension(NoEtag).body(Full::<Bytes>::from("now"))
/// }));
/// let response: Response<_> = service.oneshot(Request::new(())).await?;
/// assert!(!response.headers().contains_key(header::ETAG));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "users write it as a value")]
pub struct NoEtag;

impl NoEtag {
    pub(super) fn is_in(extensions: &Extensions) -> bool {
        extensions.get::<Self>().is_some()
    }
}
