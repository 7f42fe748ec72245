//! What is known of a response once it is over.

use std::fmt::{self, Write};
use std::net::IpAddr;
use std::time::Duration;

use http::{Method, StatusCode};

/// What became of one request: given to [`on_report`](super::ResponseTimeLayer::on_report), and logged
/// where it was [slow](super::ResponseTimeLayer::log_slow).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// How the request was asked.
    pub method: Method,
    /// The route that matched, where [`route`](super::ResponseTimeLayer::route) tells, or the path;
    /// with the query only where [that is asked for](super::ResponseTimeLayer::with_query). As it came:
    /// [`Escaped`] makes it fit for a log.
    pub path: String,
    /// The status, where there was a response.
    pub status: Option<StatusCode>,
    /// From the request to the head of the response.
    pub time_to_head: Option<Duration>,
    /// From the request to the last byte, or to what ended it.
    pub total: Duration,
    /// How many bytes of the body went out.
    pub bytes: u64,
    /// Who asked, where [`client`](super::ResponseTimeLayer::client) tells.
    pub client: Option<IpAddr>,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a response ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// With its last byte.
    Complete,
    /// The body failed.
    BodyError,
    /// It was let go of before its end: the client was gone, or a layer further out gave up.
    ClientGone,
    /// The handler panicked, or the body.
    Panicked,
    /// The service failed, and there was no response.
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

/// Text for a log: control characters, and all that is not ASCII, are escaped, so that nothing in it
/// ends a line or colors a terminal.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                ' '..='~' => f.write_char(character)?,
                other => write!(f, "{}", other.escape_unicode())?,
            }
        }
        Ok(())
    }
}

/// Logs a slow response, once.
pub(super) fn log(report: &Report) {
    #[cfg(feature = "tracing")]
    tracing::warn!(
        method = %Escaped(report.method.as_str()),
        path = %Escaped(&report.path),
        status = report.status.map(|status| status.as_u16()),
        time_to_head_ms = report.time_to_head.map(millis),
        total_ms = millis(report.total),
        bytes = report.bytes,
        client = report.client.map(tracing::field::display),
        outcome = report.outcome.as_str(),
        "slow response",
    );
    #[cfg(not(feature = "tracing"))]
    let _ = report;
}

#[cfg(feature = "tracing")]
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
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
}
