//! The layer: what users configure.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderName, request, response};
use http_body::SizeHint;
use tower_layer::Layer;

use super::clock::Clock;
use super::config::{Config, DEFAULT_SLOW};
use super::error::InvalidResponseTime;
use super::plan::{self, TimingPlan};
use super::report::Report;
use super::service::ResponseTime;

/// Applies [`ResponseTime`] to a service.
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
#[must_use]
pub struct ResponseTimeLayer {
    config: Arc<Config>,
}

impl ResponseTimeLayer {
    /// `x-response-time: 12.345ms`, and nothing else.
    pub fn new() -> Self {
        Self {
            config: Arc::new(Config::new()),
        }
    }

    /// Sends the time in this field, instead of `x-response-time`.
    pub fn header(mut self, name: HeaderName) -> Self {
        self.config_mut().header = Some(name);
        self
    }

    /// Sends the time in no field of its own.
    pub fn without_header(mut self) -> Self {
        self.config_mut().header = None;
        self
    }

    /// Sends the time with this number of digits after the point, instead of 3. With 0 there is no point:
    /// `12ms`.
    ///
    /// `Server-Timing` has at most one digit, and none with 0 here. The time is rounded to the nearest, so
    /// 12.4 ms is `12ms`, and 12.5 ms is `13ms`. Reports and logs keep full precision.
    ///
    /// Use 0 where strangers can ask: a duration to the microsecond tells them about secrets, such as
    /// whether a user name exists.
    ///
    /// # Errors
    ///
    /// [`InvalidResponseTime::Digits`] if there are more than 9.
    pub fn digits(mut self, digits: u8) -> Result<Self, InvalidResponseTime> {
        if digits > 9 {
            return Err(InvalidResponseTime::Digits { digits });
        }
        self.config_mut().digits = digits;
        Ok(self)
    }

    /// Sends the time without `ms` after it.
    pub fn without_suffix(mut self) -> Self {
        self.config_mut().suffix = b"";
        self
    }

    /// Sends only multiples of `step`, in every field. Coarser durations leak less about secrets. Reports
    /// and logs keep full precision.
    pub fn round_to(mut self, step: Duration) -> Self {
        self.config_mut().step = step;
        self
    }

    /// Sends `Server-Timing`, with the total and what the handler [recorded](super::ServerTiming).
    ///
    /// Any client can read it: put nothing confidential in names or descriptions.
    pub fn server_timing(mut self) -> Self {
        self.config_mut().server_timing = true;
        self
    }

    /// Sends the time to the last byte as a `Server-Timing` trailer.
    ///
    /// The client has to send `TE: trailers`, and the length of the body must not be known before. gRPC
    /// and tunnels (`CONNECT`) get no trailer. [`plan`](Self::plan) tells why a response gets none.
    pub fn trailer(mut self) -> Self {
        self.config_mut().trailer = true;
        self
    }

    /// Logs every response that takes longer than [`DEFAULT_SLOW`] to its last byte. This is one `WARN`
    /// event of `tracing`, and needs the feature `tracing`; [`on_report`](Self::on_report) does not.
    ///
    /// A live response is measured to its head: `text/event-stream`, lines of JSON such as
    /// `application/x-ndjson` and `application/jsonl`, `application/json-seq`, and `Incremental: ?1`. It is
    /// logged when it ends.
    ///
    /// Each text in the event is escaped and has at most [`MAX_LOGGED`](super::MAX_LOGGED) bytes.
    pub fn log_slow(self) -> Self {
        self.log_slower_than(|_| DEFAULT_SLOW)
    }

