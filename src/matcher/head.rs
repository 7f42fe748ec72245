//! Showing the head of a message to a closure of the user's.

use std::mem;

use http::{Request, Response, request, response};

/// Calls `look` with the head of a request, which stays as it is.
///
/// [`request::Parts`] owns its fields, so they move there and back. The body stays where it is.
pub(crate) fn with_head<B, R>(
    request: &mut Request<B>,
    look: impl FnOnce(&request::Parts) -> R,
) -> R {
    let (mut head, ()) = Request::new(()).into_parts();
    swap(request, &mut head);
    let result = look(&head);
    swap(request, &mut head);
    result
}

/// Calls `look` with the head of a response, which stays as it is.
pub(crate) fn with_response_head<B, R>(
    response: &mut Response<B>,
    look: impl FnOnce(&response::Parts) -> R,
) -> R {
    let (mut head, ()) = Response::new(()).into_parts();
    swap_response(response, &mut head);
    let result = look(&head);
    swap_response(response, &mut head);
    result
}

fn swap_response<B>(response: &mut Response<B>, head: &mut response::Parts) {
    mem::swap(response.status_mut(), &mut head.status);
    mem::swap(response.version_mut(), &mut head.version);
    mem::swap(response.headers_mut(), &mut head.headers);
    mem::swap(response.extensions_mut(), &mut head.extensions);
}

fn swap<B>(request: &mut Request<B>, head: &mut request::Parts) {
    mem::swap(request.method_mut(), &mut head.method);
    mem::swap(request.uri_mut(), &mut head.uri);
    mem::swap(request.version_mut(), &mut head.version);
    mem::swap(request.headers_mut(), &mut head.headers);
    mem::swap(request.extensions_mut(), &mut head.extensions);
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode, Version};

    use super::*;

    #[test]
    fn the_head_is_shown_whole_and_stays() {
        let mut request = Request::builder()
            .method(Method::PUT)
            .uri("/a?b")
            .version(Version::HTTP_2)
            .header("x-a", "1")
            .extension("mark")
            .body("body")
            .unwrap();
        let line = |method: &Method, uri: &http::Uri, version: Version| {
            format!("{method} {uri} {version:?}")
        };
        let shown = with_head(&mut request, |head| {
            assert_eq!(head.headers["x-a"], "1");
            assert_eq!(head.extensions.get(), Some(&"mark"));
            line(&head.method, &head.uri, head.version)
        });
        assert_eq!(shown, "PUT /a?b HTTP/2.0");
        assert_eq!(
            shown,
            line(request.method(), request.uri(), request.version())
        );
        assert_eq!(request.headers()["x-a"], "1");
        assert_eq!(request.extensions().get(), Some(&"mark"));
        assert_eq!(request.body(), &"body");
    }

    #[test]
    fn the_head_of_a_response_is_shown_whole_and_stays() {
        let mut response = Response::builder()
            .status(StatusCode::CREATED)
            .version(Version::HTTP_2)
            .header("x-a", "1")
            .extension("mark")
            .body("body")
            .unwrap();
        let shown = with_response_head(&mut response, |head| {
            assert_eq!(head.headers["x-a"], "1");
            assert_eq!(head.extensions.get(), Some(&"mark"));
            (head.status, head.version)
        });
        assert_eq!(shown, (StatusCode::CREATED, Version::HTTP_2));
        assert_eq!(shown, (response.status(), response.version()));
        assert_eq!(response.headers()["x-a"], "1");
        assert_eq!(response.extensions().get(), Some(&"mark"));
        assert_eq!(response.body(), &"body");
    }
}
