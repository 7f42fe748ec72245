//! Entity tags across a content coding.
//!
//! A strong tag promises the same bytes, so two codings of one representation must not share it
//! (RFC 9110 §8.8.3.3). A coding therefore marks the strong tags that go out with its suffix, and
//! tags that come back marked are joined by their unmarked form, so that the inner service
//! recognizes its own.
//!
//! A tag in `If-Range` is left as it came: a marked one matches nothing inside, so the range is ignored
//! and the whole representation sent, which is what must happen, for the ranges inside count bytes of
//! another coding.

use bytes::Bytes;
use http::header::{ETAG, HeaderMap, HeaderValue, IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE};

use super::coding::Coding;
use super::config::StrongEtags;
use crate::fields::entity_tag::EntityTag;
use crate::fields::list;

/// Marks the entity tag of a response that is sent in `coding`, if the tag is strong.
///
/// A weak tag promises only equivalence, which a coding does not break; what is no entity tag is
/// left as the handler wrote it.
pub(super) fn mark(fields: &mut HeaderMap, coding: Coding, policy: StrongEtags) {
    let Some(value) = fields.get_mut(ETAG) else {
        return;
    };
    let Some(tag @ EntityTag { weak: false, .. }) = EntityTag::parse(value.as_bytes()) else {
        return;
    };
    *value = match policy {
        StrongEtags::Suffix => tag.to_value(coding.tag_suffix()),
        StrongEtags::Weaken => EntityTag { weak: true, ..tag }.to_value(""),
    };
}

/// The lines in which a request named marked tags, as the client wrote them.
#[derive(Debug)]
pub(super) struct SentTags {
    lines: Vec<HeaderValue>,
}

/// Joins each tag of `If-Match` and `If-None-Match` that one of `codings` marked by its unmarked form,
/// and keeps the lines as they were sent.
pub(super) fn join_unmarked(
    fields: &mut HeaderMap,
    codings: &[Coding],
    policy: StrongEtags,
) -> SentTags {
    let mut lines = Vec::new();
    for (name, line) in fields.iter_mut() {
        if *name == IF_MATCH || *name == IF_NONE_MATCH {
            lines.push(line.clone());
            match policy {
                StrongEtags::Suffix => *line = joined(line, codings),
                StrongEtags::Weaken => {}
            }
        }
    }
    SentTags { lines }
}

/// Gives the strong tag of a 304 or 412 the form in which the client sent it: with a suffix, or weak.
///
/// Where the client sent several forms of one tag, the one of `coding` is meant, for that is what
/// the same request would be sent now; then the unmarked one; then the first.
pub(super) fn echo(fields: &mut HeaderMap, sent: &SentTags, coding: Option<Coding>) {
    let Some(value) = fields.get_mut(ETAG) else {
        return;
    };
    let Some(tag @ EntityTag { weak: false, .. }) = EntityTag::parse(value.as_bytes()) else {
        return;
    };
    let elements = || sent.lines.iter().flat_map(list::tags_of_line);
    let forms = || {
        elements().filter_map(|element| {
            let (plain, form_of) = match unmarked(element, &Coding::PREFERENCE) {
                Some((plain, coding)) => (plain, Some(coding)),
                None => (EntityTag::parse(element)?, None),
            };
            let is_form = plain.opaque == tag.opaque && (form_of.is_some() || plain.weak);
            is_form.then_some((element, form_of))
        })
    };
    let form = match forms().find(|&(_, form_of)| form_of.is_some() && form_of == coding) {
        None if elements().any(|element| element == value.as_bytes()) => return,
        found => found.or_else(|| forms().next()),
    };
    if let Some((form, _)) = form {
        *value = HeaderValue::from_bytes(form).expect("part of a field value is a field value");
    }
}

/// The line with the unmarked forms of its marked tags; a line without any as it was.
fn joined(line: &HeaderValue, codings: &[Coding]) -> HeaderValue {
    let mut text = Vec::new();
    let mut found = false;
    for element in list::tags_of_line(line) {
        if !text.is_empty() {
            text.extend_from_slice(b", ");
        }
        text.extend_from_slice(element);
        if let Some((plain, _)) = unmarked(element, codings) {
            found = true;
            text.extend_from_slice(b", ");
            plain.write("", &mut text);
        }
    }
    if !found {
        return line.clone();
    }
    HeaderValue::from_maybe_shared(Bytes::from(text))
        .expect("entity tags joined by commas are a field value")
}

