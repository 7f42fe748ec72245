//! The layer: what users configure.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use http::{request, response};
use http_body::SizeHint;
use tower_layer::Layer;

use super::asked::Asked;
use super::config::{Config, Strength};
use super::guarded::Guarded;
use super::hasher::{Hasher, TagHasher};
use super::plan::{self, Plan};
use super::resolver::{NoResolver, Resolver};
use super::service::Etag;
use crate::clock::WallClock;
use crate::matcher::RequestMatcher;

/// Applies [`Etag`] to a service, or [`Guarded`] if it has a [resolver](Self::resolver).
///
/// See the [module docs](super) for what it does. The order of the calls does not matter.
#[must_use]
pub struct EtagLayer<R = NoResolver> {
    config: Arc<Config>,
    resolver: R,
}

impl EtagLayer {
    /// Weak tags of [`Md5`](super::Md5) for bodies of at most
    /// [`DEFAULT_MAX_BODY`](super::DEFAULT_MAX_BODY) bytes.
    pub fn new() -> Self {
        Self {
            config: Arc::default(),
            resolver: NoResolver,
        }
    }
}

impl<R> EtagLayer<R> {
    /// Turns the layer on or off. It is on by default.
    ///
    /// If it is off, requests and responses pass untouched. The type of the service is the same, so
    /// a flag at run time works.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::etag::EtagLayer;
    ///
    /// let is_debugging = std::env::var_os("NO_ETAG").is_some();
    /// let layer = EtagLayer::new().enabled(!is_debugging);
    /// ```
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.config_mut().switch.set_enabled(enabled);
        self
    }

    /// Turns the layer off for these requests. A second call adds to the first.
    ///
    /// A [resolver](Self::resolver) is not asked about them.
    ///
    /// # Example
    ///
    /// ```
    /// use http::{Request, Response};
    /// use http_body::SizeHint;
    /// use tower_egress::etag::{EtagLayer, Plan, Reason};
    /// use tower_egress::matcher::RequestMatcher;
    ///
    /// let layer = EtagLayer::new().skip(RequestMatcher::prefix("/downloads/")?);
    ///
    /// let (request, ()) = Request::get("/downloads/a.iso").body(())?.into_parts();
    /// let (response, ()) = Response::new(()).into_parts();
    /// let plan = layer.plan(&request, &response, &SizeHint::with_exact(1));
    /// assert_eq!(plan, Plan::Pass(Reason::Skipped));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn skip(mut self, requests: RequestMatcher) -> Self {
        self.config_mut().switch.skip(requests);
        self
    }

    /// Makes weak tags, which promise the same meaning. This is the default.
    ///
    /// `weak`, [`strong`](Self::strong) and [`handler_tags_only`](Self::handler_tags_only) are the
    /// values of one setting: the last call counts.
    pub fn weak(mut self) -> Self {
        self.config_mut().strength = Some(Strength::Weak);
        self
    }

    /// Makes strong tags, which promise the same bytes. [`weak`](Self::weak) undoes it.
    ///
    /// A strong tag of the layer holds in `If-Match` of GET and HEAD, where a weak one never does.
    /// It guards no write, and no client can continue a broken download with it: the layer learns a
    /// tag from a response, and so does not know the state before the handler runs. Writes and
    /// ranges need a [resolver](Self::resolver). A GET whose `If-Range` holds a tag that the layer
    /// may have made gets the full representation.
    ///
    /// Use it if responses depend on nothing but what is stored. A body with the current time in
    /// it, or with members in another order each time, never has the same tag twice. If others
    /// write the content, use a hash that nobody can forge.
    pub fn strong(mut self) -> Self {
        self.config_mut().strength = Some(Strength::Strong);
        self
    }

    /// Makes no tags, and compares those of the handler. [`weak`](Self::weak) undoes it.
    pub fn handler_tags_only(mut self) -> Self {
        self.config_mut().strength = None;
        self
    }

    /// Tags bodies of at most this number of bytes, instead of
    /// [`DEFAULT_MAX_BODY`](super::DEFAULT_MAX_BODY).
    ///
    /// The layer holds this number of bytes, at most, for each response that it tags.
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.config_mut().max_body = bytes;
        self
    }

    /// Makes tags with `hasher`, instead of [`Md5`](super::Md5).
    pub fn hasher(mut self, hasher: impl Hasher + Send + Sync + 'static) -> Self {
        self.config_mut().hasher = TagHasher::new(hasher);
        self
    }

    /// Asks `resolver` for the current state of what a request is about, and sends 304 and 412
    /// without calling the handler.
    ///
    /// The layer asks it about every GET and HEAD, and about every other method with a condition:
    /// see the [module docs](super#before-the-handler). A layer has one resolver, so a second call
    /// replaces the first.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::etag::{Current, EntityTag, EtagLayer, resolver_fn};
    ///
    /// let tag = EntityTag::strong("v1")?;
    /// let layer = EtagLayer::new().resolver(resolver_fn(move |head| match head.uri.path() {
    ///     "/article" => Current::Present(tag.clone().into()),
    ///     _ => Current::Unknown,
    /// }));
    /// # drop(layer);
    /// # Ok::<(), tower_egress::etag::InvalidEntityTag>(())
    /// ```
    pub fn resolver<T: Resolver>(self, resolver: T) -> EtagLayer<T> {
        EtagLayer {
            config: self.config,
            resolver,
        }
    }

    /// Sends 304 to requests with `Cache-Control: no-cache` too.
    /// [`obey_no_cache`](Self::obey_no_cache) undoes it.
    ///
    /// It is for clients that send `no-cache` with every request to make caches on the way ask the
    /// origin.
    pub fn ignore_no_cache(mut self) -> Self {
        self.config_mut().ignores_no_cache = true;
        self
    }

    /// Sends the full response, and not a 304, to requests with `Cache-Control: no-cache`. This is
    /// the default: browsers send `no-cache` for a reload of everything.
    pub fn obey_no_cache(mut self) -> Self {
        self.config_mut().ignores_no_cache = false;
        self
    }

    /// Takes the time from `now` instead of [`SystemTime::now`].
    ///
    /// The layer needs it for a `Last-Modified` in a response without `Date`: see the
    /// [module docs](super#what-this-layer-does).
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.config_mut().clock = WallClock::new(now);
        self
    }

    /// Whether the layer would tag this response to this request, and why not.
    ///
    /// `size` is the body's size hint. To see what the request's conditions ask for, use
    /// [`Preconditions::evaluate`](super::Preconditions::evaluate).
    ///
    /// # Example
    ///
    /// ```
    /// use http::{Request, Response};
    /// use http_body::SizeHint;
    /// use tower_egress::etag::{EtagLayer, Plan, Reason};
    ///
    /// let layer = EtagLayer::new();
    /// let (request, ()) = Request::new(()).into_parts();
    /// let (response, ()) = Response::new(()).into_parts();
    ///
    /// let plan = layer.plan(&request, &response, &SizeHint::with_exact(5));
    /// assert_eq!(plan, Plan::Tag);
    ///
    /// let stream = layer.plan(&request, &response, &SizeHint::new());
    /// assert_eq!(stream, Plan::Pass(Reason::UnknownLength));
    /// ```
    #[must_use]
    pub fn plan(
        &self,
        request: &request::Parts,
        response: &response::Parts,
        size: &SizeHint,
    ) -> Plan {
        match self.config.switch.off_for(request) {
            Some(off) => Plan::Pass(off.into()),
            None => plan::decide(&self.config, &Asked::read(request), response, size).into(),
        }
    }

    fn config_mut(&mut self) -> &mut Config {
        Arc::make_mut(&mut self.config)
    }
}

