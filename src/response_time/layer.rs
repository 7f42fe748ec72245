//! The layer: what users configure.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderName, request, response};
use http_body::SizeHint;
use tower_layer::Layer;

use super::config::{Config, MILLISECONDS};
use super::error::InvalidResponseTime;
use super::plan::{self, Plan};
use super::reports::Reports;
use super::service::ResponseTime;
use crate::clock::MonotonicClock;
use crate::matcher::{RequestMatcher, ResponseMatcher};

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

    /// Sends the time with this number of digits after the point, instead of 3. With 0 there is no
    /// point: `12ms`.
    ///
    /// `Server-Timing` has at most one digit, and none with 0 here. The time is rounded to the
    /// nearest, so 12.4 ms is `12ms`, and 12.5 ms is `13ms`. Reports and logs keep full precision.
    ///
    /// Use 0 where strangers can ask: a duration to the microsecond tells them about secrets, such
    /// as whether a user name exists.
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

    /// Sends the time with `ms` after it. That is the default.
    pub fn suffix(mut self) -> Self {
        self.config_mut().suffix = MILLISECONDS;
        self
    }

    /// Sends the time without `ms` after it.
    pub fn without_suffix(mut self) -> Self {
        self.config_mut().suffix = b"";
        self
    }

    /// Sends only multiples of `step`, in every field. Coarser durations leak less about secrets.
    /// Reports and logs keep full precision.
    ///
    /// # Errors
    ///
    /// [`InvalidResponseTime::NoStep`] if the step is zero.
    pub fn round_to(mut self, step: Duration) -> Result<Self, InvalidResponseTime> {
        if step.is_zero() {
            return Err(InvalidResponseTime::NoStep);
        }
        self.config_mut().step = Some(step);
        Ok(self)
    }

    /// Sends `Server-Timing`, with the total and what the handler [recorded](super::ServerTiming).
    ///
    /// Any client can read it: put nothing confidential in names or descriptions.
    pub fn server_timing(mut self) -> Self {
        self.config_mut().server_timing = true;
        self
    }

    /// Sends no `Server-Timing` in the head. That is the default.
    pub fn without_server_timing(mut self) -> Self {
        self.config_mut().server_timing = false;
        self
    }

    /// Sends the time to the last byte as a `Server-Timing` trailer.
    ///
    /// The client has to send `TE: trailers`, and the length of the body must not be known before.
    /// gRPC and tunnels (`CONNECT`) get no trailer. [`plan`](Self::plan) tells why a response gets
    /// none.
    pub fn trailer(mut self) -> Self {
        self.config_mut().trailer = true;
        self
    }

    /// Sends no trailer. That is the default.
    pub fn without_trailer(mut self) -> Self {
        self.config_mut().trailer = false;
        self
    }

    /// Reports each request once, when its response is over: to the log where the response was
    /// slow, to a callback, or to both. [`Reports`] says to whom, and what is in a report.
    ///
    /// # Example
    ///
    /// ```
    /// use std::time::Duration;
    /// use tower_egress::response_time::{Reports, ResponseTimeLayer};
    ///
    /// let slow = Reports::log_slow().slow_limit(Duration::from_millis(300));
    /// let layer = ResponseTimeLayer::new().report(slow);
    /// ```
    pub fn report(mut self, reports: Reports) -> Self {
        self.config_mut().reports = Some(reports);
        self
    }

    /// Reports nothing. That is the default.
    pub fn without_report(mut self) -> Self {
        self.config_mut().reports = None;
        self
    }

    /// Turns the layer on or off. It is on by default.
    ///
    /// A layer that is off passes everything as it is: it sends no field and reports nothing, and
    /// [`ServerTiming`](super::ServerTiming) forgets what is recorded. The type of the service
    /// stays the same, so a flag of your configuration can decide.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::response_time::ResponseTimeLayer;
    ///
    /// let is_wanted = std::env::args().any(|argument| argument == "--response-time");
    /// let layer = ResponseTimeLayer::new().enabled(is_wanted);
    /// # let (request, ()) = http::Request::new(()).into_parts();
    /// # let (response, ()) = http::Response::new(()).into_parts();
    /// # let plan = layer.plan(&request, &response, &Default::default());
    /// # use tower_egress::response_time::{FieldPlan, Reason};
    /// # assert_eq!(plan.header, FieldPlan::Omit(Reason::Disabled));
    /// ```
    pub fn enabled(mut self, is_enabled: bool) -> Self {
        self.config_mut().switch.set_enabled(is_enabled);
        self
    }

    /// Turns the layer off for these requests. Where this method is called twice, both sets are
    /// skipped.
    ///
    /// # Example
    ///
    /// ```
    /// use http::{Request, Response};
    /// use http_body::SizeHint;
    /// use tower_egress::matcher::RequestMatcher;
    /// use tower_egress::response_time::{FieldPlan, Reason, ResponseTimeLayer};
    ///
    /// let layer = ResponseTimeLayer::new().skip(RequestMatcher::glob("/health")?);
    ///
    /// let (request, ()) = Request::get("/health").body(())?.into_parts();
    /// let (response, ()) = Response::new(()).into_parts();
    /// let plan = layer.plan(&request, &response, &SizeHint::default());
    /// assert_eq!(plan.header, FieldPlan::Omit(Reason::Skipped));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn skip(mut self, requests: RequestMatcher) -> Self {
        self.config_mut().switch.skip(requests);
        self
    }

    /// Turns the layer off for these responses. Where this method is called twice, both sets are
    /// skipped.
    ///
    /// A request that ends without a response matches nothing here, so it is reported.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::matcher::ResponseMatcher;
    /// use tower_egress::response_time::ResponseTimeLayer;
    ///
    /// let images = ResponseMatcher::media_type("image/*")?;
    /// let layer = ResponseTimeLayer::new().skip_responses(images);
    /// # Ok::<(), tower_egress::matcher::InvalidMatcher>(())
    /// ```
    pub fn skip_responses(mut self, responses: impl Into<ResponseMatcher>) -> Self {
        self.config_mut().switch.skip_responses(responses.into());
        self
    }

    /// Takes the time from this closure, instead of [`Instant::now`].
    pub fn clock(mut self, now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.config_mut().clock = MonotonicClock::new(now);
        self
    }

    /// What the layer does with this response to this request, and why it leaves a field out.
    ///
    /// `size` is the size hint of the body.
    ///
    /// # Example
    ///
    /// ```
    /// use http::{Request, Response};
    /// use http_body::SizeHint;
    /// use tower_egress::response_time::{FieldPlan, Reason, ResponseTimeLayer};
    ///
    /// let layer = ResponseTimeLayer::new().trailer();
    /// let (request, ()) = Request::get("/").header("te", "trailers").body(())?.into_parts();
    /// let (response, ()) = Response::new(()).into_parts();
    ///
    /// let streamed = layer.plan(&request, &response, &SizeHint::default());
    /// assert_eq!(streamed.header, FieldPlan::Send);
    /// assert_eq!(streamed.trailer, FieldPlan::Send);
    ///
    /// let whole = layer.plan(&request, &response, &SizeHint::with_exact(5));
    /// assert_eq!(whole.trailer, FieldPlan::Omit(Reason::KnownLength));
    ///
    /// let off = layer.enabled(false).plan(&request, &response, &SizeHint::default());
    /// assert_eq!(off.header, FieldPlan::Omit(Reason::Disabled));
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn plan(
        &self,
        request: &request::Parts,
        response: &response::Parts,
        size: &SizeHint,
    ) -> Plan {
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
