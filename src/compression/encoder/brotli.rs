//! Brotli.

use std::io;

use brotli::enc::StandardAlloc;
use brotli::enc::encode::{
    BrotliEncoderOperation, BrotliEncoderParameter, BrotliEncoderStateStruct,
};

use super::Operation;

pub(in crate::compression) struct Encoder {
    /// Boxed, for it is five kilobytes.
    state: Box<BrotliEncoderStateStruct<StandardAlloc>>,
}

impl Encoder {
    pub(super) fn new(level: u32, length: Option<u64>) -> Option<Self> {
        Some(Self {
            state: Box::new(state(level, length)),
        })
    }

    pub(super) fn begin(&mut self, level: u32, length: Option<u64>) -> bool {
        *self.state = state(level, length);
        true
    }

    pub(super) fn run(
        &mut self,
        input: &[u8],
        operation: Operation,
        output: &mut Vec<u8>,
    ) -> io::Result<()> {
        let operation = match operation {
            Operation::Finish => BrotliEncoderOperation::BROTLI_OPERATION_FINISH,
            Operation::Flush => BrotliEncoderOperation::BROTLI_OPERATION_FLUSH,
            Operation::Write => BrotliEncoderOperation::BROTLI_OPERATION_PROCESS,
        };
        let mut left = input.len();
        let mut taken = 0;
        loop {
            // Without room of ours, the encoder keeps its output and hands it out below.
            let encoded = self.state.compress_stream(
                operation,
                &mut left,
                input,
                &mut taken,
                &mut 0,
                &mut [],
                &mut 0,
                &mut None,
                &mut |_, _, _, _| {},
            );
            if !encoded {
                return Err(io::Error::other("the brotli encoder refused its input"));
            }
            if !self.take_output(output) && left == 0 {
                return Ok(());
            }
        }
    }

    /// Moves what the encoder has produced to `output`; whether there was any.
    fn take_output(&mut self, output: &mut Vec<u8>) -> bool {
        let before = output.len();
        while self.state.has_more_output() {
            // On the way in the largest piece wanted, where 0 is any; on the way out the size of the
            // piece, which is followed by what else the encoder's storage holds.
            let mut size = 0;
            let storage = self.state.take_output(&mut size);
            output.extend_from_slice(&storage[..size]);
        }
        output.len() > before
    }
}

fn state(level: u32, length: Option<u64>) -> BrotliEncoderStateStruct<StandardAlloc> {
    let mut state = BrotliEncoderStateStruct::new(StandardAlloc::default());
    state.set_parameter(BrotliEncoderParameter::BROTLI_PARAM_QUALITY, level);
    state.set_parameter(BrotliEncoderParameter::BROTLI_PARAM_LGWIN, window(length));
    if let Some(length) = length {
        let hint = u32::try_from(length).unwrap_or(u32::MAX);
        state.set_parameter(BrotliEncoderParameter::BROTLI_PARAM_SIZE_HINT, hint);
    }
    state
}

/// The base-two logarithm of the window: one more than holds the body, from 256 KiB to 4 MiB.
///
/// A larger window than the body costs memory and gains nothing. Below 18 the encoder falls back,
/// at the levels from 5 on, to tables of 32 MiB. Decoders hold windows up to 2^24 (RFC 7932 §9.1).
fn window(length: Option<u64>) -> u32 {
    const SMALLEST: u32 = 18;
    const LARGEST: u32 = 22;
    length.map_or(SMALLEST, |length| {
        let log2_rounded_up = u64::BITS - length.saturating_sub(1).leading_zeros();
        (log2_rounded_up + 1).clamp(SMALLEST, LARGEST)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_09_the_window_fits_the_body_and_every_decoder() {
        assert_eq!(window(None), 18);
        assert_eq!(window(Some(0)), 18);
        assert_eq!(window(Some(1 << 17)), 18);
        assert_eq!(window(Some((1 << 17) + 1)), 19);
        assert_eq!(window(Some(1 << 20)), 21);
        assert_eq!(window(Some(1 << 21)), 22);
        assert_eq!(window(Some(u64::MAX)), 22);
    }
}
