//! A response that is never given out twice: one with a nonce in it.

use http::header::{CACHE_CONTROL, ETAG, EXPIRES, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue};

use super::cache_policy::{is_obeyed_first, remove_all};
use crate::fields::cache_directives;

/// Makes a head forbid that its response is ever given out again, whatever it said before.
///
/// Content Security Policy 3 §7.1:
///
/// > the server MUST generate a unique value each time it transmits a policy
///
/// and a cache would transmit it again. So
///
/// 1. `Cache-Control` becomes `private, no-cache`, unless it says `no-store`; `no-transform` is kept.
/// 2. Fields that some caches obey instead of `Cache-Control` are removed, and so is `Expires`.
/// 3. Validators are removed: a 304 would give the page out again, with the nonce that it had.
///
/// A head with no room left gets no line more.
pub(crate) fn forbid_reuse(fields: &mut HeaderMap) {
    let (mut is_stored, mut is_understood) = (true, false);
    let mut policy = REVALIDATED;
    for line in fields.get_all(CACHE_CONTROL) {
        is_stored &= !cache_directives::line_has(line, "no-store");
        is_understood |= cache_directives::line_has(line, "must-understand");
        if cache_directives::line_has(line, "no-transform") {
            policy = REVALIDATED_AND_KEPT;
        }
    }
    remove_all(fields, |name| {
        matches!(*name, ETAG | EXPIRES | LAST_MODIFIED) || is_obeyed_first(name)
    });
    // RFC 9111 §5.2.2.3: who understands the status ignores a `no-store` beside `must-understand`.
    if is_stored || is_understood {
        let _ = fields.try_insert(CACHE_CONTROL, policy);
    }
}

const REVALIDATED: HeaderValue = HeaderValue::from_static("private, no-cache");
const REVALIDATED_AND_KEPT: HeaderValue =
    HeaderValue::from_static("private, no-cache, no-transform");

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;

    fn head(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut fields = HeaderMap::new();
        for &(name, value) in lines {
            fields.append(name, HeaderValue::from_static(value));
        }
        fields
    }

    #[track_caller]
    fn check(said: &[&'static str], expected: &[&'static str]) {
        let lines = |values: &[&'static str]| {
            let lines = values.iter().map(|value| ("cache-control", *value));
            head(&lines.collect::<Vec<_>>())
        };
        let mut found = lines(said);
        forbid_reuse(&mut found);
        assert_eq!(found, lines(expected), "{said:?}");
        forbid_reuse(&mut found);
        assert_eq!(found, lines(expected), "{said:?}, twice");
    }

    #[test]
    fn h_13_the_cache_policy_is_tightened_whatever_it_was() {
        check(&[], &["private, no-cache"]);
        check(
            &["public, max-age=31536000, immutable"],
            &["private, no-cache"],
        );
        check(&["private", "max-age=60"], &["private, no-cache"]);
        check(
            &["private=\"x-a\", no-cache=\"x-b\""],
            &["private, no-cache"],
        );
        check(&["x=\"no-store\""], &["private, no-cache"]);
    }

    #[test]
    fn h_13_what_is_stricter_stays() {
        check(&["no-store"], &["no-store"]);
        check(
            &["private", "max-age=0, No-Store"],
            &["private", "max-age=0, No-Store"],
        );
        check(
            &["max-age=60, no-transform"],
            &["private, no-cache, no-transform"],
        );
        check(&["must-understand, no-store"], &["private, no-cache"]);
    }

    #[test]
    fn h_13_nothing_else_tells_a_cache_otherwise() {
        let mut found = head(&[
            ("akamai-cache-control", "max-age=60"),
            ("cache-control", "no-store"),
            ("cdn-cache-control", "max-age=60"),
            ("cloudflare-cdn-cache-control", "max-age=60"),
            ("content-type", "text/html"),
            ("edge-control", "max-age=60"),
            ("etag", "\"a\""),
            ("expires", "Sat, 01 Jan 2000 00:01:00 GMT"),
            ("last-modified", "Fri, 31 Dec 1999 00:00:00 GMT"),
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
            ("surrogate-control", "max-age=60"),
            ("x-accel-expires", "60"),
        ]);
        forbid_reuse(&mut found);
        let kept = [
            ("cache-control", "no-store"),
            ("content-type", "text/html"),
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
        ];
        assert_eq!(found, head(&kept));
    }

    #[test]
    fn f_32_a_full_head_gets_no_line_more() {
        let mut fields = HeaderMap::new();
        let full = (0..).try_for_each(|number| {
            let name = HeaderName::try_from(format!("x-{number}")).unwrap();
            fields
                .try_insert(name, HeaderValue::from_static("1"))
                .map(drop)
        });
        assert!(full.is_err());
        let before = fields.len();
        forbid_reuse(&mut fields);
        assert_eq!(fields.len(), before);
    }
}
