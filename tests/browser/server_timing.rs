//! `Server-Timing` as scripts read it.

use std::time::{Duration, Instant};

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use serde_json::json;
use tower_egress::response_time::{ResponseTimeLayer, ServerTiming};

use crate::driver::{Visit, see};
use crate::support::wire::serve;

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A page</title>
<link rel="icon" href="data:,">
</html>
"#;

fn record(timing: &ServerTiming) {
    timing.record("db", Duration::from_micros(12_500));
    timing.describe("cache", "miss, and \"stale\"; q=1");
    timing.record_with("render", Duration::from_millis(3), r"C:\pages, all = 2");
    timing.describe("empty", "");
}

#[tokio::test]
async fn t_05_entries_arrive_as_they_were_recorded() {
    // A clock that stands.
    let start = Instant::now();
    let layer = ResponseTimeLayer::new()
        .server_timing()
        .clock(move || start);
    let page = async |timing: ServerTiming| {
        record(&timing);
        Html(PAGE)
    };
    let address = serve(Router::new().route("/", get(page)).layer(layer)).await;
    let entries = "performance.getEntriesByType('navigation')[0].serverTiming
        .map(({ name, duration, description }) => [name, duration, description])";
    let visit = Visit::to(format!("http://{address}/")).read("entries", entries);
    let Some(seen) = see(&[visit]).await else {
        return;
    };
    assert_eq!(seen[0].complaints(), [""; 0]);
    let expected = json!([
        ["total", 0, ""],
        ["db", 12.5, ""],
        ["cache", 0, "miss, and \"stale\"; q=1"],
        ["render", 3, r"C:\pages, all = 2"],
        ["empty", 0, ""],
    ]);
    assert_eq!(seen[0].read["entries"], expected);
}
