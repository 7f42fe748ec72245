//! A small site behind all six layers, which shows what each of them does to its own requests.
//!
//! Run with
//!
//! ```text
//! cargo run --release --features full --example full_stack
//! ```
//!
//! and open <http://127.0.0.1:3000/> in a browser. `--port 8080` (or `PORT=8080` in the environment) takes
//! another port, and `--tls` serves HTTPS with a certificate that nobody has signed. Over either, HTTP/1.1
//! and HTTP/2 are spoken. In another shell:
//!
//! ```text
//! curl -si --compressed http://127.0.0.1:3000/api/people
//! curl -sI http://127.0.0.1:3000$(curl -s http://127.0.0.1:3000/ | grep -om1 '/assets/app-[^"]*js')
//! curl -si --http2-prior-knowledge http://127.0.0.1:3000/slow
//! curl -sN http://127.0.0.1:3000/events
//! curl -si -X PUT -d 'Another text' http://127.0.0.1:3000/articles/first
//! ```
//!
//! show JSON that is coded, tagged and without its nulls; a script to be kept for a year; where the time
//! of a slow answer went, which is also logged; events as they happen; and a 428, for a write needs
//! `If-Match`. The page shows the same, live.

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

#[path = "support/articles.rs"]
mod articles;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::Query;
use axum::http::header;
use axum::response::sse::{Event, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use serde::{Deserialize, Serialize};
use tokio_stream::{Stream, StreamExt};
use tower_egress::cache_control::{CacheControlLayer, StaticAssets};
use tower_egress::etag::{EtagLayer, Hasher, Md5, resolver_fn};
use tower_egress::response_time::{Report, Reports, ResponseTimeLayer, ServerTiming};
use tower_egress::security_headers::{ContentSecurityPolicy, CspNonce, SecurityHeadersLayer};
use tower_egress::stack;
use tower_egress::strip_nulls::{KeepNulls, StripNullsLayer};

use articles::Articles;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let options = Options::read()?;
    let address = SocketAddr::from(([127, 0, 0, 1], options.port));
    let handle = Handle::new();
    tokio::spawn(stop(handle.clone()));
    tokio::spawn(tell(handle.clone(), options.tls));
    let app = app().into_make_service();
    if options.tls {
        let server = axum_server::bind_rustls(address, certificate().await?);
        server.handle(handle).serve(app).await
    } else {
        axum_server::bind(address).handle(handle).serve(app).await
    }
    .map_err(|error| format!("{address}: {error}").into())
}

/// What the command line says.
struct Options {
    port: u16,
    tls: bool,
}

impl Options {
    fn read() -> Result<Self, Box<dyn std::error::Error>> {
        let number = |port: &str| {
            let number = port.parse();
            number.map_err(|_| format!("{port:?} is no port; write a number from 0 to 65535"))
        };
        let port = std::env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
        let mut options = Self {
            port: number(&port)?,
            tls: false,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--tls" => options.tls = true,
                "--port" => options.port = number(&arguments.next().unwrap_or_default())?,
                other => return Err(format!("{other}? There are --port NUMBER and --tls").into()),
            }
        }
        Ok(options)
    }
}

/// Lets what is under way come to its end, with Ctrl-C; event streams have none, and five seconds, or until
/// the next Ctrl-C.
async fn stop(handle: Handle<SocketAddr>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        println!("finishing what is under way; Ctrl-C again to stop at once");
        handle.graceful_shutdown(Some(Duration::from_secs(5)));
    }
    if tokio::signal::ctrl_c().await.is_ok() {
        handle.shutdown();
    }
}

async fn tell(handle: Handle<SocketAddr>, tls: bool) {
    let scheme = if tls { "https" } else { "http" };
    if let Some(address) = handle.listening().await {
        println!("listening on {scheme}://{address}/");
    }
}

/// One for this run, of nobody's authority.
async fn certificate() -> Result<RustlsConfig, Box<dyn std::error::Error>> {
    // There is one provider of cryptography in this program, and no other was chosen before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let made =
        rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    Ok(RustlsConfig::from_pem(certificate.into(), key.into()).await?)
}

