//! `Server-Timing`, and what handlers record in it.

use std::time::Duration;

use http::HeaderValue;
use proptest::prelude::*;
use tower_egress::response_time::{InvalidResponseTime, MAX_ENTRIES, ServerTiming};

use crate::{Clock, MILLI, answer, hello};

/// The lines of `Server-Timing` where a handler records this.
fn lines(record: impl Fn(&ServerTiming, &Clock) + 'static) -> Vec<String> {
    let clock = Clock::new();
    let layer = clock.layer().server_timing();
    let found = answer(&layer, move |request| {
        record(&ServerTiming::of(request.extensions()), &clock);
        hello()
    });
    let lines = found.get_all("server-timing").iter();
    lines
        .map(|line| line.to_str().expect("visible ASCII").to_owned())
        .collect()
}

#[test]
fn t_01_t_03_the_total_comes_first_and_then_what_was_recorded() {
    let found = lines(|timing, clock| {
        {
            let _time = timing.start("db").expect("a name");
            clock.pass(5 * MILLI);
        }
        timing
            .record("queue", Duration::from_micros(2_340))
            .expect("a name");
        timing
            .record_with("render", MILLI, "the page")
            .expect("a name");
        timing.describe("cache", "miss").expect("a name");
        clock.pass(7 * MILLI);
    });
    let expected = "total;dur=12.0, db;dur=5.0, queue;dur=2.3, render;dur=1.0;desc=\"the page\", \
                    cache;desc=\"miss\"";
    assert_eq!(found, [expected]);
    assert_eq!(lines(|_, _| {}), ["total;dur=0.0"]);
}

#[test]
fn t_04_descriptions_are_quoted_strings() {
    let found = lines(|timing, _| {
        timing
            .describe("a", "say \"hi\", c:\\dir; x=1")
            .expect("a description");
        timing.describe("b", "").expect("a description");
    });
    let expected = "total;dur=0.0, a;desc=\"say \\\"hi\\\", c:\\\\dir; x=1\", b;desc=\"\"";
    assert_eq!(found, [expected]);
}

#[test]
fn t_05_the_handler_s_own_lines_stay_and_a_name_may_come_twice() {
    let clock = Clock::new();
    let found = answer(&clock.layer().server_timing(), |request| {
        let timing = ServerTiming::of(request.extensions());
        timing.record("db", MILLI).expect("a name");
        timing.record("db", 2 * MILLI).expect("a name");
        let mut response = hello();
        let own = HeaderValue::from_static("own;dur=3");
        response.headers_mut().append("server-timing", own);
        response
    });
    let lines: Vec<_> = found.get_all("server-timing").iter().collect();
    assert_eq!(
        lines,
        ["own;dur=3", "total;dur=0.0, db;dur=1.0, db;dur=2.0"]
    );
}

#[test]
fn t_01_what_is_no_name_or_description_is_refused_when_recorded() {
    lines(|timing, _| {
        for name in ["", "a b", "a;dur=1", "a,b", "\"a\"", "\u{e9}", "a\r\nb"] {
            let expected = InvalidResponseTime::Metric {
                name: name.to_owned(),
            };
            assert_eq!(timing.record(name, MILLI), Err(expected.clone()));
            assert_eq!(timing.start(name).unwrap_err(), expected);
        }
        for description in ["a\r\nb", "\0", "\u{e9}", "\x7f"] {
            let expected = InvalidResponseTime::Description {
                description: description.to_owned(),
            };
            assert_eq!(timing.describe("a", description), Err(expected));
        }
    });
    let error = InvalidResponseTime::Metric {
        name: "a b".to_owned(),
    };
    assert_eq!(
        error.to_string(),
        "\"a b\" is no name of a metric; use a token, as `db` or `cache-read`",
    );
}

#[test]
fn no_more_entries_than_the_bound_are_kept() {
    let found = lines(|timing, _| {
        for _ in 0..MAX_ENTRIES {
            timing.record("a", MILLI).expect("room");
        }
        let expected = InvalidResponseTime::TooManyEntries { most: MAX_ENTRIES };
        assert_eq!(timing.record("a", MILLI), Err(expected));
        drop(timing.start("a").expect("a name"));
    });
    assert_eq!(found[0].matches("a;dur=1.0").count(), MAX_ENTRIES);
}

