//! The deflate algorithm, which gzip and zlib put into containers of their own.

use std::io;

use flate2::{Compress, Compression, FlushCompress, Status};

use super::operation::Operation;

/// Room made for output before each call of the library.
const ROOM: usize = 8 * 1024;

pub(super) struct Deflate {
    compress: Compress,
}

/// What the library writes around the data.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Container {
    #[cfg(feature = "compression-gzip")]
    None,
    #[cfg(feature = "compression-deflate")]
    Zlib,
}

impl Deflate {
    pub(super) fn new(level: i32, container: Container) -> Self {
        let zlib = match container {
            #[cfg(feature = "compression-gzip")]
            Container::None => false,
            #[cfg(feature = "compression-deflate")]
            Container::Zlib => true,
        };
        Self {
            compress: Compress::new(Compression::new(level.unsigned_abs()), zlib),
        }
    }

    /// Forgets all that was encoded.
    pub(super) fn reset(&mut self) {
        self.compress.reset();
    }

    pub(super) fn run(
        &mut self,
        mut input: &[u8],
        operation: Operation,
        output: &mut Vec<u8>,
    ) -> io::Result<()> {
        let flush = match operation {
            Operation::Finish => FlushCompress::Finish,
            Operation::Flush => FlushCompress::Sync,
            Operation::Write => FlushCompress::None,
        };
        loop {
            output.reserve(ROOM);
            let before = self.compress.total_in();
            let status = self.compress.compress_vec(input, output, flush)?;
            let taken = usize::try_from(self.compress.total_in() - before)
                .expect("no more is taken than was given");
            input = &input[taken..];
            // A library that left room unused has nothing more to say.
            let has_room = output.len() < output.capacity();
            let is_done = match operation {
                Operation::Finish => status == Status::StreamEnd,
                Operation::Flush | Operation::Write => input.is_empty() && has_room,
            };
            if is_done {
                return Ok(());
            }
        }
    }
}
