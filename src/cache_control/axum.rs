//! Values as parts of axum's responses.

use std::convert::Infallible;

use axum_core::response::{IntoResponseParts, ResponseParts};
use http::header::CACHE_CONTROL;

use super::cdn::{CDN_CACHE_CONTROL, CdnCacheControl};
use super::value::CacheControl;

/// Sets `Cache-Control`, which the layer then keeps.
///
/// ```
/// use axum::response::IntoResponse;
/// use tower_egress::cache_control::{CacheControl, MINUTE};
///
/// async fn prices() -> impl IntoResponse {
///     (CacheControl::max_age(MINUTE), "1, 2, 3")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let response = prices().await.into_response();
/// assert_eq!(response.headers()["cache-control"], "max-age=60");
/// # }
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl IntoResponseParts for CacheControl {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        // A head with no room left stays as it is.
        let _ = parts.headers_mut().try_insert(CACHE_CONTROL, self.into());
        Ok(parts)
    }
}

/// Sets `CDN-Cache-Control`, which the layer then keeps.
///
/// ```
/// use axum::response::IntoResponse;
/// use tower_egress::cache_control::{CacheControl, CdnCacheControl, DAY};
///
/// let network = CdnCacheControl::new(&CacheControl::max_age(DAY))?;
/// let response = (CacheControl::no_cache(), network, "1, 2, 3").into_response();
/// assert_eq!(response.headers()["cdn-cache-control"], "max-age=86400");
/// # Ok::<(), tower_egress::cache_control::InvalidCacheControl>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl IntoResponseParts for CdnCacheControl {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        let _ = parts
            .headers_mut()
            .try_insert(CDN_CACHE_CONTROL, self.into());
        Ok(parts)
    }
}
