//! The place for a guard: what it refuses, and what it lets pass.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::get;
use tower::ServiceExt;
use tower_egress::etag::{EtagLayer, versioned};
use tower_egress::stack;

use crate::support::text;

async fn require_login(request: Request, next: Next) -> axum::response::Response {
    if request.headers().contains_key(AUTHORIZATION) {
        return next.run(request).await;
    }
    let page = [(CONTENT_TYPE, "text/html")];
    (StatusCode::UNAUTHORIZED, page, text(2000)).into_response()
}

/// A page behind a guard, whose tag `etag` knows before the handler.
async fn ask(fields: &[(HeaderName, &'static str)]) -> Response<Body> {
    let etag = EtagLayer::new().resolver(versioned("7").expect("a version"));
    let app: Router = Router::new()
        .route("/", get(async || text(2000)))
        .layer(stack().etag(etag).guard(from_fn(require_login)));
    let mut request = Request::new(Body::empty());
    for (name, value) in fields {
        let value = HeaderValue::from_static(value);
        request.headers_mut().insert(name, value);
    }
    app.oneshot(request).await.expect("a router does not fail")
}

#[tokio::test]
async fn a_refusal_has_the_fields_of_the_layers_outside_the_guard_and_no_others() {
    let refused = ask(&[(ACCEPT_ENCODING, "gzip"), (IF_NONE_MATCH, "*")]).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let found = |name: &str| {
        refused
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    assert_eq!(found(X_CONTENT_TYPE_OPTIONS.as_str()), Some("nosniff"));
    assert_eq!(found(CONTENT_ENCODING.as_str()), Some("gzip"));
    assert!(found("x-response-time").is_some_and(|time| time.ends_with("ms")));
    assert_eq!(found(ETAG.as_str()), None);
    assert_eq!(found(CACHE_CONTROL.as_str()), None);
}

#[tokio::test]
async fn a_304_before_the_handler_is_for_those_that_the_guard_lets_pass() {
    let condition = (IF_NONE_MATCH, "*");
    let refused = ask(&[(IF_NONE_MATCH, "*")]).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let known = ask(&[condition, (AUTHORIZATION, "Basic YQ==")]).await;
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
}
