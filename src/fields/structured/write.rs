//! Writing: the few parts that layers send.

use std::fmt::Write;

use crate::fields::quoted::Quoted;

/// Whether `text` is a key of a dictionary or of parameters (§3.1.2).
///
/// ```text
/// key = ( lcalpha / "*" ) *( lcalpha / DIGIT / "_" / "-" / "." / "*" )
/// ```
pub(crate) fn is_key(text: &str) -> bool {
    let is_first = |byte: u8| byte.is_ascii_lowercase() || byte == b'*';
    let is_next = |byte: u8| is_first(byte) || byte.is_ascii_digit() || b"_-.".contains(&byte);
    let mut bytes = text.bytes();
    bytes.next().is_some_and(is_first) && bytes.all(is_next)
}

/// Whether `text` is a token (§3.3.4), which is more than a token of other fields.
///
/// ```text
/// sf-token = ( ALPHA / "*" ) *( tchar / ":" / "/" )
/// ```
pub(crate) fn is_token(text: &str) -> bool {
    let is_first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'*';
    let is_next = |byte: u8| matches!(byte, b':' | b'/') || crate::fields::is_token(&[byte]);
    text.bytes().next().is_some_and(is_first) && text.bytes().all(is_next)
}

/// Whether `text` is an integer (§3.3.1).
///
/// ```text
/// sf-integer = ["-"] 1*15DIGIT
/// ```
pub(crate) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `text` can stand in a string (§3.3.3): it is printable ASCII.
pub(crate) fn is_string(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Appends `text` as a string (§3.3.3).
pub(crate) fn write_string(line: &mut String, text: &str) {
    write!(line, "{}", Quoted(text)).expect("a string takes what is written");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_16_keys_tokens_and_integers_are_those_of_the_grammar() {
        for (text, key, token, integer) in [
            ("a", true, true, false),
            ("*a-b_c.d", true, true, false),
            ("A", false, true, false),
            ("a:/b", false, true, false),
            ("1", false, false, true),
            ("-1", false, false, true),
            ("123456789012345", false, false, true),
            ("1234567890123456", false, false, false),
            ("-", false, false, false),
            ("", false, false, false),
            ("a b", false, false, false),
            ("\u{e9}", false, false, false),
        ] {
            let found = (is_key(text), is_token(text), is_integer(text));
            assert_eq!(found, (key, token, integer), "{text}");
        }
    }

    #[test]
    fn s_17_a_string_is_escaped() {
        let mut line = String::new();
        write_string(&mut line, r#"a "b" \c"#);
        assert_eq!(line, r#""a \"b\" \\c""#);
        assert!(is_string("a \"~"));
        assert!(!is_string("a\n"));
        assert!(!is_string("\u{e9}"));
    }
}
