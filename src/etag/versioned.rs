//! A resolver for what changes with a build alone.

use std::fmt;
use std::future::Ready;
use std::sync::Arc;

use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Method, request};

use super::entity_tag::EntityTag;
use super::hasher::{self, Hasher, Md5, Strength};
use super::resolver::{Current, Resolution, Resolver};
use super::validators::Validators;
use crate::fields::trim_ows;

/// Tags answers to GET and HEAD by their path, their query and a version: a weak tag, from which a 304
/// follows before the handler is called.
///
/// For answers that are a function of these three and of nothing else: pages that a build renders, an
/// API over data of a release. `version` has to change whenever any of them does, as a commit or a build
/// number; with one that never changes, clients keep what they have for ever. It is not for answers
/// that depend on who asks, on a language or on another field of the request: all of them would have
/// one tag.
///
/// `If-Match` and `If-None-Match: *`, rare with GET, hold or fail with whether there is an answer at all,
/// which only the handler knows: it is called, and its answer compared. Of other methods nothing is
/// known.
///
/// # Errors
///
/// [`InvalidVersion`] when `version` is empty, which is what a variable says that was not set.
///
/// # Example
///
/// ```
/// use tower_egress::etag::{EtagLayer, versioned};
///
/// let layer = EtagLayer::new().validators(versioned(env!("CARGO_PKG_VERSION"))?);
/// # drop(layer);
/// # Ok::<(), tower_egress::etag::InvalidVersion>(())
/// ```
pub fn versioned(version: impl AsRef<str>) -> Result<Versioned, InvalidVersion> {
    match version.as_ref() {
        "" => Err(InvalidVersion),
        version => Ok(Versioned {
            version: Arc::from(version),
            content_type: None,
            cache_control: None,
        }),
    }
}

/// The version is empty, and so one that never changes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct InvalidVersion;

impl fmt::Display for InvalidVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the version `` is empty; give one that changes whenever an answer does, as a commit",
        )
    }
}

impl std::error::Error for InvalidVersion {}

/// Made by [`versioned`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Versioned {
    version: Arc<str>,
    content_type: Option<HeaderValue>,
    cache_control: Option<HeaderValue>,
}

impl Resolver for Versioned {
    type Future = Ready<Current>;

    fn resolve(&self, head: &request::Parts) -> Resolution<Self::Future> {
        Resolution::Now(match head.method {
            Method::GET | Method::HEAD => Current::Present(Validators {
                etag: Some(self.tag(head)),
                content_type: self.content_type.clone(),
                cache_control: self.cache_control.clone(),
                for_the_answer: asks_whether_there_is_any(&head.headers),
                ..Validators::new()
            }),
            _ => Current::Unknown,
        })
    }
}

impl Versioned {
    /// The `Content-Type` of the 200 responses, for a resolver around routes that all have one type.
    ///
    /// A 304 before the handler then gets the `Cache-Control` that a `CacheControlLayer` further out
    /// gives the 200: see [`Validators::content_type`].
    pub fn content_type(mut self, value: HeaderValue) -> Self {
        self.content_type = Some(value);
        self
    }

    /// The `Cache-Control` that the handlers write into the 200 responses, for a 304 before the handler
    /// to repeat: see [`Validators::cache_control`].
    pub fn cache_control(mut self, value: HeaderValue) -> Self {
        self.cache_control = Some(value);
        self
    }

    /// No path and no query holds a NUL, so that what comes before it and what comes behind are told
    /// apart, and no path an unescaped `?`.
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
        let value = hasher::tag(digest.as_ref(), Strength::Weak);
        EntityTag::from_value(&value).expect("hexadecimal digits in quotes are a tag")
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
        let tag = "W/\"c52b291fba3e18ab431553d011c89861\"".parse().unwrap();
        let expected = Current::Present(Validators::new().etag(tag));
        assert_eq!(state("1", Request::get("http://a.example/a?b")), expected);
    }

    #[test]
    fn an_empty_version_is_refused() {
        let error = versioned("").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the version `` is empty; give one that changes whenever an answer does, as a commit",
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
            for_the_answer: true,
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
