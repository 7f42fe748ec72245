//! What a layer says of its decisions.

use std::time::Duration;

use http::{Request, Response};
use http_body::SizeHint;
use tower_egress::response_time::{DEFAULT_SLOW, ResponseTimeLayer, TrailerPlan};
use tracing::Level;

use crate::support::body::Script;
use crate::support::log::Lines;
use crate::support::service;

type Line<'a> = (&'a str, &'a str);

/// The plan for this request and this response, and the event of the service for the same.
#[track_caller]
fn check(
    (method, te): (&str, Option<&str>),
    (status, lines): (u16, &[Line<'_>]),
    length: Option<u64>,
    expected: (bool, bool, TrailerPlan),
) {
    let layer = ResponseTimeLayer::new().server_timing().trailer();
    let mut request = Request::builder().method(method);
    if let Some(te) = te {
        request = request.header("te", te);
    }
    let request = request.body(()).expect("a request");
    let mut body = Script::in_frames(b"hello", 2);
    let mut hint = SizeHint::default();
    if let Some(length) = length {
        body = body.with_exact_hint(length);
        hint.set_exact(length);
    }
    let mut response = Response::builder().status(status);
    for &(name, value) in lines {
        response = response.header(name, value);
    }
    let (head, body) = response.body(body).expect("a response").into_parts();
    let input = format!("{method} {te:?} {status} {lines:?} {length:?}");

    let plan = layer.plan(&request.clone().into_parts().0, &head, &hint);
    let found = (plan.header, plan.server_timing, plan.trailer);
    assert_eq!(found, expected, "{input}");

    let events = Lines::of(Level::DEBUG);
    tracing::subscriber::with_default(events.clone(), || {
        let response = Response::from_parts(head, body);
        let _: Response<tower_egress::response_time::ResponseTimeBody<_>> =
            service::respond(&layer, request, response);
    });
    let (header, server_timing, trailer) = expected;
    let event = format!(
        "message=response_time header={header} server_timing={server_timing} trailer={trailer:?}"
    );
    assert_eq!(events.found(), [event], "{input}");
}

/// Finding V.
#[test]
fn t_06_the_plan_tells_why_there_is_no_trailer_and_the_log_tells_the_same() {
    use TrailerPlan::{Grpc, KnownLength, NoContent, NotAccepted, Send, Tunnel};
    let te = ("GET", Some("trailers"));
    let length = ("content-length", "5");
    check(te, (200, &[]), None, (true, true, Send));
    check(("GET", None), (200, &[]), None, (true, true, NotAccepted));
    check(te, (200, &[]), Some(6), (true, true, KnownLength));
    check(te, (200, &[length]), None, (true, true, KnownLength));
    check(te, (304, &[]), None, (true, true, NoContent));
    let head = ("HEAD", Some("trailers"));
    check(head, (200, &[]), None, (true, true, NoContent));
    let grpc = ("content-type", "application/grpc");
    check(te, (200, &[grpc]), None, (true, true, Grpc));
    let connect = ("CONNECT", Some("trailers"));
    check(connect, (200, &[]), None, (false, false, Tunnel));
    check(connect, (403, &[]), None, (true, true, Send));
    check(te, (101, &[]), None, (false, false, Tunnel));
    let own = ("x-response-time", "soon");
    check(te, (200, &[own]), None, (false, true, Send));
}

/// Finding V. Finding M.
#[test]
fn the_plan_tells_when_a_response_is_slow() {
    let (request, ()) = Request::new(()).into_parts();
    let slow_after = |layer: ResponseTimeLayer, content_type: &str| {
        let response = Response::builder().header("content-type", content_type);
        let (response, ()) = response.body(()).expect("a response").into_parts();
        let plan = layer.plan(&request, &response, &SizeHint::default());
        assert_eq!(plan.trailer, TrailerPlan::Off);
        (plan.slow_after, plan.is_live)
    };
    let layer = ResponseTimeLayer::new();
    assert_eq!(slow_after(layer.clone(), "text/html"), (None, false));
    let expected = (Some(DEFAULT_SLOW), true);
    let found = slow_after(layer.clone().log_slow(), "text/event-stream");
    assert_eq!(found, expected);
    let limit = Duration::from_millis(3);
    let layer = layer.log_slower_than(move |_| limit);
    assert_eq!(slow_after(layer, "text/html"), (Some(limit), false));
}
