//! How far back the encoder of a stream looks for what repeats.

/// The largest window of a stream, unless another is set: 64 KiB.
///
/// A window is how far back an encoder looks for what repeats. With this one an open stream holds
/// at most 512 KiB of encoder state in any coding, so that a thousand clients that read slowly do
/// not cost gigabytes. (zstd has 32 KiB then, for the same reason.) Larger windows make large
/// bodies smaller, by about a tenth in br and zstd.
pub const DEFAULT_STREAM_WINDOW: u64 = 64 * 1024;

/// The largest window that a stream can have: 8 MiB, which is as much as browsers accept in zstd
/// (RFC 9659 §3).
pub const LARGEST_STREAM_WINDOW: u64 = 8 * 1024 * 1024;

/// The base-two logarithm of the largest window of at most `bytes`; `None` beyond the bounds.
pub(super) fn logarithm(bytes: u64) -> Option<u32> {
    (DEFAULT_STREAM_WINDOW..=LARGEST_STREAM_WINDOW)
        .contains(&bytes)
        .then(|| bytes.ilog2())
}
