//! `Content-Encoding` (RFC 9110 §8.4).

use http::HeaderValue;

use super::list;

/// Whether this line names any coding but `identity`.
///
/// RFC 9110 §8.4:
///
/// > the coding named "identity" is reserved for its special role in Accept-Encoding and thus
/// > SHOULD NOT be included.
///
/// so where it is included, it says nothing.
pub(crate) fn line_names_coding(line: &HeaderValue) -> bool {
    list::elements_of_line(line).any(|coding| !coding.eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_03_identity_is_no_coding() {
        let names = |line: &'static str| line_names_coding(&HeaderValue::from_static(line));
        assert!(!names(""));
        assert!(!names("identity"));
        assert!(!names("Identity, ,IDENTITY"));
        assert!(names("gzip"));
        assert!(names("identity, x-unknown"));
    }
}
