//! Whether the body of a response may be rewritten, as far as its fields tell.

use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

use crate::fields::media_type::MediaType;
use crate::fields::{cache_directives, content_encoding, content_length, signature_input};

/// What of a response's fields decides whether its body may be rewritten.
///
/// It is found in one pass over them: to look each up by its name would cost more than all the rest.
#[derive(Default)]
pub(crate) struct Answered<'a> {
    pub(crate) content_length: Option<u64>,
    pub(crate) forbids_transforming: bool,
    pub(crate) has_content_range: bool,
    pub(crate) is_encoded: bool,
    /// A signature covers a field that would change.
    pub(crate) is_signed: bool,
    pub(crate) media_type: Option<MediaType<'a>>,
}

impl<'a> Answered<'a> {
    /// `is_changed` says of the name of a field whether rewriting the body changes that field.
    #[inline]
    pub(crate) fn read(fields: &'a HeaderMap, is_changed: impl Fn(&[u8]) -> bool) -> Self {
        let mut found = Self::default();
        let mut has_signature = false;
        for (name, line) in fields {
            if *name == CONTENT_TYPE {
                found.media_type = found.media_type.or(MediaType::parse(line.as_bytes()));
            } else if *name == CONTENT_LENGTH {
                found.content_length = found.content_length.or(content_length::parse(line));
            } else if *name == CACHE_CONTROL {
                found.forbids_transforming |= cache_directives::line_has(line, "no-transform");
            } else if *name == CONTENT_ENCODING {
                found.is_encoded |= content_encoding::line_names_coding(line);
            } else if *name == CONTENT_RANGE {
                found.has_content_range = true;
            } else if *name == signature_input::NAME {
                has_signature = true;
            }
        }
        found.is_signed = has_signature && signature_input::covers(fields, is_changed);
        found
    }

    /// Whether the response is not the whole representation as it is: a 304, a part, or encoded.
    pub(crate) fn is_partial_or_encoded(&self, status: StatusCode) -> bool {
        self.is_encoded || self.is_partial(status) || status == StatusCode::NOT_MODIFIED
    }

    pub(crate) fn is_partial(&self, status: StatusCode) -> bool {
        status == StatusCode::PARTIAL_CONTENT || self.has_content_range
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_found_in_one_pass_over_the_lines() {
        let mut fields = HeaderMap::new();
        for (name, line) in [
            (CONTENT_TYPE, "text/html"),
            (CONTENT_TYPE, "text/plain"),
            (CONTENT_LENGTH, "7"),
            (CACHE_CONTROL, "max-age=1"),
            (CACHE_CONTROL, "No-Transform"),
            (CONTENT_ENCODING, "br"),
            (CONTENT_RANGE, "bytes 0-6/9"),
            (signature_input::NAME, r#"a=("etag")"#),
        ] {
            fields.append(name, line.parse().unwrap());
        }
        let found = Answered::read(&fields, |name| name == b"etag");
        assert!(
            found
                .media_type
                .is_some_and(|found| found.is("text", "html"))
        );
        assert_eq!(found.content_length, Some(7));
        assert!(found.forbids_transforming && found.is_encoded && found.is_signed);
        assert!(found.is_partial(StatusCode::OK));
        assert!(!Answered::read(&fields, |name| name == b"vary").is_signed);

        let none = HeaderMap::new();
        let nothing = Answered::read(&none, |_| true);
        assert!(nothing.media_type.is_none() && nothing.content_length.is_none());
        assert!(!nothing.forbids_transforming && !nothing.is_signed);
        for (status, partial, any) in [(200, false, false), (206, true, true), (304, false, true)] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(nothing.is_partial(status), partial, "{status}");
            assert_eq!(nothing.is_partial_or_encoded(status), any, "{status}");
        }
    }
}
