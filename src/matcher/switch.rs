//! When a layer acts: the settings that every layer has.

use http::{Request, request, response};

use super::head::with_head;
use super::request::RequestMatcher;
use super::response::ResponseMatcher;
use super::seen::{KeptRequest, SeenRequest, SeenResponse};
use crate::rules::media::Media;

/// When a layer acts. By default it always does.
///
/// A service asks [`off`](Self::off) before the handler. A layer with `skip_responses` also calls
/// [`keep`](Self::keep) before the handler, and [`skips`](Self::skips) after it.
#[derive(Clone, Debug)]
pub(crate) struct Switch {
    is_enabled: bool,
    skipped: Option<RequestMatcher>,
    skipped_responses: Option<ResponseMatcher>,
    // Invariant: the layer is enabled and skips no requests. The one thing that most calls ask.
    is_always_on: bool,
}

/// Why a layer does nothing for a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Off {
    /// `.enabled(false)`.
    Disabled,
    /// `.skip(…)` or `.skip_responses(…)` matches.
    Skipped,
}

impl Switch {
    pub(crate) const fn new() -> Self {
        Self {
            is_enabled: true,
            skipped: None,
            skipped_responses: None,
            is_always_on: true,
        }
    }

    /// Turns the layer on or off.
    pub(crate) const fn set_enabled(&mut self, is_enabled: bool) {
        self.is_enabled = is_enabled;
        self.is_always_on = is_enabled && self.skipped.is_none();
    }

    /// Turns the layer off for these requests too.
    pub(crate) fn skip(&mut self, requests: RequestMatcher) {
        self.skipped = Some(match self.skipped.take() {
            Some(others) => others.or(requests),
            None => requests,
        });
        self.is_always_on = false;
    }

    /// Turns the layer off for these responses too.
    pub(crate) fn skip_responses(&mut self, responses: ResponseMatcher) {
        self.skipped_responses = Some(match self.skipped_responses.take() {
            Some(others) => others.or(responses),
            None => responses,
        });
    }

    /// Why the layer does nothing for this request; `None` where it acts.
    #[inline(always)]
    pub(crate) fn off<B>(&self, request: &mut Request<B>) -> Option<Off> {
        if self.is_always_on {
            return None;
        }
        self.look(request)
    }

    #[cold]
    fn look<B>(&self, request: &mut Request<B>) -> Option<Off> {
        let mut skips = |matcher: &RequestMatcher| match matcher.needs_head() {
            true => with_head(request, |head| matcher.matches(&SeenRequest::from(head))),
            false => matcher.matches(&SeenRequest::without_head(request)),
        };
        match (self.is_enabled, &self.skipped) {
            (false, _) => Some(Off::Disabled),
            (true, Some(matcher)) if skips(matcher) => Some(Off::Skipped),
            _ => None,
        }
    }

    /// What [`skips`](Self::skips) needs of the request; `None` where no responses are skipped.
    #[inline(always)]
    pub(crate) fn keep<B>(&self, request: &mut Request<B>) -> Option<Box<KeptRequest>> {
        let matcher = self.skipped_responses.as_ref()?;
        Some(Box::new(KeptRequest::new(request, matcher.needs_head())))
    }

    /// Whether responses are skipped by the whole head of their request.
    pub(crate) fn needs_head(&self) -> bool {
        let responses = self.skipped_responses.as_ref();
        responses.is_some_and(ResponseMatcher::needs_head)
    }

    /// Whether the layer does nothing with this response. A layer that keeps the request for itself,
    /// with its head where that is [needed](Self::needs_head), need not call [`keep`](Self::keep).
    #[inline(always)]
    pub(crate) fn skips(&self, kept: Option<&KeptRequest>, response: &response::Parts) -> bool {
        self.skipped_responses.is_some()
            && kept.is_some_and(|kept| self.look_at_response(kept, response))
    }

    #[cold]
    fn look_at_response(&self, kept: &KeptRequest, response: &response::Parts) -> bool {
        let seen = SeenResponse::new(kept.seen(), response);
        self.skips_seen(&seen)
    }

    /// Where the media type is not known, and the matcher depends on it, the response is skipped: caches
    /// and clients keep what a 304 does not repeat (RFC 9111 §3.2), so saying nothing is right for
    /// both.
    fn skips_seen(&self, seen: &SeenResponse<'_>) -> bool {
        let is_known = !matches!(seen.media, Media::Guessed(None));
        self.skipped_responses
            .as_ref()
            .is_some_and(|matcher| match is_known {
                true => matcher.matches(seen),
                false => matcher.matches_untyped(seen) != Some(false),
            })
    }

    /// The answer of [`off`](Self::off), for a question without a server.
    pub(crate) fn off_for(&self, request: &request::Parts) -> Option<Off> {
        let skipped = self.skipped.as_ref();
        let is_skipped =
            || skipped.is_some_and(|matcher| matcher.matches(&SeenRequest::from(request)));
        match self.is_enabled {
            false => Some(Off::Disabled),
            true => is_skipped().then_some(Off::Skipped),
        }
    }

