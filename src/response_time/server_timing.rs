//! `Server-Timing` (W3C): what a handler says of where the time went.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::clock::Clock;
use super::error::InvalidResponseTime;
use super::format::Decimal;
use crate::fields::is_token;

/// How many entries one response has at most. Those beyond are refused: a browser shows them all, and
/// a loop that records one each time is a mistake.
pub const MAX_ENTRIES: usize = 64;

/// Collects the entries of one response; found in the extensions of its request where the layer
/// [sends them](super::ResponseTimeLayer::server_timing). Clones are of the same response.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use http::Request;
/// use tower_egress::response_time::ServerTiming;
///
/// # fn read() {}
/// fn handle(request: &Request<()>) -> Result<(), Box<dyn std::error::Error>> {
///     let timing = ServerTiming::of(request.extensions());
///     {
///         let _time = timing.start("db")?;
///         read(); // as long as `_time` lives
///     }
///     timing.record("queue", Duration::from_millis(3))?;
///     timing.describe("cache", "miss")?;
///     Ok(())
/// }
/// # handle(&Request::new(())).unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct ServerTiming {
    // `None` where no layer sends what is recorded.
    shared: Option<Arc<Shared>>,
}

#[derive(Debug)]
struct Shared {
    clock: Clock,
    entries: Mutex<Vec<Entry>>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Entry {
    name: String,
    duration: Option<Duration>,
    description: Option<String>,
}

impl ServerTiming {
    pub(super) fn new(clock: Clock) -> Self {
        let shared = Shared {
            clock,
            entries: Mutex::default(),
        };
        Self {
            shared: Some(Arc::new(shared)),
        }
    }

    /// The collector of a request. Where there is none, one that forgets all it is told, so that a
    /// handler need not care.
    #[must_use]
    pub fn of(extensions: &http::Extensions) -> Self {
        extensions.get().cloned().unwrap_or_default()
    }

    /// Records how long the returned guard lives.
    ///
    /// # Errors
    ///
    /// [`InvalidResponseTime::Metric`]: the name is no token.
    pub fn start(&self, name: &str) -> Result<Timer, InvalidResponseTime> {
        check_name(name)?;
        let shared = self.shared.as_ref();
        Ok(Timer {
            timing: self.clone(),
            name: name.to_owned(),
            start: shared.map(|shared| shared.clock.now()),
        })
    }

    /// Records a duration.
    ///
    /// # Errors
    ///
    /// - [`InvalidResponseTime::Metric`]: the name is no token.
    /// - [`InvalidResponseTime::TooManyEntries`]: there are [`MAX_ENTRIES`].
    pub fn record(&self, name: &str, duration: Duration) -> Result<(), InvalidResponseTime> {
        self.push(name, Some(duration), None)
    }

    /// Records a duration with a description.
    ///
    /// # Errors
    ///
    /// - [`InvalidResponseTime::Metric`]: the name is no token.
    /// - [`InvalidResponseTime::Description`]: the description is not of visible ASCII and white space.
    /// - [`InvalidResponseTime::TooManyEntries`]: there are [`MAX_ENTRIES`].
    pub fn record_with(
        &self,
        name: &str,
        duration: Duration,
        description: &str,
    ) -> Result<(), InvalidResponseTime> {
        self.push(name, Some(duration), Some(description))
    }

    /// Records a description alone: `cache;desc="hit"`.
    ///
    /// # Errors
    ///
    /// As [`record_with`](Self::record_with).
    pub fn describe(&self, name: &str, description: &str) -> Result<(), InvalidResponseTime> {
        self.push(name, None, Some(description))
    }

    fn push(
        &self,
        name: &str,
        duration: Option<Duration>,
        description: Option<&str>,
    ) -> Result<(), InvalidResponseTime> {
        check_name(name)?;
        description.map_or(Ok(()), check_description)?;
        let Some(shared) = &self.shared else {
            return Ok(());
        };
        let mut entries = shared
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if entries.len() == MAX_ENTRIES {
            return Err(InvalidResponseTime::TooManyEntries { most: MAX_ENTRIES });
        }
        entries.push(Entry {
            name: name.to_owned(),
            duration,
            description: description.map(str::to_owned),
        });
        Ok(())
    }

    /// Appends what was recorded to a line that has an entry already. `shown` is what of a duration is
    /// shown.
    pub(super) fn write(&self, line: &mut Vec<u8>, shown: impl Fn(Duration) -> Duration) {
        let Some(shared) = &self.shared else {
            return;
        };
        let entries = shared
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for entry in entries.iter() {
            line.extend_from_slice(b", ");
            line.extend_from_slice(entry.name.as_bytes());
            if let Some(duration) = entry.duration {
                write_duration(line, shown(duration));
            }
            if let Some(description) = &entry.description {
                write_description(line, description);
            }
        }
    }
}

/// Records how long it lives; made by [`ServerTiming::start`].
#[must_use = "it records how long it lives"]
pub struct Timer {
    timing: ServerTiming,
    name: String,
    start: Option<Instant>,
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let (Some(start), Some(shared)) = (self.start, &self.timing.shared) {
            let duration = shared.clock.now().saturating_duration_since(start);
            // There is nobody to tell that there are too many.
            let _ = self.timing.record(&self.name, duration);
        }
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// ```text
/// Server-Timing             = #server-timing-metric
/// server-timing-metric      = metric-name *( OWS ";" OWS server-timing-param )
/// metric-name               = token
/// server-timing-param       = server-timing-param-name OWS "=" OWS server-timing-param-value
/// server-timing-param-value = token / quoted-string
/// ```
pub(super) fn write_duration(line: &mut Vec<u8>, duration: Duration) {
    line.extend_from_slice(b";dur=");
    line.extend_from_slice(Decimal::millis(duration, DIGITS).as_bytes());
}

/// Always as a quoted string (RFC 9110 §5.6.4), which says the same as a token where it could be one.
fn write_description(line: &mut Vec<u8>, description: &str) {
    line.extend_from_slice(b";desc=\"");
    for byte in description.bytes() {
        if matches!(byte, b'"' | b'\\') {
            line.push(b'\\');
        }
        line.push(byte);
    }
    line.push(b'"');
}

fn check_name(name: &str) -> Result<(), InvalidResponseTime> {
    if is_token(name.as_bytes()) {
        return Ok(());
    }
    Err(InvalidResponseTime::Metric {
        name: name.to_owned(),
    })
}

fn check_description(description: &str) -> Result<(), InvalidResponseTime> {
    let is_sound = |byte: u8| byte == b'\t' || (b' '..=b'~').contains(&byte);
    if description.bytes().all(is_sound) {
        return Ok(());
    }
    Err(InvalidResponseTime::Description {
        description: description.to_owned(),
    })
}

/// Digits after the point of a duration in `Server-Timing`: a tenth of a millisecond is what browsers
/// show.
const DIGITS: u8 = 1;
