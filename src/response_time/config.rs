//! The settings of a [`ResponseTimeLayer`](super::ResponseTimeLayer).

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue, request};

use super::clock::Clock;
use super::format::{self, Decimal};
use super::report::Report;
use super::server_timing::{self, ServerTiming};

/// A response is slow by default when it takes longer than this to its last byte: one second.
pub const DEFAULT_SLOW: Duration = Duration::from_secs(1);

/// Settings of a layer, shared by its services.
#[derive(Clone)]
pub(super) struct Config {
    pub(super) clock: Clock,
    pub(super) header: Option<HeaderName>,
    pub(super) digits: u8,
    pub(super) suffix: &'static [u8],
    pub(super) step: Duration,
    pub(super) server_timing: bool,
    pub(super) trailer: bool,
    pub(super) slow: Option<Arc<Threshold>>,
    pub(super) on_report: Option<Arc<Callback>>,
    pub(super) route: Option<Arc<Route>>,
    pub(super) client: Option<Arc<Client>>,
    pub(super) with_query: bool,
}

pub(super) type Callback = dyn Fn(&Report) + Send + Sync;
pub(super) type Client = dyn Fn(&request::Parts) -> Option<IpAddr> + Send + Sync;
pub(super) type Route = dyn Fn(&request::Parts) -> Option<String> + Send + Sync;
pub(super) type Threshold = dyn Fn(&request::Parts) -> Duration + Send + Sync;

impl Config {
    pub(super) fn new() -> Self {
        Self {
            clock: Clock::new(Instant::now),
            header: Some(X_RESPONSE_TIME),
            digits: 3,
            suffix: b"ms",
            step: Duration::ZERO,
            server_timing: false,
            trailer: false,
            slow: None,
            on_report: None,
            route: None,
            client: None,
            with_query: false,
        }
    }

    /// Whether the end of a response is logged or reported.
    pub(super) fn watches(&self) -> bool {
        self.slow.is_some() || self.on_report.is_some()
    }

    /// The value of `X-Response-Time`.
    pub(super) fn header_value(&self, duration: Duration) -> HeaderValue {
        let millis = Decimal::millis(self.shown(duration), self.digits);
        let mut text = Vec::with_capacity(millis.as_bytes().len() + self.suffix.len());
        text.extend_from_slice(millis.as_bytes());
        text.extend_from_slice(self.suffix);
        to_value(text)
    }

    /// The value of `Server-Timing`: the total, and what the handler recorded.
    pub(super) fn timing_value(&self, total: Duration, timing: &ServerTiming) -> HeaderValue {
        let digits = self.digits.min(MOST_TIMING_DIGITS);
        let write = |line: &mut Vec<u8>, duration| {
            server_timing::write_duration(line, self.shown(duration), digits);
        };
        let mut text = b"total".to_vec();
        write(&mut text, total);
        timing.write(&mut text, write);
        to_value(text)
    }

    /// The part of a duration that clients see.
    fn shown(&self, duration: Duration) -> Duration {
        format::round(duration, self.step)
    }
}

fn to_value(text: Vec<u8>) -> HeaderValue {
    HeaderValue::from_maybe_shared(bytes::Bytes::from(text))
        .expect("tokens, numbers and quoted strings are a field value")
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("header", &self.header)
            .field("digits", &self.digits)
            .field("server_timing", &self.server_timing)
            .field("trailer", &self.trailer)
            .field("watches", &self.watches())
            .finish_non_exhaustive()
    }
}

const X_RESPONSE_TIME: HeaderName = HeaderName::from_static("x-response-time");

/// The largest number of digits after the point in `Server-Timing`: browsers show a tenth of a
/// millisecond.
const MOST_TIMING_DIGITS: u8 = 1;
