//! What an encoder is told of the body that it is for.

/// What an encoder is told of the body that it is for.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(any(feature = "compression-br", feature = "compression-zstd")),
    allow(dead_code, reason = "gzip and deflate have one window for all bodies")
)]
pub(in crate::compression) enum Extent {
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