/// The tag that one of `codings` marked, and which one.
///
/// Weak tags count too: intermediaries weaken the tags of what they transform.
fn unmarked<'a>(element: &'a [u8], codings: &[Coding]) -> Option<(EntityTag<'a>, Coding)> {
    let tag = EntityTag::parse(element)?;
    codings.iter().find_map(|&coding| {
        let opaque = tag.opaque.strip_suffix(coding.tag_suffix().as_bytes())?;
        Some((EntityTag { opaque, ..tag }, coding))
    })
}

/// Keeps a range from being taken of the identity for a client that may hold a part of a coding.
///
/// A tag in `If-Range` tells which of the two it holds; a date does not. Without `Range` the whole
/// representation is sent, which is what a failed `If-Range` would give.
pub(super) fn drop_range_after_date(fields: &mut HeaderMap) {
    let is_tag = |value: &HeaderValue| EntityTag::parse(value.as_bytes()).is_some();
    if fields.get(IF_RANGE).is_some_and(|value| !is_tag(value)) {
        fields.remove(RANGE);
        fields.remove(IF_RANGE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Coding::{Brotli, Gzip};
    use http::HeaderName;

    fn fields(name: &HeaderName, lines: &[&str]) -> HeaderMap {
        let mut fields = HeaderMap::new();
        for line in lines {
            fields.append(name, line.parse().unwrap());
        }
        fields
    }

    #[track_caller]
    fn check_mark(before: &str, policy: StrongEtags, after: &str) {
        let mut fields = fields(&ETAG, &[before]);
        mark(&mut fields, Gzip, policy);
        assert_eq!(fields[ETAG], after, "{before}");
    }

    #[test]
    fn c_22_a_strong_tag_gets_the_suffix_of_its_coding() {
        check_mark(r#""a""#, StrongEtags::Suffix, r#""a-gzip""#);
        check_mark(r#""""#, StrongEtags::Suffix, r#""-gzip""#);
        check_mark(r#""a""#, StrongEtags::Weaken, r#"W/"a""#);
    }

    #[test]
    fn c_22_weak_and_malformed_tags_stay_as_they_are() {
        for policy in [StrongEtags::Suffix, StrongEtags::Weaken] {
            check_mark(r#"W/"a""#, policy, r#"W/"a""#);
            check_mark("a", policy, "a");
            check_mark(r#""a" "b""#, policy, r#""a" "b""#);
        }
    }

    #[track_caller]
    fn check_join(before: &[&str], after: &[&str]) {
        for name in [IF_MATCH, IF_NONE_MATCH] {
            let mut found = fields(&name, before);
            let sent = join_unmarked(&mut found, &Coding::PREFERENCE, StrongEtags::Suffix);
            assert_eq!(found, fields(&name, after), "{before:?}");
            assert_eq!(sent.lines, before, "{before:?}");
        }
    }

    #[test]
    fn c_23_a_marked_tag_is_joined_by_its_unmarked_form() {
        check_join(&[r#""a-gzip""#], &[r#""a-gzip", "a""#]);
        check_join(
            &[r#""a-br" , "b", W/"c-zstd""#, r#""d,-deflate""#],
            &[
                r#""a-br", "a", "b", W/"c-zstd", W/"c""#,
                r#""d,-deflate", "d,""#,
            ],
        );
        check_join(&[r#""a-gzip-br""#], &[r#""a-gzip-br", "a-gzip""#]);
    }

    #[test]
    fn c_23_other_lists_stay_as_they_came() {
        check_join(&[], &[]);
        check_join(&["*"], &["*"]);
        check_join(&[r#""a",,"b""#, r#"W/"c""#], &[r#""a",,"b""#, r#"W/"c""#]);
        check_join(&["a-gzip"], &["a-gzip"]);
        check_join(&[r#""a-gzip"#], &[r#""a-gzip"#]);
        check_join(&[r#""-GZIP""#], &[r#""-GZIP""#]);
    }

    #[test]
    fn c_23_a_suffix_of_a_coding_that_is_not_offered_is_the_handler_s_own() {
        let mut found = fields(&IF_NONE_MATCH, &[r#""pt-br", "a-gzip""#]);
        join_unmarked(&mut found, &[Gzip], StrongEtags::Suffix);
        assert_eq!(
            found,
            fields(&IF_NONE_MATCH, &[r#""pt-br", "a-gzip", "a""#])
        );
    }

    #[test]
    fn a_weakened_tag_comes_back_weak() {
        let mut request = fields(&IF_NONE_MATCH, &[r#"W/"b", W/"a""#]);
        let sent = join_unmarked(&mut request, &[Gzip], StrongEtags::Weaken);
        assert_eq!(request, fields(&IF_NONE_MATCH, &[r#"W/"b", W/"a""#]));
        let mut response = fields(&ETAG, &[r#""a""#]);
        echo(&mut response, &sent, Some(Gzip));
        assert_eq!(response[ETAG], r#"W/"a""#);
    }

    #[test]
    fn a_range_after_a_date_goes_and_after_a_tag_stays() {
        for (if_range, goes) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", true),
            ("nonsense", true),
            (r#""a-gzip""#, false),
            (r#"W/"a""#, false),
        ] {
            let mut found = fields(&RANGE, &["bytes=0-9"]);
            found.insert(IF_RANGE, if_range.parse().unwrap());
            drop_range_after_date(&mut found);
            assert_eq!(found.is_empty(), goes, "{if_range}");
            assert_eq!(found.contains_key(RANGE), !goes, "{if_range}");
        }
        let mut found = fields(&RANGE, &["bytes=0-9"]);
        drop_range_after_date(&mut found);
        assert!(found.contains_key(RANGE));
    }

    #[test]
    fn c_23_if_range_stays_as_it_came() {
        let mut fields = HeaderMap::new();
        fields.insert(IF_RANGE, r#""a-gzip""#.parse().unwrap());
        let before = fields.clone();
        join_unmarked(&mut fields, &Coding::PREFERENCE, StrongEtags::Suffix);
        assert_eq!(fields, before);
    }

    #[track_caller]
    fn check_echo(line: &str, coding: Option<Coding>, etag: &str, expected: &str) {
        let mut request = fields(&IF_NONE_MATCH, &[line]);
        let mut response = fields(&ETAG, &[etag]);
        let sent = join_unmarked(&mut request, &Coding::PREFERENCE, StrongEtags::Suffix);
        echo(&mut response, &sent, coding);
        assert_eq!(response[ETAG], expected, "{line}, {coding:?}");
    }

    #[test]
    fn x_02_the_form_that_the_client_sent_comes_back() {
        check_echo(r#""a-gzip""#, Some(Gzip), r#""a""#, r#""a-gzip""#);
        check_echo(r#""a-gzip""#, Some(Brotli), r#""a""#, r#""a-gzip""#);
        check_echo(r#""a-gzip""#, None, r#""a""#, r#""a-gzip""#);
        check_echo(r#"W/"a-gzip""#, Some(Gzip), r#""a""#, r#"W/"a-gzip""#);
        check_echo(r#""b", "a-br""#, Some(Gzip), r#""a""#, r#""a-br""#);
    }

    #[test]
    fn x_03_an_unmarked_form_stays() {
        check_echo(r#""a""#, Some(Gzip), r#""a""#, r#""a""#);
        check_echo(r#""a-br", "a""#, Some(Gzip), r#""a""#, r#""a""#);
        check_echo(r#""a", "a-gzip""#, None, r#""a""#, r#""a""#);
        check_echo(r#""a-gzip", "a""#, None, r#""a""#, r#""a""#);
        check_echo(r#""a-gzip""#, Some(Gzip), r#""b""#, r#""b""#);
        check_echo(r#""a-gzip""#, Some(Gzip), r#"W/"a""#, r#"W/"a""#);
        check_echo(r#""a-gzip""#, Some(Gzip), "a", "a");
    }

    #[test]
    fn of_several_forms_the_one_of_the_coding_comes_back() {
        check_echo(
            r#""a", "a-br", "a-gzip""#,
            Some(Gzip),
            r#""a""#,
            r#""a-gzip""#,
        );
        check_echo(r#""a-br", "a-gzip""#, Some(Gzip), r#""a""#, r#""a-gzip""#);
    }
}
