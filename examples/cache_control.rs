//! A folder such as a build tool writes, behind `CacheControlLayer`.
//!
//! Run with
//!
//! ```text
//! cargo run --release --example cache_control
//! ```
//!
//! (`PORT=8080` before it for another port), open <http://127.0.0.1:3000/> in a browser, reload, and see
//! in its network panel what is asked for again. In another shell,
//!
//! ```text
//! curl -sI http://127.0.0.1:3000/
//! curl -sI http://127.0.0.1:3000/assets/index-BwZ3kq1x.js
//! curl -sI http://127.0.0.1:3000/static/main.8e3c1f07.css
//! curl -sI http://127.0.0.1:3000/logo.svg
//! curl -sI http://127.0.0.1:3000/api/me
//! ```
//!
//! The page is `no-cache`. The script, whose directory is declared, and the style sheet, whose name holds a
//! digest, are kept for a year (`immutable`). The picture is `no-cache`, because its name does not change
//! with its content. The API is `private, no-cache`.
//!
//! With a cookie in the request, the page and the picture are `private`, too:
//!
//! ```text
//! curl -sI -H 'Cookie: session=1' http://127.0.0.1:3000/logo.svg
//! ```
//!
//! A page under the name of a style sheet gets no lifetime. A path that servers read in different ways gets
//! none either, and is `private, no-cache`:
//!
//! ```text
//! curl -sI http://127.0.0.1:3000/api/me/x.css
//! curl -sI --path-as-is 'http://127.0.0.1:3000/api/..%2flogo.svg'
//! ```
//!
//! The 304 of a file says what its 200 says:
//!
//! ```text
//! curl -sI -H 'If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT' http://127.0.0.1:3000/logo.svg
//! ```

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use std::path::PathBuf;

use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower_egress::cache_control::{CacheControl, CacheControlLayer, StaticAssets};
use tower_egress::matcher::{InvalidMatcher, RequestMatcher};
use tower_http::services::ServeDir;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let app = app()?;
    println!("listening on http://{}/", listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(stopped())
        .await?;
    Ok(())
}

/// Ends with Ctrl-C.
async fn stopped() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        println!("Ctrl-C cannot be heard ({error}); stopping");
    }
}

/// Apart from `main`, so that a test can call it.
pub(crate) fn app() -> Result<Router, InvalidMatcher> {
    let rules = CacheControlLayer::new()
        .rule(
            RequestMatcher::prefix("/api/")?,
            CacheControl::private_no_cache(),
        )
        .assets(StaticAssets::vite())
        .otherwise_no_cache();
    Ok(Router::new()
        .route("/api/me", get(me))
        .route("/api/me/{*rest}", get(me))
        .fallback_service(ServeDir::new(site()))
        .layer(rules))
}

/// Where the files are.
fn site() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "examples", "site"]
        .iter()
        .collect()
}

/// A response that is for one reader.
async fn me() -> Json<Value> {
    Json(json!({ "name": "Ada", "balance": 1815 }))
}
