//! What rules depend on of the two heads. Pure: each is read once.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, EXPIRES, HeaderName, PRAGMA, SET_COOKIE};
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, StatusCode, Uri, request, response};

use crate::fields::media_type::MediaType;
use crate::rules::media::Media;
use crate::rules::path::Path;
use crate::rules::personal::{Identity, Personal};
use crate::rules::{cache_policy, status};

/// The parts of a request that matter, kept until the response is there.
#[derive(Debug)]
pub(super) struct Asked {
    method: Method,
    target: Option<PathAndQuery>,
    identity: Identity,
    /// There only where a rule wants to see it.
    head: Option<Box<request::Parts>>,
}

impl Asked {
    pub(super) fn read(
        method: &Method,
        uri: &Uri,
        fields: &HeaderMap,
        personal: &Personal,
    ) -> Self {
        Self {
            method: method.clone(),
            target: uri.path_and_query().cloned(),
            identity: personal.identity(fields),
            head: None,
        }
    }

    /// Keeps the head for rules that want to see it.
    pub(super) fn keep(mut self, head: request::Parts) -> Self {
        self.head = Some(Box::new(head));
        self
    }
}

/// What is known of one response.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) method: &'a Method,
    pub(super) path: Path<'a>,
    pub(super) query: Option<&'a str>,
    pub(super) request: Option<&'a request::Parts>,
    pub(super) response: &'a response::Parts,
    pub(super) media: Media<'a>,
    /// The status; 200 for a 304 and a 206, which stand for one.
    pub(super) status: StatusCode,
    pub(super) identity: Identity,
    /// The handler spoke to all caches: `Cache-Control`, `Expires` or `Pragma`.
    pub(super) has_policy: bool,
    /// The handler spoke to the caches of a network: `CDN-Cache-Control` or another field that they obey
    /// before `Cache-Control`.
    pub(super) speaks_to_networks: bool,
    pub(super) sets_cookies: bool,
}

impl<'a> Facts<'a> {
    pub(super) fn is_interim(&self) -> bool {
        status::is_interim_or_tunnel(self.response.status, *self.method == Method::CONNECT)
    }

    pub(super) fn read(asked: &'a Asked, response: &'a response::Parts) -> Self {
        let path = asked.target.as_ref().map_or("/", PathAndQuery::path);
        let mut facts = Self {
            method: &asked.method,
            path: Path::read(path),
            query: asked.target.as_ref().and_then(PathAndQuery::query),
            request: asked.head.as_deref(),
            response,
            media: Media::Missing,
            status: status::stood_for(response.status),
            identity: asked.identity,
            has_policy: false,
            speaks_to_networks: false,
            sets_cookies: false,
        };
        // One pass: to look each up by its name would cost more than all the rest.
        for (name, line) in &response.headers {
            facts.take(name, line.as_bytes());
        }
        let (status, extensions) = (response.status, &response.extensions);
        facts.media = facts.media.of_whole(status, extensions, &facts.path);
        facts
    }

    fn take(&mut self, name: &HeaderName, value: &'a [u8]) {
        match *name {
            CONTENT_TYPE => {
                if let (Media::Missing, Some(named)) = (self.media, MediaType::parse(value)) {
                    self.media = Media::Named(named);
                }
            }
            CACHE_CONTROL | EXPIRES | PRAGMA => self.has_policy = true,
            SET_COOKIE => self.sets_cookies = true,
            _ => self.speaks_to_networks |= cache_policy::is_obeyed_first(name),
        }
    }

    pub(super) const fn is_get_or_head(&self) -> bool {
        matches!(*self.method, Method::GET | Method::HEAD)
    }

    /// Whether the handler said nothing of caches, so that a cache may guess how long the response is
    /// fresh.
    ///
    /// Caches guess for GET and HEAD alone: RFC 9110 §9.3.3 asks for an explicit lifetime in the response
    /// to a POST.
    pub(super) const fn is_unsaid(&self) -> bool {
        !self.has_policy
            && !self.speaks_to_networks
            && self.is_get_or_head()
            && status::is_heuristically_cacheable(self.status)
    }

    /// Whether a rule that does not name a status is about this response.
    pub(super) fn is_kept(&self) -> bool {
        self.status.is_success()
            || matches!(
                self.status,
                StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT
            )
    }
}
