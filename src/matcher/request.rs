//! Which requests a setting is about.

use std::fmt;
use std::ops::Not;
use std::sync::Arc;

use http::{Method, request};

use super::error::InvalidMatcher;
use super::glob::Glob;
use super::seen::SeenRequest;

/// Which requests a setting is about.
///
/// # Example
///
/// ```
/// use http::Method;
/// use tower_egress::compression::CompressionLayer;
/// use tower_egress::matcher::RequestMatcher;
///
/// let layer = CompressionLayer::new().skip(
///     RequestMatcher::prefix("/internal/")?.or(RequestMatcher::method(Method::OPTIONS)),
/// );
/// # Ok::<(), tower_egress::matcher::InvalidMatcher>(())
/// ```
///
/// # Paths
///
/// Paths are compared decoded and without dot segments. The path is the one that the layer sees.
/// `Router::nest` of axum shortens it: a layer inside of `nest("/private", …)` sees `/a` for
/// `/private/a`, and the prefix `/private/` matches nothing there. Put the layer around the whole
/// router, or leave the prefix of the nest out.
#[derive(Clone)]
pub struct RequestMatcher {
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Any,
    Combined(Combined),
    Extension(String),
    Glob(Glob),
    Method(Method),
    Prefix(String),
    When(Arc<Predicate>),
}

/// Matchers made of other matchers. The type is apart from [`Kind`] because it is recursive: the
/// others are matched without a call.
#[derive(Clone, Debug)]
enum Combined {
    All(Vec<RequestMatcher>),
    Either(Vec<RequestMatcher>),
    Not(Box<RequestMatcher>),
}

/// A condition that the user wrote.
type Predicate = dyn Fn(&request::Parts) -> bool + Send + Sync;

impl RequestMatcher {
    /// Every request.
    #[must_use]
    pub const fn any() -> Self {
        Self::of(Kind::Any)
    }

    /// Requests for paths that begin with `prefix`, byte for byte. `/assets/` is everything in that
    /// directory, and `/assets` is `/assets-old.js` too.
    ///
    /// # Errors
    ///
    /// [`InvalidMatcher::Prefix`]: it does not begin with `/`, or is written encoded.
    pub fn prefix(prefix: &str) -> Result<Self, InvalidMatcher> {
        let is_odd = |character: char| character.is_control() || "%?#".contains(character);
        if !prefix.starts_with('/') || prefix.contains(is_odd) {
            return Err(InvalidMatcher::Prefix {
                prefix: prefix.to_owned(),
            });
        }
        Ok(Self::known_prefix(prefix))
    }

    /// Requests for paths that begin with `prefix`, which is known to be one.
    pub(crate) fn known_prefix(prefix: &str) -> Self {
        Self::of(Kind::Prefix(prefix.to_owned()))
    }

    /// Requests for paths (`/assets/**`) or file names (`*.css`) of this form.
    ///
    /// `*` stands for any bytes but slashes, `**` for any bytes, and `?` for one byte that is not a
    /// slash. A glob has at most 127 bytes. There are no classes and no alternatives: join matchers
    /// with [`or`](Self::or). Where a name has a bracket or a brace itself, `?` matches it.
    ///
    /// # Errors
    ///
    /// [`InvalidMatcher::Glob`]: it is empty or too long, has a slash and does not begin with one,
    /// or has a bracket or a brace, which elsewhere mean more than themselves.
    pub fn glob(glob: &str) -> Result<Self, InvalidMatcher> {
        Ok(Self::of(Kind::Glob(Glob::parse(glob)?)))
    }

    /// Requests for file names that end in a dot and `extension`, in any case.
    ///
    /// # Errors
    ///
    /// [`InvalidMatcher::Extension`]: it is empty, or holds a dot or a slash.
    pub fn extension(extension: &str) -> Result<Self, InvalidMatcher> {
        let is_odd = |character: char| character.is_control() || "./\\%".contains(character);
        if extension.is_empty() || extension.contains(is_odd) {
            return Err(InvalidMatcher::Extension {
                extension: extension.to_owned(),
            });
        }
        Ok(Self::of(Kind::Extension(extension.to_owned())))
    }

    /// Requests of this method. GET means HEAD too, whose response has the fields of GET's.
    #[must_use]
    pub const fn method(method: Method) -> Self {
        Self::of(Kind::Method(method))
    }

    /// Requests for whose head `holds`.
    #[must_use]
    pub fn when(holds: impl Fn(&request::Parts) -> bool + Send + Sync + 'static) -> Self {
        Self::of(Kind::When(Arc::new(holds)))
    }

