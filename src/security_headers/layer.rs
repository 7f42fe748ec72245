//! The layer: what users configure.

use std::sync::Arc;

use http::header::{SERVER, X_DNS_PREFETCH_CONTROL, X_XSS_PROTECTION};
use http::{HeaderMap, HeaderName, request, response};
use tower_layer::Layer;

use super::config::Config;
use super::conflict::Conflict;
use super::decision::decide_for;
use super::fields::{
    ContentSecurityPolicy, CrossOriginOpenerPolicy, CrossOriginResourcePolicy, Hsts, NoSniff,
    OriginAgentCluster, PermissionsPolicy, ReferrerPolicy, XFrameOptions,
};
use super::header::SecurityHeader;
use super::https::Https;
use super::plan::Plan;
use super::service::SecurityHeaders;
use crate::matcher::{RequestMatcher, ResponseMatcher};

/// Applies [`SecurityHeaders`] to a service.
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
#[must_use]
pub struct SecurityHeadersLayer {
    config: Arc<Config>,
}

impl SecurityHeadersLayer {
    /// The set for pages.
    pub fn new() -> Self {
        Self::none()
            .with(ContentSecurityPolicy::page())
            .with(Hsts::year())
            .with(CrossOriginOpenerPolicy::SAME_ORIGIN)
            .with(CrossOriginResourcePolicy::SameOrigin)
            .with(OriginAgentCluster::Origin)
            .with(ReferrerPolicy::NoReferrer)
            .with(NoSniff)
            .with(XFrameOptions::SameOrigin)
            .with(PermissionsPolicy::cautious())
            .remove(X_POWERED_BY)
            .remove(SERVER)
    }

    /// What helmet 8.3 sends by default, to the letter: for services that come from Express.
    ///
    /// The fields are the same for every request, as helmet's are, until [`https`](Self::https)
    /// says how requests come.
    pub fn helmet() -> Self {
        let mut layer = Self::none()
            .with(ContentSecurityPolicy::helmet())
            .with(CrossOriginOpenerPolicy::SAME_ORIGIN)
            .with(CrossOriginResourcePolicy::SameOrigin)
            .with(OriginAgentCluster::Origin)
            .with(ReferrerPolicy::NoReferrer)
            .with(Hsts::year().include_subdomains())
            .with(NoSniff)
            .with(SecurityHeader::fixed(X_DNS_PREFETCH_CONTROL, "off"))
            .with(SecurityHeader::fixed(X_DOWNLOAD_OPTIONS, "noopen"))
            .with(XFrameOptions::SameOrigin)
            .with(SecurityHeader::fixed(
                X_PERMITTED_CROSS_DOMAIN_POLICIES,
                "none",
            ))
            .with(SecurityHeader::fixed(X_XSS_PROTECTION, "0"))
            .remove(X_POWERED_BY);
        layer.config_mut().https = None;
        layer
    }

    /// The set for an API, whose responses are not pages.
    pub fn api() -> Self {
        Self::none()
            .with(ContentSecurityPolicy::strictest())
            .with(Hsts::year())
            .with(CrossOriginResourcePolicy::SameOrigin)
            .with(OriginAgentCluster::Origin)
            .with(ReferrerPolicy::NoReferrer)
            .with(NoSniff)
            .with(XFrameOptions::Deny)
            .with(PermissionsPolicy::cautious())
            .remove(X_POWERED_BY)
            .remove(SERVER)
    }

    /// The empty set: add your own fields to it.
    pub fn none() -> Self {
        Self {
            config: Arc::new(Config::none()),
        }
    }

    /// Sends this field, in the place of one of the same name.
    ///
    /// Takes any of the typed policies, or a [`SecurityHeader`] of any other name.
    ///
    /// `with` and [`without`](Self::without) are one setting for each name: the later call holds.
    /// Other calls may come in any order.
    pub fn with(mut self, field: impl Into<SecurityHeader>) -> Self {
        self.config_mut().template.set(field.into());
        self
    }

