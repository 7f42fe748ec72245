//! A body whose beginning, or all of it, was read, and which still starts at its first frame.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};

/// How many frames are looked at without waiting, so that a body of endless empty frames is not
/// followed.
const MAX_PEEKED: usize = 64;

/// How many frames are read of a body, so that one of very small frames is not held at many times
/// its length.
const MAX_READ: usize = 4096;

/// A body whose first frames were taken out to be looked at, and are given back first.
pub(crate) struct Replay<B: Body> {
    /// In its own place, for most bodies are one frame.
    first: Option<Taken<B::Error>>,
    /// Those after the first.
    others: VecDeque<Taken<B::Error>>,
    // Invariant: `None` once the body has ended or failed; it is never polled again.
    rest: Option<Pin<Box<B>>>,
    /// How many bytes were taken.
    seen: u64,
}

type Taken<E> = Result<Frame<Bytes>, E>;

impl<B: Body> Replay<B> {
    /// `body`, of which nothing was looked at.
    ///
    /// It moves into a box, for it must not move once polled.
    pub(crate) fn new(body: B) -> Self {
        Self {
            first: None,
            others: VecDeque::new(),
            rest: Some(Box::pin(body)),
            seen: 0,
        }
    }

    /// Takes what `body` gives at once: until it is pending, has ended or failed, or `limit` bytes
    /// were seen.
    pub(crate) fn peek(body: B, limit: u64, cx: &mut Context<'_>) -> Self {
        let mut replay = Self::new(body);
        for _ in 0..MAX_PEEKED {
            let Poll::Ready(Some(frame)) = replay.poll_rest(cx) else {
                break;
            };
            replay.keep(frame);
            if replay.seen >= limit {
                break;
            }
        }
        replay
    }

    /// Takes all that the body gives, waiting for it: until it has ended or failed, or more than
    /// `limit` bytes were seen.
    pub(crate) fn poll_fill(&mut self, limit: u64, cx: &mut Context<'_>) -> Poll<()> {
        while self.seen <= limit && self.count() < MAX_READ {
            match self.poll_rest(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => break,
                Poll::Ready(Some(frame)) => self.keep(frame),
            }
        }
        Poll::Ready(())
    }

    /// The data that was seen.
    pub(crate) fn data(&self) -> impl Iterator<Item = &Bytes> {
        self.taken().flatten().filter_map(Frame::data_ref)
    }

    /// The frames of data, if the body was seen to its clean end and has nothing but data.
    pub(crate) fn frames(&self) -> Option<impl Iterator<Item = &Bytes>> {
        let is_whole = self.rest.is_none() && self.taken().all(is_data);
        is_whole.then(|| self.taken().flatten().filter_map(Frame::data_ref))
    }

    /// How long the body is, if it was seen to its clean end.
    pub(crate) fn complete_length(&self) -> Option<u64> {
        let is_complete = self.rest.is_none() && self.taken().all(Result::is_ok);
        is_complete.then(|| self.taken().map(data_length).sum())
    }

    fn keep(&mut self, frame: Taken<B::Error>) {
        self.seen = self.seen.saturating_add(data_length(&frame));
        if self.first.is_none() && self.others.is_empty() {
            self.first = Some(frame);
        } else {
            self.others.push_back(frame);
        }
    }

    /// How many frames were taken.
    fn count(&self) -> usize {
        usize::from(self.first.is_some()) + self.others.len()
    }

    fn taken(&self) -> impl Iterator<Item = &Taken<B::Error>> {
        self.first.iter().chain(&self.others)
    }

    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<Option<Taken<B::Error>>> {
        let Some(rest) = &mut self.rest else {
            return Poll::Ready(None);
        };
        let polled = rest.as_mut().poll_frame(cx);
        let has_ended = match &polled {
            Poll::Pending => false,
            Poll::Ready(Some(Ok(_))) => rest.is_end_stream(),
            Poll::Ready(None | Some(Err(_))) => true,
        };
        if has_ended {
            self.rest = None;
        }
        polled.map_ok(|frame| frame.map_data(into_bytes))
    }
}

/// The rest is in a box and does not move.
impl<B: Body> Unpin for Replay<B> {}

impl<B: Body> Body for Replay<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = &mut *self;
        match this.first.take().or_else(|| this.others.pop_front()) {
            Some(frame) => Poll::Ready(Some(frame)),
            None => this.poll_rest(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.taken().next().is_none() && self.rest.as_ref().is_none_or(|rest| rest.is_end_stream())
    }

    /// Exact only when no trailers follow: a server frames a body of exact length by that length,
    /// and HTTP/1.1 has no place for trailers after it.
    fn size_hint(&self) -> SizeHint {
        let taken: u64 = self.taken().map(data_length).sum();
        let rest = match &self.rest {
            Some(rest) => rest.size_hint(),
            None if self.taken().all(is_data) => return SizeHint::with_exact(taken),
            None => SizeHint::new(),
        };
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(taken));
        if let Some(upper) = rest.upper().and_then(|upper| upper.checked_add(taken)) {
            hint.set_upper(upper);
        }
        hint
    }
}

/// The bytes of any buffer; a [`Bytes`] is handed on without copying.
pub(crate) fn into_bytes(mut data: impl Buf) -> Bytes {
    data.copy_to_bytes(data.remaining())
}

fn data_length<E>(frame: &Taken<E>) -> u64 {
    let data = frame.as_ref().ok().and_then(Frame::data_ref);
    data.map_or(0, |data| data.len() as u64)
}

fn is_data<E>(frame: &Taken<E>) -> bool {
    matches!(frame, Ok(frame) if frame.is_data())
}
