//! The layer turned off, and told to skip requests and responses.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::Body;
use tower_egress::matcher::{RequestMatcher, ResponseMatcher};
use tower_egress::strip_nulls::{Plan, Reason, StripNullsLayer};
use tracing::Level;

use super::{STRIPPED, TEXT, json};
use crate::support::body::{Script, Step};
use crate::support::consume::{consume, consume_stubbornly};
use crate::support::fields;
use crate::support::log::Lines;
use crate::support::service::respond;

fn get(path: &str) -> Request<()> {
    let request = Request::builder().uri(path);
    request.body(()).expect("a valid request")
}

/// A response that would be stripped, with a field that would be removed, in three frames.
fn scripted(is_exact: bool) -> Response<Script> {
    let (first, rest) = TEXT.split_at(7);
    let (second, third) = rest.split_at(11);
    let trailers = fields(&[("content-digest", "sha-256=:AA==:")]);
    let body = Script::of_data([first, second, third]);
    let body = match is_exact {
        true => body.with_exact_hint(TEXT.len() as u64),
        false => body.then(Step::Trailers(trailers)),
    };
    let mut response = json(body);
    let headers = response.headers_mut();
    headers.insert("accept-ranges", "bytes".parse().expect("a valid value"));
    response
}

/// Whether head, frames and hints are those of the handler.
#[track_caller]
fn check_transparent(layer: &StripNullsLayer, request: impl Fn() -> Request<()>) {
    for is_exact in [true, false] {
        let (expected_head, expected) = scripted(is_exact).into_parts();
        let (head, body) = respond(layer, request(), scripted(is_exact)).into_parts();
        assert_eq!(head.headers, expected_head.headers);
        assert_eq!(body.size_hint().exact(), expected.size_hint().exact());
        assert_eq!(body.is_end_stream(), expected.is_end_stream());
        let frames = |consumed: crate::support::consume::Consumed| {
            assert_eq!(consumed.error, None);
            let lengths: Vec<_> = consumed.frames.iter().map(Bytes::len).collect();
            (lengths, consumed.trailers)
        };
        assert_eq!(frames(consume(body)), frames(consume(expected)));
        let body = respond(layer, request(), scripted(is_exact)).into_body();
        assert_eq!(consume_stubbornly(body).data(), TEXT);
    }
}

#[track_caller]
fn check_acts(layer: &StripNullsLayer, request: Request<()>) {
    let response = respond(layer, request, scripted(true));
    assert_eq!(consume(response.into_body()).clean(), STRIPPED);
}

#[test]
fn off_is_transparent() {
    check_transparent(&StripNullsLayer::new().enabled(false), || get("/"));
    check_acts(
        &StripNullsLayer::new().enabled(false).enabled(true),
        get("/"),
    );
}

#[test]
fn skipped_requests_are_passed_in_any_order_of_calls() {
    let rpc = || RequestMatcher::prefix("/rpc/").unwrap();
    let put = || RequestMatcher::method(Method::PUT);
    for layer in [
        StripNullsLayer::new()
            .skip(rpc())
            .skip(put())
            .sequences(true),
        StripNullsLayer::new()
            .sequences(true)
            .skip(put())
            .skip(rpc()),
    ] {
        check_transparent(&layer, || get("/rpc/call"));
        check_transparent(&layer, || {
            let mut request = get("/");
            *request.method_mut() = Method::PUT;
            request
        });
        check_acts(&layer, get("/"));
    }
}

#[test]
fn skipped_responses_are_passed() {
    let layer = StripNullsLayer::new()
        .skip_responses(ResponseMatcher::status(|status| status.is_server_error()))
        .skip_responses(RequestMatcher::prefix("/rpc/").unwrap());
    check_transparent(&layer, || get("/rpc/call"));
    check_acts(&layer, get("/"));
    let mut failed = scripted(true);
    *failed.status_mut() = StatusCode::BAD_GATEWAY;
    let response = respond(&layer, get("/"), failed);
    assert_eq!(consume(response.into_body()).clean(), TEXT);
}

#[test]
fn the_plan_tells_what_is_off_and_skipped() {
    let plan = |layer: &StripNullsLayer| {
        let (request, ()) = get("/rpc/call").into_parts();
        let (response, body) = scripted(true).into_parts();
        layer.plan(&request, &response, &body.size_hint())
    };
    let layer = StripNullsLayer::new();
    assert_eq!(plan(&layer), Plan::Strip);
    let skipping = layer.clone().skip(RequestMatcher::prefix("/rpc/").unwrap());
    assert_eq!(plan(&skipping), Plan::Pass(Reason::Skipped));
    let skipping = layer.skip_responses(ResponseMatcher::any());
    assert_eq!(plan(&skipping), Plan::Pass(Reason::Skipped));
    assert_eq!(plan(&skipping.enabled(false)), Plan::Pass(Reason::Disabled));
}

/// The lines that are logged until there are `count` of them.
#[track_caller]
fn logged(count: usize, ask: impl Fn()) -> Vec<String> {
    for _ in 0..1_000 {
        let lines = Lines::of(Level::DEBUG);
        tracing::subscriber::with_default(lines.clone(), || {
            // A test on another thread, without a subscriber, may be making the event for the first
            // time. `tracing` then remembers that nobody listens, until it is told to ask again.
            tracing::callsite::rebuild_interest_cache();
            ask();
        });
        if lines.found().len() == count {
            return lines.found();
        }
        std::thread::yield_now();
    }
    panic!("there are not {count} events")
}

#[test]
fn every_decision_is_an_event_in_plain_words() {
    let layer = StripNullsLayer::new();
    let ask = |layer: &StripNullsLayer| drop(respond(layer, get("/"), scripted(true)));
    assert_eq!(
        logged(1, || ask(&layer)),
        ["message=strip_nulls plan=strip the body"]
    );
    assert_eq!(
        logged(1, || ask(&layer.clone().enabled(false))),
        ["message=strip_nulls plan=pass: the layer is disabled"]
    );
    let broken = || {
        let response = respond(&layer, get("/"), json(Script::of_data(["{]", "x"])));
        assert_eq!(consume(response.into_body()).clean(), "{]x");
    };
    assert_eq!(
        logged(2, broken)[1],
        "message=strip_nulls: the rest of the body is sent as it is reason=not JSON after 1 bytes"
    );
}

/// `(KeepNulls, body)` in a handler of axum's.
#[test]
fn the_opt_out_is_a_part_of_axum_s_responses() {
    use axum::response::IntoResponse;
    use tower_egress::strip_nulls::KeepNulls;

    let response = (KeepNulls, "text").into_response();
    assert_eq!(response.extensions().get(), Some(&KeepNulls));
    let expected: HeaderMap = "text".into_response().headers().clone();
    assert_eq!(*response.headers(), expected);
}
