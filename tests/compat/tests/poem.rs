//! `poem::endpoint::TowerCompatExt`: a tower service with layers, as an endpoint of poem.
//!
//! poem's adapter for layers wants layers over poem's own request type. Layers over `http::Request`
//! fit through its adapter for services.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use poem::Route;
use poem::endpoint::TowerCompatExt;
use poem::test::TestClient;
use tower::{ServiceBuilder, service_fn};
use tower_egress::cache_control::CacheControlLayer;
use tower_egress::compression::CompressionLayer;
use tower_egress::etag::EtagLayer;
use tower_egress::response_time::ResponseTimeLayer;
use tower_egress::security_headers::SecurityHeadersLayer;
use tower_egress::stack;
use tower_egress::strip_nulls::StripNullsLayer;

mod page;

async fn items<B>(_: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    let text = serde_json::to_vec(&page::items()).expect("numbers are JSON");
    let response = Response::builder().header("content-type", "application/json");
    Ok(response.body(text.into()).expect("a response"))
}

async fn fields(route: Route) -> http::HeaderMap {
    let client = TestClient::new(route);
    let response = client
        .get("/")
        .header("accept-encoding", "gzip")
        .send()
        .await;
    response.0.headers().clone()
}

#[tokio::test]
async fn a_service_with_every_layer_is_an_endpoint() {
    let service = ServiceBuilder::new()
        .layer(ResponseTimeLayer::new())
        .layer(SecurityHeadersLayer::new())
        .layer(CompressionLayer::new())
        .layer(CacheControlLayer::no_store())
        .layer(EtagLayer::new())
        .layer(StripNullsLayer::new())
        .service(service_fn(items));
    page::check(&fields(Route::new().at("/", service.compat())).await, true);
}

#[tokio::test]
async fn a_service_with_the_stack_is_an_endpoint() {
    let layers = stack().cache_control(CacheControlLayer::no_store());
    let service = ServiceBuilder::new()
        .layer(layers)
        .service(service_fn(items));
    page::check(&fields(Route::new().at("/", service.compat())).await, true);
}
