//! What may be somebody's own is never given to others (promise 10).

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use proptest::prelude::*;
use tower::{Layer, ServiceExt, service_fn};
use tower_egress::cache_control::{
    CacheControl, CacheControlLayer, CdnCacheControl, DAY, MINUTE, Policy, StaticAssets,
};
use tower_egress::matcher::ResponseMatcher;
use tower_egress::security_headers::{ContentSecurityPolicy, CspNonce, SecurityHeadersLayer};

use super::{answer, fields_of, get, said};
use crate::support::fields;

/// The browser asks each time, and the network keeps the response for a day.
fn browser_asks_and_network_keeps() -> Policy {
    let day = CdnCacheControl::new(&CacheControl::max_age(DAY)).expect("a structured field");
    Policy::from(CacheControl::private_no_cache()).cdn(day)
}

fn everywhere(policy: impl Into<Policy>) -> CacheControlLayer {
    CacheControlLayer::new().rule(ResponseMatcher::any(), policy)
}

type Lines<'a> = &'a [(&'static str, &'static str)];

#[track_caller]
fn check(layer: &CacheControlLayer, asked: Lines<'_>, answered: Lines<'_>, expected: Lines<'_>) {
    let found = fields_of(layer, get("/me", asked), answer(200, answered));
    assert_eq!(found, fields(expected), "{asked:?} {answered:?}");
}

/// Finding 1.
#[test]
fn s_18_f_11_a_network_is_never_given_what_may_be_personal() {
    for policy in [
        browser_asks_and_network_keeps(),
        browser_asks_and_network_keeps().override_handler(),
    ] {
        let layer = everywhere(policy);
        let own = ("cache-control", "private, no-cache");
        check(
            &layer,
            &[],
            &[],
            &[own, ("cdn-cache-control", "max-age=86400")],
        );
        check(&layer, &[("authorization", "Bearer x")], &[], &[own]);
        check(&layer, &[("x-api-key", "x")], &[], &[own]);
        check(&layer, &[("cookie", "session=1")], &[], &[own]);
        let sets = ("set-cookie", "session=secret");
        check(&layer, &[], &[sets], &[sets, own]);
    }
}

/// Finding 1.
#[test]
fn s_01_f_10_an_overriding_policy_never_replaces_a_stricter_line_for_networks() {
    let layer = everywhere(browser_asks_and_network_keeps().override_handler());
    let own = ("cache-control", "private, no-cache");
    check(&layer, &[], &[own], &[own]);
    for line in [
        ("cdn-cache-control", "no-store"),
        ("cloudflare-cdn-cache-control", "max-age=60, no-store"),
        ("edge-control", "no-store"),
        ("surrogate-control", "no-store"),
        ("x-accel-expires", "0"),
    ] {
        check(&layer, &[], &[line], &[line, own]);
    }
    for line in [
        ("cdn-cache-control", "max-age=60, private"),
        ("surrogate-control", "no-cache"),
    ] {
        let day = ("cdn-cache-control", "max-age=86400");
        let expected: Lines<'_> = match line.1 {
            // Asking is not sharing; the network's day would not ask.
            "no-cache" => &[line, own],
            _ => &[own],
        };
        check(&layer, &[], &[line], expected);
        check(
            &layer,
            &[],
            &[("cdn-cache-control", "max-age=5")],
            &[own, day],
        );
    }
}

/// Finding 1. What the handler said to all is replaced, and its stricter line for networks stays.
#[test]
fn s_01_f_10_a_stricter_line_for_networks_stays_beside_what_is_replaced() {
    let own = ("cache-control", "private, no-cache");
    let line = ("cdn-cache-control", "no-store");
    let answered = &[
        ("cache-control", "max-age=5"),
        ("expires", "Thu, 01 Jan 2099 00:00:00 GMT"),
        line,
    ];
    let without = Policy::from(CacheControl::private_no_cache()).override_handler();
    for policy in [without, browser_asks_and_network_keeps().override_handler()] {
        check(&everywhere(policy), &[], answered, &[line, own]);
    }
}

/// Finding 1.
#[test]
fn s_01_f_09_an_overriding_policy_removes_what_caches_obey_first() {
    let layer = everywhere(Policy::from(CacheControl::no_store()).override_handler());
    let answered = &[
        ("akamai-cache-control", "max-age=86400"),
        ("cache-control", "max-age=86400"),
        ("cdn-cache-control", "max-age=86400"),
        ("edge-control", "max-age=86400"),
        ("expires", "Thu, 01 Jan 2099 00:00:00 GMT"),
        ("pragma", "x"),
        ("surrogate-control", "max-age=86400"),
        ("x-accel-expires", "86400"),
        ("x-other", "1"),
    ];
    let expected = &[("x-other", "1"), ("cache-control", "no-store")];
    check(&layer, &[], answered, expected);
}

