//! `cargo bench --bench streams`
//!
//! What streams hold and how long one poll takes: a gibibyte of zeros and one of noise through every
//! coding, a thousand streams that nobody reads on, and a gibibyte of JSON with its nulls stripped. Prints
//! tables; judges nothing. Reads the process's memory from `/proc`, so it says nothing of memory
//! elsewhere.
//!
//! The longest poll is that of a shorter body read several times: of each poll its fastest time
//! counts, for what a busy machine adds is not the layer's.

#![allow(clippy::print_stdout, reason = "the tables are what it is for")]

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use tower::{Layer, Service};
use tower_egress::compression::{Coding, CompressionBody, CompressionLayer};
use tower_egress::strip_nulls::StripNullsLayer;

/// What one frame of the inner body holds.
const FRAME: usize = 64 * 1024;

/// Frames of the body whose polls are timed, and how often it is read.
const TIMED: (usize, usize) = (512, 4);

/// The argument that makes this program hold streams of one coding, in a process of their own.
const STALL: &str = "--stall";

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != STALL);
    if let (Some(_), Some(coding), Some(streams)) =
        (arguments.next(), arguments.next(), arguments.next())
    {
        return stalled(&coding, streams.parse().expect("a number of streams"));
    }
    // In a smoke test, little of everything.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let (frames, streams) = if is_test { (64, 10) } else { (16 * 1024, 1000) };
    println!(
        "A body of {} MiB in frames of 64 KiB",
        (frames * FRAME) >> 20
    );
    println!("| coding | length | bytes | sent | memory grew by | longest poll |");
    println!("|---|---|---|---|---|---|");
    for &coding in Coding::preference() {
        for known in [true, false] {
            for (name, frame) in [("zeros", zeros()), ("noise", noise()), ("JSON", json())] {
                large(coding, known, name, &frame, frames);
            }
        }
    }
    println!();
    println!("{streams} open streams of unknown length, 64 KiB into each");
    println!("| coding | memory of each |");
    println!("|---|---|");
    for &coding in Coding::preference() {
        let program = std::env::current_exe().expect("the path of this program");
        std::process::Command::new(program)
            .args([STALL, coding.as_str(), &streams.to_string()])
            .status()
            .expect("this program runs once more");
    }
    println!();
    println!("{} MiB of JSON, its nulls stripped", (frames * FRAME) >> 20);
    println!("| bytes in a frame | sent | memory grew by | longest poll | in all |");
    println!("|---|---|---|---|---|");
    for frame in [100, 4096, FRAME, 1 << 20] {
        strip(frame, frames * FRAME);
    }
}

/// A large JSON text, of which a tenth of the members is null, with these bytes in a frame.
fn strip(frame: usize, bytes: usize) {
    let records = bench_support::records(1 << 20, 10);
    let (_, records) = records.split_at(1);
    let (records, _) = records.split_at(records.len() - 1);
    let records = Bytes::from([b",", records].concat());
    let text = Text {
        left: bytes / records.len(),
        records,
        rest: Bytes::from_static(b"[0"),
        frame,
    };
    let response = Response::builder().header("content-type", "application/json");
    let response = response.body(text).expect("a valid response");
    let body = answer(
        &StripNullsLayer::new(),
        bench_support::request(None),
        response,
    );
    let mut body = Box::pin(body);
    let cx = &mut Context::from_waker(Waker::noop());
    let (mut sent, mut grown, mut longest) = (0, 0, Duration::ZERO);
    let (before, start) = (memory(), Instant::now());
    loop {
        let poll = Instant::now();
        let polled = body.as_mut().poll_frame(cx);
        longest = longest.max(poll.elapsed());
        match polled {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(frame))) => sent += frame.data_ref().map_or(0, Bytes::len),
            Poll::Ready(Some(Err(error))) => panic!("{error}"),
            Poll::Ready(None) => break,
        }
        grown = grown.max(memory().saturating_sub(before));
    }
    let took = start.elapsed();
    println!(
        "| {frame} | {sent} | {} KiB | {longest:.1?} | {took:.1?} |",
        grown >> 10
    );
}

/// What `layer` makes of `response`, where nothing waits: its body.
fn answer<L, A, B>(layer: &L, request: Request<()>, response: Response<A>) -> B
where
    L: Layer<Once<A>>,
    L::Service: Service<Request<()>, Response = Response<B>, Error = Infallible>,
{
    let mut service = layer.layer(Once(Some(response)));
    let cx = &mut Context::from_waker(Waker::noop());
    match std::pin::pin!(service.call(request)).poll(cx) {
        Poll::Ready(Ok(response)) => response.into_body(),
        Poll::Pending => panic!("nothing waits"),
    }
}

/// Answers one request.
struct Once<B>(Option<Response<B>>);

