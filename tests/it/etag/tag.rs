//! Which answers get a tag, and which.

use http::header::ETAG;
use http::{Method, Response, StatusCode};
use http_body::SizeHint;
use tower_egress::etag::{EtagLayer, Hasher, Md5, Plan, Reason, Sha256, Xxh3};

use super::{HELLO_TAG, get, hello, page, request, respond, with};
use crate::support::body::{Script, Step};
use crate::support::service;

#[test]
fn e_01_a_complete_answer_gets_a_weak_tag_of_its_bytes() {
    let response = respond(get(&[]), hello());
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[ETAG], HELLO_TAG);
    let empty = respond(get(&[]), page(""));
    assert_eq!(
        empty.headers()[ETAG],
        "W/\"d41d8cd98f00b204e9800998ecf8427e\""
    );
}

#[test]
fn e_03_a_tag_is_strong_where_the_user_says_so() {
    let response = service::respond(&EtagLayer::new().strong(), get(&[]), hello());
    assert_eq!(response.headers()[ETAG], HELLO_TAG[2..]);
}

/// The tags that this text had in the first version, and has on every machine.
#[test]
fn e_32_every_hasher_gives_the_same_tag_for_ever() {
    #[track_caller]
    fn check(hasher: impl Hasher + Send + Sync + 'static, expected: &str) {
        let layer = EtagLayer::new().strong().hasher(hasher);
        for response in [hello(), hello()] {
            let response = service::respond(&layer, get(&[]), response);
            assert_eq!(response.headers()[ETAG], expected);
        }
    }
    check(Md5, "\"5d41402abc4b2a76b9719d911017c592\"");
    check(
        Sha256,
        "\"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\"",
    );
    check(Xxh3, "\"b5e9c1ad071b3e7fc779cfaa5e523818\"");
}

#[test]
fn e_04_another_coding_of_the_same_text_is_another_tag() {
    let coded = with(page("\x1f\u{8b}"), &[("content-encoding", "gzip")]);
    let response = service::respond(&EtagLayer::new().strong(), get(&[]), coded);
    assert_ne!(response.headers()[ETAG], HELLO_TAG[2..]);
}

#[test]
fn e_05_the_handler_s_tag_stays_as_it_is() {
    for tag in ["\"a\"", "W/\"a\"", "not a tag", ""] {
        let response = respond(get(&[]), with(hello(), &[("etag", tag)]));
        let lines: Vec<_> = response.headers().get_all(ETAG).iter().collect();
        assert_eq!(lines, [tag]);
    }
}

#[test]
fn e_06_other_methods_and_statuses_get_none() {
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let response = respond(request(method, &[]), hello());
        assert!(!response.headers().contains_key(ETAG));
    }
    let query = Method::from_bytes(b"QUERY").expect("a method");
    assert!(
        !respond(request(query, &[]), hello())
            .headers()
            .contains_key(ETAG)
    );
    for status in [201, 204, 206, 301, 304, 400, 404, 412, 500] {
        let mut response = hello();
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        let response = respond(get(&[]), response);
        assert_eq!(response.status(), status);
        assert!(!response.headers().contains_key(ETAG), "{status}");
    }
}

#[test]
fn e_06_a_stream_of_unknown_length_is_not_even_looked_at() {
    let body = Script::new([Step::Stuck]);
    let watch = body.watch();
    let response = respond(get(&[]), Response::new(body));
    assert!(!response.headers().contains_key(ETAG));
    assert_eq!(watch.polls(), 0);
}

#[test]
fn e_07_the_limit_is_the_largest_size_that_is_tagged() {
    let layer = EtagLayer::new().max_body(5);
    for (text, is_tagged) in [
        ("", true),
        ("hell", true),
        ("hello", true),
        ("hello!", false),
    ] {
        let response = service::respond(&layer, get(&[]), page(text));
        assert_eq!(response.headers().contains_key(ETAG), is_tagged, "{text}");
    }
}

#[test]
fn e_07_what_is_too_large_is_not_even_looked_at() {
    let body = Script::of_data(["hello!"]).with_exact_hint(6);
    let watch = body.watch();
    let response = service::respond(&EtagLayer::new().max_body(5), get(&[]), Response::new(body));
    assert!(!response.headers().contains_key(ETAG));
    assert_eq!(watch.polls(), 0);
}

#[test]
fn e_27_head_has_the_tag_of_get_where_its_body_is_there() {
    let response = respond(request(Method::HEAD, &[]), hello());
    assert_eq!(response.headers()[ETAG], HELLO_TAG);
    for fields in [&[][..], &[("content-length", "5")]] {
        let stripped = with(page(""), fields);
        let response = respond(request(Method::HEAD, &[]), stripped);
        assert!(!response.headers().contains_key(ETAG), "{fields:?}");
    }
}

#[test]
fn handler_tags_only_makes_none_and_compares_the_handler_s() {
    let layer = EtagLayer::new().handler_tags_only();
    let response = service::respond(&layer, get(&[]), hello());
    assert!(!response.headers().contains_key(ETAG));
    let conditions = [("if-none-match", "\"a\"")];
    let tagged = with(hello(), &[("etag", "\"a\"")]);
    let response = service::respond(&layer, get(&conditions), tagged);
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
}

#[test]
fn a_plan_can_be_asked_for_without_a_server() {
    let layer = EtagLayer::new().max_body(5);
    let (request, ()) = get(&[]).into_parts();
    let (response, _) = hello().into_parts();
    for (length, expected) in [(5, Plan::Tag), (6, Plan::Pass(Reason::TooLarge))] {
        let size = SizeHint::with_exact(length);
        assert_eq!(layer.plan(&request, &response, &size), expected);
    }
}
