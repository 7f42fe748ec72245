//! What becomes of the items of containers: which are kept, and which are removed.

use std::sync::Arc;

use super::cursor::{Cursor, Flaw};
use super::nesting::{Container, Nesting};
use super::output::Output;
use crate::strip_nulls::selection::Trail;
use crate::strip_nulls::settings::{Removable, Settings};

/// The open containers, what was kept in them, and the output.
#[derive(Debug)]
pub(super) struct Items {
    pub(super) settings: Arc<Settings>,
    pub(super) nesting: Nesting,
    pub(super) output: Output,
    /// An item of the innermost container was kept.
    pub(super) kept: bool,
    pub(super) trail: Trail,
    /// The rules are to remove all nulls and nothing else.
    pub(super) only_nulls: bool,
}

impl Items {
    pub(super) fn new(settings: Arc<Settings>) -> Self {
        Self {
            nesting: Nesting::default(),
            output: Output::default(),
            kept: false,
            trail: Trail::new(&settings.selection),
            only_nulls: settings.are_only_nulls(),
            settings,
        }
    }

    /// A container opens.
    pub(super) fn open(
        &mut self,
        container: Container,
        cursor: &mut Cursor<'_>,
    ) -> Result<(), Flaw> {
        if self.nesting.depth() >= self.settings.depth_limit {
            return Err(Flaw::TooDeep);
        }
        let what = match container {
            Container::Array => Removable::EmptyArray,
            Container::Object => Removable::EmptyObject,
        };
        if self.is_removed(what) {
            cursor.at += 1;
            self.check_doubt(cursor)?;
            self.output
                .open_doubtful(cursor.bytes, cursor.at, self.kept);
        } else {
            self.begin_kept(cursor)?;
            cursor.at += 1;
        }
        self.nesting.open(container);
        if !self.settings.selection.is_everything() {
            self.trail.enter();
        }
        self.kept = false;
        self.output.mark(cursor.at, self.may_remove_items());
        Ok(())
    }

    /// The innermost container closes.
    pub(super) fn close(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        cursor.at += 1;
        self.check_doubt(cursor)?;
        self.nesting.close();
        if !self.settings.selection.is_everything() {
            self.trail.leave();
        }
        match self.output.close_doubtful(cursor.at) {
            Some(kept) => {
                self.kept = kept;
                self.output.mark(cursor.at, self.may_remove_items());
            }
            None => {
                self.output.keep();
                self.end_kept(cursor);
            }
        }
        Ok(())
    }

    /// A value begins that is kept.
    pub(super) fn begin_kept(&mut self, cursor: &Cursor<'_>) -> Result<(), Flaw> {
        self.check_doubt(cursor)?;
        self.output.keep();
        Ok(())
    }

    /// A value that is kept has ended.
    pub(super) fn end_kept(&mut self, cursor: &Cursor<'_>) {
        self.kept = true;
        self.output.mark(cursor.at, self.may_remove_items());
    }

    /// A value that is removed has ended.
    pub(super) fn end_removed(&mut self, cursor: &Cursor<'_>) -> Result<(), Flaw> {
        self.check_doubt(cursor)?;
        self.output.cut(cursor.bytes, cursor.at);
        Ok(())
    }

    pub(super) fn check_doubt(&self, cursor: &Cursor<'_>) -> Result<(), Flaw> {
        if self.output.doubt(cursor.at) > self.settings.name_limit {
            return Err(Flaw::TooLong);
        }
        Ok(())
    }

    /// Whether such a value is removed at this place.
    pub(super) fn is_removed(&self, what: Removable) -> bool {
        self.settings.removes(what) && self.trail.chosen && self.may_remove_items()
    }

    /// Whether items of the innermost container may be removed.
    pub(super) fn may_remove_items(&self) -> bool {
        match self.nesting.container() {
            Some(Container::Object) => true,
            Some(Container::Array) => self.settings.elements,
            None => false,
        }
    }
}
