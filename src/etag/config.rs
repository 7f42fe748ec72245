//! The settings of an [`EtagLayer`](super::EtagLayer).

use super::hasher::TagHasher;
use crate::clock::WallClock;
use crate::matcher::Switch;

/// Bodies of more bytes than this get no tag, unless another maximum is set: 1 MiB.
///
/// A body is held whole while it is tagged. MD5 of 1 MiB keeps the thread for 1.7 ms.
pub const DEFAULT_MAX_BODY: u64 = 1024 * 1024;

/// Settings of a layer, shared by its services.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) switch: Switch,
    pub(super) clock: WallClock,
    pub(super) hasher: TagHasher,
    pub(super) max_body: u64,
    /// Of the tags that the layer makes; `None` where it makes none.
    pub(super) strength: Option<Strength>,
    /// `no-cache` in a request does not keep it from getting a 304.
    pub(super) ignores_no_cache: bool,
    /// Writes without a condition are refused.
    pub(super) requires_precondition: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            switch: Switch::new(),
            clock: WallClock::default(),
            hasher: TagHasher::default(),
            max_body: DEFAULT_MAX_BODY,
            strength: Some(Strength::Weak),
            ignores_no_cache: false,
            requires_precondition: false,
        }
    }
}

/// What a tag promises of the bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Strength {
    Strong,
    Weak,
}
