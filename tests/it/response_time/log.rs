//! The log of slow responses.

use std::time::Duration;

use http::{Request, Response};
use tower_egress::Live;
use tower_egress::matcher::RequestMatcher;
use tower_egress::response_time::{MAX_LOGGED, Reports, ResponseTimeLayer};
use tracing::Level;

use super::{Clock, MILLI, Page, hello};
use crate::support::log::Lines;

/// What is logged of a handler that takes `took`, whose body is then read.
fn logged(
    configure: impl Fn(ResponseTimeLayer) -> ResponseTimeLayer,
    request: Request<()>,
    took: Duration,
) -> Vec<String> {
    let lines = Lines::of(Level::WARN);
    let clock = Clock::new();
    let layer = configure(clock.layer());
    tracing::subscriber::with_default(lines.clone(), || {
        let handler = Box::new(move |_: Request<()>| -> Page {
            clock.pass(took);
            hello()
        });
        let response: Response<_> = crate::support::service::answer(&layer, request, handler);
        crate::support::consume::consume(response.into_body());
    });
    lines.found()
}

fn log_slow(layer: ResponseTimeLayer) -> ResponseTimeLayer {
    layer.report(Reports::log_slow())
}

fn get(path: &str) -> Request<()> {
    Request::get(path).body(()).expect("a valid request")
}

#[test]
fn t_08_a_slow_response_is_logged_once_with_what_is_needed() {
    let second = Duration::from_secs(1);
    let found = logged(log_slow, get("/a?b=c"), second + MILLI);
    let expected = "message=slow response method=GET path=/a status=200 time_to_head_ms=1001 \
                    total_ms=1001 bytes=5 outcome=\"complete\"";
    assert_eq!(found, [expected]);
    assert!(logged(log_slow, get("/a"), second).is_empty());
    assert!(logged(|layer| layer, get("/a"), 5 * second).is_empty());
    let quiet = |layer| log_slow(layer).without_report();
    assert!(logged(quiet, get("/a"), 5 * second).is_empty());
}

/// Whichever limit was set first.
#[test]
fn requests_have_limits_of_their_own_and_the_longest_that_matches_counts() {
    let events = || RequestMatcher::when(|request| request.uri.query() == Some("events"));
    let exports = || RequestMatcher::prefix("/exports/").expect("a prefix");
    let one = move |layer: ResponseTimeLayer| {
        layer.report(
            Reports::log_slow()
                .slow_limit(10 * MILLI)
                .slow_limit_for(exports(), 20 * MILLI)
                .slow_limit_for(events(), Duration::MAX),
        )
    };
    let other = move |layer: ResponseTimeLayer| {
        layer.report(
            Reports::log_slow()
                .slow_limit_for(events(), Duration::MAX)
                .slow_limit_for(exports(), 20 * MILLI)
                .slow_limit(10 * MILLI),
        )
    };
    for (path, took, expected) in [
        ("/other", 10, 0),
        ("/other", 11, 1),
        ("/exports/a", 20, 0),
        ("/exports/a", 21, 1),
        ("/other?events", 1000, 0),
        ("/exports/a?events", 1000, 0),
    ] {
        let counts = [
            logged(one, get(path), took * MILLI).len(),
            logged(other, get(path), took * MILLI).len(),
        ];
        assert_eq!(counts, [expected; 2], "{path} took {took} ms");
    }
}

#[test]
fn t_12_f_14_no_control_character_of_a_request_reaches_the_log() {
    let route = |layer: ResponseTimeLayer| {
        let always = Reports::log_slow().slow_limit(Duration::ZERO);
        layer.report(always.route(|_| Some("/a\r\nWARN forged \u{1b}[31m".to_owned())))
    };
    let found = logged(route, get("/"), MILLI);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].contains("path=/ route=/a\\u{d}\\u{a}WARN forged \\u{1b}[31m"),
        "{}",
        found[0]
    );
    assert!(found[0].bytes().all(|byte| (b' '..=b'~').contains(&byte)));
}

