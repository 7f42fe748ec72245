//! Quoted text (RFC 8259 §7), from any piece to the next.
//!
//! ```text
//! string    = quotation-mark *char quotation-mark
//! char      = unescaped / escape ( %x22 / %x5C / %x2F / %x62 / %x66 / %x6E / %x72 / %x74 /
//!             %x75 4HEXDIG )
//! unescaped = %x20-21 / %x23-5B / %x5D-10FFFF
//! ```
//!
//! Escapes of surrogates need not pair: §8.2 warns of what readers make of them, and forbids
//! nothing.

use super::cursor::{Cursor, Flaw};

/// How far a text was read that was not read to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Text {
    /// Among characters.
    Plain,
    /// After a backslash.
    Escape,
    /// Before this number of hexadecimal digits.
    Digits(u8),
}

impl Text {
    /// Reads on, past the closing quote; where the piece ends before, how far it got.
    #[inline]
    pub(super) fn read(mut self, cursor: &mut Cursor<'_>) -> Result<Option<Self>, Flaw> {
        loop {
            let byte = match self {
                Self::Plain => cursor.next_special(),
                Self::Escape | Self::Digits(_) => cursor.peek(),
            };
            let Some(byte) = byte else {
                return Ok(Some(self));
            };
            self = match (self, byte) {
                (Self::Plain, b'"') => {
                    cursor.at += 1;
                    return Ok(None);
                }
                (Self::Plain, b'\\') => Self::Escape,
                (Self::Escape, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                    Self::Plain
                }
                (Self::Escape, b'u') => Self::Digits(4),
                (Self::Digits(1), b'0'..=b'9' | b'A'..=b'F' | b'a'..=b'f') => Self::Plain,
                (Self::Digits(left), b'0'..=b'9' | b'A'..=b'F' | b'a'..=b'f') => {
                    Self::Digits(left - 1)
                }
                _ => return Err(Flaw::Invalid),
            };
            cursor.at += 1;
        }
    }
}
