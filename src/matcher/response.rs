//! Which responses a setting is about.

use std::ops::Not;
use std::sync::Arc;
use std::{fmt, slice};

use http::{StatusCode, request, response};

use super::error::InvalidMatcher;
use super::request::RequestMatcher;
use super::seen::SeenResponse;
use crate::fields::media_range::MediaRange;

/// Which responses a setting is about.
///
/// A 304 or a 206 stands for a 200, and is matched like that 200. Where it does not say its media
/// type, the extension of the path tells it, and a path that ends in `/` is HTML.
///
/// # Example
///
/// ```
/// use tower_egress::matcher::{RequestMatcher, ResponseMatcher};
///
/// let reports = ResponseMatcher::from(RequestMatcher::prefix("/reports/")?)
///     .and(ResponseMatcher::media_type("text/csv")?.or(RequestMatcher::extension("pdf")?));
/// # Ok::<(), tower_egress::matcher::InvalidMatcher>(())
/// ```
#[derive(Clone)]
pub struct ResponseMatcher {
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Any,
    Combined(Combined),
    MediaType(MediaRange),
    Request(RequestMatcher),
    Status(Arc<dyn Fn(StatusCode) -> bool + Send + Sync>),
    When(Arc<Predicate>),
}

/// Matchers made of other matchers. The type is apart from [`Kind`] because it is recursive: the
/// others are matched without a call.
#[derive(Clone, Debug)]
enum Combined {
    All(Vec<ResponseMatcher>),
    Either(Vec<ResponseMatcher>),
    Not(Box<ResponseMatcher>),
}

/// A condition that the user wrote.
type Predicate = dyn Fn(&request::Parts, &response::Parts) -> bool + Send + Sync;

impl ResponseMatcher {
    /// Every response.
    #[must_use]
    pub const fn any() -> Self {
        Self::of(Kind::Any)
    }

    /// Responses of a media type. Parameters of the response's type are ignored.
    ///
    /// `range` is a type (`text/html`), every subtype of one (`image/*`), or every subtype with a
    /// suffix (`application/*+json`).
    ///
    /// # Errors
    ///
    /// [`InvalidMatcher::MediaRange`]: `range` has another form. A star elsewhere, parameters and
    /// white space are refused.
    pub fn media_type(range: &str) -> Result<Self, InvalidMatcher> {
        let parsed = MediaRange::parse(range).ok_or_else(|| InvalidMatcher::MediaRange {
            range: range.to_owned(),
        })?;
        Ok(Self::of(Kind::MediaType(parsed)))
    }

    /// Responses of a status for which `holds`.
    ///
    /// `holds` sees 200 in place of 304 and 206, whose fields are those of the 200 that they stand for.
    #[must_use]
    pub fn status(holds: impl Fn(StatusCode) -> bool + Send + Sync + 'static) -> Self {
        Self::of(Kind::Status(Arc::new(holds)))
    }

    /// Responses for which `holds`, which sees both heads as they are. The layer clones the request's
    /// head for it.
    #[must_use]
    pub fn when(
        holds: impl Fn(&request::Parts, &response::Parts) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::of(Kind::When(Arc::new(holds)))
    }

    /// Responses that both match.
    #[must_use]
    pub fn and(self, other: impl Into<Self>) -> Self {
        Self::of(Kind::Combined(Combined::All(vec![self, other.into()])))
    }

    /// Responses that either matches.
    #[must_use]
    pub fn or(self, other: impl Into<Self>) -> Self {
        Self::of(Kind::Combined(Combined::Either(vec![self, other.into()])))
    }

    /// Whether the response is one of those.
    #[inline(always)]
    pub(crate) fn matches(&self, seen: &SeenResponse<'_>) -> bool {
        match &self.kind {
            Kind::Any => true,
            Kind::Combined(combined) => combined.matches(seen),
            Kind::MediaType(range) => seen.media.is_in(range),
            Kind::Request(matcher) => matcher.matches(&seen.request),
            Kind::Status(holds) => holds(seen.status),
            Kind::When(holds) => seen
                .request
                .head
                .is_some_and(|head| holds(head, seen.response)),
        }
    }

    /// Whether a response whose media type is not known is one of those; `None` where that depends on
    /// the type.
    pub(crate) fn matches_untyped(&self, seen: &SeenResponse<'_>) -> Option<bool> {
        match &self.kind {
            Kind::MediaType(_) => None,
            Kind::Combined(combined) => combined.matches_untyped(seen),
            _ => Some(self.matches(seen)),
        }
    }

    /// Whether it says for itself which statuses it is about.
    pub(crate) fn names_statuses(&self) -> bool {
        self.has(&|kind| matches!(kind, Kind::Status(_)))
    }

    /// Whether it has to see the whole head of the request.
    pub(crate) fn needs_head(&self) -> bool {
        self.has(&|kind| match kind {
            Kind::When(_) => true,
            Kind::Request(matcher) => matcher.needs_head(),
            _ => false,
        })
    }