/// What is logged of a response that takes 2 ms to its head and 5 s to its last byte.
fn logged_of(change: impl Fn(&mut Page) + 'static, limit: Duration) -> Vec<String> {
    let lines = Lines::of(Level::WARN);
    let clock = Clock::new();
    let layer = clock.layer().report(Reports::log_slow().slow_limit(limit));
    tracing::subscriber::with_default(lines.clone(), || {
        let passing = clock.clone();
        let handler = Box::new(move |_: Request<()>| -> Page {
            passing.pass(2 * MILLI);
            let mut response = hello();
            change(&mut response);
            response
        });
        let response: Response<_> = crate::support::service::answer(&layer, get("/"), handler);
        clock.pass(Duration::from_secs(5));
        crate::support::consume::consume(response.into_body());
    });
    lines.found()
}

/// Finding M.
#[test]
fn a_live_response_is_slow_only_when_its_head_is() {
    for (name, value, is_live) in [
        ("content-type", "text/event-stream", true),
        ("content-type", "application/x-ndjson", true),
        ("incremental", "?1", true),
        ("content-type", "text/html", false),
    ] {
        let second = Duration::from_secs(1);
        let change = move |response: &mut Page| {
            let value = http::HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        };
        let count = logged_of(change, second).len();
        assert_eq!(count, usize::from(!is_live), "{name}: {value}");
        let found = logged_of(change, MILLI);
        let expected = "message=slow response method=GET path=/ status=200 time_to_head_ms=2 \
                        total_ms=5002 bytes=5 outcome=\"complete\"";
        assert_eq!(found, [expected], "{name}: {value}");
    }
}

/// The handler says once that its response is live, and every layer hears it.
#[test]
fn a_response_that_the_handler_marked_live_is_slow_only_when_its_head_is() {
    let mark = |response: &mut Page| {
        response.extensions_mut().insert(Live);
    };
    assert_eq!(logged_of(mark, Duration::from_secs(1)).len(), 0);
    assert_eq!(logged_of(mark, MILLI).len(), 1);
}

/// Finding 29.
#[test]
fn t_12_a_line_of_the_log_is_short_however_long_the_request_is() {
    let reports = || Reports::log_slow().slow_limit(Duration::ZERO);
    let always = |layer: ResponseTimeLayer| layer.report(reports());
    let plain = format!("/{}", "a".repeat(60_000));
    let found = logged(always, get(&plain), MILLI);
    let expected = format!("path={}... status=200", &plain[..MAX_LOGGED - 3]);
    assert!(found[0].contains(&expected), "{}", found[0]);

    let escaped = "\u{1b}".repeat(60_000);
    let route = |layer: ResponseTimeLayer| {
        let route = escaped.clone();
        layer.report(reports().route(move |_| Some(route.clone())))
    };
    let long_method = "M".repeat(60_000);
    let request = Request::builder().method(long_method.as_str()).uri(&*plain);
    let found = logged(route, request.body(()).expect("a request"), MILLI);
    assert!(found[0].len() < 3 * MAX_LOGGED + 200, "{}", found[0].len());
    let escapes = (MAX_LOGGED - 3) / 6;
    assert!(
        found[0].contains(&format!("route={}... ", "\\u{1b}".repeat(escapes))),
        "{}",
        found[0]
    );
    let method = &long_method[..MAX_LOGGED - 3];
    let expected = format!("message=slow response method={method}... path=/a");
    assert!(found[0].starts_with(&expected), "{}", found[0]);
}

/// Finding I.
#[test]
fn t_08_the_log_has_the_route_apart_from_the_path() {
    let route = |layer: ResponseTimeLayer| {
        layer.report(Reports::log_slow().route(|_| Some("/articles/{id}".to_owned())))
    };
    let found = logged(route, get("/articles/7"), Duration::from_secs(2));
    assert!(
        found[0].contains("path=/articles/7 route=/articles/{id} status=200"),
        "{}",
        found[0]
    );
}
