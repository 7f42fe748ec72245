//! What [`Rules`](super::Rules) were told.

use memchr::memmem::Finder;

use super::limits::{DEFAULT_DEPTH_LIMIT, DEFAULT_NAME_LIMIT};
use super::selection::Selection;

/// What is removed, and within which limits.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) arrays: bool,
    pub(super) depth_limit: usize,
    pub(super) elements: bool,
    pub(super) name_limit: usize,
    null: Finder<'static>,
    pub(super) objects: bool,
    pub(super) selection: Selection,
    pub(super) strings: bool,
}

/// What may be removed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Removable {
    EmptyArray,
    EmptyObject,
    EmptyString,
    Null,
}

impl Settings {
    /// Nulls are removed, and nothing else.
    pub(super) fn new() -> Self {
        Self {
            arrays: false,
            depth_limit: DEFAULT_DEPTH_LIMIT,
            elements: false,
            name_limit: DEFAULT_NAME_LIMIT,
            null: Finder::new(b"null"),
            objects: false,
            selection: Selection::default(),
            strings: false,
        }
    }

    #[inline]
    pub(super) const fn removes(&self, what: Removable) -> bool {
        match what {
            Removable::EmptyArray => self.arrays,
            Removable::EmptyObject => self.objects,
            Removable::EmptyString => self.strings,
            Removable::Null => true,
        }
    }

    /// Whether nulls are removed, all of them, and nothing else.
    pub(super) fn are_only_nulls(&self) -> bool {
        !self.removes_empties() && self.selection.is_everything()
    }

    /// Whether anything could be removed of a whole text. It need not be JSON.
    pub(super) fn may_change(&self, text: &[u8]) -> bool {
        self.removes_empties() || self.null.find(text).is_some()
    }

    const fn removes_empties(&self) -> bool {
        self.arrays || self.objects || self.strings
    }
}
