//! `Server-Timing`, and what handlers record in it.

use std::time::Duration;

use http::HeaderValue;
use proptest::prelude::*;
use tower_egress::response_time::{MAX_ENTRIES, ServerTiming};
use tracing::Level;

use super::{Clock, MILLI, answer, hello};
use crate::support::log::Lines;

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
            let _time = timing.start("db");
            clock.pass(5 * MILLI);
        }
        timing.record("queue", Duration::from_micros(2_340));
        timing.record_with("render", MILLI, "the page");
        timing.describe("cache", "miss");
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
        timing.describe("a", "say \"hi\", c:\\dir; x=1");
        timing.describe("b", "");
    });
    let expected = "total;dur=0.0, a;desc=\"say \\\"hi\\\", c:\\\\dir; x=1\", b;desc=\"\"";
    assert_eq!(found, [expected]);
}

#[test]
fn t_05_the_handler_s_own_lines_stay_and_a_name_may_come_twice() {
    let clock = Clock::new();
    let found = answer(&clock.layer().server_timing(), |request| {
        let timing = ServerTiming::of(request.extensions());
        timing.record("db", MILLI);
        timing.record("db", 2 * MILLI);
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

/// House: a handler needs no `expect`.
#[test]
fn t_01_an_entry_that_cannot_be_sent_is_dropped_with_a_debug_event() {
    let events = Lines::of(Level::DEBUG);
    let found = tracing::subscriber::with_default(events.clone(), || {
        lines(|timing, _| {
            for name in ["", "a b", "a;dur=1", "a,b", "\"a\"", "\u{e9}", "a\r\nb"] {
                timing.record(name, MILLI);
                timing.describe(name, "x");
                drop(timing.start(name));
            }
            for description in ["a\r\nb", "\0", "\u{e9}", "\x7f"] {
                timing.describe("a", description);
                timing.record_with("a", MILLI, description);
            }
            timing.record("db", MILLI);
        })
    });
    assert_eq!(found, ["total;dur=0.0, db;dur=1.0"]);
    let events = events.found();
    let dropped: Vec<_> = events
        .iter()
        .filter(|event| event.starts_with("message=Server-Timing entry dropped"))
        .collect();
    assert_eq!(dropped.len(), 7 * 3 + 4 * 2, "{events:?}");
    assert_eq!(
        dropped[3],
        "message=Server-Timing entry dropped name=a b reason=\"the name is not a token, such as \
         `db` or `cache-read`\""
    );
    assert!(dropped[18].contains("name=a\\u{d}\\u{a}b reason"));
    assert_eq!(
        dropped[21],
        "message=Server-Timing entry dropped name=a reason=\"the description has more than \
         visible ASCII, spaces and tabs\""
    );
}

#[test]
fn no_more_entries_than_the_bound_are_kept() {
    let events = Lines::of(Level::DEBUG);
    let found = tracing::subscriber::with_default(events.clone(), || {
        lines(|timing, _| {
            for _ in 0..MAX_ENTRIES {
                timing.record("a", MILLI);
            }
            timing.record("b", MILLI);
            drop(timing.start("c"));
        })
    });
    assert_eq!(found[0].matches("a;dur=1.0").count(), MAX_ENTRIES);
    assert_eq!(found[0].matches(',').count(), MAX_ENTRIES);
    let events = events.found();
    let reason = "reason=\"the response has as many entries as MAX_ENTRIES allows\"";
    for name in ["b", "c"] {
        let event = format!("message=Server-Timing entry dropped name={name} {reason}");
        assert!(events.contains(&event), "{events:?}");
    }
}

#[test]
fn where_no_layer_sends_it_what_is_recorded_is_forgotten() {
    let found = answer(&Clock::new().layer(), |request| {
        let timing = ServerTiming::of(request.extensions());
        timing.record("db", MILLI);
        drop(timing.start("db"));
        timing.record("a b", MILLI);
        hello()
    });
    assert!(!found.contains_key("server-timing"));
}

#[test]
fn t_09_what_clients_see_is_rounded() {
    let clock = Clock::new();
    let layer = clock.layer().server_timing();
    let layer = layer.round_to(10 * MILLI).expect("a step");
    let found = answer(&layer, move |request| {
        clock.pass(12 * MILLI);
        let timing = ServerTiming::of(request.extensions());
        timing.record("db", 6 * MILLI);
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
        timing.describe("cache", "hit");
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

/// RFC 9110 §5.6.2 and §5.6.4, as they are written.
fn is_sendable(name: &str, description: Option<&str>) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_text = |byte: u8| byte == b'\t' || byte == b' ' || byte.is_ascii_graphic();
    !name.is_empty()
        && name.bytes().all(is_tchar)
        && description.is_none_or(|text| text.bytes().all(is_text))
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
                match description {
                    Some(text) => timing.record_with(name, duration, text),
                    None => timing.record(name, duration),
                }
                if is_sendable(name, description.as_deref()) {
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
