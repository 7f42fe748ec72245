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

mod extent;
mod kind;
mod operation;
mod pool;

use std::io;

use bytes::Bytes;

use self::kind::Kind;
use self::pool::Key;
use super::variant::Variant;

pub(super) use self::extent::Extent;
pub(super) use self::operation::Operation;

/// How an encoder is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) form: Variant,
    pub(super) level: i32,
    /// How many idle encoders of the coding a thread keeps.
    pub(super) pool_size: usize,
}

impl Settings {
    const fn key(self) -> Key {
        Key {
            form: self.form,
            level: self.level,
        }
    }
}

/// A running encoder. What it produces is appended to a buffer.
///
/// Dropping one ends it at once and writes nothing.
pub(super) struct Encoder {
    kind: Kind,
    settings: Settings,
}

impl Encoder {
    /// `None` where there is no memory for one.
    pub(super) fn new(settings: Settings, extent: Extent) -> Option<Self> {
        let level = settings.level;
        let kind = match pool::take(settings.key()) {
            Some(mut kind) => kind.begin(level, extent).then_some(kind)?,
            None => Kind::new(settings.form, level, extent)?,
        };
        Some(Self { kind, settings })
    }

    /// Encodes all of `input`, then does as `operation` says. After an error or
    /// [`Operation::Finish`], the encoder can only be recycled.
    pub(super) fn run(
        &mut self,
        input: &[u8],
        operation: Operation,
        output: &mut Vec<u8>,
    ) -> io::Result<()> {
        self.kind.run(input, operation, output)
    }

    /// Keeps the state for another body, if the thread has room for it.
    pub(super) fn recycle(self) {
        if self.kind.is_reusable() {
            pool::put(self.settings.key(), self.kind, self.settings.pool_size);
        }
    }
}

/// Encodes a whole body of `length` bytes at once.
///
/// `None` where there is no memory for an encoder.
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
