//! Each example answers what its header says.
#![allow(clippy::duplicate_mod, reason = "two examples share a store")]

#[path = "../../examples/cache_control.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod cache_control;

#[path = "../../examples/compression.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod compression;

#[path = "../../examples/etag.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod etag;

#[path = "../../examples/full_stack.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod full_stack;

#[path = "../../examples/response_time.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod response_time;

#[path = "../../examples/security_headers.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod security_headers;

#[path = "../../examples/strip_nulls.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod strip_nulls;

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use tower::ServiceExt;
use tower_egress::compression::Coding;

use crate::support::decode::decode;

/// Asks an example as curl would.
async fn ask_app(app: Router, method: Method, path: &str, more: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a valid request");
    let answer = app.oneshot(request).await;
    answer.expect("a router answers")
}

/// Asks the example of compression.
async fn ask(method: Method, path: &str, more: &[(&str, &str)]) -> Response<Body> {
    ask_app(compression::app(), method, path, more).await
}

/// Asks the example of etag.
async fn ask_etag(path: &str, more: &[(&str, &str)]) -> Response<Body> {
    ask_app(etag::app(), Method::GET, path, more).await
}

async fn read(response: Response<Body>) -> Bytes {
    let body = response.into_body().collect().await;
    body.expect("a whole body").to_bytes()
}

#[tokio::test]
async fn compression_makes_json_small_and_says_so() {
    let plain = read(ask(Method::GET, "/api/crates", &[]).await).await;
    for &coding in Coding::preference() {
        let accept = [("accept-encoding", coding.as_str())];
        let response = ask(Method::GET, "/api/crates", &accept).await;
        assert_eq!(response.headers()["content-encoding"], coding.as_str());
        assert_eq!(response.headers()["vary"], "accept-encoding");
        let declared = response.headers()["content-length"].clone();
        let coded = read(response).await;
        assert_eq!(declared, http::HeaderValue::from(coded.len()));
        assert!(coded.len() * 6 < plain.len(), "{coding}: {}", coded.len());
        assert_eq!(decode(coding, &coded), Ok(plain.clone()));
    }
}

#[tokio::test]
async fn compression_leaves_out_what_opted_out() {
    let response = ask(Method::GET, "/secret", &[("accept-encoding", "gzip")]).await;
    assert!(!response.headers().contains_key("content-encoding"));
    assert!(!response.headers().contains_key("vary"));
    assert_eq!(read(response).await.len(), 4500);
}

#[tokio::test]
async fn compression_serves_files_whole_in_part_and_not_again() {
    let gzip = ("accept-encoding", "gzip");
    let path = "/files/README.md";
    let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
    let file = Bytes::from(file.expect("there is a README"));

    let whole = ask(Method::GET, path, &[gzip]).await;
    let tag = whole.headers()["etag"].clone();
    let tag = tag.to_str().expect("a tag is text");
    assert!(tag.ends_with("-gzip\""), "{tag}");
    assert_eq!(decode(Coding::Gzip, &read(whole).await), Ok(file.clone()));

    let part = ask(Method::GET, path, &[gzip, ("range", "bytes=0-99")]).await;
    assert_eq!(part.status(), 206);
    assert!(!part.headers().contains_key("content-encoding"));
    assert_eq!(part.headers()["vary"], "accept-encoding");
    assert_eq!(read(part).await, file.slice(..100));

    let again = ask(Method::GET, path, &[gzip, ("if-none-match", tag)]).await;
    assert_eq!(again.status(), 304);
    assert_eq!(again.headers()["etag"], tag);
    assert_eq!(again.headers()["vary"], "accept-encoding");
}

#[tokio::test]
async fn compression_answers_head_as_get_without_a_length() {
    let br = [("accept-encoding", "br")];
    let response = ask(Method::HEAD, "/files/Cargo.toml", &br).await;
    assert_eq!(response.headers()["content-encoding"], "br");
    assert!(!response.headers().contains_key("content-length"));
    assert_eq!(read(response).await, "");
}

#[tokio::test(start_paused = true)]
async fn compression_sends_each_event_as_it_happens() {
    let response = ask(Method::GET, "/events", &[("accept-encoding", "gzip")]).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let mut body = response.into_body();
    let mut coded = Vec::new();
    for tick in 1..4 {
        let frame = body.frame().await.expect("an event").expect("a frame");
        coded.extend_from_slice(frame.data_ref().expect("data"));
        let decoded = crate::support::decode::decode_so_far(Coding::Gzip, &coded);
        let expected = format!("data: tick {tick}\n\n");
        assert!(decoded.ends_with(expected.as_bytes()), "{decoded:?}");
    }
}

