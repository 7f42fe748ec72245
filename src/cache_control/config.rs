//! Settings of a layer.

use super::rules::Rules;
use crate::clock::WallClock;
use crate::rules::personal::Personal;

/// Settings of a layer, shared by its services.
#[derive(Clone, Debug, Default)]
pub(super) struct Config {
    pub(super) rules: Rules,
    pub(super) personal: Personal,
    pub(super) clock: WallClock,
}