    /// Why the layer does nothing with this response to this request, for a question without a server.
    pub(crate) fn off_for_response(
        &self,
        request: &request::Parts,
        response: &response::Parts,
    ) -> Option<Off> {
        let is_skipped =
            || self.skips_seen(&SeenResponse::new(SeenRequest::from(request), response));
        self.off_for(request)
            .or_else(|| is_skipped().then_some(Off::Skipped))
    }
}

#[cfg(test)]
mod tests {
    use http::{Method, Response, StatusCode};

    use super::*;

    fn request(method: Method, path: &str) -> Request<()> {
        Request::builder()
            .method(method)
            .uri(path)
            .body(())
            .unwrap()
    }

    #[track_caller]
    fn check(switch: &Switch, method: Method, path: &str, expected: Option<Off>) {
        let mut asked = request(method, path);
        assert_eq!(switch.off(&mut asked), expected, "{path}");
        let (head, ()) = asked.into_parts();
        assert_eq!(switch.off_for(&head), expected, "{path}, without a server");
    }

    #[test]
    fn it_is_on_until_told_otherwise() {
        let mut switch = Switch::new();
        check(&switch, Method::GET, "/a", None);
        switch.set_enabled(false);
        check(&switch, Method::GET, "/a", Some(Off::Disabled));
        switch.set_enabled(true);
        check(&switch, Method::GET, "/a", None);
    }

    #[test]
    fn requests_are_skipped_by_path_and_by_closure_in_any_order_of_calls() {
        let by_path = |switch: &mut Switch| switch.skip(RequestMatcher::prefix("/a/").unwrap());
        let by_closure = |switch: &mut Switch| {
            switch.skip(RequestMatcher::when(|head| head.method == Method::PUT));
        };
        for is_enabled in [true, false] {
            let mut one = Switch::new();
            by_path(&mut one);
            by_closure(&mut one);
            one.set_enabled(is_enabled);
            let mut other = Switch::new();
            other.set_enabled(is_enabled);
            by_closure(&mut other);
            by_path(&mut other);
            for switch in [one, other] {
                let or_off = |expected| match is_enabled {
                    true => expected,
                    false => Some(Off::Disabled),
                };
                check(&switch, Method::GET, "/a/b", or_off(Some(Off::Skipped)));
                check(&switch, Method::PUT, "/b", or_off(Some(Off::Skipped)));
                check(&switch, Method::GET, "/b", or_off(None));
            }
        }
    }

    #[test]
    fn responses_are_skipped_by_what_both_heads_say() {
        let mut switch = Switch::new();
        let mut asked = request(Method::GET, "/a.css");
        let (found, ()) = Response::new(()).into_parts();
        assert!(switch.keep(&mut asked).is_none());
        assert!(!switch.skips(None, &found));

        switch.skip_responses(ResponseMatcher::status(|status| status.is_server_error()));
        switch.skip_responses(RequestMatcher::extension("css").unwrap().into());
        switch.skip_responses(ResponseMatcher::when(|request, response| {
            request.uri.query() == Some("q") && response.headers.is_empty()
        }));
        for (path, status, expected) in [
            ("/a.css", StatusCode::OK, true),
            ("/a", StatusCode::BAD_GATEWAY, true),
            ("/a?q", StatusCode::OK, true),
            ("/a", StatusCode::OK, false),
        ] {
            let mut asked = request(Method::GET, path);
            let kept = switch.keep(&mut asked);
            let (mut found, ()) = Response::new(()).into_parts();
            found.status = status;
            assert_eq!(
                switch.skips(kept.as_deref(), &found),
                expected,
                "{path} {status}"
            );
            let (head, ()) = asked.into_parts();
            let off = switch.off_for_response(&head, &found);
            assert_eq!(off, expected.then_some(Off::Skipped), "{path} {status}");
        }
    }

    /// A 304 that an inner service made does not say which type its 200 has.
    #[test]
    fn a_response_of_unknown_type_is_skipped_where_that_depends_on_the_type() {
        let html = || ResponseMatcher::media_type("text/html").unwrap();
        let app = || RequestMatcher::prefix("/app/").unwrap();
        for (matcher, path, expected) in [
            (html(), "/page", true),
            (!html(), "/page", true),
            (html().and(app()), "/page", false),
            (html().or(app()), "/app/page", true),
            (html(), "/a.css", false),
            (html(), "/a.html", true),
        ] {
            let mut switch = Switch::new();
            switch.skip_responses(matcher.clone());
            let mut asked = request(Method::GET, path);
            let kept = switch.keep(&mut asked);
            let (mut found, ()) = Response::new(()).into_parts();
            found.status = StatusCode::NOT_MODIFIED;
            let skips = switch.skips(kept.as_deref(), &found);
            assert_eq!(skips, expected, "{matcher:?} {path}");
            let (head, ()) = asked.into_parts();
            let off = switch.off_for_response(&head, &found);
            assert_eq!(off, expected.then_some(Off::Skipped), "{matcher:?} {path}");
        }
    }
}
