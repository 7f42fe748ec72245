//! The layer: what users configure.

use std::sync::Arc;
use std::time::SystemTime;

use http::{HeaderName, request, response};
use tower_layer::Layer;

use super::assets::StaticAssets;
use super::config::Config;
use super::error::InvalidCacheControl;
use super::facts::Facts;
use super::plan::Plan;
use super::policy::Policy;
use super::rules::Rule;
use super::service::CacheControlService;
use super::value::CacheControl;
use crate::clock::WallClock;
use crate::matcher::{RequestMatcher, ResponseMatcher};

/// Applies [`CacheControlService`] to a service. It sets `Cache-Control` by rules: the first rule
/// that matches a response decides.
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
#[must_use]
pub struct CacheControlLayer {
    config: Arc<Config>,
}

impl CacheControlLayer {
    /// The rules for [static assets](StaticAssets), which follow the rules that you add.
    pub fn new() -> Self {
        Self::none().assets(StaticAssets::new())
    }

    /// No rules: the layer changes no response until you add some.
    pub fn none() -> Self {
        Self {
            config: Arc::new(Config::new()),
        }
    }

    /// The rules for static assets: the same as [`new`](Self::new), by its name. To configure them,
    /// use [`assets`](Self::assets).
    pub fn static_assets() -> Self {
        Self::new()
    }

    /// `private, no-cache` for every response: for an API whose responses are for one reader each.
    pub fn api() -> Self {
        Self::none().rule(every_response(), CacheControl::private_no_cache())
    }

    /// `no-store` for every response.
    pub fn no_store() -> Self {
        Self::none().rule(every_response(), CacheControl::no_store())
    }

    /// Adds a rule after the others: which responses it is about, and a [`CacheControl`], or a
    /// [`Policy`] that says more.
    ///
    /// A rule whose matcher does not name a [status](ResponseMatcher::status) is about successes,
    /// 301, 304 and 308 alone.
    ///
    /// A 304 or a 206 that does not say its media type stands for a 200 that did. Where the
    /// extension of the path does not tell that type, the rules end at the first one that depends
    /// on it. The rules for static assets and [`otherwise_no_cache`](Self::otherwise_no_cache)
    /// follow.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::cache_control::{CacheControl, CacheControlLayer};
    /// use tower_egress::matcher::{RequestMatcher, ResponseMatcher};
    ///
    /// let layer = CacheControlLayer::new()
    ///     .rule(RequestMatcher::prefix("/api/")?, CacheControl::private_no_cache())
    ///     .rule(ResponseMatcher::status(|status| status == 404), CacheControl::no_store());
    /// # Ok::<(), tower_egress::matcher::InvalidMatcher>(())
    /// ```
    pub fn rule(mut self, matcher: impl Into<ResponseMatcher>, policy: impl Into<Policy>) -> Self {
        let rule = Rule::new(matcher.into(), policy.into());
        self.config_mut().rules.add(rule);
        self
    }

    /// Uses these rules for static assets where no other rule matches.
    pub fn assets(mut self, assets: StaticAssets) -> Self {
        self.config_mut().rules.set_assets(assets);
        self
    }

    /// Sends `no-cache` where nobody said anything, so that no cache guesses how long a response is
    /// fresh.
    ///
    /// It is about responses to GET and HEAD
    ///
    /// - that have no field that caches obey, and that no rule matches;
    /// - whose status lets caches guess (RFC 9110 §15.1): 200, 203, 204, 300, 301, 308, 404, 405,
    ///   410, 414, 501, and 206 and 304 in place of a 200.
    ///
    /// A response that [may be personal](Policy#responses-that-may-be-personal) gets `private,
    /// no-cache`. Caches store other statuses, such as 303 or 412, only if a response says so, and
    /// the layer leaves those alone.
    ///
    /// It is off unless you call this method.
    ///
    /// # Example
    ///
    /// ```
    /// use http::{Request, Response};
    /// use tower_egress::cache_control::{CacheControlLayer, Plan, PolicySource};
    ///
    /// let layer = CacheControlLayer::new().otherwise_no_cache();
    ///
    /// let (request, ()) = Request::get("/api/items").body(())?.into_parts();
    /// let (response, ()) = Response::builder().status(404).body(())?.into_parts();
    /// assert_eq!(layer.plan(&request, &response), Plan::Apply(PolicySource::Unsaid));
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn otherwise_no_cache(mut self) -> Self {
        self.config_mut().rules.set_otherwise_no_cache(true);
        self
    }

    /// Leaves responses as they are where nobody said anything, as by default.
    pub fn otherwise_unchanged(mut self) -> Self {
        self.config_mut().rules.set_otherwise_no_cache(false);
        self
    }