    /// Does not send the field of this name. The handler may still set it.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "`without`, `remove`, `keep` and `on_conflict` have one signature"
    )]
    pub fn without(mut self, name: HeaderName) -> Self {
        self.config_mut().template.unset(&name);
        self
    }

    /// Says what happens to the field of this name where the handler has set it too. The default is
    /// [`Conflict::Keep`].
    ///
    /// # Example
    ///
    /// ```
    /// use http::header::CONTENT_SECURITY_POLICY;
    /// use tower_egress::security_headers::{
    ///     Conflict, ContentSecurityPolicy, SecurityHeadersLayer,
    /// };
    ///
    /// let layer = SecurityHeadersLayer::none()
    ///     .on_conflict(CONTENT_SECURITY_POLICY, Conflict::Override)
    ///     .with(ContentSecurityPolicy::strictest());
    /// ```
    pub fn on_conflict(mut self, name: HeaderName, conflict: Conflict) -> Self {
        self.config_mut().template.on_conflict(name, conflict);
        self
    }

    /// Removes the handler's field of this name from responses.
    ///
    /// `remove` and [`keep`](Self::keep) are one setting for each name: the later call holds.
    pub fn remove(mut self, name: HeaderName) -> Self {
        self.config_mut().template.remove(name);
        self
    }

    /// Keeps the handler's field of this name in responses, though the preset removes it.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "`without`, `remove`, `keep` and `on_conflict` have one signature"
    )]
    pub fn keep(mut self, name: HeaderName) -> Self {
        self.config_mut().template.keep(&name);
        self
    }

    /// Says whether requests come by https; [`Https::Unknown`] otherwise.
    ///
    /// | a request came by | what is sent |
    /// |---|---|
    /// | https | every field |
    /// | http | every field but `Strict-Transport-Security`, `Cross-Origin-Opener-Policy` and `Origin-Agent-Cluster`; no policy says `upgrade-insecure-requests` |
    /// | an unknown scheme | every field; a policy says `upgrade-insecure-requests` only where you [asked for it](ContentSecurityPolicy::upgrade_insecure_requests) yourself |
    ///
    /// Fields that the handler set are kept.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::security_headers::{Https, SecurityHeadersLayer};
    ///
    /// // The server speaks TLS itself, or nothing but a proxy that does can reach it.
    /// let layer = SecurityHeadersLayer::new().https(Https::Always);
    /// ```
    pub fn https(mut self, https: Https) -> Self {
        self.config_mut().https = Some(https);
        self
    }

    /// For the machine of a developer, where requests come by http: [`https`](Self::https) with
    /// [`Https::Never`].
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::security_headers::SecurityHeadersLayer;
    ///
    /// let mut layer = SecurityHeadersLayer::new();
    /// if cfg!(debug_assertions) {
    ///     layer = layer.development();
    /// }
    /// ```
    pub fn development(self) -> Self {
        self.https(Https::Never)
    }

    /// Turns the layer on or off. Off, it passes every response as it is, and makes no nonce.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::security_headers::SecurityHeadersLayer;
    ///
    /// let is_behind_gateway = std::env::var_os("GATEWAY").is_some();
    /// let layer = SecurityHeadersLayer::new().enabled(!is_behind_gateway);
    /// ```
    pub fn enabled(mut self, is_enabled: bool) -> Self {
        self.config_mut().switch.set_enabled(is_enabled);
        self
    }

    /// Is off for these requests. Called twice, it skips both sets.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::matcher::RequestMatcher;
    /// use tower_egress::security_headers::SecurityHeadersLayer;
    ///
    /// let layer = SecurityHeadersLayer::new().skip(RequestMatcher::prefix("/proxied/")?);
    /// # Ok::<(), tower_egress::matcher::InvalidMatcher>(())
    /// ```
    pub fn skip(mut self, requests: RequestMatcher) -> Self {
        self.config_mut().switch.skip(requests);
        self
    }

    /// Passes these responses as they are. Called twice, it skips both sets.
    ///
    /// A response for which the nonce was drawn still may not be reused by caches.
    pub fn skip_responses(mut self, responses: impl Into<ResponseMatcher>) -> Self {
        self.config_mut().switch.skip_responses(responses.into());
        self
    }

    /// The header fields of `response`, to `request`, as the layer sends them: to ask without a
    /// server. Where the layer is off, they are those of `response`; [`plan`](Self::plan) says why.
    ///
    /// The head of the request is the one that the handler saw. A nonce in it counts if it was
    /// drawn.
    ///
    /// # Example
    ///
    /// ```
    /// use http::{Request, Response};
    /// use tower_egress::security_headers::SecurityHeadersLayer;
    ///
    /// let (request, ()) = Request::new(()).into_parts();
    /// let (response, ()) = Response::builder()
    ///     .header("x-frame-options", "DENY")
    ///     .header("server", "nginx/1.29")
    ///     .body(())?
    ///     .into_parts();
    /// let fields = SecurityHeadersLayer::new().fields_for(&request, &response);
    /// assert_eq!(fields["x-content-type-options"], "nosniff");
    /// assert_eq!(fields["x-frame-options"], "DENY");
    /// assert!(!fields.contains_key("server"));
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn fields_for(&self, request: &request::Parts, response: &response::Parts) -> HeaderMap {
        let mut fields = response.headers.clone();
        if self.config.switch.off_for(request).is_none() {
            decide_for(&self.config, request, response, |decision| {
                decision.apply(&mut fields);
            });
        }
        fields
    }

    /// What the layer does with `response`, to `request`, and why it does nothing.
    ///
    /// # Example
    ///
    /// ```
    /// use http::{Request, Response};
    /// use tower_egress::matcher::RequestMatcher;
    /// use tower_egress::security_headers::{Plan, Reason, SecurityHeadersLayer};
    ///
    /// let layer = SecurityHeadersLayer::new().skip(RequestMatcher::prefix("/internal/")?);
    /// let (request, ()) = Request::get("/internal/metrics").body(())?.into_parts();
    /// let (response, ()) = Response::new(()).into_parts();
    /// let plan = layer.plan(&request, &response);
    /// assert_eq!(plan, Plan::Pass(Reason::Skipped));
    /// assert_eq!(plan.to_string(), "pass: the request or the response is skipped");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn plan(&self, request: &request::Parts, response: &response::Parts) -> Plan {
        match self.config.switch.off_for(request) {
            Some(off) => Plan::off(off),
            None => decide_for(&self.config, request, response, |decision| decision.plan),
        }
    }

    fn config_mut(&mut self) -> &mut Config {
        Arc::make_mut(&mut self.config)
    }
}

impl Default for SecurityHeadersLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for SecurityHeadersLayer {
    type Service = SecurityHeaders<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SecurityHeaders::new(inner, Arc::clone(&self.config))
    }
}

const X_DOWNLOAD_OPTIONS: HeaderName = HeaderName::from_static("x-download-options");
const X_PERMITTED_CROSS_DOMAIN_POLICIES: HeaderName =
    HeaderName::from_static("x-permitted-cross-domain-policies");
const X_POWERED_BY: HeaderName = HeaderName::from_static("x-powered-by");
