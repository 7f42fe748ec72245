//! A place in a piece of text.

use super::stops::Stops;
use super::tokens;

/// How far a piece was read.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    /// Invariant: gave no stop that is behind `at`.
    pub(super) stops: Stops,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            stops: Stops::new(bytes),
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
    pub(super) fn next_stop(&mut self) -> Option<u8> {
        self.stops.seek(self.bytes, self.at);
        self.at = self.stops.next(self.bytes).min(self.bytes.len());
        self.peek()
    }
}
