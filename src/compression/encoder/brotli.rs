//! Brotli.

use std::io;

use brotli::enc::StandardAlloc;
use brotli::enc::encode::{
    BrotliEncoderOperation, BrotliEncoderParameter, BrotliEncoderStateStruct,
};

use super::extent::{Extent, SMALL_WINDOW};
use super::operation::Operation;

type State = BrotliEncoderStateStruct<StandardAlloc>;

pub(in crate::compression) struct Encoder {
    /// Boxed: it is five kilobytes.
    state: Box<State>,
    /// How much the library may take before it must give out what it made of it.
    left: usize,
    /// How much it may take in all between.
    flush_every: usize,
}

/// What the library holds back grows with what it was given since it last gave out all it had: by 8
/// bytes for each, and by the time it then takes. So it is made to give it out this often; it costs
/// about 0.5 % in size.
const FLUSH_EVERY: usize = 64 * 1024;

/// The same for a stream with the [smallest window](SMALL_WINDOW); it costs about 3 % in size.
const FLUSH_EVERY_OF_SMALL_WINDOW: usize = 16 * 1024;

impl Encoder {
    pub(super) fn new(level: i32, extent: Extent) -> Option<Self> {
        let flush_every = flush_every(window(extent));
        Some(Self {
            state: Box::new(state(level, extent)),
            left: flush_every,
            flush_every,
        })
    }

    pub(super) fn begin(&mut self, level: i32, extent: Extent) -> bool {
        *self.state = state(level, extent);
        self.flush_every = flush_every(window(extent));
        self.left = self.flush_every;
        true
    }

    pub(super) fn run(
        &mut self,
        mut input: &[u8],
        operation: Operation,
        output: &mut Vec<u8>,
    ) -> io::Result<()> {
        while input.len() > self.left {
            let (piece, rest) = input.split_at(self.left);
            encode(&mut self.state, piece, Operation::Flush, output)?;
            self.left = self.flush_every;
            input = rest;
        }
        self.left -= input.len();
        encode(&mut self.state, input, operation, output)
    }
}

fn encode(
    state: &mut State,
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
        let encoded = state.compress_stream(
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
        if !take_output(state, output) && left == 0 {
            return Ok(());
        }
    }
}

/// Moves what the library has produced to `output`; whether there was any.
fn take_output(state: &mut State, output: &mut Vec<u8>) -> bool {
    let before = output.len();
    while state.has_more_output() {
        // On the way in the largest piece wanted, where 0 is any; on the way out the size of the
        // piece, which is followed by what else the library's storage holds.
        let mut size = 0;
        let storage = state.take_output(&mut size);
        output.extend_from_slice(&storage[..size]);
    }
    output.len() > before
}

const fn flush_every(window: u32) -> usize {
    if window <= SMALL_WINDOW {
        FLUSH_EVERY_OF_SMALL_WINDOW
    } else {
        FLUSH_EVERY
    }
}

fn state(level: i32, extent: Extent) -> State {
    let mut state = State::new(StandardAlloc::default());
    state.set_parameter(
        BrotliEncoderParameter::BROTLI_PARAM_QUALITY,
        level.unsigned_abs(),
    );
    let window = window(extent);
    state.set_parameter(BrotliEncoderParameter::BROTLI_PARAM_LGWIN, window);
    if window <= SMALL_WINDOW {
        // The library chooses its tables by window and level, but where the window is this small,
        // and the level from 5 to 8, it falls back to tables of the size that stands here: 32 MiB,
        // unless another is set.
        let tables = &mut state.params.hasher;
        tables.bucket_bits = 10;
        tables.block_bits = 4;
        tables.hash_len = 5;
        tables.num_last_distances_to_check = 4;
    } else if let Extent::Whole { length }
    | Extent::Stream {
        length: Some(length),
        ..
    } = extent
    {
        let hint = u32::try_from(length).unwrap_or(u32::MAX);
        state.set_parameter(BrotliEncoderParameter::BROTLI_PARAM_SIZE_HINT, hint);
    }
    state
}

/// The base-two logarithm of the window: one more than holds the body, from 256 KiB to 4 MiB; for a
/// stream no more than it may be.
///
/// A larger window than the body costs memory and gains nothing; a smaller one than 256 KiB makes
/// the library fall back to other tables. Decoders hold windows up to 2^24 (RFC 7932 §9.1).
fn window(extent: Extent) -> u32 {
    let fitting = |length: u64| {
        let log2_rounded_up = u64::BITS - length.saturating_sub(1).leading_zeros();
        (log2_rounded_up + 1).clamp(18, 22)
    };
    match extent {
        Extent::Whole { length } => fitting(length),
        Extent::Stream { length, window } => length.map_or(22, fitting).min(window),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_09_the_window_fits_the_body_and_every_decoder() {
        let check = |length: u64, expected: u32| {
            assert_eq!(window(Extent::Whole { length }), expected, "{length}");
            for largest in 16..=23 {
                let extent = |length| Extent::Stream {
                    length,
                    window: largest,
                };
                let expected = expected.min(largest);
                assert_eq!(
                    window(extent(Some(length))),
                    expected,
                    "{length}, {largest}"
                );
                assert_eq!(window(extent(None)), largest.min(22), "{largest}");
            }
        };
        check(0, 18);
        check(1 << 17, 18);
        check((1 << 17) + 1, 19);
        check(1 << 20, 21);
        check(1 << 21, 22);
        check(u64::MAX, 22);
    }
}
