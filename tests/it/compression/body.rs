//! The body of an answer: every byte arrives, in time, or an error does.

use std::pin::pin;
use std::sync::atomic::Ordering;
use std::task::Poll;

use bytes::{Buf, Bytes};
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, Method, Response};
use http_body::Body;
use http_body_util::Full;
use proptest::prelude::*;
use tower_egress::compression::{Coding, CompressionBody, CompressionLayer};

use super::{CODINGS, encode, get, page, request, respond};
use crate::support::body::{Chained, Endless, Script, Step};
use crate::support::consume::{consume, consume_stubbornly, poll_once};
use crate::support::decode::{decode, decode_so_far};
use crate::support::{fields, noise, service, text};

fn data(bytes: &[u8]) -> Step {
    Step::Data(Bytes::copy_from_slice(bytes))
}

/// Reads until nothing more comes at once; what came, decoded as far as it goes.
fn decode_available<B>(
    coding: Coding,
    body: &mut CompressionBody<B>,
    coded: &mut Vec<u8>,
) -> Vec<u8>
where
    B: Body<Error = &'static str> + Unpin,
{
    let mut polls_without_data = 0;
    while polls_without_data < 8 {
        match poll_once(std::pin::Pin::new(&mut *body)) {
            Poll::Ready(Some(Ok(frame))) => {
                coded.extend_from_slice(frame.data_ref().expect("a data frame"));
                polls_without_data = 0;
            }
            Poll::Pending => polls_without_data += 1,
            Poll::Ready(other) => panic!("the body ended: {other:?}"),
        }
    }
    decode_so_far(coding, coded)
}

#[test]
fn c_06_deflate_is_the_zlib_container() {
    let coded = consume(encode(Coding::Deflate, Full::new(text(4000)))).clean();
    assert_eq!(coded[0], 0x78);
    assert_eq!(u16::from_be_bytes([coded[0], coded[1]]) % 31, 0);
    assert_eq!(decode(Coding::Deflate, &coded), Ok(text(4000)));
}

