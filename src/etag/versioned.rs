//! A resolver for responses that only a new build changes.

use std::fmt;
use std::future::Ready;
use std::sync::Arc;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Method, request};

use super::hasher::{Hasher, Md5};
use super::resolver::{Current, Resolution, Resolver};
use crate::fields::trim_ows;
use crate::rules::entity_tag::EntityTag;
use crate::rules::validators::Validators;

/// Tags responses to GET and HEAD by their path, their query and a version. The tag is weak, and a
/// 304 needs no handler.
///
/// Use it for responses that follow from these three and from nothing else, such as pages that a
/// build renders. `version` must change whenever a response changes, as a build id or a commit hash
/// does. With a version that never changes, clients keep what they have for ever. Do not use it for
/// responses that depend on the user, the language or another field of the request: they would all
/// have one tag.
///
/// # What the tag tells
///
/// The tag is the MD5 of path, query and version, without a key. A client that knows the path can
/// try versions until the tag is the same: it finds a release number such as `1.27.3` in
/// milliseconds, and then knows the vulnerabilities of that release. A random build id or the
/// commit hash of a private repository cannot be guessed. The commits of a public repository can:
/// append a secret to them, the same one on every machine, as in `format!("{commit} {secret}")`.
///
/// # Conditions left to the handler
///
/// Whether `If-Match` or `If-None-Match: *` holds depends on whether there is a response at all.
/// Only the handler knows that: it is called, and its response is compared. Other methods are the
/// handler's.
///
/// # Errors
///
/// [`InvalidVersion`] when `version` is empty, as a variable is that was not set.
///
/// # Example
///
/// ```
/// use tower_egress::etag::{EtagLayer, versioned};
///
/// // What the build sets: `env!("GIT_COMMIT")`, for example.
/// const COMMIT: &str = "9fceb02d0ae598e95dc970b74767f19372d61af8";
///
/// let layer = EtagLayer::new().resolver(versioned(COMMIT)?);
/// # drop(layer);
/// # Ok::<(), tower_egress::etag::InvalidVersion>(())
/// ```
pub fn versioned(version: impl AsRef<str>) -> Result<Versioned, InvalidVersion> {
    match version.as_ref() {
        "" => Err(InvalidVersion),
        version => Ok(Versioned {
            version: Arc::from(version),
            said: Validators::default(),
        }),
    }
}

/// The version is empty, so it never changes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct InvalidVersion;

impl fmt::Display for InvalidVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the version `` is empty; give one that changes whenever a response does, such as a commit",
        )
    }
}

impl std::error::Error for InvalidVersion {}

/// Made by [`versioned`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Versioned {
    version: Arc<str>,
    /// The fields of a 304 beside its tag.
    said: Validators,
}

impl Resolver for Versioned {
    type Future = Ready<Current>;

    fn resolve(&self, head: &request::Parts) -> Resolution<Self::Future> {
        Resolution::Now(match head.method {
            Method::GET | Method::HEAD => Current::Present(Validators {
                etag: Some(self.tag(head)),
                wait_for_response: asks_whether_there_is_any(&head.headers),
                ..self.said.clone()
            }),
            _ => Current::Unknown,
        })
    }
}

impl Versioned {
    /// The `Content-Type` of the 200 responses, for a resolver around routes that all have one
    /// type.
    ///
    /// A 304 before the handler then gets the `Cache-Control` that a `CacheControlLayer` further
    /// out gives the 200: see
    /// [`ValidatorsBuilder::content_type`](super::ValidatorsBuilder::content_type).
    pub fn content_type(mut self, value: HeaderValue) -> Self {
        self.said = self.said.and(CONTENT_TYPE, value);
        self
    }

    /// The `Cache-Control` that the handlers write into the 200 responses, for a 304 before the
    /// handler to repeat: see
    /// [`ValidatorsBuilder::cache_control`](super::ValidatorsBuilder::cache_control).
    pub fn cache_control(mut self, value: HeaderValue) -> Self {
        self.said = self.said.and(CACHE_CONTROL, value);
        self
    }

    /// The parts cannot run together: no path and no query has a NUL, and no path has an unescaped
    /// `?`.
    fn tag(&self, head: &request::Parts) -> EntityTag {
        let query = head.uri.query();
        let parts = [
            head.uri.path(),
            if query.is_some() { "?" } else { "" },
            query.unwrap_or_default(),
            "\0",
            &*self.version,
        ];
        let digest = Md5.digest(parts.into_iter().map(str::as_bytes));
        EntityTag::of_digest(&digest, true)
    }
}

fn asks_whether_there_is_any(fields: &HeaderMap) -> bool {
    fields.contains_key(IF_MATCH)
        || fields
            .get(IF_NONE_MATCH)
            .is_some_and(|line| trim_ows(line.as_bytes()) == b"*")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn state(version: &str, request: request::Builder) -> Current {
        let (head, ()) = request.body(()).unwrap().into_parts();
        match versioned(version).unwrap().resolve(&head) {
            Resolution::Now(state) => state,
            Resolution::Later(_) => panic!("it is at hand"),
        }
    }

    #[test]
    fn a_tag_says_path_query_and_version() {
        let uris = ["/", "/a", "/a?", "/a?b", "/a/b", "/b?a"];
        let mut states = Vec::new();
        for uri in uris {
            for version in ["1", "2", "12"] {
                let found = state(version, Request::get(uri));
                assert_eq!(found, state(version, Request::head(uri)));
                assert_eq!(
                    found,
                    state(version, Request::get(uri).header("if-none-match", "\"a\""))
                );
                assert!(!states.contains(&found), "{uri} {version}");
                states.push(found);
            }
        }
        // MD5 of "/a?b\01".
        let tag: EntityTag = "W/\"c52b291fba3e18ab431553d011c89861\"".parse().unwrap();
        let expected = Current::Present(Validators::from(tag));
        assert_eq!(state("1", Request::get("http://a.example/a?b")), expected);
    }

    /// Finding 35.
    #[test]
    fn f_04_a_secret_in_the_version_hides_it() {
        let hidden = state("1.27.3 9b1c7f", Request::get("/"));
        for major in 0..3 {
            for minor in 0..30 {
                for patch in 0..10 {
                    let version = format!("{major}.{minor}.{patch}");
                    assert_ne!(state(&version, Request::get("/")), hidden, "{version}");
                }
            }
        }
    }

    #[test]
    fn an_empty_version_is_refused() {
        let error = versioned("").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the version `` is empty; give one that changes whenever a response does, such as a commit",
        );
    }

    #[test]
    fn what_only_the_handler_knows_is_left_to_it() {
        for request in [
            Request::put("/"),
            Request::post("/"),
            Request::delete("/"),
            Request::options("/"),
        ] {
            assert_eq!(state("1", request), Current::Unknown);
        }
        let Current::Present(expected) = state("1", Request::get("/")) else {
            panic!("it is known");
        };
        let expected = Current::Present(Validators {
            wait_for_response: true,
            ..expected
        });
        for request in [
            Request::get("/").header("if-none-match", " * "),
            Request::head("/").header("if-match", "\"a\""),
        ] {
            assert_eq!(state("1", request), expected);
        }
    }
}
