//! The fast path: through what most texts are made of.

use super::cursor::Cursor;
use super::items::Items;
use super::nesting::Container;
use super::quote_bitmap::QuoteBitmap;
use super::tokens::{number_end, skip_space, word};

/// Reads on from the item at hand, as long as each item is in the piece as a whole, its text has
/// no escapes, and it is plain to see whether it is kept or removed. Nothing may be held back.
///
/// It takes nothing that the machine would refuse, and leaves all else to the machine: the item
/// that it could not read, or what follows the last value.
pub(super) fn read(items: &mut Items, cursor: &mut Cursor<'_>) -> Next {
    if items.only_nulls {
        read_items::<true>(items, cursor)
    } else {
        read_items::<false>(items, cursor)
    }
}

/// `ONLY_NULLS`: the rules are to remove all nulls and nothing else.
#[inline(never)]
fn read_items<const ONLY_NULLS: bool>(items: &mut Items, cursor: &mut Cursor<'_>) -> Next {
    let mut path = FastPath::from(items, cursor);
    let next = loop {
        cursor.at = path.at;
        cursor.quotes = path.quotes;
        match path.item::<ONLY_NULLS>(items) {
            Some(Next::Item) => {}
            Some(Next::AfterValue) => {
                cursor.at = path.at;
                cursor.quotes = path.quotes;
                break Next::AfterValue;
            }
            None => break Next::Item,
        }
    };
    items.kept = path.kept;
    items.output.mark(path.edge, items.may_remove_items());
    next
}

/// The fast path. What it keeps at hand is in the [`Items`] when it ends.
struct FastPath<'a> {
    piece: &'a [u8],
    /// The part of the piece that may be in doubt, so that the limit need not be checked again.
    near: &'a [u8],
    at: usize,
    /// Invariant: the next special byte is the first from `at` on.
    quotes: QuoteBitmap,
    edge: usize,
    kept: bool,
    in_object: bool,
}

/// What follows an item.
pub(super) enum Next {
    /// Another item: in an object its quote, in an array anything but a closing bracket.
    Item,
    AfterValue,
}

impl<'a> FastPath<'a> {
    fn from(items: &Items, cursor: &Cursor<'a>) -> Self {
        let piece = cursor.bytes;
        let edge = items.output.edge;
        let near = edge.saturating_add(items.settings.name_limit);
        let mut quotes = cursor.quotes;
        quotes.seek(piece, cursor.at);
        Self {
            piece,
            near: &piece[..near.min(piece.len())],
            at: cursor.at,
            quotes,
            edge,
            kept: items.kept,
            in_object: items.nesting.container() == Some(Container::Object),
        }
    }

    /// Reads one item, and up to the next.
    #[inline(always)]
    fn item<const ONLY_NULLS: bool>(&mut self, items: &mut Items) -> Option<Next> {
        let (mut value, mut ahead) = self.value()?;
        if ahead as u8 <= b' ' {
            value = self.skip_space(value);
            ahead = word(self.near, value)?;
        }
        if ahead as u8 == b'"' {
            return self.quoted::<ONLY_NULLS>(items, value);
        }
        let end = match ahead as u8 {
            b'-' | b'0'..=b'9' => number_end(self.near, value)?,
            b't' if starts_with(ahead, b"true") => value + 4,
            b'f' if starts_with(ahead, b"false") => value + 5,
            b'n' if starts_with(ahead, b"null") => {
                if self.in_object || items.settings.elements {
                    return if ONLY_NULLS {
                        self.removed_null(items, value + 4)
                    } else {
                        None
                    };
                }
                value + 4
            }
            b'{' | b'[' if ONLY_NULLS => return self.open(items, value, ahead as u8),
            _ => return None,
        };
        self.after_value::<ONLY_NULLS>(items, end)
    }

    /// Passes the name of a member; gives where its value begins, and eight bytes from there on, of
    /// which two may be missing.
    #[inline(always)]
    fn value(&mut self) -> Option<(usize, u64)> {
        if !self.in_object {
            return Some((self.at, word(self.near, self.at)?));
        }
        let close = self.quotes.second(self.piece);
        let ahead = word(self.near, close)?;
        if !starts_with(ahead, b"\":") {
            return None;
        }
        Some((close + 2, ahead >> 16))
    }