/// Finding 1. The handler spoke to networks, and the rule speaks to everybody else.
#[test]
fn s_01_f_10_what_the_handler_keeps_from_networks_is_kept_from_all_others() {
    let layer = everywhere(CacheControl::max_age(MINUTE));
    let minute = ("cache-control", "max-age=60");
    let own = ("cache-control", "private, no-cache");
    for (line, expected) in [
        (("cdn-cache-control", "max-age=5"), minute),
        (("cdn-cache-control", "no-store"), own),
        (("surrogate-control", "private"), own),
    ] {
        let found = fields_of(&layer, get("/me", &[]), answer(200, &[line]));
        assert_eq!(found, fields(&[line, expected]), "{line:?}");
    }
    let network = CdnCacheControl::new(&CacheControl::max_age(DAY)).unwrap();
    let layer = everywhere(Policy::from(CacheControl::max_age(MINUTE)).cdn(network));
    let line = ("surrogate-control", "max-age=5");
    check(&layer, &[], &[line], &[line, minute]);
}

/// Finding 21.
#[test]
fn s_02_f_11_what_may_be_personal_is_private_and_asked_for_every_time() {
    let transformed = CacheControl::builder().no_transform().max_age(MINUTE);
    for (policy, expected) in [
        (CacheControl::no_cache(), "private, no-cache"),
        (CacheControl::max_age(MINUTE), "private, no-cache"),
        (CacheControl::immutable(), "private, no-cache"),
        (CacheControl::private_no_cache(), "private, no-cache"),
        (CacheControl::no_store(), "no-store"),
        (
            transformed.build().unwrap(),
            "private, no-cache, no-transform",
        ),
        (
            CacheControl::builder()
                .private_fields([http::header::SET_COOKIE])
                .build()
                .unwrap(),
            "private, no-cache",
        ),
        (
            CacheControl::builder()
                .private()
                .max_age(MINUTE)
                .build()
                .unwrap(),
            "private, max-age=60",
        ),
    ] {
        let overriding = Policy::from(policy.clone()).override_handler();
        let sets = ("set-cookie", "a=1");
        let spoke = [sets, ("cache-control", "max-age=5")];
        let expected_all = [sets, ("cache-control", expected)];
        check(&everywhere(overriding), &[], &spoke, &expected_all);
        let layer = everywhere(policy.clone());
        let page = answer(200, &[("set-cookie", "a=1")]);
        let found = said(&layer, get("/", &[]), page);
        assert_eq!(found.as_deref(), Some(expected), "Set-Cookie, {policy}");
        for name in ["authorization", "proxy-authorization", "x-api-key"] {
            let found = said(&layer, get("/", &[(name, "x")]), answer(200, &[]));
            assert_eq!(found.as_deref(), Some(expected), "{name}, {policy}");
        }
        let found = said(&layer, get("/a;b", &[]), answer(200, &[]));
        assert_eq!(found.as_deref(), Some(expected), "odd path, {policy}");
    }
}

/// Finding 21.
#[test]
fn s_10_what_is_restricted_has_no_expires() {
    let policy = Policy::from(CacheControl::max_age(MINUTE));
    let layer = everywhere(policy.expires().unwrap());
    let own = ("cache-control", "private, no-cache");
    check(&layer, &[("authorization", "x")], &[], &[own]);
    let lasting = ("cache-control", "private, max-age=60");
    check(&layer, &[("cookie", "a=1")], &[], &[lasting]);
}

/// Finding 22.
#[test]
fn s_14_f_10_public_lets_shared_caches_keep_what_credentials_asked_for() {
    let public = CacheControl::builder().public().max_age(MINUTE);
    let layer = everywhere(public.build().unwrap());
    let shared = ("cache-control", "public, max-age=60");
    for name in ["authorization", "x-api-key", "cookie"] {
        let found = fields_of(&layer, get("/me", &[(name, "a=1")]), answer(200, &[]));
        assert_eq!(found, fields(&[shared]), "{name}");
    }
    let sets = ("set-cookie", "a=1");
    let own = ("cache-control", "private, no-cache");
    check(&layer, &[], &[sets], &[sets, own]);
}

