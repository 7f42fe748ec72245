//! What every server of the comparison serves: three bodies, read from files, by axum.

use std::fs;
use std::path::Path;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;
use bytes::Bytes;
use tokio::net::TcpListener;

/// Each path, its type, and its cache policy.
const FILES: [(&str, &str, &str); 3] = [
    ("json-1k.json", "application/json", "no-cache"),
    ("json-16k.json", "application/json", "no-cache"),
    (
        "app-3f9a1c07.js",
        "text/javascript",
        "public, max-age=31536000, immutable",
    ),
];

/// Routes to the files of a folder. `knows_assets` is whether a layer says the policy of assets.
pub fn routes(folder: &Path, knows_assets: bool) -> Router {
    let mut router = Router::new();
    for (name, content_type, policy) in FILES {
        let body = Bytes::from(fs::read(folder.join(name)).expect("a file of the folder"));
        let handler = async move || {
            let mut response = axum::response::Response::new(axum::body::Body::from(body));
            let fields = response.headers_mut();
            fields.insert(CONTENT_TYPE, content_type.parse().expect("a value"));
            if !knows_assets || policy == "no-cache" {
                fields.insert(CACHE_CONTROL, policy.parse().expect("a value"));
            }
            response
        };
        router = router.route(&format!("/{name}"), get(handler));
    }
    router
}

/// Serves on a free port, whose number is printed, until the process is killed.
#[expect(clippy::print_stdout, reason = "the port is for the script")]
pub async fn serve(app: Router) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("{}", listener.local_addr().expect("a bound socket").port());
    axum::serve(listener, app).await.expect("it serves");
}
