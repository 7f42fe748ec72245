//! `Signature-Input`: which fields an HTTP message signature covers (RFC 9421 §4.1).

use http::{HeaderMap, HeaderName};

use super::structured::{self, BareItem};

/// Whether a signature of the message covers a component of which `is_sought` holds.
///
/// ```text
/// Signature-Input: sig1=("@status" "content-length");created=1618884475
/// ```
///
/// A field that breaks the grammar is as good as absent (RFC 9651 §4.2): nobody can verify by it.
pub(crate) fn covers(fields: &HeaderMap, is_sought: impl Fn(&[u8]) -> bool) -> bool {
    if !fields.contains_key(NAME) {
        return false;
    }
    let is_covered = |value: &BareItem<'_>| match value {
        BareItem::String(name) => is_sought(name.as_bytes()),
        _ => false,
    };
    structured::any_of_inner_lists(fields, NAME, is_covered).unwrap_or(false)
}

pub(crate) const NAME: HeaderName = HeaderName::from_static("signature-input");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_32_what_a_signature_covers() {
        for (line, expected) in [
            (r#"a=("@status" "etag"), b=("vary";sf)"#, true),
            (r#"a=("@status" "date"), b=("etag";req)"#, true),
            (r#"a=("@status" "date");keyid="etag""#, false),
            (r#"a=("@status")"#, false),
            (r#"a=()"#, false),
            ("a", false),
            (r#"a=("etag""#, false),
        ] {
            let mut fields = HeaderMap::new();
            fields.insert(NAME, line.parse().unwrap());
            assert_eq!(covers(&fields, |name| name == b"etag"), expected, "{line}");
        }
        assert!(!covers(&HeaderMap::new(), |_| true));
    }
}
