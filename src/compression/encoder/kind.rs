//! The encoders of all codings, as one type.

use std::io;

use super::extent::Extent;
use super::operation::Operation;
use super::{brotli, gzip, zlib, zstd};
use crate::compression::coding::Coding;
use crate::compression::variant::Variant;

pub(super) enum Kind {
    Brotli(brotli::Encoder),
    Deflate(zlib::Encoder),
    Gzip(gzip::Encoder),
    Zstd(zstd::Encoder),
}

impl Kind {
    /// `None` where there is no memory for one.
    pub(super) fn new(form: Variant, level: i32, extent: Extent) -> Option<Self> {
        Some(match form.coding() {
            Coding::Brotli => Self::Brotli(brotli::Encoder::new(level, extent)?),
            Coding::Deflate => Self::Deflate(zlib::Encoder::new(level, extent)?),
            Coding::Gzip => Self::Gzip(gzip::Encoder::new(level, extent)?),
            Coding::Zstd => Self::Zstd(zstd::Encoder::new(level, extent)?),
        })
    }

    /// Makes a used encoder ready for another body; whether that worked.
    pub(super) fn begin(&mut self, level: i32, extent: Extent) -> bool {
        match self {
            Self::Brotli(encoder) => encoder.begin(level, extent),
            Self::Deflate(encoder) => encoder.begin(level, extent),
            Self::Gzip(encoder) => encoder.begin(level, extent),
            Self::Zstd(encoder) => encoder.begin(level, extent),
        }
    }

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

    /// Whether resetting it is cheaper than creating one, and it is small enough to keep.
    pub(super) fn is_reusable(&self) -> bool {
        match self {
            // The library's tables would have to be cleared, which is all that making them costs.
            Self::Brotli(_) => false,
            Self::Deflate(_) | Self::Gzip(_) => true,
            Self::Zstd(encoder) => encoder.is_small(),
        }
    }
}