    /// Reads a value in quotes, whose opening quote is the next special byte, and up to the next
    /// item.
    #[inline(always)]
    fn quoted<const ONLY_NULLS: bool>(&mut self, items: &mut Items, value: usize) -> Option<Next> {
        let close = self.quotes.second(self.piece);
        if !ONLY_NULLS && close == value + 1 {
            return None;
        }
        // Most are followed by a comma and a name.
        let is_among_members = self.in_object
            && word(self.near, close).is_some_and(|ahead| starts_with(ahead, b"\",\""));
        if is_among_members {
            self.kept = true;
            self.edge = close + 1;
            self.at = close + 2;
            return Some(Next::Item);
        }
        if self.near.get(close) != Some(&b'"') {
            return None;
        }
        self.after_value::<ONLY_NULLS>(items, close + 1)
    }

    /// A null that is removed has ended.
    #[inline(always)]
    fn removed_null(&mut self, items: &mut Items, end: usize) -> Option<Next> {
        if self.near.get(end) != Some(&b',') {
            return None;
        }
        let next = self.skip_space(end + 1);
        if self.in_object && self.near.get(next) != Some(&b'"') {
            return None;
        }
        let comma = usize::from(!self.kept);
        items.output.edge = self.edge;
        items.output.cut(self.piece, end + comma);
        self.edge = end + comma;
        self.at = next;
        Some(Next::Item)
    }

    /// A container opens of which something may be kept.
    #[inline(always)]
    fn open(&mut self, items: &mut Items, value: usize, bracket: u8) -> Option<Next> {
        if items.nesting.depth() >= items.settings.depth_limit {
            return None;
        }
        let first = self.skip_space(value + 1);
        let container = match (bracket, self.near.get(first)?) {
            (b'{', b'"') => Container::Object,
            (b'[', byte) if *byte != b']' => Container::Array,
            _ => return None,
        };
        items.nesting.open(container);
        self.in_object = container == Container::Object;
        self.kept = false;
        self.edge = value + 1;
        self.at = first;
        Some(Next::Item)
    }

    /// A value that is kept has ended: reads on to the next item, and out of containers that end.
    #[inline(always)]
    fn after_value<const ONLY_NULLS: bool>(
        &mut self,
        items: &mut Items,
        mut end: usize,
    ) -> Option<Next> {
        self.kept = true;
        loop {
            self.edge = end;
            self.at = end;
            if self.in_object && follows(self.near, end, b",\"") {
                self.at = end + 1;
                return Some(Next::Item);
            }
            let next = self.skip_space(end);
            match self.near.get(next) {
                Some(b',') => {
                    let item = self.skip_space(next + 1);
                    if self.in_object && self.near.get(item) != Some(&b'"') {
                        return Some(Next::AfterValue);
                    }
                    self.at = item;
                    return Some(Next::Item);
                }
                Some(b'}') if ONLY_NULLS && self.in_object => {}
                Some(b']') if ONLY_NULLS && !self.in_object => {}
                _ => return Some(Next::AfterValue),
            }
            if items.nesting.depth() == 1 {
                return Some(Next::AfterValue);
            }
            items.nesting.close();
            self.in_object = items.nesting.container() == Some(Container::Object);
            end = next + 1;
        }
    }

    #[inline(always)]
    fn skip_space(&mut self, at: usize) -> usize {
        let place = skip_space(self.near, at);
        if place > at {
            self.quotes.seek(self.piece, place);
        }
        place
    }
}

/// Whether a word begins with these bytes.
#[inline(always)]
fn starts_with<const N: usize>(word: u64, bytes: &[u8; N]) -> bool {
    let mut expected = [0; 8];
    expected[..N].copy_from_slice(bytes);
    let mask = u64::MAX >> (64 - 8 * N);
    word & mask == u64::from_le_bytes(expected)
}

/// Whether these bytes are at `at`.
#[inline(always)]
fn follows(bytes: &[u8], at: usize, expected: &[u8; 2]) -> bool {
    bytes.get(at..).and_then(<[u8]>::first_chunk) == Some(expected)
}
