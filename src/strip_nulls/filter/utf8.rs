//! Whether a text is UTF-8 (RFC 8259 §8.1), piece by piece.

/// The check of one text, wherever its pieces were cut.
#[derive(Debug, Default)]
pub(super) struct Utf8 {
    /// A character that the last piece began and did not end.
    begun: [u8; 4],
    length: usize,
}

impl Utf8 {
    /// Checks one more piece.
    pub(super) fn check(&mut self, piece: &[u8]) -> Result<(), Broken> {
        let rest = &piece[self.end_character(piece)?..];
        if rest.is_ascii() {
            return Ok(());
        }
        let Err(error) = std::str::from_utf8(rest) else {
            return Ok(());
        };
        let (sound, cut) = rest.split_at(error.valid_up_to());
        if let Some(length) = error.error_len() {
            let begun = begun(&cut[..length]);
            return Err(Broken {
                before: piece.len() - rest.len() + sound.len() + begun,
                begun,
            });
        }
        self.length = cut.len();
        self.begun[..cut.len()].copy_from_slice(cut);
        Ok(())
    }

    /// Whether the last piece ended with a whole character.
    pub(super) const fn is_whole(&self) -> bool {
        self.length == 0
    }

    /// Ends the character that the last piece began; how many bytes that takes.
    fn end_character(&mut self, piece: &[u8]) -> Result<usize, Broken> {
        let mut taken = 0;
        while self.length > 0 && taken < piece.len() {
            self.begun[self.length] = piece[taken];
            self.length += 1;
            taken += 1;
            match std::str::from_utf8(&self.begun[..self.length]) {
                Ok(_) => self.length = 0,
                Err(error) if error.error_len().is_none() => {}
                Err(_) => {
                    return Err(Broken {
                        before: taken - 1,
                        begun: self.length - 1,
                    });
                }
            }
        }
        Ok(taken)
    }
}

/// How many bytes of a broken character come before the one that breaks it.
///
/// `bytes` is as much of the character as the standard library takes for one mistake: either a byte
/// that begins no character, or the beginning of one.
fn begun(bytes: &[u8]) -> usize {
    let is_beginning = std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none());
    if is_beginning { bytes.len() } else { 0 }
}

/// Where a piece is not UTF-8: at the first byte that shows it, wherever the text was cut.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Broken {
    /// How many bytes of the piece come before that byte.
    pub(super) before: usize,
    /// How many bytes of the broken character come before it, in this piece and in others.
    pub(super) begun: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What all ways to cut `text` in two say of it: where it is flawed, and whether it is whole.
    #[track_caller]
    fn check(text: &[u8], flaw: Option<usize>, whole: bool) {
        for cut in 0..=text.len() {
            let mut utf8 = Utf8::default();
            let mut found = None;
            let (first, second) = text.split_at(cut);
            for (piece, before) in [(first, 0), (second, cut)] {
                if let (None, Err(broken)) = (found, utf8.check(piece)) {
                    found = Some(before + broken.before - broken.begun);
                }
            }
            assert_eq!(found, flaw, "{text:x?} cut at {cut}");
            if flaw.is_none() {
                assert_eq!(utf8.is_whole(), whole, "{text:x?} cut at {cut}");
            }
        }
    }

    #[test]
    fn j_11_a_character_may_be_cut_anywhere() {
        check(b"", None, true);
        check(b"plain", None, true);
        check(
            "caf\u{e9}, \u{65e5}\u{672c} \u{1f600}!".as_bytes(),
            None,
            true,
        );
        check("\u{1f600}".as_bytes(), None, true);
    }

    #[test]
    fn a_character_that_does_not_end_is_not_whole() {
        check(b"ab\xc3", None, false);
        check(b"\xe6\x97", None, false);
        check(b"\xf0\x9f\x98", None, false);
    }

    #[test]
    fn j_04_what_is_not_utf_8_is_found_at_its_first_byte() {
        check(b"\xff", Some(0), true);
        check(b"ab\x80", Some(2), true);
        check(b"a\xc3(", Some(1), true);
        check(b"\xc0\xaf", Some(0), true);
        check(b"..\xe0\x80\xaf", Some(2), true);
        check(b"\xed\xa0\x80", Some(0), true);
        check(b"\xf4\x90\x80\x80", Some(0), true);
        check(b"\xf0\x9f\x98 ", Some(0), true);
        check(
            "\u{e9}\u{e9}".as_bytes().split_last().unwrap().1,
            None,
            false,
        );
    }
}
