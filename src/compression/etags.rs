//! Entity tags across a content coding.
//!
//! A strong tag promises the same bytes, so two codings of one representation must not share it
//! (RFC 9110 §8.8.3.3). A coding therefore marks the strong tags that go out with its suffix, and
//! tags that come back marked are joined by their unmarked form, so that the inner service
//! recognizes its own.
//!
//! A range is never continued across codings: `Range` is removed where `If-Range` names a marked tag, for
//! the ranges inside count bytes of the identity.

use bytes::Bytes;
use http::header::{
    ETAG, HeaderMap, HeaderValue, IF_MATCH, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE,
};

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
///
/// In `If-None-Match`, only a tag of a coding that `may_be_sent` is joined. RFC 9110 §13.1.2 compares
/// the tags with the selected representation, and one in a coding that the client refuses is never
/// selected.
pub(super) fn join_unmarked(
    fields: &mut HeaderMap,
    codings: &[Coding],
    policy: StrongEtags,
    may_be_sent: impl Fn(Coding) -> bool,
) -> SentTags {
    let mut lines = Vec::new();
    for (name, line) in fields.iter_mut() {
        let is_if_match = *name == IF_MATCH;
        if is_if_match || *name == IF_NONE_MATCH {
            lines.push(line.clone());
            match policy {
                StrongEtags::Suffix => {
                    *line = joined(line, codings, |coding| is_if_match || may_be_sent(coding));
                }
                StrongEtags::Weaken => {}
            }
        }
    }
    SentTags { lines }
}

/// Gives the strong tag of a 304 or 412 the form in which the client sent it: with the suffix of a
/// coding that `may_be_sent`, or weak. Returns whether the tag needs no other form.
///
/// Where the client sent several forms of one tag, the one of `coding` is meant, for that is what
/// the same request would be sent now; then the unmarked one; then the first.
pub(super) fn echo(
    fields: &mut HeaderMap,
    sent: &SentTags,
    coding: Option<Coding>,
    may_be_sent: impl Fn(Coding) -> bool,
) -> bool {
    let Some(value) = fields.get_mut(ETAG) else {
        return true;
    };
    let Some(tag @ EntityTag { weak: false, .. }) = EntityTag::parse(value.as_bytes()) else {
        return true;
    };
    let elements = || sent.lines.iter().flat_map(list::tags_of_line);
    let forms = || {
        elements().filter_map(|element| {
            let (plain, form_of) = match unmarked(element, &Coding::PREFERENCE) {
                Some((plain, coding)) => (plain, Some(coding)),
                None => (EntityTag::parse(element)?, None),
            };
            let is_form = plain.opaque == tag.opaque && form_of.map_or(plain.weak, &may_be_sent);
            is_form.then_some((element, form_of))
        })
    };
    let form = match forms().find(|&(_, form_of)| form_of.is_some() && form_of == coding) {
        None if elements().any(|element| element == value.as_bytes()) => return true,
        found => found.or_else(|| forms().next()),
    };
    let Some((form, _)) = form else {
        return false;
    };
    *value = HeaderValue::from_bytes(form).expect("part of a field value is a field value");
    true
}

/// Removes the strong tag of a 304 where nobody knows which form the 200 would show, and a date can
/// take its place.
///
/// A cache selects the stored response that a 304 updates by a strong tag, if there is one, and then by
/// `Last-Modified`. RFC 9111 §4.3.4, of the strong ones:
///
/// > If none of the initial set contains at least one of the same strong validators, then the cache
/// > MUST NOT use the new response to update any stored responses.
///
/// So a tag in the wrong form does harm, and none does not. `Vary` keeps the codings apart.
pub(super) fn drop_strong(fields: &mut HeaderMap) {
    let is_strong =
        |value: &HeaderValue| EntityTag::parse(value.as_bytes()).is_some_and(|tag| !tag.weak);
    if fields.contains_key(LAST_MODIFIED) && fields.get(ETAG).is_some_and(is_strong) {
        fields.remove(ETAG);
    }
}

/// The line with the unmarked forms of its marked tags; a line without any as it was.
fn joined(
    line: &HeaderValue,
    codings: &[Coding],
    is_joined: impl Fn(Coding) -> bool,
) -> HeaderValue {
    let plain_of = |element| {
        let (plain, coding) = unmarked(element, codings)?;
        is_joined(coding).then_some(plain)
    };
    // Most lists have no such tag, and are not written anew.
    if !list::tags_of_line(line).any(|element| plain_of(element).is_some()) {
        return line.clone();
    }
    let mut text = Vec::new();
    for element in list::tags_of_line(line) {
        if !text.is_empty() {
            text.extend_from_slice(b", ");
        }
        text.extend_from_slice(element);
        if let Some(plain) = plain_of(element) {
            text.extend_from_slice(b", ");
            plain.write("", &mut text);
        }
    }
    HeaderValue::from_maybe_shared(Bytes::from(text))
        .expect("entity tags joined by commas are a field value")
}

