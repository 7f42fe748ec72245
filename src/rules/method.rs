//! What a request method says of the representation that it is about.

use http::Method;

/// What of a method matters to rules about representations.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum MethodKind {
    /// GET.
    #[default]
    Get,
    /// HEAD.
    Head,
    /// PUT, PATCH and DELETE: they replace, change or remove a representation that somebody else
    /// may have changed meanwhile.
    Write,
    /// CONNECT, OPTIONS and TRACE, which select no representation.
    ///
    /// RFC 9110 §13.2.1:
    ///
    /// > A server MUST ignore the conditional request header fields defined by this specification
    /// > when received with a request method that does not involve the selection or modification of
    /// > a selected representation, such as CONNECT, OPTIONS, or TRACE.
    Unconditional,
    /// Any other, such as POST.
    Other,
}

impl MethodKind {
    pub(crate) const fn of(method: &Method) -> Self {
        match *method {
            Method::GET => Self::Get,
            Method::HEAD => Self::Head,
            Method::PUT | Method::PATCH | Method::DELETE => Self::Write,
            Method::CONNECT | Method::OPTIONS | Method::TRACE => Self::Unconditional,
            _ => Self::Other,
        }
    }

    /// Whether the method only reads: GET and HEAD.
    pub(crate) const fn is_read(self) -> bool {
        matches!(self, Self::Get | Self::Head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_21_every_method_is_of_one_kind() {
        for (method, expected) in [
            ("GET", MethodKind::Get),
            ("HEAD", MethodKind::Head),
            ("PUT", MethodKind::Write),
            ("PATCH", MethodKind::Write),
            ("DELETE", MethodKind::Write),
            ("CONNECT", MethodKind::Unconditional),
            ("OPTIONS", MethodKind::Unconditional),
            ("TRACE", MethodKind::Unconditional),
            ("POST", MethodKind::Other),
            ("QUERY", MethodKind::Other),
            ("get", MethodKind::Other),
        ] {
            let found = MethodKind::of(&method.parse().unwrap());
            assert_eq!(found, expected, "{method}");
            assert_eq!(found.is_read(), matches!(method, "GET" | "HEAD"));
        }
    }
}
