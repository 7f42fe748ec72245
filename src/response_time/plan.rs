//! Which timing a response gets, and why not. Pure.

use std::fmt;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, TE};
use http::{HeaderMap, Method, request, response};

use super::config::Config;
use crate::fields::list;
use crate::fields::media_type::MediaType;
use crate::matcher::Off;
use crate::rules::{eligible, live, status};

/// What the layer does with a response; made by
/// [`ResponseTimeLayer::plan`](super::ResponseTimeLayer::plan).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// Whether the layer sends the field of its own, such as `x-response-time`.
    pub header: FieldPlan,
    /// Whether the layer sends a `Server-Timing` line in the head.
    pub server_timing: FieldPlan,
    /// Whether the layer sends a `Server-Timing` trailer.
    pub trailer: FieldPlan,
    /// The response is slow when it takes longer than this. `None`: nobody gets a report.
    pub slow_after: Option<Duration>,
    /// Whether the response is live. The time to its head decides then whether it is slow, and not
    /// the time to its last byte. It is known only where somebody gets a report.
    pub is_live: bool,
}

/// Whether the layer sends a field, and why not.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum FieldPlan {
    /// The layer sends it.
    Send,
    /// The layer does not send it.
    Omit(Reason),
}

/// Why the layer does not send a field.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The handler has set the field.
    AlreadySet,
    /// The layer is [off](super::ResponseTimeLayer::enabled).
    Disabled,
    /// The body is gRPC, which reads trailers of its own.
    Grpc,
    /// The length of the body is known. HTTP/1.1 has no place for trailers then.
    KnownLength,
    /// The client did not send `TE: trailers`.
    NotAccepted,
    /// The layer is not configured to send the field.
    NotConfigured,
    /// The response has no content: its status forbids it, or the request method is `HEAD`.
    NoContent,
    /// The layer [skips](super::ResponseTimeLayer::skip) the request or the response.
    Skipped,
    /// The head has no room for another field.
    TooManyFields,
    /// The response starts a tunnel, or it is an interim response.
    Tunnel,
}

impl Plan {
    /// The layer does nothing.
    pub(super) const fn off(off: Off) -> Self {
        let omitted = FieldPlan::Omit(match off {
            Off::Disabled => Reason::Disabled,
            Off::Skipped => Reason::Skipped,
        });
        Self {
            header: omitted,
            server_timing: omitted,
            trailer: omitted,
            slow_after: None,
            is_live: false,
        }
    }

    /// Makes the decision visible.
    #[inline]
    pub(super) fn log(self) {
        crate::trace::debug!(
            header = %self.header,
            server_timing = %self.server_timing,
            trailer = %self.trailer,
            "response_time",
        );
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            header,
            server_timing,
            trailer,
            ..
        } = self;
        write!(
            f,
            "header {header}; Server-Timing {server_timing}; trailer {trailer}"
        )?;
        match self.slow_after {
            Some(limit) if self.is_live => write!(f, "; slow if the head takes over {limit:?}"),
            Some(limit) => write!(f, "; slow over {limit:?}"),
            None => Ok(()),
        }
    }
}

impl FieldPlan {
    /// The layer sends the field, unless there is a reason against it.
    fn unless(reason: Option<Reason>) -> Self {
        reason.map_or(Self::Send, Self::Omit)
    }
}

impl fmt::Display for FieldPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send => f.write_str("sent"),
            Self::Omit(reason) => write!(f, "omitted: {reason}"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AlreadySet => "the handler has set it",
            Self::Disabled => "the layer is off",
            Self::Grpc => "gRPC has trailers of its own",
            Self::KnownLength => "the length of the body is known",
            Self::NotAccepted => "the client did not send `TE: trailers`",
            Self::NotConfigured => "it is not configured",
            Self::NoContent => "the response has no content",
            Self::Skipped => "the layer skips this one",
            Self::TooManyFields => "the head has no room for another field",
            Self::Tunnel => "the response is interim, or starts a tunnel",
        })
    }
}

/// What the decisions need to know of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    is_head: bool,
    is_connect: bool,
    accepts_trailers: bool,
}

impl Asked {
    /// `TE` is read only where the layer sends trailers.
    pub(super) fn read(config: &Config, method: &Method, fields: &HeaderMap) -> Self {
        Self {
            is_head: *method == Method::HEAD,
            is_connect: *method == Method::CONNECT,
            accepts_trailers: config.trailer && accepts_trailers(fields),
        }
    }
}

/// RFC 9110 §10.1.4: `TE: trailers` says that the client keeps trailers.
fn accepts_trailers(fields: &HeaderMap) -> bool {
    list::elements(fields, TE).any(|coding| coding.eq_ignore_ascii_case(b"trailers"))
}

/// The answer to a question without a server; `length` is the exact length of the body, if it is
/// known.
pub(super) fn plan(
    config: &Config,
    request: &request::Parts,
    response: &response::Parts,
    length: Option<u64>,
) -> Plan {
    if let Some(off) = config.switch.off_for_response(request, response) {
        return Plan::off(off);
    }
    let asked = Asked::read(config, &request.method, &request.headers);
    let slow_after = config.reports.as_ref();
    let slow_after = slow_after.map(|reports| reports.slow_after(request));
    let mut plan = decide(config, asked, slow_after, response, length);
    if let (FieldPlan::Send, Some(name)) = (plan.header, &config.header) {
        if response.headers.contains_key(name) {
            plan.header = FieldPlan::Omit(Reason::AlreadySet);
        }
    }
    plan
}

/// What the layer does with this response. The service still has to see whether the handler has set
/// the field of its own, and whether there is room in the head.
#[inline(always)]
pub(super) fn decide(
    config: &Config,
    asked: Asked,
    slow_after: Option<Duration>,
    response: &response::Parts,
    length: Option<u64>,
) -> Plan {
    let is_tunnel = status::is_interim_or_tunnel(response.status, asked.is_connect);
    let field = |is_configured: bool| {
        FieldPlan::unless(match (is_configured, is_tunnel) {
            (false, _) => Some(Reason::NotConfigured),
            (true, true) => Some(Reason::Tunnel),
            (true, false) => None,
        })
    };
    Plan {
        header: field(config.header.is_some()),
        server_timing: field(config.server_timing),
        trailer: FieldPlan::unless(against_trailer(config, asked, response, length, is_tunnel)),
        slow_after,
        is_live: slow_after.is_some() && live::is_live(response),
    }
}

/// Why the layer sends no trailer.
///
/// RFC 9110 §6.5.1:
///
/// > A sender MUST NOT generate trailer fields unless the sender knows the corresponding header
/// > field name's definition permits sending that field in trailers
///
/// The definition of `Server-Timing` permits it.
fn against_trailer(
    config: &Config,
    asked: Asked,
    response: &response::Parts,
    length: Option<u64>,
    is_tunnel: bool,
) -> Option<Reason> {
    let is_grpc = || MediaType::of(&response.headers).is_some_and(eligible::is_grpc);
    if !config.trailer {
        Some(Reason::NotConfigured)
    } else if !asked.accepts_trailers {
        Some(Reason::NotAccepted)
    } else if is_tunnel {
        Some(Reason::Tunnel)
    } else if asked.is_head || status::never_has_content(response.status) {
        Some(Reason::NoContent)
    } else if length.is_some() || response.headers.contains_key(CONTENT_LENGTH) {
        Some(Reason::KnownLength)
    } else if is_grpc() {
        Some(Reason::Grpc)
    } else {
        None
    }
}
