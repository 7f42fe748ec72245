//! The layer: what users configure.

use std::fmt;
use std::sync::Arc;

use http::{request, response};
use http_body::SizeHint;
use tower_layer::Layer;

use super::config::{Config, DEFAULT_LIMIT};
use super::hasher::{Hasher, Md5, Strength};
use super::plan::{self, Asked, Plan};
use super::resolver::{NoResolver, Resolver};
use super::service::Etag;

/// Applies [`Etag`] to a service.
///
/// See the [module docs](super) for what it does.
#[must_use]
pub struct EtagLayer<H = Md5, R = NoResolver> {
    config: Arc<Config<H>>,
    resolver: R,
}

impl EtagLayer {
    /// Weak tags of MD5 for bodies of at most [`DEFAULT_LIMIT`] bytes.
    pub fn new() -> Self {
        Self {
            config: Arc::new(Config {
                hasher: Md5,
                ignores_no_cache: false,
                limit: DEFAULT_LIMIT,
                requires_precondition: false,
                strength: Some(Strength::Weak),
            }),
            resolver: NoResolver,
        }
    }
}

impl<H: Clone, R> EtagLayer<H, R> {
    /// Makes strong tags, which promise the same bytes. Without it, tags are weak.
    ///
    /// A strong tag of the layer holds in `If-Match` of GET and HEAD, where a weak one never does. It
    /// guards no write, and no broken download is continued with it: the layer learns a tag from a
    /// response, and so does not know the state before the handler runs. Writes and ranges need a
    /// [resolver](Self::validators). A GET whose `If-Range` holds a tag that the layer may have made
    /// gets the full representation.
    ///
    /// Use it for responses that are a function of what is stored. A body with the current time in it,
    /// or with members in another order each time, never has the same tag twice. Use a hash that nobody
    /// can forge where others write the content.
    pub fn strong(mut self) -> Self {
        self.config_mut().strength = Some(Strength::Strong);
        self
    }

    /// Makes no tags, and compares those of the handler.
    pub fn handler_tags_only(mut self) -> Self {
        self.config_mut().strength = None;
        self
    }

    /// Tags bodies of at most `bytes` bytes, instead of [`DEFAULT_LIMIT`].
    ///
    /// As much is held of each response that is being tagged.
    pub fn limit(mut self, bytes: u64) -> Self {
        self.config_mut().limit = bytes;
        self
    }

    /// Makes tags with `hasher`, instead of [`Md5`].
    pub fn hasher<G: Hasher>(self, hasher: G) -> EtagLayer<G, R> {
        EtagLayer {
            config: Arc::new(Config {
                hasher,
                ignores_no_cache: self.config.ignores_no_cache,
                limit: self.config.limit,
                requires_precondition: self.config.requires_precondition,
                strength: self.config.strength,
            }),
            resolver: self.resolver,
        }
    }

    /// Asks `resolver` for the current state of what a request is about, and answers 304 and 412
    /// without calling the handler.
    ///
    /// It is asked about every GET and HEAD, and about other methods that have a condition; see the
    /// [module docs](super#before-the-handler). One layer has one resolver: another takes its place.
    pub fn validators<T: Resolver>(self, resolver: T) -> EtagLayer<H, T> {
        EtagLayer {
            config: self.config,
            resolver,
        }
    }

    /// Answers 304 to requests with `Cache-Control: no-cache` too.
    ///
    /// Without it they get the full answer: browsers send them for a reload that is to fetch all anew.
    /// For clients that send `no-cache` with every request, to have caches between ask the origin.
    pub fn ignore_no_cache(mut self) -> Self {
        self.config_mut().ignores_no_cache = true;
        self
    }

    fn config_mut(&mut self) -> &mut Config<H> {
        Arc::make_mut(&mut self.config)
    }
}

impl<H: Clone, R: Resolver> EtagLayer<H, R> {
    /// Answers 428 to PUT, PATCH and DELETE without a condition that keeps the client from overwriting what it
    /// has not seen: `If-Match`, `If-Unmodified-Since` where the state has a date, and to create,
    /// `If-None-Match: *`.
    ///
    /// (`If-Match: *` says that anything may be overwritten, and is taken at its word.) A condition about a
    /// state that is [`Unknown`](super::Current::Unknown) goes to the handler, which has to compare.
    ///
    /// It is asked of all that passes through the layer, also of paths that no route matches: a layer with it
    /// belongs around the routes that are guarded, where other routes take such methods.
    pub fn require_precondition(mut self) -> Self {
        self.config_mut().requires_precondition = true;
        self
    }
}

impl<H, R> EtagLayer<H, R> {
    /// Whether the layer would tag this response to this request, and why not.
    ///
    /// `size` is the body's size hint. What the conditions of the request make of the answer, tells
    /// [`Preconditions::evaluate`](super::Preconditions::evaluate).
    #[must_use]
    pub fn plan(
        &self,
        request: &request::Parts,
        response: &response::Parts,
        size: &SizeHint,
    ) -> Plan {
        let asked = Asked::read(&request.method, &request.headers, &request.extensions);
        plan::plan(&self.config, &asked, response, size)
    }
}

impl Default for EtagLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<H, R: Clone> Clone for EtagLayer<H, R> {
    fn clone(&self) -> Self {
        Self {
            config: Arc::clone(&self.config),
            resolver: self.resolver.clone(),
        }
    }
}

impl<H, R> fmt::Debug for EtagLayer<H, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EtagLayer")
            .field("limit", &self.config.limit)
            .field("strength", &self.config.strength)
            .field("ignores_no_cache", &self.config.ignores_no_cache)
            .field("requires_precondition", &self.config.requires_precondition)
            .finish_non_exhaustive()
    }
}

impl<S, H, R: Clone> Layer<S> for EtagLayer<H, R> {
    type Service = Etag<S, H, R>;

    fn layer(&self, inner: S) -> Self::Service {
        Etag::new(inner, Arc::clone(&self.config), self.resolver.clone())
    }
}
