//! Hexadecimal digits, in lower case.

/// Appends two digits for each byte.
pub(crate) fn write(text: &mut Vec<u8>, bytes: &[u8]) {
    let start = text.len();
    text.resize(start + 2 * bytes.len(), 0);
    for (pair, byte) in text[start..].chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(digits(*byte));
    }
}

/// The two digits of a byte.
pub(crate) const fn digits(byte: u8) -> &'static [u8; 2] {
    &PAIRS[byte as usize]
}

/// The digits of every byte: one look for both.
static PAIRS: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    pairs
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_two_digits() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut text = Vec::new();
        write(&mut text, &bytes);
        let expected: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(text, expected.as_bytes());
    }
}
