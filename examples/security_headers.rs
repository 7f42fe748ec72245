//! A page with a policy of its own, one with nonces, and an API with another, behind
//! `SecurityHeadersLayer`.
//!
//! Run with
//!
//! ```text
//! cargo run --release --example security_headers --features axum
//! ```
//!
//! (`PORT=8080` before it takes another port). Open <http://127.0.0.1:3000/> in a browser: the script of
//! the page runs, because its hash is in the policy, and the injected script does not. On
//! <http://127.0.0.1:3000/nonce> the policy has a nonce, another one every time. In another shell,
//!
//! ```text
//! curl -sI http://127.0.0.1:3000/
//! curl -sI http://127.0.0.1:3000/nonce
//! curl -sI http://127.0.0.1:3000/api/me
//! curl -si -X POST http://127.0.0.1:3000/logout
//! curl -sI http://127.0.0.1:3000/nowhere
//! ```
//!
//! show what each is sent with:
//!
//! - the page `content-security-policy: default-src 'self'; …`,
//! - the page with a nonce `script-src 'nonce-…' 'strict-dynamic'; …` and `cache-control: private, no-cache`,
//! - the API `default-src 'none'; …`,
//! - the logout also `clear-site-data: "cookies", "storage"`,
//! - and a 404 the same as the page.

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower_egress::security_headers::{
    ClearSiteData, ContentSecurityPolicy, CspNonce, CspSource, Directive, SecurityHeadersLayer,
    SecurityOverride,
};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://{}/", listener.local_addr()?);
    axum::serve(listener, app())
        .with_graceful_shutdown(stopped())
        .await
}

/// Ends with Ctrl-C.
async fn stopped() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        println!("Ctrl-C cannot be heard ({error}); stopping");
    }
}

/// Apart from `main`, so that a test can call it.
pub(crate) fn app() -> Router {
    let policy = ContentSecurityPolicy::page()
        .sources(Directive::ScriptSrc, [CspSource::sha256(SCRIPT)])
        .sources(Directive::StyleSrc, [CspSource::sha256(STYLE)]);
    let pages = Router::new()
        .route("/", get(async || Html(page("<script>", "<style>"))))
        .route("/logout", post(logout))
        .layer(SecurityHeadersLayer::new().with(policy.clone()));
    let strict =
        ContentSecurityPolicy::strict().sources(Directive::StyleSrc, [CspSource::STYLE_NONCE]);
    let nonced = Router::new()
        .route("/nonce", get(nonced))
        .layer(SecurityHeadersLayer::new().with(strict));
    let api = Router::new()
        .route("/api/me", get(me))
        .layer(SecurityHeadersLayer::api());
    // Around all of it: what neither answers has the fields of a page.
    pages
        .merge(nonced)
        .merge(api)
        .fallback(async || (http::StatusCode::NOT_FOUND, "nothing here\n"))
        .layer(SecurityHeadersLayer::new().with(policy))
}

/// The nonces of this response are in the tags of what the page means to run.
async fn nonced(nonce: CspNonce) -> Html<String> {
    let script = format!("<script nonce=\"{}\">", nonce.draw());
    let style = format!("<style nonce=\"{}\">", nonce.draw_style());
    Html(page(&script, &style))
}

async fn me() -> Json<Value> {
    Json(json!({ "name": "Ada" }))
}

/// This response has the browser delete the login.
async fn logout() -> impl IntoResponse {
    let forget = ClearSiteData::list([ClearSiteData::Cookies, ClearSiteData::Storage]);
    (SecurityOverride::new().with(forget), "Good bye!\n")
}

/// A page with these tags for its own script and style sheet, and with a script that is not its own.
fn page(script: &str, style: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>tower-egress: security_headers</title>
{style}{STYLE}</style>
<h1>Only what was meant to run runs</h1>
<p id="own">The script of this page did not run.</p>
<p id="injected">A script that somebody put here did not run.</p>
<table><tbody id="fields"></tbody></table>
{script}{SCRIPT}</script>
<script>injected.textContent = "A script that somebody put here RAN."</script>
</html>
"#
    )
}

const STYLE: &str = "
  :root { color-scheme: light dark }
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem }
  table { border-collapse: collapse; width: 100% }
  td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top }
  td + td { overflow-wrap: anywhere }
";

const SCRIPT: &str = r#"
  own.textContent = "The script of this page ran.";
  fetch(location, { method: "HEAD" }).then((answer) => {
    for (const [name, value] of answer.headers) {
      const row = fields.insertRow();
      row.insertCell().textContent = name;
      row.insertCell().textContent = value;
    }
  });
"#;
