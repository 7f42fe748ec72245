//! What of a request matters.

use http::{HeaderMap, request};

use crate::fields::request_directives::RequestDirectives;
use crate::marks::nonce::NonceRead;
use crate::rules::method::MethodKind;
use crate::rules::preconditions::Preconditions;

/// The parts of a request that matter, read once and kept until the response is there.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: MethodKind,
    /// `None` where there are none.
    pub(super) conditions: Option<Box<Preconditions>>,
    /// A reload: GET or HEAD with `Cache-Control: no-cache`.
    pub(super) is_reload: bool,
    /// Whether the handler reads the nonce that a layer further out has for it.
    pub(super) nonce: Option<NonceRead>,
}

impl Asked {
    /// Reads the conditions of all methods.
    pub(super) fn read(head: &request::Parts) -> Self {
        let method = MethodKind::of(&head.method);
        let conditions = Preconditions::read_any(&head.method, &head.headers);
        Self::new(
            method,
            conditions,
            &head.headers,
            NonceRead::of(&head.extensions),
        )
    }

    /// Reads the conditions of GET and HEAD alone: those of other methods are for the handler.
    #[inline]
    pub(super) fn read_of_reads<B>(request: &http::Request<B>) -> Self {
        let method = MethodKind::of(request.method());
        let conditions = match method.is_read() {
            true => Preconditions::read_any(request.method(), request.headers()),
            false => None,
        };
        let nonce = NonceRead::of(request.extensions());
        Self::new(method, conditions, request.headers(), nonce)
    }

    #[inline(always)]
    fn new(
        method: MethodKind,
        conditions: Option<Box<Preconditions>>,
        fields: &HeaderMap,
        nonce: Option<NonceRead>,
    ) -> Self {
        Self {
            method,
            is_reload: conditions.is_some() && method.is_read() && is_reload(fields),
            conditions,
            nonce,
        }
    }

    pub(super) fn is_head(&self) -> bool {
        self.method == MethodKind::Head
    }
}

/// Whether the client wants the full response instead of a 304: a reload.
///
/// Deviates: `no-cache` in a request is addressed to caches (RFC 9111 §5.2.1.4), and a conditional
/// request with it may get a 304. Browsers send it for a reload of everything, and Express does as
/// they mean.
fn is_reload(fields: &HeaderMap) -> bool {
    RequestDirectives::read(fields).no_cache
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{Method, Request};

    #[test]
    fn conditions_are_kept_of_get_and_head_alone() {
        for (method, kept) in [
            (Method::GET, true),
            (Method::HEAD, true),
            (Method::PUT, false),
        ] {
            let request = Request::builder()
                .method(method.clone())
                .header("if-match", "\"a\"")
                .header("cache-control", "max-age=0, No-Cache")
                .body(())
                .unwrap();
            let asked = Asked::read_of_reads(&request);
            assert_eq!(asked.conditions.is_some(), kept, "{method}");
            assert_eq!(asked.is_reload, kept, "{method}");
            // Before the handler, those of writes count too.
            let asked = Asked::read(&request.into_parts().0);
            assert!(asked.conditions.is_some(), "{method}");
            assert_eq!(asked.is_reload, kept, "{method}");
        }
        let asked = Asked::read_of_reads(&Request::new(()));
        assert!(asked.conditions.is_none());
    }
}
