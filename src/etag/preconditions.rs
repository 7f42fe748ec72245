//! Whether the conditions of a request hold (RFC 9110 §13). Pure.

use http::header::{
    HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE, RANGE,
};
use http::{HeaderMap, Method};

use super::validators::Validators;
use crate::fields::entity_tag::EntityTag;
use crate::fields::http_date::HttpDate;
use crate::fields::{list, trim_ows};

/// How many entity tags of a list are compared; those that follow match nothing.
///
/// A client lists the few forms that it holds. The bound keeps a hostile list from costing more than
/// to receive it did.
pub const MAX_TAGS: usize = 256;

/// The conditions of a request, to be compared with the current state of what it asks for.
///
/// Usable in any handler: it needs no layer.
///
/// # Example
///
/// ```
/// use http::{Request, StatusCode, header};
/// use tower_egress::etag::{EntityTag, Precondition, Preconditions, Validators, Verdict};
///
/// let (request, ()) = Request::put("/article")
///     .header(header::IF_MATCH, "\"v1\"")
///     .body(())?
///     .into_parts();
///
/// let current = Validators::new().etag(EntityTag::strong("v2")?);
/// let verdict = Preconditions::read(&request.method, &request.headers).evaluate(Some(&current));
///
/// assert_eq!(verdict, Verdict::Failed(Precondition::IfMatch));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Preconditions {
    method: Kind,
    if_match: Option<Lines>,
    if_unmodified_since: Option<Lines>,
    if_none_match: Option<Lines>,
    if_modified_since: Option<Lines>,
    if_range: Option<Lines>,
    has_range: bool,
}

/// What the conditions of a request ask for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// All conditions hold, or there are none: perform the method.
    Perform,
    /// Perform the method as if the request had no `Range`: what the client holds a part of is no
    /// longer current.
    PerformWithoutRange,
    /// The client has the current representation: answer 304.
    NotModified(Precondition),
    /// Do not perform the method: answer 412.
    Failed(Precondition),
}

/// The field of a condition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Precondition {
    /// `If-Match`.
    IfMatch,
    /// `If-Modified-Since`.
    IfModifiedSince,
    /// `If-None-Match`.
    IfNoneMatch,
    /// `If-Unmodified-Since`.
    IfUnmodifiedSince,
}

/// What of the method matters.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Kind {
    #[default]
    Get,
    Head,
    /// One to which no condition applies.
    Exempt,
    Other,
}

impl Preconditions {
    /// Reads the conditions of a request.
    #[must_use]
    pub fn read(method: &Method, fields: &HeaderMap) -> Self {
        let mut read = Self {
            method: Kind::of(method),
            ..Self::default()
        };
        if read.method == Kind::Exempt {
            return read;
        }
        // One pass: most requests have no condition, and to look each up by its name costs more.
        for (name, line) in fields {
            if let Some(lines) = read.lines_of(name) {
                Lines::push(lines, line);
            } else if *name == RANGE {
                read.has_range = true;
            }
        }
        read
    }

