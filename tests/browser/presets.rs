//! The presets, on a page that loads what a page loads.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use http::header::CONTENT_TYPE;
use tower_egress::security_headers::{
    ContentSecurityPolicy, CspNonce, PermissionsAllowlist, PermissionsPolicy, SecurityHeadersLayer,
};

use crate::driver::{Seen, Visit, see};
use crate::support::wire::serve;

/// A page with a script, a style sheet, a picture and a request of the script's.
async fn page(nonce: CspNonce) -> Html<String> {
    html(nonce.draw())
}

/// The same, for which nobody draws a nonce, like a static `index.html`.
async fn static_page(_: CspNonce) -> Html<String> {
    html("")
}

fn html(nonce: &str) -> Html<String> {
    Html(format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A page</title>
<link rel="icon" href="/picture.svg">
<link rel="stylesheet" href="/style.css">
<img src="/picture.svg" alt="">
<form action="/"><button>Send</button></form>
<script src="/script.js" nonce="{nonce}"></script>
</html>
"#
    ))
}

const SCRIPT: &str =
    "fetch('/api').then((answer) => answer.json()).then((said) => { data = said.data });";

const PICTURE: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"/>"#;

fn app(layer: SecurityHeadersLayer) -> Router {
    let file = |content_type, text: &'static str| {
        get(move || std::future::ready(([(CONTENT_TYPE, content_type)], text)))
    };
    Router::new()
        .route("/", get(page))
        .route("/static", get(static_page))
        .route("/script.js", file("text/javascript", SCRIPT))
        .route(
            "/style.css",
            file("text/css", "body { color: rgb(1, 2, 3) }"),
        )
        .route("/picture.svg", file("image/svg+xml", PICTURE))
        .route("/api", file("application/json", r#"{"data": 7}"#))
        .layer(layer)
}

/// What of the page works.
fn visit(url: String) -> Visit {
    Visit::to(url)
        .until("globalThis.data !== undefined")
        .read("data", "data")
        .read("color", "getComputedStyle(document.body).color")
        .read("picture", "document.images[0].naturalWidth")
        .read("origin", "originAgentCluster")
}

#[track_caller]
fn assert_works(seen: &Seen) {
    assert_eq!(seen.complaints(), [""; 0]);
    let read =
        serde_json::json!({ "data": 7, "color": "rgb(1, 2, 3)", "picture": 7, "origin": true });
    assert_eq!(serde_json::json!(seen.read), read);
}

#[tokio::test]
async fn h_21_no_preset_gives_the_browser_anything_to_complain_of() {
    let mut visits = Vec::new();
    for layer in [
        SecurityHeadersLayer::new(),
        SecurityHeadersLayer::helmet(),
        SecurityHeadersLayer::new().with(ContentSecurityPolicy::strict()),
    ] {
        let address = serve(app(layer)).await;
        let visit = visit(format!("http://{address}/"));
        visits.extend([visit.clone(), visit.secured()]);
    }
    let Some(seen) = see(&visits).await else {
        return;
    };
    assert_eq!(seen.len(), 6);
    seen.iter().for_each(assert_works);
}

/// Finding D.
#[tokio::test]
async fn h_12_a_static_page_works_under_the_strict_policy() {
    let layer = SecurityHeadersLayer::new().with(ContentSecurityPolicy::strict());
    let address = serve(app(layer)).await;
    let visit = visit(format!("http://{address}/static"));
    let Some(seen) = see(&[visit.clone(), visit.secured()]).await else {
        return;
    };
    assert_eq!(seen.len(), 2);
    seen.iter().for_each(assert_works);
}

#[tokio::test]
async fn h_21_the_preset_of_an_api_gives_the_browser_nothing_to_complain_of() {
    let address = serve(app(SecurityHeadersLayer::api())).await;
    let visit = Visit::to(format!("http://{address}/api")).read("text", "document.body.innerText");
    let Some(seen) = see(&[visit.clone(), visit.secured()]).await else {
        return;
    };
    assert_eq!(seen.len(), 2);
    for seen in seen {
        assert_eq!(seen.complaints(), [""; 0]);
        assert_eq!(seen.read["text"], r#"{"data": 7}"#);
    }
}

/// What the test above would see.
#[tokio::test]
async fn what_a_browser_does_not_know_it_complains_of() {
    let unknown = "no-such-feature".parse().expect("a name");
    let policy = PermissionsPolicy::cautious().feature(unknown, PermissionsAllowlist::nobody());
    let address = serve(app(SecurityHeadersLayer::new().with(policy))).await;
    let Some(seen) = see(&[visit(format!("http://{address}/"))]).await else {
        return;
    };
    let complaints = seen[0].complaints();
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert!(complaints[0].contains("no-such-feature"), "{complaints:?}");
}
