//! The libraries below the layers, alone: one state, used again, and nothing around it.

use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use flate2::{Compress, Compression, FlushCompress};
use tower_egress::compression::Coding;
use zstd::zstd_safe::{CCtx, CParameter, compress_bound};

pub struct Raw {
    state: State,
    output: Vec<u8>,
}

enum State {
    Brotli(BrotliEncoderParams),
    Deflate(Compress),
    Zstd(CCtx<'static>),
}

impl Raw {
    /// Ready for bodies of `length` bytes, at the levels of the comparison.
    pub fn new(coding: Coding, length: usize) -> Self {
        let state = match coding {
            Coding::Brotli => State::Brotli(BrotliEncoderParams {
                quality: 4,
                lgwin: (length.ilog2() + 2).clamp(18, 22) as i32,
                size_hint: length,
                ..BrotliEncoderParams::default()
            }),
            Coding::Deflate => State::Deflate(Compress::new(Compression::new(6), true)),
            // The container is a header and a checksum more.
            Coding::Gzip => State::Deflate(Compress::new(Compression::new(6), false)),
            _ => {
                let mut context = CCtx::create();
                let level = CParameter::CompressionLevel(3);
                context.set_parameter(level).expect("a level of zstd");
                State::Zstd(context)
            }
        };
        Self {
            state,
            output: Vec::with_capacity(compress_bound(length) + 1024),
        }
    }

    pub fn encode(&mut self, body: &[u8]) -> Bytes {
        self.output.clear();
        match &mut self.state {
            State::Brotli(parameters) => {
                let mut input = body;
                brotli::enc::BrotliCompress(&mut input, &mut self.output, parameters)
                    .expect("memory takes all of it");
            }
            State::Deflate(compress) => {
                compress.reset();
                compress
                    .compress_vec(body, &mut self.output, FlushCompress::Finish)
                    .expect("there is room");
            }
            State::Zstd(context) => {
                context
                    .compress2(&mut self.output, body)
                    .expect("there is room");
            }
        }
        Bytes::copy_from_slice(&self.output)
    }
}
