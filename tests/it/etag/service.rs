//! The contract of a `tower` layer.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::header::ETAG;
use http::{Request, Response, StatusCode, Version};
use http_body_util::Full;
use tokio_test::{assert_pending, assert_ready_err, assert_ready_ok};
use tower::{Layer, Service};
use tower_egress::etag::EtagLayer;

use super::{HELLO_TAG, get, hello, respond};
use crate::support::service::Handler;

#[tokio::test(flavor = "current_thread")]
async fn g_21_readiness_and_errors_are_the_inner_service_s() {
    let (mut service, mut inner) =
        tower_test::mock::spawn_layer::<Request<()>, Response<Full<&[u8]>>, _>(EtagLayer::new());
    inner.allow(0);
    assert_pending!(service.poll_ready());
    inner.allow(1);
    assert_ready_ok!(service.poll_ready());
    let mut future = tokio_test::task::spawn(service.call(get(&[])));
    assert_pending!(future.poll());
    let (_, reply) = inner.next_request().await.unwrap();
    reply.send_error("out of paper");
    let error = assert_ready_err!(future.poll());
    assert_eq!(error.to_string(), "out of paper");
}

#[test]
fn g_21_the_service_that_was_polled_ready_is_the_one_called() {
    let mut service = EtagLayer::new().layer(Handler::new(|_| hello()));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    // `Handler` panics when a clone, which is not ready, is called.
    let mut clone = service.clone();
    let called = pin!(service.call(get(&[]))).poll(cx);
    assert!(matches!(called, Poll::Ready(Ok(_))));
    assert!(clone.poll_ready(cx).is_ready());
}

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
fn g_20_the_request_reaches_the_handler_as_it_came() {
    let request = Request::builder()
        .method("GET")
        .uri("/a?b=c")
        .header("if-none-match", "\"x\"")
        .header("range", "bytes=0-1")
        .extension(7_u8)
        .body(())
        .unwrap();
    let expected = format!("{request:?}");
    let response = crate::support::service::answer(
        &EtagLayer::new(),
        request,
        Box::new(move |request| {
            assert_eq!(format!("{request:?}"), expected);
            assert_eq!(request.extensions().get(), Some(&7_u8));
            hello()
        }),
    );
    assert_eq!(response.status(), StatusCode::OK);
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
