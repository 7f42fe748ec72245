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

/// A context of more than this is not kept for another body. Bodies that are encoded at once need less,
/// at the default level.
const LARGEST_IDLE: usize = 1024 * 1024;

/// For a body of unknown length, the base-two logarithms of window (32 KiB) and tables, so that an open
/// stream holds 0.4 MiB instead of 3.6. It costs about 12 % in size on JSON of 1 MiB.
const UNKNOWN_LENGTH: [CParameter; 3] = [
    CParameter::WindowLog(15),
    CParameter::HashLog(14),
    CParameter::ChainLog(14),
];

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

    /// Whether the context has not grown large with a large body, or a high level.
    pub(super) fn is_small(&self) -> bool {
        self.context.sizeof() <= LARGEST_IDLE
    }

    fn try_begin(&mut self, level: u32, length: Option<u64>) -> Result<(), usize> {
        let context = &mut self.context;
        context.reset(ResetDirective::SessionAndParameters)?;
        let level_as_parameter = i32::try_from(level).expect("levels are small numbers");
        context.set_parameter(CParameter::CompressionLevel(level_as_parameter))?;
        if length.is_none() {
            for parameter in UNKNOWN_LENGTH {
                context.set_parameter(parameter)?;
            }
        } else if level >= FIRST_LEVEL_WITH_LARGER_WINDOWS {
            context.set_parameter(CParameter::WindowLog(LARGEST_WINDOW_LOG))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_stream_of_unknown_length_holds_less_than_half_a_mebibyte() {
        let mut encoder = Encoder::new(3, None).unwrap();
        let mut output = Vec::new();
        for _ in 0..64 {
            encoder
                .run(&[b'.'; 16 * 1024], Operation::Flush, &mut output)
                .unwrap();
        }
        let held = encoder.context.sizeof();
        assert!(held <= 512 * 1024, "{held} bytes");
    }
}
