//! Rules of one's own, and what no rule does.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use proptest::prelude::*;
use tower_egress::cache_control::{
    CacheControl, CacheControlLayer, CdnCacheControl, MINUTE, Plan, Policy, PolicySource, Reason,
    StaticAssets,
};
use tower_egress::matcher::{InvalidMatcher, RequestMatcher, ResponseMatcher};

use super::{answer, fields_of, get, said};
use crate::support::fields;

const IMMUTABLE: &str = "max-age=31536000, immutable";

fn minute(matcher: impl Into<ResponseMatcher>) -> CacheControlLayer {
    CacheControlLayer::new().rule(matcher, CacheControl::max_age(MINUTE))
}

#[track_caller]
fn check(matcher: impl Into<ResponseMatcher>, path: &str, expected: bool) {
    let found = said(&minute(matcher), get(path, &[]), answer(200, &[]));
    assert_eq!(found.is_some(), expected, "{path}");
}

/// A rule that protects still does where a path is written in an odd way.
#[test]
fn s_19_a_rule_that_forbids_sharing_matches_odd_paths_too() {
    let layer = CacheControlLayer::new().rule(
        RequestMatcher::prefix("/private/").unwrap(),
        CacheControl::no_store(),
    );
    for path in [
        "/private/a",
        "/x/../private/a",
        "//private/a",
        "/%70rivate/a",
        "/private%2fa",
    ] {
        let found = said(&layer, get(path, &[]), answer(200, &[]));
        assert_eq!(found.as_deref(), Some("no-store"), "{path}");
    }
}

#[test]
fn matchers_are_about_type_method_status_and_anything() {
    let layer = CacheControlLayer::none()
        .rule(
            ResponseMatcher::media_type("image/*").unwrap(),
            CacheControl::max_age(Duration::from_secs(1)),
        )
        .rule(
            ResponseMatcher::media_type("text/css").unwrap(),
            CacheControl::max_age(Duration::from_secs(2)),
        )
        .rule(
            RequestMatcher::method(Method::HEAD),
            CacheControl::max_age(Duration::from_secs(3)),
        )
        .rule(
            ResponseMatcher::status(|status| status == 404),
            CacheControl::max_age(Duration::from_secs(4)),
        )
        .rule(
            ResponseMatcher::when(|request, response| {
                request.uri.path() == "/when" && response.headers.contains_key("x-when")
            }),
            CacheControl::max_age(Duration::from_secs(5)),
        );
    let of_type = |content_type| answer(200, &[("content-type", content_type)]);
    let age = |request, response| said(&layer, request, response);
    let some = |seconds: u8| Some(format!("max-age={seconds}"));
    assert_eq!(age(get("/", &[]), of_type("Image/PNG; a=b")), some(1));
    assert_eq!(age(get("/", &[]), of_type("text/css")), some(2));
    assert_eq!(age(get("/", &[]), of_type("text/html")), None);
    let mut head = get("/", &[]);
    *head.method_mut() = Method::HEAD;
    assert_eq!(age(head, of_type("text/html")), some(3));
    assert_eq!(age(get("/", &[]), answer(404, &[])), some(4));
    assert_eq!(
        age(get("/when", &[]), answer(200, &[("x-when", "1")])),
        some(5)
    );
    assert_eq!(age(get("/when", &[]), answer(200, &[])), None);
    assert_eq!(
        age(get("/other", &[]), answer(200, &[("x-when", "1")])),
        None
    );
}

/// Finding 26.
#[test]
fn g_10_a_rule_about_get_is_about_head_too() {
    let layer = minute(RequestMatcher::method(Method::GET));
    for (method, expected) in [
        (Method::GET, Some("max-age=60")),
        (Method::HEAD, Some("max-age=60")),
        (Method::OPTIONS, None),
    ] {
        let mut request = get("/", &[]);
        *request.method_mut() = method.clone();
        let found = said(&layer, request, answer(200, &[]));
        assert_eq!(found.as_deref(), expected, "{method}");
    }
    let private = CacheControlLayer::new().rule(
        RequestMatcher::method(Method::HEAD),
        CacheControl::private_no_cache(),
    );
    assert_eq!(said(&private, get("/", &[]), answer(200, &[])), None);
}

