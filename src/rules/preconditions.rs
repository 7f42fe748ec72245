//! Whether the conditions of a request hold (RFC 9110 §13). Pure.

mod lines;

use std::fmt;

use http::header::{
    HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
};
use http::{HeaderMap, Method};

use self::lines::Lines;
pub use self::lines::MAX_TAGS;
use super::method::MethodKind;
use super::validators::{Validators, ValidatorsRef};
use crate::fields::entity_tag::EntityTag;
use crate::fields::http_date::HttpDate;

/// The conditions of a request, for comparison with the current state.
///
/// Any handler can use them: they need no layer.
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
/// let current = Validators::from(EntityTag::strong("v2")?);
/// let verdict = Preconditions::read(&request.method, &request.headers).evaluate(Some(&current));
///
/// assert_eq!(verdict, Verdict::Failed(Precondition::IfMatch));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Preconditions {
    method: MethodKind,
    if_match: Option<Lines>,
    if_unmodified_since: Option<Lines>,
    if_none_match: Option<Lines>,
    if_modified_since: Option<Lines>,
    if_range: Option<Lines>,
    has_range: bool,
}

/// What the conditions of a request ask for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// All conditions hold, or there are none: perform the method.
    Perform,
    /// Perform the method as if the request had no `Range`: the client holds a part of a
    /// representation that is no longer current.
    PerformWithoutRange,
    /// Send 304: the client has the current representation.
    NotModified(Precondition),
    /// Send 412, and do not perform the method.
    Failed(Precondition),
}

/// The field of a condition.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
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

impl Precondition {
    /// The name of the field.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IfMatch => "If-Match",
            Self::IfModifiedSince => "If-Modified-Since",
            Self::IfNoneMatch => "If-None-Match",
            Self::IfUnmodifiedSince => "If-Unmodified-Since",
        }
    }
}

impl fmt::Display for Precondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Perform => f.write_str("perform the method"),
            Self::PerformWithoutRange => f.write_str("perform the method without the range"),
            Self::NotModified(condition) => write!(f, "not modified, by {condition}"),
            Self::Failed(condition) => write!(f, "failed, by {condition}"),
        }
    }
}

impl Preconditions {
    /// Reads the conditions of a request.
    #[must_use]
    pub fn read(method: &Method, fields: &HeaderMap) -> Self {
        let mut read = Self {
            method: MethodKind::of(method),
            ..Self::default()
        };
        if read.method == MethodKind::Unconditional {
            return read;
        }
        // One pass: most requests have no condition, and to look each up by its name costs more.
        for (name, line) in fields {
            if let Some(condition) = Condition::of(name) {
                Lines::push(read.lines_of(condition), line);
            } else if *name == RANGE {
                read.has_range = true;
            }
        }
        read
    }

