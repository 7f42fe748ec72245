//! The contract of a `tower` layer.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::{Request, Response, StatusCode, Version};
use http_body_util::Full;
use tokio_test::{assert_pending, assert_ready_ok};
use tower::{Layer, Service};
use tower_egress::response_time::{Reports, ResponseTimeLayer, ServerTiming};

use super::{Clock, MILLI, hello};
use crate::support::service::Handler;

#[tokio::test(flavor = "current_thread")]
async fn g_21_readiness_is_the_inner_service_s() {
    let (mut service, mut inner) =
        tower_test::mock::spawn_layer::<Request<()>, Response<Full<&[u8]>>, _>(
            ResponseTimeLayer::new(),
        );
    inner.allow(0);
    assert_pending!(service.poll_ready());
    inner.allow(1);
    assert_ready_ok!(service.poll_ready());
}

#[test]
fn g_21_the_service_that_was_polled_ready_is_the_one_called() {
    let mut service = ResponseTimeLayer::new().layer(Handler::new(|_| hello()));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    // `Handler` panics when a clone, which is not ready, is called.
    let mut clone = service.clone();
    let called = pin!(service.call(Request::new(()))).poll(cx);
    assert!(matches!(called, Poll::Ready(Ok(_))));
    assert!(clone.poll_ready(cx).is_ready());
}

/// The clock starts when the service is called, not when its future is first polled.
#[test]
fn t_07_the_clock_starts_with_the_call() {
    let clock = Clock::new();
    let mut service = clock.layer().layer(Handler::new(|_| hello()));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    clock.pass(100 * MILLI);
    let future = pin!(service.call(Request::new(())));
    clock.pass(3 * MILLI);
    let Poll::Ready(Ok(response)) = future.poll(cx) else {
        panic!("nothing waits");
    };
    assert_eq!(response.headers()["x-response-time"], "3.000ms");
}

#[test]
fn g_20_request_status_version_and_extensions_survive() {
    let request = Request::put("/a?b=c")
        .header("x-a", "1")
        .extension(7_u8)
        .body(())
        .unwrap();
    let expected = format!("{:?}", request.headers());
    for layer in [
        ResponseTimeLayer::new(),
        ResponseTimeLayer::new()
            .server_timing()
            .report(Reports::log_slow()),
    ] {
        let expected = expected.clone();
        let response: Response<_> = crate::support::service::answer(
            &layer,
            request.clone(),
            Box::new(move |request: Request<()>| {
                assert_eq!(format!("{:?}", request.headers()), expected);
                assert_eq!(request.uri(), "/a?b=c");
                assert_eq!(request.extensions().get(), Some(&7_u8));
                let mut response = hello();
                *response.status_mut() = StatusCode::IM_A_TEAPOT;
                *response.version_mut() = Version::HTTP_10;
                response.extensions_mut().insert(8_u8);
                response
            }),
        );
        assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
        assert_eq!(response.version(), Version::HTTP_10);
        assert_eq!(response.extensions().get(), Some(&8_u8));
        let _ = ServerTiming::default();
    }
}
