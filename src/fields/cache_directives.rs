//! Cache directives, as a reader of `Cache-Control` needs them (RFC 9111 §5.2).

use std::borrow::Cow;

use http::HeaderValue;

use super::{list, trim_ows};

/// The directives of a `Cache-Control` line: their names, and their arguments without quotes.
///
/// ```text
/// cache-directive = token [ "=" ( token / quoted-string ) ]
/// ```
pub(crate) fn of_line(line: &HeaderValue) -> impl Iterator<Item = (&[u8], Option<Cow<'_, [u8]>>)> {
    list::elements_of_line(line).map(|directive| {
        match directive.iter().position(|&byte| byte == b'=') {
            None => (directive, None),
            Some(equals) => {
                let argument = unquoted(trim_ows(&directive[equals + 1..]));
                (trim_ows(&directive[..equals]), Some(argument))
            }
        }
    })
}

/// What a `quoted-string` says (RFC 9110 §5.6.4); anything else says itself.
fn unquoted(argument: &[u8]) -> Cow<'_, [u8]> {
    let [b'"', quoted @ .., b'"'] = argument else {
        return Cow::Borrowed(argument);
    };
    if !quoted.contains(&b'\\') {
        return Cow::Borrowed(quoted);
    }
    let mut said = Vec::with_capacity(quoted.len());
    let mut bytes = quoted.iter();
    while let Some(&byte) = bytes.next() {
        let escaped = (byte == b'\\').then(|| bytes.next()).flatten();
        said.push(*escaped.unwrap_or(&byte));
    }
    Cow::Owned(said)
}

/// Whether this `Cache-Control` line has the directive `name`, with or without an argument.
///
/// > Cache directives are identified by a token, to be compared case-insensitively
pub(crate) fn line_has(line: &HeaderValue, name: &str) -> bool {
    list::elements_of_line(line).any(|directive| {
        let token = directive.split(|&byte| byte == b'=').next();
        token.is_some_and(|token| trim_ows(token).eq_ignore_ascii_case(name.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use http::header::CACHE_CONTROL;

    #[track_caller]
    fn check(lines: &[&'static str], expected: bool) {
        let mut fields = HeaderMap::new();
        for line in lines {
            fields.append(CACHE_CONTROL, line.parse().unwrap());
        }
        let mut lines = fields.get_all(CACHE_CONTROL).iter();
        let found = lines.any(|line| line_has(line, "no-transform"));
        assert_eq!(found, expected, "{fields:?}");
    }

    #[test]
    fn arguments_lose_their_quotes() {
        let line =
            HeaderValue::from_static(r#"public, max-age="10", x = "a\"b, \\c", y=1 , z=, "open"#);
        let found: Vec<_> = of_line(&line).collect();
        let argument = |text: &'static str| Some(Cow::Borrowed(text.as_bytes()));
        let expected: Vec<(&[u8], _)> = vec![
            (b"public", None),
            (b"max-age", argument("10")),
            (b"x", argument(r#"a"b, \c"#)),
            (b"y", argument("1")),
            (b"z", argument("")),
            (b"\"open", None),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn c_29_a_directive_is_found_in_any_case_line_and_place() {
        check(&["no-transform"], true);
        check(&["public,  no-transform  ,max-age=3"], true);
        check(&["public", "No-Transform"], true);
        check(&["no-transform=1"], true);
        check(&[r#"private="a, b", no-transform"#], true);
        check(&[r#"x="a\"b", no-transform"#], true);
    }

    #[test]
    fn c_29_only_the_whole_token_counts() {
        check(&[], false);
        check(&["x-no-transform"], false);
        check(&["no-transform-x"], false);
        check(&["no transform"], false);
        check(&[r#"private="no-transform""#], false);
        check(&[r#"private="a, no-transform, b""#], false);
    }
}
