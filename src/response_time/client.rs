//! The address of the client behind proxies. Pure.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;

use http::{HeaderMap, HeaderName, request};

use super::error::InvalidResponseTime;
use crate::fields::trim_ows;

/// The address of the client behind this many proxies of yours, read from `X-Forwarded-For`: for
/// [`Reports::client`](super::Reports::client).
///
/// # Example
///
/// ```
/// use std::net::IpAddr;
/// use http::Request;
/// use tower_egress::response_time::{Reports, behind_proxies};
///
/// let client = behind_proxies(1)?;
///
/// // The client wrote 6.6.6.6. The proxy added the address of the client.
/// let request = Request::get("/").header("x-forwarded-for", "6.6.6.6, 192.0.2.7");
/// let (head, ()) = request.body(())?.into_parts();
/// assert_eq!(client(&head), Some(IpAddr::from([192, 0, 2, 7])));
///
/// let reports = Reports::log_slow().client(client);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Which address is believed
///
/// Each proxy adds one address at the end of the field: that of its own client. So one proxy means
/// the last address, and two proxies mean the last but one. The client may have written every
/// address before these, and the function ignores them.
///
/// Each of your proxies has to add an address, and clients must not reach the service around them.
/// There is no client where the field has fewer addresses than there are proxies, or where the
/// element is not an IP address.
///
/// The function reads no other field, since a proxy passes on the fields that it does not know.
/// Where your proxies write `Forwarded`, use [`behind_proxies_forwarded`].
///
/// # Errors
///
/// [`InvalidResponseTime::NoProxies`] if there are 0 proxies.
pub fn behind_proxies(
    proxies: usize,
) -> Result<impl Fn(&request::Parts) -> Option<IpAddr> + Send + Sync + 'static, InvalidResponseTime>
{
    let proxies = NonZeroUsize::new(proxies).ok_or(InvalidResponseTime::NoProxies)?;
    Ok(move |request: &request::Parts| {
        let element = from_end(&request.headers, &X_FORWARDED_FOR, proxies, cut_plain)?;
        address(element)
    })
}

/// The address of the client behind this many proxies of yours, read from
/// `Forwarded` (RFC 7239): for [`Reports::client`](super::Reports::client).
///
/// # Example
///
/// ```
/// use std::net::IpAddr;
/// use http::Request;
/// use tower_egress::response_time::{Reports, behind_proxies_forwarded};
///
/// let client = behind_proxies_forwarded(1)?;
///
/// // The client left a quote open. The proxy added an element of its own.
/// let request = Request::get("/").header("forwarded", r#"for=6.6.6.6;x=", for=192.0.2.7"#);
/// let (head, ()) = request.body(())?.into_parts();
/// assert_eq!(client(&head), Some(IpAddr::from([192, 0, 2, 7])));
///
/// let reports = Reports::log_slow().client(client);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Which address is believed
///
/// [`behind_proxies`] has the rules. The function reads each line from its end, where the proxies
/// write. So nothing that the client wrote, such as an open quote, changes how their elements are
/// read. An element with a quote that does not close, or with two `for` parameters, has no client.
///
/// # Errors
///
/// [`InvalidResponseTime::NoProxies`] if there are 0 proxies.
pub fn behind_proxies_forwarded(
    proxies: usize,
) -> Result<impl Fn(&request::Parts) -> Option<IpAddr> + Send + Sync + 'static, InvalidResponseTime>
{
    let proxies = NonZeroUsize::new(proxies).ok_or(InvalidResponseTime::NoProxies)?;
    Ok(move |request: &request::Parts| {
        let cut = |rest| cut_quoted(rest, b',');
        let element = from_end(&request.headers, &FORWARDED, proxies, cut)?;
        forwarded(element)
    })
}

/// What is before the last separator, if there is one; and what is after it.
type Cut<'a> = (Option<&'a [u8]>, &'a [u8]);

/// The element that is `places` from the end of all lines; 1 is the last.
///
/// An empty element counts: a proxy that adds nothing must not make an element of the client's
/// count.
fn from_end<'a>(
    fields: &'a HeaderMap,
    name: &HeaderName,
    places: NonZeroUsize,
    cut: impl Fn(&'a [u8]) -> Option<Cut<'a>>,
) -> Option<&'a [u8]> {
    let mut left = places.get();
    for line in fields.get_all(name).iter().rev() {
        let mut rest = Some(line.as_bytes());
        while let Some(text) = rest {
            let (before, element) = cut(text)?;
            left -= 1;
            if left == 0 {
                return Some(trim_ows(element));
            }
            rest = before;
        }
    }
    None
}

/// Cuts at the last comma.
fn cut_plain(text: &[u8]) -> Option<Cut<'_>> {
    Some(cut_at(text, text.iter().rposition(|&byte| byte == b',')))
}

/// Cuts at the last `separator` outside quotes, read from the end; `None` where a quote has no
/// other.
///
/// ```text
/// quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE
/// quoted-pair   = "\" ( HTAB / SP / VCHAR / obs-text )
/// ```
fn cut_quoted(text: &[u8], separator: u8) -> Option<Cut<'_>> {
    let mut is_quoted = false;
    for (position, &byte) in text.iter().enumerate().rev() {
        if byte == b'"' {
            is_quoted = !is_quoted || is_escaped(text, position);
        } else if byte == separator && !is_quoted {
            return Some(cut_at(text, Some(position)));
        }
    }
    (!is_quoted).then_some((None, text))
}

fn cut_at(text: &[u8], position: Option<usize>) -> Cut<'_> {
    position.map_or((None, text), |position| {
        (Some(&text[..position]), &text[position + 1..])
    })
}

/// Whether an odd number of backslashes precedes the byte at `position`.
fn is_escaped(text: &[u8], position: usize) -> bool {
    let before = text[..position].iter().rev();
    before.take_while(|&&byte| byte == b'\\').count() % 2 == 1
}

/// The address in the only `for` parameter of an element of `Forwarded`.
///
/// ```text
/// forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] )
/// forwarded-pair    = token "=" value
/// ```
fn forwarded(element: &[u8]) -> Option<IpAddr> {
    let mut found = None;
    let mut rest = Some(element);
    while let Some(text) = rest {
        let (before, pair) = cut_quoted(text, b';')?;
        if let Some(value) = value_of_for(trim_ows(pair)) {
            if found.replace(value).is_some() {
                // RFC 7239 §4:
                // > Each parameter MUST NOT occur more than once per field-value.
                return None;
            }
        }
        rest = before;
    }
    address(found?)
}

/// The value of a pair whose name is `for`.
fn value_of_for(pair: &[u8]) -> Option<&[u8]> {
    let (name, value) = pair.split_at_checked(4)?;
    name.eq_ignore_ascii_case(b"for=").then_some(value)
}

/// An address, with or without quotes, brackets and port.
///
/// ```text
/// node     = nodename [ ":" node-port ]
/// nodename = IPv4address / "[" IPv6address "]" / "unknown" / obfnode
/// ```
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    let quoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let text = quoted.unwrap_or(text);
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let parsed = bare.unwrap_or(text).parse().ok();
    parsed.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

const FORWARDED: HeaderName = HeaderName::from_static("forwarded");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

#[cfg(test)]
mod tests;