    /// Requests that both match.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::of(Kind::Combined(Combined::All(vec![self, other])))
    }

    /// Requests that either matches.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::of(Kind::Combined(Combined::Either(vec![self, other])))
    }

    /// Whether the request is one of those.
    #[inline(always)]
    pub(crate) fn matches(&self, seen: &SeenRequest<'_>) -> bool {
        match &self.kind {
            Kind::Any => true,
            Kind::Combined(combined) => combined.matches(seen),
            Kind::Extension(extension) => seen
                .path
                .extension()
                .is_some_and(|found| found.eq_ignore_ascii_case(extension)),
            Kind::Glob(glob) => glob.matches(seen.path.as_str(), seen.path.file_name()),
            Kind::Method(method) => {
                *method == *seen.method || (*method == Method::GET && *seen.method == Method::HEAD)
            }
            Kind::Prefix(prefix) => seen.path.as_str().starts_with(prefix),
            Kind::When(holds) => seen.head.is_some_and(|head| holds(head)),
        }
    }

    /// Whether it has to see the whole head.
    pub(crate) fn needs_head(&self) -> bool {
        match &self.kind {
            Kind::When(_) => true,
            Kind::Combined(Combined::All(inner) | Combined::Either(inner)) => {
                inner.iter().any(Self::needs_head)
            }
            Kind::Combined(Combined::Not(inner)) => inner.needs_head(),
            _ => false,
        }
    }

    const fn of(kind: Kind) -> Self {
        Self { kind }
    }
}

/// Requests that this does not match.
impl Not for RequestMatcher {
    type Output = Self;

    fn not(self) -> Self {
        Self::of(Kind::Combined(Combined::Not(Box::new(self))))
    }
}

impl Combined {
    fn matches(&self, seen: &SeenRequest<'_>) -> bool {
        match self {
            Self::All(all) => all.iter().all(|matcher| matcher.matches(seen)),
            Self::Either(either) => either.iter().any(|matcher| matcher.matches(seen)),
            Self::Not(matcher) => !matcher.matches(seen),
        }
    }
}

impl fmt::Debug for RequestMatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Any => f.write_str("Any"),
            Kind::Combined(combined) => combined.fmt(f),
            Kind::Extension(extension) => f.debug_tuple("Extension").field(extension).finish(),
            Kind::Glob(glob) => f.debug_tuple("Glob").field(glob).finish(),
            Kind::Method(method) => f.debug_tuple("Method").field(method).finish(),
            Kind::Prefix(prefix) => f.debug_tuple("Prefix").field(prefix).finish(),
            Kind::When(_) => f.write_str("When(..)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[track_caller]
    fn check(matcher: &RequestMatcher, path: &str, expected: bool) {
        let (head, ()) = Request::get(path).body(()).unwrap().into_parts();
        assert_eq!(matcher.matches(&(&head).into()), expected, "{path}");
    }

    #[test]
    fn matchers_are_about_the_decoded_path() {
        let (prefix, glob) = (RequestMatcher::prefix, RequestMatcher::glob);
        check(&prefix("/a b/").unwrap(), "/a%20b/c", true);
        check(&prefix("/a/").unwrap(), "/ab", false);
        check(&glob("/a/*.json").unwrap(), "/a/b.json", true);
        check(&glob("*.json").unwrap(), "/a/b.json", true);
        check(&glob("/*.json").unwrap(), "/a/b.json", false);
        let json = RequestMatcher::extension("json").unwrap();
        check(&json, "/a/b.JSON", true);
        check(&json, "/a.json/b", false);
        check(&RequestMatcher::any(), "/", true);
        check(&!RequestMatcher::any(), "/", false);
    }

    #[test]
    fn matchers_of_requests_combine() {
        let css = || RequestMatcher::extension("css").unwrap();
        let get = || RequestMatcher::method(Method::GET);
        check(&css().and(get()), "/a.css", true);
        check(&css().and(!get()), "/a.css", false);
        check(&(!css()).or(get()), "/a.css", true);
        check(&css().or(!get()), "/a.js", false);
        let asks = RequestMatcher::when(|head| head.uri.query() == Some("b"));
        check(&css().and(asks.clone()), "/a.css?b", true);
        check(&css().and(asks.clone()), "/a.css", false);
        assert!(css().and(!asks).needs_head());
        assert!(!css().and(get()).needs_head());
    }

    #[track_caller]
    fn refused(found: Result<RequestMatcher, InvalidMatcher>, message: &str) {
        assert_eq!(found.unwrap_err().to_string(), message);
    }

    #[test]
    fn g_01_what_is_no_glob_prefix_or_extension_is_refused_and_says_what_to_write() {
        refused(
            RequestMatcher::glob(""),
            "\"\" is not a glob; write a path with `*`, `**` or `?` in it, such as `/assets/**`, or a \
             file name, such as `*.css`, without brackets and braces",
        );
        refused(
            RequestMatcher::prefix("assets/"),
            "\"assets/\" is not a prefix of a path; begin it with `/`, such as `/assets/`, and write \
             it decoded",
        );
        for prefix in ["", "/a%20b/", "/a?b", "/a\r\nb"] {
            assert!(RequestMatcher::prefix(prefix).is_err(), "{prefix:?}");
        }
        refused(
            RequestMatcher::extension(".css"),
            "\".css\" is not a file extension; write what follows the last dot, such as `css`",
        );
        for extension in ["", "a/b", "a.b"] {
            assert!(
                RequestMatcher::extension(extension).is_err(),
                "{extension:?}"
            );
        }
    }
}
