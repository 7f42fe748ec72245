//! Which fields caches obey.

use http::header::{CACHE_CONTROL, EXPIRES, PRAGMA};
use http::{HeaderMap, HeaderName};

/// Whether some caches obey this field instead of `Cache-Control`: `CDN-Cache-Control` and its kind
/// (RFC 9213), and the fields of surrogates, of Akamai and of nginx, which are older.
pub(crate) fn is_obeyed_first(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.ends_with("-cache-control")
        || matches!(
            name,
            "surrogate-control" | "edge-control" | "x-accel-expires"
        )
}

/// Whether some cache obeys this field: `Cache-Control`, what is obeyed instead of it, and the older
/// `Expires` and `Pragma`.
pub(crate) fn is_obeyed(name: &HeaderName) -> bool {
    matches!(*name, CACHE_CONTROL | EXPIRES | PRAGMA) || is_obeyed_first(name)
}

/// Removes each field that some cache obeys.
pub(crate) fn remove(fields: &mut HeaderMap) {
    remove_all(fields, is_obeyed);
}

/// Removes the fields whose names `is_removed`. One pass finds them: to look each up by its name would
/// cost more.
pub(crate) fn remove_all(fields: &mut HeaderMap, is_removed: impl Fn(&HeaderName) -> bool) {
    let removed: Vec<_> = fields
        .keys()
        .filter(|name| is_removed(name))
        .cloned()
        .collect();
    for name in removed {
        fields.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn f_09_every_field_that_a_cache_obeys_is_removed() {
        let mut fields = HeaderMap::new();
        for name in [
            "akamai-cache-control",
            "cache-control",
            "cdn-cache-control",
            "cloudflare-cdn-cache-control",
            "edge-control",
            "expires",
            "pragma",
            "surrogate-control",
            "x-accel-expires",
            "content-type",
            "etag",
            "vary",
        ] {
            fields.append(name, HeaderValue::from_static("a"));
            fields.append(name, HeaderValue::from_static("b"));
        }
        remove(&mut fields);
        let mut kept: Vec<_> = fields.keys().map(HeaderName::as_str).collect();
        kept.sort_unstable();
        assert_eq!(kept, ["content-type", "etag", "vary"]);
        assert_eq!(fields.len(), 6);
    }
}
