//! The body of an answer: every byte that stays arrives, in time, or an error does.

use std::pin::{Pin, pin};
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use bytes::{Buf, Bytes};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower::{Layer, Service};
use tower_egress::compression::{Coding, CompressionLayer};
use tower_egress::strip_nulls::{DEFAULT_ONE_SHOT, StripNullsBody, StripNullsLayer};

use super::{STRIPPED, TEXT, json, json_with, request, respond};
use crate::support::body::{Chained, Endless, Script, Step};
use crate::support::consume::{consume, consume_stubbornly, poll_once};
use crate::support::decode::decode;
use crate::support::{fields, service};

fn data(text: &'static str) -> Step {
    Step::Data(Bytes::from(text))
}

/// Records in one array, about one member in four being null; and the same without those.
fn records(count: usize) -> (Bytes, Bytes) {
    let record = |number: usize, null: &str| {
        format!(r#"{{"id":{number}{null},"name":"item {number}","tags":["a\n","\u00e9"]}}"#)
    };
    let array = |null: &str| {
        let records: Vec<_> = (0..count).map(|number| record(number, null)).collect();
        Bytes::from(format!("[{}]", records.join(",\n")))
    };
    (array(r#","parent":null"#), array(""))
}

#[test]
fn a_whole_body_without_null_is_the_same_bytes_and_not_a_copy() {
    for text in [
        r#"{"id":1,"tags":[]}"#,
        r#"{"tags":[null]}"#,
        "not JSON, null",
    ] {
        let text = Bytes::from(text);
        let response = respond(json(Full::new(text.clone())));
        assert_eq!(response.body().size_hint().exact(), Some(text.len() as u64));
        let consumed = consume(response.into_body());
        assert_eq!(consumed.frames.len(), 1);
        assert_eq!(consumed.frames[0].as_ptr(), text.as_ptr());
        assert_eq!(consumed.clean(), text);
    }
}

#[test]
fn so_is_one_that_is_over_the_limit() {
    let layer = StripNullsLayer::new().one_shot(5);
    let text = Bytes::from(r#"{"id":1,"tags":[]}"#);
    let mut response = json(Full::new(text.clone()));
    let digest = HeaderValue::from_static("sha-256=:AA==:");
    response.headers_mut().insert("repr-digest", digest);
    let before = response.headers().clone();
    let response = service::respond(&layer, request(Method::GET), response);
    assert_eq!(*response.headers(), before);
    assert_eq!(response.body().size_hint().exact(), Some(18));
    let consumed = consume(response.into_body());
    assert_eq!(consumed.frames[0].as_ptr(), text.as_ptr());
    assert_eq!(consumed.clean(), text);
}

#[test]
fn j_11_every_chunking_of_a_stream_gives_the_same() {
    for size in 1..=TEXT.len() {
        for waits in [false, true] {
            let body = Script::in_frames(TEXT.as_bytes(), size);
            let body = if waits { body.interleaved() } else { body };
            let consumed = consume(respond(json(body)).into_body());
            assert_eq!(consumed.clean(), STRIPPED, "{size}");
        }
    }
}

#[test]
fn a_body_of_known_length_is_read_before_its_head_goes() {
    let (before, after) = records(300);
    let script = Script::in_frames(&before, 100)
        .interleaved()
        .with_exact_hint(before.len() as u64);
    let mut service = StripNullsLayer::new().layer(service::Handler::new({
        let mut script = Some(script);
        move |_| json(script.take().expect("one request is made"))
    }));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    let mut future = pin!(service.call(request(Method::GET)));
    let mut polls = 0;
    let response = loop {
        match future.as_mut().poll(cx) {
            Poll::Ready(Ok(response)) => break response,
            Poll::Pending => polls += 1,
        }
    };
    assert!(polls >= before.len() / 100);
    assert_eq!(response.headers()[CONTENT_LENGTH], after.len().to_string());
    assert_eq!(consume(response.into_body()).clean(), after);
}

#[test]
fn f_07_a_body_over_the_limit_is_streamed() {
    let (before, after) = records(100);
    let length = before.len() as u64;
    let is_whole = |layer: &StripNullsLayer, body: Bytes| {
        let response = service::respond(layer, request(Method::GET), json(Full::new(body)));
        let is_whole = response.headers().contains_key(CONTENT_LENGTH);
        assert_eq!(consume(response.into_body()).clean(), after);
        is_whole
    };
    let layer = StripNullsLayer::new();
    assert!(is_whole(&layer.clone().one_shot(length), before.clone()));
    assert!(!is_whole(
        &layer.clone().one_shot(length - 1),
        before.clone()
    ));
    assert!(!is_whole(&layer.one_shot(0), before));
}

#[test]
fn f_07_no_more_than_the_limit_is_read_before_the_head_goes() {
    let body = Endless::new(vec![b' '; 4096]);
    let polls = body.polls.clone();
    let mut body = pin!(respond(json(body)).into_body());
    assert_eq!(polls.load(Ordering::Relaxed), 0);
    for turn in 1..100 {
        assert!(poll_once(body.as_mut()).is_ready());
        assert_eq!(polls.load(Ordering::Relaxed), turn);
    }

    // One look, for all of it may be there.
    let body = Script::in_frames(&[b' '; 4096], 10).with_exact_hint(DEFAULT_ONE_SHOT + 1);
    let watch = body.watch();
    respond(json(body));
    assert_eq!(watch.polls(), 1);
}

#[test]
fn f_07_an_endless_text_passes_in_a_flat_memory() {
    // Each of these goes on for ever, and none of it may be kept.
    for frame in [
        "[1,null,{\"a\":null},\"x\"],",
        "1234567890",
        "aaaaaaaaaa\\n\\u00e9",
        "          \n",
    ] {
        let first = match frame.as_bytes()[0] {
            b'a' => "[\"",
            _ => "[",
        };
        let body = Endless::new(frame);
        let mut filter = tower_egress::strip_nulls::Filter::new(&Default::default());
        let mut out = filter.push(&Bytes::from(first)).len();
        let mut body = pin!(body);
        for _ in 0..20_000 {
            let Poll::Ready(Some(Ok(frame))) = poll_once(body.as_mut()) else {
                panic!("it has no end");
            };
            let frame = frame.into_data().expect("data");
            let text = filter.push(&frame);
            // Nothing of it is held back.
            assert!(text.len() + 10 >= frame.len());
            out += text.len();
        }
        assert_eq!(filter.stopped(), None, "{frame}");
        assert!(out > 100_000, "{out}");
        assert_eq!(filter.finish(), "");
    }
}

#[test]
fn c_41_one_poll_reads_at_most_64_kib() {
    let (before, after) = records(10_000);
    let layer = StripNullsLayer::new().one_shot(0);
    let response = json(Full::new(before.clone()));
    let body = service::respond(&layer, request(Method::GET), response).into_body();
    let consumed = consume(body);
    assert!(consumed.polls >= before.len() / (64 * 1024));
    assert_eq!(consumed.clean(), after);
}

#[test]
fn a_stream_of_endless_empty_frames_is_followed_only_so_far() {
    let body = Endless::new("");
    let polls = body.polls.clone();
    let mut body = pin!(respond(json(body)).into_body());
    assert!(poll_once(body.as_mut()).is_pending());
    assert!(polls.load(Ordering::Relaxed) <= 64);
}

#[test]
fn c_37_what_can_be_told_does_not_wait() {
    let steps = [data(r#"[{"a":null},"#), Step::Stuck];
    let mut body = pin!(respond(json(Script::new(steps))).into_body());
    let Poll::Ready(Some(Ok(frame))) = poll_once(body.as_mut()) else {
        panic!("no frame at the first poll");
    };
    assert_eq!(frame.into_data().unwrap(), "[{},");
    assert!(poll_once(body).is_pending());
}

#[test]
fn c_38_the_inner_body_is_polled_on_demand_only() {
    let body = Endless::new(r#"[{"a":null},1],"#);
    let polls = body.polls.clone();
    let mut body = pin!(respond(json(body)).into_body());
    for _ in 0..50 {
        let before = polls.load(Ordering::Relaxed);
        assert!(poll_once(body.as_mut()).is_ready());
        assert_eq!(polls.load(Ordering::Relaxed), before + 1);
    }
}

#[test]
fn j_04_a_stream_that_is_not_json_passes_untouched_from_there_on() {
    let text = r#"{"a":null,"b":1 "c":null}{"d":null}"#;
    for size in [1, 5, 100] {
        let body = Script::in_frames(text.as_bytes(), size);
        let consumed = consume(respond(json(body)).into_body());
        assert_eq!(consumed.clean(), r#"{"b":1 "c":null}{"d":null}"#);
    }
}

#[test]
fn j_04_a_stream_that_ends_too_soon_is_not_cut_further() {
    for text in [r#"{"a":1,"b"#, r#"{"a":nul"#, r#"["#, r#""\u00"#, "", "  "] {
        let body = Script::in_frames(text.as_bytes(), 1);
        assert_eq!(consume(respond(json(body)).into_body()).clean(), text);
    }
}

#[test]
fn j_04_a_whole_body_that_is_not_json_passes_as_it_came() {
    for text in [
        r#"{"a":null,"b":1 "c":null}"#,
        r#"{"a":null"#,
        r#"{"a":null}}"#,
        "{\"a\":null,\"b\":\"\u{1}\"}",
    ] {
        let response = respond(json(Full::<Bytes>::from(text)));
        assert_eq!(consume(response.into_body()).clean(), text);
    }
    let mut bytes = br#"{"a":null,"b":"_"}"#.to_vec();
    bytes[15] = 0xff;
    let response = respond(json(Full::<Bytes>::from(bytes.clone())));
    assert_eq!(consume(response.into_body()).clean(), bytes);
}

#[test]
fn g_15_trailers_follow_the_last_data() {
    let trailers = fields(&[("grpc-status", "0"), ("x-two", "2")]);
    for size in [1, 10, 1000] {
        let body = Script::in_frames(TEXT.as_bytes(), size).then(Step::Trailers(trailers.clone()));
        let consumed = consume(respond(json(body)).into_body());
        assert_eq!(consumed.error, None);
        assert_eq!(consumed.data(), STRIPPED);
        assert_eq!(consumed.trailers.as_ref(), Some(&trailers));
    }
}

#[test]
fn f_17_what_is_held_back_comes_before_the_trailers() {
    let body = Script::of_data([r#"{"a":nu"#]).then(Step::Trailers(HeaderMap::new()));
    let consumed = consume_stubbornly(respond(json(body)).into_body());
    assert_eq!(consumed.data(), r#"{"a":nu"#);
    assert_eq!(consumed.trailers, Some(HeaderMap::new()));
}

#[test]
fn f_17_a_body_of_known_length_may_have_trailers_too() {
    let trailers = fields(&[("server-timing", "a")]);
    let body = Script::of_data([TEXT])
        .then(Step::Trailers(trailers.clone()))
        .with_exact_hint(TEXT.len() as u64);
    let response = respond(json(body));
    assert!(!response.headers().contains_key(CONTENT_LENGTH));
    let consumed = consume(response.into_body());
    assert_eq!(consumed.data(), STRIPPED);
    assert_eq!(consumed.trailers, Some(trailers));
}

#[test]
fn c_31_digests_go_from_the_trailers_and_the_others_stay() {
    let trailers = fields(&[("content-digest", "sha-256=:AA==:"), ("x-two", "2")]);
    let body = Script::of_data([TEXT]).then(Step::Trailers(trailers));
    let consumed = consume(respond(json(body)).into_body());
    assert_eq!(consumed.trailers, Some(fields(&[("x-two", "2")])));
}

#[test]
fn f_16_a_failure_comes_out_as_one_behind_what_came_before() {
    for (text, out) in [
        ("", ""),
        ("[1,2", "[1,2"),
        (r#"{"a":null,"b":1"#, r#"{"b":1"#),
        (r#"{"a":1,"b"#, r#"{"a":1,"b"#),
        (r#"{"a":nul"#, r#"{"a":nul"#),
    ] {
        for waits in [false, true] {
            let mut body = Script::in_frames(text.as_bytes(), 2);
            if waits {
                body = body.then(Step::Pending);
            }
            let body = body.then(Step::Error("the disk is gone"));
            let consumed = consume_stubbornly(respond(json(body)).into_body());
            assert_eq!(consumed.data(), out);
            assert_eq!(consumed.error.as_deref(), Some("the disk is gone"));
            assert_eq!(consumed.trailers, None);
        }
    }
}

#[test]
fn f_12_a_failure_of_a_body_that_is_read_as_a_whole_comes_out_too() {
    for size in [1, 10, 34] {
        let body = Script::in_frames(TEXT.as_bytes(), size)
            .then(Step::Error("the disk is gone"))
            .with_exact_hint(TEXT.len() as u64);
        let response = respond(json(body));
        assert!(!response.headers().contains_key(CONTENT_LENGTH));
        let consumed = consume_stubbornly(response.into_body());
        assert_eq!(consumed.data(), STRIPPED);
        assert_eq!(consumed.error.as_deref(), Some("the disk is gone"));
    }
}

/// Without its length, a client could not tell that a body ended too soon.
#[test]
fn f_16_a_body_that_is_shorter_than_declared_is_an_error() {
    let mut declared = json(Script::of_data([TEXT]));
    let length = "40".parse().unwrap();
    declared.headers_mut().insert(CONTENT_LENGTH, length);
    let consumed = consume_stubbornly(respond(declared).into_body());
    assert_eq!(consumed.data(), STRIPPED);
    let expected = Some("the body ended after 34 of 40 bytes");
    assert_eq!(consumed.error.as_deref(), expected);

    let hinted = Script::of_data([TEXT]).with_exact_hint(40);
    let consumed = consume_stubbornly(respond(json(hinted)).into_body());
    assert_eq!(consumed.error.as_deref(), expected);
}

#[test]
fn a_body_that_is_longer_than_declared_is_stripped_as_it_comes() {
    let mut response = json(Script::of_data([TEXT]));
    let length = "3".parse().unwrap();
    response.headers_mut().insert(CONTENT_LENGTH, length);
    assert_eq!(consume(respond(response).into_body()).clean(), STRIPPED);
    let hinted = Script::of_data([TEXT]).with_exact_hint(3);
    let consumed = consume_stubbornly(respond(json(hinted)).into_body());
    assert_eq!(consumed.clean(), STRIPPED);
}

#[test]
fn f_18_believers_and_doubters_get_the_same() {
    for size in [1, 7, 34] {
        for known in [false, true] {
            let body = || {
                let body = Script::in_frames(TEXT.as_bytes(), size);
                if known {
                    body.with_exact_hint(34)
                } else {
                    body
                }
            };
            let believed = consume(respond(json(body())).into_body()).clean();
            let doubted = consume_stubbornly(respond(json(body())).into_body()).clean();
            assert_eq!(believed, STRIPPED);
            assert_eq!(doubted, STRIPPED);
        }
    }
}

#[test]
fn f_19_the_inner_body_is_not_polled_after_its_end() {
    // `Script` panics when it is.
    for text in ["", "[1,", TEXT, "not JSON"] {
        for end in [
            None,
            Some(Step::Trailers(HeaderMap::new())),
            Some(Step::Error("gone")),
        ] {
            let mut body = Script::in_frames(text.as_bytes(), 3);
            body = match end {
                Some(step) => body.then(step),
                None => body,
            };
            consume_stubbornly(respond(json(body)).into_body());
        }
    }
}

#[test]
fn g_22_dropping_the_body_drops_the_inner_one() {
    for text in [TEXT, "not JSON"] {
        let body = Script::in_frames(text.as_bytes(), 3);
        let watch = body.watch();
        let mut body = Box::pin(respond(json(body)).into_body());
        let _ = poll_once(body.as_mut());
        assert!(!watch.is_dropped());
        drop(body);
        assert!(watch.is_dropped());
    }
}

#[test]
fn g_22_a_whole_body_is_let_go_of_before_its_head_goes() {
    let body = Script::of_data([TEXT]).with_exact_hint(34);
    let watch = body.watch();
    let response = respond(json(body));
    assert!(watch.is_dropped());
    assert_eq!(consume(response.into_body()).clean(), STRIPPED);
}

#[test]
fn any_buffer_goes_in_and_bytes_come_out() {
    let (first, second) = (Bytes::from(r#"{"a":nu"#), Bytes::from(r#"ll,"b":1}"#));
    let whole = first.clone().chain(second.clone());
    assert_eq!(whole.remaining(), 16);
    let body = || Chained(Some((first.clone(), second.clone())));
    let stripped = respond(json(body())).into_body();
    assert_eq!(stripped.size_hint().exact(), Some(7));
    assert_eq!(consume(stripped).clean(), r#"{"b":1}"#);
    let passed = respond(Response::new(body())).into_body();
    assert_eq!(consume(passed).clean(), r#"{"a":null,"b":1}"#);
}

/// What a stack of the two makes of one answer, the outer layer first.
fn through<L, B>(layers: L, response: Response<Full<Bytes>>) -> (HeaderMap, Bytes)
where
    L: Layer<Inner>,
    L::Service: Service<Request<()>, Response = Response<B>, Error = std::convert::Infallible>,
    B: Body<Data = Bytes>,
    B::Error: std::fmt::Display,
{
    let mut asked = request(Method::GET);
    let gzip = HeaderValue::from_static("gzip");
    asked.headers_mut().insert("accept-encoding", gzip);
    let (head, body) = service::respond(&layers, asked, response).into_parts();
    (head.headers, consume(body).clean())
}

type Inner = service::Handler<Box<dyn FnMut(Request<()>) -> Response<Full<Bytes>>>>;

#[test]
fn x_20_inside_of_compression_what_is_encoded_is_stripped() {
    let (before, after) = records(100);
    let mut response = json(Full::new(before));
    let tag = "\"x\"".parse().unwrap();
    response.headers_mut().insert("etag", tag);
    let layers = (CompressionLayer::new(), StripNullsLayer::new());
    let (head, body) = through(layers, response);
    assert_eq!(head["content-encoding"], "gzip");
    assert_eq!(head["etag"], "\"x-gzip\"");
    assert_eq!(head[CONTENT_LENGTH], body.len().to_string());
    assert_eq!(decode(Coding::Gzip, &body), Ok(after));
}

#[test]
fn x_20_outside_of_compression_what_is_encoded_passes() {
    let (before, _) = records(100);
    let layers = (StripNullsLayer::new(), CompressionLayer::new());
    let (head, body) = through(layers, json(Full::new(before.clone())));
    assert_eq!(head["content-encoding"], "gzip");
    assert_eq!(head[CONTENT_LENGTH], body.len().to_string());
    assert_eq!(decode(Coding::Gzip, &body), Ok(before));
}

#[test]
fn x_35_twice_is_once() {
    let layers = (StripNullsLayer::new(), StripNullsLayer::new());
    let (head, body) = through(layers, json_with(&[("etag", "\"x\"")]));
    assert_eq!(body, STRIPPED);
    assert_eq!(head[CONTENT_LENGTH], STRIPPED.len().to_string());
    assert_eq!(head["etag"], "\"x\"");
}

#[test]
fn the_body_is_small_itself() {
    let size = size_of::<StripNullsBody<Full<Bytes>>>();
    assert!(size <= 64, "{size} bytes");
}

#[test]
fn an_unread_future_holds_nothing_of_the_body() {
    let body = Script::new([data("[1"), Step::Stuck]).with_exact_hint(10);
    let watch = body.watch();
    let mut service = StripNullsLayer::new().layer(service::Handler::new({
        let mut body = Some(body);
        move |_| json(body.take().expect("one request is made"))
    }));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    let mut future = Box::pin(service.call(request(Method::GET)));
    assert!(Pin::new(&mut future).poll(cx).is_pending());
    assert!(!watch.is_dropped());
    drop(future);
    assert!(watch.is_dropped());
}