#[test]
fn matchers_combine() {
    let css = || RequestMatcher::extension("css").unwrap();
    let a = || RequestMatcher::prefix("/a/").unwrap();
    check(css().and(a()), "/a/b.css", true);
    check(css().and(a()), "/b.css", false);
    check(css().or(a()), "/b.css", true);
    check(css().or(a()), "/a/b", true);
    check(css().or(a()), "/b", false);
    check(css().and(!a()), "/b.css", true);
    let errors = ResponseMatcher::status(|status| status.is_client_error()).and(a());
    let layer = CacheControlLayer::new().rule(errors, CacheControl::no_store());
    assert_eq!(
        said(&layer, get("/a/b", &[]), answer(404, &[])).as_deref(),
        Some("no-store")
    );
    assert_eq!(said(&layer, get("/a/b", &[]), answer(200, &[])), None);
    assert_eq!(said(&layer, get("/b", &[]), answer(404, &[])), None);
}

#[test]
fn the_first_rule_that_matches_wins_and_assets_come_last() {
    let layer = CacheControlLayer::new()
        .rule(
            RequestMatcher::prefix("/a/").unwrap(),
            CacheControl::no_cache(),
        )
        .rule(
            RequestMatcher::prefix("/")
                .unwrap()
                .and(RequestMatcher::extension("txt").unwrap()),
            CacheControl::max_age(MINUTE),
        )
        .assets(StaticAssets::new());
    let css = [("content-type", "text/css")];
    let said = |path| said(&layer, get(path, &[]), answer(200, &css));
    assert_eq!(said("/a/b.css").as_deref(), Some("no-cache"));
    assert_eq!(said("/b.txt").as_deref(), Some("max-age=60"));
    assert_eq!(said("/b.css").as_deref(), Some("no-cache"));
    assert_eq!(said("/b.8e3c1f07.css").as_deref(), Some(IMMUTABLE));
}

#[test]
fn the_assets_are_the_last_rules_of_every_layer_but_an_empty_one() {
    let css = [("content-type", "text/css")];
    let said =
        |layer: &CacheControlLayer| said(layer, get("/b.8e3c1f07.css", &[]), answer(200, &css));
    let minute = |layer: CacheControlLayer| {
        let html = ResponseMatcher::media_type("text/html").unwrap();
        layer.rule(html, CacheControl::max_age(MINUTE))
    };
    for layer in [
        CacheControlLayer::new(),
        CacheControlLayer::default(),
        minute(CacheControlLayer::new()),
        CacheControlLayer::static_assets(),
        CacheControlLayer::none().assets(StaticAssets::new()),
        CacheControlLayer::from(StaticAssets::new()),
    ] {
        assert_eq!(said(&layer).as_deref(), Some(IMMUTABLE), "{layer:?}");
    }
    for layer in [CacheControlLayer::none(), minute(CacheControlLayer::none())] {
        assert_eq!(said(&layer), None, "{layer:?}");
    }
}

#[test]
fn s_02_other_statuses_get_nothing_unless_a_rule_names_them() {
    let layer = minute(ResponseMatcher::any());
    for status in [302, 303, 307, 400, 401, 404, 410, 500, 503] {
        assert_eq!(
            said(&layer, get("/", &[]), answer(status, &[])),
            None,
            "{status}"
        );
    }
    for status in [200, 201, 204, 206, 301, 304, 308] {
        let found = said(&layer, get("/", &[]), answer(status, &[]));
        assert_eq!(found.as_deref(), Some("max-age=60"), "{status}");
    }
    let layer = CacheControlLayer::new().rule(
        ResponseMatcher::status(|status: StatusCode| status.is_server_error()),
        CacheControl::no_store(),
    );
    let found = said(&layer, get("/", &[]), answer(500, &[]));
    assert_eq!(found.as_deref(), Some("no-store"));
}

