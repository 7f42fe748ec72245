//! Heads that follow from validators which are known before the handler.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, LAST_MODIFIED};
use http::{HeaderMap, Response, StatusCode, response};

use super::no_etag::NoEtag;
use super::refusal;
use crate::fields::content_encoding;
use crate::marks::nonce::NonceUsed;
use crate::rules::entity_tag::EntityTag;
use crate::rules::not_modified;
use crate::rules::preconditions::Preconditions;
use crate::rules::validators::{Validators, fix_last_modified};

/// A 304 to a client that has the representation of these validators.
///
/// A cache uses a 304 only if it stored the tag that the 304 has (RFC 9111 §4.3.4). The 200 to a
/// request that accepts codings may be coded, and then [its tag is weak](add_validators). If such a
/// request names the weak form of the tag and not the tag itself, the client has a coded response.
/// So the 304 has the weak form too.
pub(super) fn not_modified(
    mut validators: Validators,
    conditions: Option<&Preconditions>,
    request: &HeaderMap,
    now: impl FnOnce() -> SystemTime,
) -> response::Parts {
    if request.contains_key(ACCEPT_ENCODING)
        && conditions.is_some_and(|conditions| conditions.names_weak_form(validators.borrowed()))
    {
        validators.etag = validators.etag.as_ref().map(EntityTag::weakened);
    }
    let mut head = take_fields(&mut validators);
    not_modified::of_fields(&mut head);
    if validators.etag.is_some() {
        validators.last_modified = None;
    }
    add_missing(&mut head.headers, &validators);
    if validators.last_modified.is_some() {
        fix_last_modified(&mut head.headers, now);
    }
    head
}

/// A 412 and its text. It has the validators that the condition was compared with, if the client
/// may know them.
pub(super) fn failed(
    validators: Option<Validators>,
    is_head: bool,
    now: impl FnOnce() -> SystemTime,
) -> (response::Parts, Option<Bytes>) {
    let mut validators = validators.unwrap_or_default();
    let mut head = take_fields(&mut validators);
    let text = refusal::to_failed(&mut head, is_head);
    add_missing(&mut head.headers, &validators);
    fix_last_modified(&mut head.headers, now);
    (head, text)
}

/// Gives the response to a GET or HEAD the validators that were known before. Those of the handler
/// are kept. A head with no room left stays as it is, and so does one with a nonce, or one whose
/// handler opts out.
///
/// A strong tag is weakened if the response is coded already. RFC 9110 §8.8.3.3 wants a strong tag
/// for each coding of a representation, and the state has one for all of them.
///
/// The state may have changed since. A whole response with the tag of an older state costs one more
/// request. A part would be joined to parts of the older state, and a 304 would give the older tag
/// to what the client has. So those two keep only what the handler gave them.
pub(super) fn add_validators(head: &mut response::Parts, validators: &Validators) {
    let is_whole = head.status.is_success() && head.status != StatusCode::PARTIAL_CONTENT;
    let is_exempt = || NonceUsed::is_in(&head.extensions) || NoEtag::is_in(&head.extensions);
    if is_whole && !is_exempt() {
        match validators.etag.as_ref().filter(|tag| !tag.is_weak()) {
            Some(tag) if is_coded(&head.headers) => {
                let weakened = Validators {
                    etag: Some(tag.weakened()),
                    last_modified: validators.last_modified,
                    ..Validators::default()
                };
                add_missing(&mut head.headers, &weakened);
            }
            _ => add_missing(&mut head.headers, validators),
        }
    }
}

fn is_coded(fields: &HeaderMap) -> bool {
    let mut lines = fields.get_all(CONTENT_ENCODING).iter();
    lines.any(content_encoding::line_names_coding)
}

fn add_missing(fields: &mut HeaderMap, validators: &Validators) {
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

/// The head of the response that these validators are about, without the validators.
fn take_fields(validators: &mut Validators) -> response::Parts {
    let (mut head, ()) = Response::new(()).into_parts();
    if let Some(fields) = validators.fields.take() {
        head.headers = Arc::unwrap_or_clone(fields);
    }
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::nonce::NonceRead;
    use http::HeaderValue;
    use std::time::UNIX_EPOCH;

    #[test]
    fn x_28_a_response_with_a_nonce_gets_no_validators() {
        let validators = Validators::from("\"v1\"".parse::<EntityTag>().unwrap());
        let (mut head, ()) = Response::new(()).into_parts();
        let read = NonceRead::default();
        read.note();
        NonceUsed::leave_if(Some(&read), &mut head.extensions);
        add_validators(&mut head, &validators);
        assert_eq!(head.headers, HeaderMap::new());
    }

    #[test]
    fn validators_count_and_not_what_the_fields_say_of_them() {
        let mut fields = HeaderMap::new();
        fields.insert(ETAG, HeaderValue::from_static("\"v0\""));
        fields.insert(LAST_MODIFIED, HeaderValue::from_static("yesterday"));
        let validators = Validators::builder()
            .etag("\"v1\"".parse().unwrap())
            .last_modified(UNIX_EPOCH)
            .fields(fields)
            .build();
        let mut expected = HeaderMap::new();
        expected.insert(ETAG, HeaderValue::from_static("\"v1\""));
        let not_modified = not_modified(validators.clone(), None, &HeaderMap::new(), || UNIX_EPOCH);
        assert_eq!(not_modified.headers, expected);
        let epoch = HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT");
        expected.insert(LAST_MODIFIED, epoch);
        refusal::add_fields(&mut expected);
        let (failed, _) = failed(Some(validators), false, || UNIX_EPOCH);
        assert_eq!(failed.headers, expected);
    }
}
