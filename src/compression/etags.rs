//! Entity tags across a content coding.
//!
//! A strong tag promises the same bytes, so two codings of one representation must not share it
//! (RFC 9110 §8.8.3.3). A coded form therefore marks the strong tags of responses with its suffix.
//! In requests, marked tags are joined by their unmarked form, so that the inner service recognizes
//! its own.
//!
//! A range is never continued across codings: `Range` is removed where `If-Range` names a marked
//! tag, since the ranges inside count bytes of the representation as it is.

use bytes::Bytes;
use http::header::{
    ETAG, HeaderMap, HeaderValue, IF_MATCH, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE,
};

use super::coding::Coding;
use super::config::StrongEtags;
use super::plan::Plan;
use super::variant::Variant;
use crate::fields::entity_tag::EntityTag;
use crate::fields::list;

/// Which coded form a response is, and how its entity tag says so.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Label {
    pub(super) form: Variant,
    /// `None` where the tag is not that of the response's own body.
    pub(super) policy: Option<StrongEtags>,
}

impl Label {
    /// What is done with such a response.
    pub(super) const fn plan(self) -> Plan {
        Plan::Encode(self.form.coding())
    }

    /// Marks the entity tag, if it is strong.
    ///
    /// A weak tag promises only equivalence, which a coding does not break. What is not an entity
    /// tag stays as the handler wrote it.
    pub(super) fn mark(self, fields: &mut HeaderMap) {
        let (Some(policy), Some(value)) = (self.policy, fields.get_mut(ETAG)) else {
            return;
        };
        let Some(tag @ EntityTag { weak: false, .. }) = EntityTag::parse(value.as_bytes()) else {
            return;
        };
        *value = match policy {
            StrongEtags::Suffix => tag.to_value(self.form.tag_suffix()),
            StrongEtags::Weaken => EntityTag { weak: true, ..tag }.to_value(""),
        };
    }
}

/// What happens to the entity tag of a 304 or 412.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Tag {
    /// It may be in the wrong form.
    Dropped,
    /// It stays as the handler wrote it.
    Kept,
    /// It is shown as the 200 would show it.
    Marked(Label),
    /// It is shown in the form that the client sent.
    Sent(HeaderValue),
}

impl Tag {
    /// Makes the head show the tag so.
    #[inline]
    pub(super) fn show(self, fields: &mut HeaderMap) {
        match self {
            Self::Dropped => drop_strong(fields),
            Self::Kept => {}
            Self::Marked(label) => label.mark(fields),
            Self::Sent(form) => {
                if let Some(value) = fields.get_mut(ETAG) {
                    *value = form;
                }
            }
        }
    }
}

/// The lines in which a request named marked tags, as the client wrote them.
#[derive(Debug)]
pub(super) struct SentTags {
    lines: Vec<HeaderValue>,
}

/// Joins each tag of `If-Match` and `If-None-Match` that a form in one of `codings` marked by its
/// unmarked form, and keeps the lines as they were sent.
///
/// In `If-None-Match`, only a tag of a form that `may_be_sent` is joined. RFC 9110 §13.1.2 compares
/// the tags with the selected representation, and a form that the client refuses is never selected.
pub(super) fn join_unmarked(
    fields: &mut HeaderMap,
    codings: &[Coding],
    policy: StrongEtags,
    mut may_be_sent: impl FnMut(Variant) -> bool,
) -> SentTags {
    let mut lines = Vec::new();
    for (name, line) in fields.iter_mut() {
        let is_if_match = *name == IF_MATCH;
        if is_if_match || *name == IF_NONE_MATCH {
            lines.push(line.clone());
            match policy {
                StrongEtags::Suffix => {
                    *line = joined(line, codings, |form| is_if_match || may_be_sent(form));
                }
                StrongEtags::Weaken => {}
            }
        }
    }
    SentTags { lines }
}

