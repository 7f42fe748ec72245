//! Which responses a rule is about.

use std::sync::Arc;
use std::{fmt, slice};

use http::{Method, StatusCode, request, response};

use super::error::InvalidCacheControl;
use super::facts::Facts;
use crate::fields::media_type::MediaType;
use crate::matcher::glob::Glob;

/// Which responses a rule is about.
///
/// Paths are compared decoded and without dot segments. A rule whose matcher does not name a
/// [status](Self::status) is about successes, 301, 304 and 308 alone.
///
/// A 304 or a 206 that does not say its media type stands for a 200 that did. [`media_type`](Self::media_type)
/// then goes by the extension of the path, and takes a path that ends in `/` for HTML. Where the path does
/// not tell the type, the rules end at the first one that depends on it. The rules for static
/// assets and for what nobody spoke of follow.
///
/// # Example
///
/// ```
/// use tower_egress::cache_control::Matcher;
///
/// let reports = Matcher::prefix("/reports/")?
///     .and(Matcher::extension("pdf")?.or(Matcher::media_type("text/csv")?));
/// # Ok::<(), tower_egress::cache_control::InvalidCacheControl>(())
/// ```
#[derive(Clone)]
pub struct Matcher {
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Any,
    Combined(Combined),
    Extension(String),
    Glob(Glob),
    MediaType { kind: String, subtype: String },
    Method(Method),
    Prefix(String),
    Status(Arc<dyn Fn(StatusCode) -> bool + Send + Sync>),
    When(Arc<Predicate>),
}

/// Matchers made of other matchers. The type is apart from [`Kind`] because it is recursive: the others
/// are matched without a call.
#[derive(Clone, Debug)]
enum Combined {
    All(Vec<Matcher>),
    Either(Vec<Matcher>),
    Not(Box<Matcher>),
}

/// A condition that the user wrote.
type Predicate = dyn Fn(&request::Parts, &response::Parts) -> bool + Send + Sync;

impl Matcher {
    /// Every response.
    #[must_use]
    pub const fn any() -> Self {
        Self { kind: Kind::Any }
    }

    /// Paths that begin with `prefix`, byte for byte. `/assets/` is everything in that directory, and
    /// `/assets` is `/assets-old.js` too.
    ///
    /// The path is the one that this layer sees. `Router::nest` of axum shortens it: a layer inside of
    /// `nest("/private", …)` sees `/a` for `/private/a`, and the prefix `/private/` matches nothing there.
    /// Put the layer around the whole router, or leave the prefix of the nest out.
    ///
    /// # Errors
    ///
    /// [`InvalidCacheControl::Prefix`]: it does not begin with `/`, or is written encoded.
    pub fn prefix(prefix: &str) -> Result<Self, InvalidCacheControl> {
        let is_odd = |character: char| character.is_control() || "%?#".contains(character);
        if !prefix.starts_with('/') || prefix.contains(is_odd) {
            return Err(InvalidCacheControl::Prefix {
                prefix: prefix.to_owned(),
            });
        }
        Ok(Self::known_prefix(prefix))
    }

    /// Paths that begin with `prefix`, which is known to be one.
    pub(super) fn known_prefix(prefix: &str) -> Self {
        Self::of(Kind::Prefix(prefix.to_owned()))
    }

    /// Paths (`/assets/**`) or file names (`*.css`) of this form: `*` stands for any bytes but slashes,
    /// `**` for any bytes, `?` for one byte that is no slash. At most 127 bytes. There are no classes and no
    /// alternatives: write a rule for each, or join matchers with [`or`](Self::or); where a name has a
    /// bracket or a brace itself, `?` matches it.
    ///
    /// # Errors
    ///
    /// [`InvalidCacheControl::Glob`]: it is empty or too long, has a slash and does not begin with
    /// one, or has a bracket or a brace, which elsewhere mean more than themselves.
    pub fn glob(glob: &str) -> Result<Self, InvalidCacheControl> {
        let parsed = Glob::parse(glob).map_err(|_| InvalidCacheControl::Glob {
            glob: glob.to_owned(),
        })?;
        Ok(Self::of(Kind::Glob(parsed)))
    }

    /// File names that end in a dot and `extension`, in any case.
    ///
    /// # Errors
    ///
    /// [`InvalidCacheControl::FileExtension`]: it is empty, or holds a dot or a slash.
    pub fn extension(extension: &str) -> Result<Self, InvalidCacheControl> {
        let is_odd = |character: char| character.is_control() || "./\\%".contains(character);
        if extension.is_empty() || extension.contains(is_odd) {
            return Err(InvalidCacheControl::FileExtension {
                extension: extension.to_owned(),
            });
        }
        Ok(Self::of(Kind::Extension(extension.to_owned())))
    }

    /// Responses of this media type, or of every subtype, such as `image/*`. Parameters of the response's
    /// type are ignored.
    ///
    /// # Errors
    ///
    /// [`InvalidCacheControl::MediaRange`]: `range` is neither `type/subtype` nor `type/*`. A star
    /// elsewhere, parameters and white space are refused.
    pub fn media_type(range: &str) -> Result<Self, InvalidCacheControl> {
        let is_odd = |character: char| character.is_whitespace() || character == ';';
        let is_sound = MediaType::parse(range.as_bytes()).is_some() && !range.contains(is_odd);
        match range.split_once('/') {
            Some((kind, subtype))
                if is_sound
                    && !kind.contains('*')
                    && (subtype == "*" || !subtype.contains('*')) =>
            {
                Ok(Self::of(Kind::MediaType {
                    kind: kind.to_owned(),
                    subtype: subtype.to_owned(),
                }))
            }
            _ => Err(InvalidCacheControl::MediaRange {
                range: range.to_owned(),
            }),
        }
    }

