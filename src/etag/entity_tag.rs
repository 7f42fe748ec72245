//! The entity tag as users hold one.

use std::fmt;
use std::str::FromStr;

use http::HeaderValue;

use crate::fields::entity_tag::EntityTag as Parsed;

/// An entity tag (RFC 9110 §8.8.3): a name for one state of a representation.
///
/// ```text
/// entity-tag = [ weak ] opaque-tag
/// weak       = %s"W/"
/// opaque-tag = DQUOTE *etagc DQUOTE
/// etagc      = %x21 / %x23-7E / obs-text
/// ```
///
/// A *strong* tag changes with every byte, a *weak* one when the meaning does. `==` compares both the
/// names and the strength; for what a condition asks there are [`strong_eq`](Self::strong_eq) and
/// [`weak_eq`](Self::weak_eq). A clone costs no allocation.
///
/// # Example
///
/// ```
/// use tower_egress::etag::EntityTag;
///
/// let version = EntityTag::strong("v1")?;
/// assert_eq!(version.to_value(), "\"v1\"");
///
/// let held: EntityTag = "W/\"v1\"".parse()?;
/// assert!(version.weak_eq(&held));
/// assert!(!version.strong_eq(&held));
/// # Ok::<(), tower_egress::etag::InvalidEntityTag>(())
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct EntityTag {
    // Invariant: `Parsed::parse` understands it.
    value: HeaderValue,
}

impl EntityTag {
    /// The strong tag that says `opaque`, which is what stands between the quotes.
    ///
    /// # Errors
    ///
    /// [`InvalidEntityTag`] when `opaque` holds a space, a quote or a control character.
    pub fn strong(opaque: &str) -> Result<Self, InvalidEntityTag> {
        Self::new(opaque, false)
    }

    /// The weak tag that says `opaque`, which is what stands between the quotes.
    ///
    /// # Errors
    ///
    /// [`InvalidEntityTag`] when `opaque` holds a space, a quote or a control character.
    pub fn weak(opaque: &str) -> Result<Self, InvalidEntityTag> {
        Self::new(opaque, true)
    }

    /// Reads a field value that is one entity tag and nothing else.
    ///
    /// # Errors
    ///
    /// [`InvalidEntityTag`] when it is anything else: no tag, a list of them, or `*`.
    pub fn from_value(value: &HeaderValue) -> Result<Self, InvalidEntityTag> {
        match Parsed::parse(value.as_bytes()) {
            Some(_) => Ok(Self {
                value: value.clone(),
            }),
            None => Err(InvalidEntityTag::of(value.as_bytes())),
        }
    }

    /// Whether the tag promises only that the meaning is the same, not the bytes.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.parsed().weak
    }

    /// What stands between the quotes.
    #[must_use]
    pub fn opaque(&self) -> &[u8] {
        self.parsed().opaque
    }

    /// Whether both are strong and say the same: the comparison of `If-Match` and `If-Range`.
    #[must_use]
    pub fn strong_eq(&self, other: &Self) -> bool {
        self.parsed().strong_eq(other.parsed())
    }

    /// Whether both say the same: the comparison of `If-None-Match`.
    #[must_use]
    pub fn weak_eq(&self, other: &Self) -> bool {
        self.parsed().weak_eq(other.parsed())
    }

    /// The tag as a field value.
    #[must_use]
    pub fn to_value(&self) -> HeaderValue {
        self.value.clone()
    }

    /// The weak tag that says the same.
    pub(super) fn weakened(&self) -> Self {
        let tag = Parsed {
            weak: true,
            ..self.parsed()
        };
        Self {
            value: tag.to_value(""),
        }
    }

    pub(super) fn parsed(&self) -> Parsed<'_> {
        Parsed::parse(self.value.as_bytes()).expect("it was parsed when it was made")
    }

    fn new(opaque: &str, weak: bool) -> Result<Self, InvalidEntityTag> {
        let tag = Parsed {
            weak,
            opaque: opaque.as_bytes(),
        };
        if !tag.is_valid() {
            return Err(InvalidEntityTag::of(opaque.as_bytes()));
        }
        Ok(Self {
            value: tag.to_value(""),
        })
    }
}

impl FromStr for EntityTag {
    type Err = InvalidEntityTag;

    fn from_str(text: &str) -> Result<Self, InvalidEntityTag> {
        match Parsed::parse(text.as_bytes()) {
            Some(tag) => Ok(Self {
                value: tag.to_value(""),
            }),
            None => Err(InvalidEntityTag::of(text.as_bytes())),
        }
    }
}

impl From<EntityTag> for HeaderValue {
    fn from(tag: EntityTag) -> Self {
        tag.value
    }
}

impl fmt::Debug for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EntityTag")
            .field(&self.value.as_bytes().escape_ascii().to_string())
            .finish()
    }
}

/// Why a text is no entity tag.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct InvalidEntityTag {
    /// The text, with what is not visible escaped.
    pub text: String,
}

impl InvalidEntityTag {
    fn of(text: &[u8]) -> Self {
        Self {
            text: text.escape_ascii().to_string(),
        }
    }
}

impl fmt::Display for InvalidEntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no entity tag; write `\"x\"` or `W/\"x\"`, where x has no space, quote or \
             control character",
            self.text,
        )
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
            let text = opaque.as_bytes().escape_ascii().to_string();
            let expected = InvalidEntityTag { text };
            assert_eq!(EntityTag::strong(opaque), Err(expected.clone()));
            assert_eq!(EntityTag::weak(opaque), Err(expected));
        }
    }

    #[test]
    fn a_tag_is_read_from_text_and_value_alike() {
        let tag: EntityTag = "W/\"a\"".parse().unwrap();
        assert_eq!(tag, EntityTag::weak("a").unwrap());
        assert_eq!(EntityTag::from_value(&tag.to_value()), Ok(tag.clone()));
        assert!(tag.is_weak());
        assert_eq!(tag.opaque(), b"a");
        for text in ["", "*", "a", "\"a\", \"b\"", "w/\"a\""] {
            let expected = InvalidEntityTag::of(text.as_bytes());
            let value = HeaderValue::try_from(text).unwrap();
            assert_eq!(text.parse::<EntityTag>(), Err(expected.clone()), "{text}");
            assert_eq!(EntityTag::from_value(&value), Err(expected), "{text}");
        }
    }

    #[test]
    fn the_error_names_the_text_and_the_remedy() {
        let error = EntityTag::strong("a b").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`a b` is no entity tag; write `\"x\"` or `W/\"x\"`, where x has no space, quote or \
             control character",
        );
    }
}
