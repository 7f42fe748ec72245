//! The layer as a service, beyond what every layer promises (`contract`).

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::Request;
use tower::{Layer, Service};

use super::{Clock, MILLI, hello};
use crate::support::service::Handler;

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