    /// Whether the request has no condition at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.if_match.is_none()
            && self.if_unmodified_since.is_none()
            && self.if_none_match.is_none()
            && self.if_modified_since.is_none()
            && self.if_range.is_none()
    }

    /// Whether a condition names entity tags.
    pub(super) const fn has_tags(&self) -> bool {
        self.if_match.is_some() || self.if_none_match.is_some()
    }

    /// The same, or a range depends on one.
    pub(super) const fn names_tags(&self) -> bool {
        self.has_tags() || self.if_range.is_some()
    }

    /// Compares the conditions with the state that is `current`: its validators, or `None` where
    /// there is no representation.
    ///
    /// RFC 9110 §13.2.2, in its order. A condition that is malformed, or needs a validator that the
    /// representation lacks, is ignored if it is about a date, and names nothing if it is a list of
    /// tags.
    #[must_use]
    pub fn evaluate(&self, current: Option<&Validators>) -> Verdict {
        let modified = current.and_then(|current| current.last_modified);
        // 1. When recipient is the origin server and If-Match is present, evaluate the If-Match
        //    precondition: [...] if false, respond 412
        if let Some(lines) = &self.if_match {
            if !lines.name(current, |held, tag| held.strong_eq(tag)) {
                return Verdict::Failed(Precondition::IfMatch);
            }
        // 2. When recipient is the origin server, If-Match is not present, and If-Unmodified-Since
        //    is present, [...] if false, respond 412
        } else if let Some((modified, date)) = modified.zip(date(self.if_unmodified_since.as_ref()))
        {
            if modified > date {
                return Verdict::Failed(Precondition::IfUnmodifiedSince);
            }
        }
        // 3. When If-None-Match is present, evaluate the If-None-Match precondition: [...] if false
        //    for GET/HEAD, respond 304 (Not Modified); if false for other methods, respond 412
        if let Some(lines) = &self.if_none_match {
            if lines.name(current, |held, tag| held.weak_eq(tag)) {
                return match self.method {
                    Kind::Get | Kind::Head => Verdict::NotModified(Precondition::IfNoneMatch),
                    Kind::Exempt | Kind::Other => Verdict::Failed(Precondition::IfNoneMatch),
                };
            }
        // 4. When the method is GET or HEAD, If-None-Match is not present, and If-Modified-Since is
        //    present, [...] if false, respond 304
        } else if matches!(self.method, Kind::Get | Kind::Head) {
            let date = date(self.if_modified_since.as_ref());
            if modified
                .zip(date)
                .is_some_and(|(modified, date)| modified <= date)
            {
                return Verdict::NotModified(Precondition::IfModifiedSince);
            }
        }
        // 5. When the method is GET and both Range and If-Range are present, evaluate the If-Range
        //    precondition: [...] otherwise, ignore the Range header field and respond 200
        if self.method == Kind::Get && self.has_range && !self.range_is_current(current) {
            return Verdict::PerformWithoutRange;
        }
        // 6. Otherwise, perform the requested method
        Verdict::Perform
    }

    /// Whether `If-None-Match` is `*`.
    pub(super) fn names_any(&self) -> bool {
        self.if_none_match.as_ref().is_some_and(Lines::is_any)
    }

    /// Whether `If-None-Match` names the weak form of the current tag, and not the tag itself.
    pub(super) fn names_weak_form(&self, current: &Validators) -> bool {
        let current = Some(current);
        self.if_none_match.as_ref().is_some_and(|lines| {
            !lines.is_any()
                && lines.name(current, |held, tag| held.weak_eq(tag))
                && !lines.name(current, |held, tag| held.strong_eq(tag))
        })
    }

    /// The tag in `If-Range`, where a range of GET depends on one.
    pub(super) fn tag_of_range(&self) -> Option<EntityTag<'_>> {
        if self.method != Kind::Get || !self.has_range {
            return None;
        }
        self.if_range.as_ref()?.only_tag()
    }

    /// The first condition of a method other than GET and HEAD that held, once [`evaluate`](Self::evaluate)
    /// said to perform it. One that was ignored did not.
    pub(super) fn held(&self, current: Option<&Validators>) -> Option<Precondition> {
        let is_dated = current.is_some_and(|current| current.last_modified.is_some());
        if self.if_match.is_some() {
            Some(Precondition::IfMatch)
        } else if is_dated && date(self.if_unmodified_since.as_ref()).is_some() {
            Some(Precondition::IfUnmodifiedSince)
        } else {
            self.if_none_match
                .is_some()
                .then_some(Precondition::IfNoneMatch)
        }
    }

    /// Whether a condition of a method other than GET and HEAD keeps it from changing what its client has
    /// not seen, where the state is not known.
    pub(super) fn may_guard(&self) -> bool {
        self.if_match.is_some()
            || self.names_any()
            || date(self.if_unmodified_since.as_ref()).is_some()
    }

    /// RFC 9110 §13.1.5:
    ///
    /// > If the HTTP-date validator provided exactly matches the Last-Modified field value for the
    /// > selected representation, the condition is true.
    ///
    /// > If the entity-tag validator provided exactly matches the ETag field value for the selected
    /// > representation using the strong comparison function (Section 8.8.3.2), the condition is
    /// > true.
    ///
    /// A date is strong (§8.8.2.2) only where the server knows how often the representation changes;
    /// here it does not, and so a date never lets a part through.
    fn range_is_current(&self, current: Option<&Validators>) -> bool {
        let Some(lines) = &self.if_range else {
            return true;
        };
        let held = lines.only_tag();
        let tag = current.and_then(|current| current.etag.as_ref());
        held.zip(tag)
            .is_some_and(|(held, tag)| held.strong_eq(tag.parsed()))
    }

    const fn lines_of(&mut self, name: &HeaderName) -> Option<&mut Option<Lines>> {
        match *name {
            IF_MATCH => Some(&mut self.if_match),
            IF_UNMODIFIED_SINCE => Some(&mut self.if_unmodified_since),
            IF_NONE_MATCH => Some(&mut self.if_none_match),
            IF_MODIFIED_SINCE => Some(&mut self.if_modified_since),
            IF_RANGE => Some(&mut self.if_range),
            _ => None,
        }
    }
}

