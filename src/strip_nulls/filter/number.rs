//! Numbers (RFC 8259 §6), from any piece to the next. [`number_end`](super::tokens::number_end) has
//! the grammar.

use super::cursor::{Cursor, Flaw};
use super::tokens;

/// What a number was read up to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Number {
    Minus,
    Zero,
    Integer,
    Point,
    Fraction,
    E,
    Sign,
    Exponent,
}

impl Number {
    /// Reads on, up to what is not of the number; where the piece ends before, how far it got.
    pub(super) fn read(mut self, cursor: &mut Cursor<'_>) -> Result<Option<Self>, Flaw> {
        loop {
            if let Self::Integer | Self::Fraction | Self::Exponent = self {
                cursor.at = tokens::skip_digits(cursor.bytes, cursor.at);
            }
            let Some(byte) = cursor.peek() else {
                return Ok(Some(self));
            };
            self = match (self, byte) {
                (Self::Minus, b'0') => Self::Zero,
                (Self::Minus, b'1'..=b'9') => Self::Integer,
                (Self::Zero | Self::Integer, b'.') => Self::Point,
                (Self::Point, b'0'..=b'9') => Self::Fraction,
                (Self::Zero | Self::Integer | Self::Fraction, b'e' | b'E') => Self::E,
                (Self::E, b'+' | b'-') => Self::Sign,
                (Self::E | Self::Sign, b'0'..=b'9') => Self::Exponent,
                _ if self.is_whole() => return Ok(None),
                _ => return Err(Flaw::Invalid),
            };
            cursor.at += 1;
        }
    }

    /// Whether it may end here.
    pub(super) const fn is_whole(self) -> bool {
        matches!(
            self,
            Self::Zero | Self::Integer | Self::Fraction | Self::Exponent
        )
    }
}
