//! Each coding, decoded by a browser: what the examples serve, and a stream while it goes on.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::response::Html;
use axum::response::sse::{Event, Sse};
use axum::routing::{get, post};
use http::header::ACCEPT_ENCODING;
use http::{HeaderValue, Request};
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;
use tower::ServiceBuilder;
use tower_egress::compression::{Coding, CompressionLayer};

use crate::driver::{Visit, see};
use crate::support::wire::serve;

#[path = "../../examples/cache_control.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod site;

#[path = "../../examples/compression.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod compression;

/// Serves `app` to a browser that seems to accept this coding alone.
async fn serve_in(coding: Coding, app: Router) -> SocketAddr {
    let accept = move |mut request: Request<Incoming>| {
        let accepted = HeaderValue::from_static(coding.as_str());
        request.headers_mut().insert(ACCEPT_ENCODING, accepted);
        request
    };
    serve(ServiceBuilder::new().map_request(accept).service(app)).await
}

const TICKS: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A page</title>
<link rel="icon" href="data:,">
<script>
  const ticks = [];
  const source = new EventSource("/events");
  source.onmessage = async ({ data }) => {
    ticks.push(data);
    if (ticks.length === 5) source.close();
    await fetch(`/seen/${ticks.length}`, { method: "POST" });
  };
</script>
</html>
"#;

/// A stream that makes each event once the browser has seen the one before: an event that a coder keeps
/// for the next one is never seen.
fn ticking() -> Router {
    let seen = Arc::new(watch::Sender::new(0_usize));
    let seeing = Arc::clone(&seen);
    let events = async move || {
        let events = WatchStream::new(seen.subscribe());
        Sse::new(events.map(|seen| {
            let next = Event::default().data(format!("tick {}", seen + 1));
            Ok::<_, Infallible>(next)
        }))
    };
    let note = async move |Path(count): Path<usize>| {
        seeing.send_replace(count);
    };
    Router::new()
        .route("/", get(async || Html(TICKS)))
        .route("/events", get(events))
        .route("/seen/{count}", post(note))
        .layer(CompressionLayer::new())
}

#[tokio::test]
async fn an_event_stream_ticks_one_by_one_through_each_coding() {
    let mut visits = Vec::new();
    for &coding in Coding::preference() {
        let address = serve_in(coding, ticking()).await;
        let visit = Visit::to(format!("http://{address}/"));
        visits.push(visit.until("ticks.length === 5").read("ticks", "ticks"));
    }
    let Some(seen) = see(&visits).await else {
        return;
    };
    for (coding, seen) in Coding::preference().iter().copied().zip(seen) {
        let expected = json!(["tick 1", "tick 2", "tick 3", "tick 4", "tick 5"]);
        assert_eq!(seen.read["ticks"], expected, "{coding}");
        assert_eq!(seen.codings["/events"].as_deref(), Some(coding.as_str()));
        assert_eq!(seen.complaints(), [""; 0], "{coding}");
    }
}

/// The files of the site, below this project's folder.
const SITE: [(&str, &str); 4] = [
    ("/", "examples/site/index.html"),
    (
        "/assets/index-BwZ3kq1x.js",
        "examples/site/assets/index-BwZ3kq1x.js",
    ),
    ("/logo.svg", "examples/site/logo.svg"),
    (
        "/static/main.8e3c1f07.css",
        "examples/site/static/main.8e3c1f07.css",
    ),
];

fn file(path: &str) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(path).expect("it is there").into()
}

fn text_of(path: &str) -> String {
    format!("fetch({path:?}).then((answer) => answer.text())")
}

#[tokio::test]
async fn every_file_of_a_site_decodes_in_each_coding() {
    let mut visits = Vec::new();
    for &coding in Coding::preference() {
        let app = site::app().expect("its rules are valid");
        let app = app.layer(CompressionLayer::new().threshold(0));
        let address = serve_in(coding, app).await;
        let mut visit = Visit::to(format!("http://{address}/"))
            .until("[...document.querySelectorAll('tbody td + td')].every((said) => said.textContent !== '–')")
            .read("rules", "document.styleSheets[0].cssRules.length > 0")
            .read("picture", "document.images[0].naturalWidth > 0");
        for (path, _) in SITE {
            visit = visit.read(path, &text_of(path));
        }
        visits.push(visit);
    }
    let Some(seen) = see(&visits).await else {
        return;
    };
    for (coding, seen) in Coding::preference().iter().copied().zip(seen) {
        assert_eq!(seen.complaints(), [""; 0], "{coding}");
        assert_eq!(seen.read["rules"], true, "{coding}");
        assert_eq!(seen.read["picture"], true, "{coding}");
        for (path, name) in SITE {
            assert_eq!(seen.read[path], file(name), "{coding} {path}");
            assert_eq!(
                seen.codings[path].as_deref(),
                Some(coding.as_str()),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn what_the_example_of_compression_serves_decodes_in_each_coding() {
    const FILES: [&str; 3] = ["README.md", "Cargo.toml", "src/compression/service.rs"];
    let mut visits = Vec::new();
    for &coding in Coding::preference() {
        let address = serve_in(coding, compression::app()).await;
        let mut visit = Visit::to(format!("http://{address}/"))
            .until("tick.textContent.startsWith('tick') && [...document.querySelectorAll('tbody td')].every((cell) => cell.textContent !== '–')")
            .read("smaller", "[...document.querySelectorAll('tbody tr')].map(({ cells }) =>
                Number(cells[1].textContent.replace(',', '')) < Number(cells[2].textContent.replace(',', '')))")
            .read("crates", "fetch('/api/crates').then((answer) => answer.json()).then(({ crates }) => crates.length)");
        for path in FILES {
            visit = visit.read(path, &text_of(&format!("/files/{path}")));
        }
        visits.push(visit);
    }
    let Some(seen) = see(&visits).await else {
        return;
    };
    for (coding, seen) in Coding::preference().iter().copied().zip(seen) {
        assert_eq!(seen.errors, [""; 0], "{coding}");
        // The last one has opted out.
        assert_eq!(
            seen.read["smaller"],
            json!([true, true, true, true, false]),
            "{coding}"
        );
        assert_eq!(seen.codings["/secret"], None);
        assert_eq!(seen.read["crates"], 200, "{coding}");
        for path in ["/", "/api/crates", "/events"] {
            assert_eq!(
                seen.codings[path].as_deref(),
                Some(coding.as_str()),
                "{path}"
            );
        }
        for path in FILES {
            assert_eq!(seen.read[path], file(path), "{coding} {path}");
            let served = &seen.codings[&format!("/files/{path}")];
            assert_eq!(served.as_deref(), Some(coding.as_str()), "{path}");
        }
    }
}
