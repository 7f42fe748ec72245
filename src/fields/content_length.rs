//! `Content-Length` (RFC 9110 §8.6).

use http::HeaderMap;
use http::header::{CONTENT_LENGTH, HeaderValue};

use super::decimal;

/// The length that a message declares.
pub(crate) fn declared(fields: &HeaderMap) -> Option<u64> {
    fields.get(CONTENT_LENGTH).and_then(parse)
}

/// The length that a line declares; what is no single number declares none, and one that is too
/// large the largest.
pub(crate) fn parse(line: &HeaderValue) -> Option<u64> {
    decimal::read(line.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g_24_a_length_is_digits_and_saturates() {
        let length = |text: &str| parse(&text.parse().unwrap());
        assert_eq!(length("0"), Some(0));
        assert_eq!(length("1024"), Some(1024));
        assert_eq!(length("18446744073709551615"), Some(u64::MAX));
        assert_eq!(length("18446744073709551616"), Some(u64::MAX));
        assert_eq!(length(&"9".repeat(40)), Some(u64::MAX));
        for nonsense in ["", "-1", "+1", "1.0", "1 2", "12, 12", "0x10"] {
            assert_eq!(length(nonsense), None, "{nonsense:?}");
        }
    }
}
