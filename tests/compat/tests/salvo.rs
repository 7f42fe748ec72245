//! `salvo::prelude::TowerLayerCompat`: a layer around salvo's handlers.

use salvo::http::ReqBody;
use salvo::prelude::*;
use salvo::test::TestClient;
use tower_egress::cache_control::CacheControlLayer;
use tower_egress::compression::CompressionLayer;
use tower_egress::etag::EtagLayer;
use tower_egress::response_time::ResponseTimeLayer;
use tower_egress::security_headers::SecurityHeadersLayer;
use tower_egress::stack;
use tower_egress::strip_nulls::StripNullsLayer;

mod page;

#[handler]
async fn items() -> Json<Vec<Option<u32>>> {
    Json(page::items())
}

async fn fields(router: Router) -> http::HeaderMap {
    let service = Service::new(router);
    let request = TestClient::get("http://127.0.0.1/").add_header("accept-encoding", "gzip", true);
    request.send(&service).await.headers().clone()
}

/// The adapter hides how long a body is from the layer further out. So each layer is alone here.
#[tokio::test]
async fn every_layer_fits_around_a_handler() {
    let field = async |router: Router, name: &str| {
        let found = fields(router.get(items)).await;
        assert!(found.contains_key(name), "{name}: {found:?}");
    };
    let router = Router::new().hoop(ResponseTimeLayer::new().compat::<ReqBody>());
    field(router, "x-response-time").await;
    let router = Router::new().hoop(SecurityHeadersLayer::new().compat::<ReqBody>());
    field(router, "x-content-type-options").await;
    let router = Router::new().hoop(CompressionLayer::new().compat::<ReqBody>());
    field(router, "content-encoding").await;
    let router = Router::new().hoop(CacheControlLayer::no_store().compat::<ReqBody>());
    field(router, "cache-control").await;
    let router = Router::new().hoop(EtagLayer::new().compat::<ReqBody>());
    field(router, "etag").await;
    let router = Router::new().hoop(StripNullsLayer::new().compat::<ReqBody>());
    field(router, "content-type").await;
}

#[tokio::test]
async fn the_stack_fits_around_a_handler() {
    let layers = stack().cache_control(CacheControlLayer::no_store());
    let router = Router::new().hoop(layers.compat::<ReqBody>()).get(items);
    page::check(&fields(router).await, true);
}