#[tokio::test]
async fn etag_tags_a_document_and_knows_who_has_it() {
    let first = ask_etag("/document", &[]).await;
    let tag = first.headers()["etag"].to_str().expect("text").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let again = ask_etag("/document", &[("if-none-match", &tag)]).await;
    assert_eq!(again.status(), 304);
    assert_eq!(again.headers()["etag"], tag);
    assert_eq!(read(again).await, "");
}

#[tokio::test]
async fn etag_keeps_the_tag_of_a_handler_and_compares_with_it() {
    let held = ask_etag("/version", &[("if-match", "\"v2\"")]).await;
    assert_eq!(held.status(), 200);
    let failed = ask_etag("/version", &[("if-match", "\"v1\"")]).await;
    assert_eq!(failed.status(), 412);
    assert_eq!(failed.headers()["etag"], "\"v2\"");
}

#[tokio::test(start_paused = true)]
async fn etag_leaves_events_alone_and_takes_the_date_of_a_file() {
    let events = ask_etag("/events", &[]).await;
    assert!(!events.headers().contains_key("etag"));
    let since = [("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT")];
    assert_eq!(ask_etag("/files/LICENSE", &since).await.status(), 304);
}

/// The text of a 412.
const ETAG_REFUSAL: &str = "A precondition of this request does not hold. Request the current \
                            state, and send the request again with the entity tag of that state.\n";

/// Asks for an article: the status, the tag and the text of the answer.
async fn ask_article(app: &Router, request: Request<Body>) -> (u16, Option<String>, String) {
    let answer = app.clone().oneshot(request).await;
    let response = answer.expect("a router answers");
    let tag = response.headers().get("etag");
    let tag = tag.map(|tag| tag.to_str().expect("ASCII").to_owned());
    let status = response.status().as_u16();
    let text = read(response).await;
    (status, tag, String::from_utf8(text.into()).expect("text"))
}

#[tokio::test]
async fn etag_guards_articles_before_they_are_written() {
    let app = etag::app();
    let ask = async |method, path, fields: &[(&str, &str)], text: &'static str| {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(text)).expect("a valid request");
        ask_article(&app, request).await
    };
    let (first, second) = ("/articles/first", "/articles/second");
    let tag = |tag: &str| Some(tag.to_owned());

    let all = (200, tag("\"1\""), "Once upon a time".to_owned());
    assert_eq!(ask("GET", first, &[], "").await, all);
    let seen = [("if-none-match", "\"1\"")];
    let not_modified = (304, tag("\"1\""), String::new());
    assert_eq!(ask("GET", first, &seen, "").await, not_modified);

    assert_eq!(ask("PUT", first, &[], "Another text").await.0, 428);
    let held = [("if-match", "\"1\"")];
    let saved = (204, tag("\"2\""), String::new());
    assert_eq!(ask("PUT", first, &held, "Another text").await, saved);
    let failed = (412, None, ETAG_REFUSAL.to_owned());
    assert_eq!(ask("PUT", first, &held, "A third text").await, failed);
    assert_eq!(ask("DELETE", first, &held, "").await, failed);
    let all = (200, tag("\"2\""), "Another text".to_owned());
    assert_eq!(ask("GET", first, &seen, "").await, all);

    assert_eq!(ask("GET", second, &[], "").await.0, 404);
    let missing = [("if-none-match", "*")];
    let created = (201, tag("\"3\""), String::new());
    assert_eq!(ask("PUT", second, &missing, "A new one").await, created);
    assert_eq!(ask("PUT", second, &missing, "A new one").await, failed);
    let removed = (204, None, String::new());
    let held = [("if-match", "\"3\"")];
    assert_eq!(ask("DELETE", second, &held, "").await, removed);
    assert_eq!(ask("DELETE", second, &held, "").await, failed);

    let unseen = [("if-none-match", "\"unseen\"")];
    assert_eq!(ask("DELETE", first, &unseen, "").await.0, 428);
    let spaced = "/articles/a%20b";
    assert_eq!(ask("PUT", spaced, &missing, "A new one").await.0, 201);
    assert_eq!(
        ask("DELETE", spaced, &[("if-match", "*")], "").await,
        removed
    );
}

