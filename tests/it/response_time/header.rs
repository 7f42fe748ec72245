//! The field of its own.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use tower_egress::response_time::{InvalidResponseTime, ResponseTimeLayer, ServerTiming};

use super::{Clock, MILLI, answer, hello};
use crate::support::fields;

/// What a layer says of a handler that takes 12.3456 ms.
#[track_caller]
fn check(configure: fn(ResponseTimeLayer) -> ResponseTimeLayer, expected: &str) {
    let clock = Clock::new();
    let layer = configure(clock.layer());
    let found = answer(&layer, move |_| {
        clock.pass(Duration::from_micros(12_346));
        hello()
    });
    let value = found.values().next().expect("a field");
    assert_eq!(value, expected);
}

#[test]
fn t_10_the_field_is_as_express_has_it() {
    check(|layer| layer, "12.346ms");
    check(|layer| layer.digits(0).expect("digits"), "12ms");
    check(|layer| layer.digits(1).expect("digits"), "12.3ms");
    check(|layer| layer.digits(9).expect("digits"), "12.346000000ms");
    check(ResponseTimeLayer::without_suffix, "12.346");
    check(
        |layer| layer.round_to(10 * MILLI).expect("a step"),
        "10.000ms",
    );
    check(|layer| layer.without_suffix().suffix(), "12.346ms");
    let name = HeaderName::from_static("x-took");
    let found = answer(&Clock::new().layer().header(name), |_| hello());
    assert_eq!(found, fields(&[("x-took", "0.000ms")]));
    let found = answer(&Clock::new().layer().without_header(), |_| hello());
    assert_eq!(found, fields(&[]));
}

/// Finding 36. A client sees no part of a millisecond, in no field.
#[test]
fn t_09_whole_milliseconds_are_whole_in_every_field() {
    for (micros, expected) in [
        (12_346, "12"),
        (12_499, "12"),
        (12_500, "13"),
        (499, "0"),
        (999_600, "1000"),
    ] {
        let clock = Clock::new();
        let layer = clock.layer().server_timing().digits(0).expect("digits");
        let found = answer(&layer, move |request| {
            let took = Duration::from_micros(micros);
            clock.pass(took);
            ServerTiming::of(request.extensions()).record("db", took);
            hello()
        });
        assert_eq!(found["x-response-time"], format!("{expected}ms"));
        let timing = format!("total;dur={expected}, db;dur={expected}");
        assert_eq!(found["server-timing"], timing, "{micros}");
    }
}

#[test]
fn t_10_more_digits_than_there_are_are_refused() {
    let error = ResponseTimeLayer::new().digits(10).unwrap_err();
    assert_eq!(error, InvalidResponseTime::Digits { digits: 10 });
    assert_eq!(
        error.to_string(),
        "cannot show 10 decimal digits; use 0 to 9"
    );
}

#[test]
fn t_09_a_step_of_nothing_is_refused() {
    let error = ResponseTimeLayer::new()
        .round_to(Duration::ZERO)
        .unwrap_err();
    assert_eq!(error, InvalidResponseTime::NoStep);
    assert_eq!(
        error.to_string(),
        "cannot round to multiples of 0; use a step such as 10 ms, or leave the rounding out"
    );
    // A nanosecond is no step at all: durations have no smaller part.
    let whole = ResponseTimeLayer::new().round_to(MILLI).expect("a step");
    assert!(whole.round_to(Duration::from_nanos(1)).is_ok());
}

#[test]
fn t_10_the_handler_s_field_stays() {
    let found = answer(&Clock::new().layer(), |_| {
        let mut response = hello();
        let value = HeaderValue::from_static("soon");
        response.headers_mut().insert("x-response-time", value);
        response
    });
    assert_eq!(found, fields(&[("x-response-time", "soon")]));
}

#[test]
fn t_11_every_status_has_it() {
    for status in [204, 304, 404, 500] {
        let found = answer(&Clock::new().layer(), move |_| {
            let mut response = hello();
            *response.status_mut() = status.try_into().unwrap();
            response
        });
        assert_eq!(found, fields(&[("x-response-time", "0.000ms")]), "{status}");
    }
}

#[test]
fn h_35_f_26_nothing_is_opened_to_other_origins() {
    let found = answer(&Clock::new().layer().server_timing(), |_| hello());
    assert!(!found.contains_key("timing-allow-origin"));
}
