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

mod pool;

use std::io;

use bytes::Bytes;

use super::coding::Coding;

/// How an encoder is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) coding: Coding,
    pub(super) level: u32,
    /// How many idle encoders of the coding a thread keeps.
    pub(super) pool_size: usize,
}

/// What an encoder is told of the body that it is for.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(any(feature = "compression-br", feature = "compression-zstd")),
    allow(dead_code, reason = "gzip and deflate have one window for all bodies")
)]
pub(super) enum Extent {
    /// The body is encoded at once, so that the encoder's state is soon free again.
    Whole {
        /// How many bytes it has.
        length: u64,
    },
    /// A stream, which may stay open for long.
    Stream {
        /// How many bytes it has, where that is certain.
        length: Option<u64>,
        /// The base-two logarithm of the largest window.
        window: u32,
    },
}

/// The base-two logarithm of the window with which a stream holds at most 512 KiB of state.
#[cfg(any(feature = "compression-br", feature = "compression-zstd"))]
pub(super) const SMALL_WINDOW: u32 = 16;

/// A running encoder. What it produces is appended to a buffer.
///
/// Dropping one ends it at once and writes nothing.
pub(super) struct Encoder {
    kind: Kind,
    settings: Settings,
}

enum Kind {
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
    /// An encoder, or `None` if there is none to be had.
    pub(super) fn new(settings: Settings, extent: Extent) -> Option<Self> {
        let Settings { coding, level, .. } = settings;
        let kind = match pool::take(coding, level) {
            Some(mut kind) => kind.begin(level, extent).then_some(kind)?,
            None => match coding {
                Coding::Brotli => Kind::Brotli(brotli::Encoder::new(level, extent)?),
                Coding::Deflate => Kind::Deflate(zlib::Encoder::new(level, extent)?),
                Coding::Gzip => Kind::Gzip(gzip::Encoder::new(level, extent)?),
                Coding::Zstd => Kind::Zstd(zstd::Encoder::new(level, extent)?),
            },
        };
        Some(Self { kind, settings })
    }

    /// Encodes all of `input`, then does as `operation` says. After an error or
    /// [`Operation::Finish`], the encoder is of no more use but to be recycled.
    pub(super) fn run(
        &mut self,
        input: &[u8],
        operation: Operation,
        output: &mut Vec<u8>,
    ) -> io::Result<()> {
        match &mut self.kind {
            Kind::Brotli(encoder) => encoder.run(input, operation, output),
            Kind::Deflate(encoder) => encoder.run(input, operation, output),
            Kind::Gzip(encoder) => encoder.run(input, operation, output),
            Kind::Zstd(encoder) => encoder.run(input, operation, output),
        }
    }

    pub(super) const fn coding(&self) -> Coding {
        self.settings.coding
    }

    /// Keeps the state for another body, if the thread has room for it.
    pub(super) fn recycle(self) {
        let Settings {
            coding,
            level,
            pool_size,
        } = self.settings;
        if self.kind.is_reusable() {
            pool::put(coding, level, self.kind, pool_size);
        }
    }
}

impl Kind {
    /// Makes a used encoder ready for another body; whether that worked.
    fn begin(&mut self, level: u32, extent: Extent) -> bool {
        match self {
            Self::Brotli(encoder) => encoder.begin(level, extent),
            Self::Deflate(encoder) => encoder.begin(level, extent),
            Self::Gzip(encoder) => encoder.begin(level, extent),
            Self::Zstd(encoder) => encoder.begin(level, extent),
        }
    }

    /// Whether to begin anew is cheaper than to make anew, and to keep it not too dear.
    fn is_reusable(&self) -> bool {
        match self {
            // The library's tables would have to be cleared, which is all that making them costs.
            Self::Brotli(_) => false,
            Self::Deflate(_) | Self::Gzip(_) => true,
            Self::Zstd(encoder) => encoder.is_small(),
        }
    }
}

/// Encodes a whole body of `length` bytes at once.
///
/// `None` where no encoder is to be had.
pub(super) fn encode_whole<'a>(
    settings: Settings,
    length: u64,
    input: impl Iterator<Item = &'a Bytes>,
) -> Option<Bytes> {
    let mut encoder = Encoder::new(settings, Extent::Whole { length })?;
    let encoded = pool::with_scratch(|output| {
        let mut input = input.peekable();
        // An empty body has no last frame to finish with.
        let mut last: &[u8] = &[];
        while let Some(data) = input.next() {
            if input.peek().is_none() {
                last = data;
            } else {
                encoder.run(data, Operation::Write, output).ok()?;
            }
        }
        encoder.run(last, Operation::Finish, output).ok()?;
        // Copied out, so that the body holds no more memory than it needs.
        Some(Bytes::copy_from_slice(output))
    })?;
    encoder.recycle();
    Some(encoded)
}
