//! `Server-Timing` (W3C): where a handler says what took how long.

use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::format::Decimal;
use crate::clock::MonotonicClock;
use crate::fields::is_token;
use crate::fields::quoted::Quoted;

/// The largest number of entries that one response sends: 64. Further entries are dropped. A
/// browser shows them all, and a loop that records an entry in each round is a mistake.
pub const MAX_ENTRIES: usize = 64;

/// Collects the entries of one response. The layer puts it into the extensions of the request where
/// it [sends `Server-Timing`](super::ResponseTimeLayer::server_timing). Clones belong to the same
/// response.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use http::Request;
/// use tower_egress::response_time::ServerTiming;
///
/// # fn read() {}
/// fn handle(request: &Request<()>) {
///     let timing = ServerTiming::of(request.extensions());
///     {
///         let _time = timing.start("db");
///         read(); // as long as `_time` lives
///     }
///     timing.record("queue", Duration::from_millis(3));
///     timing.describe("cache", "miss");
/// }
/// # handle(&Request::new(()));
/// ```
///
/// # Which entries are dropped
///
/// No method fails, so that no handler needs an
/// `expect`. The collector drops an entry and says so in a `debug` event of `tracing`
///
/// - whose name is not a token (RFC 9110 §5.6.2), such as `db` or `cache-read`;
/// - whose description has more than visible ASCII, spaces and tabs;
/// - that is one more than [`MAX_ENTRIES`].
#[derive(Clone, Debug, Default)]
pub struct ServerTiming {
    // `None` where no layer sends what is recorded.
    shared: Option<Arc<Shared>>,
}

#[derive(Debug)]
struct Shared {
    clock: MonotonicClock,
    entries: Mutex<Vec<Entry>>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Entry {
    name: String,
    duration: Option<Duration>,
    description: Option<String>,
}

impl ServerTiming {
    pub(super) fn new(clock: MonotonicClock) -> Self {
        let shared = Shared {
            clock,
            entries: Mutex::default(),
        };
        Self {
            shared: Some(Arc::new(shared)),
        }
    }

    /// The collector of a request. Where the layer sends no `Server-Timing`, the collector forgets
    /// every entry, so that a handler need not care.
    #[must_use]
    pub fn of(extensions: &http::Extensions) -> Self {
        extensions.get().cloned().unwrap_or_default()
    }

    /// Records how long the returned guard lives.
    pub fn start(&self, name: &str) -> Timer {
        let shared = self.shared.as_ref();
        Timer {
            running: shared.and_then(|shared| shared.start(name)),
        }
    }

    /// Records a duration.
    pub fn record(&self, name: &str, duration: Duration) {
        self.push(name, Some(duration), None);
    }

    /// Records a duration with a description.
    pub fn record_with(&self, name: &str, duration: Duration, description: &str) {
        self.push(name, Some(duration), Some(description));
    }

    /// Records a description alone: `cache;desc="hit"`.
    pub fn describe(&self, name: &str, description: &str) {
        self.push(name, None, Some(description));
    }

    fn push(&self, name: &str, duration: Option<Duration>, description: Option<&str>) {
        if let Some(shared) = &self.shared {
            shared.push(name, duration, description);
        }
    }

    /// Appends the entries to a line that has an entry already. `write_duration` writes the `dur`
    /// parameter.
    pub(super) fn write(
        &self,
        line: &mut Vec<u8>,
        write_duration: impl Fn(&mut Vec<u8>, Duration),
    ) {
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
                write_duration(line, duration);
            }
            if let Some(description) = &entry.description {
                write_description(line, description);
            }
        }
    }
}

impl Shared {
    /// Starts to measure, or says why not.
    fn start(self: &Arc<Self>, name: &str) -> Option<Running> {
        let refused = why_refused(name, None);
        if refused.is_some() {
            crate::trace::debug!(
                name = %super::report::Escaped::new(name),
                reason = refused,
                "Server-Timing entry dropped",
            );
            return None;
        }
        Some(Running {
            shared: Arc::clone(self),
            name: name.to_owned(),
            start: self.clock.now(),
        })
    }

    /// Keeps an entry, or says why not.
    fn push(&self, name: &str, duration: Option<Duration>, description: Option<&str>) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = why_refused(name, description)
            .or_else(|| (entries.len() >= MAX_ENTRIES).then_some(TOO_MANY));
        if refused.is_none() {
            entries.push(Entry {
                name: name.to_owned(),
                duration,
                description: description.map(str::to_owned),
            });
        }
        drop(entries);
        if refused.is_some() {
            crate::trace::debug!(
                name = %super::report::Escaped::new(name),
                reason = refused,
                "Server-Timing entry dropped",
            );
        }
    }
}

/// Records how long it lives; made by [`ServerTiming::start`].
#[must_use = "it records how long it lives"]
pub struct Timer {
    // `None` where nothing is recorded.
    running: Option<Running>,
}

struct Running {
    shared: Arc<Shared>,
    name: String,
    start: Instant,
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(Running {
            shared,
            name,
            start,
        }) = &self.running
        {
            let duration = shared.clock.now().saturating_duration_since(*start);
            shared.push(name, Some(duration), None);
        }
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer")
            .field("name", &self.running.as_ref().map(|running| &running.name))
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
pub(super) fn write_duration(line: &mut Vec<u8>, duration: Duration, digits: u8) {
    line.extend_from_slice(b";dur=");
    line.extend_from_slice(Decimal::millis(duration, digits).as_bytes());
}

/// Always as a quoted string (RFC 9110 §5.6.4), which says the same as a token where it could be
/// one.
fn write_description(line: &mut Vec<u8>, description: &str) {
    write!(line, ";desc={}", Quoted(description)).expect("a vector takes what is written");
}

/// Why an entry is dropped.
type Reason = &'static str;

fn why_refused(name: &str, description: Option<&str>) -> Option<Reason> {
    let is_text = |byte: u8| byte == b'\t' || (b' '..=b'~').contains(&byte);
    if !is_token(name.as_bytes()) {
        return Some("the name is not a token, such as `db` or `cache-read`");
    }
    let is_odd = description.is_some_and(|text| !text.bytes().all(is_text));
    is_odd.then_some("the description has more than visible ASCII, spaces and tabs")
}

const TOO_MANY: Reason = "the response has as many entries as MAX_ENTRIES allows";
