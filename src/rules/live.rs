//! Which responses are live: a reader waits for every piece of the body.

use http::{HeaderMap, HeaderName, response};

use crate::fields::media_type::MediaType;
use crate::fields::structured::{self, BareItem};
use crate::marks::live::Live;

/// Whether a reader waits for every piece of the body. The content type says so, or the handler
/// does with the extension [`Live`] or with `Incremental: ?1`. Such a body lasts as long as
/// somebody reads it.
pub(crate) fn is_live(response: &response::Parts) -> bool {
    is_live_of_type(MediaType::of(&response.headers), response)
}

/// As [`is_live`], where the media type is known already.
pub(crate) fn is_live_of_type(
    media_type: Option<MediaType<'_>>,
    response: &response::Parts,
) -> bool {
    let fields = &response.headers;
    let is_live_type = |media_type: MediaType<'_>| {
        LIVE.iter()
            .any(|&(kind, subtype)| media_type.is(kind, subtype))
    };
    media_type.is_some_and(is_live_type)
        || Live::is_in(&response.extensions)
        || (fields.contains_key(INCREMENTAL) && is_incremental(fields))
}

/// Whether `Incremental` is true. It is a boolean item, whose parameters do not matter.
fn is_incremental(fields: &HeaderMap) -> bool {
    structured::item(fields, INCREMENTAL).is_some_and(|item| item.value == BareItem::Boolean(true))
}

const INCREMENTAL: HeaderName = HeaderName::from_static("incremental");

/// Types whose every piece is sent at once.
const LIVE: &[(&str, &str)] = &[
    ("text", "event-stream"),
    ("application", "x-ndjson"),
    ("application", "ndjson"),
    ("application", "jsonl"),
    ("application", "x-jsonlines"),
    ("application", "json-seq"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use http::Response;
    use http::header::{CONTENT_TYPE, HeaderValue};

    #[test]
    fn c_37_f_23_event_streams_and_lines_of_json_are_live() {
        for (name, value, expected) in [
            (CONTENT_TYPE, "text/event-stream", true),
            (CONTENT_TYPE, "Text/Event-Stream; charset=utf-8", true),
            (CONTENT_TYPE, "application/x-ndjson", true),
            (CONTENT_TYPE, "application/ndjson", true),
            (CONTENT_TYPE, "application/jsonl", true),
            (CONTENT_TYPE, "application/x-jsonlines", true),
            (CONTENT_TYPE, "application/json-seq", true),
            (INCREMENTAL, "?1", true),
            (INCREMENTAL, "?1;a=b", true),
            (INCREMENTAL, " ?1 ", true),
            (INCREMENTAL, "?0", false),
            (INCREMENTAL, "1", false),
            (CONTENT_TYPE, "application/json", false),
            (CONTENT_TYPE, "text/event-streams", false),
            (CONTENT_TYPE, "text/plain", false),
            (CONTENT_TYPE, "", false),
        ] {
            let line = (name, HeaderValue::from_static(value));
            let (mut head, ()) = Response::new(()).into_parts();
            head.headers = HeaderMap::from_iter([line.clone()]);
            assert_eq!(is_live(&head), expected, "{line:?}");
            head.extensions.insert(Live);
            assert!(is_live(&head), "{line:?}, marked");
        }
        let (mut head, ()) = Response::new(()).into_parts();
        assert!(!is_live(&head));
        head.extensions.insert(Live);
        assert!(is_live(&head));
    }
}