    /// Takes these request fields for credentials too. A response to a request with credentials
    /// [is personal](Policy#responses-that-may-be-personal).
    ///
    /// The layer knows `Authorization`, `Proxy-Authorization`, `X-Api-Key`, `X-Auth-Token` and
    /// `X-Forwarded-User`.
    ///
    /// # Example
    ///
    /// ```
    /// use http::HeaderName;
    /// use tower_egress::cache_control::CacheControlLayer;
    ///
    /// let layer = CacheControlLayer::new().credentials([HeaderName::from_static("x-session")]);
    /// ```
    pub fn credentials(mut self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        let personal = &mut self.config_mut().personal;
        names
            .into_iter()
            .for_each(|name| personal.add_credentials(name));
        self
    }

    /// Ignores cookies of these names, which do not tell who asks. A star at the end of a name
    /// stands for any rest.
    ///
    /// A response to a request with any other cookie
    /// [may be personal](Policy#responses-that-may-be-personal).
    ///
    /// # Errors
    ///
    /// [`InvalidCacheControl::CookieName`]: a name is not a cookie name, or is a star alone.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::cache_control::CacheControlLayer;
    ///
    /// let layer = CacheControlLayer::new().ignoring_cookies(["_ga*", "theme"])?;
    /// assert!(layer.ignoring_cookies(["*"]).is_err());
    /// # Ok::<(), tower_egress::cache_control::InvalidCacheControl>(())
    /// ```
    pub fn ignoring_cookies(
        mut self,
        names: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, InvalidCacheControl> {
        let personal = &mut self.config_mut().personal;
        for name in names {
            let name = name.as_ref();
            let ignored = personal.ignore_cookie(name);
            ignored.map_err(|_| InvalidCacheControl::CookieName {
                name: name.to_owned(),
            })?;
        }
        Ok(self)
    }

    /// Takes the time for `Expires` from `now` instead of [`SystemTime::now`], where the response
    /// has no `Date`.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.config_mut().clock = WallClock::new(now);
        self
    }

    /// Turns the layer on or off. Off, it passes everything as it is; the type of the service is
    /// the same, so that a setting of your program can decide. It is on unless you turn it off.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::cache_control::CacheControlLayer;
    ///
    /// let is_production = std::env::var("PROFILE").is_ok_and(|profile| profile == "production");
    /// let layer = CacheControlLayer::new().enabled(is_production);
    /// ```
    pub fn enabled(mut self, is_enabled: bool) -> Self {
        self.config_mut().switch.set_enabled(is_enabled);
        self
    }

    /// Turns the layer off for these requests. Called again, it skips those of both calls.
    ///
    /// # Example
    ///
    /// ```
    /// use http::{Request, Response};
    /// use tower_egress::cache_control::{CacheControlLayer, Plan, Reason};
    /// use tower_egress::matcher::RequestMatcher;
    ///
    /// let layer = CacheControlLayer::api().skip(RequestMatcher::prefix("/public/")?);
    ///
    /// let (request, ()) = Request::get("/public/prices").body(()).unwrap().into_parts();
    /// let (response, ()) = Response::new(()).into_parts();
    /// assert_eq!(layer.plan(&request, &response), Plan::Leave(Reason::Skipped));
    /// # Ok::<(), tower_egress::matcher::InvalidMatcher>(())
    /// ```
    pub fn skip(mut self, requests: RequestMatcher) -> Self {
        self.config_mut().switch.skip(requests);
        self
    }

    /// Turns the layer off for these responses. Called again, it skips those of both calls.
    pub fn skip_responses(mut self, responses: impl Into<ResponseMatcher>) -> Self {
        self.config_mut().switch.skip_responses(responses.into());
        self
    }

    /// What the layer would do with this response to this request, and why.
    #[must_use]
    pub fn plan(&self, request: &request::Parts, response: &response::Parts) -> Plan {
        if let Some(off) = self.config.switch.off_for_response(request, response) {
            return Plan::Leave(off.into());
        }
        let facts = Facts::of_heads(request, response, &self.config.personal);
        self.config.rules.decide(&facts).plan
    }

    fn config_mut(&mut self) -> &mut Config {
        Arc::make_mut(&mut self.config)
    }
}

impl Default for CacheControlLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl From<StaticAssets> for CacheControlLayer {
    fn from(assets: StaticAssets) -> Self {
        Self::none().assets(assets)
    }
}

impl<S> Layer<S> for CacheControlLayer {
    type Service = CacheControlService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CacheControlService::new(inner, Arc::clone(&self.config))
    }
}

fn every_response() -> ResponseMatcher {
    ResponseMatcher::status(|_| true)
}
