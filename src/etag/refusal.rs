//! The heads and the texts of a 412 and of a 428.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response, StatusCode, response};

use crate::rules::{cache_policy, not_modified, transform};

/// Turns a head into that of a 412, and gives the text. A response to HEAD has no text, and says
/// its length instead (RFC 9110 §9.3.2).
///
/// Fields that describe the content are removed, and so is each field that some cache obeys:
/// anybody can provoke a 412, and a cache that kept it would serve it to everybody. The validators
/// are kept: they tell the client the current state.
pub(super) fn to_failed(head: &mut response::Parts, is_head: bool) -> Option<Bytes> {
    head.status = StatusCode::PRECONDITION_FAILED;
    not_modified::drop_content(&mut head.headers);
    cache_policy::remove(&mut head.headers);
    add_fields(&mut head.headers);
    if is_head {
        transform::set_length(&mut head.headers, HOW_TO_GO_ON.len());
        return None;
    }
    Some(Bytes::from_static(HOW_TO_GO_ON))
}

/// A 428 and its text. RFC 6585 §3:
///
/// > Responses using this status code SHOULD explain how to resubmit the request successfully.
///
/// > Responses with the 428 status code MUST NOT be stored by a cache.
pub(super) fn required() -> (response::Parts, Bytes) {
    let (mut head, ()) = Response::new(()).into_parts();
    head.status = StatusCode::PRECONDITION_REQUIRED;
    add_fields(&mut head.headers);
    (head, Bytes::from_static(HOW_TO_RESUBMIT))
}

/// Adds the fields of a text that no cache stores. A head with no room left gets none of them.
pub(super) fn add_fields(fields: &mut HeaderMap) {
    let lines = [
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        ),
    ];
    for (name, value) in lines {
        let _ = fields.try_insert(name, value);
    }
}

const HOW_TO_GO_ON: &[u8] = b"A precondition of this request does not hold. Request the current \
state, and send the request again with the entity tag of that state.\n";

const HOW_TO_RESUBMIT: &[u8] = b"This request has to be conditional. Send it again with If-Match \
and the entity tag of the state that it is to change, or with If-None-Match: * to create what is \
not there.\n";

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::CONTENT_LENGTH;

    fn head(lines: &[(&'static str, &'static str)]) -> response::Parts {
        let mut response = Response::builder();
        for &(name, value) in lines {
            response = response.header(name, value);
        }
        response.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_412_keeps_the_validators_and_is_not_for_caches() {
        const KEPT: [(&str, &str); 4] = [
            ("content-location", "/a.en"),
            ("etag", "\"a\""),
            ("last-modified", "Fri, 31 Dec 1999 00:00:00 GMT"),
            ("vary", "accept-encoding, origin"),
        ];
        const REMOVED: [(&str, &str); 11] = [
            ("cache-control", "max-age=60"),
            ("cdn-cache-control", "max-age=600"),
            ("content-disposition", "inline"),
            ("content-encoding", "br"),
            ("content-language", "en"),
            ("content-length", "5"),
            ("content-type", "text/html"),
            ("expires", "Fri, 31 Dec 1999 00:00:00 GMT"),
            ("repr-digest", "sha-256=:YQ==:"),
            ("trailer", "x"),
            ("transfer-encoding", "chunked"),
        ];
        let page = || head(&[&KEPT[..], &REMOVED].concat());
        let mut found = page();
        let text = to_failed(&mut found, false);
        assert_eq!(text.as_deref(), Some(HOW_TO_GO_ON));
        assert_eq!(found.status, 412);
        let mut expected = head(&KEPT).headers;
        add_fields(&mut expected);
        assert_eq!(found.headers, expected);
        assert_eq!(found.headers[CACHE_CONTROL], "no-store");
        assert_eq!(found.headers[CONTENT_TYPE], "text/plain; charset=utf-8");

        let mut found = page();
        assert_eq!(to_failed(&mut found, true), None);
        expected.insert(CONTENT_LENGTH, HOW_TO_GO_ON.len().into());
        assert_eq!(found.headers, expected);
    }
}
