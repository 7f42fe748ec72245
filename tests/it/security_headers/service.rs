//! The contract of a `tower` layer.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::{Request, Response, StatusCode, Version};
use tokio_test::{assert_pending, assert_ready_err, assert_ready_ok};
use tower::{Layer, Service};
use tower_egress::matcher::ResponseMatcher;
use tower_egress::security_headers::{
    ContentSecurityPolicy, CspNonce, Https, NoSniff, SecurityHeadersLayer,
};
use tracing::Level;

use crate::security_headers::answer;
use crate::support::log::Lines;
use crate::support::service::{self, Handler};

#[tokio::test(flavor = "current_thread")]
async fn g_21_readiness_and_errors_are_the_inner_service_s() {
    let (mut service, mut inner) =
        tower_test::mock::spawn_layer::<Request<()>, Response<()>, _>(SecurityHeadersLayer::new());
    inner.allow(0);
    assert_pending!(service.poll_ready());
    inner.allow(1);
    assert_ready_ok!(service.poll_ready());
    let mut future = tokio_test::task::spawn(service.call(Request::new(())));
    assert_pending!(future.poll());
    let (_, reply) = inner.next_request().await.unwrap();
    reply.send_error("out of paper");
    let error = assert_ready_err!(future.poll());
    assert_eq!(error.to_string(), "out of paper");
}

#[test]
fn g_21_the_service_that_was_polled_ready_is_the_one_called() {
    let mut service = SecurityHeadersLayer::new().layer(Handler::new(|_| answer(200, &[])));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    // `Handler` panics when a clone, which is not ready, is called.
    let mut clone = service.clone();
    let called = pin!(service.call(Request::new(()))).poll(cx);
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
    for layer in [
        SecurityHeadersLayer::new(),
        SecurityHeadersLayer::new().https(Https::by_request(|_| true)),
    ] {
        let expected = expected.clone();
        let response: Response<&str> = service::answer(
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

/// The event of one response, and the response.
fn event_of<B>(ask: impl Fn() -> Response<B>) -> (Vec<String>, Response<B>) {
    let lines = Lines::of(Level::DEBUG);
    let response = tracing::subscriber::with_default(lines.clone(), || {
        // A test on another thread, without a subscriber, may be making the event for the first
        // time. `tracing` then remembers that nobody listens, until it is told to ask again.
        for _ in 0..1_000 {
            tracing::callsite::rebuild_interest_cache();
            let response = ask();
            if !lines.found().is_empty() {
                return response;
            }
            std::thread::yield_now();
        }
        panic!("there is no event")
    });
    (lines.found(), response)
}

/// Promise 8. The values stay out of the log: a nonce may be in one.
#[test]
fn every_response_is_an_event_without_its_values() {
    let layer = SecurityHeadersLayer::none()
        .https(Https::Always)
        .with(NoSniff)
        .with(ContentSecurityPolicy::strict());
    for draws in [false, true] {
        let page = move |request: Request<()>| {
            let nonce = CspNonce::of(request.extensions());
            let text = if draws { nonce.draw() } else { "" };
            Response::new(text.to_owned())
        };
        let (lines, response): (_, Response<String>) =
            event_of(|| service::answer(&layer, Request::new(()), Box::new(page)));
        let names: Vec<_> = response
            .headers()
            .keys()
            .map(|name| name.as_str())
            .collect();
        let event = format!(
            "message=security_headers plan=send the fields scheme=https nonce={draws} fields={names:?}"
        );
        assert_eq!(lines, [event]);
    }
}

/// Promise 8. Why no field was sent.
#[test]
fn a_response_without_fields_is_an_event_too() {
    let page = |_| answer(200, &[]);
    let off = SecurityHeadersLayer::new().enabled(false);
    let (lines, _): (_, Response<&str>) =
        event_of(|| service::answer(&off, Request::new(()), Box::new(page)));
    assert_eq!(
        lines,
        ["message=security_headers plan=pass: the layer is off"]
    );
    let skipped = SecurityHeadersLayer::new().skip_responses(ResponseMatcher::status(|_| true));
    let (lines, _): (_, Response<&str>) =
        event_of(|| service::answer(&skipped, Request::new(()), Box::new(page)));
    let event = "message=security_headers plan=pass: the request or the response is skipped \
                 scheme=unknown nonce=false fields=[]";
    assert_eq!(lines, [event]);
}
