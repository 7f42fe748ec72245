//! Field grammar: what do the bytes of a field say?
//!
//! Parsers take bytes and give values. They never panic, never allocate without need, and know
//! nothing of layers, bodies or clocks.

pub(crate) mod cache_control;
pub(crate) mod cache_directives;
pub(crate) mod content_encoding;
pub(crate) mod content_length;
pub(crate) mod decimal;
pub(crate) mod entity_tag;
pub(crate) mod hex;
#[cfg(any(feature = "cache-control", feature = "etag"))]
pub(crate) mod http_date;
pub(crate) mod list;
pub(crate) mod media_range;
pub(crate) mod media_type;
pub(crate) mod quoted;
pub(crate) mod request_directives;
pub(crate) mod signature_input;
pub(crate) mod structured;
pub(crate) mod vary;
pub(crate) mod weight;

/// The `token` (RFC 9110 §5.6.2) at the start of `bytes`, and what follows it.
///
/// ```text
/// token = 1*tchar
/// tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~"
///       / DIGIT / ALPHA
/// ```
pub(crate) fn split_token(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_delimiter = |&byte: &u8| !IS_TCHAR[usize::from(byte)];
    let length = bytes.iter().position(is_delimiter).unwrap_or(bytes.len());
    (length > 0).then(|| bytes.split_at(length))
}

/// Whether `bytes` is a `token` and nothing else.
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    split_token(bytes).is_some_and(|(_, rest)| rest.is_empty())
}

const IS_TCHAR: [bool; 256] = {
    let mut is_tchar = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        is_tchar[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let others = b"!#$%&'*+-.^_`|~";
    let mut place = 0;
    while place < others.len() {
        is_tchar[others[place] as usize] = true;
        place += 1;
    }
    is_tchar
};

/// `bytes` without optional white space (`OWS`, RFC 9110 §5.6.3) at either end.
pub(crate) const fn trim_ows(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_visible_ascii_without_delimiters() {
        assert!(is_token(b"gzip"));
        assert!(is_token(b"!#$%&'*+-.^_`|~09azAZ"));
        for delimiter in [" ", "/", ";", "\"", "=", ",", "\u{e9}"] {
            let text = format!("a{delimiter}b");
            let found = split_token(text.as_bytes());
            assert_eq!(found, Some((&b"a"[..], &text.as_bytes()[1..])), "{text}");
            assert_eq!(split_token(delimiter.as_bytes()), None);
            assert!(!is_token(text.as_bytes()));
        }
        assert!(!is_token(b""));
    }

    #[test]
    fn only_spaces_and_tabs_are_trimmed() {
        assert_eq!(trim_ows(b" \t a b\t "), b"a b");
        assert_eq!(trim_ows(b" \t "), b"");
        assert_eq!(trim_ows(b"\x0ba"), b"\x0ba");
    }
}
