//! A place in a piece of text, and what may be wrong there.

use super::quote_bitmap::QuoteBitmap;
use super::tokens;

/// How far a piece was read.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    /// Invariant: gave no special byte that is after `at`.
    pub(super) quotes: QuoteBitmap,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            quotes: QuoteBitmap::new(bytes),
        }
    }

    /// The next byte, which is not passed.
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte that is not white space, which is not passed.
    #[inline]
    pub(super) fn peek_token(&mut self) -> Option<u8> {
        self.at = tokens::skip_space(self.bytes, self.at);
        self.peek()
    }

    /// Goes to the next byte that means something in quoted text, and gives it.
    #[inline]
    pub(super) fn next_special(&mut self) -> Option<u8> {
        self.quotes.seek(self.bytes, self.at);
        self.at = self.quotes.next(self.bytes).min(self.bytes.len());
        self.peek()
    }
}

/// What is wrong with a text, at the place where it shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Flaw {
    /// The text is not JSON.
    Invalid,
    /// More containers are open than may be.
    TooDeep,
    /// More bytes are in doubt than may be.
    TooLong,
}
