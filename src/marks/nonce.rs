//! An answer with a nonce in it: how layers know of one, and what all of them say of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::header::{CACHE_CONTROL, ETAG, EXPIRES, LAST_MODIFIED};
use http::{Extensions, HeaderMap, HeaderValue};

use crate::fields::cache_directives;

/// Whether somebody read the nonce of a request. An extension of the request, for the layers further
/// in, which are done with the response before it passes the one that makes nonces. Clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct NonceRead(Arc<AtomicBool>);

impl NonceRead {
    /// That of a request; `None` where no layer further out makes nonces.
    pub(crate) fn of(request: &Extensions) -> Option<Self> {
        request.get().cloned()
    }

    /// The nonce was read.
    pub(crate) fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The response has a nonce in it, so that no other answer will ever be the same. An extension of the
/// response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NonceUsed;

impl NonceUsed {
    /// Whether a layer left the mark.
    pub(crate) fn is_in(response: &Extensions) -> bool {
        response.get::<Self>().is_some()
    }

    /// Leaves the mark for the layers further out.
    pub(crate) fn leave(response: &mut Extensions) {
        response.insert(Self);
    }

    /// Leaves it where the nonce of the request was read.
    pub(crate) fn leave_if(read: Option<&NonceRead>, response: &mut Extensions) {
        if read.is_some_and(NonceRead::is_noted) {
            Self::leave(response);
        }
    }

    /// Has a head say that its answer is never given twice, whatever it said before.
    ///
    /// Content Security Policy 3 §7.1:
    ///
    /// > the server MUST generate a unique value each time it transmits a policy
    ///
    /// and a cache would transmit it again. So
    ///
    /// 1. `Cache-Control` becomes `private, no-cache`, unless it says `no-store`; `no-transform` stays.
    /// 2. What caches obey before it goes: `CDN-Cache-Control` and all of its kind (RFC 9213 §3), and those
    ///    that are older. So does `Expires`.
    /// 3. Validators go: a 304 would give the page out again, with the nonce that it had.
    ///
    /// A head with no room left is as before, but for what goes.
    pub(crate) fn forbid_reuse(fields: &mut HeaderMap) {
        let (mut gone, mut is_stored, mut is_understood) = (Vec::new(), true, false);
        let mut policy = REVALIDATED;
        for (name, line) in &*fields {
            match *name {
                CACHE_CONTROL => {
                    is_stored &= !cache_directives::line_has(line, "no-store");
                    is_understood |= cache_directives::line_has(line, "must-understand");
                    if cache_directives::line_has(line, "no-transform") {
                        policy = REVALIDATED_AND_KEPT;
                    }
                }
                ETAG | EXPIRES | LAST_MODIFIED => gone.push(name.clone()),
                _ if is_obeyed_before(name.as_str()) => gone.push(name.clone()),
                _ => {}
            }
        }
        for name in gone {
            fields.remove(name);
        }
        // RFC 9111 §5.2.2.3: who understands the status ignores a `no-store` beside `must-understand`.
        if is_stored || is_understood {
            let _ = fields.try_insert(CACHE_CONTROL, policy);
        }
    }
}

const REVALIDATED: HeaderValue = HeaderValue::from_static("private, no-cache");
const REVALIDATED_AND_KEPT: HeaderValue =
    HeaderValue::from_static("private, no-cache, no-transform");

/// Whether some caches obey this field before `Cache-Control`.
fn is_obeyed_before(name: &str) -> bool {
    name.ends_with("-cache-control")
        // Of surrogates, Akamai's, nginx's.
        || matches!(name, "surrogate-control" | "edge-control" | "x-accel-expires")
}

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
        NonceUsed::forbid_reuse(&mut found);
        assert_eq!(found, lines(expected), "{said:?}");
        NonceUsed::forbid_reuse(&mut found);
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
        NonceUsed::forbid_reuse(&mut found);
        let kept = [
            ("cache-control", "no-store"),
            ("content-type", "text/html"),
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
        ];
        assert_eq!(found, head(&kept));
    }

    #[test]
    fn h_13_the_mark_is_left_only_where_the_nonce_was_read() {
        let mut response = Extensions::new();
        NonceUsed::leave_if(None, &mut response);
        let read = NonceRead::default();
        let mut request = Extensions::new();
        request.insert(read.clone());
        let watched = NonceRead::of(&request);
        NonceUsed::leave_if(watched.as_ref(), &mut response);
        assert!(!NonceUsed::is_in(&response));
        read.note();
        NonceUsed::leave_if(watched.as_ref(), &mut response);
        assert!(NonceUsed::is_in(&response));
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
        NonceUsed::forbid_reuse(&mut fields);
        assert_eq!(fields.len(), before);
    }
}
