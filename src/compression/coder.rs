//! Between a body and its encoder: frames in, frames out.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};
use tower::BoxError;

use super::coding::Coding;
use super::config::StrongEtags;
use super::encoder::{Encoder, Operation};
use super::etags;
use super::flush::Flushes;
use crate::body::rewritten::Rewrite;
use crate::body::truncated::Truncated;
use crate::rules::transform::{self, Change};

/// At most this much of the inner body is encoded in one poll, so that one response does not keep
/// the others of its thread waiting: about a quarter of a millisecond with gzip at its default level,
/// one with br.
const INPUT_PER_POLL: usize = 32 * 1024;

/// At most this many frames of the inner body are taken in one poll, however small they are.
const FRAMES_PER_POLL: usize = 256;

/// Output is handed on in frames of at least this size, while more input is at hand.
const SMALLEST_FRAME: usize = 16 * 1024;

/// Output is handed on in frames of at most this size: an encoder may hold back a megabyte and give
/// it at once, which a server would copy at once.
const LARGEST_FRAME: usize = 64 * 1024;

/// What a stream must be true to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// How many bytes the head promised, at least, before it was encoded.
    pub(super) declared: u64,
    /// Flushed whenever the inner body is pending, whatever that costs.
    pub(super) is_live: bool,
    /// What becomes of a strong entity tag among the trailers.
    pub(super) tags: Option<(Coding, StrongEtags)>,
}

/// Pulls frames from a source, pushes them through an encoder, and hands on what comes out.
pub(super) struct Coder {
    /// Input taken from the source and not yet encoded.
    input: Bytes,
    /// Output to which more may be added before it is handed on.
    output: Vec<u8>,
    /// Output to be handed on, in frames.
    ready: Bytes,
    stage: Stage,
    /// How many bytes the source has given.
    taken: u64,
    terms: Terms,
    flushes: Flushes,
    /// How many bytes were encoded since the last flush: the client may not be able to decode them yet.
    waiting: u64,
    /// The inner body was pending when it was last asked, and was given one more turn.
    waited: bool,
}

enum Stage {
    Encoding(Encoder),
    /// The inner body failed; the error follows what could be saved.
    Failed(BoxError),
    /// The coded data is out; the trailers follow.
    Trailers(HeaderMap),
    Ended,
}

impl Rewrite for Coder {
    fn poll_frame(
        &mut self,
        mut source: Pin<&mut impl Body<Data = Bytes, Error = BoxError>>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if !self.ready.is_empty() {
            return Poll::Ready(Some(Ok(self.next_frame())));
        }
        if !matches!(self.stage, Stage::Encoding(_)) {
            return Poll::Ready(self.after_data());
        }
        let mut room = INPUT_PER_POLL;
        for _ in 0..FRAMES_PER_POLL {
            room -= self.encode_some(room)?;
            if self.output.len() >= SMALLEST_FRAME {
                return Poll::Ready(Some(Ok(self.take_output())));
            }
            if room == 0 {
                break;
            }
            match source.as_mut().poll_frame(cx) {
                Poll::Pending => return self.pending(cx),
                Poll::Ready(Some(Ok(frame))) => {
                    self.waited = false;
                    if let Some(trailers) = self.take_input(frame) {
                        return Poll::Ready(Some(self.finish(Some(trailers))));
                    }
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(self.fail(error))),
                Poll::Ready(None) => return Poll::Ready(Some(self.finish(None))),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Ended) && self.ready.is_empty()
    }
}

impl Coder {
    pub(super) const fn new(encoder: Encoder, terms: Terms) -> Self {
        Self {
            input: Bytes::new(),
            output: Vec::new(),
            ready: Bytes::new(),
            stage: Stage::Encoding(encoder),
            taken: 0,
            flushes: Flushes::new(terms.is_live),
            terms,
            waiting: 0,
            waited: false,
        }
    }

    /// Encodes as much of the input at hand as there is `room` for; how much that was.
    fn encode_some(&mut self, room: usize) -> Result<usize, BoxError> {
        let some = self.input.split_to(room.min(self.input.len()));
        if !some.is_empty() {
            self.run(&some, Operation::Write)?;
            self.waiting += some.len() as u64;
        }
        Ok(some.len())
    }

