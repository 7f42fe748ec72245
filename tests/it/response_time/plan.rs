//! What a layer says of its decisions.

use std::time::Duration;

use http::{Request, Response};
use http_body::SizeHint;
use tower_egress::matcher::{RequestMatcher, ResponseMatcher};
use tower_egress::response_time::{
    DEFAULT_SLOW, FieldPlan, Reason, Reports, ResponseTimeBody, ResponseTimeLayer,
};
use tracing::Level;

use crate::support::body::Script;
use crate::support::log::Lines;
use crate::support::service;

type Line<'a> = (&'a str, &'a str);

/// What happens to the field of the layer's own, to `Server-Timing`, and to the trailer.
type Plans = (FieldPlan, FieldPlan, FieldPlan);

fn everything() -> ResponseTimeLayer {
    ResponseTimeLayer::new().server_timing().trailer()
}

/// The plan for this request and this response, and the event of the service for the same.
#[track_caller]
fn check(
    request: (&str, Option<&str>),
    response: (u16, &[Line<'_>]),
    length: Option<u64>,
    expected: Plans,
) {
    check_of(&everything(), request, response, length, expected);
}

#[track_caller]
fn check_of(
    layer: &ResponseTimeLayer,
    (method, te): (&str, Option<&str>),
    (status, lines): (u16, &[Line<'_>]),
    length: Option<u64>,
    expected: Plans,
) {
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
        let _: Response<ResponseTimeBody<_>> = service::respond(layer, request, response);
    });
    let (header, server_timing, trailer) = expected;
    let event = format!(
        "message=response_time header={header} server_timing={server_timing} trailer={trailer}"
    );
    assert_eq!(events.found(), [event], "{input}");
}

/// Finding V.
#[test]
fn t_06_the_plan_tells_why_there_is_no_trailer_and_the_log_tells_the_same() {
    use FieldPlan::{Omit, Send};
    use Reason::{AlreadySet, Grpc, KnownLength, NoContent, NotAccepted, Tunnel};
    let te = ("GET", Some("trailers"));
    let length = ("content-length", "5");
    let without = |reason| (Send, Send, Omit(reason));
    check(te, (200, &[]), None, (Send, Send, Send));
    check(("GET", None), (200, &[]), None, without(NotAccepted));
    check(te, (200, &[]), Some(6), without(KnownLength));
    check(te, (200, &[length]), None, without(KnownLength));
    check(te, (304, &[]), None, without(NoContent));
    let head = ("HEAD", Some("trailers"));
    check(head, (200, &[]), None, without(NoContent));
    let grpc = ("content-type", "application/grpc");
    check(te, (200, &[grpc]), None, without(Grpc));
    let connect = ("CONNECT", Some("trailers"));
    let tunnel = Omit(Tunnel);
    check(connect, (200, &[]), None, (tunnel, tunnel, tunnel));
    check(connect, (403, &[]), None, (Send, Send, Send));
    check(te, (101, &[]), None, (tunnel, tunnel, tunnel));
    let own = ("x-response-time", "soon");
    check(te, (200, &[own]), None, (Omit(AlreadySet), Send, Send));
}

#[test]
fn the_plan_tells_which_fields_are_not_configured() {
    let none = FieldPlan::Omit(Reason::NotConfigured);
    let (te, page) = (("GET", Some("trailers")), (200, &[][..]));
    let layer = ResponseTimeLayer::new();
    check_of(&layer, te, page, None, (FieldPlan::Send, none, none));
    let quiet = everything()
        .without_header()
        .without_server_timing()
        .without_trailer();
    check_of(&quiet, te, page, None, (none, none, none));
    check_of(&quiet, te, (101, &[]), None, (none, none, none));
}

#[test]
fn the_plan_tells_that_the_layer_is_off_and_the_log_tells_the_same() {
    let (te, page) = (("GET", Some("trailers")), (200, &[][..]));
    let all = |reason| {
        let omitted = FieldPlan::Omit(reason);
        (omitted, omitted, omitted)
    };
    let off = everything().enabled(false);
    check_of(&off, te, page, None, all(Reason::Disabled));
    let on = off.enabled(true);
    let send = FieldPlan::Send;
    check_of(&on, te, page, None, (send, send, send));
    let gets = everything().skip(RequestMatcher::method(http::Method::GET));
    check_of(&gets, te, page, None, all(Reason::Skipped));
    let post = ("POST", Some("trailers"));
    check_of(&gets, post, page, None, (send, send, send));
    let errors =
        everything().skip_responses(ResponseMatcher::status(|status| status.is_server_error()));
    check_of(&errors, te, (500, &[]), None, all(Reason::Skipped));
    check_of(&errors, te, page, None, (send, send, send));
}

#[test]
fn a_plan_is_said_in_words() {
    let (request, ()) = Request::new(()).into_parts();
    let (response, ()) = Response::new(()).into_parts();
    let layer = everything().report(Reports::log_slow());
    let plan = |layer: ResponseTimeLayer| {
        let plan = layer.plan(&request, &response, &SizeHint::default());
        plan.to_string()
    };
    assert_eq!(
        plan(layer.clone()),
        "header sent; Server-Timing sent; trailer omitted: the client did not send `TE: trailers`; \
         slow over 1s"
    );
    assert_eq!(
        plan(layer.enabled(false)),
        "header omitted: the layer is off; Server-Timing omitted: the layer is off; \
         trailer omitted: the layer is off"
    );
}

/// Finding V. Finding M.
#[test]
fn the_plan_tells_when_a_response_is_slow() {
    let (request, ()) = Request::new(()).into_parts();
    let slow_after = |layer: ResponseTimeLayer, content_type: &str| {
        let response = Response::builder().header("content-type", content_type);
        let (response, ()) = response.body(()).expect("a response").into_parts();
        let plan = layer.plan(&request, &response, &SizeHint::default());
        assert_eq!(plan.trailer, FieldPlan::Omit(Reason::NotConfigured));
        (plan.slow_after, plan.is_live)
    };
    let layer = ResponseTimeLayer::new();
    assert_eq!(slow_after(layer.clone(), "text/html"), (None, false));
    let expected = (Some(DEFAULT_SLOW), true);
    let log_slow = layer.clone().report(Reports::log_slow());
    assert_eq!(slow_after(log_slow, "text/event-stream"), expected);
    let limit = Duration::from_millis(3);
    let layer = layer.report(Reports::log_slow().slow_limit(limit));
    assert_eq!(slow_after(layer, "text/html"), (Some(limit), false));
}
