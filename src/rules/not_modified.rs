//! The head of a 304, made of the head of its 200 (RFC 9110 §15.4.5).

use http::header::{
    CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_TYPE, ETAG, HeaderName, LAST_MODIFIED, TRAILER,
};
use http::{HeaderMap, HeaderValue, StatusCode, response};

use super::{cache_policy, eligible, transform};
use crate::fields::content_length;
use crate::marks::DroppedContent;

/// Turns the head of a whole response into that of a 304.
///
/// Layers further out see which type the response had, or an empty one where it had none. They see
/// its length too, as far as the head or the `hint` of its body tells it.
pub(crate) fn of_response(head: &mut response::Parts, hint: Option<u64>, is_head: bool) {
    let declared = content_length::declared(&head.headers);
    let content_type = head.headers.remove(CONTENT_TYPE);
    let dropped = DroppedContent {
        content_type: content_type.unwrap_or(HeaderValue::from_static("")),
        length: eligible::known_length(declared, hint, is_head),
    };
    dropped.leave(&mut head.extensions);
    of_fields(head);
}

/// Turns a head into that of a 304. It may have some of the fields of the 200 alone.
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
/// Fields that are not representation metadata are kept: cookies, policies, CORS, timing.
pub(crate) fn of_fields(head: &mut response::Parts) {
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

/// Removes the fields that describe a body that is not sent, apart from its type.
pub(crate) fn drop_content(fields: &mut HeaderMap) {
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

#[cfg(test)]
mod tests {
    use super::*;

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
        of_fields(&mut found);
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
            of_response(&mut found, Some(5), false);
            assert_eq!(found.headers, head(&[]).headers, "{lines:?}");
            let dropped = DroppedContent::of(&found.extensions);
            assert_eq!(dropped.unwrap().content_type, expected, "{lines:?}");
        }
        // Nobody knows the type of what the handler was not asked for.
        let mut found = head(&[]);
        of_fields(&mut found);
        assert!(DroppedContent::of(&found.extensions).is_none());
    }

    #[test]
    fn e_24_a_304_without_a_tag_keeps_its_date() {
        let lines = [("last-modified", "Fri, 31 Dec 1999 00:00:00 GMT")];
        let mut found = head(&lines);
        of_fields(&mut found);
        assert_eq!(found.headers, head(&lines).headers);
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
            of_response(&mut found, hint, is_head);
            let left = DroppedContent::of(&found.extensions);
            assert_eq!(
                left.unwrap().length,
                expected,
                "{declared:?}, {hint:?}, {is_head}"
            );
        }
    }
}
