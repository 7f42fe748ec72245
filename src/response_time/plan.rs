//! Which timing a response gets, and why no trailer. Pure.

use std::time::Duration;

use http::header::{CONTENT_LENGTH, TE};
use http::{HeaderMap, Method, request, response};

use super::config::Config;
use crate::fields::list;
use crate::fields::media_type::MediaType;
use crate::rules::{eligible, live, status};

/// What the layer does with a response; made by
/// [`ResponseTimeLayer::plan`](super::ResponseTimeLayer::plan).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct TimingPlan {
    /// Whether the layer sends the field of its own, such as `x-response-time`.
    pub header: bool,
    /// Whether the layer sends a `Server-Timing` line in the head.
    pub server_timing: bool,
    /// Whether the layer sends a trailer, and why not.
    pub trailer: TrailerPlan,
    /// The response is slow when it takes longer than this. `None`: slow responses are not logged.
    pub slow_after: Option<Duration>,
    /// Whether the response is live. The time to its head decides then whether it is slow, and not the
    /// time to its last byte.
    pub is_live: bool,
}

/// Whether the layer sends a `Server-Timing` trailer, and why not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TrailerPlan {
    /// The layer sends it.
    Send,
    /// The layer sends no trailers: [`trailer`](super::ResponseTimeLayer::trailer) was not called.
    Off,
    /// The client did not send `TE: trailers`.
    NotAccepted,
    /// The response has no content: its status forbids it, or the request method is `HEAD`.
    NoContent,
    /// The response starts a tunnel, or it is an interim response.
    Tunnel,
    /// The length of the body is known. HTTP/1.1 has no place for trailers then.
    KnownLength,
    /// The body is gRPC, which reads trailers of its own.
    Grpc,
}

/// What the decisions need to know of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    is_head: bool,
    pub(super) is_connect: bool,
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

/// What the layer does with this response; `length` is the exact length of the body, if it is known.
pub(super) fn plan(
    config: &Config,
    request: &request::Parts,
    response: &response::Parts,
    length: Option<u64>,
) -> TimingPlan {
    let asked = Asked::read(config, &request.method, &request.headers);
    let says = !status::is_interim_or_tunnel(response.status, asked.is_connect);
    let is_free = |name| !response.headers.contains_key(name);
    TimingPlan {
        header: says && config.header.as_ref().is_some_and(is_free),
        server_timing: says && config.server_timing,
        trailer: trailer(config, asked, response, length),
        slow_after: config.slow.as_ref().map(|threshold| threshold(request)),
        is_live: live::is_live(response),
    }
}

/// Whether the layer sends a trailer.
///
/// RFC 9110 §6.5.1:
///
/// > A sender MUST NOT generate trailer fields unless the sender knows the corresponding header field
/// > name's definition permits sending that field in trailers
///
/// The definition of `Server-Timing` permits it.
pub(super) fn trailer(
    config: &Config,
    asked: Asked,
    response: &response::Parts,
    length: Option<u64>,
) -> TrailerPlan {
    let is_grpc = || MediaType::of(&response.headers).is_some_and(eligible::is_grpc);
    if !config.trailer {
        TrailerPlan::Off
    } else if !asked.accepts_trailers {
        TrailerPlan::NotAccepted
    } else if status::is_interim_or_tunnel(response.status, asked.is_connect) {
        TrailerPlan::Tunnel
    } else if asked.is_head || status::never_has_content(response.status) {
        TrailerPlan::NoContent
    } else if length.is_some() || response.headers.contains_key(CONTENT_LENGTH) {
        TrailerPlan::KnownLength
    } else if is_grpc() {
        TrailerPlan::Grpc
    } else {
        TrailerPlan::Send
    }
}