/// Both pass the layer before either has sent its text.
#[tokio::test]
async fn etag_lets_one_of_two_writers_win() {
    let app = etag::app();
    let write = || {
        let (sender, receiver) = tokio::sync::mpsc::channel::<Result<&str, Infallible>>(1);
        let text = tokio_stream::wrappers::ReceiverStream::new(receiver);
        let request = Request::put("/articles/first")
            .header("if-match", "\"1\"")
            .body(Body::from_stream(text))
            .expect("a valid request");
        let app = app.clone();
        let answer = async move { ask_article(&app, request).await };
        (sender, tokio_test::task::spawn(answer))
    };
    let (ada_s_text, mut ada) = write();
    let (grace_s_text, mut grace) = write();
    tokio_test::assert_pending!(ada.poll());
    tokio_test::assert_pending!(grace.poll());

    ada_s_text.try_send(Ok("Ada's")).expect("room");
    grace_s_text.try_send(Ok("Grace's")).expect("room");
    drop((ada_s_text, grace_s_text));
    let saved = (204, Some("\"2\"".to_owned()), String::new());
    let failed = (412, None, String::new());
    assert_eq!((grace.await, ada.await), (saved, failed));

    let get = Request::get("/articles/first").body(Body::empty());
    let kept = ask_article(&app, get.expect("a valid request")).await;
    assert_eq!(kept.2, "Grace's");
}

#[tokio::test]
async fn cache_control_tells_caches_what_each_file_is() {
    for (path, expected) in [
        ("/", "no-cache"),
        ("/assets/index-BwZ3kq1x.js", "max-age=31536000, immutable"),
        ("/static/main.8e3c1f07.css", "max-age=31536000, immutable"),
        ("/logo.svg", "no-cache"),
        ("/api/me", "private, no-cache"),
        ("/api/me/x.css", "private, no-cache"),
    ] {
        let app = cache_control::app().expect("rules");
        let response = ask_app(app, Method::GET, path, &[]).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["cache-control"], expected, "{path}");
    }
    let cookie = [("cookie", "session=1")];
    let late = [("if-modified-since", "Thu, 01 Jan 2099 00:00:00 GMT")];
    for (path, fields, status, expected) in [
        ("/logo.svg", cookie, 200, "private, no-cache"),
        ("/logo.svg", late, 304, "no-cache"),
        ("/nowhere", late, 404, "no-cache"),
        ("/api/..%2flogo.svg", late, 404, "private, no-cache"),
    ] {
        let app = cache_control::app().expect("rules");
        let response = ask_app(app, Method::GET, path, &fields).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers()["cache-control"], expected, "{path}");
    }
}

#[tokio::test]
async fn security_headers_are_of_a_page_an_api_and_a_logout() {
    let ask = |method, path| ask_app(security_headers::app(), method, path, &[]);
    let page = ask(Method::GET, "/").await;
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .expect("ASCII")
        .to_owned();
    assert!(
        policy.starts_with("default-src 'self'; base-uri 'none';"),
        "{policy}"
    );
    let api = ask(Method::GET, "/api/me").await;
    let strictest =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    assert_eq!(api.headers()["content-security-policy"], strictest);
    let logout = ask(Method::POST, "/logout").await;
    assert_eq!(
        logout.headers()["clear-site-data"],
        "\"cookies\", \"storage\""
    );
    assert_eq!(logout.headers()["x-frame-options"], "SAMEORIGIN");
    let nowhere = ask(Method::GET, "/nowhere").await;
    assert_eq!(nowhere.status(), 404);
    assert_eq!(nowhere.headers()["content-security-policy"], policy);
}

