//! Who gets the report of a request, and what is in it: what users configure.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::request;

use super::report::Report;
use crate::matcher::{RequestMatcher, SeenRequest};

/// A response is slow by default when it takes longer than this to its last byte: one second.
pub const DEFAULT_SLOW: Duration = Duration::from_secs(1);

/// Who gets the [`Report`] of each request, and what is in it. For
/// [`ResponseTimeLayer::report`](super::ResponseTimeLayer::report).
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use axum::extract::MatchedPath;
/// use tower_egress::matcher::RequestMatcher;
/// use tower_egress::response_time::{Outcome, Reports, ResponseTimeLayer, behind_proxies};
///
/// let reports = Reports::to(|report| {
///         if matches!(report.outcome, Outcome::BodyError | Outcome::Panicked) {
///             // count it
///         }
///     })
///     .and_log_slow()
///     .slow_limit(Duration::from_millis(300))
///     .slow_limit_for(RequestMatcher::prefix("/exports/")?, Duration::from_secs(10))
///     .route(|request| {
///         let path = request.extensions.get::<MatchedPath>()?;
///         Some(path.as_str().to_owned())
///     })
///     .client(behind_proxies(1)?);
/// let layer = ResponseTimeLayer::new().report(reports);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # When a response is slow
///
/// A response is slow when its last byte comes later than the limit. A live response lasts as long
/// as somebody reads it, so its head decides. Live are
///
/// - `text/event-stream`, `application/json-seq`, and lines of JSON, such as
///   `application/x-ndjson` and `application/jsonl`;
/// - responses with `Incremental: ?1`;
/// - responses with the extension [`Live`](crate::Live).
///
/// A live response is reported when it ends.
#[derive(Clone)]
#[must_use]
pub struct Reports {
    logs_slow: bool,
    callback: Option<Arc<Callback>>,
    slow_limit: Duration,
    other_limits: Vec<(RequestMatcher, Duration)>,
    route: Option<Arc<Route>>,
    client: Option<Arc<Client>>,
    pub(super) has_query: bool,
}

type Callback = dyn Fn(&Report) + Send + Sync;
type Client = dyn Fn(&request::Parts) -> Option<IpAddr> + Send + Sync;
type Route = dyn Fn(&request::Parts) -> Option<String> + Send + Sync;

impl Reports {
    /// Logs every response that is slow. This is one `WARN` event of `tracing`, and needs the
    /// feature `tracing`; [`to`](Self::to) does not.
    ///
    /// Each text in the event is escaped and has at most [`MAX_LOGGED`](super::MAX_LOGGED) bytes.
    #[cfg(feature = "tracing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tracing")))]
    pub fn log_slow() -> Self {
        Self::new(None).and_log_slow()
    }

    /// Calls `callback` with the report of every request, once, when the response is over: for
    /// metrics.
    ///
    /// The callback must be quick and must not panic: it runs where the response ends, which may be
    /// a destructor. [`Report`] shows how to test a callback.
    pub fn to(callback: impl Fn(&Report) + Send + Sync + 'static) -> Self {
        Self::new(Some(Arc::new(callback)))
    }

    fn new(callback: Option<Arc<Callback>>) -> Self {
        Self {
            logs_slow: false,
            callback,
            slow_limit: DEFAULT_SLOW,
            other_limits: Vec::new(),
            route: None,
            client: None,
            has_query: false,
        }
    }

    /// Also logs every response that is slow, as [`log_slow`](Self::log_slow) does.
    #[cfg(feature = "tracing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tracing")))]
    pub const fn and_log_slow(mut self) -> Self {
        self.logs_slow = true;
        self
    }

    /// A response is slow when it takes longer than this, instead of [`DEFAULT_SLOW`].
    pub const fn slow_limit(mut self, limit: Duration) -> Self {
        self.slow_limit = limit;
        self
    }

