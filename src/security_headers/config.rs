//! The settings of a [`SecurityHeadersLayer`](super::SecurityHeadersLayer).

use super::https::Https;
use super::template::Template;
use crate::matcher::Switch;

/// Settings of a layer, shared by its services.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) switch: Switch,
    pub(super) template: Template,
    /// `None` for a set that is sent to the letter, whatever a layer further out knows.
    pub(super) https: Option<Https>,
}

impl Config {
    /// No field at all.
    pub(super) fn none() -> Self {
        Self {
            switch: Switch::new(),
            template: Template::default(),
            https: Some(Https::Unknown),
        }
    }
}
