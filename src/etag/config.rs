//! What an [`EtagLayer`](super::EtagLayer) was told.

use super::hasher::Strength;

/// Bodies of more bytes than this are not tagged, unless another limit is set: 1 MiB.
///
/// A body is held whole while it is tagged. With MD5, 1 MiB keeps the thread for 1.7 ms.
pub const DEFAULT_LIMIT: u64 = 1024 * 1024;

/// Settings of a layer, shared by its services.
#[derive(Clone, Debug)]
pub(super) struct Config<H> {
    pub(super) hasher: H,
    pub(super) ignores_no_cache: bool,
    pub(super) limit: u64,
    /// Writes without a condition are refused.
    pub(super) requires_precondition: bool,
    /// Of the tags that the layer makes; `None` where it makes none.
    pub(super) strength: Option<Strength>,
}
