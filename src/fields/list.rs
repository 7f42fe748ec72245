//! Comma-separated lists (`#element`, RFC 9110 §5.6.1) over all lines of a field.
//!
//! Empty elements are skipped, as §5.6.1.2 asks of a recipient:
//!
//! > A recipient MUST parse and ignore a reasonable number of empty list elements
//!
//! Every line is split by itself, so a quote that one line leaves open cannot swallow the next.
//! Splitting is one pass over the bytes, whatever they are.

use http::HeaderMap;
use http::header::{AsHeaderName, HeaderValue};

use super::trim_ows;

/// The elements of every `name` line, in order, where quoted parts are `quoted-string`s: a comma
/// inside one does not split, and a backslash inside one hides the quote after it.
pub(crate) fn elements(fields: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = &[u8]> {
    fields.get_all(name).iter().flat_map(elements_of_line)
}

/// The elements of one line, as [`elements`] gives those of all.
pub(crate) fn elements_of_line(line: &HeaderValue) -> impl Iterator<Item = &[u8]> {
    split(line, Backslash::Escapes)
}

/// The elements of one line, where quoted parts are opaque tags: a comma inside one does not split,
/// and a backslash is a character like any other (RFC 9110 §8.8.3).
pub(crate) fn tags_of_line(line: &HeaderValue) -> impl Iterator<Item = &[u8]> {
    split(line, Backslash::IsLiteral)
}

/// What a backslash means inside quotes.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Backslash {
    Escapes,
    IsLiteral,
}

fn split(line: &HeaderValue, backslash: Backslash) -> impl Iterator<Item = &[u8]> {
    let mut rest = line.as_bytes();
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let end = element_length(rest, backslash);
            let element = trim_ows(&rest[..end]);
            rest = rest.get(end + 1..).unwrap_or_default();
            if !element.is_empty() {
                return Some(element);
            }
        }
        None
    })
}

/// How many bytes stand before the first comma outside quotes, or in all.
fn element_length(bytes: &[u8], backslash: Backslash) -> usize {
    // Most elements have no quotes.
    match bytes.iter().position(|byte| matches!(byte, b',' | b'"')) {
        None => bytes.len(),
        Some(comma) if bytes[comma] == b',' => comma,
        Some(quote) => quote + quoted_element_length(&bytes[quote..], backslash),
    }
}

/// The same for bytes that begin with a quote.
fn quoted_element_length(bytes: &[u8], backslash: Backslash) -> usize {
    let mut quoted = false;
    let mut escaped = false;
    for (position, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = backslash == Backslash::Escapes,
            b'"' => quoted = !quoted,
            b',' if !quoted => return position,
            _ => {}
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};

    fn fields(lines: &[&[u8]]) -> HeaderMap {
        let values = lines
            .iter()
            .map(|line| HeaderValue::from_bytes(line).unwrap());
        let mut fields = HeaderMap::new();
        for value in values {
            fields.append(ACCEPT_ENCODING, value.clone());
            fields.append(IF_NONE_MATCH, value);
        }
        fields
    }

    #[track_caller]
    fn check(lines: &[&[u8]], expected: &[&[u8]]) {
        let fields = fields(lines);
        let found: Vec<_> = elements(&fields, ACCEPT_ENCODING).collect();
        assert_eq!(found, expected, "{lines:?}");
    }

    #[track_caller]
    fn check_tags(lines: &[&[u8]], expected: &[&[u8]]) {
        let fields = fields(lines);
        let values = fields.get_all(IF_NONE_MATCH).iter();
        let found: Vec<_> = values.flat_map(tags_of_line).collect();
        assert_eq!(found, expected, "{lines:?}");
    }

    #[test]
    fn g_03_all_lines_are_one_list() {
        check(&[b"a, b", b"c"], &[b"a", b"b", b"c"]);
        check(&[b"a", b"", b"b"], &[b"a", b"b"]);
        check(&[], &[]);
    }

    #[test]
    fn g_04_empty_elements_are_skipped() {
        check(&[b",,a, ,b,"], &[b"a", b"b"]);
        check(&[b","], &[]);
        check(&[b" \t "], &[]);
    }

    #[test]
    fn a_comma_inside_quotes_does_not_split() {
        check(&[b"private=\"a, b\", c"], &[b"private=\"a, b\"", b"c"]);
        check_tags(&[b"\"a,b\", W/\"c\""], &[b"\"a,b\"", b"W/\"c\""]);
    }

    #[test]
    fn a_backslash_escapes_in_strings_and_not_in_tags() {
        check(&[br#"x="a\"b, c", d"#], &[br#"x="a\"b, c""#, b"d"]);
        check_tags(&[br#""a\", "b""#], &[br#""a\""#, br#""b""#]);
    }

    #[test]
    fn an_open_quote_reaches_to_the_end_of_its_line() {
        check(&[b"a, \"b, c", b"d"], &[b"a", b"\"b, c", b"d"]);
    }

    #[test]
    fn bytes_beyond_ascii_are_opaque() {
        check(&[b"\xff\xfe, b"], &[b"\xff\xfe", b"b"]);
    }
}
