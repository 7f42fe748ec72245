//! Media ranges: the sets of media types that users name in settings.

use std::fmt;

use super::is_token;
use super::media_type::MediaType;

/// One media type, or all of a kind.
///
/// | written | matches |
/// |---|---|
/// | `text/html` | this type |
/// | `text/*` | every subtype of `text` |
/// | `application/*+json` | every subtype of `application` that ends in `+json` |
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct MediaRange {
    kind: String,
    subtype: Subtype,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Subtype {
    Any,
    Exact(String),
    Suffix(String),
}

impl MediaRange {
    /// `None` for anything but the three forms; parameters and white space are refused, since they would
    /// never match.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (kind, subtype) = text.split_once('/')?;
        // A star is a character of tokens; here it has a meaning, or is a mistake.
        let is_name = |name: &str| is_token(name.as_bytes()) && !name.contains('*');
        let subtype = match (subtype, subtype.strip_prefix("*+")) {
            ("*", _) => Subtype::Any,
            (_, Some(suffix)) if is_name(suffix) => Subtype::Suffix(suffix.to_owned()),
            (name, _) if is_name(name) => Subtype::Exact(name.to_owned()),
            _ => return None,
        };
        is_name(kind).then(|| Self {
            kind: kind.to_owned(),
            subtype,
        })
    }

    /// Whether the media type is in the range, in any case (RFC 9110 §8.3.1).
    #[inline]
    pub(crate) fn matches(&self, media_type: MediaType<'_>) -> bool {
        media_type.kind_is(&self.kind)
            && match &self.subtype {
                Subtype::Any => true,
                Subtype::Exact(subtype) => media_type
                    .subtype()
                    .eq_ignore_ascii_case(subtype.as_bytes()),
                Subtype::Suffix(suffix) => media_type
                    .suffix()
                    .is_some_and(|found| found.eq_ignore_ascii_case(suffix.as_bytes())),
            }
    }

    /// Whether it names one type.
    pub(crate) const fn is_exact(&self) -> bool {
        matches!(self.subtype, Subtype::Exact(_))
    }
}

impl fmt::Display for MediaRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = &self.kind;
        match &self.subtype {
            Subtype::Any => write!(f, "{kind}/*"),
            Subtype::Exact(subtype) => write!(f, "{kind}/{subtype}"),
            Subtype::Suffix(suffix) => write!(f, "{kind}/*+{suffix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(range: &str, content_type: &str, expected: bool) {
        let parsed = MediaRange::parse(range).unwrap();
        assert_eq!(parsed.to_string(), range);
        let media_type = MediaType::parse(content_type.as_bytes()).unwrap();
        assert_eq!(
            parsed.matches(media_type),
            expected,
            "{range}: {content_type}"
        );
    }

    #[test]
    fn a_range_matches_in_any_case_and_without_parameters() {
        check("text/html", "Text/HTML; charset=utf-8", true);
        check("Text/Html", "text/html", true);
        check("text/html", "text/htmlx", false);
        check("image/*", "image/png", true);
        check("image/*", "images/png", false);
        check("application/*+json", "application/ld+JSON", true);
        check("application/*+json", "application/json", false);
        check("application/*+json", "text/x+json", false);
        check("application/*+json", "application/x+jsonp", false);
    }

    #[test]
    fn what_would_never_match_is_refused() {
        for range in [
            "",
            "json",
            "*/*",
            "*/html",
            "text/",
            "/html",
            "text/htm*l",
            "text/**",
            "a/b/c",
            "text/html; q=1",
            " text/html",
            "text/html\t",
            "application/*+",
            "application/*json",
            "application/*+js*n",
            "te*t/html",
            "text/h\u{e9}",
        ] {
            assert_eq!(MediaRange::parse(range), None, "{range:?}");
        }
    }

    #[test]
    fn only_one_type_is_exact() {
        let is_exact = |range| MediaRange::parse(range).unwrap().is_exact();
        assert!(is_exact("text/html"));
        assert!(!is_exact("text/*"));
        assert!(!is_exact("application/*+json"));
    }
}
