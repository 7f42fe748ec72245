//! Whether to compress one response, and why not. Pure: it sees heads and sizes, never a body.

use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    ETAG, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, Method, StatusCode, request, response};
use http_body::SizeHint;

use super::coding::Coding;
use super::config::Config;
use super::content_types::is_untouchable;
use super::negotiate::{Accepted, Preference};
use crate::fields::cache_directives;
use crate::fields::list;
use crate::fields::media_type::MediaType;
use crate::marks::DroppedContentType;
use crate::transform;

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
    /// The client accepts none of the codings on offer, or prefers `identity`.
    NotAccepted,
    /// It is a 304: it speaks of a body that the client has already.
    NotModified,
    /// Its `Cache-Control` says `no-transform`; or the request's does, where that is honored.
    NoTransform,
    /// The handler or the request opted out.
    OptedOut,
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
    /// Whether the answer to the same request with another `Accept-Encoding` could have had
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

/// The parts of a request that a plan depends on, kept until the response is there.
#[derive(Debug)]
pub(super) struct Asked {
    accepted: Accepted,
    /// The request has conditions, in which there may be tags that a coding marked.
    pub(super) has_conditions: bool,
    is_connect: bool,
    pub(super) is_head: bool,
    opted_out: bool,
    no_transform: bool,
    /// There only where the configuration has a predicate that wants to see it.
    head: Option<Box<request::Parts>>,
}

impl Asked {
    pub(super) fn read(method: &Method, fields: &HeaderMap, config: &Config) -> Self {
        let mut asked = Self {
            accepted: Accepted::default(),
            has_conditions: false,
            is_connect: *method == Method::CONNECT,
            is_head: *method == Method::HEAD,
            opted_out: false,
            no_transform: false,
            head: None,
        };
        // One pass, for the reason that `Answered` gives.
        for (name, line) in fields {
            if *name == ACCEPT_ENCODING {
                asked.accepted.push(line.clone());
            } else if *name == IF_MATCH || *name == IF_NONE_MATCH {
                asked.has_conditions = true;
            } else if config.request_no_transform && *name == CACHE_CONTROL {
                asked.no_transform |= cache_directives::line_has(line, "no-transform");
            } else if config.request_opt_out && *name == X_NO_COMPRESSION {
                asked.opted_out = true;
            }
        }
        asked
    }

    /// Keeps the head for the predicate.
    pub(super) fn keep(mut self, head: request::Parts) -> Self {
        self.head = Some(Box::new(head));
        self
    }

    /// Whether the client refuses to be sent the representation as it is.
    pub(super) fn refuses_identity(&self, config: &Config) -> bool {
        self.accepted.has_weights() && self.preference(config).identity_refused
    }

    /// The coding that the request asks for, whatever becomes of the response.
    pub(super) fn coding(&self, config: &Config) -> Option<Coding> {
        self.preference(config).coding
    }

    fn preference(&self, config: &Config) -> Preference {
        self.accepted.negotiate(&config.codings, config.when_absent)
    }
}

/// Decides about one response. Unless `size` or `Content-Length` tells the length, a body counts
/// as large enough: whoever finds it small asks again with its exact length.
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
    if response.status == StatusCode::PARTIAL_CONTENT || fields.has_content_range {
        return Plan::Pass(Reason::Partial);
    }
    if fields.is_encoded {
        return Plan::Pass(Reason::AlreadyEncoded);
    }
    let length = fields.content_length.or(size.exact());
    if length == Some(0) {
        return Plan::Pass(Reason::Empty);
    }
    let is_small = length.is_some_and(|length| length < config.threshold);
    if is_small && !asked.refuses_identity(config) {
        return Plan::Pass(Reason::TooSmall);
    }
    match asked.coding(config) {
        Some(coding) => Plan::Encode(coding),
        None => Plan::Pass(Reason::NotAccepted),
    }
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
        None if fields
            .get(CONTENT_LENGTH)
            .is_some_and(|line| length(line).is_some()) =>
        {
            None
        }
        None => Some(config.threshold.max(1)),
    }
}