impl<B> Service<Request<()>> for Once<B> {
    type Response = Response<B>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response<B>, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: Request<()>) -> Self::Future {
        std::future::ready(Ok(self.0.take().expect("one request is made")))
    }
}

/// An array that begins with `rest`, has `records` so many times, and comes in frames of one size.
struct Text {
    rest: Bytes,
    records: Bytes,
    left: usize,
    frame: usize,
}

impl Body for Text {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            let Some(left) = self.left.checked_sub(1) else {
                return Poll::Ready(None);
            };
            self.left = left;
            self.rest = match left {
                0 => Bytes::from_static(b"]"),
                _ => self.records.clone(),
            };
        }
        let length = self.frame.min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }
}

/// One large body, read as fast as it comes.
fn large(coding: Coding, known: bool, name: &str, frame: &Bytes, frames: usize) {
    let before = memory();
    let (mut sent, mut grown) = (0, 0);
    read(coding, repeat(frame, frames, known), |data, _| {
        sent += data;
        grown = grown.max(memory().saturating_sub(before));
    });
    let longest = longest_poll(coding, known, frame, TIMED.0.min(frames));
    let known = if known { "known" } else { "unknown" };
    println!(
        "| {coding} | {known} | {name} | {sent} | {} KiB | {longest:.1?} |",
        grown >> 10
    );
}

/// The longest of all polls of a body, each at its fastest.
fn longest_poll(coding: Coding, known: bool, frame: &Bytes, frames: usize) -> Duration {
    let mut fastest: Vec<Duration> = Vec::new();
    for _ in 0..TIMED.1 {
        let mut poll = 0;
        read(coding, repeat(frame, frames, known), |_, took| {
            match fastest.get_mut(poll) {
                Some(fastest) => *fastest = took.min(*fastest),
                None => fastest.push(took),
            }
            poll += 1;
        });
    }
    fastest.into_iter().max().unwrap_or_default()
}

/// Reads an encoded body to its end; tells of each poll how many bytes it gave and how long it took.
fn read(coding: Coding, body: Repeat, mut see: impl FnMut(usize, Duration)) {
    let mut body = encode(coding, body);
    let cx = &mut Context::from_waker(Waker::noop());
    loop {
        let start = Instant::now();
        let polled = body.as_mut().poll_frame(cx);
        let took = start.elapsed();
        match polled {
            Poll::Pending => see(0, took),
            Poll::Ready(Some(Ok(frame))) => see(frame.data_ref().map_or(0, Bytes::len), took),
            Poll::Ready(Some(Err(error))) => panic!("{coding}: {error}"),
            Poll::Ready(None) => return,
        }
    }
}

fn repeat(frame: &Bytes, frames: usize, known: bool) -> Repeat {
    Repeat {
        frame: frame.clone(),
        left: frames,
        hint: known.then_some((frames * FRAME) as u64),
    }
}

/// Streams that were read until they had nothing more, and are then left alone.
fn stalled(coding: &str, streams: usize) {
    let coding = Coding::preference()
        .iter()
        .copied()
        .find(|known| known.as_str() == coding)
        .expect("a coding");
    let before = memory();
    let cx = &mut Context::from_waker(Waker::noop());
    let open: Vec<_> = (0..streams)
        .map(|_| {
            let mut body = encode(coding, Stuck(Some(json())));
            for _ in 0..20 {
                let _ = body.as_mut().poll_frame(cx);
            }
            body
        })
        .collect();
    let each = memory().saturating_sub(before) / open.len();
    println!("| {coding} | {} KiB |", each >> 10);
}

fn encode<B>(coding: Coding, body: B) -> Pin<Box<CompressionBody<B>>>
where
    B: Body,
{
    let response = Response::builder().header("content-type", "text/plain");
    let response = response.body(body).expect("a valid response");
    let request = bench_support::request(Some(coding.as_str()));
    Box::pin(answer(&CompressionLayer::new(), request, response))
}

/// The same frame again and again.
struct Repeat {
    frame: Bytes,
    left: usize,
    hint: Option<u64>,
}

impl Body for Repeat {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        Poll::Ready(Some(Ok(Frame::data(self.frame.clone()))))
    }

    fn size_hint(&self) -> SizeHint {
        self.hint.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

/// One frame, and nothing after it.
struct Stuck(Option<Bytes>);

impl Body for Stuck {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.0.take() {
            Some(data) => Poll::Ready(Some(Ok(Frame::data(data)))),
            None => Poll::Pending,
        }
    }
}

fn zeros() -> Bytes {
    vec![0; FRAME].into()
}

fn noise() -> Bytes {
    bench_support::noise(FRAME)
}

fn json() -> Bytes {
    bench_support::json(FRAME)
}

/// The resident memory of this process, in bytes.
fn memory() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let resident = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    resident.unwrap_or(0) * 4096
}
