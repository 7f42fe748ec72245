//! The entity tag as users hold one: checked when it is made.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use http::HeaderValue;

use crate::fields::entity_tag::EntityTag as Parsed;
use crate::fields::hex;

/// An entity tag: a name for one state of a representation.
///
/// A *strong* tag changes with every byte. A *weak* tag changes when the meaning does. `==`
/// compares the text and the strength of two tags. The comparisons of conditions are
/// [`strong_eq`](Self::strong_eq) and [`weak_eq`](Self::weak_eq). A clone costs no allocation.
///
/// # Example
///
/// ```
/// use http::HeaderValue;
/// use tower_egress::etag::EntityTag;
///
/// let version = EntityTag::strong("v1")?;
/// assert_eq!(version.to_string(), "\"v1\"");
/// assert_eq!(HeaderValue::from(version.clone()), "\"v1\"");
///
/// let held: EntityTag = "W/\"v1\"".parse()?;
/// assert!(version.weak_eq(&held));
/// assert!(!version.strong_eq(&held));
/// # Ok::<(), tower_egress::etag::InvalidEntityTag>(())
/// ```
///
/// # Grammar
///
/// RFC 9110 §8.8.3:
///
/// ```text
/// entity-tag = [ weak ] opaque-tag
/// weak       = %s"W/"
/// opaque-tag = DQUOTE *etagc DQUOTE
/// etagc      = %x21 / %x23-7E / obs-text
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct EntityTag {
    // Invariant: `Parsed::parse` understands it.
    value: HeaderValue,
}

impl EntityTag {
    /// Makes a strong tag of `opaque`, the text between the quotes: `v1` for `"v1"`.
    ///
    /// Use [`str::parse`] for a text that is a whole tag, with its quotes.
    ///
    /// # Errors
    ///
    /// [`InvalidEntityTag`] when `opaque` has a space, a quote or a control character.
    pub fn strong(opaque: impl AsRef<[u8]>) -> Result<Self, InvalidEntityTag> {
        Self::new(opaque.as_ref(), false)
    }

    /// Makes a weak tag of `opaque`, the text between the quotes: `v1` for `W/"v1"`.
    ///
    /// Use [`str::parse`] for a text that is a whole tag, with its quotes.
    ///
    /// # Errors
    ///
    /// [`InvalidEntityTag`] when `opaque` has a space, a quote or a control character.
    pub fn weak(opaque: impl AsRef<[u8]>) -> Result<Self, InvalidEntityTag> {
        Self::new(opaque.as_ref(), true)
    }

    /// Whether the tag promises only that the meaning is the same, not the bytes.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.parsed().weak
    }

    /// The text between the quotes.
    #[must_use]
    pub fn opaque(&self) -> &[u8] {
        self.parsed().opaque
    }

    /// Whether both are strong and have the same text: the comparison of `If-Match` and `If-Range`.
    #[must_use]
    pub fn strong_eq(&self, other: &Self) -> bool {
        self.parsed().strong_eq(other.parsed())
    }

    /// Whether both have the same text: the comparison of `If-None-Match`.
    #[must_use]
    pub fn weak_eq(&self, other: &Self) -> bool {
        self.parsed().weak_eq(other.parsed())
    }

    /// The tag as a field value.
    #[must_use]
    pub fn to_value(&self) -> HeaderValue {
        self.value.clone()
    }

    /// The tag whose text is `bytes` in hexadecimal digits.
    pub(crate) fn of_digest(bytes: &[u8], weak: bool) -> Self {
        let mut text = Vec::with_capacity(2 * bytes.len() + if weak { 4 } else { 2 });
        text.extend_from_slice(if weak { b"W/\"" } else { b"\"" });
        hex::write(&mut text, bytes);
        text.push(b'"');
        let value = HeaderValue::from_maybe_shared(Bytes::from(text));
        Self {
            value: value.expect("digits in quotes are visible"),
        }
    }

    /// The weak tag of the same text.
    pub(crate) fn weakened(&self) -> Self {
        let tag = Parsed {
            weak: true,
            ..self.parsed()
        };
        Self {
            value: tag.to_value(""),
        }
    }

    pub(crate) fn parsed(&self) -> Parsed<'_> {
        Parsed::split(self.value.as_bytes()).expect("it was parsed when it was made")
    }

    fn new(opaque: &[u8], weak: bool) -> Result<Self, InvalidEntityTag> {
        let tag = Parsed { weak, opaque };
        if !tag.is_valid() {
            return Err(InvalidEntityTag::of(opaque, Expected::Opaque));
        }
        Ok(Self {
            value: tag.to_value(""),
        })
    }
}

