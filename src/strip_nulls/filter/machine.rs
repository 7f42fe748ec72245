//! The grammar of JSON (RFC 8259), and what is removed of a text; from any piece to the next.

use std::sync::Arc;

use super::cursor::{Cursor, Flaw};
use super::fast_path::{self, Next};
use super::items::Items;
use super::nesting::Container;
use super::number::Number;
use super::text::Text;
use crate::strip_nulls::settings::{Removable, Settings};

/// What comes next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// A value.
    Value,
    /// A value or the end of its array.
    FirstElement,
    /// A name.
    Name,
    /// A name or the end of its object.
    FirstName,
    /// The colon between a name and its value.
    Colon,
    /// What may follow a value.
    After,
    /// The rest of a name.
    InName(Text),
    /// The rest of a value in quotes.
    InText(Text),
    /// The rest of a value in quotes, which is removed if nothing is in them.
    InEmptyText,
    InNumber(Number),
    /// The rest of `true`, `false`, or a `null` that is kept.
    InLiteral(&'static [u8]),
    /// The rest of a `null` that is removed.
    InNull(&'static [u8]),
}

/// How many texts there may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Texts {
    One,
    /// Any number, with line feeds or record separators between them.
    Several,
}

/// Reads one text, or several, and cuts out of them what is removed.
#[derive(Debug)]
pub(super) struct Machine {
    texts: Texts,
    place: Place,
    pub(super) items: Items,
    /// Where the name at hand begins in what is in doubt.
    name_from: usize,
}

impl Machine {
    pub(super) fn new(settings: Arc<Settings>, texts: Texts) -> Self {
        Self {
            texts,
            place: Place::Value,
            items: Items::new(settings),
            name_from: 0,
        }
    }

    /// Reads a piece. A failure says how far it got.
    ///
    /// The end of a piece checks how much is in doubt, and so does a flaw: the same text must fail
    /// for the same reason wherever it was cut.
    pub(super) fn read(&mut self, piece: &[u8]) -> Result<(), (Flaw, usize)> {
        let mut cursor = Cursor::new(piece);
        let read = self.read_all(&mut cursor);
        read.map_err(|flaw| {
            let flaw = self.items.check_doubt(&cursor).err().unwrap_or(flaw);
            (flaw, cursor.at)
        })
    }

    /// Whether the text may end here.
    pub(super) fn is_whole(&self) -> bool {
        let may_end = match self.place {
            Place::After => true,
            Place::InNumber(number) => number.is_whole(),
            Place::Value => self.texts == Texts::Several,
            _ => false,
        };
        may_end && self.items.nesting.container().is_none()
    }

    fn read_all(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        while let Some(byte) = self.next_byte(cursor) {
            if self.is_at_item(byte) {
                let before = cursor.at;
                self.read_plain_items(cursor);
                if cursor.at > before {
                    continue;
                }
            }
            self.read_token(byte, cursor)?;
        }
        self.items.check_doubt(cursor)
    }

    /// Reads on through [plain items](fast_path), where nothing is held back.
    fn read_plain_items(&mut self, cursor: &mut Cursor<'_>) {
        if !self.items.output.holds_nothing() {
            return;
        }
        let next = fast_path::read(&mut self.items, cursor);
        self.place = match (next, self.items.nesting.container()) {
            (Next::AfterValue, _) => Place::After,
            (Next::Item, Some(Container::Object)) => Place::Name,
            (Next::Item, _) => Place::Value,
        };
    }

    /// Whether an item of a container begins with this byte.
    fn is_at_item(&self, byte: u8) -> bool {
        match self.place {
            Place::Name | Place::FirstName => byte == b'"',
            Place::Value => self.items.nesting.container() == Some(Container::Array),
            Place::FirstElement => byte != b']',
            _ => false,
        }
    }

    fn read_token(&mut self, byte: u8, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        match self.place {
            Place::Value | Place::FirstElement => self.value(byte, cursor),
            Place::Name | Place::FirstName => self.name(byte, cursor),
            Place::Colon => self.colon(byte, cursor),
            Place::After => self.after(byte, cursor),
            Place::InName(text) => self.rest_of_name(text, cursor),
            Place::InText(text) => self.rest_of_text(text, cursor),
            Place::InEmptyText => self.rest_of_empty_text(byte, cursor),
            Place::InNumber(number) => self.rest_of_number(number, cursor),
            Place::InLiteral(rest) => self.rest_of_literal(rest, cursor),
            Place::InNull(rest) => self.rest_of_null(rest, cursor),
        }
    }

    /// The next byte; between tokens, the next that is not white space. It is not passed.
    fn next_byte(&self, cursor: &mut Cursor<'_>) -> Option<u8> {
        match self.place {
            Place::After if self.items.nesting.container().is_none() => cursor.peek(),
            Place::Value
            | Place::FirstElement
            | Place::Name
            | Place::FirstName
            | Place::Colon
            | Place::After => cursor.peek_token(),
            _ => cursor.peek(),
        }
    }

    fn name(&mut self, byte: u8, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        match byte {
            b'"' => {
                cursor.at += 1;
                self.name_from = self.items.output.doubt(cursor.at);
                self.rest_of_name(Text::Plain, cursor)
            }
            b'}' if self.place == Place::FirstName => self.close(cursor),
            _ => Err(Flaw::Invalid),
        }
    }

    fn rest_of_name(&mut self, text: Text, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        if let Some(text) = text.read(cursor)? {
            self.place = Place::InName(text);
            return Ok(());
        }
        self.place = Place::Colon;
        if !self.items.settings.selection.is_everything() {
            let end = cursor.at - 1;
            let name = self
                .items
                .output
                .in_doubt(cursor.bytes, self.name_from, end);
            self.items
                .trail
                .take(&self.items.settings.selection, Some(name));
        }
        Ok(())
    }

