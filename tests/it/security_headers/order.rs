//! The order of the calls that configure a layer or an override does not matter.

use http::header::{
    CONTENT_SECURITY_POLICY, REFERRER_POLICY, SERVER, VIA, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use tower_egress::security_headers::{
    Conflict, ContentSecurityPolicy, Hsts, Https, NoSniff, ReferrerPolicy, SecurityHeadersLayer,
    SecurityOverride, XFrameOptions,
};

use super::{answer, fields_of};
use crate::support::fields;

/// Every order of `0..length`.
fn orders(length: usize) -> Vec<Vec<usize>> {
    if length == 0 {
        return vec![Vec::new()];
    }
    let insert = |order: Vec<usize>| {
        (0..=order.len()).map(move |place| {
            let mut order = order.clone();
            order.insert(place, length - 1);
            order
        })
    };
    orders(length - 1).into_iter().flat_map(insert).collect()
}

type Call = (
    &'static str,
    fn(SecurityHeadersLayer) -> SecurityHeadersLayer,
);

/// Each is another setting, or the same setting for another name.
const CALLS: &[Call] = &[
    ("with CSP", |layer| {
        layer.with(ContentSecurityPolicy::strictest())
    }),
    ("on_conflict CSP", |layer| {
        layer.on_conflict(CONTENT_SECURITY_POLICY, Conflict::Override)
    }),
    ("on_conflict Referrer-Policy", |layer| {
        layer.on_conflict(REFERRER_POLICY, Conflict::Append)
    }),
    ("without X-Frame-Options", |layer| {
        layer.without(X_FRAME_OPTIONS)
    }),
    ("remove Via", |layer| layer.remove(VIA)),
    ("keep Server", |layer| layer.keep(SERVER)),
    ("https", |layer| layer.https(Https::Never)),
];

#[test]
fn h_29_the_calls_of_a_layer_may_come_in_any_order() {
    let said = [
        ("content-security-policy", "default-src *"),
        ("referrer-policy", "unsafe-url"),
        ("server", "nginx"),
        ("via", "1.1 a"),
    ];
    let expected = fields(&[
        (
            "content-security-policy",
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        ("referrer-policy", "unsafe-url"),
        ("referrer-policy", "origin"),
        ("server", "nginx"),
    ]);
    let begun = SecurityHeadersLayer::none()
        .with(Hsts::year())
        .with(ReferrerPolicy::Origin)
        .with(XFrameOptions::Deny)
        .remove(SERVER);
    let orders = orders(CALLS.len());
    assert_eq!(orders.len(), 5040);
    for order in orders {
        let mut layer = begun.clone();
        for &call in &order {
            layer = CALLS[call].1(layer);
        }
        let found = fields_of(&layer, answer(200, &said));
        let names: Vec<_> = order.iter().map(|&call| CALLS[call].0).collect();
        assert_eq!(found, expected, "{names:?}");
    }
}

/// Finding 13.
#[test]
fn h_17_a_conflict_that_is_settled_before_its_field_is_set_is_remembered() {
    let own = [("content-security-policy", "default-src *")];
    for (conflict, expected) in [
        (Conflict::Keep, &["default-src *"][..]),
        (Conflict::Override, &["img-src 'self'"]),
        (Conflict::Append, &["default-src *", "img-src 'self'"]),
    ] {
        let policy: ContentSecurityPolicy = "img-src 'self'".parse().expect("a policy");
        let none = SecurityHeadersLayer::none;
        let layers = [
            none()
                .on_conflict(CONTENT_SECURITY_POLICY, conflict)
                .with(policy.clone()),
            none()
                .with(policy.clone())
                .on_conflict(CONTENT_SECURITY_POLICY, conflict),
            none()
                .with(Hsts::forget())
                .on_conflict(CONTENT_SECURITY_POLICY, conflict)
                .without(CONTENT_SECURITY_POLICY)
                .without(http::header::STRICT_TRANSPORT_SECURITY)
                .with(policy),
        ];
        for layer in layers {
            let found = fields_of(&layer, answer(200, &own));
            let lines: Vec<_> = found.get_all(CONTENT_SECURITY_POLICY).iter().collect();
            assert_eq!(lines, expected, "{conflict:?} {layer:?}");
            assert_eq!(found.keys_len(), 1, "{conflict:?}");
        }
    }
}

#[test]
fn h_29_of_two_calls_about_one_setting_the_later_holds() {
    let none = SecurityHeadersLayer::none;
    let said = [("server", "nginx"), ("x-content-type-options", "other")];
    let sent = none()
        .without(X_CONTENT_TYPE_OPTIONS)
        .with(NoSniff)
        .keep(SERVER)
        .remove(SERVER);
    let found = fields_of(&sent, answer(200, &[said[0]]));
    assert_eq!(found, fields(&[("x-content-type-options", "nosniff")]));
    let kept = none()
        .with(NoSniff)
        .without(X_CONTENT_TYPE_OPTIONS)
        .remove(SERVER)
        .keep(SERVER);
    assert_eq!(fields_of(&kept, answer(200, &said)), fields(&said));
}

#[test]
fn h_29_the_calls_of_an_override_may_come_in_any_order() {
    type Call = fn(SecurityOverride) -> SecurityOverride;
    let calls: [Call; 4] = [
        |wanted| wanted.with(ReferrerPolicy::Origin),
        |wanted| wanted.without(X_FRAME_OPTIONS),
        |wanted| wanted.with(NoSniff),
        |wanted| wanted.without(CONTENT_SECURITY_POLICY),
    ];
    let layer = SecurityHeadersLayer::none()
        .with(ContentSecurityPolicy::strictest())
        .with(XFrameOptions::Deny);
    let expected = fields(&[
        ("referrer-policy", "origin"),
        ("x-content-type-options", "nosniff"),
    ]);
    for order in orders(calls.len()) {
        let wanted = order
            .iter()
            .fold(SecurityOverride::new(), |wanted, &call| calls[call](wanted));
        let mut response = answer(200, &[]);
        response.extensions_mut().insert(wanted);
        assert_eq!(fields_of(&layer, response), expected, "{order:?}");
    }
    // Of two calls about one field the later holds.
    for (wanted, expected) in [
        (
            SecurityOverride::new()
                .with(XFrameOptions::SameOrigin)
                .without(X_FRAME_OPTIONS),
            None,
        ),
        (
            SecurityOverride::new()
                .without(X_FRAME_OPTIONS)
                .with(XFrameOptions::SameOrigin),
            Some("SAMEORIGIN"),
        ),
    ] {
        let mut response = answer(200, &[]);
        response.extensions_mut().insert(wanted.clone());
        let found = fields_of(&layer, response);
        let found = found.get(X_FRAME_OPTIONS).map(|value| value.as_bytes());
        assert_eq!(found, expected.map(str::as_bytes), "{wanted:?}");
    }
}
