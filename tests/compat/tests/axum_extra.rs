//! `axum_extra::middleware::option_layer`: a layer, or none.

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use axum::routing::get;
use axum::{Json, Router};
use axum_extra::middleware::option_layer;
use tower::ServiceExt;
use tower_egress::cache_control::CacheControlLayer;
use tower_egress::compression::CompressionLayer;
use tower_egress::etag::EtagLayer;
use tower_egress::response_time::ResponseTimeLayer;
use tower_egress::security_headers::SecurityHeadersLayer;
use tower_egress::stack;
use tower_egress::strip_nulls::StripNullsLayer;

mod page;

fn site() -> Router {
    Router::new().route("/", get(async || Json(page::items())))
}

async fn fields(app: Router) -> HeaderMap {
    let request = Request::get("/").header("accept-encoding", "gzip");
    let request = request.body(Body::empty()).expect("a request");
    let response = app.oneshot(request).await.expect("it never fails");
    response.into_parts().0.headers
}

#[tokio::test]
async fn every_layer_is_optional() {
    for is_wanted in [true, false] {
        let app = site()
            .layer(option_layer(is_wanted.then(StripNullsLayer::new)))
            .layer(option_layer(is_wanted.then(EtagLayer::new)))
            .layer(option_layer(is_wanted.then(CacheControlLayer::no_store)))
            .layer(option_layer(is_wanted.then(CompressionLayer::new)))
            .layer(option_layer(is_wanted.then(SecurityHeadersLayer::new)))
            .layer(option_layer(is_wanted.then(ResponseTimeLayer::new)));
        page::check(&fields(app).await, is_wanted);
    }
}

/// Without `option_layer`: the type of the service is the same either way.
#[tokio::test]
async fn every_layer_is_turned_on_by_a_flag() {
    for is_wanted in [true, false] {
        let app = site()
            .layer(StripNullsLayer::new().enabled(is_wanted))
            .layer(EtagLayer::new().enabled(is_wanted))
            .layer(CacheControlLayer::no_store().enabled(is_wanted))
            .layer(CompressionLayer::new().enabled(is_wanted))
            .layer(SecurityHeadersLayer::new().enabled(is_wanted))
            .layer(ResponseTimeLayer::new().enabled(is_wanted));
        page::check(&fields(app).await, is_wanted);
    }
}

#[tokio::test]
async fn the_stack_is_optional() {
    for is_wanted in [true, false] {
        let layers = stack().cache_control(CacheControlLayer::no_store());
        let app = site().layer(option_layer(is_wanted.then_some(layers)));
        page::check(&fields(app).await, is_wanted);
    }
}