#[test]
fn the_presets_for_an_api_and_for_nothing_kept_are_about_every_answer() {
    for (layer, expected) in [
        (CacheControlLayer::api(), "private, no-cache"),
        (CacheControlLayer::no_store(), "no-store"),
    ] {
        for status in [200, 302, 404, 500] {
            let mut post = get("/a;b", &[("authorization", "Basic YTpi")]);
            *post.method_mut() = Method::POST;
            for request in [get("/", &[]), post] {
                let response = answer(status, &[("set-cookie", "a=1")]);
                let found = said(&layer, request, response);
                assert_eq!(found.as_deref(), Some(expected), "{status}");
            }
        }
    }
}

#[test]
fn s_01_what_the_handler_said_stays() {
    let layer = CacheControlLayer::new().rule(
        ResponseMatcher::any(),
        Policy::from(CacheControl::max_age(MINUTE))
            .expires()
            .unwrap(),
    );
    for line in [
        ("cache-control", "must-revalidate"),
        ("cache-control", ""),
        ("expires", "0"),
        ("pragma", "no-cache"),
    ] {
        let found = fields_of(&layer, get("/", &[]), answer(200, &[line]));
        assert_eq!(found, fields(&[line]));
    }
}

#[test]
fn s_01_an_overriding_policy_replaces_it_whole() {
    let layer = CacheControlLayer::new().rule(
        ResponseMatcher::any(),
        Policy::from(CacheControl::max_age(MINUTE)).override_handler(),
    );
    let response = answer(
        200,
        &[
            ("cache-control", "max-age=1"),
            ("cache-control", "public"),
            ("expires", "Thu, 01 Jan 1970 00:00:01 GMT"),
            ("pragma", "x"),
        ],
    );
    let found = fields_of(&layer, get("/", &[]), response);
    assert_eq!(found, fields(&[("cache-control", "max-age=60")]));
}

#[test]
fn g_07_set_cookie_lines_survive_in_order() {
    let lines = [
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("set-cookie", "a=3"),
    ];
    let found = fields_of(
        &CacheControlLayer::no_store(),
        get("/", &[]),
        answer(200, &lines),
    );
    let cookies: Vec<_> = found.get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1", "b=2", "a=3"]);
}

#[test]
fn s_10_expires_agrees_with_max_age() {
    let policy = Policy::from(CacheControl::max_age(MINUTE))
        .expires()
        .unwrap();
    let layer = CacheControlLayer::new()
        .rule(ResponseMatcher::any(), policy)
        .clock(|| UNIX_EPOCH + Duration::from_secs(784_111_777));
    for _ in 0..2 {
        let found = fields_of(&layer, get("/", &[]), answer(200, &[]));
        let expected = [
            ("cache-control", "max-age=60"),
            ("expires", "Sun, 06 Nov 1994 08:50:37 GMT"),
        ];
        assert_eq!(found, fields(&expected));
    }
}

/// Finding 30.
#[test]
fn s_10_expires_counts_from_the_date_of_the_response() {
    let policy = Policy::from(CacheControl::max_age(MINUTE))
        .expires()
        .unwrap();
    let layer = CacheControlLayer::new()
        .rule(ResponseMatcher::any(), policy)
        .clock(|| UNIX_EPOCH + Duration::from_secs(784_111_777));
    for (date, expected) in [
        (
            "Sun, 06 Nov 1994 08:40:00 GMT",
            "Sun, 06 Nov 1994 08:41:00 GMT",
        ),
        (
            "Sunday, 06-Nov-94 08:40:00 GMT",
            "Sun, 06 Nov 1994 08:41:00 GMT",
        ),
        ("yesterday", "Sun, 06 Nov 1994 08:50:37 GMT"),
    ] {
        let found = fields_of(&layer, get("/", &[]), answer(200, &[("date", date)]));
        let expected = [
            ("date", date),
            ("cache-control", "max-age=60"),
            ("expires", expected),
        ];
        assert_eq!(found, fields(&expected), "{date}");
    }
}