#[test]
fn where_no_layer_sends_it_what_is_recorded_is_forgotten() {
    let found = answer(&Clock::new().layer(), |request| {
        let timing = ServerTiming::of(request.extensions());
        timing.record("db", MILLI).expect("a name");
        drop(timing.start("db").expect("a name"));
        assert!(timing.record("a b", MILLI).is_err());
        hello()
    });
    assert!(!found.contains_key("server-timing"));
}

#[test]
fn t_09_what_clients_see_is_rounded() {
    let clock = Clock::new();
    let layer = clock.layer().server_timing().round_to(10 * MILLI);
    let found = answer(&layer, move |request| {
        clock.pass(12 * MILLI);
        let timing = ServerTiming::of(request.extensions());
        timing.record("db", 6 * MILLI).expect("a name");
        hello()
    });
    assert_eq!(found["x-response-time"], "10.000ms");
    assert_eq!(found["server-timing"], "total;dur=10.0, db;dur=10.0");
}

#[tokio::test]
async fn an_axum_handler_has_it_as_an_argument() {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;
    let handler = async |timing: ServerTiming| {
        timing.describe("cache", "hit").expect("a name");
        "hello"
    };
    let clock = Clock::new();
    let router = Router::new().route("/", get(handler));
    let request = || http::Request::get("/").body(Body::empty()).unwrap();
    let layered = router.clone().layer(clock.layer().server_timing());
    let response = layered.oneshot(request()).await.unwrap();
    assert_eq!(
        response.headers()["server-timing"],
        "total;dur=0.0, cache;desc=\"hit\""
    );
    let bare = router.oneshot(request()).await.unwrap();
    assert_eq!(bare.status(), 200);
}

/// Reads the grammar with nothing of the writer's: names, durations and descriptions.
fn parse(line: &str) -> Vec<(String, Option<f64>, Option<String>)> {
    let mut metrics = Vec::new();
    let mut chars = line.chars().peekable();
    loop {
        let mut metric = (String::new(), None, None);
        let token = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            let mut token = String::new();
            while let Some(next) = chars.next_if(|next| !",;=\" ".contains(*next)) {
                token.push(next);
            }
            token
        };
        metric.0 = token(&mut chars);
        while chars.next_if_eq(&';').is_some() {
            let name = token(&mut chars);
            assert_eq!(chars.next(), Some('='), "{line}");
            let value = if chars.next_if_eq(&'"').is_some() {
                let mut text = String::new();
                loop {
                    match chars.next().expect("a closing quote") {
                        '"' => break text,
                        '\\' => text.push(chars.next().expect("an escaped character")),
                        other => text.push(other),
                    }
                }
            } else {
                token(&mut chars)
            };
            match name.as_str() {
                "dur" => metric.1 = Some(value.parse().expect("a number")),
                "desc" => metric.2 = Some(value),
                other => panic!("{other}"),
            }
        }
        metrics.push(metric);
        match chars.next() {
            None => return metrics,
            Some(',') => assert_eq!(chars.next(), Some(' ')),
            Some(other) => panic!("{other:?} in {line}"),
        }
    }
}

proptest! {
    #[test]
    fn t_01_t_02_what_is_recorded_is_what_is_read(
        entries in prop::collection::vec(
            ("[ -~]{0,5}", 0_u64..10_000_000, prop::option::of("[\\PC\\t]{0,6}")), 0..6),
    ) {
        let recorded = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let kept = recorded.clone();
        let found = lines(move |timing, _| {
            let mut kept = kept.lock().expect("no panic");
            for (name, micros, description) in &entries {
                let duration = Duration::from_micros(micros - micros % 100);
                let result = match description {
                    Some(text) => timing.record_with(name, duration, text),
                    None => timing.record(name, duration),
                };
                if result.is_ok() {
                    let millis = duration.as_secs_f64() * 1000.0;
                    kept.push((name.clone(), Some(millis), description.clone()));
                }
            }
        });
        let mut read = parse(&found[0]);
        prop_assert_eq!(read.remove(0), ("total".to_owned(), Some(0.0), None));
        let expected = recorded.lock().expect("no panic").clone();
        prop_assert_eq!(read.len(), expected.len());
        for ((name, millis, text), (expected, duration, description)) in read.iter().zip(&expected) {
            prop_assert_eq!(name, expected);
            prop_assert_eq!(text, description);
            prop_assert!((millis.unwrap() - duration.unwrap()).abs() < 0.051);
        }
    }
}
