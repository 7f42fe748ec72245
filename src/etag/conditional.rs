//! What the conditions of a request make of a finished response. Pure.

use std::time::SystemTime;

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH,
    CONTENT_RANGE, CONTENT_TYPE, DATE, ETAG, HeaderName, LAST_MODIFIED, TRAILER,
};
use http::{HeaderMap, HeaderValue, StatusCode, response};

use super::config::Config;
use super::plan::{Asked, Plan, Reason};
use super::preconditions::Verdict;
use super::validators::Validators;
use crate::fields::content_length;
use crate::fields::http_date::HttpDate;
use crate::marks::DroppedContent;
use crate::marks::nonce::NonceUsed;
use crate::rules::{cache_policy, eligible, transform};

/// Decides what becomes of a response once its validators are there. `plan` is what was decided of
/// its tag.
pub(super) fn verdict<H>(
    config: &Config<H>,
    asked: &Asked,
    response: &response::Parts,
    plan: Plan,
) -> Verdict {
    let Some(conditions) = &asked.conditions else {
        return Verdict::Perform;
    };
    // RFC 9110 §13.2.1:
    //
    // > A server MUST ignore all received preconditions if its response to the same request without
    // > those conditions, prior to processing the request content, would have been a status code
    // > other than a 2xx (Successful) or 412 (Precondition Failed).
    if !response.status.is_success() || NonceUsed::is_in(&response.extensions) {
        return Verdict::Perform;
    }
    // What tag GET would have cannot be told.
    if plan == Plan::Pass(Reason::WithoutBody) && conditions.has_tags() {
        return Verdict::Perform;
    }
    let validators = Validators::of_response(&response.headers);
    match conditions.evaluate(Some(&validators)) {
        Verdict::NotModified(_) if asked.wants_it_anew && !config.ignores_no_cache => {
            Verdict::Perform
        }
        verdict => verdict,
    }
}

/// Makes the head of a handler's response that of a 304.
///
/// Layers further out are told of which type the response was, and an empty one where it had none; and
/// how long, as far as the head or the `hint` of its body tells.
pub(super) fn whole_to_not_modified(head: &mut response::Parts, hint: Option<u64>, is_head: bool) {
    let declared = content_length::declared(&head.headers);
    let content_type = head.headers.remove(CONTENT_TYPE);
    let dropped = DroppedContent {
        content_type: content_type.unwrap_or(HeaderValue::from_static("")),
        length: eligible::known_length(declared, hint, is_head),
    };
    dropped.leave(&mut head.extensions);
    to_not_modified(head);
}

/// Makes the head that of a 304.
///
/// RFC 9110 §15.4.5:
///
/// > The server generating a 304 response MUST generate any of the following header fields that
/// > would have been sent in a 200 (OK) response to the same request: Content-Location, Date, ETag,
/// > and Vary; Cache-Control and Expires
///
/// > a sender SHOULD NOT generate representation metadata other than the above listed fields unless
/// > said metadata exists for the purpose of guiding cache updates (e.g., Last-Modified might be
/// > useful if the response does not have an ETag field).
///
/// What is no representation metadata stays: cookies, policies, CORS, timing.
pub(super) fn to_not_modified(head: &mut response::Parts) {
    head.status = StatusCode::NOT_MODIFIED;
    if let Some(content_type) = head.headers.remove(CONTENT_TYPE) {
        let length = None;
        let dropped = DroppedContent {
            content_type,
            length,
        };
        dropped.leave(&mut head.extensions);
    }
    drop_content(&mut head.headers);
    if head.headers.contains_key(ETAG) {
        head.headers.remove(LAST_MODIFIED);
    }
}

/// Makes the head that of a 412.
///
/// Fields that describe the content are removed, and so is each field that some cache obeys: anybody
/// can provoke a 412, and a cache that kept it would serve it to everybody. The validators stay: they
/// tell the client the current state.
///
/// Gives the text of the 412. A response to HEAD has none, and says its length instead (RFC 9110
/// §9.3.2).
pub(super) fn to_failed(head: &mut response::Parts, is_head: bool) -> Option<Bytes> {
    head.status = StatusCode::PRECONDITION_FAILED;
    drop_content(&mut head.headers);
    cache_policy::remove(&mut head.headers);
    add_refusal(&mut head.headers);
    if is_head {
        transform::set_length(&mut head.headers, HOW_TO_GO_ON.len());
        return None;
    }
    Some(Bytes::from_static(HOW_TO_GO_ON))
}

