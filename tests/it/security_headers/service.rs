//! The layer as a service, beyond what every layer promises (`contract`).

use http::{Request, Response};
use tower_egress::matcher::ResponseMatcher;
use tower_egress::security_headers::{
    ContentSecurityPolicy, CspNonce, Https, NoSniff, SecurityHeadersLayer,
};
use tracing::Level;

use crate::security_headers::answer;
use crate::support::log::Lines;
use crate::support::service::{self};

/// The event of one response, and the response.
fn event_of<B>(ask: impl Fn() -> Response<B>) -> (Vec<String>, Response<B>) {
    let lines = Lines::of(Level::DEBUG);
    let response = tracing::subscriber::with_default(lines.clone(), || {
        // A test on another thread, without a subscriber, may be making the event for the first
        // time. `tracing` then remembers that nobody listens, until it is told to ask again.
        for _ in 0..1_000 {
            tracing::callsite::rebuild_interest_cache();
            let response = ask();
            if !lines.found().is_empty() {
                return response;
            }
            std::thread::yield_now();
        }
        panic!("there is no event")
    });
    (lines.found(), response)
}

/// Promise 8. The values stay out of the log: a nonce may be in one.
#[test]
fn every_response_is_an_event_without_its_values() {
    let layer = SecurityHeadersLayer::none()
        .https(Https::Always)
        .with(NoSniff)
        .with(ContentSecurityPolicy::strict());
    for draws in [false, true] {
        let page = move |request: Request<()>| {
            let nonce = CspNonce::of(request.extensions());
            let text = if draws { nonce.draw() } else { "" };
            Response::new(text.to_owned())
        };
        let (lines, response): (_, Response<String>) =
            event_of(|| service::answer(&layer, Request::new(()), Box::new(page)));
        let names: Vec<_> = response
            .headers()
            .keys()
            .map(|name| name.as_str())
            .collect();
        let event = format!(
            "message=security_headers plan=send the fields scheme=https nonce={draws} fields={names:?}"
        );
        assert_eq!(lines, [event]);
    }
}

/// Promise 8. Why no field was sent.
#[test]
fn a_response_without_fields_is_an_event_too() {
    let page = |_| answer(200, &[]);
    let off = SecurityHeadersLayer::new().enabled(false);
    let (lines, _): (_, Response<&str>) =
        event_of(|| service::answer(&off, Request::new(()), Box::new(page)));
    assert_eq!(
        lines,
        ["message=security_headers plan=pass: the layer is off"]
    );
    let skipped = SecurityHeadersLayer::new().skip_responses(ResponseMatcher::status(|_| true));
    let (lines, _): (_, Response<&str>) =
        event_of(|| service::answer(&skipped, Request::new(()), Box::new(page)));
    let event = "message=security_headers plan=pass: the request or the response is skipped \
                 scheme=unknown nonce=false fields=[]";
    assert_eq!(lines, [event]);
}