    const fn colon(&mut self, byte: u8, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        if byte != b':' {
            return Err(Flaw::Invalid);
        }
        cursor.at += 1;
        self.place = Place::Value;
        Ok(())
    }

    fn value(&mut self, byte: u8, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        if byte == b']' && self.place == Place::FirstElement {
            return self.close(cursor);
        }
        let container = self.items.nesting.container();
        if container == Some(Container::Array) && !self.items.settings.selection.is_everything() {
            self.items.trail.take(&self.items.settings.selection, None);
        }
        match byte {
            b'"' => self.text(cursor),
            b'-' => self.scalar(Place::InNumber(Number::Minus), cursor),
            b'0' => self.scalar(Place::InNumber(Number::Zero), cursor),
            b'1'..=b'9' => self.scalar(Place::InNumber(Number::Integer), cursor),
            b'{' => self.open(Container::Object, cursor),
            b'[' => self.open(Container::Array, cursor),
            b't' => self.scalar(Place::InLiteral(b"rue"), cursor),
            b'f' => self.scalar(Place::InLiteral(b"alse"), cursor),
            b'n' if self.items.is_removed(Removable::Null) => {
                cursor.at += 1;
                self.place = Place::InNull(b"ull");
                Ok(())
            }
            b'n' => self.scalar(Place::InLiteral(b"ull"), cursor),
            RECORD_SEPARATOR if self.texts == Texts::Several && container.is_none() => {
                cursor.at += 1;
                Ok(())
            }
            _ => Err(Flaw::Invalid),
        }
    }

    fn open(&mut self, container: Container, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        self.items.open(container, cursor)?;
        self.place = match container {
            Container::Array => Place::FirstElement,
            Container::Object => Place::FirstName,
        };
        Ok(())
    }

    fn close(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        self.items.close(cursor)?;
        self.place = Place::After;
        Ok(())
    }

    /// A value that is kept has ended.
    fn end_kept(&mut self, cursor: &Cursor<'_>) {
        self.items.end_kept(cursor);
        self.place = Place::After;
    }

    /// A value that is removed has ended.
    fn end_removed(&mut self, cursor: &Cursor<'_>) -> Result<(), Flaw> {
        self.items.end_removed(cursor)?;
        self.place = Place::After;
        Ok(())
    }

    /// A value begins that is kept, whatever the rest of it is.
    fn scalar(&mut self, rest: Place, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        self.items.begin_kept(cursor)?;
        cursor.at += 1;
        self.place = rest;
        Ok(())
    }

    fn text(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        if self.items.is_removed(Removable::EmptyString) {
            cursor.at += 1;
            self.place = Place::InEmptyText;
            return Ok(());
        }
        self.scalar(Place::InText(Text::Plain), cursor)
    }

    fn rest_of_text(&mut self, text: Text, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        match text.read(cursor)? {
            Some(text) => self.place = Place::InText(text),
            None => self.end_kept(cursor),
        }
        Ok(())
    }

    fn rest_of_empty_text(&mut self, byte: u8, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        if byte == b'"' {
            cursor.at += 1;
            return self.end_removed(cursor);
        }
        self.items.begin_kept(cursor)?;
        self.rest_of_text(Text::Plain, cursor)
    }

    fn rest_of_number(&mut self, number: Number, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        match number.read(cursor)? {
            Some(number) => self.place = Place::InNumber(number),
            None => self.end_kept(cursor),
        }
        Ok(())
    }

    fn rest_of_literal(
        &mut self,
        rest: &'static [u8],
        cursor: &mut Cursor<'_>,
    ) -> Result<(), Flaw> {
        match read_literal(rest, cursor)? {
            [] => self.end_kept(cursor),
            rest => self.place = Place::InLiteral(rest),
        }
        Ok(())
    }

    fn rest_of_null(&mut self, rest: &'static [u8], cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        match read_literal(rest, cursor)? {
            [] => self.end_removed(cursor),
            rest => {
                self.place = Place::InNull(rest);
                Ok(())
            }
        }
    }

    fn after(&mut self, byte: u8, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        match (self.items.nesting.container(), byte) {
            (Some(container), b',') => {
                cursor.at += 1;
                if !self.items.kept && self.items.may_remove_items() {
                    // The comma after what was removed, with nothing kept before it.
                    self.items.check_doubt(cursor)?;
                    self.items.output.cut(cursor.bytes, cursor.at);
                }
                self.place = match container {
                    Container::Array => Place::Value,
                    Container::Object => Place::Name,
                };
                Ok(())
            }
            (Some(Container::Object), b'}') | (Some(Container::Array), b']') => self.close(cursor),
            (None, b' ' | b'\t' | b'\n' | b'\r') => {
                cursor.at += 1;
                if byte == b'\n' && self.texts == Texts::Several {
                    self.place = Place::Value;
                }
                Ok(())
            }
            (None, RECORD_SEPARATOR) if self.texts == Texts::Several => {
                self.place = Place::Value;
                Ok(())
            }
            _ => Err(Flaw::Invalid),
        }
    }
}

/// What is left of a literal after the piece; none, if all of it was there.
fn read_literal(rest: &'static [u8], cursor: &mut Cursor<'_>) -> Result<&'static [u8], Flaw> {
    for (place, expected) in rest.iter().enumerate() {
        match cursor.peek() {
            None => return Ok(&rest[place..]),
            Some(byte) if byte == *expected => cursor.at += 1,
            Some(_) => return Err(Flaw::Invalid),
        }
    }
    Ok(&[])
}

/// Stands before each text of a sequence (RFC 7464 §2.2).
const RECORD_SEPARATOR: u8 = 0x1e;