    /// Reads the conditions of a request; `None` where there are none, as in most requests.
    pub(crate) fn read_any(method: &Method, fields: &HeaderMap) -> Option<Box<Self>> {
        let is_condition = |name: &HeaderName| Condition::of(name).is_some();
        let read = || Box::new(Self::read(method, fields));
        let read = fields.keys().any(is_condition).then(read);
        read.filter(|conditions| !conditions.is_empty())
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
    pub(crate) const fn has_tags(&self) -> bool {
        self.if_match.is_some() || self.if_none_match.is_some()
    }

    /// Whether a condition names entity tags, or a range depends on one.
    pub(crate) const fn names_tags(&self) -> bool {
        self.has_tags() || self.if_range.is_some()
    }

    /// Compares the conditions with the validators of the `current` state; `None` where there is no
    /// representation.
    ///
    /// The order is that of RFC 9110 §13.2.2. A condition may be malformed, or need a validator
    /// that the representation lacks. Such a condition is ignored if it is a date, and matches
    /// nothing if it is a list of tags.
    #[must_use]
    pub fn evaluate(&self, current: Option<&Validators>) -> Verdict {
        self.compare(current.map(Validators::borrowed))
    }

    /// Compares the conditions as [`evaluate`](Self::evaluate) does, with validators wherever they
    /// are.
    pub(crate) fn compare(&self, current: Option<ValidatorsRef<'_>>) -> Verdict {
        let modified = current.and_then(|current| current.last_modified);
        // 1. When recipient is the origin server and If-Match is present, evaluate the If-Match
        //    precondition: [...] if false, respond 412
        if let Some(lines) = &self.if_match {
            if !lines.name(current, |held, tag| held.strong_eq(tag)) {
                return Verdict::Failed(Precondition::IfMatch);
            }
        // 2. When recipient is the origin server, If-Match is not present, and If-Unmodified-Since
        //    is present, [...] if false, respond 412
        } else if let Some((modified, date)) = modified.zip(self.unmodified_since()) {
            if modified > date {
                return Verdict::Failed(Precondition::IfUnmodifiedSince);
            }
        }
        // 3. When If-None-Match is present, evaluate the If-None-Match precondition: [...] if false
        //    for GET/HEAD, respond 304 (Not Modified); if false for other methods, respond 412
        if let Some(lines) = &self.if_none_match {
            if lines.name(current, |held, tag| held.weak_eq(tag)) {
                return match self.method.is_read() {
                    true => Verdict::NotModified(Precondition::IfNoneMatch),
                    false => Verdict::Failed(Precondition::IfNoneMatch),
                };
            }
        // 4. When the method is GET or HEAD, If-None-Match is not present, and If-Modified-Since is
        //    present, [...] if false, respond 304
        } else if self.method.is_read() {
            let date = self.if_modified_since.as_ref().and_then(Lines::date);
            if modified
                .zip(date)
                .is_some_and(|(modified, date)| modified <= date)
            {
                return Verdict::NotModified(Precondition::IfModifiedSince);
            }
        }
        // 5. When the method is GET and both Range and If-Range are present, evaluate the If-Range
        //    precondition: [...] otherwise, ignore the Range header field and respond 200
        if self.method == MethodKind::Get && self.has_range && !self.range_is_current(current) {
            return Verdict::PerformWithoutRange;
        }
        // 6. Otherwise, perform the requested method
        Verdict::Perform
    }

    /// Whether `If-None-Match` is `*`.
    pub(crate) fn names_any(&self) -> bool {
        self.if_none_match.as_ref().is_some_and(Lines::is_any)
    }

    /// Whether `If-None-Match` names the weak form of the current tag, and not the tag itself.
    pub(crate) fn names_weak_form(&self, current: ValidatorsRef<'_>) -> bool {
        let current = Some(current);
        self.if_none_match.as_ref().is_some_and(|lines| {
            !lines.is_any()
                && lines.name(current, |held, tag| held.weak_eq(tag))
                && !lines.name(current, |held, tag| held.strong_eq(tag))
        })
    }

    /// The tag in `If-Range`, where a range of GET depends on one.
    pub(crate) fn tag_of_range(&self) -> Option<EntityTag<'_>> {
        if self.method != MethodKind::Get || !self.has_range {
            return None;
        }
        self.if_range.as_ref()?.only_tag()
    }

    /// The first condition that held of a method other than GET and HEAD, once
    /// [`evaluate`](Self::evaluate) said to perform the method. An ignored condition did not hold.
    pub(crate) fn held(&self, current: Option<ValidatorsRef<'_>>) -> Option<Precondition> {
        let is_dated = current.is_some_and(|current| current.last_modified.is_some());
        if self.if_match.is_some() {
            Some(Precondition::IfMatch)
        } else if is_dated && self.unmodified_since().is_some() {
            Some(Precondition::IfUnmodifiedSince)
        } else {
            self.if_none_match
                .is_some()
                .then_some(Precondition::IfNoneMatch)
        }
    }

    /// Whether a condition of a method other than GET and HEAD may keep it from changing what its
    /// client has not seen. The state is not known.
    pub(crate) fn may_guard(&self) -> bool {
        self.if_match.is_some() || self.names_any() || self.unmodified_since().is_some()
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
    /// A date is strong (§8.8.2.2) only where the server knows how often the representation
    /// changes; here it does not, and so a date never lets a part through.
    fn range_is_current(&self, current: Option<ValidatorsRef<'_>>) -> bool {
        let Some(lines) = &self.if_range else {
            return true;
        };
        let held = lines.only_tag();
        let tag = current.and_then(|current| current.etag);
        held.zip(tag).is_some_and(|(held, tag)| held.strong_eq(tag))
    }

    fn unmodified_since(&self) -> Option<HttpDate> {
        self.if_unmodified_since.as_ref()?.date()
    }

    const fn lines_of(&mut self, condition: Condition) -> &mut Option<Lines> {
        match condition {
            Condition::Match => &mut self.if_match,
            Condition::ModifiedSince => &mut self.if_modified_since,
            Condition::NoneMatch => &mut self.if_none_match,
            Condition::Range => &mut self.if_range,
            Condition::UnmodifiedSince => &mut self.if_unmodified_since,
        }
    }
}

/// The fields that are conditions.
#[derive(Clone, Copy)]
enum Condition {
    Match,
    ModifiedSince,
    NoneMatch,
    Range,
    UnmodifiedSince,
}

impl Condition {
    const fn of(name: &HeaderName) -> Option<Self> {
        match *name {
            IF_MATCH => Some(Self::Match),
            IF_MODIFIED_SINCE => Some(Self::ModifiedSince),
            IF_NONE_MATCH => Some(Self::NoneMatch),
            IF_RANGE => Some(Self::Range),
            IF_UNMODIFIED_SINCE => Some(Self::UnmodifiedSince),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
