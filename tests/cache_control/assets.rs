//! The rules for static assets.

use http::header::LOCATION;
use tower_egress::cache_control::{CacheControlLayer, StaticAssets, YEAR};

use crate::{answer, fields_of, get, said};

const IMMUTABLE: &str = "max-age=31536000, immutable";
const HOUR: &str = "max-age=3600, stale-while-revalidate=86400";

fn assets() -> StaticAssets {
    CacheControlLayer::static_assets()
}

#[track_caller]
fn check(layer: &StaticAssets, path: &str, content_type: &str, expected: Option<&str>) {
    let response = answer(200, &[("content-type", content_type)]);
    let found = said(layer, get(path, &[]), response);
    assert_eq!(found.as_deref(), expected, "{path} as {content_type}");
}

#[test]
fn s_08_s_15_fingerprinted_assets_are_kept_for_a_year_and_others_for_an_hour() {
    for (extension, content_type) in [
        ("css", "text/css; charset=utf-8"),
        ("js", "text/javascript"),
        ("mjs", "application/javascript"),
        ("png", "image/png"),
        ("jpg", "image/jpeg"),
        ("jpeg", "IMAGE/JPEG"),
        ("gif", "image/gif"),
        ("webp", "image/webp"),
        ("avif", "image/avif"),
        ("ico", "image/x-icon"),
        ("ico", "image/vnd.microsoft.icon"),
        ("svg", "image/svg+xml"),
        ("woff", "font/woff"),
        ("woff2", "font/woff2"),
        ("ttf", "font/ttf"),
        ("otf", "font/otf"),
        ("eot", "application/vnd.ms-fontobject"),
        ("wasm", "application/wasm"),
        ("map", "application/json"),
        ("CSS", "text/css"),
    ] {
        let plain = format!("/a/app.{extension}");
        check(&assets(), &plain, content_type, Some(HOUR));
        let named = format!("/a/app.8e3c1f07.{extension}");
        check(&assets(), &named, content_type, Some(IMMUTABLE));
    }
}

