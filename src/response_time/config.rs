//! The settings of a [`ResponseTimeLayer`](super::ResponseTimeLayer).

use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::format::{self, Decimal};
use super::reports::Reports;
use super::server_timing::{self, ServerTiming};
use crate::clock::MonotonicClock;
use crate::matcher::Switch;

/// Settings of a layer, shared by its services.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) switch: Switch,
    pub(super) clock: MonotonicClock,
    pub(super) header: Option<HeaderName>,
    pub(super) digits: u8,
    pub(super) suffix: &'static [u8],
    /// `None`: durations are sent as they are.
    pub(super) step: Option<Duration>,
    pub(super) server_timing: bool,
    pub(super) trailer: bool,
    pub(super) reports: Option<Reports>,
}

impl Config {
    pub(super) fn new() -> Self {
        Self {
            switch: Switch::new(),
            clock: MonotonicClock::default(),
            header: Some(X_RESPONSE_TIME),
            digits: 3,
            suffix: MILLISECONDS,
            step: None,
            server_timing: false,
            trailer: false,
            reports: None,
        }
    }

    /// The value of `X-Response-Time`.
    pub(super) fn header_value(&self, duration: Duration) -> HeaderValue {
        let mut millis = Decimal::millis(self.shown(duration), self.digits);
        // Most responses take few milliseconds: where whole ones are sent, their values are ready.
        if let ([digit @ b'0'..=b'9'], MILLISECONDS) = (millis.as_bytes(), self.suffix) {
            return HeaderValue::from_static(FEW[usize::from(digit - b'0')]);
        }
        HeaderValue::from_bytes(millis.followed_by(self.suffix))
            .expect("digits and a suffix are a field value")
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
        self.step
            .map_or(duration, |step| format::round(duration, step))
    }
}

fn to_value(text: Vec<u8>) -> HeaderValue {
    HeaderValue::from_maybe_shared(bytes::Bytes::from(text))
        .expect("tokens, numbers and quoted strings are a field value")
}

/// What is sent for less than ten whole milliseconds.
const FEW: [&str; 10] = [
    "0ms", "1ms", "2ms", "3ms", "4ms", "5ms", "6ms", "7ms", "8ms", "9ms",
];

/// The suffix of the field of its own.
pub(super) const MILLISECONDS: &[u8] = b"ms";

const X_RESPONSE_TIME: HeaderName = HeaderName::from_static("x-response-time");

/// The largest number of digits after the point in `Server-Timing`: browsers show a tenth of a
/// millisecond.
const MOST_TIMING_DIGITS: u8 = 1;
