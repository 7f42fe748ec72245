//! A page, a document, this crate's own files, and articles that two people edit, behind `EtagLayer`.
//!
//! Run with
//!
//! ```text
//! cargo run --release --example etag
//! ```
//!
//! (`PORT=8080` before it for another port), open <http://127.0.0.1:3000/> in a browser, and ask in
//! another shell:
//!
//! ```text
//! curl -si http://127.0.0.1:3000/document
//! ```
//!
//! and see `etag: W/"…"`. Ask again with it, and see a 304 without a body:
//!
//! ```text
//! curl -si -H 'if-none-match: W/"…"' http://127.0.0.1:3000/document
//! ```
//!
//! Then
//!
//! ```text
//! curl -si -H 'if-match: "v1"' http://127.0.0.1:3000/version
//! curl -si http://127.0.0.1:3000/events
//! curl -si -H 'if-modified-since: Fri, 01 Jan 2100 00:00:00 GMT' http://127.0.0.1:3000/files/LICENSE
//! ```
//!
//! `/version` has a tag of its own, `"v2"`, so that the condition fails with a 412; events have no
//! length and get no tag; a file has the tag and the date of `ServeDir`, and is not sent again to who
//! is newer.
//!
//! Articles have versions that the layer knows, so that it answers without calling a handler:
//!
//! ```text
//! curl -si http://127.0.0.1:3000/articles/first
//! curl -si -H 'if-none-match: "1"' http://127.0.0.1:3000/articles/first
//! curl -si -X PUT -d 'Another text' http://127.0.0.1:3000/articles/first
//! curl -si -X PUT -d 'Another text' -H 'if-match: "1"' http://127.0.0.1:3000/articles/first
//! curl -si -X PUT -d 'A third text' -H 'if-match: "1"' http://127.0.0.1:3000/articles/first
//! curl -si -X PUT -d 'A new one' -H 'if-none-match: *' http://127.0.0.1:3000/articles/second
//! ```
//!
//! These are a 200, a 304, a 428 that asks for a condition, a 204 with the tag of the second version, a
//! 412 for who has not seen that one, and a 201.

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

#[path = "support/articles.rs"]
mod articles;

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use http::header::ETAG;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_stream::{Stream, StreamExt};
use tower_egress::etag::{EtagLayer, resolver_fn};
use tower_http::services::ServeDir;

use articles::Articles;

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
    Router::new()
        .route("/", get(async || Html(PAGE)))
        .route("/document", get(document))
        .route("/version", get(version))
        .route("/events", get(events))
        .nest_service("/files", ServeDir::new(env!("CARGO_MANIFEST_DIR")))
        .layer(EtagLayer::new())
        .merge(articles())
}

/// Articles that nobody overwrites without having seen what is there.
fn articles() -> Router {
    let articles = Articles::new();
    let known = articles.clone();
    let guard = resolver_fn(move |head| known.resolve(head));
    let guarded = EtagLayer::new().resolver(guard).require_precondition();
    articles.routes().layer(guarded)
}

/// The same at every call, and so the same tag.
async fn document() -> Json<Value> {
    let words = ["representation", "validator", "entity tag", "precondition"];
    Json(json!({ "title": "Words", "words": words.repeat(50) }))
}

/// A handler that knows its versions says so, and is not hashed.
async fn version() -> impl IntoResponse {
    ([(ETAG, "\"v2\"")], "the second version\n")
}

/// An event every half second.
async fn events() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let ticks = tokio_stream::iter(1_u64..).throttle(Duration::from_millis(500));
    Sse::new(ticks.map(|tick| Ok(Event::default().data(format!("tick {tick}")))))
}

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>tower-egress: etag</title>
<style>
  :root { color-scheme: light dark }
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884 }
  td:nth-child(n+3) { font-variant-numeric: tabular-nums; white-space: nowrap }
  code { font-size: .85em; overflow-wrap: anywhere }
  .editors { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem }
  textarea { display: block; box-sizing: border-box; width: 100%; font: inherit }
</style>
<h1>Who has it already is told so</h1>
<p>Each is asked for twice, the second time with the tag of the first answer.</p>
<table>
  <thead><tr><th>path<th>tag<th>first<th>again</thead>
  <tbody>
    <tr><td><a href="/document">/document</a><td>–<td>–<td>–
    <tr><td><a href="/version">/version</a><td>–<td>–<td>–
    <tr><td><a href="/files/LICENSE">/files/LICENSE</a><td>–<td>–<td>–
    <tr><td><a href="/articles/first">/articles/first</a><td>–<td>–<td>–
  </tbody>
</table>
<h2>Two people edit one article</h2>
<p>Each saves with the tag of what they have seen. Who comes second is told, and overwrites nothing.</p>
<div class="editors">
  <form><label>Ada <textarea rows="3"></textarea></label><button>Save</button> <output></output></form>
  <form><label>Grace <textarea rows="3"></textarea></label><button>Save</button> <output></output></form>
</div>
<script>
  for (const editor of document.querySelectorAll("form")) {
    const [text, , said] = editor.elements;
    let tag;
    const load = async () => {
      const answer = await fetch("/articles/first", { cache: "no-store" });
      tag = answer.headers.get("etag");
      text.value = await answer.text();
    };
    editor.addEventListener("submit", async event => {
      event.preventDefault();
      const answer = await fetch("/articles/first", { method: "PUT", body: text.value, headers: { "If-Match": tag } });
      if (answer.ok) tag = answer.headers.get("etag");
      else await load();
      said.textContent = answer.ok ? `204, saved as ${tag}` : `${answer.status}, so here is ${tag}`;
    });
    load();
  }
</script>
<script>
  const say = async answer => `${answer.status}, ${(await answer.blob()).size} bytes`;
  for (const row of document.querySelectorAll("tbody tr")) {
    const url = row.querySelector("a").href;
    const ask = headers => fetch(url, { cache: "no-store", headers });
    ask({}).then(async first => {
      const tag = first.headers.get("etag");
      row.cells[1].innerHTML = "<code></code>";
      row.cells[1].firstChild.textContent = tag;
      row.cells[2].textContent = await say(first);
      row.cells[3].textContent = await say(await ask({ "If-None-Match": tag, "Cache-Control": "max-age=0" }));
    });
  }
</script>
</html>
"#;