#[test]
fn c_07_gzip_is_one_member_that_tells_nothing_of_the_host() {
    let coded = consume(encode(Coding::Gzip, Full::new(text(4000)))).clean();
    assert_eq!(coded[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    let length = u32::from_le_bytes(coded[coded.len() - 4..].try_into().unwrap());
    assert_eq!(length, 4000);
    assert_eq!(decode(Coding::Gzip, &coded), Ok(text(4000)));
}

#[test]
fn c_07_the_same_bytes_give_the_same_bytes() {
    for coding in CODINGS {
        let once = || consume(encode(coding, Full::new(text(100_000)))).clean();
        assert_eq!(once(), once(), "{coding}");
    }
}

/// The window that a zstd frame asks of its decoder (RFC 8878 §3.1.1.1.2).
fn zstd_window(frame: &[u8]) -> u64 {
    let descriptor = frame[4];
    let is_single_segment = descriptor & 0x20 != 0;
    if is_single_segment {
        let size: [u8; 8] = match descriptor >> 6 {
            2 => [frame[5], frame[6], frame[7], frame[8], 0, 0, 0, 0],
            3 => frame[5..13].try_into().expect("eight bytes"),
            _ => return u64::from(u16::MAX),
        };
        return u64::from_le_bytes(size);
    }
    let (exponent, mantissa) = (frame[5] >> 3, frame[5] & 7);
    let base = 1_u64 << (10 + exponent);
    base + (base / 8) * u64::from(mantissa)
}

/// Chrome and Firefox refuse frames that ask for more than 8 MiB.
#[test]
fn c_08_zstd_asks_for_at_most_eight_mebibytes() {
    const LARGE: u64 = 64 << 20;
    for level in [3, 19, 20, 22] {
        let layer = CompressionLayer::new().level(Coding::Zstd, level).unwrap();
        for hinted in [true, false] {
            let mut body = Script::new([data(&text(70_000)), Step::Stuck]);
            if hinted {
                body = body.with_exact_hint(LARGE);
            }
            let response = service::respond(&layer, get("zstd"), page(body));
            let mut coded = Vec::new();
            decode_available(Coding::Zstd, &mut response.into_body(), &mut coded);
            assert!(
                zstd_window(&coded) <= 8 << 20,
                "level {level}, hinted {hinted}"
            );
        }
    }
}

#[test]
fn g_15_trailers_follow_the_last_data() {
    let trailers = fields(&[("grpc-status", "0"), ("x-two", "2")]);
    for coding in CODINGS {
        let body = Script::in_frames(&text(4000), 1000).then(Step::Trailers(trailers.clone()));
        let consumed = consume(encode(coding, body));
        assert_eq!(consumed.error, None);
        assert_eq!(consumed.trailers.as_ref(), Some(&trailers));
        assert_eq!(decode(coding, &consumed.data()), Ok(text(4000)), "{coding}");
    }
}

#[test]
fn c_31_digests_go_from_the_trailers_and_the_others_stay() {
    let trailers = fields(&[("content-digest", "sha-256=:AA==:"), ("x-two", "2")]);
    let body = || Script::of_data([text(4000)]).then(Step::Trailers(trailers.clone()));
    let consumed = consume(encode(Coding::Gzip, body()));
    assert_eq!(consumed.trailers, Some(fields(&[("x-two", "2")])));
    let identity = respond(get("identity"), page(body()));
    assert_eq!(consume(identity.into_body()).trailers, Some(trailers));
}

#[test]
fn g_16_nothing_is_added_to_the_trailers() {
    let body = Script::of_data([text(4000)]).then(Step::Trailers(HeaderMap::new()));
    let consumed = consume(encode(Coding::Gzip, body));
    assert_eq!(consumed.trailers, Some(HeaderMap::new()));
}

#[test]
fn g_15_trailers_of_a_small_stream_survive_and_keep_it_from_having_a_length() {
    let trailers = fields(&[("grpc-status", "0")]);
    let body = Script::of_data(["small"]).then(Step::Trailers(trailers.clone()));
    let response = respond(get("gzip"), page(body));
    assert!(!response.headers().contains_key(CONTENT_ENCODING));
    assert_eq!(response.body().size_hint().exact(), None);
    let consumed = consume(response.into_body());
    assert_eq!(consumed.data(), "small");
    assert_eq!(consumed.trailers, Some(trailers));
}

#[test]
fn c_34_a_small_stream_that_ends_at_once_passes_with_its_exact_length() {
    let response = respond(get("gzip"), page(Script::of_data(["sm", "", "all"])));
    assert!(!response.headers().contains_key(CONTENT_ENCODING));
    assert_eq!(response.body().size_hint().exact(), Some(5));
    assert_eq!(consume(response.into_body()).clean(), "small");

    let response = respond(get("gzip"), page(Script::of_data([""; 0])));
    assert_eq!(response.body().size_hint().exact(), Some(0));
    assert!(response.body().is_end_stream());
}

#[test]
fn c_34_the_head_does_not_wait_for_a_pending_stream() {
    for coding in CODINGS {
        let body = Script::of_data(["small"])
            .then(Step::Pending)
            .then(data(b" still"));
        let coded = consume(encode(coding, body)).clean();
        assert_eq!(decode(coding, &coded), Ok("small still".into()));
    }
}

#[test]
fn c_34_looking_at_a_stream_takes_no_more_than_the_threshold() {
    let body = Script::in_frames(&text(100_000), 100);
    let watch = body.watch();
    let response = respond(get("gzip"), page(body));
    assert_eq!(watch.polls(), 11, "1024 bytes are in eleven frames");
    let coded = consume(response.into_body()).clean();
    assert_eq!(decode(Coding::Gzip, &coded), Ok(text(100_000)));
}

#[test]
fn a_stream_of_endless_empty_frames_is_followed_only_so_far() {
    let body = Endless::new("");
    let polls = body.polls.clone();
    let mut body = pin!(respond(get("gzip"), page(body)).into_body());
    assert_eq!(polls.load(Ordering::Relaxed), 64);
    assert!(poll_once(body.as_mut()).is_pending());
    assert_eq!(polls.load(Ordering::Relaxed), 64 + 192);
}

#[test]
fn c_37_each_piece_can_be_decoded_before_the_next_one_is_made() {
    for coding in CODINGS {
        let mut body = encode(
            coding,
            Script::new([data(b"one "), Step::Pending, Step::Pending])
                .then(data(b"two "))
                .then(Step::Stuck),
        );
        let mut coded = Vec::new();
        let mut decoded = Vec::new();
        // The first wait gives the producer one more turn, the second flushes.
        for _ in 0..8 {
            decoded = decode_available(coding, &mut body, &mut coded);
        }
        assert_eq!(decoded, b"one two ", "{coding}");
    }
}

#[test]
fn c_37_events_leave_at_the_first_wait() {
    for coding in CODINGS {
        for (name, value) in [
            ("content-type", "text/event-stream"),
            ("content-type", "application/x-ndjson; charset=utf-8"),
            ("incremental", "?1"),
        ] {
            let mut response = page(Script::new([data(b"data: 1\n\n"), Step::Stuck]));
            response.headers_mut().insert(name, value.parse().unwrap());
            let mut body = pin!(respond(get(coding.as_str()), response).into_body());
            let Poll::Ready(Some(Ok(frame))) = poll_once(body.as_mut()) else {
                panic!("{coding}, {value}: no frame at the first poll");
            };
            let coded = frame.into_data().unwrap();
            assert_eq!(
                decode_so_far(coding, &coded),
                b"data: 1\n\n",
                "{coding}, {value}"
            );
            assert!(
                poll_once(body).is_pending(),
                "nothing new is nothing to flush"
            );
        }
    }
}

/// Flushing 4,000 pieces would cost more than half of what compressing saves.
#[test]
fn a_producer_that_only_yields_between_pieces_is_not_flushed_after_each() {
    let whole = text(256 * 1024);
    for coding in CODINGS {
        let at_once = consume(encode(coding, Script::in_frames(&whole, 64))).clean();
        let yielding = Script::in_frames(&whole, 64).interleaved();
        let yielding = consume(encode(coding, yielding)).clean();
        assert_eq!(decode(coding, &yielding).as_ref(), Ok(&whole));
        let most = at_once.len() + at_once.len() / 50;
        assert!(
            yielding.len() <= most,
            "{coding}: {} > {most}",
            yielding.len()
        );
    }
}

#[test]
fn c_38_the_inner_body_is_polled_on_demand_only() {
    for coding in CODINGS {
        let body = Endless::new(noise(1024));
        let polls = body.polls.clone();
        let mut body = pin!(encode(coding, body));
        let after_head = polls.load(Ordering::Relaxed);
        assert!(after_head <= 2, "{coding}: {after_head} polls for the head");
        let mut before = after_head;
        for _ in 0..50 {
            let _ = poll_once(body.as_mut());
            let after = polls.load(Ordering::Relaxed);
            assert!(
                after - before <= 33,
                "{coding}: {} polls in one",
                after - before
            );
            before = after;
        }
    }
}

#[test]
fn c_41_one_poll_encodes_at_most_32_kib() {
    let whole = Bytes::from(vec![b'.'; 1 << 20]);
    for coding in CODINGS {
        let consumed = consume(encode(coding, Full::new(whole.clone())));
        assert!(consumed.polls >= 32, "{coding}: {} polls", consumed.polls);
        assert_eq!(decode(coding, &consumed.data()).as_ref(), Ok(&whole));
    }
}

#[test]
fn frames_are_neither_tiny_nor_huge() {
    let whole = noise(1 << 20);
    for coding in CODINGS {
        let consumed = consume(encode(coding, Full::new(whole.clone())));
        let (_, others) = consumed.frames.split_last().unwrap();
        for frame in others {
            assert!(frame.len() >= 16 << 10, "{coding}: {}", frame.len());
        }
        for frame in &consumed.frames {
            assert!(frame.len() <= 64 << 10, "{coding}: {}", frame.len());
        }
        assert_eq!(decode(coding, &consumed.data()).as_ref(), Ok(&whole));
    }
}

/// Clients take a coded body that ends cleanly for the whole of it.
#[test]
fn c_39_a_body_that_fails_never_decodes_as_complete() {
    for coding in CODINGS {
        for good in [0, 1, 10, 1024, 70_000] {
            for waits in [false, true] {
                let mut body = Script::in_frames(&text(good), 700);
                if waits {
                    body = body.then(Step::Pending).then(Step::Pending);
                }
                let body = encode(coding, body.then(Step::Error("the disk is gone")));
                let consumed = consume_stubbornly(body);
                assert_eq!(consumed.error.as_deref(), Some("the disk is gone"));
                assert_eq!(consumed.trailers, None);
                let decoded = decode(coding, &consumed.data());
                assert!(decoded.is_err(), "{coding}: {good} bytes decoded");
            }
        }
    }
}

#[test]
fn g_14_a_failure_passes_through_where_nothing_is_encoded() {
    let body = Script::of_data(["a"]).then(Step::Error("the disk is gone"));
    let consumed = consume_stubbornly(respond(get("identity"), page(body)).into_body());
    assert_eq!(consumed.data(), "a");
    assert_eq!(consumed.error.as_deref(), Some("the disk is gone"));
}

#[test]
fn c_40_the_inner_body_is_not_polled_after_its_end() {
    // `Script` panics when it is.
    for accepted in ["identity", "br", "gzip", "zstd", "deflate"] {
        for length in [0, 5, 4000] {
            let body = Script::in_frames(&text(length), 1000);
            consume_stubbornly(respond(get(accepted), page(body)).into_body());
            let body = Script::in_frames(&text(length), 1000)
                .then(Step::Trailers(fields(&[("x-end", "1")])));
            consume_stubbornly(respond(get(accepted), page(body)).into_body());
        }
    }
}

#[test]
fn g_22_dropping_the_body_drops_the_inner_one() {
    for accepted in ["identity", "br", "gzip", "zstd", "deflate"] {
        let body = Script::in_frames(&text(100_000), 1000);
        let watch = body.watch();
        let mut body = Box::pin(respond(get(accepted), page(body)).into_body());
        let _ = poll_once(body.as_mut());
        assert!(!watch.is_dropped());
        drop(body);
        assert!(watch.is_dropped(), "{accepted}");
    }
}

#[test]
fn g_22_the_inner_body_goes_at_its_end_before_the_coded_one_is_read() {
    for accepted in ["identity", "gzip"] {
        let body = Script::of_data([text(4000)]).with_exact_hint(4000);
        let watch = body.watch();
        let mut body = Box::pin(respond(get(accepted), page(body)).into_body());
        while !watch.is_dropped() {
            assert!(!body.is_end_stream(), "{accepted}");
            let _ = poll_once(body.as_mut());
        }
    }
}

#[test]
fn head_drops_the_body_that_nobody_will_read() {
    let body = Script::in_frames(&text(4000), 1000);
    let watch = body.watch();
    let response = respond(request(Method::HEAD, "gzip"), page(body));
    assert!(watch.is_dropped());
    assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
}

#[test]
fn any_buffer_goes_in_and_bytes_come_out() {
    let (first, second) = (text(3000), text(2000));
    let whole = first.clone().chain(second.clone()).copy_to_bytes(5000);
    let body = || Chained(Some((first.clone(), second.clone())));
    for coding in CODINGS {
        let coded = consume(encode(coding, body())).clean();
        assert_eq!(decode(coding, &coded).as_ref(), Ok(&whole), "{coding}");
    }
    let passed = respond(get("identity"), page(body())).into_body();
    assert_eq!(passed.size_hint().exact(), Some(5000));
    assert_eq!(consume(passed).clean(), whole);
}

#[test]
fn an_identity_body_is_the_same_bytes_and_not_a_copy() {
    let whole = text(4000);
    let response = respond(get("identity"), page(Full::new(whole.clone())));
    let consumed = consume(response.into_body());
    assert_eq!(consumed.frames.len(), 1);
    assert_eq!(consumed.frames[0].as_ptr(), whole.as_ptr());
}

/// Without its length, a client could not tell that an encoded body ended too soon.
#[test]
fn f_16_a_body_that_is_shorter_than_declared_is_an_error() {
    for coding in CODINGS {
        for at_hand in [false, true] {
            let body = Script::in_frames(&text(4000), 500);
            let body = if at_hand { body } else { body.interleaved() };
            let mut declared = page(body);
            let length = "90000".parse().unwrap();
            declared.headers_mut().insert("content-length", length);
            let consumed = consume_stubbornly(respond(get(coding.as_str()), declared).into_body());
            let expected = Some("the body ended after 4000 of 90000 bytes");
            assert_eq!(consumed.error.as_deref(), expected, "{coding}");
            assert!(decode(coding, &consumed.data()).is_err(), "{coding}");

            let hinted = Script::in_frames(&text(4000), 500).with_exact_hint(5000);
            let consumed = consume_stubbornly(encode(coding, hinted));
            let expected = Some("the body ended after 4000 of 5000 bytes");
            assert_eq!(consumed.error.as_deref(), expected, "{coding}");
        }
    }
}

#[test]
fn a_body_that_is_longer_than_declared_is_encoded_as_it_comes() {
    for coding in CODINGS {
        let mut response = page(Script::in_frames(&text(4000), 500));
        let length = "2000".parse().unwrap();
        response.headers_mut().insert("content-length", length);
        let coded = consume(respond(get(coding.as_str()), response).into_body()).clean();
        assert_eq!(decode(coding, &coded), Ok(text(4000)), "{coding}");
    }
}

#[test]
fn c_39_what_came_before_a_failure_is_not_lost() {
    for coding in CODINGS {
        let steps = [data(b"data: 1\n\n"), Step::Pending, data(b"data: 2\n\n")];
        let body = Script::new(steps).then(Step::Error("the disk is gone"));
        let consumed = consume_stubbornly(encode(coding, body));
        assert_eq!(consumed.error.as_deref(), Some("the disk is gone"));
        let decoded = decode_so_far(coding, &consumed.data());
        assert_eq!(decoded, b"data: 1\n\ndata: 2\n\n", "{coding}");
    }
}

#[test]
fn c_22_a_strong_tag_in_the_trailers_is_marked_too() {
    let trailers = fields(&[("etag", "\"x\"")]);
    let body = Script::of_data([text(4000)]).then(Step::Trailers(trailers));
    let consumed = consume(encode(Coding::Gzip, body));
    assert_eq!(consumed.trailers, Some(fields(&[("etag", "\"x-gzip\"")])));
}

/// A body of frames and waits, and the data in it.
fn scripts() -> impl Strategy<Value = (Vec<Step>, Bytes)> {
    let frame = prop_oneof![
        4 => (0_usize..3000).prop_map(text),
        1 => (0_usize..3000).prop_map(noise),
        1 => Just(Bytes::new()),
        1 => (60_000_usize..140_000).prop_map(text),
    ];
    let step = prop_oneof![
        3 => frame.prop_map(Step::Data),
        2 => Just(Step::Pending),
    ];
    prop::collection::vec(step, 0..24).prop_map(|steps| {
        let whole = steps.iter().filter_map(|step| match step {
            Step::Data(bytes) => Some(&bytes[..]),
            _ => None,
        });
        let whole = whole.collect::<Vec<_>>().concat().into();
        (steps, whole)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn g_13_every_chunking_arrives_whole_and_as_hinted(
        (steps, whole) in scripts(),
        coding in prop::sample::select(&CODINGS[..]),
        stubborn in any::<bool>(),
        threshold in 0_u64..3000,
    ) {
        let layer = CompressionLayer::new().threshold(threshold);
        let response = service::respond(&layer, get(coding.as_str()), page(Script::new(steps)));
        let (head, body) = response.into_parts();
        let consumed = if stubborn { consume_stubbornly(body) } else { consume(body) };
        let arrived = consumed.clean();
        let decoded = match head.headers.get(CONTENT_ENCODING) {
            Some(_) => decode(coding, &arrived),
            None => Ok(arrived),
        };
        prop_assert_eq!(decoded, Ok(whole));
    }
}

/// Encoded twice in one stack is encoded once.
#[test]
fn x_35_twice_is_once() {
    use tower::{Layer, Service};

    let inner = service::Handler::new(|_| page(Full::new(text(4000))));
    let layer = CompressionLayer::new();
    let mut service = layer.layer(layer.layer(inner));
    let cx = &mut std::task::Context::from_waker(std::task::Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    let Poll::Ready(Ok(response)) = pin!(service.call(get("gzip"))).poll(cx) else {
        panic!("nothing waits");
    };
    let (mut head, body) = Response::into_parts(response);
    let expected = fields(&[
        ("content-type", "text/plain"),
        ("content-encoding", "gzip"),
        ("vary", "accept-encoding"),
    ]);
    let coded = consume(body).clean();
    let length = head.headers.remove("content-length");
    assert_eq!(length, Some(coded.len().into()));
    assert_eq!(head.headers, expected);
    assert_eq!(decode(Coding::Gzip, &coded), Ok(text(4000)));
}

#[test]
fn empty_data_frames_do_no_harm() {
    for coding in CODINGS {
        let steps = [
            data(b""),
            data(&text(4000)),
            data(b""),
            Step::Pending,
            data(b""),
        ];
        let coded = consume(encode(coding, Script::new(steps))).clean();
        assert_eq!(decode(coding, &coded), Ok(text(4000)), "{coding}");
    }
}
