//! This crate's own files, a JSON API and an event stream behind `CompressionLayer`.
//!
//! Run with
//!
//! ```text
//! cargo run --release --example compression
//! ```
//!
//! (`PORT=8080` before it for another port, `--features compression-zstd` after it for zstd), open
//! <http://127.0.0.1:3000/> in a browser, and ask in another shell:
//!
//! ```text
//! curl -sv --compressed http://127.0.0.1:3000/api/crates -o /dev/null
//! ```
//!
//! and see `content-encoding: gzip`, `vary: accept-encoding`, and a `content-length` of about a tenth of what
//! the JSON has. Then
//!
//! ```text
//! curl -N --compressed http://127.0.0.1:3000/events
//! curl -sv --compressed http://127.0.0.1:3000/secret -o /dev/null
//! curl -sv --compressed -r 0-99 http://127.0.0.1:3000/files/README.md
//! curl -sI -H 'accept-encoding: br' http://127.0.0.1:3000/files/Cargo.toml
//! ```
//!
//! The events arrive one by one though they are compressed; `/secret` opted out; a range is of the file
//! as it is; and HEAD has the fields of GET, without a length.

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_stream::{Stream, StreamExt};
use tower_egress::compression::{CompressionLayer, NoCompression};
use tower_http::services::ServeDir;

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
    let files = ServeDir::new(env!("CARGO_MANIFEST_DIR"));
    Router::new()
        .route("/", get(async || Html(PAGE)))
        .route("/api/crates", get(crates))
        .route("/events", get(events))
        .route("/secret", get(secret))
        .nest_service("/files", files)
        .layer(CompressionLayer::new())
}

/// A list such as an API gives.
async fn crates() -> Json<Value> {
    let one = |number: u32| {
        json!({
            "id": number,
            "name": format!("crate-{number}"),
            "created": format!("2026-{:02}-{:02}T08:00:00Z", number % 12 + 1, number % 28 + 1),
            "downloads": number.wrapping_mul(2_654_435_761) % 1_000_000,
            "keywords": ["http", "tower", "middleware"],
            "homepage": null,
        })
    };
    Json(json!({ "crates": (1..=200).map(one).collect::<Vec<_>>() }))
}

/// An event every half second.
async fn events() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let ticks = tokio_stream::iter(1_u64..).throttle(Duration::from_millis(500));
    let events = ticks.map(|tick| Ok(Event::default().data(format!("tick {tick}"))));
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// A secret beside what the client asked for: its length must not tell.
async fn secret() -> impl IntoResponse {
    (Extension(NoCompression), "a secret ".repeat(500))
}

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>tower-egress: compression</title>
<style>
  :root { color-scheme: light dark }
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884 }
  td + td, th + th { text-align: right; font-variant-numeric: tabular-nums }
</style>
<h1>Compressed on its way out</h1>
<p>What each answer weighed as it came over the wire, and what it weighs unpacked.</p>
<table>
  <thead><tr><th>answer<th>on the wire<th>unpacked</thead>
  <tbody>
    <tr><td><a href="/api/crates">/api/crates</a><td>–<td>–
    <tr><td><a href="/files/README.md">/files/README.md</a><td>–<td>–
    <tr><td><a href="/files/Cargo.toml">/files/Cargo.toml</a><td>–<td>–
    <tr><td><a href="/files/src/compression/service.rs">/files/src/compression/service.rs</a><td>–<td>–
    <tr><td><a href="/secret">/secret</a>, which opted out<td>–<td>–
  </tbody>
</table>
<p>An <a href="/events">event stream</a>, compressed, each event as it happens:
  <output id="tick">waiting</output></p>
<script>
  const bytes = new Intl.NumberFormat("en");
  for (const row of document.querySelectorAll("tbody tr")) {
    const url = row.querySelector("a").href;
    fetch(url).then(answer => answer.blob()).then(() => {
      const [timing] = performance.getEntriesByName(url).slice(-1);
      row.cells[1].textContent = bytes.format(timing.encodedBodySize);
      row.cells[2].textContent = bytes.format(timing.decodedBodySize);
    });
  }
  new EventSource("/events").onmessage = event => tick.textContent = event.data;
</script>
</html>
"#;
