//! What happens to one response, and why. Pure: it sees heads and sizes, never a body.

use http::{StatusCode, response};
use http_body::SizeHint;

use super::config::Config;
use super::etags::{self, Label, Tag};
use super::facts::{Asked, is_changed};
use super::plan::{NoCompression, Plan, Reason};
use super::variant::Variant;
use crate::fields::media_type::MediaType;
use crate::marks::DroppedContent;
use crate::rules::rewritable::Answered;
use crate::rules::{eligible, status};

/// What the layer does with a response.
#[derive(Debug)]
pub(super) struct Decision<'a> {
    /// How the body is encoded, or why it is not.
    pub(super) encoding: Result<Encoding<'a>, Reason>,
    /// What happens to an entity tag that is not that of the response's own body.
    pub(super) tag: Tag,
}

/// How a body is encoded, and what the decision learned of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoding<'a> {
    pub(super) label: Label,
    /// The larger of the two lengths that the head declared and the body announced.
    pub(super) declared: Option<u64>,
    /// The length that the body announced.
    pub(super) announced: Option<u64>,
    /// How many bytes of the body are looked at before its head is sent; `None` for none.
    pub(super) look: Option<u64>,
    pub(super) media_type: Option<MediaType<'a>>,
    pub(super) is_head: bool,
    /// The client refuses to be sent the representation as it is.
    pub(super) identity_refused: bool,
}

impl Decision<'_> {
    pub(super) const fn plan(&self) -> Plan {
        match &self.encoding {
            Ok(encoding) => encoding.label.plan(),
            Err(reason) => Plan::Pass(*reason),
        }
    }
}

/// Decides about one response. Unless `size` or `Content-Length` tells the length, a body counts
/// as large enough; whoever sees it end sooner asks [`too_short`].
pub(super) fn decide<'a>(
    config: &Config,
    asked: &mut Asked,
    response: &'a response::Parts,
    size: &SizeHint,
) -> Decision<'a> {
    let answered = Answered::read(&response.headers, is_changed);
    let ineligible = ineligible(config, asked, response, &answered);
    let tag = match shows_tag_of_another_body(response.status) {
        true => shown_tag(config, asked, response, &answered, ineligible),
        false => Tag::Kept,
    };
    let encoding = match ineligible {
        Some(reason) => Err(reason),
        None => encoding(config, asked, response.status, &answered, size),
    };
    Decision { encoding, tag }
}

/// Why a body of `length` bytes is sent as it is for being so short.
pub(super) fn too_short(
    config: &Config,
    length: u64,
    identity_refused: impl FnOnce() -> bool,
) -> Option<Reason> {
    if length == 0 {
        return Some(Reason::Empty);
    }
    let is_small = length < config.threshold && !identity_refused();
    is_small.then_some(Reason::TooSmall)
}

/// How an eligible response is encoded, or why it is not.
fn encoding<'a>(
    config: &Config,
    asked: &mut Asked,
    status: StatusCode,
    answered: &Answered<'a>,
    size: &SizeHint,
) -> Result<Encoding<'a>, Reason> {
    if status == StatusCode::NOT_MODIFIED {
        return Err(Reason::NotModified);
    }
    // RFC 9110 §14.1.2: the positions of a byte range count bytes of the encoded representation;
    // encoding the part would make those counts wrong.
    if answered.is_partial(status) {
        return Err(Reason::Partial);
    }
    if answered.is_encoded {
        return Err(Reason::AlreadyEncoded);
    }
    if asked.opted_out {
        return Err(Reason::OptedOutByRequest);
    }
    let (declared, announced) = (answered.content_length, size.exact());
    let known = eligible::known_length(declared, announced, asked.is_head);
    let short = known.and_then(|known| too_short(config, known, || asked.refuses_identity(config)));
    if let Some(reason) = short {
        return Err(reason);
    }
    if asked.no_transform {
        return Err(Reason::NotAccepted);
    }
    let preference = asked.preference(config);
    let coding = preference.coding.ok_or(Reason::NotAccepted)?;
    let form = Variant::new(coding);
    let policy = (!shows_tag_of_another_body(status)).then_some(config.strong_etags);
    Ok(Encoding {
        label: Label { form, policy },
        declared: declared.max(announced),
        announced,
        look: look_ahead(config, asked.is_head, declared, announced),
        media_type: answered.media_type,
        is_head: asked.is_head,
        identity_refused: preference.identity_refused,
    })
}

