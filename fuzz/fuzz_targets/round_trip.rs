//! Any chunking of any bytes, with waits, trailers and errors, through every coding: it arrives whole,
//! or as an error.

#![no_main]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Future, ready};
use std::io::Read;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use arbitrary::Arbitrary;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::{Body, Frame};
use libfuzzer_sys::fuzz_target;
use tower::{Layer, Service, service_fn};
use tower_egress::compression::{Coding, CompressionLayer};

#[derive(Arbitrary, Debug)]
enum Step {
    Data(Vec<u8>),
    Repeat(u8, u16),
    Wait,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum End {
    Clean,
    Error,
    Trailers,
}

#[derive(Arbitrary, Debug)]
struct Input {
    coding: u8,
    level: u8,
    threshold: u16,
    steps: Vec<Step>,
    end: End,
}

struct Script {
    steps: VecDeque<Step>,
    end: Option<End>,
}

impl Body for Script {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = match self.steps.pop_front() {
            Some(Step::Data(data)) => Frame::data(data.into()),
            Some(Step::Repeat(byte, count)) => Frame::data(vec![byte; count.into()].into()),
            Some(Step::Wait) => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            None => match self.end.take().expect("polled after its end") {
                End::Clean => return Poll::Ready(None),
                End::Error => return Poll::Ready(Some(Err("failed"))),
                End::Trailers => {
                    self.end = Some(End::Clean);
                    Frame::trailers(HeaderMap::new())
                }
            },
        };
        Poll::Ready(Some(Ok(frame)))
    }
}

fn decode(coding: Coding, coded: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::new();
    let done = match coding {
        Coding::Brotli => brotli::BrotliDecompress(&mut &*coded, &mut decoded).is_ok(),
        Coding::Deflate => flate2::read::ZlibDecoder::new(coded)
            .read_to_end(&mut decoded)
            .is_ok(),
        Coding::Gzip => flate2::read::GzDecoder::new(coded)
            .read_to_end(&mut decoded)
            .is_ok(),
        Coding::Zstd => zstd::stream::copy_decode(coded, &mut decoded).is_ok() && !coded.is_empty(),
        other => unreachable!("no decoder for {other}"),
    };
    done.then_some(decoded)
}

fuzz_target!(|input: Input| {
    let codings = Coding::preference();
    let coding = codings[usize::from(input.coding) % codings.len()];
    let levels = coding.levels();
    // The slowest levels find nothing that the others do not.
    let level = levels.start() + i32::from(input.level) % 7;
    let whole: Vec<u8> = input
        .steps
        .iter()
        .flat_map(|step| match step {
            Step::Data(data) => data.clone(),
            Step::Repeat(byte, count) => vec![*byte; (*count).into()],
            Step::Wait => Vec::new(),
        })
        .collect();
    let fails = matches!(input.end, End::Error);
    let mut response = Some(
        Response::builder()
            .header("content-type", "text/plain")
            .body(Script {
                steps: input.steps.into(),
                end: Some(input.end),
            })
            .expect("a valid response"),
    );
    let layer = CompressionLayer::new()
        .level(coding, level)
        .expect("a valid level")
        .threshold(input.threshold.into());
    let mut service = layer.layer(service_fn(|_| {
        ready(Ok::<_, Infallible>(response.take().expect("one request")))
    }));
    let request = Request::builder()
        .header("accept-encoding", coding.as_str())
        .body(())
        .expect("a valid request");
    let cx = &mut Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(answer)) = pin!(service.call(request)).poll(cx) else {
        panic!("nothing waits");
    };
    let (head, body) = answer.into_parts();
    let mut body = pin!(body);
    let mut arrived = Vec::new();
    let mut failed = false;
    loop {
        match body.as_mut().poll_frame(cx) {
            Poll::Pending => {}
            Poll::Ready(None) => break,
            Poll::Ready(Some(Err(_))) => failed = true,
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    arrived.extend_from_slice(data);
                }
            }
        }
    }
    assert_eq!(failed, fails);
    if head.headers.contains_key("content-encoding") {
        let decoded = decode(coding, &arrived);
        assert_eq!(decoded, (!fails).then_some(whole));
    } else {
        assert!(whole.starts_with(&arrived));
        assert!(fails || arrived == whole);
    }
});
