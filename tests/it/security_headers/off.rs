//! Promise 9: the layer off, for all requests or some, and responses that are skipped.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt;
use tower::ServiceExt;
use tower_egress::matcher::{RequestMatcher, ResponseMatcher};
use tower_egress::security_headers::{
    ClearSiteData, ContentSecurityPolicy, CspNonce, Https, Plan, Reason, SecurityHeadersLayer,
    SecurityOverride, XFrameOptions,
};

use super::{answer as page, fields_of};
use crate::support::body::Script;
use crate::support::fields;
use crate::support::service::{answer, respond};

type Call = fn(SecurityHeadersLayer) -> SecurityHeadersLayer;

/// Ways to have the layer off for `/a`.
const OFF: [(Call, Reason); 4] = [
    (|layer| layer.enabled(false), Reason::Disabled),
    (|layer| layer.skip(prefix("/a")), Reason::Skipped),
    (
        |layer| layer.skip(prefix("/b")).skip(prefix("/a")),
        Reason::Skipped,
    ),
    (
        |layer| layer.enabled(false).skip(prefix("/a")),
        Reason::Disabled,
    ),
];

fn prefix(path: &str) -> RequestMatcher {
    RequestMatcher::prefix(path).expect("a path")
}

fn strict() -> SecurityHeadersLayer {
    SecurityHeadersLayer::new()
        .https(Https::Always)
        .with(ContentSecurityPolicy::strict())
}

fn request(path: &str) -> Request<()> {
    Request::get(path).body(()).expect("a path")
}

#[test]
fn off_the_request_and_the_response_pass_as_they_are() {
    let lines = [("server", "nginx"), ("x-frame-options", "ALLOWALL")];
    for (call, reason) in OFF {
        let layer = call(strict());
        let head: Response<&str> = answer(
            &layer,
            request("/a"),
            Box::new(move |request| {
                assert!(request.extensions().is_empty());
                assert_eq!(CspNonce::of(request.extensions()).draw(), "");
                page(500, &lines)
            }),
        );
        assert_eq!(head.status(), 500);
        assert_eq!(head.headers(), &fields(&lines));
        assert!(head.extensions().is_empty());

        let (asked, ()) = request("/a").into_parts();
        let (found, _) = page(500, &lines).into_parts();
        assert_eq!(layer.plan(&asked, &found), Plan::Pass(reason));
        assert_eq!(layer.fields_for(&asked, &found), found.headers);
    }
}

#[tokio::test]
async fn off_the_frames_and_the_hints_of_the_body_are_the_same() {
    for (call, _) in OFF {
        let script = Script::of_data(["ab", "c"]).with_exact_hint(3);
        let response = respond(&call(strict()), request("/a"), Response::new(script));
        // The same type, too.
        let mut body: Script = response.into_body();
        assert_eq!(body.size_hint().exact(), Some(3));
        for expected in ["ab", "c"] {
            let frame = body.frame().await.expect("a frame").expect("no error");
            assert_eq!(frame.into_data().expect("data"), expected);
        }
        assert!(body.frame().await.is_none());
    }
}

#[test]
fn what_is_not_skipped_is_as_before_in_any_order_of_the_calls() {
    let skips: [Call; 3] = [
        |layer| layer.skip(prefix("/a")).enabled(true),
        |layer| layer.enabled(true).skip(prefix("/a")),
        |layer| layer.enabled(false).skip(prefix("/a")).enabled(true),
    ];
    let expected = fields_of(&strict(), page(200, &[]));
    for skip in skips {
        for layer in [
            skip(strict()),
            skip(SecurityHeadersLayer::new())
                .https(Https::Always)
                .with(ContentSecurityPolicy::strict()),
        ] {
            let found: Response<&str> = respond(&layer, request("/b"), page(200, &[]));
            assert_eq!(found.headers(), &expected);
            let found: Response<&str> = respond(&layer, request("/a"), page(200, &[]));
            assert_eq!(found.headers(), &HeaderMap::new());
        }
    }
}

