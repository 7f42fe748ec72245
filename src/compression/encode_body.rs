//! The encoder of a stream: which bytes leave it, and when.

use std::mem;

use bytes::Bytes;
use http::HeaderMap;

use super::encoder::{Encoder, Operation};
use super::etags::Label;
use super::flush::Flushes;
use crate::body::error::BodyError;
use crate::body::pump::{Flush, Transducer};
use crate::rules::transform::{self, Change};

/// Output is handed on in frames of at least this size, while more input is at hand.
const SMALLEST_FRAME: usize = 16 * 1024;

/// Encodes the pieces of a body.
pub(super) struct EncodeBody {
    encoder: Encoder,
    /// Output to which more may be added before it is handed on.
    output: Vec<u8>,
    label: Label,
    flushes: Flushes,
    /// How many bytes were encoded since the last flush: the client may not be able to decode them
    /// yet.
    waiting: u64,
}

impl EncodeBody {
    /// A live stream is flushed whenever the inner body is pending, whatever that costs.
    pub(super) const fn new(encoder: Encoder, label: Label, is_live: bool) -> Self {
        Self {
            encoder,
            output: Vec::new(),
            label,
            flushes: Flushes::new(is_live),
            waiting: 0,
        }
    }

    fn run(&mut self, input: &[u8], operation: Operation) -> Result<(), BodyError> {
        let done = self.encoder.run(input, operation, &mut self.output);
        done.map_err(BodyError::coder)
    }

    /// The output there is.
    ///
    /// The bytes are copied out, so that the frames hold no more memory than they need.
    fn take_output(&mut self) -> Bytes {
        let output = Bytes::copy_from_slice(&self.output);
        self.output.clear();
        output
    }
}

impl Transducer for EncodeBody {
    /// About a quarter of a millisecond with gzip at its default level, one with br.
    const INPUT_PER_POLL: usize = 32 * 1024;

    const FRAMES_PER_POLL: usize = 256;

    /// An encoder may hold back a megabyte and give it at once, which a server would copy at once.
    const LARGEST_FRAME: usize = 64 * 1024;

    fn push(&mut self, piece: Bytes) -> Result<Bytes, BodyError> {
        self.run(&piece, Operation::Write)?;
        self.waiting += piece.len() as u64;
        if self.output.len() < SMALLEST_FRAME {
            return Ok(Bytes::new());
        }
        Ok(self.take_output())
    }

    /// A flush costs some bytes, and cuts the encoder's view of what repeats.
    ///
    /// A live stream is flushed at once. Any other inner body is first asked once more, so that one
    /// that is pending between pieces only to be fair to others is not flushed after every piece;
    /// then [`Flushes`] decides.
    fn flush(&mut self, taken: u64, was_asked_again: bool) -> Result<Flush, BodyError> {
        if !self.flushes.is_due(self.waiting, taken) {
            return Ok(Flush::NotDue);
        }
        if !self.flushes.is_live() && !was_asked_again {
            return Ok(Flush::AskAgain);
        }
        self.run(&[], Operation::Flush)?;
        self.flushes.note(self.waiting, self.output.len() as u64);
        self.waiting = 0;
        // The next output may be long in coming, so the memory is not kept.
        let output = mem::take(&mut self.output);
        Ok(Flush::Send(Bytes::copy_from_slice(&output)))
    }

    fn finish(mut self) -> Result<Bytes, BodyError> {
        self.run(&[], Operation::Finish)?;
        let output = self.take_output();
        self.encoder.recycle();
        Ok(output)
    }

    /// The client gets all that it would have had without a coding.
    fn abandon(mut self) -> Bytes {
        if self.waiting > 0 && self.run(&[], Operation::Flush).is_err() {
            return Bytes::new();
        }
        self.take_output()
    }

    fn fix_trailers(&self, trailers: &mut HeaderMap) {
        transform::drop_broken_digests(trailers, Change::Coding);
        self.label.mark(trailers);
    }
}
