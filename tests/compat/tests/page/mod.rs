//! A page on which every layer acts, and what the layers make of its head.

/// JSON that is long enough to compress.
pub(crate) fn items() -> Vec<Option<u32>> {
    (0..1_000)
        .map(|number| (number % 2 == 0).then_some(number))
        .collect()
}

/// Each layer has left its field, or none has.
#[track_caller]
pub(crate) fn check(fields: &http::HeaderMap, is_wanted: bool) {
    for name in [
        "cache-control",
        "content-encoding",
        "etag",
        "x-content-type-options",
        "x-response-time",
    ] {
        assert_eq!(fields.contains_key(name), is_wanted, "{name}: {fields:?}");
    }
}