#[test]
fn s_18_the_networks_field_stands_beside_and_the_handler_s_stays() {
    let cdn = CdnCacheControl::new(&CacheControl::max_age(10 * MINUTE)).unwrap();
    let policy = Policy::from(CacheControl::no_cache()).cdn(cdn);
    let layer = CacheControlLayer::new().rule(ResponseMatcher::any(), policy);
    let found = fields_of(&layer, get("/", &[]), answer(200, &[]));
    let expected = [
        ("cache-control", "no-cache"),
        ("cdn-cache-control", "max-age=600"),
    ];
    assert_eq!(found, fields(&expected));
    let own = answer(200, &[("cdn-cache-control", "max-age=5")]);
    let found = fields_of(&layer, get("/", &[]), own);
    let expected = [
        ("cdn-cache-control", "max-age=5"),
        ("cache-control", "no-cache"),
    ];
    assert_eq!(found, fields(&expected));
}

#[test]
fn a_plan_can_be_asked_for_without_a_server() {
    let layer = minute(RequestMatcher::prefix("/a/").unwrap())
        .rule(
            RequestMatcher::prefix("/b/").unwrap(),
            Policy::from(CacheControl::max_age(Duration::from_secs(1))).override_handler(),
        )
        .assets(StaticAssets::new());
    let plan = |path: &str, asked: &[(&str, &str)], answered: &[(&'static str, &str)]| {
        let (request, ()) = get(path, asked).into_parts();
        let (response, _) = answer(200, answered).into_parts();
        layer.plan(&request, &response)
    };
    assert_eq!(plan("/a/", &[], &[]), Plan::Apply(PolicySource::Rule(0)));
    assert_eq!(plan("/b/", &[], &[]), Plan::Apply(PolicySource::Rule(1)));
    assert_eq!(
        plan("/a.css", &[], &[("content-type", "text/css")]),
        Plan::Apply(PolicySource::Assets)
    );
    assert_eq!(plan("/", &[], &[]), Plan::Leave(Reason::NoRule));
    let spoke = [("cache-control", "max-age=5")];
    assert_eq!(plan("/a/", &[], &spoke), Plan::Leave(Reason::HandlerSpoke));
    assert_eq!(plan("/b/", &[], &spoke), Plan::Apply(PolicySource::Rule(1)));
    let private = [("cache-control", "private")];
    assert_eq!(
        plan("/b/", &[], &private),
        Plan::Leave(Reason::HandlerIsStricter)
    );
    for asked in [("authorization", "x"), ("cookie", "a=1")] {
        assert_eq!(
            plan("/a/", &[asked], &[]),
            Plan::Restrict(PolicySource::Rule(0)),
            "{asked:?}"
        );
    }
    let (mut post, ()) = get("/a/", &[]).into_parts();
    post.method = Method::POST;
    let (response, _) = answer(200, &[]).into_parts();
    assert_eq!(layer.plan(&post, &response), Plan::Leave(Reason::Method));
}

#[test]
fn g_01_a_directory_that_is_not_a_prefix_is_refused() {
    for prefix in ["", "assets/", "/a%20b/", "/a?b", "/a\r\nb"] {
        let expected = InvalidMatcher::Prefix {
            prefix: prefix.to_owned(),
        };
        let found = StaticAssets::new().fingerprinted(prefix);
        assert_eq!(found.map(drop), Err(expected), "{prefix:?}");
    }
}

/// What a handler may say, sensible or not.
fn directives() -> impl Strategy<Value = String> {
    let directive = prop::sample::select(
        &[
            "public",
            "private",
            "Private",
            "private=\"x-a\"",
            "no-cache",
            "no-cache=\"x-a\"",
            "no-store",
            "NO-STORE",
            "no-transform",
            "must-revalidate",
            "max-age=0",
            "max-age=60",
            "s-maxage=60",
            "immutable",
            "community=\"a, no-store\"",
            "\"",
            "",
        ][..],
    );
    prop::collection::vec(directive, 0..4).prop_map(|list| list.join(", "))
}

fn policies() -> impl Strategy<Value = CacheControl> {
    prop::sample::select(vec![
        CacheControl::immutable(),
        CacheControl::max_age(MINUTE),
        CacheControl::no_cache(),
        CacheControl::no_store(),
        CacheControl::private_no_cache(),
        CacheControl::builder()
            .public()
            .max_age(MINUTE)
            .build()
            .expect("directives that agree"),
        CacheControl::builder()
            .private()
            .max_age(MINUTE)
            .build()
            .expect("directives that agree"),
    ])
}

proptest! {
    /// Read with a reader of its own: what a list of directives forbids.
    #[test]
    fn s_01_what_the_handler_says_is_never_weakened(
        lines in prop::collection::vec(directives(), 1..3),
        policy in policies(),
        is_overriding in any::<bool>(),
    ) {
        let mut response = answer(200, &[]);
        for line in &lines {
            let line = HeaderValue::try_from(line.as_str()).unwrap();
            response.headers_mut().append("cache-control", line);
        }
        let before = forbidden(response.headers());
        let mut policy = Policy::from(policy);
        if is_overriding {
            policy = policy.override_handler();
        }
        let layer = CacheControlLayer::new().rule(ResponseMatcher::any(), policy);
        let untouched = response.headers().clone();
        let found = fields_of(&layer, get("/", &[]), response);
        let after = forbidden(&found);
        // `no-store` is stricter than all but `no-transform`.
        let covers = |name: &str| after.iter().any(|found| found == name || found == "no-store");
        for name in &before {
            prop_assert!(covers(name), "{:?} became {:?}", lines, found);
        }
        if !is_overriding {
            prop_assert_eq!(found, untouched);
        }
    }

    #[test]
    fn g_02_no_path_or_value_does_harm(
        path in "/[a-z%./;\\\\?#0-9]{0,30}",
        value in prop::collection::vec(any::<u8>(), 0..30),
        name in prop::sample::select(vec!["cache-control", "content-type", "expires", "set-cookie"]),
    ) {
        prop_assume!(path.parse::<http::Uri>().is_ok());
        let Ok(value) = HeaderValue::from_bytes(&value) else { return Ok(()) };
        let mut response = answer(200, &[]);
        response.headers_mut().append(HeaderName::from_static(name), value);
        let rules = CacheControlLayer::new()
            .rule(RequestMatcher::glob("/**/*.c?s").unwrap(), Policy::from(CacheControl::max_age(Duration::from_secs(1))).override_handler())
            .assets(StaticAssets::new().versioned_queries());
        fields_of(&rules, get(&path, &[]), response);
    }
}

/// The names of what a head forbids caches.
fn forbidden(fields: &HeaderMap) -> Vec<String> {
    let mut names = Vec::new();
    for line in fields.get_all("cache-control") {
        let line = line.to_str().expect("visible ASCII").to_ascii_lowercase();
        // What stands between quotes is no directive; an open quote reaches to the end of its line.
        let mut is_quoted = false;
        let unquoted: String = line
            .chars()
            .filter(|&character| {
                is_quoted ^= character == '"';
                !is_quoted || character == '"'
            })
            .collect();
        for directive in unquoted.split(',') {
            let name = directive.split('=').next().unwrap_or_default().trim();
            if matches!(name, "private" | "no-cache" | "no-store") {
                names.push(name.to_owned());
            }
        }
    }
    names
}
