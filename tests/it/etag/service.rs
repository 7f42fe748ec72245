//! The layer as a service, beyond what every layer promises (`contract`).

use http::header::ETAG;
use http::{Request, Version};
use tower::Layer;
use tower_egress::etag::EtagLayer;

use super::{HELLO_TAG, get, hello, respond};

#[test]
fn g_20_status_version_extensions_and_other_fields_survive() {
    for condition in ["\"x\"", HELLO_TAG] {
        let mut response = hello();
        *response.version_mut() = Version::HTTP_10;
        response.extensions_mut().insert(7_u8);
        response
            .headers_mut()
            .insert("x-other", "1".parse().unwrap());
        let response = respond(get(&[("if-none-match", condition)]), response);
        assert_eq!(response.version(), Version::HTTP_10);
        assert_eq!(response.extensions().get(), Some(&7_u8));
        assert_eq!(response.headers()["x-other"], "1");
    }
}

#[test]
fn x_35_twice_is_as_good_as_once() {
    struct Twice;
    impl<S> Layer<S> for Twice {
        type Service = <EtagLayer as Layer<<EtagLayer as Layer<S>>::Service>>::Service;

        fn layer(&self, inner: S) -> Self::Service {
            EtagLayer::new().layer(EtagLayer::new().layer(inner))
        }
    }
    for (condition, expected) in [("\"x\"", 200), (HELLO_TAG, 304)] {
        let request = get(&[("if-none-match", condition)]);
        let response = crate::support::service::respond(&Twice, request, hello());
        assert_eq!(response.status(), expected);
        let lines: Vec<_> = response.headers().get_all(ETAG).iter().collect();
        assert_eq!(lines, [HELLO_TAG]);
    }
}

/// Around a whole `Router`, a HEAD answer has lost its body already; under `Router::layer`, not yet.
#[tokio::test]
async fn e_27_head_through_axum() {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;

    let router = || Router::new().route("/", get(async || "hello"));
    let head = || Request::head("/").body(Body::empty()).unwrap();

    let inside = router()
        .layer(EtagLayer::new())
        .oneshot(head())
        .await
        .unwrap();
    assert_eq!(inside.headers()[ETAG], HELLO_TAG);
    assert_eq!(inside.headers()["content-length"], "5");

    let outside = EtagLayer::new()
        .layer(router())
        .oneshot(head())
        .await
        .unwrap();
    assert!(!outside.headers().contains_key(ETAG));
    assert_eq!(outside.headers()["content-length"], "5");
}
