//! What the presets send, and how it meets what handlers send.

use std::time::Duration;

use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, SERVER, X_FRAME_OPTIONS};
use http::{HeaderName, HeaderValue, Request, Response};
use proptest::prelude::*;
use tower_egress::security_headers::{
    ClearSiteData, Conflict, ContentSecurityPolicy, Hsts, ReferrerPolicy, SecurityHeader,
    SecurityHeadersLayer, SecurityOverride, XFrameOptions,
};

use super::{answer, fields_of};
use crate::support::{fields, service};

const PAGE: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; \
                    img-src 'self' data:; object-src 'none'; script-src-attr 'none'";

const CAUTIOUS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";

#[test]
fn the_default_set_is_that_of_a_page() {
    let found = fields_of(&SecurityHeadersLayer::new(), answer(200, &[]));
    let expected = [
        ("content-security-policy", PAGE),
        ("strict-transport-security", "max-age=31536000"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("origin-agent-cluster", "?1"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "SAMEORIGIN"),
        ("permissions-policy", CAUTIOUS),
    ];
    assert_eq!(found, fields(&expected));
}

#[test]
fn h_27_helmet_s_set_is_helmet_s() {
    let found = fields_of(&SecurityHeadersLayer::helmet(), answer(200, &[]));
    let expected = [
        (
            "content-security-policy",
            "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';\
             frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';\
             script-src-attr 'none';style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests",
        ),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("origin-agent-cluster", "?1"),
        ("referrer-policy", "no-referrer"),
        (
            "strict-transport-security",
            "max-age=31536000; includeSubDomains",
        ),
        ("x-content-type-options", "nosniff"),
        ("x-dns-prefetch-control", "off"),
        ("x-download-options", "noopen"),
        ("x-frame-options", "SAMEORIGIN"),
        ("x-permitted-cross-domain-policies", "none"),
        ("x-xss-protection", "0"),
    ];
    assert_eq!(found, fields(&expected));
}

#[test]
fn the_set_of_an_api_allows_no_page_anything() {
    let found = fields_of(&SecurityHeadersLayer::api(), answer(200, &[]));
    let expected = [
        (
            "content-security-policy",
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        ("strict-transport-security", "max-age=31536000"),
        ("cross-origin-resource-policy", "same-origin"),
        ("origin-agent-cluster", "?1"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("permissions-policy", CAUTIOUS),
    ];
    assert_eq!(found, fields(&expected));
    let found = fields_of(
        &SecurityHeadersLayer::none(),
        answer(200, &[("server", "a")]),
    );
    assert_eq!(found, fields(&[("server", "a")]));
}

#[test]
fn h_02_h_31_every_answer_has_them_whatever_its_status() {
    let expected = fields_of(&SecurityHeadersLayer::new(), answer(200, &[]));
    for status in [204, 206, 301, 302, 304, 400, 401, 404, 412, 500, 503] {
        let found = fields_of(&SecurityHeadersLayer::new(), answer(status, &[]));
        assert_eq!(found, expected, "{status}");
    }
}

#[test]
fn h_29_what_the_handler_sets_is_kept() {
    let lines = [
        ("x-frame-options", "DENY"),
        ("content-security-policy", "default-src 'none'"),
        ("content-security-policy", "img-src 'self'"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("content-type", "text/html"),
    ];
    let found = fields_of(&SecurityHeadersLayer::new(), answer(200, &lines));
    let mut expected = fields_of(&SecurityHeadersLayer::new(), answer(200, &[]));
    expected.remove(X_FRAME_OPTIONS);
    expected.remove(CONTENT_SECURITY_POLICY);
    for (name, value) in lines {
        expected.append(name, HeaderValue::from_static(value));
    }
    assert_eq!(found, expected);
}

#[test]
fn h_17_it_may_be_replaced_or_joined() {
    let own = [("content-security-policy", "img-src 'self'")];
    let policies = |conflict| {
        let layer = SecurityHeadersLayer::none()
            .with(ContentSecurityPolicy::strictest())
            .on_conflict(CONTENT_SECURITY_POLICY, conflict);
        let found = fields_of(&layer, answer(200, &own));
        let lines = found.get_all(CONTENT_SECURITY_POLICY).iter();
        let lines: Vec<_> = lines
            .map(|line| line.to_str().expect("ASCII").to_owned())
            .collect();
        lines
    };
    let strictest = ContentSecurityPolicy::strictest().to_string();
    assert_eq!(policies(Conflict::Keep), ["img-src 'self'"]);
    assert_eq!(policies(Conflict::Override), [strictest.as_str()]);
    assert_eq!(
        policies(Conflict::Append),
        ["img-src 'self'", strictest.as_str()]
    );
}

#[test]
fn h_18_a_policy_to_try_out_stands_beside_the_one_that_holds() {
    let layer = SecurityHeadersLayer::none()
        .with(ContentSecurityPolicy::page())
        .with(ContentSecurityPolicy::strictest().report_only());
    let found = fields_of(&layer, answer(200, &[]));
    let strictest =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let expected = [
        ("content-security-policy", PAGE),
        ("content-security-policy-report-only", strictest),
    ];
    assert_eq!(found, fields(&expected));
}

#[test]
fn h_28_what_tells_of_the_server_is_removed_in_any_case() {
    let lines = [
        ("server", "nginx"),
        ("x-powered-by", "Express"),
        ("x-powered-by", "PHP"),
    ];
    let found = fields_of(&SecurityHeadersLayer::new(), answer(200, &lines));
    assert!(!found.contains_key(SERVER));
    assert!(!found.contains_key("x-powered-by"));
    let found = fields_of(&SecurityHeadersLayer::helmet(), answer(200, &lines));
    assert_eq!(found[SERVER], "nginx");
    let layer = SecurityHeadersLayer::new()
        .keep(SERVER)
        .remove(HeaderName::from_static("via"));
    let found = fields_of(
        &layer,
        answer(200, &[("server", "nginx"), ("via", "1.1 a")]),
    );
    assert_eq!(found[SERVER], "nginx");
    assert!(!found.contains_key("via"));
}

#[test]
fn fields_are_replaced_left_out_and_added_by_name() {
    let robots = SecurityHeader::new(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex"),
    );
    let layer = SecurityHeadersLayer::none()
        .with(Hsts::year())
        .with(XFrameOptions::Deny)
        .with(ReferrerPolicy::Origin)
        .with(Hsts::new(Duration::from_secs(60)))
        .without(X_FRAME_OPTIONS)
        .with(robots);
    let found = fields_of(&layer, answer(200, &[]));
    let expected = [
        ("strict-transport-security", "max-age=60"),
        ("referrer-policy", "origin"),
        ("x-robots-tag", "noindex"),
    ];
    assert_eq!(found, fields(&expected));
}

#[test]
fn h_29_one_response_may_want_it_otherwise() {
    let layer = SecurityHeadersLayer::none()
        .with(Hsts::year())
        .with(XFrameOptions::Deny)
        .with(ReferrerPolicy::Origin)
        .remove(SERVER);
    let with = |wanted: SecurityOverride| {
        let lines = [("server", "nginx"), ("referrer-policy", "unsafe-url")];
        let mut response = answer(200, &lines);
        response.extensions_mut().insert(wanted);
        fields_of(&layer, response)
    };
    let off = [("server", "nginx"), ("referrer-policy", "unsafe-url")];
    assert_eq!(with(SecurityOverride::off()), fields(&off));
    let wanted = SecurityOverride::new()
        .with(ClearSiteData::Cookies)
        .with(ReferrerPolicy::SameOrigin)
        .without(X_FRAME_OPTIONS);
    let expected = [
        ("strict-transport-security", "max-age=31536000"),
        ("referrer-policy", "same-origin"),
        ("clear-site-data", "\"cookies\""),
    ];
    assert_eq!(with(wanted), fields(&expected));
    // Promise 6. What is added to a set that is off is sent, in any order of the calls.
    let alone = SecurityOverride::off()
        .without(X_FRAME_OPTIONS)
        .with(ClearSiteData::Cookies);
    let expected = [off[0], off[1], ("clear-site-data", "\"cookies\"")];
    assert_eq!(with(alone), fields(&expected));
    // The next response is as before.
    let next = fields_of(&layer, answer(200, &[]));
    assert_eq!(next[X_FRAME_OPTIONS], "DENY");
    assert_eq!(next[REFERRER_POLICY], "origin");
}

#[test]
fn h_35_f_26_nothing_is_opened() {
    for layer in [
        SecurityHeadersLayer::new(),
        SecurityHeadersLayer::helmet(),
        SecurityHeadersLayer::api(),
    ] {
        let found = fields_of(&layer, answer(200, &[]));
        for name in found.keys() {
            let name = name.as_str();
            assert!(
                !name.starts_with("access-control-") && name != "timing-allow-origin",
                "{name}"
            );
        }
    }
}

#[test]
fn x_35_twice_is_as_good_as_once() {
    use tower::Layer;
    struct Twice;
    impl<S> Layer<S> for Twice {
        type Service =
            <SecurityHeadersLayer as Layer<<SecurityHeadersLayer as Layer<S>>::Service>>::Service;

        fn layer(&self, inner: S) -> Self::Service {
            SecurityHeadersLayer::new().layer(SecurityHeadersLayer::new().layer(inner))
        }
    }
    let mut off = answer(200, &[("server", "nginx")]);
    off.extensions_mut().insert(SecurityOverride::off());
    let response: Response<&str> = service::respond(&Twice, Request::new(()), off);
    assert_eq!(response.headers(), &fields(&[("server", "nginx")]));
    let response: Response<&str> = service::respond(&Twice, Request::new(()), answer(200, &[]));
    let once = fields_of(&SecurityHeadersLayer::new(), answer(200, &[]));
    assert_eq!(response.headers(), &once);
}

#[test]
fn f_32_a_full_head_stays_as_it_is() {
    let mut response = answer(200, &[]);
    let mut number = 0;
    let head = response.headers_mut();
    while head
        .try_append(
            HeaderName::try_from(format!("x-{number}")).unwrap(),
            HeaderValue::from_static("1"),
        )
        .is_ok()
    {
        number += 1;
    }
    let before = response.headers().clone();
    assert_eq!(fields_of(&SecurityHeadersLayer::new(), response), before);

    // One that is just not full gets them all.
    let mut response = answer(200, &[]);
    for number in 0..23_900 {
        let name = HeaderName::try_from(format!("x-{number}")).unwrap();
        response
            .headers_mut()
            .append(name, HeaderValue::from_static("1"));
    }
    let found = fields_of(&SecurityHeadersLayer::new(), response);
    assert_eq!(found.len(), 23_900 + 9);
}

proptest! {
    /// Whatever a handler sets, nothing of it is lost but what the layer removes, and no field of
    /// the layer stands twice.
    #[test]
    fn g_18_other_fields_survive_and_none_of_ours_is_doubled(
        lines in prop::collection::vec(
            (prop::sample::select(vec![
                "set-cookie", "x-a", "vary", "server", "x-frame-options", "content-security-policy",
                "strict-transport-security", "etag",
            ]), "[ -~]{0,8}"),
            0..12,
        ),
    ) {
        let mut response = answer(200, &[]);
        for (name, value) in &lines {
            let value = HeaderValue::try_from(value.trim()).unwrap();
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
        let before = response.headers().clone();
        let after = fields_of(&SecurityHeadersLayer::new(), response);
        for name in before.keys() {
            let kept: Vec<_> = after.get_all(name).iter().collect();
            let expected: Vec<_> = before.get_all(name).iter().collect();
            if name == "server" {
                prop_assert!(kept.is_empty());
            } else {
                prop_assert_eq!(kept, expected);
            }
        }
        let ours = fields_of(&SecurityHeadersLayer::new(), answer(200, &[]));
        for name in ours.keys().filter(|name| !before.contains_key(*name)) {
            prop_assert_eq!(after.get_all(name).iter().count(), 1);
        }
    }
}