/// Apart from `main`, so that a test can call it.
pub(crate) fn app() -> Router {
    let articles = Articles::new();
    let known = articles.clone();
    let layers = stack()
        .response_time(
            ResponseTimeLayer::new().server_timing().report(
                Reports::to(log)
                    .and_log_slow()
                    .slow_limit(Duration::from_millis(300)), // events: to their head
            ),
        )
        // Scripts run by nonce alone.
        .security_headers(SecurityHeadersLayer::new().with(ContentSecurityPolicy::strict()))
        // Everything under `/assets/` is named by its content.
        .cache_control(
            CacheControlLayer::new()
                .assets(StaticAssets::vite())
                .otherwise_no_cache(),
        )
        .etag(
            EtagLayer::new()
                .resolver(resolver_fn(move |head| known.resolve(head)))
                .require_precondition(),
        )
        .strip_nulls(StripNullsLayer::new());
    site()
        .route("/api/people", get(people))
        .route("/events", get(events))
        .route("/slow", get(slow))
        .merge(articles.routes())
        .layer(layers)
}

/// The page, and the files that it names.
fn site() -> Router {
    let mut page = PAGE.to_owned();
    let mut router = Router::new();
    for (name, content_type, text) in FILES {
        let sent_as = fingerprinted(name, text);
        page = page.replace(&format!("{{{name}}}"), &sent_as);
        let file = ([(header::CONTENT_TYPE, content_type)], text);
        router = router.route(&format!("/assets/{sent_as}"), get(async move || file));
    }
    // No cache gives out a page twice for which the nonce was drawn.
    let page = move |nonce: CspNonce| {
        let text = page.replace("{nonce}", nonce.draw());
        async { Html(text) }
    };
    router.route("/", get(page))
}

/// A line for each request.
fn log(report: &Report) {
    tracing::info!(
        "{} {} {} {} bytes in {:.1?}",
        report.method,
        report.path,
        report.status.map_or(0, |status| status.as_u16()),
        report.bytes,
        report.total,
    );
}

/// The name that a file is sent under: another for other content, and the stack sees it.
fn fingerprinted(name: &str, text: &str) -> String {
    let digest = Md5.digest(std::iter::once(text.as_bytes()));
    let digits: String = digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    name.replacen('.', &format!("-{digits}."), 1)
}

#[derive(Serialize)]
struct Person {
    name: &'static str,
    born: u16,
    died: Option<u16>,
    title: Option<&'static str>,
    languages: &'static [Option<&'static str>],
}

#[derive(Deserialize)]
struct Shown {
    /// `keep`, to see what the handler wrote.
    nulls: Option<String>,
}

async fn people(Query(shown): Query<Shown>) -> Response {
    let person = |name, born, died, title, languages| Person {
        name,
        born,
        died,
        title,
        languages,
    };
    let people = [
        person("Ada", 1815, Some(1852), Some("Countess"), &[None][..]),
        person("Grace", 1906, Some(1992), Some("Admiral"), &[Some("COBOL")]),
        person("Radia", 1951, None, None, &[Some("Lisp"), None]),
        person("Barbara", 1939, None, None, &[Some("CLU"), Some("Argus")]),
        person("Margaret", 1936, None, None, &[]),
    ];
    let all: Vec<_> = people.iter().cycle().take(40).collect();
    match shown.nulls.as_deref() {
        Some("keep") => (KeepNulls, Json(all)).into_response(),
        _ => Json(all).into_response(),
    }
}

/// A tick every second, for as long as somebody listens.
async fn events() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let ticks = tokio_stream::iter(1_u64..).throttle(Duration::from_secs(1));
    Sse::new(ticks.map(|tick| Ok(Event::default().data(format!("tick {tick}")))))
}

/// Says where its time went.
async fn slow(timing: ServerTiming) -> &'static str {
    for (what, millis) in [("db", 250), ("render", 100)] {
        let _time = timing.start(what);
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
    timing.describe("cache", "miss");
    "That took a while.\n"
}

const PAGE: &str = include_str!("full_stack/page.html");

/// Name, type and text; the page has the name in braces.
const FILES: [(&str, &str, &str); 3] = [
    ("app.css", "text/css", include_str!("full_stack/app.css")),
    (
        "app.js",
        "text/javascript",
        include_str!("full_stack/app.js"),
    ),
    (
        "layers.svg",
        "image/svg+xml",
        include_str!("full_stack/layers.svg"),
    ),
];
