//! Zstandard.

use std::io;

use zstd::zstd_safe::zstd_sys::ZSTD_EndDirective;
use zstd::zstd_safe::{
    CCtx, CParameter, InBuffer, OutBuffer, ResetDirective, compress_bound, get_error_name,
};

use super::Operation;

/// Room made for output before each call of the encoder.
const ROOM: usize = 8 * 1024;

/// RFC 9659 §3: a frame sent as a content coding needs a window of at most 8 MiB; browsers refuse
/// more.
const LARGEST_WINDOW_LOG: u32 = 23;

/// The level from which the encoder's own windows may be larger than that.
const FIRST_LEVEL_WITH_LARGER_WINDOWS: u32 = 20;

/// For a body of unknown length: 512 KiB, so that an open stream does not cost megabytes.
const UNKNOWN_LENGTH_WINDOW_LOG: u32 = 19;

pub(in crate::compression) struct Encoder {
    context: CCtx<'static>,
}

impl Encoder {
    pub(super) fn new(level: u32, length: Option<u64>) -> Option<Self> {
        let mut encoder = Self {
            context: CCtx::try_create()?,
        };
        encoder.begin(level, length).then_some(encoder)
    }

    pub(super) fn begin(&mut self, level: u32, length: Option<u64>) -> bool {
        self.try_begin(level, length).is_ok()
    }

    fn try_begin(&mut self, level: u32, length: Option<u64>) -> Result<(), usize> {
        let context = &mut self.context;
        context.reset(ResetDirective::SessionAndParameters)?;
        let level_as_parameter = i32::try_from(level).expect("levels are small numbers");
        context.set_parameter(CParameter::CompressionLevel(level_as_parameter))?;
        let window_log = match length {
            None => Some(UNKNOWN_LENGTH_WINDOW_LOG),
            Some(_) if level >= FIRST_LEVEL_WITH_LARGER_WINDOWS => Some(LARGEST_WINDOW_LOG),
            Some(_) => None,
        };
        if let Some(window_log) = window_log {
            context.set_parameter(CParameter::WindowLog(window_log))?;
        }
        context.set_pledged_src_size(length)?;
        Ok(())
    }

    pub(super) fn run(
        &mut self,
        input: &[u8],
        operation: Operation,
        output: &mut Vec<u8>,
    ) -> io::Result<()> {
        let directive = match operation {
            Operation::Finish => ZSTD_EndDirective::ZSTD_e_end,
            Operation::Flush => ZSTD_EndDirective::ZSTD_e_flush,
            Operation::Write => ZSTD_EndDirective::ZSTD_e_continue,
        };
        let mut input = InBuffer::around(input);
        // With room for all that can come, the library writes straight into it.
        let room = match operation {
            Operation::Finish => ROOM.max(compress_bound(input.src.len())),
            Operation::Flush | Operation::Write => ROOM,
        };
        loop {
            output.reserve(room);
            let end = output.len();
            let mut out = OutBuffer::around_pos(output, end);
            let held_back = self
                .context
                .compress_stream2(&mut out, &mut input, directive)
                .map_err(|code| io::Error::other(get_error_name(code)))?;
            let is_done = match operation {
                Operation::Finish | Operation::Flush => held_back == 0,
                Operation::Write => input.pos() == input.src.len(),
            };
            if is_done {
                return Ok(());
            }
        }
    }
}