    /// Logs slow responses as [`log_slow`](Self::log_slow) does, with a limit of your own for each request.
    ///
    /// # Example
    ///
    /// ```
    /// use std::time::Duration;
    /// use tower_egress::response_time::ResponseTimeLayer;
    ///
    /// let layer = ResponseTimeLayer::new().log_slower_than(|request| match request.uri.path() {
    ///     "/backup" => Duration::MAX, // never
    ///     "/reports" => Duration::from_secs(10),
    ///     _ => Duration::from_millis(300),
    /// });
    /// ```
    pub fn log_slower_than(
        mut self,
        threshold: impl Fn(&request::Parts) -> Duration + Send + Sync + 'static,
    ) -> Self {
        self.config_mut().slow = Some(Arc::new(threshold));
        self
    }

    /// Calls `callback` with the report of every request, once, when the response is over: for metrics.
    ///
    /// The callback must be quick and must not panic: it runs where the response ends, which may be a
    /// destructor. [`Report`] shows how to test a callback.
    pub fn on_report(mut self, callback: impl Fn(&Report) + Send + Sync + 'static) -> Self {
        self.config_mut().on_report = Some(Arc::new(callback));
        self
    }

    /// Takes [`Report::route`] from this closure: the route that matched, or `None`.
    ///
    /// Return only the routes that the service has, and never the path: `Report::path` has the path.
    ///
    /// # Example
    ///
    /// ```
    /// use axum::extract::MatchedPath;
    /// use tower_egress::response_time::ResponseTimeLayer;
    ///
    /// // Under `Router::layer`; around a whole `Router` no path has matched yet.
    /// let layer = ResponseTimeLayer::new().route(|request| {
    ///     let path = request.extensions.get::<MatchedPath>()?;
    ///     Some(path.as_str().to_owned())
    /// });
    /// ```
    pub fn route(
        mut self,
        route: impl Fn(&request::Parts) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.config_mut().route = Some(Arc::new(route));
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
    /// use tower_egress::response_time::ResponseTimeLayer;
    ///
    /// // With `Router::into_make_service_with_connect_info`.
    /// let layer = ResponseTimeLayer::new().client(|request| {
    ///     let ConnectInfo(address) = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
    ///     Some(address.ip())
    /// });
    /// ```
    pub fn client(
        mut self,
        client: impl Fn(&request::Parts) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.config_mut().client = Some(Arc::new(client));
        self
    }

    /// Reports the query with the path. Queries hold names, tokens and search terms, and more people read
    /// a log than the data of the service.
    pub fn with_query(mut self) -> Self {
        self.config_mut().with_query = true;
        self
    }

    /// Takes the time from this closure, instead of [`Instant::now`].
    pub fn clock(mut self, now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.config_mut().clock = Clock::new(now);
        self
    }

    /// What the layer does with this response to this request, and why it sends no trailer.
    ///
    /// `size` is the size hint of the body.
    ///
    /// # Example
    ///
    /// ```
    /// use http::{Request, Response};
    /// use http_body::SizeHint;
    /// use tower_egress::response_time::{ResponseTimeLayer, TrailerPlan};
    ///
    /// let layer = ResponseTimeLayer::new().trailer();
    /// let (request, ()) = Request::get("/").header("te", "trailers").body(())?.into_parts();
    /// let (response, ()) = Response::new(()).into_parts();
    ///
    /// let streamed = layer.plan(&request, &response, &SizeHint::default());
    /// assert!(streamed.header);
    /// assert_eq!(streamed.trailer, TrailerPlan::Send);
    ///
    /// let whole = layer.plan(&request, &response, &SizeHint::with_exact(5));
    /// assert_eq!(whole.trailer, TrailerPlan::KnownLength);
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn plan(
        &self,
        request: &request::Parts,
        response: &response::Parts,
        size: &SizeHint,
    ) -> TimingPlan {
        plan::plan(&self.config, request, response, size.exact())
    }

    fn config_mut(&mut self) -> &mut Config {
        Arc::make_mut(&mut self.config)
    }
}

impl Default for ResponseTimeLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for ResponseTimeLayer {
    type Service = ResponseTime<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ResponseTime::new(inner, Arc::clone(&self.config))
    }
}
