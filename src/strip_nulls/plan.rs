//! Whether to strip one response, and why not. Pure: it sees heads and sizes, never a body.

use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderMap,
};
use http::{Extensions, Method, StatusCode, response};
use http_body::SizeHint;

use super::config::Config;
use super::content_types::Form;
use crate::fields::media_type::MediaType;
use crate::fields::{cache_directives, content_encoding, content_length, signature_input};
use crate::rules::status;
use crate::rules::transform::{self, Change};

/// What [`StripNullsLayer`](super::StripNullsLayer) does with a response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Plan {
    /// What the rules say is removed from the body, if there is any of it. (A HEAD request is answered with
    /// the head that goes with it.)
    Strip,
    /// The body is sent as it is.
    Pass(Reason),
}

/// Why a response is sent as it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// Its content type is not to be stripped, or it has none.
    ContentType,
    /// It has no bytes.
    Empty,
    /// It has a `Content-Encoding`.
    Encoded,
    /// It is of a kind that never has a body, or none of its own: 1xx, 204, 205, 304, and the answer to a
    /// CONNECT.
    NoBody,
    /// Its `Cache-Control` says `no-transform`.
    NoTransform,
    /// The handler or the request opted out with [`KeepNulls`].
    OptedOut,
    /// It is a part of a representation, which counts the bytes of what it was cut from.
    Partial,
    /// It carries an HTTP message signature over fields that stripping changes.
    Signed,
}

/// An extension that keeps [`StripNullsLayer`](super::StripNullsLayer) from touching a response: on the
/// response itself, or on its request.
///
/// For answers whose nulls mean something: that a field was cleared, that a JSON-RPC call returned
/// nothing, that a GraphQL field could not be resolved.
///
/// # Example
///
/// ```
/// use http::Response;
/// use tower_egress::strip_nulls::KeepNulls;
///
/// let mut response = Response::new(r#"{"jsonrpc":"2.0","result":null,"id":1}"#);
/// response.extensions_mut().insert(KeepNulls);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct KeepNulls;

/// The parts of a request that matter, kept until the response is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    is_connect: bool,
    pub(super) is_head: bool,
    opted_out: bool,
}

impl Asked {
    pub(super) fn read(method: &Method, extensions: &Extensions) -> Self {
        Self {
            is_connect: *method == Method::CONNECT,
            is_head: *method == Method::HEAD,
            opted_out: extensions.get::<KeepNulls>().is_some(),
        }
    }
}

/// What is done with a response, and what its body is made of if that is to strip it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Decision {
    Pass(Reason),
    Strip(Form),
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
    asked: Asked,
    response: &response::Parts,
    size: &SizeHint,
) -> Decision {
    if status::never_has_content(response.status) || asked.is_connect {
        return Decision::Pass(Reason::NoBody);
    }
    let fields = Answered::read(&response.headers);
    let Some(form) = fields
        .media_type
        .and_then(|media_type| config.content_types.form(media_type))
    else {
        return Decision::Pass(Reason::ContentType);
    };
    if asked.opted_out || response.extensions.get::<KeepNulls>().is_some() {
        return Decision::Pass(Reason::OptedOut);
    }
    // RFC 9110 §7.7:
    //
    // > A proxy MUST NOT transform the content (Section 6.4) of a response message that contains
    // > a no-transform cache directive
    //
    // This layer is no proxy, but an origin that asks for this means it.
    if fields.forbids_transforming {
        return Decision::Pass(Reason::NoTransform);
    }
    if fields.is_encoded {
        return Decision::Pass(Reason::Encoded);
    }
    // RFC 9110 §14.1.2: the positions of a byte range count bytes of the representation; what is cut out
    // of the part would make those counts wrong.
    if fields.has_content_range || response.status == StatusCode::PARTIAL_CONTENT {
        return Decision::Pass(Reason::Partial);
    }
    if fields.is_signed {
        return Decision::Pass(Reason::Signed);
    }
    // Behind a router that empties the answers to HEAD, an empty body tells nothing of GET's.
    let is_empty = size.exact() == Some(0) && (!asked.is_head || fields.declares_nothing);
    if is_empty {
        return Decision::Pass(Reason::Empty);
    }
    Decision::Strip(form)
}

/// What a decision depends on of a response's fields, found in one pass over them.
#[derive(Default)]
struct Answered<'a> {
    declares_nothing: bool,
    forbids_transforming: bool,
    has_content_range: bool,
    is_encoded: bool,
    is_signed: bool,
    media_type: Option<MediaType<'a>>,
}

impl<'a> Answered<'a> {
    fn read(fields: &'a HeaderMap) -> Self {
        let mut found = Self::default();
        let mut has_signature = false;
        for (name, line) in fields {
            if *name == CONTENT_TYPE {
                found.media_type = found.media_type.or(MediaType::parse(line.as_bytes()));
            } else if *name == CONTENT_LENGTH {
                found.declares_nothing = content_length::parse(line) == Some(0);
            } else if *name == CACHE_CONTROL {
                found.forbids_transforming |= cache_directives::line_has(line, "no-transform");
            } else if *name == CONTENT_ENCODING {
                found.is_encoded |= content_encoding::line_names_coding(line);
            } else if *name == CONTENT_RANGE {
                found.has_content_range = true;
            } else if *name == signature_input::NAME {
                has_signature = true;
            }
        }
        found.is_signed = has_signature
            && signature_input::covers(fields, |name| {
                transform::changes_field(name, Change::Content)
            });
        found
    }
}

#[cfg(test)]
mod tests;
