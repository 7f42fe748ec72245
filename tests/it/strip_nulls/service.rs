//! The layer as a service, beyond what every layer promises (`contract`).

use std::convert::Infallible;

use bytes::Bytes;
use http::{Method, Request, Response};
use tower::{Layer, Service};
use tower_egress::strip_nulls::StripNullsLayer;

/// Around a whole `Router`, a HEAD answer has lost its body already; under `Router::layer`, not yet.
#[tokio::test]
async fn c_24_head_through_axum_has_no_length_but_that_of_get() {
    use axum::routing::get;
    use axum::{Json, Router, body::Body};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn length<S, B>(service: S, method: Method) -> (Option<String>, Bytes)
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible>,
        B: http_body::Body<Data = Bytes, Error: std::fmt::Debug>,
    {
        let request = Request::builder().method(method).body(Body::empty());
        let response = service.oneshot(request.expect("a valid request")).await;
        let (head, body) = response.expect("an answer").into_parts();
        let length = head.headers.get("content-length");
        let length = length.map(|length| length.to_str().expect("digits").to_owned());
        let body = body.collect().await.expect("a whole body").to_bytes();
        (length, body)
    }

    #[derive(serde::Serialize)]
    struct Item {
        id: u32,
        parent: Option<u32>,
    }

    let router = Router::new().route(
        "/",
        get(async || {
            Json(Item {
                id: 1,
                parent: None,
            })
        }),
    );
    let stripped = (Some("8".to_owned()), Bytes::from(r#"{"id":1}"#));
    let inside = router.clone().layer(StripNullsLayer::new());
    assert_eq!(length(inside.clone(), Method::GET).await, stripped);
    let head = length(inside, Method::HEAD).await;
    assert_eq!(head, (Some("8".to_owned()), Bytes::new()));
    let outside = StripNullsLayer::new().layer(router);
    assert_eq!(length(outside.clone(), Method::GET).await, stripped);
    assert_eq!(length(outside, Method::HEAD).await, (None, Bytes::new()));
}
