//! The heads of answers that the layer gives without the handler. Pure, but for the clock that it is
//! given.

use std::time::SystemTime;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, LAST_MODIFIED,
};
use http::{HeaderMap, Response, StatusCode, response};

use super::conditional;
use super::entity_tag::EntityTag;
use super::preconditions::Preconditions;
use super::validators::Validators;
use crate::fields::content_encoding;
use crate::marks::nonce::NonceUsed;

/// A 304 to a client that has the representation of these validators.
///
/// RFC 9111 §4.3.4 has a cache use a 304 only where it stored the tag that the 304 has. The 200 to a
/// request that accepts codings may be coded, and then [its tag is weak](validate). Where such a
/// request names the weak form of the tag and not the tag itself, the client has a coded response, and
/// the 304 has that form too.
pub(super) fn not_modified(
    mut validators: Validators,
    conditions: Option<&Preconditions>,
    request: &HeaderMap,
    now: impl FnOnce() -> SystemTime,
) -> response::Parts {
    if request.contains_key(ACCEPT_ENCODING)
        && conditions.is_some_and(|conditions| conditions.names_weak_form(&validators))
    {
        validators.etag = validators.etag.as_ref().map(EntityTag::weakened);
    }
    let mut head = take_fields(&mut validators);
    conditional::to_not_modified(&mut head);
    if validators.etag.is_some() {
        validators.last_modified = None;
    }
    lay(&mut head.headers, &validators);
    if validators.last_modified.is_some() {
        conditional::fix_last_modified(&mut head.headers, now);
    }
    head
}

/// A 412 and its text, with the validators that the condition was compared with where the client may
/// know them.
pub(super) fn failed(
    validators: Option<Validators>,
    is_head: bool,
    now: impl FnOnce() -> SystemTime,
) -> (response::Parts, Option<Bytes>) {
    let mut validators = validators.unwrap_or_default();
    let mut head = take_fields(&mut validators);
    let text = conditional::to_failed(&mut head, is_head);
    lay(&mut head.headers, &validators);
    conditional::fix_last_modified(&mut head.headers, now);
    (head, text)
}

/// A 428, and what its body says. RFC 6585 §3:
///
/// > Responses using this status code SHOULD explain how to resubmit the request successfully.
///
/// > Responses with the 428 status code MUST NOT be stored by a cache.
pub(super) fn required() -> (response::Parts, Bytes) {
    let mut head = take_fields(&mut Validators::new());
    head.status = StatusCode::PRECONDITION_REQUIRED;
    conditional::add_refusal(&mut head.headers);
    (head, Bytes::from_static(HOW_TO_RESUBMIT))
}

/// Gives the answer to a GET or HEAD the validators that were known before; what the handler said of
/// them stays. A head with no room left stays as it is, and so does one that no other will be like.
///
/// A strong tag is weakened where the response is coded already: RFC 9110 §8.8.3.3 has each coding of
/// a representation named by a strong tag of its own, and the state has one for all of them.
///
/// The state may be another by now. A whole answer with the tag of an older state is asked about once more
/// and that is all; a part would be joined to parts of the older state, and a 304 would give its tag to
/// what the client has. Those two are the handler's own.
pub(super) fn validate(head: &mut response::Parts, validators: &Validators) {
    let is_whole = head.status.is_success() && head.status != StatusCode::PARTIAL_CONTENT;
    if is_whole && !NonceUsed::is_in(&head.extensions) {
        match validators.etag.as_ref().filter(|tag| !tag.is_weak()) {
            Some(tag) if is_coded(&head.headers) => {
                let weakened = Validators {
                    etag: Some(tag.weakened()),
                    last_modified: validators.last_modified,
                    ..Validators::new()
                };
                lay(&mut head.headers, &weakened);
            }
            _ => lay(&mut head.headers, validators),
        }
    }
}

fn is_coded(fields: &HeaderMap) -> bool {
    let mut lines = fields.get_all(CONTENT_ENCODING).iter();
    lines.any(content_encoding::line_names_coding)
}

fn lay(fields: &mut HeaderMap, validators: &Validators) {
    let lines = [
        (ETAG, validators.etag.as_ref().map(|tag| tag.to_value())),
        (
            LAST_MODIFIED,
            validators.last_modified.map(|date| date.to_value()),
        ),
    ];
    for (name, value) in lines {
        if let Some(value) = value.filter(|_| !fields.contains_key(&name)) {
            let _ = fields.try_insert(name, value);
        }
    }
}

/// The head of the answer that these validators are of, but for themselves.
fn take_fields(validators: &mut Validators) -> response::Parts {
    let (mut head, ()) = Response::new(()).into_parts();
    let Some(rest) = validators.rest.take() else {
        return head;
    };
    head.headers = rest.fields;
    head.headers.remove(ETAG);
    head.headers.remove(LAST_MODIFIED);
    let named = [
        (CONTENT_TYPE, rest.content_type),
        (CACHE_CONTROL, rest.cache_control),
    ];
    for (name, value) in named {
        if let Some(value) = value {
            let _ = head.headers.try_insert(name, value);
        }
    }
    head
}

const HOW_TO_RESUBMIT: &[u8] = b"This request has to be conditional. Send it again with If-Match and \
the entity tag of the state that it is to change, or with If-None-Match: * to create what is not there.\n";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::nonce::NonceRead;
    use http::HeaderValue;
    use std::time::UNIX_EPOCH;

    #[test]
    fn x_28_an_answer_with_a_nonce_gets_no_validators() {
        let validators = Validators::new().etag("\"v1\"".parse().unwrap());
        let (mut head, ()) = Response::new(()).into_parts();
        let read = NonceRead::default();
        read.note();
        NonceUsed::leave_if(Some(&read), &mut head.extensions);
        validate(&mut head, &validators);
        assert_eq!(head.headers, HeaderMap::new());
    }

    #[test]
    fn validators_count_and_not_what_the_fields_say_of_them() {
        let mut fields = HeaderMap::new();
        fields.insert(ETAG, HeaderValue::from_static("\"v0\""));
        fields.insert(LAST_MODIFIED, HeaderValue::from_static("yesterday"));
        let validators = Validators::new()
            .etag("\"v1\"".parse().unwrap())
            .last_modified(UNIX_EPOCH)
            .fields(fields);
        let mut expected = HeaderMap::new();
        expected.insert(ETAG, HeaderValue::from_static("\"v1\""));
        let not_modified = not_modified(validators.clone(), None, &HeaderMap::new(), || UNIX_EPOCH);
        assert_eq!(not_modified.headers, expected);
        let epoch = HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT");
        expected.insert(LAST_MODIFIED, epoch);
        conditional::add_refusal(&mut expected);
        let (failed, _) = failed(Some(validators), false, || UNIX_EPOCH);
        assert_eq!(failed.headers, expected);
    }
}
