//! Whether to compress one response, and why not. Pure: it sees heads and sizes, never a body.

use http::{HeaderMap, StatusCode, response};
use http_body::SizeHint;

use super::coding::Coding;
use super::config::Config;
use super::heads::{Answered, Asked};
use crate::fields::content_length;
use crate::fields::media_type::MediaType;
use crate::marks::DroppedContent;
use crate::rules::{eligible, status};

/// What [`CompressionLayer`](super::CompressionLayer) does with a response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Plan {
    /// The body is sent in this coding. (A HEAD request is answered with the head that goes with
    /// it.)
    Encode(Coding),
    /// The body is sent as it is.
    Pass(Reason),
}

/// Why a response is sent as it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// It has a `Content-Encoding` already.
    AlreadyEncoded,
    /// Its content type is not worth compressing, or it has none.
    ContentType,
    /// It has no bytes.
    Empty,
    /// No encoder could be made, for want of memory.
    NoEncoder,
    /// It is of a kind that never has a body, or none of its own: 1xx, 204, 205, and the answer to
    /// a CONNECT.
    NoBody,
    /// In the coding it would not be smaller.
    ///
    /// Found only by encoding it, so [`CompressionLayer::plan`](super::CompressionLayer::plan) never
    /// says so.
    NotSmaller,
    /// The client accepts none of the codings on offer, or prefers `identity`, or said `no-transform`
    /// where that is honored.
    NotAccepted,
    /// It is a 304: it speaks of a body that the client has already.
    NotModified,
    /// Its `Cache-Control` says `no-transform`.
    NoTransform,
    /// The handler opted out, with [`NoCompression`].
    OptedOut,
    /// The request opted out, with the field `x-no-compression`, and the layer
    /// [honors](super::CompressionLayer::honor_no_compression) it.
    OptedOutByRequest,
    /// It is a part of a representation, which counts the bytes of what it was cut from.
    Partial,
    /// It carries an HTTP message signature over fields that compressing changes.
    Signed,
    /// It is smaller than the threshold.
    TooSmall,
    /// The head holds as many fields as it can, so that `Content-Encoding` or `Vary` cannot be
    /// added.
    TooManyFields,
}

impl Plan {
    /// Whether the response to the same request with another `Accept-Encoding` could have had
    /// another coding, so that `Vary` must say so.
    ///
    /// RFC 9110 §12.5.5:
    ///
    /// > An origin server SHOULD generate a Vary header field on a cacheable response when it
    /// > wishes that response to be selectively reused for subsequent requests
    pub(super) const fn varies(self) -> bool {
        match self {
            Self::Encode(_) => true,
            Self::Pass(reason) => match reason {
                Reason::AlreadyEncoded
                | Reason::Empty
                | Reason::NoEncoder
                | Reason::NotAccepted
                | Reason::NotModified
                | Reason::NotSmaller
                | Reason::OptedOutByRequest
                | Reason::Partial
                | Reason::TooManyFields
                | Reason::TooSmall => true,
                Reason::ContentType
                | Reason::NoBody
                | Reason::NoTransform
                | Reason::OptedOut
                | Reason::Signed => false,
            },
        }
    }
}

/// A response extension that keeps [`CompressionLayer`](super::CompressionLayer) from compressing
/// the response.
///
/// For what must not be compressed though its type says it may: a secret beside text that the
/// client chose (the BREACH attack reads the one from the length of the other), or bytes that are
/// random under a name that says text.
///
/// # Example
///
/// ```
/// use http::Response;
/// use tower_egress::compression::NoCompression;
///
/// let mut response = Response::new("a secret, and what you searched for");
/// response.extensions_mut().insert(NoCompression);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCompression;

/// Decides about one response. Unless `size` or `Content-Length` tells the length, a body counts
/// as large enough; whoever sees it end sooner asks [`too_short`].
pub(super) fn plan(
    config: &Config,
    asked: &Asked,
    response: &response::Parts,
    size: &SizeHint,
) -> Plan {
    let fields = Answered::read(&response.headers);
    if let Some(reason) = ineligible(config, asked, response, &fields) {
        return Plan::Pass(reason);
    }
    if response.status == StatusCode::NOT_MODIFIED {
        return Plan::Pass(Reason::NotModified);
    }
    // RFC 9110 §14.1.2: the positions of a byte range count bytes of the encoded representation;
    // encoding the part would make those counts wrong.
    if fields.is_part(response.status) {
        return Plan::Pass(Reason::Partial);
    }
    if fields.is_encoded {
        return Plan::Pass(Reason::AlreadyEncoded);
    }
    if asked.opted_out {
        return Plan::Pass(Reason::OptedOutByRequest);
    }
    let length = eligible::known_length(fields.content_length, size.exact(), asked.is_head);
    if let Some(length) = length {
        if let Some(reason) = too_short(config, asked, length) {
            return Plan::Pass(reason);
        }
    }
    match asked.coding(config) {
        Some(coding) if !asked.no_transform => Plan::Encode(coding),
        _ => Plan::Pass(Reason::NotAccepted),
    }
}