#[test]
fn s_08_what_names_other_files_is_asked_for_every_time() {
    for (path, content_type) in [
        ("/", "text/html"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/about", "text/html"),
        ("/deadbeef.8e3c1f07.html", "text/html"),
        ("/page.xhtml", "application/xhtml+xml"),
        ("/sw.js", "text/javascript"),
        ("/service-worker.js", "text/javascript"),
        ("/assets/serviceworker.js", "application/javascript"),
        ("/firebase-messaging-sw.js", "text/javascript"),
        ("/registerSW.js", "text/javascript"),
        ("/manifest.json", "application/json"),
        ("/app.webmanifest", "application/manifest+json"),
        ("/asset-manifest.json", "application/json"),
    ] {
        let declared = assets().fingerprinted("/assets/").unwrap();
        check(&declared, path, content_type, Some("no-cache"));
    }
}

#[test]
fn s_08_a_declared_prefix_is_fingerprinted_whatever_its_names() {
    let layer = assets().fingerprinted("/assets/").unwrap();
    check(
        &layer,
        "/assets/index-BwZ3kq1x.js",
        "text/javascript",
        Some(IMMUTABLE),
    );
    check(
        &layer,
        "/assets/film-4XHHC7RA.mp4",
        "video/mp4",
        Some(IMMUTABLE),
    );
    check(
        &layer,
        "/other/index-BwZ3kq1x.js",
        "text/javascript",
        Some(HOUR),
    );
    check(&layer, "/assets/index.html", "text/html", Some("no-cache"));
    check(
        &layer,
        "/assets/index-BwZ3kq1x.js",
        "application/json",
        None,
    );
    let layer = layer.fingerprinted("/build/").unwrap();
    check(&layer, "/build/a.css", "text/css", Some(IMMUTABLE));
    check(&layer, "/assets/a.css", "text/css", Some(IMMUTABLE));
}

#[test]
fn a_version_in_the_query_counts_only_when_asked_for() {
    let asking = assets().versioned_queries();
    for (query, expected) in [
        ("v=3", IMMUTABLE),
        ("a=b&v=3", IMMUTABLE),
        ("v=", HOUR),
        ("v", HOUR),
        ("av=3", HOUR),
        ("", HOUR),
    ] {
        let path = format!("/app.css?{query}");
        check(&asking, &path, "text/css", Some(expected));
        check(&assets(), &path, "text/css", Some(HOUR));
    }
    check(&asking, "/index.html?v=3", "text/html", Some("no-cache"));
}

#[test]
fn the_lifetime_of_other_assets_can_be_set() {
    let layer = assets().max_age(YEAR);
    check(&layer, "/app.css", "text/css", Some("max-age=31536000"));
    check(&layer, "/index.html", "text/html", Some("no-cache"));
    let layer = assets().max_age(0);
    check(&layer, "/app.css", "text/css", Some("max-age=0"));
}

#[test]
fn nothing_is_said_of_what_is_no_asset() {
    for (path, content_type) in [
        ("/api/me", "application/json"),
        ("/report.pdf", "application/pdf"),
        ("/data.csv", "text/csv"),
        ("/css", "text/css"),
        ("/.css", "text/css"),
        ("/app.8e3c1f07", "application/octet-stream"),
    ] {
        check(&assets(), path, content_type, None);
    }
    let untyped = said(&assets(), get("/app.css", &[]), answer(200, &[]));
    assert_eq!(untyped, None);
}

/// What a page answers to paths that look like files, in the ways that servers and caches disagree
/// about (web cache deception).
#[test]
fn s_19_f_10_a_page_is_never_an_asset() {
    for path in [
        "/account/x.css",
        "/account/x.8e3c1f07.js",
        "/account/..%2fx.css",
        "/account/%2e%2e/x.css",
        "/account/../x.css",
        "/account%2fx.css",
        "/account/.%2e/x.css",
        "/account;x.css",
        "/account%3bx.css",
        "/account%3fx.css",
        "/account%23x.css",
        "/account%00.css",
        "/account%0a.css",
        "/account%0d%0a.css",
        "/account%5cx.css",
        "/account\\x.css",
        "/account//x.css",
        "/account/%252e%252e%252fx.css",
        "/account/.css",
        "/account/x.css/",
        "/assets/..%2faccount/x.8e3c1f07.css",
        "/assets/%2e%2e/account/x.css",
    ] {
        let layer = assets()
            .fingerprinted("/assets/")
            .unwrap()
            .versioned_queries();
        // As JSON, as a page of its reader's own, and as the very type that its name promises.
        for (content_type, asked) in [
            ("application/json", &[][..]),
            ("text/html", &[("authorization", "Basic YTpi")][..]),
            ("text/css", &[("authorization", "Basic YTpi")][..]),
            ("text/javascript", &[("authorization", "Basic YTpi")][..]),
        ] {
            let response = answer(200, &[("content-type", content_type)]);
            let found = said(&layer, get(path, asked), response);
            assert_eq!(found, None, "{path} as {content_type}");
        }
        let cookie = [("content-type", "text/css"), ("set-cookie", "id=1")];
        assert_eq!(
            said(&layer, get(path, &[]), answer(200, &cookie)),
            None,
            "{path}"
        );
        let page = answer(200, &[("content-type", "text/html")]);
        let found = said(&layer, get(path, &[]), page);
        assert!(
            matches!(found.as_deref(), None | Some("no-cache")),
            "{path}: {found:?}"
        );
    }
}

#[test]
fn s_19_a_path_that_servers_read_differently_gets_no_lifetime_even_as_a_true_asset() {
    for path in [
        "/account/..%2fx.css",
        "/account;x.css",
        "/account%3bx.css",
        "/account%00.css",
        "/account%5cx.css",
        "/account//x.css",
    ] {
        check(&assets(), path, "text/css", None);
    }
    check(&assets(), "/a%20b.css", "text/css", Some(HOUR));
    check(&assets(), "/h%C3%A9ros.css", "text/css", Some(HOUR));
}

#[test]
fn s_02_s_03_statuses_that_are_kept_say_what_the_200_says() {
    for (status, expected) in [
        (200, Some(HOUR)),
        (203, Some(HOUR)),
        (206, Some(HOUR)),
        (301, Some(HOUR)),
        (308, Some(HOUR)),
        (302, None),
        (307, None),
        (404, None),
        (410, None),
        (416, None),
        (500, None),
        (503, None),
    ] {
        let fields = [("content-type", "text/css")];
        let found = said(&assets(), get("/app.css", &[]), answer(status, &fields));
        assert_eq!(found.as_deref(), expected, "{status}");
    }
}

#[test]
fn s_03_a_304_without_a_known_type_says_nothing() {
    let found = said(&assets(), get("/app.css", &[]), answer(304, &[]));
    assert_eq!(found, None);
}

#[test]
fn a_redirect_is_no_asset_without_its_type() {
    let fields = fields_of(
        &assets(),
        get("/app.css", &[]),
        answer(301, &[("location", "/b.css")]),
    );
    assert_eq!(fields.len(), 1);
    assert_eq!(fields[LOCATION], "/b.css");
}
