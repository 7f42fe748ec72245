use std::collections::VecDeque;
use std::io;
use std::task::Waker;

use http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, HeaderValue};

use super::*;
use crate::body::error::BodyErrorKind;

/// Repeats every piece that it is given, two bytes late.
#[derive(Default)]
struct Late {
    held: Vec<u8>,
    fails: bool,
}

impl Transducer for Late {
    const INPUT_PER_POLL: usize = 8;
    const FRAMES_PER_POLL: usize = 3;
    const LARGEST_FRAME: usize = 5;

    fn push(&mut self, piece: Bytes) -> Result<Bytes, BodyError> {
        if self.fails {
            return Err(BodyError::coder(io::Error::other("stuck")));
        }
        self.held.extend_from_slice(&piece);
        let ready = self.held.len().saturating_sub(2);
        Ok(self.held.drain(..ready).collect())
    }

    fn flush(&mut self, _taken: u64, was_asked_again: bool) -> Result<Flush, BodyError> {
        Ok(match (self.held.is_empty(), was_asked_again) {
            (true, _) => Flush::NotDue,
            (false, false) => Flush::AskAgain,
            (false, true) => Flush::Send(self.held.drain(..).collect()),
        })
    }

    fn finish(mut self) -> Result<Bytes, BodyError> {
        self.held.push(b'.');
        Ok(self.held.into())
    }

    fn abandon(self) -> Bytes {
        self.held.into()
    }

    fn fix_trailers(&self, trailers: &mut HeaderMap) {
        trailers.remove(CONTENT_TYPE);
    }
}

type Step = Option<Result<Frame<Bytes>, &'static str>>;

/// Does one step at each poll; `None` is pending.
struct Steps(VecDeque<Step>);

impl Body for Steps {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        match self.0.pop_front() {
            Some(Some(frame)) => Poll::Ready(Some(frame)),
            Some(None) => Poll::Pending,
            None => Poll::Ready(None),
        }
    }
}

fn data(text: &'static str) -> Step {
    Some(Ok(Frame::data(Bytes::from(text))))
}

/// What each poll gives, in words, to the end.
fn run(declared: u64, late: Late, steps: impl IntoIterator<Item = Step>) -> Vec<String> {
    let mut pump = Pump::new(late, declared);
    let mut steps = Steps(steps.into_iter().collect());
    let cx = &mut Context::from_waker(Waker::noop());
    let mut found = Vec::new();
    while !pump.has_ended() {
        found.push(match pump.poll_frame(Pin::new(&mut steps), cx) {
            Poll::Pending => "pending".to_owned(),
            Poll::Ready(None) => "end".to_owned(),
            Poll::Ready(Some(Err(error))) => format!("{:?}: {error}", error.kind()),
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => String::from_utf8(data.to_vec()).unwrap(),
                Err(frame) => format!("{:?}", frame.into_trailers().unwrap()),
            },
        });
    }
    assert!(matches!(
        pump.poll_frame(Pin::new(&mut steps), cx),
        Poll::Ready(None)
    ));
    found
}

#[test]
fn frames_are_cut_and_the_rest_follows_at_the_end() {
    let found = run(0, Late::default(), [data("abcdefgh"), data("ij")]);
    assert_eq!(found, ["abc", "def", "gh", "ij."]);
}

#[test]
fn one_poll_takes_a_limited_number_of_bytes_and_frames() {
    let long = "abcdefghijklmnop";
    let found = run(0, Late::default(), [data(long)]);
    assert_eq!(found, ["abc", "def", "ghij", "klmn", "op."]);
    let empty = || data("");
    let found = run(0, Late::default(), [empty(), empty(), empty(), data("a")]);
    assert_eq!(found, ["pending", "a."]);
}

#[test]
fn a_source_that_is_pending_is_asked_again_and_then_flushed() {
    let found = run(
        0,
        Late::default(),
        [data("ab"), None, None, None, data("c")],
    );
    assert_eq!(found, ["pending", "ab", "pending", "c."]);
}

#[test]
fn trailers_are_fixed_and_come_after_the_data() {
    let mut trailers = HeaderMap::new();
    trailers.insert(CONTENT_TYPE, HeaderValue::from_static("a/b"));
    trailers.insert(CONTENT_LANGUAGE, HeaderValue::from_static("de"));
    let trailers = Some(Ok(Frame::trailers(trailers)));
    let found = run(2, Late::default(), [data("ab"), trailers]);
    assert_eq!(found, ["ab.", r#"{"content-language": "de"}"#]);
}

#[test]
fn what_could_be_saved_comes_before_the_error_and_has_no_end() {
    let found = run(0, Late::default(), [data("abc"), Some(Err("torn"))]);
    assert_eq!(found, ["a", "bc", "Inner: torn"]);
    let found = run(9, Late::default(), [data("abc")]);
    let kind = BodyErrorKind::Truncated {
        declared: 9,
        taken: 3,
    };
    let error = format!("{kind:?}: the body ended after 3 of 9 bytes");
    assert_eq!(found, ["a", "bc", &error]);
}

#[test]
fn a_transducer_that_fails_ends_the_body() {
    let late = Late {
        fails: true,
        ..Late::default()
    };
    assert_eq!(run(0, late, [data("a"), data("b")]), ["Coder: stuck"]);
}
