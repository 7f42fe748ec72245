//! Handlers and bodies that panic.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_egress::response_time::Outcome;
use tower_http::catch_panic::CatchPanicLayer;

use crate::response_time::Clock;
use crate::response_time::report::Reports;
use crate::support::consume::poll_once;
use crate::support::service::respond;

/// A body that panics after one frame.
#[derive(Default)]
struct Panicking {
    polls: usize,
}

impl Body for Panicking {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.polls += 1;
        assert!(self.polls < 2, "the body panics");
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"hello")))))
    }
}

type Served = Result<Response<Panicking>, Infallible>;

/// Finding 27.
#[tokio::test]
async fn t_08_a_handler_that_panics_is_reported_as_such() {
    let (clock, reports) = (Clock::new(), Reports::default());
    let layers = || {
        ServiceBuilder::new()
            .layer(CatchPanicLayer::new())
            .layer(reports.layer(&clock))
    };
    let waits = layers().service(service_fn(async |_: Request<()>| -> Served {
        tokio::task::yield_now().await;
        panic!("the handler panics")
    }));
    let response = waits.oneshot(Request::new(())).await.expect("a response");
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let report = reports.one();
    assert_eq!((report.outcome, report.status), (Outcome::Panicked, None));
    assert_eq!(report.outcome.as_str(), "panicked");
}

/// Finding 27.
#[test]
fn t_08_a_service_that_panics_when_called_is_reported_as_such() {
    let (clock, reports) = (Clock::new(), Reports::default());
    let panics =
        service_fn(|_: Request<()>| -> std::future::Ready<Served> { panic!("the service panics") });
    let mut service = reports.layer(&clock).layer(panics);
    let called = catch_unwind(AssertUnwindSafe(|| drop(service.call(Request::new(())))));
    assert!(called.is_err());
    assert_eq!(reports.one().outcome, Outcome::Panicked);
}

/// Finding 27.
#[test]
fn t_08_a_body_that_panics_is_reported_as_such() {
    let (clock, reports) = (Clock::new(), Reports::default());
    let response = Response::new(Panicking::default());
    let response: Response<_> = respond(&reports.layer(&clock), Request::new(()), response);
    {
        let mut body = pin!(response.into_body());
        assert!(poll_once(body.as_mut()).is_ready());
        let polled = catch_unwind(AssertUnwindSafe(|| poll_once(body.as_mut()).is_ready()));
        assert!(polled.is_err());
        assert_eq!(reports.count(), 0, "the body is still there");
    }
    let report = reports.one();
    assert_eq!((report.outcome, report.bytes), (Outcome::Panicked, 5));
}