/// Finding C.
#[test]
fn s_02_f_10_a_cookie_makes_private_all_but_code_fonts_and_fingerprinted_files() {
    let layer = everywhere(CacheControl::max_age(MINUTE));
    for (content_type, expected) in [
        ("text/css", "max-age=60"),
        ("text/javascript; charset=utf-8", "max-age=60"),
        ("application/wasm", "max-age=60"),
        ("font/woff2", "max-age=60"),
        ("image/png", "private, max-age=60"),
        ("text/html", "private, max-age=60"),
        ("application/json", "private, max-age=60"),
    ] {
        let response = answer(200, &[("content-type", content_type)]);
        let found = said(&layer, get("/me", &[("cookie", "a=1")]), response);
        assert_eq!(found.as_deref(), Some(expected), "{content_type}");
        let response = answer(200, &[("content-type", content_type)]);
        let found = said(&layer, get("/me", &[]), response);
        assert_eq!(found.as_deref(), Some("max-age=60"), "{content_type}");
    }
}

/// Finding C.
#[test]
fn s_02_f_10_an_asset_of_a_cookie_s_owner_is_private_unless_its_name_says_its_content() {
    let assets = StaticAssets::new().max_age(MINUTE);
    let layer = CacheControlLayer::from(assets.fingerprinted("/assets/").unwrap());
    for (path, content_type, expected) in [
        ("/me/avatar.png", "image/png", "private, max-age=60"),
        ("/", "text/html", "private, no-cache"),
        ("/app.css", "text/css", "max-age=60"),
        (
            "/app.8e3c1f07.css",
            "text/css",
            "max-age=31536000, immutable",
        ),
        ("/assets/a.png", "image/png", "max-age=31536000, immutable"),
    ] {
        let response = answer(200, &[("content-type", content_type)]);
        let found = said(&layer, get(path, &[("cookie", "session=1")]), response);
        assert_eq!(found.as_deref(), Some(expected), "{path}");
        let sets = [("content-type", content_type), ("set-cookie", "a=1")];
        let found = said(&layer, get(path, &[]), answer(200, &sets));
        assert_eq!(found.as_deref(), Some("private, no-cache"), "{path}");
    }
}

/// Finding C. Anybody can write a version into a link, so it does not tell that a picture is everybody's.
#[test]
fn s_02_f_10_a_versioned_query_does_not_share_what_a_cookie_s_owner_asked_for() {
    let layer = CacheControlLayer::from(StaticAssets::new().versioned_queries());
    for (path, content_type, expected) in [
        (
            "/me/avatar.png?v=1",
            "image/png",
            "private, max-age=31536000, immutable",
        ),
        ("/app.css?v=1", "text/css", "max-age=31536000, immutable"),
        ("/me/avatar.png?v=", "image/png", "private, no-cache"),
    ] {
        let response = answer(200, &[("content-type", content_type)]);
        let found = said(&layer, get(path, &[("cookie", "session=1")]), response);
        assert_eq!(found.as_deref(), Some(expected), "{path}");
    }
    let png = answer(200, &[("content-type", "image/png")]);
    let found = said(&layer, get("/logo.png?v=1", &[]), png);
    assert_eq!(found.as_deref(), Some("max-age=31536000, immutable"));
}

/// Finding C.
#[test]
fn f_10_a_cookie_takes_away_what_is_for_shared_caches_alone() {
    let shared = CacheControl::builder()
        .max_age(MINUTE)
        .s_maxage(10 * MINUTE)
        .proxy_revalidate()
        .stale_while_revalidate(Duration::from_secs(5));
    let layer = everywhere(shared.build().unwrap());
    let own = "private, max-age=60, stale-while-revalidate=5";
    let found = said(&layer, get("/", &[("cookie", "a=1")]), answer(200, &[]));
    assert_eq!(found.as_deref(), Some(own));
    let layer = everywhere(
        CacheControl::builder()
            .s_maxage(10 * MINUTE)
            .build()
            .unwrap(),
    );
    let found = said(&layer, get("/", &[("cookie", "a=1")]), answer(200, &[]));
    assert_eq!(found.as_deref(), Some("private"));
}

/// A method that is neither GET nor HEAD changes nothing that a cache could keep.
#[test]
fn s_02_other_methods_get_only_what_forbids_sharing() {
    for (policy, expected) in [
        (CacheControl::max_age(MINUTE), None),
        (CacheControl::private_no_cache(), Some("private, no-cache")),
    ] {
        let mut post = get("/", &[("authorization", "x")]);
        *post.method_mut() = Method::POST;
        let found = said(&everywhere(policy), post, answer(200, &[]));
        assert_eq!(found.as_deref(), expected);
    }
}