/// How many bytes of a body that is to be encoded are looked at before its head is sent, without
/// waiting; `None` where its head needs no look.
///
/// A body of unknown length is followed as far as the threshold, and one byte at least, to tell an
/// empty one. One that can be encoded at once is followed to its end, and one byte further in case
/// there is more than it said.
fn look_ahead(
    config: &Config,
    is_head: bool,
    declared: Option<u64>,
    announced: Option<u64>,
) -> Option<u64> {
    match (announced, declared) {
        (Some(length), _) if is_head || length > config.one_shot => None,
        (Some(length), _) => Some(length.saturating_add(1)),
        (None, Some(_)) => None,
        (None, None) => Some(config.threshold.max(1)),
    }
}

/// Why this response is the same whatever `Accept-Encoding` says, if so.
fn ineligible(
    config: &Config,
    asked: &Asked,
    response: &response::Parts,
    answered: &Answered<'_>,
) -> Option<Reason> {
    // A 304 is about the body that the client has.
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
    // This layer is not a proxy, but an origin that asks for this means it.
    if answered.forbids_transforming {
        return Some(Reason::NoTransform);
    }
    if !has_worthy_type(config, asked, response, answered) {
        return Some(Reason::ContentType);
    }
    (answered.is_signed && !config.compress_signed).then_some(Reason::Signed)
}

/// Whether the type and the user's predicate both say that compressing pays.
fn has_worthy_type(
    config: &Config,
    asked: &Asked,
    response: &response::Parts,
    answered: &Answered<'_>,
) -> bool {
    let media_type = match type_of_200(response, answered) {
        None if is_untyped_304(response) => asked.type_of_path(),
        media_type => media_type,
    };
    // Nobody knows the type of such a 304. A `Vary` too many is better than one too few.
    let is_unknown = media_type.is_none() && is_untyped_304(response);
    if !is_unknown && !config.content_types.contain(media_type) {
        return false;
    }
    match (&config.predicate, &asked.head) {
        // It is asked about what could be encoded. The rest has the `Vary` of the response that it
        // stands for, which the predicate might allow.
        (Some(predicate), Some(request)) if !answered.is_partial_or_encoded(response.status) => {
            predicate.holds(request, response)
        }
        _ => true,
    }
}

/// The media type of the representation: its own, or, of a 304, what a layer inside left here.
fn type_of_200<'a>(
    response: &'a response::Parts,
    answered: &Answered<'a>,
) -> Option<MediaType<'a>> {
    let is_304 = response.status == StatusCode::NOT_MODIFIED;
    match (answered.media_type, is_304) {
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

/// Whether an entity tag in such a response is not that of the response's own body: a 304 is about
/// the body that the client has, and the body of a 412 tells why.
const fn shows_tag_of_another_body(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::NOT_MODIFIED | StatusCode::PRECONDITION_FAILED
    )
}

/// How a 304 or 412 shows its entity tag: in the form that the client sent. A 304 to a request that
/// sent none shows the form of the 200.
fn shown_tag(
    config: &Config,
    asked: &mut Asked,
    response: &response::Parts,
    answered: &Answered<'_>,
    ineligible: Option<Reason>,
) -> Tag {
    let is_304 = response.status == StatusCode::NOT_MODIFIED;
    if let Some(sent) = asked.sent_tags.take() {
        let selected = asked.form(config);
        let may_be_sent = |form| !is_304 || asked.may_be_sent(form);
        if let Some(tag) = etags::echo(&response.headers, &sent, selected, may_be_sent) {
            return tag;
        }
    }
    match is_304 && ineligible.is_none() {
        true => confirmed_tag(config, asked, response, answered),
        false => Tag::Kept,
    }
}

/// How the 200 would show its tag that a 304 stands for. A body of unknown length counts as large
/// enough, as it does in [`decide`].
fn confirmed_tag(
    config: &Config,
    asked: &mut Asked,
    response: &response::Parts,
    answered: &Answered<'_>,
) -> Tag {
    let Some(form) = asked.form(config) else {
        return Tag::Kept;
    };
    // Servers write a length of 0 because the 304 has no body.
    let length = answered.content_length.filter(|&length| length > 0);
    let length = length.or_else(|| DroppedContent::of(&response.extensions)?.length);
    let is_short = |length| too_short(config, length, || asked.refuses_identity(config)).is_some();
    let is_identity = answered.is_encoded || length.is_some_and(is_short) || asked.wants_identity();
    if is_identity {
        Tag::Kept
    } else if type_of_200(response, answered).is_none() || config.predicate.is_some() {
        // It would be sent as it is or in a coding: nobody knows its type, or what the predicate
        // says of it.
        Tag::Dropped
    } else {
        Tag::Marked(Label {
            form,
            policy: Some(config.strong_etags),
        })
    }
}

#[cfg(test)]
mod tests;