/// Reads a field value that is one entity tag and nothing else.
impl TryFrom<&HeaderValue> for EntityTag {
    type Error = InvalidEntityTag;

    fn try_from(value: &HeaderValue) -> Result<Self, InvalidEntityTag> {
        match Parsed::parse(value.as_bytes()) {
            Some(_) => Ok(Self {
                value: value.clone(),
            }),
            None => Err(InvalidEntityTag::of(value.as_bytes(), Expected::Tag)),
        }
    }
}

impl TryFrom<&str> for EntityTag {
    type Error = InvalidEntityTag;

    fn try_from(text: &str) -> Result<Self, InvalidEntityTag> {
        text.parse()
    }
}

/// Reads a text that is one entity tag and nothing else.
impl FromStr for EntityTag {
    type Err = InvalidEntityTag;

    fn from_str(text: &str) -> Result<Self, InvalidEntityTag> {
        match Parsed::parse(text.as_bytes()) {
            Some(tag) => Ok(Self {
                value: tag.to_value(""),
            }),
            None => Err(InvalidEntityTag::of(text.as_bytes(), Expected::Tag)),
        }
    }
}

impl From<EntityTag> for HeaderValue {
    fn from(tag: EntityTag) -> Self {
        tag.value
    }
}

/// Writes the tag as a field has it. A byte that is not UTF-8 is replaced.
impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&String::from_utf8_lossy(self.value.as_bytes()))
    }
}

impl fmt::Debug for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EntityTag")
            .field(&self.value.as_bytes().escape_ascii().to_string())
            .finish()
    }
}

/// The text is not an entity tag, or cannot be part of one.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct InvalidEntityTag {
    /// The text, with the bytes escaped that are not visible ASCII.
    pub text: String,
    expected: Expected,
}

/// What the text was given for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Expected {
    /// For the text between the quotes.
    Opaque,
    /// For a whole tag.
    Tag,
}

impl InvalidEntityTag {
    fn of(text: &[u8], expected: Expected) -> Self {
        // Quotes and backslashes are visible. Escaped, they would not be the text that was given.
        let visible = text.iter().map(|&byte| match byte {
            b' '..=b'~' => char::from(byte).to_string(),
            _ => byte.escape_ascii().to_string(),
        });
        Self {
            text: visible.collect(),
            expected,
        }
    }
}

impl fmt::Display for InvalidEntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        if self.expected == Expected::Tag {
            return write!(
                f,
                "`{text}` is not an entity tag; write it with quotes, such as `\"v2\"` or \
                 `W/\"v2\"`, and without spaces and control characters"
            );
        }
        write!(
            f,
            "`{text}` cannot stand between the quotes of an entity tag; "
        )?;
        match Parsed::parse(text.as_bytes()) {
            Some(tag) => write!(
                f,
                "write `{}` without quotes, or parse the text as a whole tag",
                tag.opaque.escape_ascii()
            ),
            None => f.write_str("leave out spaces, quotes and control characters, such as in `v2`"),
        }
    }
}

impl std::error::Error for InvalidEntityTag {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_02_a_tag_is_made_of_what_the_grammar_allows() {
        assert_eq!(EntityTag::strong("a,b").unwrap().to_value(), "\"a,b\"");
        assert_eq!(EntityTag::weak("").unwrap().to_value(), "W/\"\"");
        assert_eq!(EntityTag::strong("\u{e9}").unwrap().opaque(), b"\xc3\xa9");
        for opaque in ["a b", "a\"", "a\nb", "\x7f", "\0"] {
            let expected = InvalidEntityTag::of(opaque.as_bytes(), Expected::Opaque);
            assert_eq!(EntityTag::strong(opaque), Err(expected.clone()));
            assert_eq!(EntityTag::weak(opaque), Err(expected));
        }
    }

