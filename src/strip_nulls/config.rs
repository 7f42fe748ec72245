//! What a [`StripNullsLayer`](super::StripNullsLayer) was told.

use super::content_types::ContentTypes;
use super::rules::Rules;

/// Bodies of at most this many bytes that know their length are stripped as a whole, unless another limit
/// is set.
///
/// They leave with their exact length, and as they are where they turn out not to be JSON. Stripping a
/// mebibyte keeps the thread for about half a millisecond.
pub const DEFAULT_WHOLE_LIMIT: u64 = 1024 * 1024;

/// Settings of a layer, shared by its services.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) content_types: ContentTypes,
    pub(super) rules: Rules,
    pub(super) whole_limit: u64,
}

impl Config {
    pub(super) fn new() -> Self {
        Self {
            content_types: ContentTypes::default(),
            rules: Rules::new(),
            whole_limit: DEFAULT_WHOLE_LIMIT,
        }
    }
}
