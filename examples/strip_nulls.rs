//! An API whose types are full of `Option`s, behind `StripNullsLayer`.
//!
//! Run with
//!
//! ```text
//! cargo run --release --example strip_nulls --features axum
//! ```
//!
//! (`PORT=8080` before it for another port), open <http://127.0.0.1:3000/> in a browser to see each answer
//! beside what its handler wrote, and ask in another shell:
//!
//! ```text
//! curl -si http://127.0.0.1:3000/people/1
//! curl -si http://127.0.0.1:3000/raw/people/1
//! ```
//!
//! The first has no `"died":null`, and the `content-length` of what is left; under `/raw` is the same without
//! the layer. Then
//!
//! ```text
//! curl -si http://127.0.0.1:3000/people
//! curl -sN http://127.0.0.1:3000/events
//! curl -si http://127.0.0.1:3000/rpc
//! curl -si -H 'content-type: application/merge-patch+json' -d '{"email":null}' http://127.0.0.1:3000/people/1
//! ```
//!
//! `"next":null` stays, for the layer was told to keep it: clients stop there. Events are lines of JSON, and
//! each arrives as it happens. The answer to a JSON-RPC call has its `"result":null`, for the handler
//! said so; and a merge patch, which is echoed, is of a type whose nulls mean something.

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_stream::StreamExt;
use tower_egress::strip_nulls::{KeepNulls, Rules, StripNullsLayer};

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
    let rules = Rules::new().keep(["next"]);
    let strip_nulls = StripNullsLayer::new().sequences(true).rules(rules);
    Router::new()
        .route("/", get(async || Html(PAGE)))
        .merge(api().layer(strip_nulls))
        .nest("/raw", api())
}

fn api() -> Router {
    Router::new()
        .route("/people", get(people))
        .route("/people/{id}", get(person).post(patch))
        .route("/events", get(events))
        .route("/rpc", get(rpc))
}

#[derive(Serialize)]
struct Person {
    id: u32,
    name: &'static str,
    born: Option<u16>,
    died: Option<u16>,
    email: Option<&'static str>,
    languages: [Option<&'static str>; 2],
}

async fn person(Path(id): Path<u32>) -> Json<Person> {
    Json(Person {
        id,
        name: "Radia",
        born: Some(1951),
        died: None,
        email: None,
        languages: [Some("Lisp"), None],
    })
}

/// A page of a list. There is no next one, and that is worth saying.
async fn people() -> impl IntoResponse {
    let Json(first) = person(Path(1)).await;
    Json(json!({ "people": [first], "previous": null, "next": null }))
}

/// The patch as it came.
async fn patch(body: Bytes) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/merge-patch+json")], body)
}

/// A line every half second.
async fn events() -> impl IntoResponse {
    let ticks = tokio_stream::iter(1_u64..).throttle(Duration::from_millis(500));
    let lines = ticks.map(|tick| {
        let line = json!({ "tick": tick, "error": null });
        Ok::<_, Infallible>(format!("{line}\n"))
    });
    let content_type = [(CONTENT_TYPE, "application/x-ndjson")];
    (content_type, Body::from_stream(lines))
}

/// A call that returned nothing.
async fn rpc() -> impl IntoResponse {
    let answer = json!({ "jsonrpc": "2.0", "result": null, "id": 1 });
    (KeepNulls, Json(answer))
}

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>tower-egress: strip_nulls</title>
<style>
  :root { color-scheme: light dark }
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 60rem; margin: 3rem auto; padding: 0 1rem }
  section { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2rem }
  h2 { grid-column: 1 / -1; margin-bottom: 0; font: 600 1rem/2 ui-monospace, monospace }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; border-top: 1px solid #8884; padding-top: .5rem }
</style>
<h1>JSON without what is not there</h1>
<p>On the left what each handler wrote, on the right what a client gets.</p>
<section data-path="/people/1"></section>
<section data-path="/people"></section>
<section data-path="/rpc"></section>
<p>A stream of lines: <output id="tick">waiting</output></p>
<script>
  for (const section of document.querySelectorAll("section")) {
    const { path } = section.dataset;
    section.append(Object.assign(document.createElement("h2"), { textContent: path }));
    for (const url of ["/raw" + path, path]) {
      const shown = section.appendChild(document.createElement("pre"));
      fetch(url).then(answer => answer.text()).then(text => shown.textContent = text);
    }
  }
  fetch("/events").then(async answer => {
    for await (const line of answer.body.pipeThrough(new TextDecoderStream())) tick.textContent = line;
  });
</script>
</html>
"#;
