//! What else in a message must change when the bytes of its body change.
//!
//! Every layer that rewrites a body goes through here, and only through here.

use http::HeaderMap;
use http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, HeaderName, HeaderValue, TRAILER, TRANSFER_ENCODING,
};

use crate::fields::list;

/// What happens to a body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Change {
    /// The same content is sent in a coding.
    Coding,
    /// The content is another.
    Content,
}

impl Change {
    /// Whether the field is a digest of bytes that are no longer those: `Content-Digest` and
    /// `Repr-Digest` (RFC 9530 §2, §3), and the two they replaced. `Unencoded-Digest` speaks of the bytes
    /// before any coding, and so survives one.
    fn breaks_digest(self, name: &[u8]) -> bool {
        let is = |digest: &HeaderName| name.eq_ignore_ascii_case(digest.as_str().as_bytes());
        DIGESTS.iter().any(is) || (self == Self::Content && is(&UNENCODED_DIGEST))
    }
}

/// Fixes a head whose body will be other bytes, of a length not known.
///
/// 1. `Content-Length` is removed: RFC 9110 §8.6 forbids to send one that is known to be wrong.
/// 2. `Transfer-Encoding` is removed: see [`drop_framing`].
/// 3. `Accept-Ranges` is removed: it promises ranges of bytes that nobody can serve (§14.3).
/// 4. Digests of the old bytes are removed, and so is their announcement in `Trailer`.
///
/// The entity tag is for the caller to decide, who knows whether the new bytes are a function of
/// the old ones.
pub(crate) fn fix_head(fields: &mut HeaderMap, change: Change) {
    fields.remove(CONTENT_LENGTH);
    drop_framing(fields);
    fields.remove(ACCEPT_RANGES);
    drop_broken_digests(fields, change);
    if fields.contains_key(TRAILER) {
        fix_announcement(fields, change);
    }
}

/// Whether the field says how the message is framed on one connection: see [`drop_framing`].
pub(crate) fn is_framing(name: &HeaderName) -> bool {
    *name == TRANSFER_ENCODING
}

/// Removes `Transfer-Encoding` from a head whose body was replaced, or turned out to be all there.
///
/// The field is about one connection, and the server's business (RFC 9112 §6.1): a handler that hands on
/// the head of another server's response may leave it there. A server that finds it beside a body of
/// known length would have to send both fields, which §6.2 forbids:
///
/// > A sender MUST NOT send a Content-Length header field in any message that contains a
/// > Transfer-Encoding header field.
///
/// and so it closes the connection.
pub(crate) fn drop_framing(fields: &mut HeaderMap) {
    fields.remove(TRANSFER_ENCODING);
}

/// Says how long the body is now. In a head with no room left, the body's own size hint has to do.
pub(crate) fn set_length(fields: &mut HeaderMap, length: usize) {
    drop_framing(fields);
    let _ = fields.try_insert(CONTENT_LENGTH, HeaderValue::from(length));
}

/// Whether the field is a digest of the content, coded or not.
pub(crate) fn is_digest(name: &HeaderName) -> bool {
    Change::Content.breaks_digest(name.as_str().as_bytes())
}

/// Fixes the trailers of a body that became other bytes: digests of the old ones go.
pub(crate) fn drop_broken_digests(fields: &mut HeaderMap, change: Change) {
    // Looked for in one pass: to ask for each by its name would cost more than all the rest.
    let broken: Vec<_> = fields
        .keys()
        .filter(|name| change.breaks_digest(name.as_str().as_bytes()))
        .cloned()
        .collect();
    for name in broken {
        fields.remove(name);
    }
}

/// Whether a message signature over the field `name` would break.
pub(crate) fn changes_field(name: &[u8], change: Change) -> bool {
    let is = |field: &HeaderName| name.eq_ignore_ascii_case(field.as_str().as_bytes());
    is(&CONTENT_LENGTH) || is(&ACCEPT_RANGES) || is(&TRAILER) || change.breaks_digest(name)
}

fn fix_announcement(fields: &mut HeaderMap, change: Change) {
    if !list::elements(fields, TRAILER).any(|name| change.breaks_digest(name)) {
        return;
    }
    let kept: Vec<_> = list::elements(fields, TRAILER)
        .filter(|name| !change.breaks_digest(name))
        .collect();
    let line = HeaderValue::from_bytes(&kept.join(&b", "[..]))
        .expect("parts of field values joined by commas are a field value");
    fields.remove(TRAILER);
    if !line.is_empty() {
        fields.append(TRAILER, line);
    }
}

const DIGESTS: [HeaderName; 4] = [
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
    HeaderName::from_static("digest"),
    HeaderName::from_static("content-md5"),
];
const UNENCODED_DIGEST: HeaderName = HeaderName::from_static("unencoded-digest");

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let line = |&(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        let mut fields = HeaderMap::new();
        for (name, value) in lines.iter().map(line) {
            fields.append(name, value);
        }
        fields
    }

    #[track_caller]
    fn check(before: &[(&'static str, &'static str)], after: &[(&'static str, &'static str)]) {
        let mut found = fields(before);
        fix_head(&mut found, Change::Coding);
        assert_eq!(found, fields(after), "{before:?}");
    }

    #[test]
    fn g_11_the_old_length_goes() {
        check(
            &[("content-length", "5"), ("content-type", "text/plain")],
            &[("content-type", "text/plain")],
        );
    }

    #[test]
    fn g_12_a_length_and_a_transfer_encoding_are_never_together() {
        check(&[("transfer-encoding", "chunked")], &[]);
        let mut found = fields(&[("transfer-encoding", "chunked"), ("vary", "*")]);
        set_length(&mut found, 7);
        assert_eq!(found, fields(&[("content-length", "7"), ("vary", "*")]));
    }

    #[test]
    fn c_27_ranges_are_no_longer_offered() {
        check(&[("accept-ranges", "bytes")], &[]);
    }

    #[test]
    fn c_31_digests_of_the_old_bytes_go() {
        check(
            &[
                ("content-digest", "sha-256=:AA==:"),
                ("repr-digest", "sha-256=:AA==:"),
                ("digest", "sha-256=AA=="),
                ("content-md5", "AA=="),
                ("unencoded-digest", "sha-256=:AA==:"),
            ],
            &[("unencoded-digest", "sha-256=:AA==:")],
        );
    }

    #[test]
    fn x_19_a_digest_of_the_content_goes_with_the_content() {
        let lines = [
            ("unencoded-digest", "sha-256=:AA==:"),
            ("repr-digest", "sha-256=:AA==:"),
            ("trailer", "Unencoded-Digest, expires"),
        ];
        let mut found = fields(&lines);
        fix_head(&mut found, Change::Content);
        assert_eq!(found, fields(&[("trailer", "expires")]));
        check(&lines, &[lines[0], lines[2]]);
        for (change, breaks) in [(Change::Coding, false), (Change::Content, true)] {
            assert_eq!(changes_field(b"unencoded-digest", change), breaks);
            assert!(changes_field(b"Content-Digest", change));
            assert!(!changes_field(b"etag", change));
        }
    }

    #[test]
    fn c_31_announced_digests_go_and_other_announcements_stay() {
        check(&[("trailer", "Content-Digest")], &[]);
        check(
            &[
                ("trailer", "grpc-status, Repr-Digest"),
                ("trailer", "expires"),
            ],
            &[("trailer", "grpc-status, expires")],
        );
        check(
            &[("trailer", "grpc-status,expires")],
            &[("trailer", "grpc-status,expires")],
        );
    }
}
