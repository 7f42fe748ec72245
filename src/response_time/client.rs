//! Who asked, behind proxies.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName, request};

use crate::fields::{list, trim_ows};

/// The address of a client that came through this many proxies of your own: for
/// [`ResponseTimeLayer::client`](super::ResponseTimeLayer::client).
///
/// Each proxy adds the address that it was asked from to `Forwarded` (RFC 7239) or, where there is none,
/// to `X-Forwarded-For`. What stands before those that your proxies added is what the client says of
/// itself, and is not believed: with one proxy the last address counts, with two the one before it.
///
/// # Example
///
/// ```
/// use tower_egress::response_time::{ResponseTimeLayer, behind_proxies};
///
/// let layer = ResponseTimeLayer::new().client(behind_proxies(1));
/// ```
pub fn behind_proxies(
    proxies: usize,
) -> impl Fn(&request::Parts) -> Option<IpAddr> + Send + Sync + 'static {
    move |request| {
        let fields = &request.headers;
        if fields.contains_key(FORWARDED) {
            return from_end(list::elements(fields, FORWARDED), proxies).and_then(forwarded);
        }
        from_end(addresses(fields), proxies).and_then(address)
    }
}

/// The elements of `X-Forwarded-For`, which is a plain list.
fn addresses(fields: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let lines = fields.get_all(X_FORWARDED_FOR).iter();
    lines
        .flat_map(|line| line.as_bytes().split(|&byte| byte == b','))
        .map(trim_ows)
}

/// The element that is so many from the end; 1 is the last.
fn from_end<'a>(elements: impl Iterator<Item = &'a [u8]>, places: usize) -> Option<&'a [u8]> {
    // One pass that holds no more than is asked for.
    let mut last = std::collections::VecDeque::new();
    for element in elements {
        if last.len() == places {
            last.pop_front();
        }
        last.push_back(element);
    }
    if places == 0 || last.len() < places {
        return None;
    }
    last.pop_front()
}

/// What `for=` says in an element of `Forwarded`.
///
/// ```text
/// forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] )
/// forwarded-pair    = token "=" value
/// ```
fn forwarded(element: &[u8]) -> Option<IpAddr> {
    element.split(|&byte| byte == b';').find_map(|pair| {
        let pair = trim_ows(pair);
        let name = pair.get(..4)?;
        name.eq_ignore_ascii_case(b"for=")
            .then(|| address(&pair[4..]))?
    })
}

/// An address, with or without quotes, brackets and port.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim_matches('"');
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let parsed = bare.unwrap_or(text).parse().ok();
    parsed.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

const FORWARDED: HeaderName = HeaderName::from_static("forwarded");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(proxies: usize, lines: &[(&str, &str)], expected: Option<&str>) {
        let mut request = http::Request::builder();
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let (request, ()) = request.body(()).unwrap().into_parts();
        let found = behind_proxies(proxies)(&request);
        assert_eq!(
            found,
            expected.map(|text| text.parse().unwrap()),
            "{proxies} {lines:?}"
        );
    }

    #[test]
    fn only_what_one_s_own_proxies_added_is_believed() {
        let spoofed = [("x-forwarded-for", "6.6.6.6, 192.0.2.7,10.0.0.1")];
        check(1, &spoofed, Some("10.0.0.1"));
        check(2, &spoofed, Some("192.0.2.7"));
        check(4, &spoofed, None);
        check(0, &spoofed, None);
        check(1, &[], None);
        let lines = [
            ("x-forwarded-for", "6.6.6.6"),
            ("x-forwarded-for", "192.0.2.7"),
        ];
        check(1, &lines, Some("192.0.2.7"));
    }

    #[test]
    fn forwarded_goes_before_and_has_many_forms() {
        let of = |value| [("forwarded", value), ("x-forwarded-for", "6.6.6.6")];
        check(1, &of("for=192.0.2.7"), Some("192.0.2.7"));
        check(
            1,
            &of("for=1.1.1.1, proto=https;For=\"192.0.2.7:80\";by=a"),
            Some("192.0.2.7"),
        );
        check(1, &of("for=\"[2001:db8::7]:80\""), Some("2001:db8::7"));
        check(1, &of("for=\"[2001:db8::7]\""), Some("2001:db8::7"));
        check(1, &of("for=unknown"), None);
        check(1, &of("for=_hidden"), None);
        check(1, &of("proto=https"), None);
        check(2, &of("for=192.0.2.7, for=10.0.0.1"), Some("192.0.2.7"));
    }

    #[test]
    fn nonsense_is_nobody() {
        for nonsense in [
            "",
            ",",
            "a",
            "999.1.1.1",
            "[::1",
            "\"",
            "192.0.2.7:99999",
            "for=",
        ] {
            check(1, &[("x-forwarded-for", nonsense)], None);
            check(1, &[("forwarded", nonsense)], None);
        }
    }
}