/// Why no client would be sent this response in another coding, if so.
fn ineligible(
    config: &Config,
    asked: &Asked,
    response: &response::Parts,
    fields: &Answered<'_>,
) -> Option<Reason> {
    let has_no_body = response.status.is_informational()
        || matches!(
            response.status,
            StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT
        );
    if has_no_body || asked.is_connect {
        return Some(Reason::NoBody);
    }
    if asked.opted_out || response.extensions.get::<NoCompression>().is_some() {
        return Some(Reason::OptedOut);
    }
    // RFC 9110 §7.7:
    //
    // > A proxy MUST NOT transform the content (Section 6.4) of a response message that contains
    // > a no-transform cache directive
    //
    // This layer is no proxy, but an origin that asks for this means it.
    if fields.forbids_transforming || asked.no_transform {
        return Some(Reason::NoTransform);
    }
    if !has_worthy_type(config, asked, response, fields) {
        return Some(Reason::ContentType);
    }
    (fields.is_signed && !config.compress_signed).then_some(Reason::Signed)
}

/// Whether the type, or the user's predicate, says that compressing pays.
fn has_worthy_type(
    config: &Config,
    asked: &Asked,
    response: &response::Parts,
    fields: &Answered<'_>,
) -> bool {
    let media_type = match fields.media_type {
        Some(media_type) => Some(media_type),
        // A 304 has no type. That of the 200 decides where a layer inside left it here; where none
        // did, a `Vary` too many is better than one too few.
        None if response.status == StatusCode::NOT_MODIFIED => {
            match DroppedContentType::of(&response.extensions) {
                Some(dropped) => MediaType::parse(dropped.as_bytes()),
                None => return true,
            }
        }
        None => None,
    };
    if media_type.is_some_and(is_untouchable) {
        return false;
    }
    match (&config.predicate, &asked.head) {
        (Some(predicate), Some(request)) => predicate.holds(request, response),
        _ => media_type.is_some_and(|media_type| config.content_types.matches(media_type)),
    }
}

/// What a plan depends on of a response's fields.
///
/// Found in one pass over them: to look each up by its name would cost more than all the rest.
#[derive(Default)]
struct Answered<'a> {
    content_length: Option<u64>,
    forbids_transforming: bool,
    has_content_range: bool,
    is_encoded: bool,
    is_signed: bool,
    media_type: Option<MediaType<'a>>,
}

impl<'a> Answered<'a> {
    fn read(fields: &'a HeaderMap) -> Self {
        let mut found = Self::default();
        for (name, line) in fields {
            if *name == CONTENT_TYPE {
                found.media_type = found.media_type.or(MediaType::parse(line.as_bytes()));
            } else if *name == CONTENT_LENGTH {
                found.content_length = found.content_length.or(length(line));
            } else if *name == CACHE_CONTROL {
                found.forbids_transforming |= cache_directives::line_has(line, "no-transform");
            } else if *name == CONTENT_ENCODING {
                found.is_encoded |= names_coding(line);
            } else if *name == CONTENT_RANGE {
                found.has_content_range = true;
            } else if *name == SIGNATURE_INPUT {
                found.is_signed |= signs_what_changes(line);
            }
        }
        found
    }
}

/// Whether a `Content-Encoding` line names any coding but `identity`.
///
/// RFC 9110 §8.4:
///
/// > the coding named "identity" is reserved for its special role in Accept-Encoding and thus
/// > SHOULD NOT be included.
///
/// so where it is included, it says nothing.
fn names_coding(line: &HeaderValue) -> bool {
    list::elements_of_line(line).any(|coding| !coding.eq_ignore_ascii_case(b"identity"))
}

/// The length that a `Content-Length` line declares; what is no single number declares none.
fn length(line: &HeaderValue) -> Option<u64> {
    let digits = line.as_bytes();
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| {
        digits.iter().fold(0_u64, |number, digit| {
            number
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'))
        })
    })
}

/// Whether a `Signature-Input` line (RFC 9421 §2) covers a field that compressing changes.
///
/// ```text
/// Signature-Input: sig1=("@status" "content-length");created=1618884475
/// ```
///
/// Component names are lower-case strings, so they are what stands between quotes.
fn signs_what_changes(line: &HeaderValue) -> bool {
    line.as_bytes().split(|&byte| byte == b'"').any(|name| {
        let is = |field: &HeaderName| name.eq_ignore_ascii_case(field.as_str().as_bytes());
        is(&CONTENT_ENCODING) || is(&ETAG) || is(&VARY) || transform::changes_field(name)
    })
}

const SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");
const X_NO_COMPRESSION: HeaderName = HeaderName::from_static("x-no-compression");

#[cfg(test)]
mod tests;
