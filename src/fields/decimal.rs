//! Decimal numbers of fields.

/// The number that is nothing but digits; one too large is the largest.
pub(crate) fn read(text: &[u8]) -> Option<u64> {
    let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    is_number.then(|| {
        text.iter().fold(0_u64, |number, digit| {
            number
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g_24_a_number_is_digits_and_saturates() {
        assert_eq!(read(b"0"), Some(0));
        assert_eq!(read(b"007"), Some(7));
        assert_eq!(read(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(read(b"18446744073709551616"), Some(u64::MAX));
        assert_eq!(read("9".repeat(40).as_bytes()), Some(u64::MAX));
        for nonsense in ["", "-1", "+1", "1.0", "1 2", "0x10", "\u{661}"] {
            assert_eq!(read(nonsense.as_bytes()), None, "{nonsense:?}");
        }
    }
}
