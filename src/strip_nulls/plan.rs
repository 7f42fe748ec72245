//! Whether to strip one response, and why not. Pure: it sees heads and sizes, never a body.

use std::fmt;

use http::{Extensions, Method, Request, request, response};
use http_body::SizeHint;

use super::config::Config;
use super::content_types::Form;
use super::keep_nulls::KeepNulls;
use crate::matcher::{KeptRequest, Off};
use crate::rules::rewritable::Answered;
use crate::rules::status;
use crate::rules::transform::{self, Change};

/// What [`StripNullsLayer`](super::StripNullsLayer) does with a response.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Plan {
    /// Removes from the body what the rules say. A response to HEAD gets the head that belongs to
    /// such a body.
    Strip,
    /// Sends the body unchanged.
    Pass(Reason),
}

/// Why a response is sent unchanged.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The layer does not strip its content type, or it has none.
    ContentType,
    /// The layer is [disabled](super::StripNullsLayer::enabled).
    Disabled,
    /// It has no bytes.
    Empty,
    /// It has a `Content-Encoding`.
    Encoded,
    /// It never has a body, or none of its own: 1xx, 204, 205, 304, and the response to CONNECT.
    NoBody,
    /// Its `Cache-Control` says `no-transform`.
    NoTransform,
    /// The handler or the request opted out with [`KeepNulls`].
    OptedOut,
    /// It is a part of a representation, which counts the bytes of what it was cut from.
    Partial,
    /// It carries an HTTP message signature over fields that stripping changes.
    Signed,
    /// A matcher given to [`skip`](super::StripNullsLayer::skip) or
    /// [`skip_responses`](super::StripNullsLayer::skip_responses) matches.
    Skipped,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Strip => f.write_str("strip the body"),
            Self::Pass(reason) => write!(f, "pass: {reason}"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ContentType => "the content type is not stripped",
            Self::Disabled => "the layer is disabled",
            Self::Empty => "the body is empty",
            Self::Encoded => "the body has a content coding",
            Self::NoBody => "the response never has a body",
            Self::NoTransform => "Cache-Control says no-transform",
            Self::OptedOut => "the request or the response has KeepNulls",
            Self::Partial => "the body is a part of a representation",
            Self::Signed => "a signature covers a field that would change",
            Self::Skipped => "the layer skips the request or the response",
        })
    }
}

impl From<Off> for Reason {
    fn from(off: Off) -> Self {
        match off {
            Off::Disabled => Self::Disabled,
            Off::Skipped => Self::Skipped,
        }
    }
}

/// The parts of a request that matter, kept until the response is there.
#[derive(Debug)]
pub(super) struct Asked {
    is_connect: bool,
    pub(super) is_head: bool,
    /// Why the layer does nothing, where that is known before the handler.
    off: Option<Off>,
    opted_out: bool,
    /// There where the layer may skip the response.
    kept: Option<Box<KeptRequest>>,
}

impl Asked {
    pub(super) fn read<B>(config: &Config, request: &mut Request<B>) -> Self {
        let off = config.switch.off(request);
        let kept = config.switch.keep(request);
        Self::of(request.method(), request.extensions(), off, kept)
    }

    /// The same for a question without a server, when the response is there already.
    pub(super) fn without_server(
        config: &Config,
        request: &request::Parts,
        response: &response::Parts,
    ) -> Self {
        let off = config.switch.off_for_response(request, response);
        Self::of(&request.method, &request.extensions, off, None)
    }

    fn of(
        method: &Method,
        extensions: &Extensions,
        off: Option<Off>,
        kept: Option<Box<KeptRequest>>,
    ) -> Self {
        Self {
            is_connect: *method == Method::CONNECT,
            is_head: *method == Method::HEAD,
            off,
            opted_out: extensions.get::<KeepNulls>().is_some(),
            kept,
        }
    }
}

/// What is done with a response, with what is needed to do it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Decision {
    Pass(Reason),
    Strip(Strip),
}

/// What the head and the size of a body that is stripped tell of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Strip {
    /// How many bytes it was declared to have, at least.
    pub(super) declared: u64,
    pub(super) form: Form,
}

impl From<Decision> for Plan {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Pass(reason) => Self::Pass(reason),
            Decision::Strip(_) => Self::Strip,
        }
    }
}

/// Decides about one response.
pub(super) fn decide(
    config: &Config,
    asked: &Asked,
    response: &response::Parts,
    size: &SizeHint,
) -> Decision {
    match find(config, asked, response, size) {
        Ok(strip) => Decision::Strip(strip),
        Err(reason) => Decision::Pass(reason),
    }
}

/// How the response is stripped, or why it is not.
fn find(
    config: &Config,
    asked: &Asked,
    response: &response::Parts,
    size: &SizeHint,
) -> Result<Strip, Reason> {
    if let Some(off) = asked.off {
        return Err(off.into());
    }
    if config.switch.skips(asked.kept.as_deref(), response) {
        return Err(Reason::Skipped);
    }
    if status::never_has_content(response.status) || asked.is_connect {
        return Err(Reason::NoBody);
    }
    let fields = Answered::read(&response.headers, is_changed);
    let form = fields
        .media_type
        .and_then(|media_type| config.content_types.form(media_type))
        .ok_or(Reason::ContentType)?;
    if asked.opted_out || response.extensions.get::<KeepNulls>().is_some() {
        return Err(Reason::OptedOut);
    }
    // RFC 9110 §7.7:
    //
    // > A proxy MUST NOT transform the content (Section 6.4) of a response message that contains
    // > a no-transform cache directive
    //
    // This layer is not a proxy, but an origin that asks for this means it.
    if fields.forbids_transforming {
        return Err(Reason::NoTransform);
    }
    if fields.is_encoded {
        return Err(Reason::Encoded);
    }
    // RFC 9110 §14.1.2: the positions of a byte range count bytes of the representation; removing
    // bytes from the part would make those counts wrong.
    if fields.is_partial(response.status) {
        return Err(Reason::Partial);
    }
    if fields.is_signed {
        return Err(Reason::Signed);
    }
    // A router may have emptied the response to HEAD. Then an empty body tells nothing of GET's.
    let hint = size.exact();
    if hint == Some(0) && (!asked.is_head || fields.content_length == Some(0)) {
        return Err(Reason::Empty);
    }
    Ok(Strip {
        declared: fields.content_length.max(hint).unwrap_or(0),
        form,
    })
}

/// Whether removing nulls changes the field of this name.
fn is_changed(name: &[u8]) -> bool {
    transform::changes_field(name, Change::Content)
}

#[cfg(test)]
mod tests;
