//! The layer: what users configure.

use std::fmt;
use std::sync::Arc;

use http::header::{SERVER, X_DNS_PREFETCH_CONTROL, X_XSS_PROTECTION};
use http::{HeaderName, request};
use tower::Layer;

use super::csp::ContentSecurityPolicy;
use super::field::{Conflict, Field};
use super::hsts::Hsts;
use super::permissions::PermissionsPolicy;
use super::reporting::CrossOriginOpenerPolicy;
use super::service::SecurityHeaders;
use super::simple::{
    CrossOriginResourcePolicy, NoSniff, OriginAgentCluster, ReferrerPolicy, XFrameOptions,
};
use super::template::Template;

/// Applies [`SecurityHeaders`] to a service.
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
#[must_use]
pub struct SecurityHeadersLayer {
    config: Arc<Config>,
}

/// Settings of a layer, shared by its services.
#[derive(Clone, Debug, Default)]
pub(super) struct Config {
    pub(super) template: Template,
    pub(super) is_secure: Option<IsSecure>,
}

impl SecurityHeadersLayer {
    /// What a page needs.
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
    pub fn helmet() -> Self {
        Self::none()
            .with(ContentSecurityPolicy::helmet())
            .with(CrossOriginOpenerPolicy::SAME_ORIGIN)
            .with(CrossOriginResourcePolicy::SameOrigin)
            .with(OriginAgentCluster::Origin)
            .with(ReferrerPolicy::NoReferrer)
            .with(Hsts::year().include_subdomains())
            .with(NoSniff)
            .with(Field::fixed(X_DNS_PREFETCH_CONTROL, "off"))
            .with(Field::fixed(X_DOWNLOAD_OPTIONS, "noopen"))
            .with(XFrameOptions::SameOrigin)
            .with(Field::fixed(X_PERMITTED_CROSS_DOMAIN_POLICIES, "none"))
            .with(Field::fixed(X_XSS_PROTECTION, "0"))
            .remove(X_POWERED_BY)
    }

    /// What an API needs, whose answers are no pages.
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

    /// Nothing: to begin with for a set of one's own.
    pub fn none() -> Self {
        Self {
            config: Arc::new(Config::default()),
        }
    }

    /// Sends this field, in the place of one of the same name.
    ///
    /// Takes any of the typed policies, or a pair of a name and a value. A pair is sent as it is.
    ///
    /// `with` and [`without`](Self::without) are one setting for each name: the later call holds. Every
    /// other pair of calls may come in any order.
    pub fn with(mut self, field: impl Into<Field>) -> Self {
        self.config_mut().template.set(field.into());
        self
    }

    /// Does not send the field of this name. The handler may still set it.
    pub fn without(mut self, name: HeaderName) -> Self {
        self.config_mut().template.unset(&name);
        self
    }

    /// Says what happens to the field of this name where the handler has set one too, instead of
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
        self.config_mut().template.on_conflict(&name, conflict);
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
    pub fn keep(mut self, name: HeaderName) -> Self {
        self.config_mut().template.keep(&name);
        self
    }

    /// Sends `Strict-Transport-Security` only to requests that came by https, which `is_secure` tells.
    ///
    /// Without it the field is always sent: behind a proxy that speaks https for it a service does not
    /// know how a request came, and browsers ignore the field when it comes by http.
    pub fn https_only(
        mut self,
        is_secure: impl Fn(&request::Parts) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.config_mut().is_secure = Some(IsSecure(Arc::new(is_secure)));
        self
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

/// Tells whether a request came by https.
#[derive(Clone)]
pub(super) struct IsSecure(Arc<dyn Fn(&request::Parts) -> bool + Send + Sync>);

impl IsSecure {
    pub(super) fn holds(&self, request: &request::Parts) -> bool {
        (self.0)(request)
    }
}

impl fmt::Debug for IsSecure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IsSecure")
    }
}

const X_DOWNLOAD_OPTIONS: HeaderName = HeaderName::from_static("x-download-options");
const X_PERMITTED_CROSS_DOMAIN_POLICIES: HeaderName =
    HeaderName::from_static("x-permitted-cross-domain-policies");
const X_POWERED_BY: HeaderName = HeaderName::from_static("x-powered-by");