/// The `Cache-Control` lines of a page that reads its nonce, behind `layer`.
async fn of_nonce_page(layer: &CacheControlLayer, line: Option<&'static str>) -> Vec<HeaderValue> {
    let page = service_fn(move |request: Request<()>| async move {
        let mut response = Response::new(CspNonce::of(request.extensions()).draw().to_owned());
        if let Some(line) = line {
            let name = HeaderName::from_static("cache-control");
            let line = HeaderValue::from_static(line);
            response.headers_mut().insert(name, line);
        }
        Ok::<_, std::convert::Infallible>(response)
    });
    let secured = SecurityHeadersLayer::new().with(ContentSecurityPolicy::strict());
    let service = secured.layer(layer.layer(page));
    let response = service.oneshot(get("/admin", &[])).await.unwrap();
    let lines = response.headers().get_all("cache-control");
    lines.iter().cloned().collect()
}

/// Finding B.
#[tokio::test]
async fn h_13_a_rule_as_strict_as_a_nonce_needs_is_kept() {
    let transformed = CacheControl::builder().private().no_cache().no_transform();
    for (policy, expected) in [
        (CacheControl::no_store(), "no-store"),
        (
            transformed.build().unwrap(),
            "private, no-cache, no-transform",
        ),
        (CacheControl::no_cache(), "private, no-cache"),
        (CacheControl::immutable(), "private, no-cache"),
    ] {
        let layer = everywhere(policy.clone());
        let found = of_nonce_page(&layer, None).await;
        assert_eq!(found, [expected], "{policy}");
    }
    let found = of_nonce_page(&CacheControlLayer::no_store(), None).await;
    assert_eq!(found, ["no-store"]);
    // What the handler said stays where the rule does not override it.
    let layer = everywhere(CacheControl::no_store());
    let found = of_nonce_page(&layer, Some("max-age=60")).await;
    assert_eq!(found, ["private, no-cache"]);
    let layer = everywhere(Policy::from(CacheControl::no_store()).override_handler());
    let found = of_nonce_page(&layer, Some("max-age=60")).await;
    assert_eq!(found, ["no-store"]);
}

/// Whether caches that obey `name` keep the response from other people, by a reader of its own.
fn is_kept_from_others(head: &HeaderMap, name: &str) -> bool {
    let lines = head.get_all(name).iter();
    lines
        .flat_map(|line| line.to_str().expect("visible ASCII").split(", "))
        .any(|directive| matches!(directive, "private" | "no-store"))
}

proptest! {
    /// Findings 1, 21 and 22: whatever a rule says, and to whom.
    #[test]
    fn f_10_f_11_no_line_lets_others_have_what_may_be_personal(
        value in 0..6_usize,
        network in prop::option::of(0..6_usize),
        is_overriding in any::<bool>(),
        sign in 0..4_usize,
        handler in prop::option::of(prop::sample::select(vec![
            ("cache-control", "max-age=5"),
            ("cdn-cache-control", "no-store"),
            ("surrogate-control", "max-age=5, private"),
            ("expires", "Thu, 01 Jan 2099 00:00:00 GMT"),
        ])),
    ) {
        let values = || [
            CacheControl::immutable(),
            CacheControl::max_age(MINUTE),
            CacheControl::no_cache(),
            CacheControl::no_store(),
            CacheControl::private_no_cache(),
            CacheControl::builder().must_understand().no_store().max_age(MINUTE).build().unwrap(),
        ];
        let mut policy = Policy::from(values()[value].clone());
        if let Some(network) = network {
            policy = policy.cdn(CdnCacheControl::new(&values()[network]).unwrap());
        }
        if is_overriding {
            policy = policy.override_handler();
        }
        let asked: Lines<'_> = [
            &[("authorization", "x")][..],
            &[("cookie", "session=1")],
            &[("x-api-key", "x")],
            &[],
        ][sign];
        let mut answered: Vec<_> = handler.into_iter().collect();
        if asked.is_empty() {
            answered.push(("set-cookie", "a=1"));
        }
        let before = answer(200, &answered).into_parts().0.headers;
        let found = fields_of(&everywhere(policy), get("/me", asked), answer(200, &answered));
        if found == before {
            // The handler spoke, and its word stays.
            prop_assert!(handler.is_some(), "{:?}", found);
        } else {
            prop_assert!(is_kept_from_others(&found, "cache-control"), "{:?}", found);
            for name in ["cdn-cache-control", "surrogate-control"] {
                let is_kept = !found.contains_key(name) || is_kept_from_others(&found, name);
                prop_assert!(is_kept, "{}: {:?}", name, found);
            }
        }
    }
}