    #[test]
    fn a_tag_is_read_from_text_and_value_alike() {
        let tag: EntityTag = "W/\"a\"".parse().unwrap();
        assert_eq!(tag, EntityTag::weak("a").unwrap());
        assert_eq!(EntityTag::try_from(&tag.to_value()), Ok(tag.clone()));
        assert!(tag.is_weak());
        assert_eq!(tag.opaque(), b"a");
        for text in ["", "*", "a", "\"a\", \"b\"", "w/\"a\""] {
            let expected = InvalidEntityTag::of(text.as_bytes(), Expected::Tag);
            let value = HeaderValue::try_from(text).unwrap();
            assert_eq!(text.parse::<EntityTag>(), Err(expected.clone()), "{text}");
            assert_eq!(EntityTag::try_from(&value), Err(expected.clone()), "{text}");
            assert_eq!(EntityTag::try_from(text), Err(expected), "{text}");
        }
    }

    /// Finding O.
    #[test]
    fn the_error_names_the_text_and_the_remedy() {
        let within = |error: InvalidEntityTag| error.to_string();
        assert_eq!(
            within(EntityTag::strong("\"v2\"").unwrap_err()),
            "`\"v2\"` cannot stand between the quotes of an entity tag; write `v2` without quotes, \
             or parse the text as a whole tag",
        );
        assert_eq!(
            within(EntityTag::weak("W/\"v2\"").unwrap_err()),
            "`W/\"v2\"` cannot stand between the quotes of an entity tag; write `v2` without \
             quotes, or parse the text as a whole tag",
        );
        for (opaque, text) in [
            ("a b", "a b"),
            ("a\"", "a\""),
            ("a\nb", "a\\nb"),
            ("\"a b\"", "\"a b\""),
        ] {
            assert_eq!(
                within(EntityTag::strong(opaque).unwrap_err()),
                format!(
                    "`{text}` cannot stand between the quotes of an entity tag; leave out spaces, \
                     quotes and control characters, such as in `v2`"
                ),
            );
        }
        for text in ["v2", "\"a b\"", "w/\"v2\""] {
            let expected = format!(
                "`{text}` is not an entity tag; write it with quotes, such as `\"v2\"` or \
                 `W/\"v2\"`, and without spaces and control characters"
            );
            assert_eq!(within(text.parse::<EntityTag>().unwrap_err()), expected);
        }
    }

    /// Finding O.
    #[test]
    fn a_tag_is_made_of_text_and_of_bytes() {
        let expected = EntityTag::strong("v2");
        assert_eq!(EntityTag::strong(String::from("v2")), expected);
        assert_eq!(EntityTag::strong(HeaderValue::from_static("v2")), expected);
        assert_eq!(EntityTag::strong(b"v2"), expected);
        assert_eq!(EntityTag::strong(vec![b'v', b'2']), expected);
        assert_eq!(EntityTag::weak(b"\xff").unwrap().opaque(), b"\xff");
    }

    #[test]
    fn a_tag_is_written_as_a_field_has_it() {
        for tag in [EntityTag::strong("a"), EntityTag::weak("a")] {
            let tag = tag.unwrap();
            assert_eq!(tag.to_string().as_bytes(), tag.to_value().as_bytes());
            assert_eq!(HeaderValue::from(tag.clone()), tag.to_value());
        }
        let beyond = EntityTag::strong(b"\xff").unwrap();
        assert_eq!(beyond.to_string(), "\"\u{fffd}\"");
    }

    #[test]
    fn e_32_a_digest_becomes_hexadecimal_digits() {
        for (weak, expected) in [(true, "W/\"00ff\""), (false, "\"00ff\"")] {
            let tag = EntityTag::of_digest(&[0, 255], weak);
            assert_eq!(Ok(tag), expected.parse());
        }
    }
}