    /// Responses to requests of this method. GET means HEAD too, whose response has the fields of GET's.
    #[must_use]
    pub const fn method(method: Method) -> Self {
        Self::of(Kind::Method(method))
    }

    /// Responses of a status for which `holds`. A rule with it is about those statuses alone.
    ///
    /// `holds` sees 200 in place of 304 and 206, whose fields are those of the 200 that they stand for.
    #[must_use]
    pub fn status(holds: impl Fn(StatusCode) -> bool + Send + Sync + 'static) -> Self {
        Self::of(Kind::Status(Arc::new(holds)))
    }

    /// Responses for which `holds`, which sees both heads as they are. The layer clones the request's head
    /// for it.
    #[must_use]
    pub fn when(
        holds: impl Fn(&request::Parts, &response::Parts) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::of(Kind::When(Arc::new(holds)))
    }

    /// Responses that both match.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::of(Kind::Combined(Combined::All(vec![self, other])))
    }

    /// Responses that either matches.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::of(Kind::Combined(Combined::Either(vec![self, other])))
    }

    /// Responses that this does not match.
    #[must_use]
    pub fn negate(self) -> Self {
        Self::of(Kind::Combined(Combined::Not(Box::new(self))))
    }

    /// Whether the response is one of those.
    #[inline(always)]
    pub(super) fn matches(&self, facts: &Facts<'_>) -> bool {
        match &self.kind {
            Kind::Any => true,
            Kind::Combined(combined) => combined.matches(facts),
            Kind::Extension(extension) => facts
                .path
                .extension()
                .is_some_and(|found| found.eq_ignore_ascii_case(extension)),
            Kind::Glob(glob) => glob.matches(facts.path.as_str(), facts.path.file_name()),
            Kind::MediaType { kind, subtype } => match subtype.as_str() {
                "*" => facts.media.kind_is(kind),
                subtype => facts.media.is(kind, subtype),
            },
            Kind::Method(method) => {
                *method == *facts.method
                    || (*method == Method::GET && *facts.method == Method::HEAD)
            }
            Kind::Prefix(prefix) => facts.path.as_str().starts_with(prefix),
            Kind::Status(holds) => holds(facts.status),
            Kind::When(holds) => facts
                .request
                .is_some_and(|request| holds(request, facts.response)),
        }
    }

    /// Whether a response whose media type is not known is one of those; `None` where that depends on the
    /// type.
    pub(super) fn matches_untyped(&self, facts: &Facts<'_>) -> Option<bool> {
        match &self.kind {
            Kind::MediaType { .. } => None,
            Kind::Combined(combined) => combined.matches_untyped(facts),
            _ => Some(self.matches(facts)),
        }
    }

    /// Whether it says for itself which statuses it is about.
    pub(super) fn names_statuses(&self) -> bool {
        self.has(&|kind| matches!(kind, Kind::Status(_)))
    }

    /// Whether it needs the request's head.
    pub(super) fn needs_request(&self) -> bool {
        self.has(&|kind| matches!(kind, Kind::When(_)))
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

impl Combined {
    fn matches(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::All(all) => all.iter().all(|matcher| matcher.matches(facts)),
            Self::Either(either) => either.iter().any(|matcher| matcher.matches(facts)),
            Self::Not(matcher) => !matcher.matches(facts),
        }
    }

    fn matches_untyped(&self, facts: &Facts<'_>) -> Option<bool> {
        // One that matches decides `or`, and one that does not decides `and`.
        let decisive = match self {
            Self::All(_) => false,
            Self::Either(_) => true,
            Self::Not(matcher) => return matcher.matches_untyped(facts).map(|matches| !matches),
        };
        let mut is_known = true;
        for matcher in self.inner() {
            match matcher.matches_untyped(facts) {
                Some(matches) if matches == decisive => return Some(decisive),
                Some(_) => {}
                None => is_known = false,
            }
        }
        is_known.then_some(!decisive)
    }

    fn inner(&self) -> &[Matcher] {
        match self {
            Self::All(inner) | Self::Either(inner) => inner,
            Self::Not(inner) => slice::from_ref(inner),
        }
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Any => f.write_str("Any"),
            Kind::Combined(combined) => combined.fmt(f),
            Kind::Extension(extension) => f.debug_tuple("Extension").field(extension).finish(),
            Kind::Glob(glob) => f.debug_tuple("Glob").field(glob).finish(),
            Kind::MediaType { kind, subtype } => write!(f, "MediaType({kind}/{subtype})"),
            Kind::Method(method) => f.debug_tuple("Method").field(method).finish(),
            Kind::Prefix(prefix) => f.debug_tuple("Prefix").field(prefix).finish(),
            Kind::Status(_) => f.write_str("Status(..)"),
            Kind::When(_) => f.write_str("When(..)"),
        }
    }
}
