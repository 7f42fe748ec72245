//! Settings of a layer.

use super::rules::Rules;
use crate::clock::WallClock;
use crate::matcher::Switch;
use crate::rules::personal::Personal;

/// Settings of a layer, shared by its services.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) switch: Switch,
    pub(super) rules: Rules,
    pub(super) personal: Personal,
    /// Asked for `Expires` alone, where a response has no `Date`.
    pub(super) clock: WallClock,
}

impl Config {
    /// A layer that is on and has no rules.
    pub(super) fn new() -> Self {
        Self {
            switch: Switch::new(),
            rules: Rules::default(),
            personal: Personal::default(),
            clock: WallClock::default(),
        }
    }
}
