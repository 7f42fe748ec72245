//! Cache directives, as a reader of `Cache-Control` needs them (RFC 9111 §5.2).

use http::HeaderValue;

use super::{list, trim_ows};

/// Whether this `Cache-Control` line has the directive `name`, with or without an argument.
///
/// ```text
/// cache-directive = token [ "=" ( token / quoted-string ) ]
/// ```
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
