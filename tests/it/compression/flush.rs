//! How often a stream is flushed while its body is pending: soon, and yet not for every byte.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::{Body, Frame};
use tower_egress::Live;

use super::{CODINGS, encode, get, page, respond};
use crate::support::body::{Script, Step};
use crate::support::consume::{consume, poll_once};
use crate::support::decode::{decode, decode_so_far};
use crate::support::text;

/// `whole` byte by byte, with a pause after each that is longer than one turn.
fn drops(whole: &Bytes) -> Script {
    let steps = whole.chunks(1).flat_map(|byte| {
        let byte = Step::Data(Bytes::copy_from_slice(byte));
        [byte, Step::Pending, Step::Pending]
    });
    Script::new(steps)
}

/// Finding 34. What all flushes cost beyond the bytes that they send is bounded.
#[test]
fn c_37_tiny_pieces_with_pauses_cost_little() {
    for length in [5000, 50_000] {
        let whole = text(length);
        for coding in CODINGS {
            let coded = consume(encode(coding, drops(&whole))).clean();
            assert_eq!(decode(coding, &coded).as_ref(), Ok(&whole), "{coding}");
            let most = if length == 5000 {
                length + 4096 + length / 8
            } else {
                length
            };
            assert!(coded.len() <= most, "{coding}: {} > {most}", coded.len());
        }
    }
}

/// A body that gives `ready` bytes of its data, one at a time, and then waits for more.
struct Paced {
    data: Bytes,
    given: usize,
    ready: Arc<AtomicUsize>,
}

impl Body for Paced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.given == self.ready.load(Ordering::Relaxed) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let byte = self.data.slice(self.given..=self.given);
        self.given += 1;
        Poll::Ready(Some(Ok(Frame::data(byte))))
    }
}

/// The most bytes that were ever withheld from the client of `response` while its body was pending.
fn most_withheld(coding: &str, make: impl FnOnce(Paced) -> Response<Paced>) -> usize {
    let data = text(3000);
    let ready = Arc::new(AtomicUsize::new(0));
    let response = make(Paced {
        data: data.clone(),
        given: 0,
        ready: Arc::clone(&ready),
    });
    let response = respond(get(coding), response);
    let coding = CODINGS.into_iter().find(|known| known.as_str() == coding);
    let coding = coding.expect("a coding");
    let mut body = pin!(response.into_body());
    let mut coded = Vec::new();
    let mut most = 0;
    for given in 1..=data.len() {
        ready.store(given, Ordering::Relaxed);
        // The byte, one more turn, and the flush.
        for _ in 0..3 {
            if let Poll::Ready(Some(Ok(frame))) = poll_once(body.as_mut()) {
                coded.extend_from_slice(frame.data_ref().expect("data"));
            }
        }
        // Decoding it all each time takes long. The first bytes and the last ones are watched
        // closely.
        if given < 100 || given > data.len() - 100 || given % 50 == 0 {
            let decoded = decode_so_far(coding, &coded);
            assert_eq!(decoded, &data[..decoded.len()], "{coding}");
            most = most.max(given - decoded.len());
        }
    }
    most
}

/// Finding 34.
#[test]
fn c_37_at_most_64_bytes_wait_for_more() {
    for coding in CODINGS {
        let most = most_withheld(coding.as_str(), page);
        assert!(most <= 64, "{coding}: {most} bytes");
        assert!(most > 0, "{coding}: nothing ever waited");
    }
}

/// Finding 34. Events are not to wait, whatever flushing costs.
#[test]
fn c_37_live_streams_are_flushed_at_every_pause() {
    for coding in CODINGS {
        for (name, value) in [
            ("content-type", "text/event-stream"),
            ("content-type", "application/jsonl"),
            ("incremental", "?1"),
        ] {
            let most = most_withheld(coding.as_str(), |body| {
                let mut response = page(body);
                let value = value.parse().unwrap();
                response.headers_mut().insert(name, value);
                response
            });
            assert_eq!(most, 0, "{coding}, {value}");
        }
        let most = most_withheld(coding.as_str(), |body| {
            let mut response = page(body);
            response.extensions_mut().insert(Live);
            response
        });
        assert_eq!(most, 0, "{coding}, an extension");
    }
}
