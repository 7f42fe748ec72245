//! Where quoted text may end: a bitmap of its special bytes, 64 bytes at a time. Special are
//! quotes, backslashes and control bytes.

/// How many bytes one bitmap describes.
const BLOCK: usize = 64;

/// The positions of special bytes, in order.
///
/// The bitmap does not depend on where a string begins, so the processor can make the next one
/// while it still follows the last; looking for the end of each string by itself takes twice as
/// long.
#[derive(Clone, Copy, Debug)]
pub(super) struct QuoteBitmap {
    /// Where the block begins that `found` describes.
    block: usize,
    /// A bit for each special byte of the block that was not given yet.
    found: u64,
}

impl QuoteBitmap {
    /// All special bytes of `bytes`.
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self {
            block: 0,
            found: specials_of(bytes, 0),
        }
    }

    /// The next special byte. The end of `bytes` counts as one, and so does every place after it.
    #[inline(always)]
    pub(super) fn next(&mut self, bytes: &[u8]) -> usize {
        while self.found == 0 {
            self.block += BLOCK;
            self.found = specials_of(bytes, self.block);
        }
        let place = self.block + self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        place
    }

    /// The special byte after the next one, which is passed over: of two quotes, the closing one.
    #[inline(always)]
    pub(super) fn second(&mut self, bytes: &[u8]) -> usize {
        let others = self.found & self.found.wrapping_sub(1);
        if others == 0 {
            // It is in another block.
            self.next(bytes);
            return self.next(bytes);
        }
        self.found = others & (others - 1);
        self.block + others.trailing_zeros() as usize
    }

    /// Passes over the special bytes before `place`, which is not before one that was given.
    #[inline(always)]
    pub(super) fn seek(&mut self, bytes: &[u8], place: usize) {
        let block = place - place % BLOCK;
        if block != self.block {
            self.block = block;
            self.found = specials_of(bytes, block);
        }
        self.found &= u64::MAX << (place % BLOCK);
    }
}

/// The special bytes of the block of `bytes` at `place`. The end of `bytes` counts as one, and so
/// does what is beyond it.
#[inline(never)]
fn specials_of(bytes: &[u8], place: usize) -> u64 {
    let Some(rest) = bytes.get(place..) else {
        return 1;
    };
    if let Some(block) = rest.first_chunk() {
        return bitmap(block);
    }
    let mut block = [b' '; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    bitmap(&block) | 1 << rest.len()
}

/// A bit for each special byte; the lowest bit is the first byte.
///
/// Written so that compilers make vector instructions of the first loop.
#[inline(always)]
fn bitmap(block: &[u8; BLOCK]) -> u64 {
    let mut marks = [0_u8; BLOCK];
    for (place, (mark, &byte)) in marks.iter_mut().zip(block).enumerate() {
        let is_special = (byte == b'"') | (byte == b'\\') | (byte < 0x20);
        *mark = if is_special { 1 << (place % 8) } else { 0 };
    }
    // Each byte of a word has its own bit, so that their sum, which the multiplication leaves in
    // the highest byte, is all of them.
    let mut bits = 0;
    for (place, word) in marks.chunks_exact(8).enumerate() {
        let word = u64::from_le_bytes(word.try_into().expect("chunks of eight bytes"));
        bits |= (word.wrapping_mul(0x0101_0101_0101_0101) >> 56) << (8 * place);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One byte after another.
    fn plainly(bytes: &[u8]) -> Vec<usize> {
        let is_special = |byte: u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        let places = (0..bytes.len()).filter(|&place| is_special(bytes[place]));
        places.chain([bytes.len()]).collect()
    }

    /// Bytes of which some are special.
    fn mixed(length: usize) -> Vec<u8> {
        (0..length as u32)
            .map(|place| (place.wrapping_mul(2_654_435_761) >> 13) as u8)
            .map(|byte| if byte % 5 == 0 { byte / 2 } else { b'a' })
            .collect()
    }

    #[test]
    fn every_byte_is_told_apart_at_every_place() {
        for byte in 0..=255 {
            for place in 0..BLOCK {
                let mut block = [b'.'; BLOCK];
                block[place] = byte;
                let is_special = matches!(byte, b'"' | b'\\' | 0..=0x1f);
                let expected = u64::from(is_special) << place;
                assert_eq!(bitmap(&block), expected, "{byte:#x} at {place}");
            }
        }
    }

    #[test]
    fn all_special_bytes_are_given_in_order_and_then_the_end() {
        for length in 0..200 {
            let bytes = mixed(length);
            let mut quotes = QuoteBitmap::new(&bytes);
            for expected in plainly(&bytes) {
                assert_eq!(quotes.next(&bytes), expected, "{length}");
            }
            for _ in 0..3 {
                assert!(quotes.next(&bytes) >= length, "{length}");
            }
            let mut quotes = QuoteBitmap::new(&bytes);
            for expected in plainly(&bytes).chunks_exact(2) {
                assert_eq!(quotes.second(&bytes), expected[1], "{length}");
            }
        }
    }

    #[test]
    fn seeking_passes_over_what_is_before() {
        let bytes = mixed(300);
        for from in 0..=bytes.len() {
            let expected = plainly(&bytes).into_iter().find(|&place| place >= from);
            let mut quotes = QuoteBitmap::new(&bytes);
            quotes.seek(&bytes, from);
            assert_eq!(Some(quotes.next(&bytes)), expected, "{from}");
        }
    }
}
