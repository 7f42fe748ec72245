//! Media types: the type and subtype of `Content-Type`, without its parameters.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::{split_token, trim_ows};

/// `type "/" subtype` (RFC 9110 §8.3.1), as it stood in the field.
///
/// > The type and subtype tokens are case-insensitive.
///
/// so every question asked of it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MediaType<'a> {
    kind: &'a [u8],
    subtype: &'a [u8],
}

impl<'a> MediaType<'a> {
    /// The media type of a message, if its `Content-Type` names one.
    pub(crate) fn of(fields: &'a HeaderMap) -> Option<Self> {
        Self::parse(fields.get(CONTENT_TYPE)?.as_bytes())
    }

    /// The type that these two tokens name.
    pub(crate) const fn new(kind: &'a str, subtype: &'a str) -> Self {
        Self {
            kind: kind.as_bytes(),
            subtype: subtype.as_bytes(),
        }
    }

    /// ```text
    /// media-type = type "/" subtype parameters
    /// ```
    pub(crate) fn parse(value: &'a [u8]) -> Option<Self> {
        if let Some((slash, end)) = usual(value) {
            return Some(Self {
                kind: &value[..slash],
                subtype: &value[slash + 1..end],
            });
        }
        let (kind, rest) = split_token(trim_ows(value))?;
        let (subtype, rest) = split_token(rest.strip_prefix(b"/")?)?;
        matches!(trim_ows(rest), [] | [b';', ..]).then_some(Self { kind, subtype })
    }

    /// Whether the type, the part before the slash, is `kind`.
    pub(crate) fn kind_is(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind.as_bytes())
    }

    /// Whether this is `kind "/" subtype`.
    pub(crate) fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind_is(kind) && self.subtype.eq_ignore_ascii_case(subtype.as_bytes())
    }

    /// The subtype, the part after the slash.
    pub(crate) const fn subtype(&self) -> &'a [u8] {
        self.subtype
    }

    /// What follows the last `+` of the subtype: its structured syntax suffix (RFC 6838 §4.2.8).
    pub(crate) fn suffix(&self) -> Option<&'a [u8]> {
        let plus = self.subtype.iter().rposition(|&byte| byte == b'+')?;
        Some(&self.subtype[plus + 1..])
    }
}

/// Where the slash is, and the end, in the values that most responses have. One comparison each finds
/// them, which spares a look at every byte.
#[inline]
const fn usual(value: &[u8]) -> Option<(usize, usize)> {
    match value {
        b"application/json" => Some((11, 16)),
        b"text/html" | b"text/html; charset=utf-8" => Some((4, 9)),
        b"text/css" | b"text/css; charset=utf-8" => Some((4, 8)),
        b"text/plain" | b"text/plain; charset=utf-8" => Some((4, 10)),
        b"text/javascript" | b"text/javascript; charset=utf-8" => Some((4, 15)),
        b"image/png" => Some((5, 9)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: Option<(&str, &str)>) {
        let found = MediaType::parse(value.as_bytes()).map(|found| (found.kind, found.subtype));
        let expected = expected.map(|(kind, subtype)| (kind.as_bytes(), subtype.as_bytes()));
        assert_eq!(found, expected, "{value}");
    }

    #[test]
    fn usual_values_are_read_as_all_others() {
        for (value, kind, subtype) in [
            ("application/json", "application", "json"),
            ("text/html", "text", "html"),
            ("text/css", "text", "css"),
            ("text/plain", "text", "plain"),
            ("text/javascript", "text", "javascript"),
            ("image/png", "image", "png"),
        ] {
            check(value, Some((kind, subtype)));
            // Not among the usual ones.
            check(&format!("{value} "), Some((kind, subtype)));
            check(&format!("{value}; charset=utf-8"), Some((kind, subtype)));
        }
    }

    #[test]
    fn parameters_and_white_space_are_not_part_of_it() {
        check("text/html", Some(("text", "html")));
        check(" text/html ; charset=utf-8", Some(("text", "html")));
        check("text/html;", Some(("text", "html")));
        check(
            "multipart/mixed; boundary=\"a/b\"",
            Some(("multipart", "mixed")),
        );
    }

    #[test]
    fn what_is_no_media_type_is_none() {
        for value in [
            "",
            "bogus",
            "/",
            "text/",
            "/html",
            "text / html",
            "a/b/c",
            "a/b c",
            "a/b\"",
            ";a/b",
        ] {
            check(value, None);
        }
    }

    #[test]
    fn every_question_ignores_case() {
        let found = MediaType::parse(b"Application/LD+Json").unwrap();
        assert!(found.kind_is("application"));
        assert!(found.is("application", "ld+json"));
        assert!(found.suffix().unwrap().eq_ignore_ascii_case(b"json"));
        assert_eq!(MediaType::parse(b"text/html").unwrap().suffix(), None);
    }
}