/// Why a body of `length` bytes is sent as it is for being so short.
pub(super) fn too_short(config: &Config, asked: &Asked, length: u64) -> Option<Reason> {
    if length == 0 {
        return Some(Reason::Empty);
    }
    let is_small = length < config.threshold && !asked.refuses_identity(config);
    is_small.then_some(Reason::TooSmall)
}

/// How many bytes of a body that is to be encoded are looked at before its head goes, without
/// waiting; `None` where its head needs no look.
///
/// A body of unknown length is followed as far as the threshold, and one byte at least, to tell an
/// empty one. One that can be encoded at once is followed to its end, and one byte further in case
/// there is more than it said.
pub(super) fn look_ahead(
    config: &Config,
    asked: &Asked,
    fields: &HeaderMap,
    size: &SizeHint,
) -> Option<u64> {
    match size.exact() {
        Some(length) if asked.is_head || length > config.one_shot => None,
        Some(length) => Some(length.saturating_add(1)),
        None if content_length::declared(fields).is_some() => None,
        None => Some(config.threshold.max(1)),
    }
}

/// Why this response is the same whatever `Accept-Encoding` says, if so.
fn ineligible(
    config: &Config,
    asked: &Asked,
    response: &response::Parts,
    fields: &Answered<'_>,
) -> Option<Reason> {
    // A 304 speaks of the body that the client has.
    let is_304 = response.status == StatusCode::NOT_MODIFIED;
    if asked.is_connect || (!is_304 && status::never_has_content(response.status)) {
        return Some(Reason::NoBody);
    }
    if response.extensions.get::<NoCompression>().is_some() {
        return Some(Reason::OptedOut);
    }
    // RFC 9110 §7.7:
    //
    // > A proxy MUST NOT transform the content (Section 6.4) of a response message that contains
    // > a no-transform cache directive
    //
    // This layer is no proxy, but an origin that asks for this means it.
    if fields.forbids_transforming {
        return Some(Reason::NoTransform);
    }
    if !has_worthy_type(config, asked, response, fields) {
        return Some(Reason::ContentType);
    }
    (fields.is_signed && !config.compress_signed).then_some(Reason::Signed)
}

/// Whether the type and the user's predicate both say that compressing pays.
fn has_worthy_type(
    config: &Config,
    asked: &Asked,
    response: &response::Parts,
    fields: &Answered<'_>,
) -> bool {
    let media_type = match type_of_200(response, fields) {
        None if is_untyped_304(response) => asked.type_of_path(),
        media_type => media_type,
    };
    // Nobody knows the type of such a 304. A `Vary` too many is better than one too few.
    let is_unknown = media_type.is_none() && is_untyped_304(response);
    if !is_unknown && !config.content_types.contain(media_type) {
        return false;
    }
    match (&config.predicate, &asked.head) {
        // It is asked of what could be encoded. The rest has the `Vary` of what it stands for, which
        // the predicate might allow.
        (Some(predicate), Some(request)) if !fields.is_no_whole(response.status) => {
            predicate.holds(request, response)
        }
        _ => true,
    }
}

/// The media type of the representation: its own, or, of a 304, what a layer inside left here.
fn type_of_200<'a>(response: &'a response::Parts, fields: &Answered<'a>) -> Option<MediaType<'a>> {
    let is_304 = response.status == StatusCode::NOT_MODIFIED;
    match (fields.media_type, is_304) {
        (None, true) => DroppedContent::of(&response.extensions)
            .and_then(|dropped| MediaType::parse(dropped.content_type.as_bytes())),
        (media_type, _) => media_type,
    }
}

/// Whether this is a 304 whose type no layer inside knew either.
fn is_untyped_304(response: &response::Parts) -> bool {
    response.status == StatusCode::NOT_MODIFIED
        && DroppedContent::of(&response.extensions).is_none()
}

/// In which coding the 200 would be sent that a 304 stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Confirmed {
    /// As it is.
    Identity,
    In(Coding),
    /// As it is or in a coding: nobody knows its type, or what the user's predicate says of it.
    Unknown,
}

/// Decides which 200 a 304 stands for. A body of unknown length counts as large enough, as it does in
/// [`plan`].
pub(super) fn confirmed(config: &Config, asked: &Asked, response: &response::Parts) -> Confirmed {
    let Some(coding) = asked.coding(config) else {
        return Confirmed::Identity;
    };
    let fields = Answered::read(&response.headers);
    // Servers write a length of 0 because the 304 has no body.
    let length = fields.content_length.filter(|&length| length > 0);
    let length = length.or_else(|| DroppedContent::of(&response.extensions)?.length);
    let is_identity = asked.wants_identity()
        || fields.is_encoded
        || length.is_some_and(|length| too_short(config, asked, length).is_some())
        || ineligible(config, asked, response, &fields).is_some();
    if is_identity {
        Confirmed::Identity
    } else if type_of_200(response, &fields).is_none() || config.predicate.is_some() {
        Confirmed::Unknown
    } else {
        Confirmed::In(coding)
    }
}

#[cfg(test)]
mod tests;
