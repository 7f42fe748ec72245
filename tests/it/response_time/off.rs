//! The layer where it is off.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::Full;
use tower::{Layer, Service, service_fn};
use tower_egress::matcher::{RequestMatcher, ResponseMatcher};
use tower_egress::response_time::{Outcome, ResponseTimeLayer, ServerTiming};

use super::{Clock, MILLI, Page, hello};
use crate::response_time::report::Reports;
use crate::support::consume::consume;
use crate::support::service;

/// All that the layer can do, told to `reports`.
fn everything(clock: &Clock, reports: &Reports) -> ResponseTimeLayer {
    reports.layer(clock).server_timing().trailer()
}

/// The fields of the response to a GET of `path`, whose handler records an entry.
fn fields_of(layer: &ResponseTimeLayer, path: &str, status: u16) -> HeaderMap {
    let request = Request::get(path)
        .header("te", "trailers")
        .body(())
        .expect("a request");
    let handler = move |request: Request<()>| -> Page {
        ServerTiming::of(request.extensions()).record("db", MILLI);
        let mut response = hello();
        *response.status_mut() = StatusCode::from_u16(status).expect("a status");
        response
    };
    let response: Response<_> = service::answer(layer, request, Box::new(handler));
    let (head, body) = response.into_parts();
    assert_eq!(consume(body).clean(), "hello");
    head.headers
}

#[test]
fn a_layer_that_is_off_sends_and_reports_nothing() {
    let (clock, reports) = (Clock::new(), Reports::default());
    let layer = everything(&clock, &reports);
    let off = layer.clone().enabled(false);
    assert!(fields_of(&off, "/", 200).is_empty());
    assert_eq!(reports.count(), 0);
    // The order of calls does not matter.
    let off = reports.layer(&clock).enabled(false).server_timing();
    assert!(fields_of(&off, "/", 200).is_empty());
    assert_eq!(reports.count(), 0);
    assert_eq!(fields_of(&layer, "/", 200).len(), 2);
    assert_eq!(reports.count(), 1);
}

#[test]
fn skipped_requests_and_responses_get_and_report_nothing() {
    let (clock, reports) = (Clock::new(), Reports::default());
    let layer = everything(&clock, &reports)
        .skip(RequestMatcher::prefix("/health").expect("a prefix"))
        .skip_responses(ResponseMatcher::status(|status| status.is_client_error()))
        .skip(RequestMatcher::when(|request| {
            request.uri.query().is_some()
        }))
        .skip_responses(RequestMatcher::extension("css").expect("an extension"));
    for (path, status, acts) in [
        ("/health", 200, false),
        ("/?a", 200, false),
        ("/a", 404, false),
        ("/a.css", 200, false),
        ("/a", 500, true),
        ("/a", 200, true),
    ] {
        let before = reports.count();
        let found = fields_of(&layer, path, status);
        assert_eq!(found.len(), if acts { 2 } else { 0 }, "{path} {status}");
        let reported = reports.count() - before;
        assert_eq!(reported, usize::from(acts), "{path} {status}");
    }
}

/// There is no response that could be skipped.
#[test]
fn a_service_that_fails_is_reported_whatever_responses_are_skipped() {
    let (clock, reports) = (Clock::new(), Reports::default());
    let layer = everything(&clock, &reports).skip_responses(ResponseMatcher::any());
    let failing = service_fn(|_: Request<()>| {
        std::future::ready(Err::<Response<Full<Bytes>>, _>("out of paper"))
    });
    let cx = &mut Context::from_waker(Waker::noop());
    let called = pin!(layer.layer(failing).call(Request::new(()))).poll(cx);
    assert!(matches!(called, Poll::Ready(Err("out of paper"))));
    assert_eq!(reports.one().outcome, Outcome::ServiceError);
}
