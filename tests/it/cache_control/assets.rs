//! The rules for static assets.

use std::time::Duration;

use http::header::LOCATION;
use tower_egress::cache_control::{CacheControlLayer, DAY, HOUR, MINUTE, StaticAssets, YEAR};

use super::{answer, fields_of, get, said};

const IMMUTABLE: &str = "max-age=31536000, immutable";
const ASKED: &str = "no-cache";

fn assets() -> StaticAssets {
    StaticAssets::new()
}

fn layer(assets: &StaticAssets) -> CacheControlLayer {
    CacheControlLayer::from(assets.clone())
}

#[track_caller]
fn check(assets: &StaticAssets, path: &str, content_type: &str, expected: Option<&str>) {
    let response = answer(200, &[("content-type", content_type)]);
    let found = said(&layer(assets), get(path, &[]), response);
    assert_eq!(found.as_deref(), expected, "{path} as {content_type}");
}

#[test]
fn s_08_s_15_fingerprinted_assets_are_kept_for_a_year_and_others_are_asked_for() {
    for (extension, content_type, named) in [
        ("css", "text/css; charset=utf-8", IMMUTABLE),
        ("js", "text/javascript", IMMUTABLE),
        ("mjs", "application/javascript", IMMUTABLE),
        ("png", "image/png", ASKED),
        ("jpg", "image/jpeg", ASKED),
        ("jpeg", "IMAGE/JPEG", ASKED),
        ("gif", "image/gif", ASKED),
        ("webp", "image/webp", ASKED),
        ("avif", "image/avif", ASKED),
        ("ico", "image/x-icon", ASKED),
        ("ico", "image/vnd.microsoft.icon", ASKED),
        ("svg", "image/svg+xml", ASKED),
        ("woff", "font/woff", IMMUTABLE),
        ("woff2", "font/woff2", IMMUTABLE),
        ("ttf", "font/ttf", IMMUTABLE),
        ("otf", "font/otf", IMMUTABLE),
        ("eot", "application/vnd.ms-fontobject", IMMUTABLE),
        ("wasm", "application/wasm", IMMUTABLE),
        ("map", "application/source-map", IMMUTABLE),
        ("CSS", "text/css", IMMUTABLE),
    ] {
        let path = format!("/a/app.{extension}");
        check(&assets(), &path, content_type, Some(ASKED));
        let path = format!("/a/app.8e3c1f07.{extension}");
        check(&assets(), &path, content_type, Some(named));
        let declared = assets().fingerprinted("/a/").unwrap();
        check(&declared, &path, content_type, Some(IMMUTABLE));
    }
}

#[test]
fn s_08_the_directories_of_build_tools_are_known() {
    let js = "text/javascript";
    let (vite, next) = (StaticAssets::vite(), StaticAssets::next());
    check(&vite, "/assets/index-BwZ3kq1x.js", js, Some(IMMUTABLE));
    check(&vite, "/_next/static/chunks/main.js", js, Some(ASKED));
    check(&next, "/_next/static/chunks/main.js", js, Some(IMMUTABLE));
    check(&next, "/assets/index-BwZ3kq1x.js", js, Some(ASKED));
    check(&next, "/_next/image.png", "image/png", Some(ASKED));
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
        ("/sw.mjs", "text/javascript"),
        ("/app.sw.js", "text/javascript"),
        ("/manifest.json", "application/json"),
        ("/app.webmanifest", "application/manifest+json"),
        ("/asset-manifest.json", "application/json"),
    ] {
        // Everything else here is kept for a year.
        let declared = assets().fingerprinted("/").unwrap();
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
        Some(ASKED),
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
        ("v=", ASKED),
        ("v", ASKED),
        ("av=3", ASKED),
        ("", ASKED),
    ] {
        let path = format!("/app.css?{query}");
        check(&asking, &path, "text/css", Some(expected));
        check(&assets(), &path, "text/css", Some(ASKED));
    }
    check(&asking, "/index.html?v=3", "text/html", Some("no-cache"));
    let unset = asking.without_versioned_queries();
    check(&unset, "/app.css?v=3", "text/css", Some(ASKED));
}

/// Finding K.
#[test]
fn s_09_the_lifetime_of_other_assets_is_set_in_any_order() {
    let of = |layer: StaticAssets, expected| {
        check(&layer, "/app.css", "text/css", Some(expected));
        check(&layer, "/index.html", "text/html", Some(ASKED));
        check(&layer, "/app.8e3c1f07.css", "text/css", Some(IMMUTABLE));
    };
    of(assets().max_age(YEAR), "max-age=31536000");
    of(assets().max_age(Duration::ZERO), "max-age=0");
    of(assets().max_age(Duration::MAX), "max-age=2147483648");
    let both = "max-age=3600, stale-while-revalidate=86400";
    of(assets().max_age(HOUR).stale_while_revalidate(DAY), both);
    of(assets().stale_while_revalidate(DAY).max_age(HOUR), both);
    let stale = "max-age=0, stale-while-revalidate=60";
    of(assets().stale_while_revalidate(MINUTE), stale);
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
    let untyped = said(&layer(&assets()), get("/app.css", &[]), answer(200, &[]));
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
        let assets = assets().fingerprinted("/assets/").unwrap();
        let layer = layer(&assets.versioned_queries());
        let own = Some("private, no-cache");
        // As JSON, as a page of its reader's own, and as the very type that its name promises.
        for (content_type, asked, allowed) in [
            ("application/json", &[][..], None),
            ("text/html", &[("authorization", "Basic YTpi")][..], own),
            ("text/css", &[("authorization", "Basic YTpi")][..], own),
            (
                "text/javascript",
                &[("authorization", "Basic YTpi")][..],
                own,
            ),
        ] {
            let response = answer(200, &[("content-type", content_type)]);
            let found = said(&layer, get(path, asked), response);
            let is_allowed = found.is_none() || found.as_deref() == allowed;
            assert!(is_allowed, "{path} as {content_type}: {found:?}");
        }
        let cookie = [("content-type", "text/css"), ("set-cookie", "id=1")];
        let found = said(&layer, get(path, &[]), answer(200, &cookie));
        let is_allowed = found.is_none() || found.as_deref() == own;
        assert!(is_allowed, "{path}: {found:?}");
        let page = answer(200, &[("content-type", "text/html")]);
        let found = said(&layer, get(path, &[]), page);
        assert!(
            matches!(found.as_deref(), Some("no-cache" | "private, no-cache")),
            "{path}: {found:?}"
        );
    }
}

