//! The lines of a field that has a condition: entity tags, `*` or a date.

use http::HeaderValue;

use crate::fields::entity_tag::EntityTag;
use crate::fields::http_date::HttpDate;
use crate::fields::{list, trim_ows};
use crate::rules::validators::ValidatorsRef;

/// How many entity tags of a list are compared; those that follow match nothing.
///
/// A client lists the few tags that it holds. Without a bound, a hostile list would cost more to
/// compare than to receive.
pub const MAX_TAGS: usize = 256;

/// The lines of one field, of which there is at least one.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    first: HeaderValue,
    others: Vec<HeaderValue>,
}

impl Lines {
    pub(super) fn push(lines: &mut Option<Self>, line: &HeaderValue) {
        match lines {
            Some(lines) => lines.others.push(line.clone()),
            None => {
                *lines = Some(Self {
                    first: line.clone(),
                    others: Vec::new(),
                });
            }
        }
    }

    /// The line of a field that has but one.
    fn only(&self) -> Option<&HeaderValue> {
        self.others.is_empty().then_some(&self.first)
    }

    /// The tag of a field that is one tag and nothing else.
    pub(super) fn only_tag(&self) -> Option<EntityTag<'_>> {
        EntityTag::parse(trim_ows(self.only()?.as_bytes()))
    }

    /// The date of a field that is one line and a date.
    ///
    /// RFC 9110 §13.1.3:
    ///
    /// > A recipient MUST ignore the If-Modified-Since header field if the received field value is
    /// > not a valid HTTP-date, the field value has more than one member, or if the request method
    /// > is neither GET nor HEAD.
    pub(super) fn date(&self) -> Option<HttpDate> {
        HttpDate::parse(self.only()?.as_bytes())
    }

    /// Whether the field matches any representation: it is `*`.
    pub(super) fn is_any(&self) -> bool {
        self.only()
            .is_some_and(|line| trim_ows(line.as_bytes()) == b"*")
    }

    /// Whether `If-Match` or `If-None-Match` names the current representation. Their field is
    ///
    /// ```text
    /// "*" / #entity-tag
    /// ```
    ///
    /// so a `*` among tags matches nothing, and neither does anything else that is not a tag.
    pub(super) fn name(
        &self,
        current: Option<ValidatorsRef<'_>>,
        equals: impl Fn(EntityTag<'_>, EntityTag<'_>) -> bool,
    ) -> bool {
        let Some(current) = current else {
            return false;
        };
        if self.is_any() {
            return true;
        }
        let Some(tag) = current.etag else {
            return false;
        };
        let lines = std::iter::once(&self.first).chain(&self.others);
        lines
            .flat_map(list::tags_of_line)
            .take(MAX_TAGS)
            .filter_map(EntityTag::parse)
            .any(|held| equals(held, tag))
    }
}