#[tokio::test]
async fn security_headers_have_another_nonce_every_time() {
    let ask = || ask_app(security_headers::app(), Method::GET, "/nonce", &[]);
    let mut policies = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let page = ask().await;
        assert_eq!(page.headers()["cache-control"], "private, no-cache");
        let policy = page.headers()["content-security-policy"].to_str();
        let policy = policy.expect("ASCII").to_owned();
        let text = String::from_utf8_lossy(&read(page).await).into_owned();
        for (tag, directive) in [("<script", "script-src"), ("<style", "style-src")] {
            let attribute = text.split(&format!("{tag} nonce=\"")).nth(1);
            let nonce = &attribute.expect("a nonce")[..32];
            let source = format!("{directive} 'nonce-{nonce}'");
            assert!(policy.contains(&source), "{policy} {source}");
        }
        policies.insert(policy);
    }
    assert_eq!(policies.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn response_time_says_where_the_time_went() {
    let response = ask_app(response_time::app(), Method::GET, "/report", &[]).await;
    let time = response.headers()["x-response-time"]
        .to_str()
        .expect("ASCII");
    assert!(time.ends_with("ms"), "{time}");
    let timing = response.headers()["server-timing"].to_str().expect("ASCII");
    assert!(timing.starts_with("total;dur="), "{timing}");
    assert!(timing.contains(", db;dur="), "{timing}");
    let rest = "cache;desc=\"miss\", render;dur=1.5;desc=\"the \\\"report\\\", whole\"";
    assert!(timing.ends_with(rest), "{timing}");
}

#[tokio::test(start_paused = true)]
async fn response_time_ends_a_stream_with_a_trailer() {
    let te = [("te", "trailers")];
    let response = ask_app(response_time::app(), Method::GET, "/stream", &te).await;
    assert_eq!(response.headers()["trailer"], "server-timing");
    let body = response.into_body().collect().await.expect("a whole body");
    let trailers = body.trailers().expect("trailers");
    assert!(trailers.contains_key("server-timing"));
}

#[tokio::test]
async fn strip_nulls_leaves_out_what_is_not_there() {
    let text = r#"{"id":1,"name":"Radia","born":1951,"languages":["Lisp",null]}"#;
    let response = ask_app(strip_nulls::app(), Method::GET, "/people/1", &[]).await;
    assert_eq!(response.headers()["content-length"], text.len().to_string());
    assert_eq!(read(response).await, text);
    let raw = ask_app(strip_nulls::app(), Method::GET, "/raw/people/1", &[]).await;
    let raw = read(raw).await;
    assert!(raw.starts_with(br#"{"id":1,"name":"Radia","born":1951,"died":null,"#));
}

#[tokio::test]
async fn strip_nulls_keeps_what_means_something() {
    for (path, kept) in [("/people", r#""next":null"#), ("/rpc", r#""result":null"#)] {
        let response = ask_app(strip_nulls::app(), Method::GET, path, &[]).await;
        let text = read(response).await;
        let text = std::str::from_utf8(&text).expect("text");
        assert!(text.contains(kept), "{text}");
        assert!(!text.contains("previous"), "{text}");
    }
    let patch = Request::post("/people/1")
        .body(Body::from(r#"{"email":null}"#))
        .expect("a valid request");
    let response = strip_nulls::app().oneshot(patch).await;
    let text = read(response.expect("a router answers")).await;
    assert_eq!(text, r#"{"email":null}"#);
}

#[tokio::test(start_paused = true)]
async fn strip_nulls_sends_each_line_as_it_happens() {
    let response = ask_app(strip_nulls::app(), Method::GET, "/events", &[]).await;
    let mut body = response.into_body();
    for tick in 1..4 {
        let frame = body.frame().await.expect("a line").expect("a frame");
        let line = frame.into_data().expect("data");
        assert_eq!(line, format!("{{\"tick\":{tick}}}\n"));
    }
}

/// Asks the site behind all layers, as a browser would.
async fn ask_site(path: &str, more: &[(&str, &str)]) -> Response<Body> {
    let fields = [&[("accept-encoding", "gzip")], more].concat();
    ask_app(full_stack::app(), Method::GET, path, &fields).await
}

#[tokio::test]
async fn full_stack_sends_a_page_with_its_nonce_that_nobody_keeps() {
    let page = ask_site("/", &[("if-none-match", "*")]).await;
    assert_eq!(page.status(), 200);
    let fields = page.headers().clone();
    let policy = fields["content-security-policy"].to_str().expect("ASCII");
    let (_, rest) = policy.split_once("script-src 'nonce-").expect("a nonce");
    let (nonce, _) = rest.split_once('\'').expect("a quote");
    let text = decode(Coding::Gzip, &read(page).await).expect("a whole stream");
    let text = String::from_utf8(text.into()).expect("text");
    assert_eq!(text.matches(&format!("nonce=\"{nonce}\"")).count(), 2);
    assert_eq!(fields["cache-control"], "private, no-cache");
    assert!(!fields.contains_key("etag"));
    for path in text
        .split(['"', ' '])
        .filter(|text| text.starts_with("/assets/"))
    {
        let asset = ask_site(path, &[]).await;
        assert_eq!(asset.status(), 200, "{path}");
        let policy = &asset.headers()["cache-control"];
        assert_eq!(policy, "max-age=31536000, immutable", "{path}");
        let seen = [(
            "if-none-match",
            asset.headers()["etag"].to_str().expect("ASCII"),
        )];
        assert_eq!(ask_site(path, &seen).await.status(), 304, "{path}");
    }
}

#[tokio::test]
async fn full_stack_leaves_nulls_out_unless_they_are_asked_for() {
    let mut lengths = Vec::new();
    for (path, has_nulls) in [("/api/people", false), ("/api/people?nulls=keep", true)] {
        let answer = ask_site(path, &[]).await;
        assert_eq!(answer.headers()["content-encoding"], "gzip");
        let text = decode(Coding::Gzip, &read(answer).await).expect("a whole stream");
        let text = std::str::from_utf8(&text).expect("text");
        assert_eq!(text.contains("\"died\":null"), has_nulls, "{path}");
        assert!(text.contains("[\"Lisp\",null]"), "{path}");
        lengths.push(text.len());
    }
    assert!(lengths[0] < lengths[1]);
}

#[tokio::test(start_paused = true)]
async fn full_stack_says_where_the_time_went() {
    let answer = ask_site("/slow", &[]).await;
    let timing = answer.headers()["server-timing"].to_str().expect("ASCII");
    let names: Vec<_> = timing
        .split(", ")
        .filter_map(|entry| entry.split(';').next())
        .collect();
    assert_eq!(names, ["total", "db", "render", "cache"]);
    assert!(answer.headers().contains_key("x-response-time"));
}

#[tokio::test(start_paused = true)]
async fn full_stack_ticks_and_guards() {
    let mut body = ask_site("/events", &[]).await.into_body();
    let mut coded = Vec::new();
    for tick in 1..4 {
        let frame = body.frame().await.expect("a frame").expect("no error");
        coded.extend_from_slice(&frame.into_data().expect("data"));
        let text = crate::support::decode::decode_so_far(Coding::Gzip, &coded);
        assert!(text.ends_with(format!("data: tick {tick}\n\n").as_bytes()));
    }
    let put = ask_app(full_stack::app(), Method::PUT, "/articles/first", &[]).await;
    assert_eq!(put.status(), 428);
    assert_eq!(put.headers()["x-frame-options"], "SAMEORIGIN");
}

/// The quoted words after `start` in a text, to the end of their list.
fn quoted_after<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    let (_, rest) = text.split_once(start).expect("it is there");
    let (list, _) = rest.split_once(']').expect("a list");
    list.split('"').skip(1).step_by(2).collect()
}

#[test]
fn the_commands_that_run_the_examples_name_the_features_they_need() {
    let manifest = include_str!("../../Cargo.toml");
    let on_by_default = quoted_after(manifest, "\ndefault = [");
    let texts = [
        include_str!("../../README.md"),
        include_str!("../../examples/cache_control.rs"),
        include_str!("../../examples/compression.rs"),
        include_str!("../../examples/etag.rs"),
        include_str!("../../examples/full_stack.rs"),
        include_str!("../../examples/response_time.rs"),
        include_str!("../../examples/security_headers.rs"),
        include_str!("../../examples/strip_nulls.rs"),
    ];
    for text in texts {
        let mut commands = text.lines().filter(|line| line.contains("cargo run "));
        let command = commands.next().expect("a command");
        let after = |flag| {
            let mut words = command.split(' ').skip_while(|word| *word != flag);
            words.nth(1)
        };
        let example = after("--example").expect("an example");
        let given = after("--features").unwrap_or_default();
        let start = format!("name = \"{example}\"\nrequired-features = [");
        for needed in quoted_after(manifest, &start) {
            // Each coding turns on the layer.
            let is_default = |name: &&str| {
                *name == needed || name.starts_with("compression-") && needed == "compression"
            };
            let is_on =
                on_by_default.iter().any(is_default) || given.split(',').any(|it| it == needed);
            assert!(is_on, "{needed}, for {command}");
        }
        assert_eq!(commands.next(), None, "one command each");
    }
}
