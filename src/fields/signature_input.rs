//! `Signature-Input`: which fields an HTTP message signature covers (RFC 9421 §4.1).

use http::{HeaderName, HeaderValue};

/// The components that the signatures of this line cover, as they stand there.
///
/// ```text
/// Signature-Input: sig1=("@status" "content-length");created=1618884475
/// ```
///
/// Component names are lower-case strings, so they are among what stands between quotes.
pub(crate) fn covered_by_line(line: &HeaderValue) -> impl Iterator<Item = &[u8]> {
    line.as_bytes().split(|&byte| byte == b'"')
}

pub(crate) const NAME: HeaderName = HeaderName::from_static("signature-input");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_32_every_covered_component_is_there() {
        let line = HeaderValue::from_static(r#"a=("@status" "etag"), b=("vary";sf)"#);
        for name in ["@status", "etag", "vary"] {
            let found = covered_by_line(&line).any(|covered| covered == name.as_bytes());
            assert!(found, "{name}");
        }
    }
}
