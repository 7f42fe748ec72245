//! What a policy that only reports reports, to endpoints of the test.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName};
use serde_json::{Value, json};
use tower_egress::security_headers::{
    Conflict, ContentSecurityPolicy, CspSource, Directive, ReportingEndpoints, SecurityHeadersLayer,
};

use crate::driver::{Visit, see};
use crate::support::wire::serve;

/// What was reported.
type Reports = Arc<Mutex<Vec<Value>>>;

fn app(reports: &Reports) -> Router {
    let (kept, told) = (Arc::clone(reports), Arc::clone(reports));
    let keep = async move |fields: HeaderMap, body: Bytes| {
        let content_type = fields[CONTENT_TYPE].to_str().expect("visible ASCII");
        let report: Value = serde_json::from_slice(&body).expect("JSON");
        let report = json!({ "type": content_type, "report": report });
        kept.lock().expect("no test has failed").push(report);
    };
    let tell = async move || Json(told.lock().expect("no test has failed").len());
    let endpoints = ReportingEndpoints::new("csp", "/reports").expect("a name and a path");
    // Of two policies the one reports as browsers have learned to, and do by https alone; the other as
    // they used to.
    let scripts = ContentSecurityPolicy::new(Directive::ScriptSrc, [CspSource::SELF]);
    let newer = scripts.clone().report_to(&endpoints, "csp");
    let older = scripts.raw("report-uri", ["/reports"]);
    let report_only = HeaderName::from_static("content-security-policy-report-only");
    let inner = SecurityHeadersLayer::none().with(older.expect("a path").report_only());
    let outer = SecurityHeadersLayer::new()
        .without(http::header::CONTENT_SECURITY_POLICY)
        .with(newer.expect("an endpoint").report_only())
        .on_conflict(report_only, Conflict::Append)
        .with(endpoints);
    Router::new()
        .route("/", get(async || Html(PAGE)))
        .route("/reports", post(keep).get(tell))
        .layer(inner)
        .layer(outer)
}

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A page</title>
<link rel="icon" href="data:,">
<script>globalThis.ran = true</script>
</html>
"#;

#[tokio::test]
async fn h_15_h_18_what_would_be_forbidden_is_reported_and_runs() {
    let reports = Reports::default();
    let address = serve(app(&reports)).await;
    let visit = Visit::to(format!("http://{address}/"))
        .secured()
        .until("fetch('/reports').then((answer) => answer.json()).then((count) => count >= 2)")
        .read("ran", "ran");
    let Some(seen) = see(&[visit]).await else {
        return;
    };
    assert_eq!(json!(seen[0].read), json!({ "ran": true }));
    assert_eq!(seen[0].errors, [""; 0]);
    let mut reports = reports.lock().expect("no test has failed").clone();
    reports.sort_by_key(|report| report["type"].to_string());
    let [older, newer] = &reports[..] else {
        panic!("two reports: {reports:#?}");
    };
    let (older_body, newer_body) = (&older["report"]["csp-report"], &newer["report"][0]["body"]);
    let expected = |endpoint: &str, content_type: &str| {
        json!([
            content_type,
            "inline",
            "report",
            "script-src-elem",
            format!("script-src 'self'; {endpoint}")
        ])
    };
    let told = |report: &Value, body: &Value, names: [&str; 4]| {
        let [blocked, disposition, directive, policy] = names.map(|name| body[name].clone());
        json!([report["type"], blocked, disposition, directive, policy])
    };
    let names = [
        "blocked-uri",
        "disposition",
        "effective-directive",
        "original-policy",
    ];
    assert_eq!(
        told(older, older_body, names),
        expected("report-uri /reports", "application/csp-report"),
    );
    let names = [
        "blockedURL",
        "disposition",
        "effectiveDirective",
        "originalPolicy",
    ];
    assert_eq!(
        told(newer, newer_body, names),
        expected("report-to csp", "application/reports+json"),
    );
}
