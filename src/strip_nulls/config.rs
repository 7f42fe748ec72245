//! Settings of a layer, shared by its services.

use super::content_types::ContentTypes;
use super::limits::DEFAULT_ONE_SHOT;
use super::rules::Rules;
use crate::matcher::Switch;

#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) content_types: ContentTypes,
    /// Bodies of known length are stripped as a whole up to this many bytes.
    pub(super) one_shot: u64,
    pub(super) rules: Rules,
    pub(super) switch: Switch,
}

impl Config {
    pub(super) fn new() -> Self {
        Self {
            content_types: ContentTypes::default(),
            one_shot: DEFAULT_ONE_SHOT,
            rules: Rules::new(),
            switch: Switch::new(),
        }
    }
}
