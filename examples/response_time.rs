//! A quick route, a slow one, a stream and one that asks a database, behind `ResponseTimeLayer`.
//!
//! Run with
//!
//! ```text
//! cargo run --release --features full --example response_time
//! ```
//!
//! (`PORT=8080` before it for another port), open <http://127.0.0.1:3000/> in a browser with its
//! developer tools, and see the timing of `/report` in the network panel. In another shell,
//!
//! ```text
//! curl -si http://127.0.0.1:3000/report
//! curl -si http://127.0.0.1:3000/slow/7
//! curl -si -H 'te: trailers' http://127.0.0.1:3000/stream
//! ```
//!
//! The report says where its time went: `server-timing: total;dur=…, db;dur=…, cache;desc="miss"`.
//! The slow one is logged on the screen with its route,
//! `/slow/{id}`; so is the stream, and how it ended: try Ctrl-C while it runs. With `te: trailers`
//! it ends with the time to its last byte.

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use std::convert::Infallible;
use std::fmt::Write;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath};
use axum::response::Html;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_stream::StreamExt;
use tower_egress::response_time::{Report, Reports, ResponseTimeLayer, ServerTiming};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing::subscriber::set_global_default(OnScreen)?;
    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://{}/", listener.local_addr()?);
    let app = app().into_make_service_with_connect_info::<SocketAddr>();
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
pub(crate) fn app() -> Router {
    let reports = Reports::to(count)
        .and_log_slow()
        .slow_limit(Duration::from_millis(300))
        .route(|request| {
            let path = request.extensions.get::<MatchedPath>()?;
            Some(path.as_str().to_owned())
        })
        .client(|request| {
            let ConnectInfo(address) = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
            Some(address.ip())
        });
    let layer = ResponseTimeLayer::new()
        .server_timing()
        .trailer()
        .report(reports);
    Router::new()
        .route("/", get(async || Html(PAGE)))
        .route("/report", get(report))
        .route("/slow/{id}", get(slow))
        .route("/stream", get(stream))
        .layer(layer)
}

/// Where a service would move its metrics on.
fn count(report: &Report) {
    tracing::debug!(outcome = report.outcome.as_str(), "response");
}

/// Says where its time went.
async fn report(timing: ServerTiming) -> String {
    let rows = {
        let _time = timing.start("db");
        tokio::time::sleep(Duration::from_millis(20)).await;
        3
    };
    timing.describe("cache", "miss");
    let took = Duration::from_micros(1500);
    timing.record_with("render", took, "the \"report\", whole");
    format!("{rows} rows\n")
}

async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_millis(400)).await;
    "at last\n"
}

/// A line every fifth of a second.
async fn stream() -> Body {
    let lines = tokio_stream::iter(1..=5).throttle(Duration::from_millis(200));
    Body::from_stream(lines.map(|line| Ok::<_, Infallible>(format!("line {line}\n"))))
}

/// Prints events from `WARN` up; a service would have a subscriber of some crate.
struct OnScreen;

impl Subscriber for OnScreen {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= tracing::Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        println!("{} {}", event.metadata().level(), line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let written = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
        written.expect("a string takes all that is written");
    }
}

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>tower-egress: response_time</title>
<style>
  :root { color-scheme: light dark }
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884 }
  td:last-child, th:last-child { text-align: right; font-variant-numeric: tabular-nums }
</style>
<h1>Where the time went</h1>
<p>What the browser was told of <code>/report</code>, and of <code>/slow/7</code>.</p>
<table>
  <thead><tr><th>path<th>entry<th>description<th>ms</thead>
  <tbody></tbody>
</table>
<script>
  const rows = document.querySelector("tbody");
  for (const path of ["/report", "/slow/7"]) {
    fetch(path).then(response => response.text()).then(() => {
      const [timing] = performance.getEntriesByName(new URL(path, location).href).slice(-1);
      for (const { name, description, duration } of timing.serverTiming) {
        const row = rows.insertRow();
        for (const text of [path, name, description, duration.toFixed(1)]) {
          row.insertCell().textContent = text;
        }
      }
    });
  }
</script>
</html>
"#;