    /// These requests have another limit. Where several such limits match a request, the longest
    /// counts.
    ///
    /// With [`Duration::MAX`], a response is never slow.
    ///
    /// # Example
    ///
    /// ```
    /// use std::time::Duration;
    /// use tower_egress::matcher::RequestMatcher;
    /// use tower_egress::response_time::Reports;
    ///
    /// let reports = Reports::log_slow()
    ///     .slow_limit(Duration::from_millis(300))
    ///     .slow_limit_for(RequestMatcher::prefix("/reports/")?, Duration::from_secs(10))
    ///     .slow_limit_for(RequestMatcher::glob("/backup")?, Duration::MAX);
    /// # Ok::<(), tower_egress::matcher::InvalidMatcher>(())
    /// ```
    pub fn slow_limit_for(mut self, requests: RequestMatcher, limit: Duration) -> Self {
        self.other_limits.push((requests, limit));
        self
    }

    /// Takes [`Report::route`] from this closure: the route that matched, or `None`.
    ///
    /// Return only the routes that the service has, and never the path: `Report::path` has the
    /// path.
    ///
    /// # Example
    ///
    /// ```
    /// use axum::extract::MatchedPath;
    /// use tower_egress::response_time::Reports;
    ///
    /// // Under `Router::layer`; around a whole `Router` no path has matched yet.
    /// let reports = Reports::log_slow().route(|request| {
    ///     let path = request.extensions.get::<MatchedPath>()?;
    ///     Some(path.as_str().to_owned())
    /// });
    /// ```
    pub fn route(
        mut self,
        route: impl Fn(&request::Parts) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.route = Some(Arc::new(route));
        self
    }

    /// Takes [`Report::client`] from this closure.
    ///
    /// Behind proxies, use [`behind_proxies`](super::behind_proxies) or
    /// [`behind_proxies_forwarded`](super::behind_proxies_forwarded).
    ///
    /// # Example
    ///
    /// ```
    /// use std::net::SocketAddr;
    /// use axum::extract::ConnectInfo;
    /// use tower_egress::response_time::Reports;
    ///
    /// // With `Router::into_make_service_with_connect_info`.
    /// let reports = Reports::log_slow().client(|request| {
    ///     let ConnectInfo(address) = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
    ///     Some(address.ip())
    /// });
    /// ```
    pub fn client(
        mut self,
        client: impl Fn(&request::Parts) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.client = Some(Arc::new(client));
        self
    }

    /// Reports the query with the path. Queries hold names, tokens and search terms, and more
    /// people read a log than the data of the service.
    pub const fn query(mut self) -> Self {
        self.has_query = true;
        self
    }

    /// The response to this request is slow when it takes longer than this.
    pub(super) fn slow_after(&self, request: &request::Parts) -> Duration {
        if self.other_limits.is_empty() {
            return self.slow_limit;
        }
        let seen = SeenRequest::from(request);
        let limits = self.other_limits.iter();
        let matching = limits.filter(|(matcher, _)| matcher.matches(&seen));
        let longest = matching.map(|&(_, limit)| limit).max();
        longest.unwrap_or(self.slow_limit)
    }

    pub(super) fn route_of(&self, request: &request::Parts) -> Option<String> {
        self.route.as_ref().and_then(|route| route(request))
    }

    pub(super) fn client_of(&self, request: &request::Parts) -> Option<IpAddr> {
        self.client.as_ref().and_then(|client| client(request))
    }

    /// Gives the report to everybody who asked for it.
    pub(super) fn give(&self, report: &Report) {
        if self.logs_slow && report.is_slow {
            report.log_slow();
        }
        if let Some(callback) = &self.callback {
            callback(report);
        }
    }
}

impl fmt::Debug for Reports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reports")
            .field("logs_slow", &self.logs_slow)
            .field("calls_back", &self.callback.is_some())
            .field("slow_limit", &self.slow_limit)
            .field("other_limits", &self.other_limits)
            .field("has_query", &self.has_query)
            .finish_non_exhaustive()
    }
}
