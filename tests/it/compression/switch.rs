//! When the layer acts, and what it says of it.

use std::convert::Infallible;

use http::header::{CONTENT_ENCODING, VARY};
use http::{Method, Request, Response, StatusCode};
use http_body::{Body, SizeHint};
use http_body_util::Full;
use tower::ServiceExt;
use tower_egress::Live;
use tower_egress::compression::{
    CompressionBody, CompressionLayer, ContentTypes, NoCompression, Plan, Reason,
};
use tower_egress::matcher::RequestMatcher;
use tracing::Level;

use super::{get, page_with};
use crate::support::body::{Script, Step};
use crate::support::consume::consume;
use crate::support::log::Lines;
use crate::support::service::{answer, respond};
use crate::support::{fields, text};

fn off() -> [(&'static str, CompressionLayer, Reason); 3] {
    let skipped = || RequestMatcher::prefix("/").expect("a path");
    [
        (
            "off",
            CompressionLayer::new().enabled(false),
            Reason::Disabled,
        ),
        (
            "skipped",
            CompressionLayer::new().skip(skipped()),
            Reason::Skipped,
        ),
        (
            "both",
            CompressionLayer::new().skip(skipped()).enabled(false),
            Reason::Disabled,
        ),
    ]
}

/// A conditional request that the layer changes where it acts.
fn conditional() -> Request<()> {
    let mut request = get("gzip");
    request.headers_mut().extend(fields(&[
        ("if-none-match", "\"x-gzip\""),
        ("if-range", "\"x-gzip\""),
        ("range", "bytes=0-9"),
    ]));
    request
}

#[test]
fn what_is_off_is_transparent() {
    let trailers = || fields(&[("content-digest", "sha-256=:AA==:")]);
    let described = move || {
        let body = Script::in_frames(&text(4000), 1000)
            .interleaved()
            .then(Step::Trailers(trailers()));
        let mut response = Response::new(body);
        *response.headers_mut() = fields(&[
            ("content-type", "text/plain"),
            ("etag", "\"x\""),
            ("accept-ranges", "bytes"),
            ("transfer-encoding", "chunked"),
        ]);
        response
    };
    for (name, layer, _) in off() {
        let request = conditional();
        let expected = format!("{request:?}");
        let handler = move |request: Request<()>| {
            assert_eq!(format!("{request:?}"), expected);
            described()
        };
        let response = answer(&layer, request, Box::new(handler.clone()));
        let (head, body) = response.into_parts();
        assert_eq!(head.headers, *described().headers(), "{name}");
        let consumed = consume(body);
        let before = consume(described().into_body());
        assert_eq!(consumed.frames, before.frames, "{name}");
        assert_eq!(consumed.trailers.as_ref(), Some(&trailers()), "{name}");
        assert_eq!(consumed.error, None);
    }
}

#[test]
fn the_hints_of_a_body_stay_where_the_layer_is_off() {
    for (name, layer, _) in off() {
        for length in [0, 4000] {
            let response = Response::new(Full::new(text(length)));
            let hint = response.body().size_hint();
            let is_end_stream = response.body().is_end_stream();
            let body: CompressionBody<_> = respond(&layer, get("gzip"), response).into_body();
            assert_eq!(body.size_hint().exact(), hint.exact(), "{name}");
            assert_eq!(body.is_end_stream(), is_end_stream, "{name}");
        }
    }
}

#[test]
fn a_304_keeps_its_tag_where_the_layer_is_off() {
    for (name, layer, _) in off() {
        let mut response = page_with(&[("etag", "\"x\"")]);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        let response = respond(&layer, conditional(), response);
        assert_eq!(response.headers()["etag"], "\"x\"", "{name}");
        assert!(!response.headers().contains_key(VARY), "{name}");
    }
}

#[test]
fn the_plan_says_that_the_layer_is_off() {
    let (request, ()) = get("gzip").into_parts();
    let (response, _) = page_with(&[]).into_parts();
    for (name, layer, reason) in off() {
        let plan = layer.plan(&request, &response, &SizeHint::with_exact(4000));
        assert_eq!(plan, Plan::Pass(reason), "{name}");
    }
}

#[test]
fn only_skipped_requests_are_skipped_and_two_sets_are_both() {
    let method = || RequestMatcher::method(Method::PUT);
    let path = || RequestMatcher::prefix("/private/").unwrap();
    for layer in [
        CompressionLayer::new().skip(method()).skip(path()),
        CompressionLayer::new()
            .skip(path())
            .skip(method())
            .enabled(true),
    ] {
        for (method, path, is_encoded) in [
            (Method::GET, "/", true),
            (Method::PUT, "/", false),
            (Method::GET, "/private/", false),
        ] {
            let mut request = get("gzip");
            *request.method_mut() = method;
            *request.uri_mut() = path.parse().unwrap();
            let response: Response<CompressionBody<_>> = respond(&layer, request, page_with(&[]));
            let found = response.headers().contains_key(CONTENT_ENCODING);
            assert_eq!(found, is_encoded, "{path}");
        }
    }
}

#[test]
fn a_layer_that_was_off_can_be_on_again() {
    let layer = CompressionLayer::new().enabled(false).enabled(true);
    let response: Response<CompressionBody<_>> = respond(&layer, get("gzip"), page_with(&[]));
    assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
}

/// Every decision is an event, in the words of the plan.
#[test]
fn g_08_every_decision_is_an_event() {
    let encoded = CompressionLayer::new();
    let listed = CompressionLayer::new().content_types(ContentTypes::new().deny("text/*").unwrap());
    let off = CompressionLayer::new().enabled(false);
    for (layer, expected) in [
        (encoded, "encode with gzip"),
        (listed, "pass: its content type is not compressed"),
        (off, "pass: the layer is off"),
    ] {
        let lines = Lines::of(Level::DEBUG);
        tracing::subscriber::with_default(lines.clone(), || {
            // A test on another thread, without a subscriber, may be making the event for the first
            // time. `tracing` then remembers that nobody listens, until it is told to ask again.
            for _ in 0..1_000 {
                tracing::callsite::rebuild_interest_cache();
                let _: Response<CompressionBody<_>> = respond(&layer, get("gzip"), page_with(&[]));
                if !lines.found().is_empty() {
                    return;
                }
                std::thread::yield_now();
            }
            panic!("there is no event")
        });
        assert_eq!(
            lines.found(),
            [format!("message=compression plan={expected}")]
        );
    }
}

#[tokio::test(flavor = "current_thread")]
async fn in_axum_the_extensions_are_parts_of_a_response() {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;

    let words = || "again and again ".repeat(500);
    let app = Router::new()
        .route("/secret", get(async move || (NoCompression, words())))
        .route("/log", get(async move || (Live, words())))
        .layer(CompressionLayer::new());
    for (path, is_encoded) in [("/secret", false), ("/log", true)] {
        let request = Request::builder()
            .uri(path)
            .header("accept-encoding", "gzip")
            .body(Body::empty())
            .unwrap();
        let response: Result<_, Infallible> = app.clone().oneshot(request).await;
        let found = response.unwrap().headers().contains_key(CONTENT_ENCODING);
        assert_eq!(found, is_encoded, "{path}");
    }
}
