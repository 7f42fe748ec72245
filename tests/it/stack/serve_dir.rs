//! The stack around tower-http's `ServeDir`, over real connections: what a 304 says is what its 200 said.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use hyper::body::Incoming;
use tower::{Layer, ServiceExt, service_fn};
use tower_egress::cache_control::{CacheControlLayer, StaticAssets};
use tower_egress::stack;
use tower_http::services::ServeDir;

use crate::support;
use crate::support::wire::{exchange_h2, serve};

/// A folder that is removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        for (_, path) in FILES {
            let file = folder.join(path);
            fs::create_dir_all(file.parent().expect("a folder")).expect("room for a folder");
            fs::write(file, support::text(5000)).expect("room for a file");
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Paths, and the files behind them.
const FILES: [(&str, &str); 13] = [
    ("/", "index.html"),
    ("/about.html", "about.html"),
    ("/docs/", "docs/index.html"),
    ("/app.js", "app.js"),
    ("/app-8e3c1f07a2b9.js", "app-8e3c1f07a2b9.js"),
    ("/app-8e3c1f07a2b9.css", "app-8e3c1f07a2b9.css"),
    ("/assets/index-BwZ3kq1x.js", "assets/index-BwZ3kq1x.js"),
    (
        "/assets/index-BwZ3kq1x.js.map",
        "assets/index-BwZ3kq1x.js.map",
    ),
    ("/photo.png", "photo.png"),
    ("/data.json", "data.json"),
    ("/sw.js", "sw.js"),
    ("/LICENSE", "LICENSE"),
    ("/notes.txt", "notes.txt"),
];

async fn serve_files(folder: &Folder) -> SocketAddr {
    let files = ServeDir::new(&folder.0);
    let assets = StaticAssets::new()
        .fingerprinted("/assets/")
        .expect("a prefix");
    let policy = CacheControlLayer::new().assets(assets).otherwise_no_cache();
    let service = service_fn(move |request: Request<Incoming>| {
        let files = files.clone();
        async move { files.oneshot(request).await }
    });
    serve(stack().cache_control(policy).layer(service)).await
}

async fn get(address: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Response<Bytes> {
    let (head, body) = exchange_h2(address, Method::GET, path, fields).await;
    Response::from_parts(head, body.expect("a whole body"))
}

/// Fields that a 304 has as its 200 had them.
fn kept(fields: &HeaderMap) -> Vec<(&'static str, Option<String>)> {
    let names = [
        "cache-control",
        "content-location",
        "etag",
        "expires",
        "vary",
    ];
    let value = |name| {
        let value = fields.get(name)?;
        Some(value.to_str().expect("visible ASCII").to_owned())
    };
    names.map(|name| (name, value(name))).to_vec()
}

/// Findings X and 18: a 304 that `ServeDir` makes has no content type, and none of the layers made it.
#[tokio::test]
async fn e_23_s_03_a_304_of_serve_dir_says_what_its_200_says() {
    let folder = Folder::new("stack_e_23");
    let address = serve_files(&folder).await;
    for (path, _) in FILES {
        for accepted in ["gzip", "br", "zstd", "identity"] {
            let accepts = ("accept-encoding", accepted);
            let whole = get(address, path, &[accepts]).await;
            assert_eq!(whole.status(), 200, "{path}");
            let text = |name: &str| {
                let value = whole.headers().get(name)?;
                Some(value.to_str().expect("visible ASCII"))
            };
            assert!(text("cache-control").is_some(), "{path}: {whole:?}");
            let tag = text("etag").expect("ServeDir tags files");
            let date = text("last-modified").expect("ServeDir dates files");
            for conditions in [
                vec![("if-none-match", tag)],
                vec![("if-none-match", tag), ("if-modified-since", date)],
                vec![("if-modified-since", date)],
            ] {
                let fields: Vec<_> = conditions.into_iter().chain([accepts]).collect();
                let again = get(address, path, &fields).await;
                assert_eq!(again.status(), 304, "{path} {fields:?}");
                let mut expected = kept(whole.headers());
                // Nothing tells the type of a file whose name has no extension that servers agree on. A
                // `Vary` too many is better than one too few.
                let is_untold = path == "/LICENSE";
                if is_untold {
                    expected.retain(|(name, _)| *name != "vary");
                }
                // A 304 of `ServeDir` has no length either, so to a date alone nobody can tell whether
                // its 200 would have a coding. A wrong strong tag would keep caches from using the 304
                // (RFC 9111 §4.3.4); without one they go by the date.
                let may_be_coded = text("content-encoding").is_some() || is_untold;
                let has_tag = fields.contains(&("if-none-match", tag));
                if !has_tag && accepted != "identity" && may_be_coded {
                    expected.retain(|(name, _)| *name != "etag");
                    assert_eq!(again.headers().get("etag"), None, "{path} {fields:?}");
                    assert_eq!(again.headers()["last-modified"], date, "{path} {fields:?}");
                }
                let mut found = kept(again.headers());
                found.retain(|(name, _)| expected.iter().any(|(kept, _)| kept == name));
                assert_eq!(found, expected, "{path} {fields:?}");
            }
        }
    }
}

/// Finding 5: `ServeDir` compares no `If-Range`, and serves ranges of the uncompressed file.
#[tokio::test]
async fn x_05_a_download_is_resumed_from_the_bytes_that_it_began_with() {
    let folder = Folder::new("stack_x_05");
    let address = serve_files(&folder).await;
    for (path, _) in FILES {
        for began in ["gzip", "br", "identity"] {
            let whole = get(address, path, &[("accept-encoding", began)]).await;
            let tag = whole.headers()["etag"].to_str().expect("visible ASCII");
            for accepted in ["gzip", "identity", began] {
                let fields = [
                    ("accept-encoding", accepted),
                    ("range", "bytes=100-"),
                    ("if-range", tag),
                ];
                let rest = get(address, path, &fields).await;
                match rest.status().as_u16() {
                    200 => {}
                    206 => assert_eq!(rest.body(), &whole.body()[100..], "{path} {fields:?}"),
                    status => panic!("{status}: {path} {fields:?}"),
                }
            }
        }
    }
}
