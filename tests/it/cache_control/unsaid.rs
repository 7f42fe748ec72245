//! `otherwise_no_cache`: no cache guesses how long a response is fresh.

use http::{HeaderName, Method};
use tower_egress::cache_control::{
    CacheControl, CacheControlLayer, InvalidCacheControl, MINUTE, Plan, Policy, PolicySource,
    Reason,
};
use tower_egress::matcher::RequestMatcher;

use super::{answer, fields_of, get, said};
use crate::support::fields;

fn layer() -> CacheControlLayer {
    CacheControlLayer::new().otherwise_no_cache()
}

/// Finding L.
#[test]
fn s_15_no_cache_is_said_of_every_status_whose_lifetime_caches_guess() {
    for status in 200..600 {
        let expected = matches!(
            status,
            200 | 203 | 204 | 206 | 300 | 301 | 304 | 308 | 404 | 405 | 410 | 414 | 501
        )
        .then_some("no-cache");
        let found = said(&layer(), get("/api/items", &[]), answer(status, &[]));
        assert_eq!(found.as_deref(), expected, "{status}");
    }
}

/// Finding L.
#[test]
fn s_15_a_rule_comes_first_and_what_it_is_not_about_is_asked_for() {
    let layer = layer().rule(
        RequestMatcher::prefix("/api/").unwrap(),
        CacheControl::private_no_cache(),
    );
    for (path, status, expected) in [
        ("/api/items", 200, Some("private, no-cache")),
        ("/api/items", 404, Some("no-cache")),
        ("/api/items", 303, None),
        ("/api/items", 412, None),
        ("/other", 200, Some("no-cache")),
    ] {
        let found = said(&layer, get(path, &[]), answer(status, &[]));
        assert_eq!(found.as_deref(), expected, "{path} {status}");
    }
    let css = [("content-type", "text/css")];
    let found = said(&layer, get("/a.8e3c1f07.css", &[]), answer(200, &css));
    assert_eq!(found.as_deref(), Some("max-age=31536000, immutable"));
}

/// Finding L.
#[test]
fn s_01_whoever_spoke_is_left_alone() {
    for line in [
        ("cache-control", "max-age=5"),
        ("cache-control", ""),
        ("expires", "0"),
        ("pragma", "x"),
        ("cdn-cache-control", "max-age=5"),
        ("surrogate-control", "max-age=5"),
        ("x-accel-expires", "5"),
    ] {
        let found = fields_of(&layer(), get("/", &[]), answer(200, &[line]));
        assert_eq!(found, fields(&[line]), "{line:?}");
    }
    let overriding = Policy::from(CacheControl::max_age(MINUTE)).override_handler();
    let layer = layer().rule(RequestMatcher::prefix("/a/").unwrap(), overriding);
    let line = ("cache-control", "max-age=5");
    let found = fields_of(&layer, get("/", &[]), answer(200, &[line]));
    assert_eq!(found, fields(&[line]));
}

/// Finding L.
#[test]
fn s_02_f_10_what_may_be_personal_is_private_even_if_nobody_said_so() {
    let own = Some("private, no-cache");
    for asked in [
        ("authorization", "x"),
        ("x-forwarded-user", "ada"),
        ("cookie", "session=1"),
    ] {
        let found = said(&layer(), get("/api/me", &[asked]), answer(200, &[]));
        assert_eq!(found.as_deref(), own, "{asked:?}");
        let found = said(&layer(), get("/api/me", &[asked]), answer(404, &[]));
        assert_eq!(found.as_deref(), own, "{asked:?}");
    }
    let sets = answer(200, &[("set-cookie", "a=1")]);
    assert_eq!(said(&layer(), get("/", &[]), sets).as_deref(), own);
    let odd = said(&layer(), get("/a;b", &[]), answer(200, &[]));
    assert_eq!(odd.as_deref(), own);
}

/// Finding L. No cache keeps a response to these methods unless it says so.
#[test]
fn s_02_nothing_is_said_of_other_methods() {
    for (method, expected) in [
        (Method::GET, Some("no-cache")),
        (Method::HEAD, Some("no-cache")),
        (Method::POST, None),
        (Method::PUT, None),
        (Method::DELETE, None),
        (Method::OPTIONS, None),
        (Method::CONNECT, None),
    ] {
        let mut request = get("/", &[]);
        *request.method_mut() = method.clone();
        let found = said(&layer(), request, answer(200, &[]));
        assert_eq!(found.as_deref(), expected, "{method}");
    }
}

#[test]
fn it_is_off_unless_asked_for() {
    let plan = |layer: &CacheControlLayer, asked: &[(&str, &str)]| {
        let (request, ()) = get("/api", asked).into_parts();
        let (response, _) = answer(200, &[]).into_parts();
        layer.plan(&request, &response)
    };
    let cookie = [("cookie", "a=1")];
    for off in [
        CacheControlLayer::new(),
        CacheControlLayer::none(),
        CacheControlLayer::default(),
    ] {
        assert_eq!(plan(&off, &[]), Plan::Leave(Reason::NoRule), "{off:?}");
        let on = off.otherwise_no_cache();
        assert_eq!(plan(&on, &[]), Plan::Apply(PolicySource::Unsaid), "{on:?}");
        let restricted = Plan::Restrict(PolicySource::Unsaid);
        assert_eq!(plan(&on, &cookie), restricted, "{on:?}");
    }
}

#[test]
fn f_10_the_user_says_which_fields_and_cookies_tell_who_asks() {
    let name = HeaderName::from_static("x-session");
    let layer = layer()
        .ignoring_cookies(["_ga*", "theme"])
        .unwrap()
        .credentials([name]);
    for (asked, expected) in [
        (("cookie", "_ga_1=2; theme=dark"), "no-cache"),
        (("cookie", "_ga_1=2; session=1"), "private, no-cache"),
        (("x-session", "1"), "private, no-cache"),
        (("authorization", "1"), "private, no-cache"),
    ] {
        let found = said(&layer, get("/", &[asked]), answer(200, &[]));
        assert_eq!(found.as_deref(), Some(expected), "{asked:?}");
    }
}

#[test]
fn g_01_a_name_that_no_cookie_has_is_refused() {
    for name in ["", "*", "a b", "a*b", "a=b"] {
        let error = layer().ignoring_cookies(["theme", name]).unwrap_err();
        let expected = InvalidCacheControl::CookieName {
            name: name.to_owned(),
        };
        assert_eq!(error, expected, "{name:?}");
    }
    let error = layer().ignoring_cookies(["a b"]).unwrap_err();
    let message = "\"a b\" is not a cookie name; write a name, or the beginning of one and a star, \
                   such as `_ga*`";
    assert_eq!(error.to_string(), message);
}
