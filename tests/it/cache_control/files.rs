//! Over `ServeDir`, with a folder such as a build tool writes.

use std::fs;
use std::path::{Path, PathBuf};

use http::header::CACHE_CONTROL;
use http::{Request, Response};
use tower::{Layer, ServiceExt};
use tower_egress::cache_control::{CacheControlLayer, StaticAssets};
use tower_egress::etag::EtagLayer;
use tower_http::services::ServeDir;
use tower_http::services::fs::ServeFileSystemResponseBody;

/// A folder that goes when the test ends.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        for (path, content) in [
            ("index.html", "<!doctype html><title>A page</title>"),
            ("sw.js", "self.skipWaiting()"),
            ("manifest.webmanifest", "{}"),
            ("robots.txt", "User-agent: *"),
            ("logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
            ("static/main.8e3c1f07.css", "body { color: teal }"),
            ("assets/index-BwZ3kq1x.js", "let a = 1;"),
        ] {
            let file = folder.join(path);
            fs::create_dir_all(file.parent().expect("a folder")).expect("room for a folder");
            fs::write(file, content).expect("room for a file");
        }
        Self(folder)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.0
    }

    pub(crate) fn layer(&self) -> CacheControlLayer {
        let assets = StaticAssets::new().fingerprinted("/assets/");
        assets.expect("a prefix").into()
    }

    async fn get(
        &self,
        path: &str,
        more: &[(&str, &str)],
    ) -> Response<ServeFileSystemResponseBody> {
        let service = self.layer().layer(ServeDir::new(&self.0));
        let answer = service.oneshot(request(path, more)).await;
        answer.expect("files do not fail")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn request(path: &str, more: &[(&str, &str)]) -> Request<String> {
    let mut request = Request::get(path);
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    request.body(String::new()).expect("a valid request")
}

const IMMUTABLE: &str = "max-age=31536000, immutable";

#[tokio::test]
async fn s_08_each_file_gets_what_it_is() {
    let folder = Folder::new("s_08");
    for (path, expected) in [
        ("/", Some("no-cache")),
        ("/index.html", Some("no-cache")),
        ("/sw.js", Some("no-cache")),
        ("/manifest.webmanifest", Some("no-cache")),
        ("/logo.svg", Some("no-cache")),
        ("/static/main.8e3c1f07.css", Some(IMMUTABLE)),
        ("/assets/index-BwZ3kq1x.js", Some(IMMUTABLE)),
        ("/robots.txt", None),
        ("/assets/gone-BwZ3kq1x.js", None),
        ("/assets/", None),
    ] {
        let answer = folder.get(path, &[]).await;
        let found = answer.headers().get(CACHE_CONTROL);
        let found = found.map(|value| value.to_str().expect("visible ASCII"));
        assert_eq!(found, expected, "{path}: {}", answer.status());
    }
}

#[tokio::test]
async fn e_23_s_03_a_206_and_a_304_of_serve_dir_say_what_the_200_says() {
    let folder = Folder::new("s_03");
    let path = "/assets/index-BwZ3kq1x.js";
    let part = folder.get(path, &[("range", "bytes=0-2")]).await;
    assert_eq!(part.status(), 206);
    assert_eq!(part.headers()[CACHE_CONTROL], IMMUTABLE);

    let whole = folder.get(path, &[]).await;
    let tag = whole.headers()["etag"].to_str().expect("a tag").to_owned();
    let held = folder.get(path, &[("if-none-match", &tag)]).await;
    assert_eq!(held.status(), 304);
    assert_eq!(held.headers()[CACHE_CONTROL], IMMUTABLE);
}

/// The mark that tells the type of the 200 crosses from the one layer to the other.
#[tokio::test]
async fn s_03_a_304_of_the_etag_layer_says_what_the_200_says() {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    let style = async || ([("content-type", "text/css")], "body { color: teal }");
    let page = async || axum::response::Html("<title>A page</title>");
    let router = Router::new()
        .route("/a.8e3c1f07.css", get(style))
        .route("/", get(page))
        .layer(EtagLayer::new())
        .layer(CacheControlLayer::static_assets());
    for (path, expected) in [("/a.8e3c1f07.css", IMMUTABLE), ("/", "no-cache")] {
        let ask = |condition: &str| {
            let request = Request::get(path).header("if-none-match", condition);
            router
                .clone()
                .oneshot(request.body(Body::empty()).expect("a request"))
        };
        let whole = ask("\"x\"").await.expect("a router answers");
        assert_eq!(whole.status(), 200);
        assert_eq!(whole.headers()[CACHE_CONTROL], expected);
        let held = ask("*").await.expect("a router answers");
        assert_eq!(held.status(), 304);
        assert_eq!(held.headers()[CACHE_CONTROL], expected);
        assert!(!held.headers().contains_key("content-type"));
    }
}

/// Finding X. The 200 has no type, so that no rule is about it; its 304 does not guess one.
#[tokio::test]
async fn e_23_s_03_a_304_of_an_untyped_200_says_what_the_200_says() {
    use bytes::Bytes;
    use http_body_util::Full;
    let untyped = tower::service_fn(async |_: Request<()>| {
        Ok::<_, std::convert::Infallible>(Response::new(Full::new(Bytes::from("let a = 1;"))))
    });
    let service = CacheControlLayer::static_assets().layer(EtagLayer::new().layer(untyped));
    for path in ["/", "/main.8e3c1f07.js"] {
        for (condition, status) in [("\"x\"", 200), ("*", 304)] {
            let request = Request::get(path).header("if-none-match", condition);
            let request = request.body(()).expect("a request");
            let response = service.clone().oneshot(request).await.expect("a response");
            assert_eq!(response.status(), status, "{path}");
            assert_eq!(
                response.headers().get(CACHE_CONTROL),
                None,
                "{path} {status}"
            );
        }
    }
}

/// A single-page application answers unknown paths with its page.
#[tokio::test]
async fn f_10_a_page_in_the_place_of_a_missing_asset_is_a_page() {
    let folder = Folder::new("f_10");
    let files = ServeDir::new(&folder.0).fallback(tower_http::services::ServeFile::new(
        folder.0.join("index.html"),
    ));
    let service = folder.layer().layer(files);
    let answer = service
        .oneshot(request("/assets/gone-BwZ3kq1x.js", &[]))
        .await;
    let answer = answer.expect("files do not fail");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[CACHE_CONTROL], "no-cache");
}