#[test]
fn s_19_a_path_that_servers_read_differently_gets_no_lifetime_even_as_a_true_asset() {
    for path in [
        "/account/..%2fx.8e3c1f07.css",
        "/account;x.8e3c1f07.css",
        "/account%3bx.8e3c1f07.css",
        "/account%00.8e3c1f07.css",
        "/account%5cx.8e3c1f07.css",
        "/account//x.8e3c1f07.css",
    ] {
        check(&assets(), path, "text/css", Some("private, no-cache"));
    }
    check(
        &assets(),
        "/a%20b.8e3c1f07.css",
        "text/css",
        Some(IMMUTABLE),
    );
    check(
        &assets(),
        "/h%C3%A9ros.8e3c1f07.css",
        "text/css",
        Some(IMMUTABLE),
    );
}

#[test]
fn s_02_s_03_statuses_that_are_kept_say_what_the_200_says() {
    for (status, expected) in [
        (200, Some(ASKED)),
        (203, Some(ASKED)),
        (206, Some(ASKED)),
        (301, Some(ASKED)),
        (308, Some(ASKED)),
        (302, None),
        (307, None),
        (404, None),
        (410, None),
        (416, None),
        (500, None),
        (503, None),
    ] {
        let fields = [("content-type", "text/css")];
        let found = said(
            &layer(&assets()),
            get("/app.css", &[]),
            answer(status, &fields),
        );
        assert_eq!(found.as_deref(), expected, "{status}");
    }
}

/// Finding X. Neither the head nor a layer further in tells the type of the 200.
#[test]
fn e_23_s_03_a_304_without_a_known_type_goes_by_its_path() {
    for (path, expected) in [
        ("/app.css", Some(ASKED)),
        ("/app.8e3c1f07.css", Some(IMMUTABLE)),
        ("/logo.8e3c1f07.png", Some(ASKED)),
        ("/", Some(ASKED)),
        ("/app.css/", Some(ASKED)),
        ("/about", Some(ASKED)),
        ("/sw.js", Some(ASKED)),
        ("/manifest.json", Some(ASKED)),
        ("/data.json", None),
        ("/app.8e3c1f07.js.map", None),
        ("/app.xyz", None),
        ("/assets/app.xyz", Some(IMMUTABLE)),
        ("/assets/app.map", Some(IMMUTABLE)),
        ("/assets/index.html", Some(ASKED)),
        ("/assets/", Some(ASKED)),
    ] {
        let declared = assets().fingerprinted("/assets/").unwrap();
        let found = said(&layer(&declared), get(path, &[]), answer(304, &[]));
        assert_eq!(found.as_deref(), expected, "{path}");
    }
}

#[test]
fn a_redirect_is_no_asset_without_its_type() {
    let fields = fields_of(
        &layer(&assets()),
        get("/app.css", &[]),
        answer(301, &[("location", "/b.css")]),
    );
    assert_eq!(fields.len(), 1);
    assert_eq!(fields[LOCATION], "/b.css");
}

/// Finding 2.
#[test]
fn s_08_f_10_an_identifier_in_a_picture_s_name_is_no_fingerprint() {
    for path in [
        "/avatars/550e8400-e29b-41d4-a716-446655440000.png",
        "/users/507f1f77bcf86cd799439011.png",
        "/user_0a1b2c3d.png",
        "/me/private-scan-550e8400-e29b-41d4-a716-446655440000.png",
        "/logo-3f7a91c2.svg",
    ] {
        let content_type = if path.ends_with("svg") {
            "image/svg+xml"
        } else {
            "image/png"
        };
        check(&assets(), path, content_type, Some("no-cache"));
    }
    for path in [
        "/550e8400-e29b-41d4-a716-446655440000.css",
        "/507f1f77bcf86cd799439011.css",
    ] {
        check(&assets(), path, "text/css", Some("no-cache"));
    }
}

/// Finding 3.
#[test]
fn s_19_f_10_the_type_of_every_api_is_that_of_no_asset() {
    for content_type in ["application/json", "text/plain", "application/octet-stream"] {
        for path in ["/api/me/x.8e3c1f07.map", "/api/me/x.map"] {
            check(&assets(), path, content_type, None);
        }
        let declared = assets().fingerprinted("/assets/").unwrap();
        check(&declared, "/assets/x.map", content_type, Some(IMMUTABLE));
        check(&declared, "/api/x.8e3c1f07.map", content_type, None);
    }
    let named = "application/source-map";
    check(&assets(), "/x.8e3c1f07.js.map", named, Some(IMMUTABLE));
}

/// Finding K.
#[test]
fn s_08_s_15_an_asset_without_a_fingerprint_is_asked_for_every_time() {
    for (path, content_type) in [
        ("/app.css", "text/css"),
        ("/app.js", "text/javascript"),
        ("/logo.svg", "image/svg+xml"),
        ("/font.woff2", "font/woff2"),
    ] {
        check(&assets(), path, content_type, Some("no-cache"));
    }
}
