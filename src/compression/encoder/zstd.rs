//! Zstandard.

use std::io;

use zstd::zstd_safe::zstd_sys::ZSTD_EndDirective;
use zstd::zstd_safe::{
    CCtx, CParameter, InBuffer, OutBuffer, ResetDirective, compress_bound, get_error_name,
};

use super::extent::{Extent, SMALL_WINDOW};
use super::operation::Operation;

/// Room made for output before each call of the encoder.
const ROOM: usize = 8 * 1024;

/// RFC 9659 §3: a frame sent as a content coding needs a window of at most 8 MiB; browsers refuse
/// more.
const LARGEST_WINDOW_LOG: u32 = 23;

/// The level from which the encoder's own windows may be larger than that.
const FIRST_LEVEL_WITH_LARGER_WINDOWS: i32 = 20;

/// A context of more than this is not kept for another body. Bodies that are encoded at once need
/// less, at the default level.
const LARGEST_IDLE: usize = 1024 * 1024;

/// A context of more than this is not used again for a stream with the [smallest
/// window](SMALL_WINDOW), which may stay open for long.
const LARGEST_OF_SMALL_WINDOW: usize = 512 * 1024;

/// For a stream with the [smallest window](SMALL_WINDOW), the base-two logarithms of window (32
/// KiB) and tables, so that it holds 0.4 MiB instead of 3.6. With 64 KiB it would hold more than
/// 0.5 MiB. It costs about a tenth in size on text.
const SMALL: [CParameter; 3] = [
    CParameter::WindowLog(15),
    CParameter::HashLog(14),
    CParameter::ChainLog(14),
];

pub(in crate::compression) struct Encoder {
    context: CCtx<'static>,
}

impl Encoder {
    pub(super) fn new(level: i32, extent: Extent) -> Option<Self> {
        let mut encoder = Self {
            context: CCtx::try_create()?,
        };
        encoder.begin(level, extent).then_some(encoder)
    }

    pub(super) fn begin(&mut self, level: i32, extent: Extent) -> bool {
        let is_small_stream =
            matches!(extent, Extent::Stream { window, .. } if window <= SMALL_WINDOW);
        if is_small_stream && self.context.sizeof() > LARGEST_OF_SMALL_WINDOW {
            // A context keeps the memory of the largest body that it ever had.
            let Some(context) = CCtx::try_create() else {
                return false;
            };
            self.context = context;
        }
        self.try_begin(level, extent).is_ok()
    }

    /// Whether the context has not grown large with a large body, or a high level.
    pub(super) fn is_small(&self) -> bool {
        self.context.sizeof() <= LARGEST_IDLE
    }

    fn try_begin(&mut self, level: i32, extent: Extent) -> Result<(), usize> {
        let context = &mut self.context;
        context.reset(ResetDirective::SessionAndParameters)?;
        context.set_parameter(CParameter::CompressionLevel(level))?;
        let length = match extent {
            Extent::Whole { length } => {
                if level >= FIRST_LEVEL_WITH_LARGER_WINDOWS {
                    context.set_parameter(CParameter::WindowLog(LARGEST_WINDOW_LOG))?;
                }
                Some(length)
            }
            Extent::Stream { length, window } => {
                if window <= SMALL_WINDOW {
                    for parameter in SMALL {
                        context.set_parameter(parameter)?;
                    }
                } else {
                    let window = window.min(LARGEST_WINDOW_LOG);
                    context.set_parameter(CParameter::WindowLog(window))?;
                }
                length
            }
        };
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

    /// Finding 15.
    #[test]
    fn c_38_an_open_stream_holds_at_most_half_a_mebibyte() {
        for length in [None, Some(1 << 20), Some(8 << 20), Some(1 << 30)] {
            let extent = Extent::Stream {
                length,
                window: SMALL_WINDOW,
            };
            let mut encoder = Encoder::new(3, extent).unwrap();
            let mut output = Vec::new();
            for _ in 0..60 {
                encoder
                    .run(&[b'.'; 16 * 1024], Operation::Flush, &mut output)
                    .unwrap();
            }
            let held = encoder.context.sizeof();
            assert!(held <= 512 * 1024, "{length:?}: {held} bytes");
        }
    }

    /// Finding 15. A context keeps the memory of the largest body that it ever had.
    #[test]
    fn c_38_a_stream_holds_no_more_after_a_body_that_was_encoded_at_once() {
        for length in [1024, 64 * 1024, 200 * 1024] {
            let mut encoder = Encoder::new(3, Extent::Whole { length }).unwrap();
            let whole = vec![b'.'; usize::try_from(length).unwrap()];
            let mut output = Vec::new();
            encoder.run(&whole, Operation::Finish, &mut output).unwrap();
            let extent = Extent::Stream {
                length: None,
                window: SMALL_WINDOW,
            };
            assert!(encoder.begin(3, extent));
            encoder.run(&whole, Operation::Flush, &mut output).unwrap();
            let held = encoder.context.sizeof();
            assert!(held <= 512 * 1024, "after {length} bytes: {held} bytes");
        }
    }
}
