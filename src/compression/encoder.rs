//! One encoder type over the codings of this build: bytes in, bytes out, no waiting.
//!
//! This file and its children are the only ones that ask which codings were compiled in.

#[cfg(feature = "compression-br")]
mod brotli;
#[cfg(any(feature = "compression-deflate", feature = "compression-gzip"))]
mod deflate;
#[cfg(feature = "compression-gzip")]
mod gzip;
#[cfg(feature = "compression-deflate")]
mod zlib;
#[cfg(feature = "compression-zstd")]
mod zstd;

#[cfg(not(all(
    feature = "compression-br",
    feature = "compression-deflate",
    feature = "compression-gzip",
    feature = "compression-zstd",
)))]
mod missing;
#[cfg(not(feature = "compression-br"))]
use missing as brotli;
#[cfg(not(feature = "compression-gzip"))]
use missing as gzip;
#[cfg(not(feature = "compression-deflate"))]
use missing as zlib;
#[cfg(not(feature = "compression-zstd"))]
use missing as zstd;

use std::io;

use super::coding::Coding;

/// A running encoder. What it produces is appended to a buffer.
///
/// Dropping one ends it at once and writes nothing.
pub(super) enum Encoder {
    Brotli(brotli::Encoder),
    Deflate(zlib::Encoder),
    Gzip(gzip::Encoder),
    Zstd(zstd::Encoder),
}

/// Whether and how the bytes so far must be decodable.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    /// Everything given can be decoded from what was produced, and no more will be given.
    Finish,
    /// Everything given so far can be decoded from what was produced so far.
    Flush,
    /// The encoder may hold back what it likes.
    Write,
}

impl Encoder {
    /// An encoder for `coding`, or `None` if there is none to be had.
    ///
    /// `length` is the number of bytes that will be given, where that is certain.
    pub(super) fn new(coding: Coding, level: u32, length: Option<u64>) -> Option<Self> {
        match coding {
            Coding::Brotli => brotli::Encoder::new(level, length).map(Self::Brotli),
            Coding::Deflate => zlib::Encoder::new(level, length).map(Self::Deflate),
            Coding::Gzip => gzip::Encoder::new(level, length).map(Self::Gzip),
            Coding::Zstd => zstd::Encoder::new(level, length).map(Self::Zstd),
        }
    }

    /// Encodes all of `input`, then does as `operation` says. After an error or
    /// [`Operation::Finish`], the encoder is of no more use.
    pub(super) fn run(
        &mut self,
        input: &[u8],
        operation: Operation,
        output: &mut Vec<u8>,
    ) -> io::Result<()> {
        match self {
            Self::Brotli(encoder) => encoder.run(input, operation, output),
            Self::Deflate(encoder) => encoder.run(input, operation, output),
            Self::Gzip(encoder) => encoder.run(input, operation, output),
            Self::Zstd(encoder) => encoder.run(input, operation, output),
        }
    }
}