/// Adds the fields of a text that no cache stores. A head with no room left gets none of them.
pub(super) fn add_refusal(fields: &mut HeaderMap) {
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

/// RFC 9110 §8.8.2.1:
///
/// > An origin server with a clock (as defined in Section 5.6.7) MUST NOT generate a Last-Modified
/// > date that is later than the server's time of message origination (Date, Section 6.6.1).
///
/// > [...] the server MUST replace that date with the message origination date.
pub(super) fn fix_last_modified(fields: &mut HeaderMap, now: impl FnOnce() -> SystemTime) {
    let Some(modified) = date(fields, &LAST_MODIFIED) else {
        return;
    };
    let sent = date(fields, &DATE).unwrap_or_else(|| HttpDate::of(now()));
    if let Some(value) = fields.get_mut(LAST_MODIFIED).filter(|_| modified > sent) {
        *value = sent.to_value();
    }
}

fn date(fields: &HeaderMap, name: &HeaderName) -> Option<HttpDate> {
    HttpDate::parse(fields.get(name)?.as_bytes())
}

/// Removes what describes a body that is not sent, apart from its type.
fn drop_content(fields: &mut HeaderMap) {
    cache_policy::remove_all(fields, |name| {
        CONTENT.contains(name) || transform::is_digest(name) || transform::is_framing(name)
    });
}

/// Metadata of a representation, apart from its type, digests and validators.
const CONTENT: [HeaderName; 6] = [
    CONTENT_DISPOSITION,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_RANGE,
    TRAILER,
];

const HOW_TO_GO_ON: &[u8] = b"A precondition of this request does not hold. Request the current \
state, and send the request again with the entity tag of that state.\n";

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    fn head(lines: &[(&'static str, &'static str)]) -> response::Parts {
        let mut response = http::Response::builder();
        for &(name, value) in lines {
            response = response.header(name, value);
        }
        response.body(()).unwrap().into_parts().0
    }

    const PAGE: &[(&str, &str)] = &[
        ("cache-control", "max-age=60"),
        ("cdn-cache-control", "max-age=600"),
        ("content-disposition", "inline"),
        ("content-encoding", "br"),
        ("content-language", "en"),
        ("content-length", "5"),
        ("content-location", "/a.en"),
        ("content-security-policy", "default-src 'self'"),
        ("content-type", "text/html"),
        ("date", "Sat, 01 Jan 2000 00:00:00 GMT"),
        ("etag", "\"a\""),
        ("expires", "Sat, 01 Jan 2000 00:01:00 GMT"),
        ("last-modified", "Fri, 31 Dec 1999 00:00:00 GMT"),
        ("repr-digest", "sha-256=:AA==:"),
        ("server-timing", "db;dur=5"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("trailer", "expires"),
        ("transfer-encoding", "chunked"),
        ("vary", "accept-encoding, origin"),
        ("access-control-allow-origin", "*"),
    ];

    fn without(dropped: &[&str]) -> HeaderMap {
        let kept = PAGE.iter().filter(|(name, _)| !dropped.contains(name));
        head(&kept.copied().collect::<Vec<_>>()).headers
    }

    #[test]
    fn e_23_e_24_e_26_a_304_keeps_what_caches_need_and_drops_what_describes_the_content() {
        let mut found = head(PAGE);
        to_not_modified(&mut found);
        assert_eq!(found.status, 304);
        let expected = without(&[
            "content-disposition",
            "content-encoding",
            "content-language",
            "content-length",
            "content-type",
            "last-modified",
            "repr-digest",
            "trailer",
            "transfer-encoding",
        ]);
        assert_eq!(found.headers, expected);
        let dropped = DroppedContent::of(&found.extensions);
        assert_eq!(dropped.unwrap().content_type, "text/html");
    }

    #[test]
    fn e_23_a_304_tells_of_which_type_its_200_was() {
        for (lines, expected) in [
            (&[("content-type", "text/html")][..], "text/html"),
            (&[], ""),
        ] {
            let mut found = head(lines);
            whole_to_not_modified(&mut found, Some(5), false);
            assert_eq!(found.headers, head(&[]).headers, "{lines:?}");
            let dropped = DroppedContent::of(&found.extensions);
            assert_eq!(dropped.unwrap().content_type, expected, "{lines:?}");
        }
        // Nobody knows the type of what the handler was not asked for.
        let mut found = head(&[]);
        to_not_modified(&mut found);
        assert!(DroppedContent::of(&found.extensions).is_none());
    }

    #[test]
    fn e_24_a_304_without_a_tag_keeps_its_date() {
        let lines = [("last-modified", "Fri, 31 Dec 1999 00:00:00 GMT")];
        let mut found = head(&lines);
        to_not_modified(&mut found);
        assert_eq!(found.headers, head(&lines).headers);
    }

    #[test]
    fn a_412_keeps_the_validators_and_is_not_for_caches() {
        let mut found = head(PAGE);
        let text = to_failed(&mut found, false);
        assert_eq!(text.as_deref(), Some(HOW_TO_GO_ON));
        assert_eq!(found.status, 412);
        let mut expected = without(&[
            "cache-control",
            "cdn-cache-control",
            "content-disposition",
            "content-encoding",
            "content-language",
            "content-length",
            "content-type",
            "expires",
            "repr-digest",
            "trailer",
            "transfer-encoding",
        ]);
        add_refusal(&mut expected);
        assert_eq!(found.headers, expected);
        assert_eq!(found.headers[CACHE_CONTROL], "no-store");
        assert_eq!(found.headers[CONTENT_TYPE], "text/plain; charset=utf-8");

        let mut found = head(PAGE);
        assert_eq!(to_failed(&mut found, true), None);
        expected.insert(CONTENT_LENGTH, HOW_TO_GO_ON.len().into());
        assert_eq!(found.headers, expected);
    }

    #[test]
    fn e_28_a_date_of_modification_is_never_later_than_that_of_the_message() {
        const FUTURE: &str = "Sun, 01 Jan 2090 00:00:00 GMT";
        const DAY: &str = "Sat, 01 Jan 2000 00:00:00 GMT";
        const NOW: &str = "Sun, 02 Jan 2000 00:00:00 GMT";
        for (modified, sent, expected) in [
            (FUTURE, Some(DAY), DAY),
            (FUTURE, None, NOW),
            (DAY, Some(DAY), DAY),
            (DAY, Some(FUTURE), DAY),
            (DAY, None, DAY),
            (NOW, None, NOW),
            ("foo", Some(DAY), "foo"),
        ] {
            let mut fields = head(&[("last-modified", modified)]).headers;
            if let Some(sent) = sent {
                fields.insert(DATE, sent.parse().unwrap());
            }
            fix_last_modified(&mut fields, || {
                UNIX_EPOCH + Duration::from_secs(946_771_200)
            });
            assert_eq!(fields[LAST_MODIFIED], expected, "{modified} {sent:?}");
        }
    }

    #[test]
    fn a_304_leaves_the_length_that_it_does_not_show() {
        for (declared, hint, is_head, expected) in [
            (None, Some(5), false, Some(5)),
            (Some("7"), None, false, Some(7)),
            (Some("7"), Some(0), true, Some(7)),
            (None, Some(0), true, None),
            (None, None, false, None),
        ] {
            let mut found = head(&[]);
            if let Some(length) = declared {
                found
                    .headers
                    .insert(CONTENT_LENGTH, length.parse().unwrap());
            }
            whole_to_not_modified(&mut found, hint, is_head);
            let left = DroppedContent::of(&found.extensions);
            assert_eq!(
                left.unwrap().length,
                expected,
                "{declared:?}, {hint:?}, {is_head}"
            );
        }
    }
}
