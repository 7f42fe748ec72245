//! A 304 says what its 200 says (RFC 9110 §15.4.5), over real sockets where an inner service makes it.

use std::fs;
use std::time::Duration;

use tower::Layer;
use tower_egress::cache_control::{CacheControl, CacheControlLayer, MINUTE, StaticAssets};
use tower_egress::matcher::{RequestMatcher, ResponseMatcher};
use tower_http::services::ServeDir;

use super::{answer, get, said};
use crate::cache_control::files::Folder;
use crate::support::wire::{cut_head, exchange, serve};

/// The value of a field of a head in lower case.
fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// What the 200 and the 304 of `path` say, over a socket.
async fn whole_and_held(address: std::net::SocketAddr, path: &str) -> [Option<String>; 2] {
    let ask = async |more: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{more}\r\n");
        let sent = exchange(address, &request).await;
        cut_head(&sent).0
    };
    let whole = ask("").await;
    assert!(whole.starts_with("http/1.1 200"), "{path}: {whole}");
    let date = field(&whole, "last-modified").expect("files have dates");
    // HTTP dates are written in one case, which the helper lowers.
    let date = original_case(date);
    let held = ask(&format!("If-Modified-Since: {date}\r\n")).await;
    assert!(held.starts_with("http/1.1 304"), "{path}: {held}");
    assert_eq!(field(&held, "content-type"), None, "{path}");
    [whole, held].map(|head| field(&head, "cache-control").map(str::to_owned))
}

/// `sun, 06 nov 1994 08:49:37 gmt` as it was sent.
fn original_case(date: &str) -> String {
    let mut words: Vec<_> = date.split(' ').map(str::to_owned).collect();
    for place in [0, 2] {
        words[place][..1].make_ascii_uppercase();
    }
    words[5].make_ascii_uppercase();
    words.join(" ")
}

/// Finding X.
#[tokio::test]
async fn e_23_s_03_a_304_of_serve_dir_says_what_its_200_says() {
    let folder = Folder::new("e_23_assets");
    let root = folder.root();
    for path in [
        "a.png",
        "app.css",
        "data.json",
        "font.woff2",
        "main.8e3c1f07.js",
        "main.8e3c1f07.js.map",
        "assets/film-4XHHC7RA.mp4",
        "notes.txt",
        "page.html",
        "unknown.xyz",
    ] {
        fs::write(root.join(path), "something").expect("room for a file");
    }
    let address = serve(folder.layer().layer(ServeDir::new(root))).await;
    let year = Some("max-age=31536000, immutable");
    let asked = Some("no-cache");
    for (path, expected) in [
        ("/", asked),
        ("/index.html", asked),
        ("/page.html", asked),
        ("/sw.js", asked),
        ("/manifest.webmanifest", asked),
        ("/app.css", asked),
        ("/main.8e3c1f07.js", year),
        ("/main.8e3c1f07.js.map", None),
        ("/a.png", asked),
        ("/font.woff2", asked),
        ("/assets/index-BwZ3kq1x.js", year),
        ("/assets/film-4XHHC7RA.mp4", year),
        ("/data.json", None),
        ("/notes.txt", None),
        ("/unknown.xyz", None),
    ] {
        let found = whole_and_held(address, path).await;
        let found = [found[0].as_deref(), found[1].as_deref()];
        assert_eq!(found, [expected; 2], "{path}");
    }
}

/// Finding X.
#[tokio::test]
async fn e_23_s_03_a_rule_by_media_type_is_about_the_304_of_serve_dir_too() {
    let folder = Folder::new("e_23_rules");
    let root = folder.root();
    for path in ["data.json", "notes.txt"] {
        fs::write(root.join(path), "something").expect("room for a file");
    }
    let of = |range| ResponseMatcher::media_type(range).expect("a media range");
    let layer = CacheControlLayer::new()
        .rule(
            of("text/css"),
            CacheControl::max_age(Duration::from_secs(1)),
        )
        .rule(
            of("application/json"),
            CacheControl::max_age(Duration::from_secs(2)),
        )
        .rule(of("image/*"), CacheControl::max_age(Duration::from_secs(3)))
        .rule(
            of("text/html"),
            CacheControl::max_age(Duration::from_secs(4)),
        )
        .rule(
            of("text/plain"),
            CacheControl::max_age(Duration::from_secs(5)),
        );
    let address = serve(layer.layer(ServeDir::new(root))).await;
    for (path, expected) in [
        ("/static/main.8e3c1f07.css", "max-age=1"),
        ("/data.json", "max-age=2"),
        ("/logo.svg", "max-age=3"),
        ("/", "max-age=4"),
        ("/index.html", "max-age=4"),
        ("/notes.txt", "max-age=5"),
    ] {
        let found = whole_and_held(address, path).await;
        let found = [found[0].as_deref(), found[1].as_deref()];
        assert_eq!(found, [Some(expected); 2], "{path}");
    }
}