    /// Takes the data of a frame as input, and gives back its trailers.
    fn take_input(&mut self, frame: Frame<Bytes>) -> Option<HeaderMap> {
        match frame.into_data() {
            Ok(data) => {
                self.taken = self.taken.saturating_add(data.len() as u64);
                self.input = data;
                None
            }
            Err(frame) => frame.into_trailers().ok(),
        }
    }

    /// The inner body is pending: lets the client have what there is.
    ///
    /// A flush costs some bytes and cuts the encoder's view of what repeats. A live stream is flushed at
    /// once. Any other inner body is first asked once more, so that one which is pending between pieces
    /// only to be fair to others is not flushed after every piece; then [`Flushes`] decides.
    fn pending(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if !self.flushes.is_due(self.waiting, self.taken) {
            return Poll::Pending;
        }
        if !self.flushes.is_live() && !self.waited {
            self.waited = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.run(&[], Operation::Flush)?;
        self.flushes.note(self.waiting, self.output.len() as u64);
        self.waiting = 0;
        let frame = self.take_output();
        // The next output may be long in coming.
        self.output = Vec::new();
        Poll::Ready(Some(Ok(frame)))
    }

    /// The inner body has failed: lets the client have what it would have had without a coding, and
    /// leaves the coded data without its end, for clients take one that has it for the whole.
    fn fail(&mut self, error: BoxError) -> Result<Frame<Bytes>, BoxError> {
        if self.waiting > 0 {
            self.run(&[], Operation::Flush)?;
        }
        if self.output.is_empty() {
            self.stage = Stage::Ended;
            return Err(error);
        }
        self.stage = Stage::Failed(error);
        Ok(self.take_output())
    }

    /// The inner body has ended: ends the coded data.
    ///
    /// The length that the head had is gone, and with it the client's means to tell that a body ended
    /// too soon. So it is looked at here.
    fn finish(&mut self, trailers: Option<HeaderMap>) -> Result<Frame<Bytes>, BoxError> {
        if self.taken < self.terms.declared {
            return self.fail(Box::new(Truncated {
                declared: self.terms.declared,
                taken: self.taken,
            }));
        }
        self.run(&[], Operation::Finish)?;
        let next = match trailers {
            Some(mut trailers) => {
                transform::drop_broken_digests(&mut trailers, Change::Coding);
                if let Some((coding, policy)) = self.terms.tags {
                    etags::mark(&mut trailers, coding, policy);
                }
                Stage::Trailers(trailers)
            }
            None => Stage::Ended,
        };
        if let Stage::Encoding(encoder) = mem::replace(&mut self.stage, next) {
            encoder.recycle();
        }
        Ok(self.take_output())
    }

    /// What follows the coded data.
    fn after_data(&mut self) -> Option<Result<Frame<Bytes>, BoxError>> {
        match mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Failed(error) => Some(Err(error)),
            Stage::Trailers(trailers) => Some(Ok(Frame::trailers(trailers))),
            Stage::Encoding(_) | Stage::Ended => None,
        }
    }

    fn run(&mut self, input: &[u8], operation: Operation) -> Result<(), BoxError> {
        let Stage::Encoding(encoder) = &mut self.stage else {
            return Ok(());
        };
        let done = encoder.run(input, operation, &mut self.output);
        if done.is_err() {
            self.stage = Stage::Ended;
        }
        Ok(done?)
    }

    /// The first frame of the output there is.
    ///
    /// The bytes are copied out, so that the frames hold no more memory than they need.
    fn take_output(&mut self) -> Frame<Bytes> {
        self.ready = Bytes::copy_from_slice(&self.output);
        self.output.clear();
        self.next_frame()
    }

    /// A frame of the output that is ready, which goes out in frames of about one size.
    fn next_frame(&mut self) -> Frame<Bytes> {
        let frames = self.ready.len().div_ceil(LARGEST_FRAME).max(1);
        let length = self.ready.len().div_ceil(frames);
        Frame::data(self.ready.split_to(length))
    }
}