    fn has(&self, is_sought: &dyn Fn(&Kind) -> bool) -> bool {
        let Kind::Combined(combined) = &self.kind else {
            return is_sought(&self.kind);
        };
        let mut inner = combined.inner().iter();
        inner.any(|matcher| matcher.has(is_sought))
    }

    const fn of(kind: Kind) -> Self {
        Self { kind }
    }
}

/// Responses that this does not match.
impl Not for ResponseMatcher {
    type Output = Self;

    fn not(self) -> Self {
        Self::of(Kind::Combined(Combined::Not(Box::new(self))))
    }
}

/// Responses to the requests that this matches.
impl From<RequestMatcher> for ResponseMatcher {
    fn from(matcher: RequestMatcher) -> Self {
        Self::of(Kind::Request(matcher))
    }
}

impl Combined {
    fn matches(&self, seen: &SeenResponse<'_>) -> bool {
        match self {
            Self::All(all) => all.iter().all(|matcher| matcher.matches(seen)),
            Self::Either(either) => either.iter().any(|matcher| matcher.matches(seen)),
            Self::Not(matcher) => !matcher.matches(seen),
        }
    }

    fn matches_untyped(&self, seen: &SeenResponse<'_>) -> Option<bool> {
        // One that matches decides `or`, and one that does not decides `and`.
        let decisive = match self {
            Self::All(_) => false,
            Self::Either(_) => true,
            Self::Not(matcher) => return matcher.matches_untyped(seen).map(|matches| !matches),
        };
        let mut is_known = true;
        for matcher in self.inner() {
            match matcher.matches_untyped(seen) {
                Some(matches) if matches == decisive => return Some(decisive),
                Some(_) => {}
                None => is_known = false,
            }
        }
        is_known.then_some(!decisive)
    }

    fn inner(&self) -> &[ResponseMatcher] {
        match self {
            Self::All(inner) | Self::Either(inner) => inner,
            Self::Not(inner) => slice::from_ref(inner),
        }
    }
}

impl fmt::Debug for ResponseMatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Any => f.write_str("Any"),
            Kind::Combined(combined) => combined.fmt(f),
            Kind::MediaType(range) => write!(f, "MediaType({range})"),
            Kind::Request(matcher) => matcher.fmt(f),
            Kind::Status(_) => f.write_str("Status(..)"),
            Kind::When(_) => f.write_str("When(..)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{Request, Response};

    use super::*;

    #[track_caller]
    fn check(matcher: &ResponseMatcher, status: u16, content_type: &str, expected: bool) {
        let (request, ()) = Request::get("/a").body(()).unwrap().into_parts();
        let response = Response::builder()
            .status(status)
            .header("content-type", content_type);
        let (response, ()) = response.body(()).unwrap().into_parts();
        let seen = SeenResponse::new((&request).into(), &response);
        assert_eq!(matcher.matches(&seen), expected, "{status} {content_type}");
    }

    /// Row 1 of the house review: what was accepted and matched nothing.
    #[test]
    fn g_01_a_suffix_matches_every_type_that_has_it() {
        let json = ResponseMatcher::media_type("application/*+json").unwrap();
        check(&json, 200, "application/ld+json", true);
        check(&json, 200, "Application/Problem+JSON; charset=utf-8", true);
        check(&json, 200, "application/json", false);
        check(&json, 200, "text/x+json", false);
    }

    #[test]
    fn matchers_of_responses_combine() {
        let html = || ResponseMatcher::media_type("text/html").unwrap();
        let fails = || ResponseMatcher::status(|status| status.is_client_error());
        check(&html().and(fails()), 404, "text/html", true);
        check(&html().and(!fails()), 404, "text/html", false);
        check(&html().or(fails()), 404, "text/css", true);
        check(&!html().or(fails()), 200, "text/css", true);
        let of_a = || RequestMatcher::prefix("/a").unwrap();
        check(&html().and(of_a()), 200, "text/html", true);
        check(&html().and(!of_a()), 200, "text/html", false);
        check(&of_a().into(), 500, "text/html", true);
        assert!(fails().or(html()).names_statuses());
        assert!(!html().and(of_a()).names_statuses());
    }

    #[test]
    fn g_01_a_media_range_that_would_match_nothing_is_refused() {
        let json = ResponseMatcher::media_type("json").unwrap_err();
        let message = "\"json\" is not a media range; write `type/subtype`, `type/*` or \
                       `type/*+suffix`, without parameters";
        assert_eq!(json.to_string(), message);
        for range in [
            "",
            "*/*",
            "text/",
            "text/html; a=b",
            " text/html",
            "text/htm*l",
            "text/html\t",
            "\ttext/html",
            "*/html",
        ] {
            let expected = InvalidMatcher::MediaRange {
                range: range.to_owned(),
            };
            let found = ResponseMatcher::media_type(range).map(drop);
            assert_eq!(found, Err(expected), "{range:?}");
        }
        for range in ["image/*", "text/css", "application/ld+json"] {
            assert!(ResponseMatcher::media_type(range).is_ok(), "{range:?}");
        }
    }
}
