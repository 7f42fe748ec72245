//! The server of `benches/e2e/run` that is made with tower-http: what of the stack it has, and the rest
//! as its users write it.

use std::path::PathBuf;
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use bench_support::site;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// The fields that the stack sends by default.
const SECURITY: [(&str, &str); 9] = [
    (
        "content-security-policy",
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; \
         img-src 'self' data:; object-src 'none'; script-src-attr 'none'; upgrade-insecure-requests",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=31536000"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "SAMEORIGIN"),
];

#[tokio::main]
async fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("a folder"));
    let mut app = site::routes(&folder, false).layer(CompressionLayer::new());
    for (name, value) in SECURITY {
        app = app.layer(SetResponseHeaderLayer::if_not_present(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        ));
    }
    site::serve(app.layer(from_fn(time))).await;
}

async fn time(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let mut response = next.run(request).await;
    let time = format!("{:.3}ms", start.elapsed().as_secs_f64() * 1000.0);
    let time = HeaderValue::try_from(time).expect("digits");
    response.headers_mut().insert("x-response-time", time);
    response
}
