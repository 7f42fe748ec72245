//! A page with nonces, behind all the layers that would keep or tag it.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use http::header::CONTENT_TYPE;
use serde_json::json;
use tower::ServiceBuilder;
use tower_egress::cache_control::{CacheControl, CacheControlLayer};
use tower_egress::compression::CompressionLayer;
use tower_egress::etag::EtagLayer;
use tower_egress::matcher::ResponseMatcher;
use tower_egress::security_headers::{
    ContentSecurityPolicy, CspNonce, CspSource, Directive, SecurityHeadersLayer,
};

use crate::driver::{Visit, see};
use crate::support::wire::serve;

/// A page that notes what ran and what was forbidden, with what it means to run and what others have put
/// there.
async fn page(nonce: CspNonce) -> Html<String> {
    let style = nonce.draw_style();
    let nonce = nonce.draw();
    Html(format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A page</title>
<link rel="icon" href="data:,">
<script nonce="{nonce}">
  globalThis.ran = ["own"];
  globalThis.forbidden = [];
  document.addEventListener("securitypolicyviolation", (violation) => {{
    const what = violation.blockedURI.replace(location.origin, "");
    forbidden.push(`${{violation.disposition}} ${{violation.effectiveDirective}} ${{what}}`);
  }});
  const more = document.createElement("script");
  more.src = "/more.js";
  document.head.append(more);
</script>
<style nonce="{style}">body {{ color: rgb(1, 2, 3) }}</style>
<style>body {{ color: rgb(4, 5, 6) !important }}</style>
<style nonce="{nonce}">body {{ color: rgb(7, 8, 9) !important }}</style>
<script>ran.push("injected")</script>
<script nonce="00000000000000000000000000000000">ran.push("guessed")</script>
<script nonce="{style}">ran.push("with the nonce of a style sheet")</script>
<script src="/more.js"></script>
<details open ontoggle="ran.push('attribute')"><summary>A summary</summary></details>
</html>
"#
    ))
}

fn app() -> Router {
    let policy = ContentSecurityPolicy::strict().sources(
        Directive::StyleSrc,
        [CspSource::SELF, CspSource::STYLE_NONCE],
    );
    let for_ever = CacheControlLayer::new().rule(ResponseMatcher::any(), CacheControl::immutable());
    let layers = ServiceBuilder::new()
        .layer(SecurityHeadersLayer::new().with(policy))
        .layer(CompressionLayer::new())
        .layer(for_ever)
        .layer(EtagLayer::new());
    let more = async || ([(CONTENT_TYPE, "text/javascript")], "ran.push('more')");
    Router::new()
        .route("/", get(page))
        .route("/more.js", get(more))
        .layer(layers)
}

#[tokio::test]
async fn h_12_x_28_what_has_the_nonce_runs_and_nothing_else_on_every_visit() {
    let address = serve(app()).await;
    let visit = Visit::to(format!("http://{address}/"))
        .until("ran.includes('more') && forbidden.length >= 7")
        .read("ran", "ran")
        .read("forbidden", "forbidden.sort()")
        .read("color", "getComputedStyle(document.body).color")
        .read("nonce", "document.scripts[0].nonce");
    let visits = [visit.clone(), visit.clone().again(), visit];
    let Some(mut seen) = see(&visits).await else {
        return;
    };
    let nonces: std::collections::BTreeSet<_> = seen
        .iter_mut()
        .filter_map(|seen| seen.read.remove("nonce")?.as_str().map(str::to_owned))
        .filter(|nonce| nonce.len() == 32)
        .collect();
    assert_eq!(nonces.len(), 3, "{nonces:?}");
    let expected = json!({
        "color": "rgb(1, 2, 3)",
        "forbidden": [
            "enforce script-src-attr inline",
            "enforce script-src-elem /more.js",
            "enforce script-src-elem inline",
            "enforce script-src-elem inline",
            "enforce script-src-elem inline",
            "enforce style-src-elem inline",
            "enforce style-src-elem inline",
        ],
        "ran": ["own", "more"],
    });
    for seen in &seen {
        assert_eq!(json!(seen.read), expected);
        // Each of them is told of, and nothing else is.
        assert_eq!(seen.console.len(), 7, "{:?}", seen.console);
        assert_eq!(seen.errors, [""; 0]);
        assert!(
            seen.issues
                .iter()
                .all(|issue| issue == "ContentSecurityPolicyIssue"),
            "{:?}",
            seen.issues
        );
    }
}