/// Finding 9.
#[test]
fn s_02_s_03_a_status_matcher_sees_the_200_that_a_304_or_206_stands_for() {
    let failures = ResponseMatcher::status(|status| !status.is_success());
    let layer = CacheControlLayer::new()
        .rule(failures, CacheControl::no_store())
        .rule(
            ResponseMatcher::status(|status| status == 200),
            CacheControl::max_age(MINUTE),
        );
    for (status, expected) in [
        (200, Some("max-age=60")),
        (206, Some("max-age=60")),
        (304, Some("max-age=60")),
        (301, Some("no-store")),
        (404, Some("no-store")),
        (500, Some("no-store")),
        (201, None),
    ] {
        let found = said(&layer, get("/a", &[]), answer(status, &[]));
        assert_eq!(found.as_deref(), expected, "{status}");
    }
}

/// Finding X. The parts of such a 206 have the type of the 200, and the whole has not.
#[test]
fn s_03_a_206_in_parts_says_what_its_200_says() {
    let parts = [("content-type", "multipart/byteranges; boundary=x")];
    let layer = CacheControlLayer::static_assets();
    let found = said(&layer, get("/a.8e3c1f07.js", &[]), answer(206, &parts));
    assert_eq!(found.as_deref(), Some("max-age=31536000, immutable"));
    // Of a 200, it is the type itself.
    let found = said(&layer, get("/a.8e3c1f07.js", &[]), answer(200, &parts));
    assert_eq!(found, None);
}

/// Finding X. RFC 9110 §15.3.7: a 206 to a request with `If-Range` need not repeat the type, and must say
/// what its 200 says of caches.
#[test]
fn s_03_a_206_without_a_type_says_what_its_200_says() {
    let layer = CacheControlLayer::static_assets();
    for (path, expected) in [
        ("/a.8e3c1f07.js", Some("max-age=31536000, immutable")),
        ("/a.png", Some("no-cache")),
        ("/", Some("no-cache")),
        ("/data.json", None),
    ] {
        let found = said(&layer, get(path, &[]), answer(206, &[]));
        assert_eq!(found.as_deref(), expected, "{path}");
        // A 200 without a type has none.
        let found = said(&layer, get(path, &[]), answer(200, &[]));
        assert_eq!(found, None, "{path}");
    }
    let css = ResponseMatcher::media_type("text/css").unwrap();
    let layer = CacheControlLayer::none().rule(css, CacheControl::max_age(Duration::from_secs(1)));
    let found = said(&layer, get("/a.css", &[]), answer(206, &[]));
    assert_eq!(found.as_deref(), Some("max-age=1"));
}

/// Finding X. The path `/about` does not tell of which type its 200 is, so a later rule could weaken what
/// the 200 said.
#[test]
fn s_03_a_304_of_unknown_type_passes_no_rule_that_asks_for_the_type() {
    let of = |range| ResponseMatcher::media_type(range).unwrap();
    let within = |prefix| ResponseMatcher::from(RequestMatcher::prefix(prefix).unwrap());
    let layer = |first| {
        let layer = CacheControlLayer::none().rule(first, CacheControl::no_store());
        layer.rule(ResponseMatcher::any(), CacheControl::max_age(MINUTE))
    };
    let (stopped, passed, met) = (None, Some("max-age=60"), Some("no-store"));
    for (first, expected) in [
        (of("text/html"), stopped),
        (of("text/*"), stopped),
        (!of("text/html"), stopped),
        (within("/about").and(of("text/html")), stopped),
        (within("/other").and(of("text/html")), passed),
        (of("text/html").and(within("/other")), passed),
        (within("/other").or(of("text/html")), stopped),
        (of("text/html").or(within("/about")), met),
        (!within("/other").and(of("text/html")), met),
        (within("/other"), passed),
    ] {
        let what = format!("{first:?}");
        let layer = layer(first);
        for status in [206, 304] {
            let found = said(&layer, get("/about", &[]), answer(status, &[]));
            assert_eq!(found.as_deref(), expected, "{status} {what}");
        }
        let asked = layer.assets(StaticAssets::new()).otherwise_no_cache();
        let found = said(&asked, get("/about.xyz", &[]), answer(304, &[]));
        assert_eq!(found.as_deref(), expected.or(Some("no-cache")), "{what}");
    }
}
