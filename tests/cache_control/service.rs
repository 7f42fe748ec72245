//! The contract of a `tower` layer.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::{Request, Response, StatusCode, Version};
use tokio_test::{assert_pending, assert_ready_err, assert_ready_ok};
use tower::{Layer, Service};
use tower_egress::cache_control::{CacheControl, CacheControlLayer};
use tower_egress::matcher::ResponseMatcher;

use crate::support::service::Handler;
use crate::{answer, get};

#[tokio::test(flavor = "current_thread")]
async fn g_21_readiness_and_errors_are_the_inner_service_s() {
    let (mut service, mut inner) = tower_test::mock::spawn_layer::<Request<()>, Response<()>, _>(
        CacheControlLayer::no_store(),
    );
    inner.allow(0);
    assert_pending!(service.poll_ready());
    inner.allow(1);
    assert_ready_ok!(service.poll_ready());
    let mut future = tokio_test::task::spawn(service.call(get("/", &[])));
    assert_pending!(future.poll());
    let (_, reply) = inner.next_request().await.unwrap();
    reply.send_error("out of paper");
    let error = assert_ready_err!(future.poll());
    assert_eq!(error.to_string(), "out of paper");
}

#[test]
fn g_21_the_service_that_was_polled_ready_is_the_one_called() {
    let handler = Handler::new(|_| answer(200, &[]));
    let mut service = CacheControlLayer::no_store().layer(handler);
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    // `Handler` panics when a clone, which is not ready, is called.
    let mut clone = service.clone();
    let called = pin!(service.call(get("/", &[]))).poll(cx);
    assert!(matches!(called, Poll::Ready(Ok(_))));
    assert!(clone.poll_ready(cx).is_ready());
}

#[test]
fn g_20_request_status_version_and_extensions_survive() {
    let request = Request::put("/a?b=c")
        .header("x-a", "1")
        .extension(7_u8)
        .body(())
        .unwrap();
    let expected = format!("{request:?}");
    // One that has the head cloned, and one that has not.
    for matcher in [ResponseMatcher::any(), ResponseMatcher::when(|_, _| true)] {
        let layer = CacheControlLayer::new().rule(matcher, CacheControl::no_store());
        let expected = expected.clone();
        let response: Response<&str> = crate::support::service::answer(
            &layer,
            request.clone(),
            Box::new(move |request| {
                assert_eq!(format!("{request:?}"), expected);
                assert_eq!(request.extensions().get(), Some(&7_u8));
                let mut response = answer(418, &[]);
                *response.version_mut() = Version::HTTP_10;
                response.extensions_mut().insert(8_u8);
                response
            }),
        );
        assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
        assert_eq!(response.version(), Version::HTTP_10);
        assert_eq!(response.extensions().get(), Some(&8_u8));
    }
}

/// The inner one has spoken when the outer one is asked.
#[test]
fn x_35_twice_is_as_good_as_once() {
    let handler = Handler::new(|_| answer(200, &[]));
    let outer = CacheControlLayer::new().rule(ResponseMatcher::any(), CacheControl::max_age(60));
    let mut service = outer.layer(CacheControlLayer::no_store().layer(handler));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    let Poll::Ready(Ok(response)) = pin!(service.call(get("/", &[]))).poll(cx) else {
        panic!("nothing waits");
    };
    let lines: Vec<_> = response.headers().get_all("cache-control").iter().collect();
    assert_eq!(lines, ["no-store"]);
}