#[test]
fn skipped_responses_pass_as_they_are() {
    let layer = SecurityHeadersLayer::new()
        .skip_responses(ResponseMatcher::status(|status| status.is_server_error()))
        .skip_responses(RequestMatcher::extension("css").expect("a name"));
    let lines = [("server", "nginx")];
    for (path, status, is_skipped) in [
        ("/a", 502, true),
        ("/a.css", 200, true),
        ("/a", 200, false),
        ("/a", 404, false),
    ] {
        let found: Response<&str> = respond(&layer, request(path), page(status, &lines));
        let is_untouched = found.headers() == &fields(&lines);
        assert_eq!(is_untouched, is_skipped, "{path} {status}");
        assert_eq!(*found.body(), "hello");

        let (asked, ()) = request(path).into_parts();
        let (head, _) = page(status, &lines).into_parts();
        let expected = match is_skipped {
            true => Plan::Pass(Reason::Skipped),
            false => Plan::Apply,
        };
        assert_eq!(layer.plan(&asked, &head), expected, "{path} {status}");
        assert_eq!(&layer.fields_for(&asked, &head), found.headers());
    }
}

/// The page has the nonce in it, and no cache may send it again.
#[test]
fn h_13_a_skipped_response_with_a_nonce_is_still_not_reused() {
    for (draws, expected) in [(true, "private, no-cache"), (false, "max-age=60")] {
        let layer = strict().skip_responses(ResponseMatcher::status(|_| true));
        let handler = move |request: Request<()>| {
            let nonce = CspNonce::of(request.extensions());
            let text = if draws { nonce.draw() } else { "" };
            let mut response = Response::new(text.to_owned());
            *response.headers_mut() = fields(&[("cache-control", "max-age=60")]);
            response
        };
        let response: Response<String> = answer(&layer, request("/"), Box::new(handler));
        assert_eq!(response.headers(), &fields(&[("cache-control", expected)]));
    }
}

#[test]
fn a_plan_says_what_is_done_and_why_not() {
    let layer = SecurityHeadersLayer::new();
    let (asked, ()) = request("/").into_parts();
    for (status, wanted, expected) in [
        (200, None, "send the fields"),
        (
            200,
            Some(SecurityOverride::new()),
            "send the fields that the response asks for",
        ),
        (
            200,
            Some(SecurityOverride::off()),
            "pass: the response opts out",
        ),
        (
            101,
            None,
            "pass: the response is interim or starts a tunnel",
        ),
    ] {
        let (mut head, _) = page(status, &[]).into_parts();
        if let Some(wanted) = wanted {
            head.extensions.insert(wanted);
        }
        assert_eq!(layer.plan(&asked, &head).to_string(), expected, "{status}");
    }
}

/// With the feature `axum`.
#[tokio::test]
async fn a_handler_of_axum_s_returns_an_override_in_a_tuple() {
    let logout = async || {
        let clear = SecurityOverride::new()
            .with(ClearSiteData::Cookies)
            .without(CONTENT_SECURITY_POLICY);
        (StatusCode::ACCEPTED, clear, "Good bye!")
    };
    let app = Router::new().route("/", get(logout)).layer(
        SecurityHeadersLayer::none()
            .with(ContentSecurityPolicy::strictest())
            .with(XFrameOptions::Deny),
    );
    let request = Request::get("/").body(Body::empty()).expect("a request");
    let response = app.oneshot(request).await.expect("a response");
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    assert_eq!(response.headers()["clear-site-data"], "\"cookies\"");
    assert_eq!(response.headers()[X_FRAME_OPTIONS], "DENY");
    assert!(!response.headers().contains_key(CONTENT_SECURITY_POLICY));
    let body = response.into_body().collect().await.expect("a whole body");
    assert_eq!(body.to_bytes(), "Good bye!");
}
