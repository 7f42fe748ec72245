//! Looking at the beginning of a body without waiting for it, and giving it back whole.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};

/// How many frames are looked at, so that a body of endless empty frames is not followed.
const MAX_FRAMES: usize = 64;

/// A body whose first frames were taken out to be looked at, and are given back first.
pub(crate) struct Replay<B: Body> {
    taken: VecDeque<Result<Frame<Bytes>, B::Error>>,
    // Invariant: `None` once the body has ended or failed; it is never polled again.
    rest: Option<Pin<Box<B>>>,
}

impl<B: Body> Replay<B> {
    /// Takes what `body` gives at once: until it is pending, has ended or failed, or `limit` bytes
    /// were seen.
    ///
    /// The body moves into a box, for it must not move once polled.
    pub(crate) fn peek(body: B, limit: u64, cx: &mut Context<'_>) -> Self {
        let mut replay = Self {
            taken: VecDeque::new(),
            rest: Some(Box::pin(body)),
        };
        let mut seen = 0;
        for _ in 0..MAX_FRAMES {
            match replay.poll_rest(cx) {
                Poll::Pending | Poll::Ready(None) => break,
                Poll::Ready(Some(frame)) => {
                    seen += data_length(&frame);
                    replay.taken.push_back(frame);
                    if seen >= limit {
                        break;
                    }
                }
            }
        }
        replay
    }

    /// How long the body is, if it was seen to its clean end.
    pub(crate) fn complete_length(&self) -> Option<u64> {
        let complete = self.rest.is_none() && self.taken.iter().all(Result::is_ok);
        complete.then(|| self.taken.iter().map(data_length).sum())
    }

    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let Some(rest) = &mut self.rest else {
            return Poll::Ready(None);
        };
        let polled = rest.as_mut().poll_frame(cx);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.rest = None;
        }
        polled.map_ok(|frame| frame.map_data(into_bytes))
    }
}

/// The rest is in a box and stays where it is.
impl<B: Body> Unpin for Replay<B> {}

impl<B: Body> Body for Replay<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.taken.pop_front() {
            Some(frame) => Poll::Ready(Some(frame)),
            None => self.poll_rest(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.taken.is_empty() && self.rest.as_ref().is_none_or(|rest| rest.is_end_stream())
    }

    /// Exact only when no trailers follow: a server frames a body of exact length by that length,
    /// and HTTP/1.1 has no place for trailers after it.
    fn size_hint(&self) -> SizeHint {
        let taken: u64 = self.taken.iter().map(data_length).sum();
        let mut hint = match &self.rest {
            Some(rest) => rest.size_hint(),
            None if self.taken.iter().all(is_data) => return SizeHint::with_exact(taken),
            None => SizeHint::new(),
        };
        let upper = hint.upper().and_then(|upper| upper.checked_add(taken));
        let lower = hint.lower().saturating_add(taken);
        hint = SizeHint::new();
        hint.set_lower(lower);
        if let Some(upper) = upper {
            hint.set_upper(upper);
        }
        hint
    }
}

/// The bytes of any buffer; a [`Bytes`] is handed on without copying.
pub(crate) fn into_bytes(mut data: impl Buf) -> Bytes {
    data.copy_to_bytes(data.remaining())
}

fn data_length<E>(frame: &Result<Frame<Bytes>, E>) -> u64 {
    let data = frame.as_ref().ok().and_then(Frame::data_ref);
    data.map_or(0, |data| data.len() as u64)
}

fn is_data<E>(frame: &Result<Frame<Bytes>, E>) -> bool {
    matches!(frame, Ok(frame) if frame.is_data())
}