impl Kind {
    /// RFC 9110 §13.2.1:
    ///
    /// > A server MUST ignore the conditional request header fields defined by this specification
    /// > when received with a request method that does not involve the selection or modification of
    /// > a selected representation, such as CONNECT, OPTIONS, or TRACE.
    const fn of(method: &Method) -> Self {
        match *method {
            Method::GET => Self::Get,
            Method::HEAD => Self::Head,
            Method::CONNECT | Method::OPTIONS | Method::TRACE => Self::Exempt,
            _ => Self::Other,
        }
    }
}

/// The lines of one field, of which there is at least one.
#[derive(Clone, Debug)]
struct Lines {
    first: HeaderValue,
    others: Vec<HeaderValue>,
}

impl Lines {
    fn push(lines: &mut Option<Self>, line: &HeaderValue) {
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
    fn only_tag(&self) -> Option<EntityTag<'_>> {
        EntityTag::parse(trim_ows(self.only()?.as_bytes()))
    }

    /// Whether it stands for any representation.
    fn is_any(&self) -> bool {
        self.only()
            .is_some_and(|line| trim_ows(line.as_bytes()) == b"*")
    }

    /// Whether `If-Match` or `If-None-Match` names the current representation. Their field is
    ///
    /// ```text
    /// "*" / #entity-tag
    /// ```
    ///
    /// so a `*` among tags is no wildcard, and what is no tag names nothing.
    fn name(
        &self,
        current: Option<&Validators>,
        equals: impl Fn(EntityTag<'_>, EntityTag<'_>) -> bool,
    ) -> bool {
        let Some(current) = current else {
            return false;
        };
        if self.is_any() {
            return true;
        }
        let Some(tag) = current.etag.as_ref() else {
            return false;
        };
        let lines = std::iter::once(&self.first).chain(&self.others);
        lines
            .flat_map(list::tags_of_line)
            .take(MAX_TAGS)
            .filter_map(EntityTag::parse)
            .any(|held| equals(held, tag.parsed()))
    }
}

/// The date that a field says, if it is one line and says one.
///
/// RFC 9110 §13.1.3:
///
/// > A recipient MUST ignore the If-Modified-Since header field if the received field value is not a
/// > valid HTTP-date, the field value has more than one member, or if the request method is neither
/// > GET nor HEAD.
fn date(lines: Option<&Lines>) -> Option<HttpDate> {
    HttpDate::parse(lines?.only()?.as_bytes())
}

#[cfg(test)]
mod tests;