/// How a 304 or 412 shows its strong tag: in the form in which the client sent it, which is marked
/// by a form that `may_be_sent`, or weak. `None` where the client sent it in no form.
///
/// Where the client sent several forms of one tag, the `selected` one is meant, since the same
/// request would be sent that one now; then the unmarked one; then the first.
pub(super) fn echo(
    fields: &HeaderMap,
    sent: &SentTags,
    selected: Option<Variant>,
    mut may_be_sent: impl FnMut(Variant) -> bool,
) -> Option<Tag> {
    let value = fields.get(ETAG).map_or(&b""[..], HeaderValue::as_bytes);
    let Some(tag @ EntityTag { weak: false, .. }) = EntityTag::parse(value) else {
        return Some(Tag::Kept);
    };
    let mut is_sent_unmarked = false;
    let mut first = None;
    for element in sent.lines.iter().flat_map(list::tags_of_line) {
        is_sent_unmarked |= element == value;
        let marked = unmarked(element, Coding::preference());
        let is_form = match marked {
            Some((plain, form)) => plain.opaque == tag.opaque && may_be_sent(form),
            None => EntityTag::parse(element)
                .is_some_and(|plain| plain.weak && plain.opaque == tag.opaque),
        };
        if is_form && marked.is_some_and(|(_, form)| Some(form) == selected) {
            return Some(sent_as(element));
        }
        if is_form && first.is_none() {
            first = Some(element);
        }
    }
    match is_sent_unmarked {
        true => Some(Tag::Kept),
        false => first.map(sent_as),
    }
}

fn sent_as(element: &[u8]) -> Tag {
    let form = HeaderValue::from_bytes(element);
    Tag::Sent(form.expect("part of a field value is a field value"))
}

/// Removes a strong tag of which nobody knows the form that the 200 would show, where a date can
/// take its place.
///
/// A cache selects the stored response that a 304 updates by a strong tag, if there is one, and
/// then by `Last-Modified`. RFC 9111 §4.3.4, of the strong ones:
///
/// > If none of the initial set contains at least one of the same strong validators, then the cache
/// > MUST NOT use the new response to update any stored responses.
///
/// So a tag in the wrong form does harm, and a missing one does not. `Vary` keeps the forms apart.
fn drop_strong(fields: &mut HeaderMap) {
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
    mut is_joined: impl FnMut(Variant) -> bool,
) -> HeaderValue {
    let mut plain_of = |element| {
        let (plain, form) = unmarked(element, codings)?;
        is_joined(form).then_some(plain)
    };
    // Most lists have no such tag, and are not written again.
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

/// The tag that a form in one of `codings` marked, and which form.
///
/// Weak tags count too: intermediaries weaken the tags of what they transform.
fn unmarked<'a>(element: &'a [u8], codings: &[Coding]) -> Option<(EntityTag<'a>, Variant)> {
    let tag = EntityTag::parse(element)?;
    // A suffix has one hyphen, its first byte.
    let (opaque, suffix) = tag
        .opaque
        .split_at(tag.opaque.iter().rposition(|&byte| byte == b'-')?);
    let form = Variant::of_suffix(suffix, codings)?;
    Some((EntityTag { opaque, ..tag }, form))
}

/// Removes `Range` and `If-Range` where the client may hold a part of a coded form: the rest, taken
/// from the representation as it is, would not fit. Without them the whole representation is sent,
/// as after an `If-Range` that does not hold.
///
/// 1. A marked tag: the client holds a part of that form. A handler that compares tags does not
///    know this one, but not every handler compares. Codings that are not offered count too: the
///    build before this one may have offered them.
/// 2. A weak tag: all forms share it, and it never holds (RFC 9110 §13.1.5).
/// 3. A date, where a coding `is_sent` in response to this request: all forms share the date too.
pub(super) fn drop_range(fields: &mut HeaderMap, policy: StrongEtags, is_sent: bool) {
    let is_dropped = |value: &HeaderValue| match EntityTag::parse(value.as_bytes()) {
        None => is_sent,
        Some(tag) => {
            let may_be_marked = policy == StrongEtags::Suffix;
            tag.weak
                || (may_be_marked && unmarked(value.as_bytes(), Coding::preference()).is_some())
        }
    };
    if fields.get(IF_RANGE).is_some_and(is_dropped) {
        fields.remove(RANGE);
        fields.remove(IF_RANGE);
    }
}

#[cfg(test)]
mod tests;
