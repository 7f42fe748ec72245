//! What becomes of the items of containers: which stay, and which go.

use super::cursor::Cursor;
use super::flaw::Flaw;
use super::machine::{Machine, Place};
use super::nesting::Container;
use crate::strip_nulls::rules::Removable;

impl Machine {
    pub(super) fn open(
        &mut self,
        container: Container,
        cursor: &mut Cursor<'_>,
    ) -> Result<(), Flaw> {
        if self.nesting.depth() >= self.settings.depth_limit {
            return Err(Flaw::TooDeep);
        }
        let (what, first) = match container {
            Container::Array => (Removable::EmptyArray, Place::FirstElement),
            Container::Object => (Removable::EmptyObject, Place::FirstName),
        };
        if self.goes(what) {
            cursor.at += 1;
            self.check_doubt(cursor)?;
            self.output
                .open_doubtful(cursor.bytes, cursor.at, self.kept);
        } else {
            self.keep(cursor)?;
            cursor.at += 1;
        }
        self.nesting.open(container);
        if !self.settings.selection.is_everything() {
            self.trail.enter();
        }
        self.kept = false;
        self.output.mark(cursor.at, self.may_lose_items());
        self.place = first;
        Ok(())
    }

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
                self.output.mark(cursor.at, self.may_lose_items());
                self.place = Place::After;
            }
            None => {
                self.output.keep();
                self.stays(cursor);
            }
        }
        Ok(())
    }

    /// A value begins, and stays.
    pub(super) fn keep(&mut self, cursor: &Cursor<'_>) -> Result<(), Flaw> {
        self.check_doubt(cursor)?;
        self.output.keep();
        Ok(())
    }

    /// A value that stays has ended.
    pub(super) fn stays(&mut self, cursor: &Cursor<'_>) {
        self.kept = true;
        self.output.mark(cursor.at, self.may_lose_items());
        self.place = Place::After;
    }

    /// A value that goes has ended.
    pub(super) fn remove(&mut self, cursor: &Cursor<'_>) -> Result<(), Flaw> {
        self.check_doubt(cursor)?;
        self.output.cut(cursor.bytes, cursor.at);
        self.place = Place::After;
        Ok(())
    }

    pub(super) fn check_doubt(&self, cursor: &Cursor<'_>) -> Result<(), Flaw> {
        if self.output.doubt(cursor.at) > self.settings.name_limit {
            return Err(Flaw::TooLong);
        }
        Ok(())
    }

    /// Whether such a value goes, where it stands.
    pub(super) fn goes(&self, what: Removable) -> bool {
        self.settings.removes(what) && self.trail.chosen && self.may_lose_items()
    }

    /// Whether items of the innermost container may go.
    pub(super) fn may_lose_items(&self) -> bool {
        match self.nesting.container() {
            Some(Container::Object) => true,
            Some(Container::Array) => self.settings.elements,
            None => false,
        }
    }
}
