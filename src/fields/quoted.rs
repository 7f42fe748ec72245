//! Quoted strings (RFC 9110 §5.6.4, and the strings of RFC 9651 §3.3.3).

use std::fmt::{self, Write};

/// Shows a text between quotes. The caller has checked that it holds what a field value may.
///
/// ```text
/// quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE
/// ```
#[derive(Debug)]
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for character in self.0.chars() {
            if matches!(character, '"' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(character)?;
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_04_quotes_and_backslashes_are_escaped() {
        for (text, expected) in [
            ("", r#""""#),
            ("a b", r#""a b""#),
            (r#"a "b" \"#, r#""a \"b\" \\""#),
        ] {
            assert_eq!(Quoted(text).to_string(), expected);
        }
    }
}