/// The tag that one of `codings` marked, and which one.
///
/// Weak tags count too: intermediaries weaken the tags of what they transform.
fn unmarked<'a>(element: &'a [u8], codings: &[Coding]) -> Option<(EntityTag<'a>, Coding)> {
    let tag = EntityTag::parse(element)?;
    // A suffix has one hyphen, its first byte.
    let (opaque, suffix) = tag
        .opaque
        .split_at(tag.opaque.iter().rposition(|&byte| byte == b'-')?);
    let is_its = |coding: &&Coding| coding.tag_suffix().as_bytes() == suffix;
    let coding = codings.iter().find(is_its)?;
    Some((EntityTag { opaque, ..tag }, *coding))
}

/// Removes `Range` and `If-Range` where the client may hold a part of a coding: the rest, taken of the
/// identity, would not fit. Without them the whole representation is sent, as after an `If-Range` that
/// does not hold.
///
/// 1. A tag that a coding marked: the client holds a part of that coding. A handler that compares tags
///    does not know this one, but not every handler compares. Codings that are not offered count too:
///    the build before this one may have offered them.
/// 2. A weak tag: all codings share it, and it never holds (RFC 9110 §13.1.5).
/// 3. A date, where a coding `is_sent` in response to this request: all codings share the date too.
pub(super) fn drop_range(fields: &mut HeaderMap, policy: StrongEtags, is_sent: bool) {
    let is_dropped = |value: &HeaderValue| match EntityTag::parse(value.as_bytes()) {
        None => is_sent,
        Some(tag) => {
            let may_be_marked = policy == StrongEtags::Suffix;
            tag.weak || (may_be_marked && unmarked(value.as_bytes(), &Coding::PREFERENCE).is_some())
        }
    };
    if fields.get(IF_RANGE).is_some_and(is_dropped) {
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

    /// For a request that accepts all codings.
    fn join_all(fields: &mut HeaderMap, codings: &[Coding], policy: StrongEtags) -> SentTags {
        join_unmarked(fields, codings, policy, |_| true)
    }

    #[track_caller]
    fn check_join(before: &[&str], after: &[&str]) {
        for name in [IF_MATCH, IF_NONE_MATCH] {
            let mut found = fields(&name, before);
            let sent = join_all(&mut found, &Coding::PREFERENCE, StrongEtags::Suffix);
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
        join_all(&mut found, &[Gzip], StrongEtags::Suffix);
        assert_eq!(
            found,
            fields(&IF_NONE_MATCH, &[r#""pt-br", "a-gzip", "a""#])
        );
    }

    #[test]
    fn a_weakened_tag_comes_back_weak() {
        let mut request = fields(&IF_NONE_MATCH, &[r#"W/"b", W/"a""#]);
        let sent = join_all(&mut request, &[Gzip], StrongEtags::Weaken);
        assert_eq!(request, fields(&IF_NONE_MATCH, &[r#"W/"b", W/"a""#]));
        let mut response = fields(&ETAG, &[r#""a""#]);
        assert!(echo(&mut response, &sent, Some(Gzip), |_| true));
        assert_eq!(response[ETAG], r#"W/"a""#);
    }

    #[test]
    fn x_05_a_range_after_what_may_be_of_a_coding_is_removed() {
        use StrongEtags::{Suffix, Weaken};
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        for (if_range, policy, is_sent, removed) in [
            (date, Suffix, true, true),
            (date, Suffix, false, false),
            ("nonsense", Suffix, true, true),
            (r#""a-gzip""#, Suffix, true, true),
            (r#""a-gzip""#, Suffix, false, true),
            (r#""a-gzip""#, Weaken, true, false),
            (r#""a-br""#, Suffix, true, true),
            (r#""a""#, Suffix, true, false),
            (r#"W/"a-gzip""#, Suffix, false, true),
            (r#"W/"a""#, Suffix, false, true),
            (r#"W/"a""#, Weaken, false, true),
        ] {
            let mut found = fields(&RANGE, &["bytes=0-9"]);
            found.insert(IF_RANGE, if_range.parse().unwrap());
            drop_range(&mut found, policy, is_sent);
            let kept = [found.contains_key(IF_RANGE), found.contains_key(RANGE)];
            assert_eq!(kept, [!removed; 2], "{if_range}, {policy:?}, {is_sent}");
        }
        let mut found = fields(&RANGE, &["bytes=0-9"]);
        drop_range(&mut found, Suffix, true);
        assert!(found.contains_key(RANGE));
    }

    #[test]
    fn x_02_only_tags_of_codings_that_may_be_sent_are_joined_for_a_304() {
        let lines = [r#""a-gzip", "b-br""#];
        for (name, after) in [
            (IF_NONE_MATCH, r#""a-gzip", "a", "b-br""#),
            (IF_MATCH, r#""a-gzip", "a", "b-br", "b""#),
        ] {
            let mut found = fields(&name, &lines);
            let codings = &Coding::PREFERENCE;
            join_unmarked(&mut found, codings, StrongEtags::Suffix, |coding| {
                coding == Gzip
            });
            assert_eq!(found, fields(&name, &[after]), "{name}");
        }
    }

    #[test]
    fn e_23_a_strong_tag_is_removed_only_beside_a_date() {
        for (tag, date, kept) in [
            (r#""a""#, true, false),
            (r#""a""#, false, true),
            (r#"W/"a""#, true, true),
            ("a", true, true),
        ] {
            let mut found = fields(&ETAG, &[tag]);
            if date {
                let date = HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT");
                found.insert(LAST_MODIFIED, date);
            }
            drop_strong(&mut found);
            assert_eq!(found.contains_key(ETAG), kept, "{tag}, {date}");
        }
    }

    #[test]
    fn c_23_if_range_stays_as_it_came() {
        let mut fields = HeaderMap::new();
        fields.insert(IF_RANGE, r#""a-gzip""#.parse().unwrap());
        let before = fields.clone();
        join_all(&mut fields, &Coding::PREFERENCE, StrongEtags::Suffix);
        assert_eq!(fields, before);
    }

    /// What a 304 shows to a client that sent `line`, and accepts these codings, the first of them most.
    #[track_caller]
    fn check_echo(line: &str, accepted: &[Coding], etag: &str, expected: &str) {
        let mut request = fields(&IF_NONE_MATCH, &[line]);
        let mut response = fields(&ETAG, &[etag]);
        let may_be_sent = |coding| accepted.contains(&coding);
        let codings = &Coding::PREFERENCE;
        let sent = join_unmarked(&mut request, codings, StrongEtags::Suffix, may_be_sent);
        let coding = accepted.first().copied();
        echo(&mut response, &sent, coding, may_be_sent);
        assert_eq!(response[ETAG], expected, "{line}, {accepted:?}");
    }

    #[test]
    fn x_02_the_form_that_the_client_sent_comes_back() {
        check_echo(r#""a-gzip""#, &[Gzip], r#""a""#, r#""a-gzip""#);
        check_echo(r#""a-gzip""#, &[Brotli, Gzip], r#""a""#, r#""a-gzip""#);
        check_echo(r#"W/"a-gzip""#, &[Gzip], r#""a""#, r#"W/"a-gzip""#);
        check_echo(r#""b", "a-br""#, &[Gzip, Brotli], r#""a""#, r#""a-br""#);
    }

    #[test]
    fn x_02_a_form_that_the_request_refuses_does_not_come_back() {
        check_echo(r#""a-gzip""#, &[], r#""a""#, r#""a""#);
        check_echo(r#""a-gzip""#, &[Brotli], r#""a""#, r#""a""#);
        check_echo(r#""a-gzip", "a-br""#, &[Brotli], r#""a""#, r#""a-br""#);
    }

    #[test]
    fn x_03_an_unmarked_form_stays() {
        let all = &[Gzip, Brotli];
        check_echo(r#""a""#, all, r#""a""#, r#""a""#);
        check_echo(r#""a-br", "a""#, all, r#""a""#, r#""a""#);
        check_echo(r#""a", "a-gzip""#, &[], r#""a""#, r#""a""#);
        check_echo(r#""a-gzip", "a""#, &[], r#""a""#, r#""a""#);
        check_echo(r#""a-gzip""#, all, r#""b""#, r#""b""#);
        check_echo(r#""a-gzip""#, all, r#"W/"a""#, r#"W/"a""#);
        check_echo(r#""a-gzip""#, all, "a", "a");
    }

    #[test]
    fn of_several_forms_the_one_of_the_coding_comes_back() {
        let all = &[Gzip, Brotli];
        let three = r#""a", "a-br", "a-gzip""#;
        check_echo(three, all, r#""a""#, r#""a-gzip""#);
        check_echo(r#""a-br", "a-gzip""#, all, r#""a""#, r#""a-gzip""#);
    }

    #[test]
    fn a_tag_that_the_client_did_not_send_in_any_form_needs_another() {
        for (line, etag, expected) in [
            (r#""a-gzip""#, r#""a""#, true),
            (r#""a""#, r#""a""#, true),
            ("*", r#""a""#, false),
            (r#""b""#, r#""a""#, false),
            ("*", r#"W/"a""#, true),
        ] {
            let mut request = fields(&IF_NONE_MATCH, &[line]);
            let mut response = fields(&ETAG, &[etag]);
            let sent = join_all(&mut request, &[Gzip], StrongEtags::Suffix);
            let found = echo(&mut response, &sent, Some(Gzip), |_| true);
            assert_eq!(found, expected, "{line}, {etag}");
        }
    }
}
