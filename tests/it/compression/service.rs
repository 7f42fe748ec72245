//! The layer as a service, beyond what every layer promises (`contract`).

use std::convert::Infallible;

use http::{Request, Response};
use tower::{Layer, Service};
use tower_egress::compression::CompressionLayer;

/// Around a whole `Router`, a HEAD answer has lost its body already; under `Router::layer`, not
/// yet.
#[tokio::test]
async fn c_25_head_through_axum_has_the_fields_of_get_inside_and_outside_of_a_router() {
    use axum::routing::get;
    use axum::{Router, body::Body};
    use http::{HeaderMap, Method};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn fields<S, B>(service: S, method: Method) -> HeaderMap
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible>,
        B: http_body::Body,
    {
        let request = Request::builder()
            .method(method)
            .header("accept-encoding", "gzip")
            .body(Body::empty())
            .expect("a valid request");
        let response = service.oneshot(request).await.expect("an answer");
        let (mut head, body) = response.into_parts();
        let _ = body.collect().await;
        head.headers.remove("content-length");
        head.headers
    }

    let page = || Router::new().route("/", get(async || "again and again ".repeat(500)));
    let stream = || {
        let chunks = (0..500).map(|_| Ok::<_, Infallible>("again and again "));
        let body = move || Body::from_stream(tokio_stream::iter(chunks.clone()));
        Router::new().route(
            "/",
            get(async move || ([("content-type", "text/plain")], body())),
        )
    };
    for router in [page(), stream()] {
        let inside = router.clone().layer(CompressionLayer::new());
        let expected = fields(inside.clone(), Method::GET).await;
        assert_eq!(expected["content-encoding"], "gzip");
        assert_eq!(fields(inside, Method::HEAD).await, expected);
        let outside = CompressionLayer::new().layer(router);
        assert_eq!(fields(outside.clone(), Method::GET).await, expected);
        assert_eq!(fields(outside, Method::HEAD).await, expected);
    }
}
