//! The report of a finished request, and its line in the log.

use std::fmt::{self, Write};
use std::net::IpAddr;
use std::time::Duration;

use http::{Method, StatusCode, Uri};

/// The largest number of bytes of [`Report::path`], and of a text in the log: 2 KiB. Clients choose
/// how long a path is, and an escape is up to ten times as long as its character.
pub const MAX_LOGGED: usize = 2 * 1024;

/// What happened to one request. [`Reports`](super::Reports) says who gets it.
///
/// # Example
///
/// A callback is tested without a server: make a report, and set its fields.
///
/// ```
/// use http::Method;
/// use tower_egress::response_time::{Outcome, Report};
///
/// fn is_failure(report: &Report) -> bool {
///     matches!(report.outcome, Outcome::BodyError | Outcome::Panicked)
///         || report.status.is_some_and(|status| status.is_server_error())
/// }
///
/// let mut report = Report::new(Method::GET, "/articles/7");
/// assert!(!is_failure(&report));
/// report.outcome = Outcome::Panicked;
/// assert!(is_failure(&report));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The method of the request.
    pub method: Method,
    /// The path of the request as the client sent it, with the query only
    /// [where asked for](super::Reports::query).
    ///
    /// A path longer than [`MAX_LOGGED`] is cut to that length and ends with `...`. [`Escaped`]
    /// makes it safe to log. Clients invent paths, so use `route` as the label of a metric.
    pub path: String,
    /// The route that matched, if [`route`](super::Reports::route) finds one. The router has few of
    /// them, so it can be the label of a metric.
    pub route: Option<String>,
    /// The status, if there was a response.
    pub status: Option<StatusCode>,
    /// The time from the request to the head of the response, if there was a response.
    pub time_to_head: Option<Duration>,
    /// The time from the request to the last byte, or to what ended the response before.
    pub total: Duration,
    /// The number of bytes of the body that the server took.
    pub bytes: u64,
    /// The address of the client, if [`client`](super::Reports::client) finds one.
    pub client: Option<IpAddr>,
    /// Whether the response took longer than its [limit](super::Reports::slow_limit) to the last
    /// byte. A live response is slow when its head took longer than that.
    pub is_slow: bool,
    /// How the response ended.
    pub outcome: Outcome,
}

impl Report {
    /// The report of a complete, empty response with status 200 that took no time: for your tests.
    #[must_use]
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            route: None,
            status: Some(StatusCode::OK),
            time_to_head: Some(Duration::ZERO),
            total: Duration::ZERO,
            bytes: 0,
            client: None,
            is_slow: false,
            outcome: Outcome::Complete,
        }
    }

    /// Logs a slow response.
    pub(super) fn log_slow(&self) {
        crate::trace::warn!(
            method = %Escaped(self.method.as_str()),
            path = %Escaped(&self.path),
            route = self.route.as_deref().map(|route| tracing::field::display(Escaped(route))),
            status = self.status.map(|status| status.as_u16()),
            time_to_head_ms = self.time_to_head.map(|time| time.as_millis() as u64),
            total_ms = self.total.as_millis() as u64,
            bytes = self.bytes,
            client = self.client.map(tracing::field::display),
            outcome = self.outcome.as_str(),
            "slow response",
        );
    }
}

/// The path of a report.
pub(super) fn path_of(uri: &Uri, with_query: bool) -> String {
    let path = uri.path();
    match uri.query().filter(|_| with_query) {
        Some(query) => cut(&format!("{path}?{query}")),
        None => cut(path),
    }
}

/// At most [`MAX_LOGGED`] bytes of `text`.
fn cut(text: &str) -> String {
    if text.len() <= MAX_LOGGED {
        return text.to_owned();
    }
    let mut end = MAX_LOGGED - CUT.len();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{CUT}", &text[..end])
}

/// Stands for the rest of a text.
const CUT: &str = "...";

/// How a response ended.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// The server took the last byte of the body.
    Complete,
    /// The body failed, or it ended before the length that the head declares.
    BodyError,
    /// The response was dropped before its end: the client went away, or a layer further out gave
    /// up.
    ClientGone,
    /// The handler or the body panicked. A layer outside of this one may have sent a response.
    Panicked,
    /// The inner service returned an error, so there was no response.
    ServiceError,
}

impl Outcome {
    /// One word for a log or a metric.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::BodyError => "body_error",
            Self::ClientGone => "client_gone",
            Self::Panicked => "panicked",
            Self::ServiceError => "service_error",
        }
    }
}

/// The word of [`as_str`](Outcome::as_str).
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Text that is safe to log: control characters, and all that is not ASCII, are escaped. So nothing
/// in the text ends a line or colors a terminal.
///
/// A text that is longer than [`MAX_LOGGED`] bytes with its escapes is cut to that and ends with
/// `...`.
///
/// # Example
///
/// ```
/// use tower_egress::response_time::Escaped;
///
/// assert_eq!(Escaped::new("/a\nb").to_string(), r"/a\u{a}b");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(&'a str);

impl<'a> Escaped<'a> {
    /// The text, to be escaped by `Display`.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// How many bytes of the text fit into this many bytes with their escapes.
    fn end_within(&self, room: usize) -> usize {
        let mut written = 0;
        for (position, character) in self.0.char_indices() {
            written += match character {
                ' '..='~' => 1,
                other => other.escape_unicode().len(),
            };
            if written > room {
                return position;
            }
        }
        self.0.len()
    }
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.end_within(MAX_LOGGED);
        let is_cut = end < self.0.len();
        let end = if is_cut {
            self.end_within(MAX_LOGGED - CUT.len())
        } else {
            end
        };
        for character in self.0[..end].chars() {
            match character {
                ' '..='~' => f.write_char(character)?,
                other => write!(f, "{}", other.escape_unicode())?,
            }
        }
        f.write_str(if is_cut { CUT } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_12_f_14_what_could_forge_a_log_is_escaped() {
        for (text, expected) in [
            ("/a b?c=d%0a", "/a b?c=d%0a"),
            ("/a\r\nb", "/a\\u{d}\\u{a}b"),
            ("/\u{1b}[31m", "/\\u{1b}[31m"),
            ("/\u{e9}\u{202e}\0\x7f", "/\\u{e9}\\u{202e}\\u{0}\\u{7f}"),
        ] {
            assert_eq!(Escaped(text).to_string(), expected);
        }
    }

    /// Finding 29.
    #[test]
    fn f_14_escaped_text_is_cut_between_characters() {
        let most = "a".repeat(MAX_LOGGED);
        assert_eq!(Escaped(&most).to_string(), most);
        let more = format!("{most}a");
        let expected = format!("{}...", &most[..MAX_LOGGED - 3]);
        assert_eq!(Escaped(&more).to_string(), expected);
        for length in 0..8 {
            let text = format!("{}{}", "a".repeat(length), "\u{10ffff}".repeat(MAX_LOGGED));
            let escapes = (MAX_LOGGED - 3 - length) / "\\u{10ffff}".len();
            let expected = format!("{}{}...", "a".repeat(length), "\\u{10ffff}".repeat(escapes));
            assert_eq!(Escaped(&text).to_string(), expected, "{length}");
            assert!(cut(&text).len() <= MAX_LOGGED, "{length}");
            assert!(cut(&text).ends_with("\u{10ffff}..."), "{length}");
        }
    }
}
