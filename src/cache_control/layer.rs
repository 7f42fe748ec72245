//! The layers: what users configure.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use http::{request, response};
use tower::Layer;

use super::assets::StaticAssets;
use super::facts::Asked;
use super::matcher::Matcher;
use super::plan::{Plan, Rule, Rules};
use super::policy::Policy;
use super::service::CacheControlService;
use super::value::CacheControl;

/// Applies [`CacheControlService`] to a service. It sets `Cache-Control` by rules: the first rule that
/// matches a response decides.
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
#[must_use]
pub struct CacheControlLayer {
    config: Arc<Config>,
}

/// Settings of a layer, shared by its services.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) rules: Rules,
    pub(super) clock: Clock,
}

impl CacheControlLayer {
    /// The rules for [static assets](StaticAssets), which follow the rules that you add.
    pub fn new() -> Self {
        Self::none().assets(StaticAssets::new())
    }

    /// No rules: the layer changes no response until you add some.
    pub fn none() -> Self {
        Self {
            config: Arc::new(Config {
                rules: Rules::default(),
                clock: Clock(Arc::new(SystemTime::now)),
            }),
        }
    }

    /// The rules for static assets: a layer by themselves.
    pub fn static_assets() -> StaticAssets {
        StaticAssets::new()
    }

    /// `private, no-cache` for every response: for an API whose responses are for one reader each.
    pub fn api() -> Self {
        Self::none().rule(every_response(), CacheControl::private_no_cache())
    }

    /// `no-store` for every response.
    pub fn no_store() -> Self {
        Self::none().rule(every_response(), CacheControl::no_store())
    }

    /// Adds a rule after the others: a [`CacheControl`], or a [`Policy`] that says more.
    pub fn rule(mut self, matcher: Matcher, policy: impl Into<Policy>) -> Self {
        let rule = Rule::new(matcher, policy.into());
        self.config_mut().rules.add(rule);
        self
    }

    /// Uses these rules for static assets where no other rule matches.
    pub fn assets(mut self, assets: StaticAssets) -> Self {
        self.config_mut().rules.set_assets(assets);
        self
    }

    /// Takes the time for `Expires` from `now` instead of [`SystemTime::now`], where the response has no
    /// `Date`.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.config_mut().clock = Clock(Arc::new(now));
        self
    }

    /// What the layer would do with this response to this request.
    #[must_use]
    pub fn plan(&self, request: &request::Parts, response: &response::Parts) -> Plan {
        let mut asked = Asked::read(&request.method, &request.uri, &request.headers);
        if self.config.rules.needs_request {
            asked = asked.keep(request.clone());
        }
        self.config.rules.plan(&asked, response).0
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

impl<S> Layer<S> for StaticAssets {
    type Service = CacheControlService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CacheControlLayer::from(self.clone()).layer(inner)
    }
}

fn every_response() -> Matcher {
    Matcher::status(|_| true)
}

/// Where the time comes from.
#[derive(Clone)]
pub(super) struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    pub(super) fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
