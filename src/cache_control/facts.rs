//! What rules depend on of the two heads. Pure: each is read once.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, EXPIRES, HeaderName, PRAGMA, SET_COOKIE};
use http::{Method, Request, StatusCode, request, response};

use crate::fields::media_type::MediaType;
use crate::matcher::{KeptRequest, SeenRequest, SeenResponse};
use crate::rules::media::Media;
use crate::rules::path::Path;
use crate::rules::personal::{Identity, Personal};
use crate::rules::{cache_policy, status};

/// The parts of a request that matter, kept until the response is there.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) request: KeptRequest,
    identity: Identity,
}

impl Asked {
    /// `needs_head` is whether a matcher has to see the whole head.
    pub(super) fn read<B>(request: &mut Request<B>, personal: &Personal, needs_head: bool) -> Self {
        Self {
            identity: personal.identity(request.headers()),
            request: KeptRequest::new(request, needs_head),
        }
    }
}

/// What is known of one response.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) seen: SeenResponse<'a>,
    pub(super) query: Option<&'a str>,
    pub(super) identity: Identity,
    /// The handler spoke to all caches: `Cache-Control`, `Expires` or `Pragma`.
    pub(super) has_policy: bool,
    /// The handler spoke to the caches of a network: `CDN-Cache-Control` or another field that they
    /// obey before `Cache-Control`.
    pub(super) speaks_to_networks: bool,
    pub(super) sets_cookies: bool,
}

impl<'a> Facts<'a> {
    pub(super) fn read(asked: &'a Asked, response: &'a response::Parts) -> Self {
        let request = &asked.request;
        Self::of(request.seen(), request.query(), asked.identity, response)
    }

    /// The same for a question without a server.
    pub(super) fn of_heads(
        request: &'a request::Parts,
        response: &'a response::Parts,
        personal: &Personal,
    ) -> Self {
        let identity = personal.identity(&request.headers);
        Self::of(request.into(), request.uri.query(), identity, response)
    }

    fn of(
        request: SeenRequest<'a>,
        query: Option<&'a str>,
        identity: Identity,
        response: &'a response::Parts,
    ) -> Self {
        let mut facts = Self {
            seen: SeenResponse {
                request,
                response,
                media: Media::Missing,
                status: status::stood_for(response.status),
            },
            query,
            identity,
            has_policy: false,
            speaks_to_networks: false,
            sets_cookies: false,
        };
        // One pass: to look each up by its name would cost more than all the rest.
        for (name, line) in &response.headers {
            facts.take(name, line.as_bytes());
        }
        let (status, extensions) = (response.status, &response.extensions);
        facts.seen.media = facts.seen.media.of_whole(status, extensions, facts.path());
        facts
    }

    fn take(&mut self, name: &HeaderName, value: &'a [u8]) {
        match *name {
            CONTENT_TYPE => {
                if let (Media::Missing, Some(named)) = (self.seen.media, MediaType::parse(value)) {
                    self.seen.media = Media::Named(named);
                }
            }
            CACHE_CONTROL | EXPIRES | PRAGMA => self.has_policy = true,
            SET_COOKIE => self.sets_cookies = true,
            _ => self.speaks_to_networks |= cache_policy::is_obeyed_first(name),
        }
    }

    pub(super) const fn path(&self) -> &Path<'a> {
        &self.seen.request.path
    }

    pub(super) const fn media(&self) -> &Media<'a> {
        &self.seen.media
    }

    pub(super) fn is_interim(&self) -> bool {
        let is_connect = *self.seen.request.method == Method::CONNECT;
        status::is_interim_or_tunnel(self.seen.response.status, is_connect)
    }

    pub(super) const fn is_get_or_head(&self) -> bool {
        matches!(*self.seen.request.method, Method::GET | Method::HEAD)
    }

    /// Whether the handler said nothing of caches, so that a cache may guess how long the response
    /// is fresh.
    ///
    /// Caches guess for GET and HEAD alone: RFC 9110 §9.3.3 asks for an explicit lifetime in the
    /// response to a POST.
    pub(super) const fn is_unsaid(&self) -> bool {
        !self.has_policy
            && !self.speaks_to_networks
            && self.is_get_or_head()
            && status::is_heuristically_cacheable(self.seen.status)
    }

    /// Whether a rule that does not name a status is about this response.
    pub(super) fn has_cacheable_status(&self) -> bool {
        let status = self.seen.status;
        status.is_success()
            || matches!(
                status,
                StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT
            )
    }
}