impl<R: Resolver> EtagLayer<R> {
    /// Refuses, with 428, a PUT, PATCH or DELETE without a condition that keeps the client from
    /// overwriting what it has not seen. [`allow_unconditional`](Self::allow_unconditional) undoes
    /// it.
    ///
    /// Such a condition is `If-Match`; `If-Unmodified-Since` if the state has a date; and
    /// `If-None-Match: *` to create something. (`If-Match: *` says that the client may overwrite
    /// anything, and the layer believes it.) A condition about a state that is
    /// [`Unknown`](super::Current::Unknown) goes to the handler, which has to compare.
    ///
    /// It applies to everything that passes through the layer, even to paths that no route matches.
    /// So put the layer around the routes that are guarded, if other routes take such methods.
    pub fn require_precondition(mut self) -> Self {
        self.config_mut().requires_precondition = true;
        self
    }

    /// Lets writes without a condition through. This is the default.
    pub fn allow_unconditional(mut self) -> Self {
        self.config_mut().requires_precondition = false;
        self
    }
}

impl Default for EtagLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Clone> Clone for EtagLayer<R> {
    fn clone(&self) -> Self {
        Self {
            config: Arc::clone(&self.config),
            resolver: self.resolver.clone(),
        }
    }
}

impl<R> fmt::Debug for EtagLayer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EtagLayer")
            .field("max_body", &self.config.max_body)
            .field("strength", &self.config.strength)
            .field("ignores_no_cache", &self.config.ignores_no_cache)
            .field("requires_precondition", &self.config.requires_precondition)
            .finish_non_exhaustive()
    }
}

impl<S> Layer<S> for EtagLayer {
    type Service = Etag<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Etag::new(inner, Arc::clone(&self.config))
    }
}

impl<S, R: Resolver + Clone> Layer<S> for EtagLayer<R> {
    type Service = Guarded<S, R>;

    fn layer(&self, inner: S) -> Self::Service {
        Guarded::new(inner, Arc::clone(&self.config), self.resolver.clone())
    }
}
