//! Entity tags (RFC 9110 §8.8.3): reading one, and writing one from its parts.

use bytes::Bytes;
use http::header::HeaderValue;

/// An entity tag, as it stood in a field.
///
/// ```text
/// entity-tag = [ weak ] opaque-tag
/// weak       = %s"W/"
/// opaque-tag = DQUOTE *etagc DQUOTE
/// etagc      = %x21 / %x23-7E / obs-text
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct EntityTag<'a> {
    /// Whether the tag promises only equivalence, not the same bytes.
    pub(crate) weak: bool,
    /// What stands between the quotes.
    pub(crate) opaque: &'a [u8],
}

impl<'a> EntityTag<'a> {
    /// Reads a whole field value or list element; `None` when it is anything but one tag.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        Self::split(text).filter(Self::is_valid)
    }

    /// Takes a text that is known to be a tag into its parts, without a look at each byte.
    pub(crate) fn split(text: &'a [u8]) -> Option<Self> {
        let (weak, quoted) = match text {
            [b'W', b'/', quoted @ ..] => (true, quoted),
            quoted => (false, quoted),
        };
        let [b'"', opaque @ .., b'"'] = quoted else {
            return None;
        };
        Some(Self { weak, opaque })
    }

    /// Whether what it says is made of `etagc`.
    pub(crate) fn is_valid(&self) -> bool {
        let is_etagc = |byte: &u8| matches!(byte, 0x21 | 0x23..=0x7e | 0x80..);
        self.opaque.iter().all(is_etagc)
    }

    /// RFC 9110 §8.8.3.2:
    ///
    /// > two entity tags are equivalent if both are not weak and their opaque-tags match
    /// > character-by-character.
    pub(crate) fn strong_eq(self, other: EntityTag<'_>) -> bool {
        !self.weak && !other.weak && self.opaque == other.opaque
    }

    /// RFC 9110 §8.8.3.2:
    ///
    /// > two entity tags are equivalent if their opaque-tags match character-by-character,
    /// > regardless of either or both being tagged as "weak".
    pub(crate) fn weak_eq(self, other: EntityTag<'_>) -> bool {
        self.opaque == other.opaque
    }

    /// The tag with `suffix` after what it says, as a field value.
    pub(crate) fn to_value(self, suffix: &str) -> HeaderValue {
        let mut text = Vec::with_capacity(self.opaque.len() + suffix.len() + 4);
        self.write(suffix, &mut text);
        HeaderValue::from_maybe_shared(Bytes::from(text))
            .expect("an entity tag with an ASCII suffix is a field value")
    }

    /// Appends the tag, with `suffix` after what it says, to `text`.
    pub(crate) fn write(self, suffix: &str, text: &mut Vec<u8>) {
        text.extend_from_slice(if self.weak { b"W/\"" } else { b"\"" });
        text.extend_from_slice(self.opaque);
        text.extend_from_slice(suffix.as_bytes());
        text.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(bool, &str)>) {
        let expected = expected.map(|(weak, opaque)| EntityTag {
            weak,
            opaque: opaque.as_bytes(),
        });
        assert_eq!(EntityTag::parse(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn e_02_the_grammar_is_kept() {
        check(r#""""#, Some((false, "")));
        check(r#""a,b""#, Some((false, "a,b")));
        check(r#"W/"a""#, Some((true, "a")));
        check(r#""a\""#, Some((false, "a\\")));

        check("", None);
        check("\"", None);
        check("a", None);
        check("W/a", None);
        check(r#"w/"a""#, None);
        check(r#"W/ "a""#, None);
        check(r#""a" "#, None);
        check(r#""a b""#, None);
        check(r#""a"b""#, None);
        check(r#""a"#, None);
        check("*", None);
    }

    #[test]
    fn e_02_bytes_beyond_ascii_are_allowed_and_kept() {
        let tag = EntityTag::parse(b"\"\xff\"").unwrap();
        assert_eq!(tag.to_value("-br").as_bytes(), b"\"\xff-br\"");
    }

    #[test]
    fn e_08_e_13_comparisons_are_those_of_the_table() {
        // RFC 9110 §8.8.3.2, Table 3.
        for (one, other, strong, weak) in [
            (r#"W/"1""#, r#"W/"1""#, false, true),
            (r#"W/"1""#, r#"W/"2""#, false, false),
            (r#"W/"1""#, r#""1""#, false, true),
            (r#""1""#, r#""1""#, true, true),
        ] {
            let tag = |text: &'static str| EntityTag::parse(text.as_bytes()).unwrap();
            assert_eq!(tag(one).strong_eq(tag(other)), strong, "{one} {other}");
            assert_eq!(tag(one).weak_eq(tag(other)), weak, "{one} {other}");
        }
    }

    #[test]
    fn a_suffix_goes_inside_the_quotes() {
        let tag = EntityTag::parse(br#"W/"a""#).unwrap();
        assert_eq!(tag.to_value("-gzip"), r#"W/"a-gzip""#);
        assert_eq!(tag.to_value(""), r#"W/"a""#);
    }
}
