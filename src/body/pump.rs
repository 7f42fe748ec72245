//! Between a body and what rewrites its bytes: frames in, frames out.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};

use super::error::{BodyError, BoxError};

/// Makes other bytes of the bytes of a body. It knows of no frames, and waits for nothing.
///
/// After an error it is dropped.
pub(crate) trait Transducer {
    /// At most this many bytes of the inner body are rewritten in one poll, so that one response
    /// does not keep the others of its thread waiting.
    const INPUT_PER_POLL: usize;

    /// At most this many frames of the inner body are taken in one poll, however small they are.
    const FRAMES_PER_POLL: usize;

    /// Output leaves in frames of at most this size.
    const LARGEST_FRAME: usize = usize::MAX;

    /// Takes the next piece, and gives what is to be sent now: it may be nothing.
    fn push(&mut self, piece: Bytes) -> Result<Bytes, BodyError>;

    /// The inner body is pending. `taken` bytes were taken of it in all; `was_asked_again` says
    /// that it was given another turn already.
    fn flush(&mut self, _taken: u64, _was_asked_again: bool) -> Result<Flush, BodyError> {
        Ok(Flush::NotDue)
    }

    /// The inner body has ended: gives the rest.
    fn finish(self) -> Result<Bytes, BodyError>;

    /// The inner body has failed: gives what could be saved, without an end, since clients take
    /// bytes that have their end for the whole.
    fn abandon(self) -> Bytes;

    /// Corrects trailers that are true only of the bytes before.
    fn fix_trailers(&self, trailers: &mut HeaderMap);
}

/// What to do while the inner body is pending.
pub(crate) enum Flush {
    /// Ask the inner body once more: one that is pending only to be fair to others has more.
    AskAgain,
    /// Wait for the inner body.
    NotDue,
    /// Send these bytes.
    Send(Bytes),
}

/// Pulls frames from a source, pushes their bytes through a transducer, and hands on what comes
/// out: data, then an error or trailers, then the end.
pub(crate) struct Pump<T> {
    /// Input taken from the source and not yet rewritten.
    input: Bytes,
    /// Output to be handed on.
    output: Bytes,
    stage: Stage<T>,
    /// How many bytes the source has given.
    taken: u64,
    /// How many bytes it declared, at least.
    declared: u64,
    /// The source was pending when it was last asked, and was given another turn.
    was_asked_again: bool,
}

enum Stage<T> {
    Running(T),
    /// The inner body failed; the error follows what could be saved.
    Failed(BodyError),
    /// All data is out; the trailers follow.
    Trailers(HeaderMap),
    Ended,
}

type Polled = Poll<Option<Result<Frame<Bytes>, BodyError>>>;

impl<T> Pump<T> {
    pub(super) const fn new(transducer: T, declared: u64) -> Self {
        Self {
            input: Bytes::new(),
            output: Bytes::new(),
            stage: Stage::Running(transducer),
            taken: 0,
            declared,
            was_asked_again: false,
        }
    }

    /// Whether nothing more comes.
    pub(super) const fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Ended) && self.output.is_empty()
    }
}

impl<T: Transducer> Pump<T> {
    pub(super) fn poll_frame<B>(&mut self, mut source: Pin<&mut B>, cx: &mut Context<'_>) -> Polled
    where
        B: Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        if !self.output.is_empty() {
            return self.send();
        }
        let mut room = T::INPUT_PER_POLL;
        for _ in 0..T::FRAMES_PER_POLL {
            let Stage::Running(transducer) = &mut self.stage else {
                return Poll::Ready(self.after_data());
            };
            if !self.input.is_empty() {
                let piece = self.input.split_to(room.min(self.input.len()));
                room -= piece.len();
                let pushed = transducer.push(piece);
                self.output = self.or_end(pushed)?;
                if !self.output.is_empty() {
                    return self.send();
                }
                if room == 0 {
                    break;
                }
            }
            let Poll::Ready(frame) = source.as_mut().poll_frame(cx) else {
                return self.pause(cx);
            };
            self.was_asked_again = false;
            match frame {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => {
                        self.taken = self.taken.saturating_add(data.len() as u64);
                        self.input = data;
                    }
                    Err(frame) => self.finish(frame.into_trailers().ok())?,
                },
                Some(Err(error)) => self.fail(BodyError::inner(error)),
                None => self.finish(None)?,
            }
            if !self.output.is_empty() {
                return self.send();
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// The inner body is pending: lets the client have what there is, where that is due.
    fn pause(&mut self, cx: &mut Context<'_>) -> Polled {
        let Stage::Running(transducer) = &mut self.stage else {
            return Poll::Pending;
        };
        let flushed = transducer.flush(self.taken, self.was_asked_again);
        match self.or_end(flushed)? {
            Flush::AskAgain => {
                self.was_asked_again = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Flush::Send(output) if !output.is_empty() => {
                self.output = output;
                self.send()
            }
            Flush::Send(_) | Flush::NotDue => Poll::Pending,
        }
    }

    /// The inner body has ended.
    ///
    /// The length that the head had is removed, and with it the client's means to notice that a
    /// body ended too soon. So it is checked here.
    fn finish(&mut self, trailers: Option<HeaderMap>) -> Result<(), BodyError> {
        if self.taken < self.declared {
            self.fail(BodyError::truncated(self.declared, self.taken));
            return Ok(());
        }
        let Stage::Running(transducer) = mem::replace(&mut self.stage, Stage::Ended) else {
            return Ok(());
        };
        if let Some(mut trailers) = trailers {
            transducer.fix_trailers(&mut trailers);
            self.stage = Stage::Trailers(trailers);
        }
        let finished = transducer.finish();
        self.output = self.or_end(finished)?;
        Ok(())
    }

    fn fail(&mut self, error: BodyError) {
        if let Stage::Running(transducer) = mem::replace(&mut self.stage, Stage::Failed(error)) {
            self.output = transducer.abandon();
        }
    }

    /// What follows the data.
    fn after_data(&mut self) -> Option<Result<Frame<Bytes>, BodyError>> {
        match mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Failed(error) => Some(Err(error)),
            Stage::Trailers(trailers) => Some(Ok(Frame::trailers(trailers))),
            Stage::Running(_) | Stage::Ended => None,
        }
    }

    /// Ends where the transducer failed.
    fn or_end<O>(&mut self, done: Result<O, BodyError>) -> Result<O, BodyError> {
        if done.is_err() {
            self.stage = Stage::Ended;
        }
        done
    }

    /// A frame of the output. It leaves in frames of about one size.
    fn send(&mut self) -> Polled {
        let frames = self.output.len().div_ceil(T::LARGEST_FRAME);
        let length = self.output.len().div_ceil(frames);
        let data = self.output.split_to(length);
        Poll::Ready(Some(Ok(Frame::data(data))))
    }
}

#[cfg(test)]
mod tests;
