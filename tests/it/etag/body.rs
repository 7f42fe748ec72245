//! The body comes out as it went in.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::header::ETAG;
use http::{HeaderMap, Method, Response};
use http_body::Body;
use proptest::prelude::*;
use tower::{Layer, Service};
use tower_egress::etag::EtagLayer;

use super::{HELLO_TAG, REFUSAL, get, request, respond};
use crate::support::body::{Chained, Script, Step};
use crate::support::consume::{consume, consume_stubbornly};
use crate::support::{fields, service, text};

fn trailers() -> HeaderMap {
    fields(&[("x-checksum", "1")])
}

#[test]
fn e_07_frames_trailers_and_bytes_survive_tagging() {
    let body = Script::of_data(["he", "", "llo"])
        .then(Step::Trailers(trailers()))
        .with_exact_hint(5);
    let response = respond(get(&[]), Response::new(body));
    assert_eq!(response.headers()[ETAG], HELLO_TAG);
    let consumed = consume_stubbornly(response.into_body());
    assert_eq!(consumed.frames, ["he", "", "llo"]);
    assert_eq!(consumed.trailers, Some(trailers()));
    assert_eq!(consumed.error, None);
}

#[test]
fn a_buffer_in_parts_is_tagged_by_its_bytes() {
    let parts = Some((Bytes::from("he"), Bytes::from("llo")));
    let response = respond(get(&[]), Response::new(Chained(parts)));
    assert_eq!(response.headers()[ETAG], HELLO_TAG);
    assert_eq!(consume(response.into_body()).clean(), "hello");
}

#[test]
fn a_body_that_comes_in_time_is_tagged_at_its_end() {
    let body = Script::in_frames(b"hello", 1)
        .interleaved()
        .with_exact_hint(5);
    let mut body = Some(body);
    let handler = service::Handler::new(move |_| Response::new(body.take().unwrap()));
    let mut service = EtagLayer::new().layer(handler);
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    let mut future = pin!(service.call(get(&[])));
    for _ in 0..5 {
        assert!(future.as_mut().poll(cx).is_pending());
    }
    let Poll::Ready(Ok(response)) = future.poll(cx) else {
        panic!("all of the body is there");
    };
    assert_eq!(response.headers()[ETAG], HELLO_TAG);
    assert_eq!(consume(response.into_body()).clean(), "hello");
}

#[test]
fn f_12_a_body_that_fails_or_lies_about_its_length_gets_no_tag_and_stays_as_it_is() {
    let error = Step::Error("the disk is gone");
    for (body, expected, fails) in [
        (Script::of_data(["hell"]).then(error), "hell", true),
        (Script::of_data(["hell"]), "hell", false),
        (Script::of_data(["hell", "o!", "?"]), "hello!?", false),
        (Script::new([Step::Error("at once")]), "", true),
    ] {
        let response = respond(get(&[]), Response::new(body.with_exact_hint(5)));
        assert!(!response.headers().contains_key(ETAG), "{expected}");
        let consumed = consume_stubbornly(response.into_body());
        assert_eq!(consumed.data(), expected);
        assert_eq!(consumed.error.is_some(), fails);
    }
}

/// The bound on what is held of frames without a byte.
#[test]
fn f_07_a_body_of_endless_small_frames_is_not_followed_for_ever() {
    let body = Script::of_data(vec![Bytes::new(); 10_000]).then(Step::Data("hello".into()));
    let watch = body.watch();
    let response = respond(get(&[]), Response::new(body.with_exact_hint(5)));
    assert!(!response.headers().contains_key(ETAG));
    assert_eq!(watch.polls(), 4096);
    assert_eq!(consume_stubbornly(response.into_body()).clean(), "hello");
}

#[test]
fn g_22_a_body_is_let_go_of_with_the_future_the_answer_or_its_304() {
    let stuck = Script::new([Step::Stuck]).with_exact_hint(5);
    let watch = stuck.watch();
    let mut stuck = Some(stuck);
    let handler = service::Handler::new(move |_| Response::new(stuck.take().unwrap()));
    let mut service = EtagLayer::new().layer(handler);
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    let mut future = Box::pin(service.call(get(&[])));
    assert!(future.as_mut().poll(cx).is_pending());
    assert!(!watch.is_dropped());
    drop(future);
    assert!(watch.is_dropped());

    let body = Script::of_data(["hello"]).with_exact_hint(5);
    let watch = body.watch();
    let conditions = [("if-none-match", HELLO_TAG)];
    let response = respond(get(&conditions), Response::new(body));
    assert_eq!(response.status(), 304);
    assert!(watch.is_dropped());
}

#[test]
fn g_13_a_304_has_no_known_length_and_a_412_has_that_of_its_text() {
    let conditions = [("if-none-match", HELLO_TAG)];
    let body = respond(get(&conditions), crate::etag::hello()).into_body();
    assert!(body.is_end_stream());
    assert_eq!(body.size_hint().exact(), None);
    assert_eq!(consume_stubbornly(body).clean(), "");

    let conditions = [("if-match", "\"b\"")];
    let body = respond(get(&conditions), crate::etag::hello()).into_body();
    assert!(!body.is_end_stream());
    assert_eq!(body.size_hint().exact(), Some(REFUSAL.len() as u64));
    assert_eq!(consume_stubbornly(body).clean(), REFUSAL);
}

#[test]
fn e_27_head_hands_on_the_body_it_was_given() {
    let response = respond(request(Method::HEAD, &[]), crate::etag::hello());
    assert_eq!(consume(response.into_body()).clean(), "hello");
}

/// How a body of some length is cut and paced.
fn scripts() -> impl Strategy<Value = (Vec<Bytes>, bool, bool)> {
    let cuts = prop::collection::vec(0_usize..40, 0..12);
    (cuts, any::<bool>(), any::<bool>()).prop_map(|(cuts, is_paced, has_trailers)| {
        let mut rest = text(cuts.iter().sum());
        let frames = cuts.into_iter().map(|length| rest.split_to(length));
        (frames.collect(), is_paced, has_trailers)
    })
}

proptest! {
    #[test]
    fn e_07_no_body_is_altered_around_the_limit(
        (frames, is_paced, has_trailers) in scripts(),
        beside in -1_i64..=1,
    ) {
        let whole = frames.concat();
        let limit = (whole.len() as i64 + beside).max(0) as u64;
        let mut body = Script::of_data(frames.clone());
        if has_trailers {
            body = body.then(Step::Trailers(trailers()));
        }
        if is_paced {
            body = body.interleaved();
        }
        let body = body.with_exact_hint(whole.len() as u64);

        let mut body = Some(body);
        let handler = service::Handler::new(move |_| Response::new(body.take().unwrap()));
        let mut service = EtagLayer::new().max_body(limit).layer(handler);
        let cx = &mut Context::from_waker(Waker::noop());
        prop_assert!(service.poll_ready(cx).is_ready());
        let mut future = pin!(service.call(get(&[])));
        let response = loop {
            if let Poll::Ready(Ok(response)) = future.as_mut().poll(cx) {
                break response;
            }
        };
        let whole_body = service::respond(
            &EtagLayer::new(), get(&[]), crate::etag::page(whole.clone()));
        let expected = (whole.len() as u64 <= limit).then(|| whole_body.headers()[ETAG].clone());
        prop_assert_eq!(response.headers().get(ETAG).cloned(), expected);
        let consumed = consume_stubbornly(response.into_body());
        prop_assert_eq!(consumed.frames, frames);
        prop_assert_eq!(consumed.trailers.is_some(), has_trailers);
    }
}
