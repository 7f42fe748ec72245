//! What depends on the scheme that a request came by.

use std::time::Duration;

use http::header::{CONTENT_SECURITY_POLICY, STRICT_TRANSPORT_SECURITY};
use http::{HeaderMap, HeaderValue, Request, Response};
use tower::{ServiceBuilder, service_fn};
use tower_egress::security_headers::{
    Conflict, ContentSecurityPolicy, CrossOriginOpenerPolicy, CspNonce, CspSource, Directive, Hsts,
    Https, OriginAgentCluster, ReportingEndpoints, SecurityHeadersLayer, SecurityOverride,
};

use super::{answer, fields_of};
use crate::support::{fields, service, wire};

const UPGRADE: &str = "upgrade-insecure-requests";

/// Every setting, with the scheme that it tells.
fn settings() -> [(Https, &'static str); 5] {
    [
        (Https::Always, "https"),
        (Https::by_request(|_| true), "https"),
        (Https::Never, "http"),
        (Https::by_request(|_| false), "http"),
        (Https::Unknown, "unknown"),
    ]
}

fn policy(fields: &HeaderMap) -> &str {
    let value = fields.get(CONTENT_SECURITY_POLICY);
    value.map_or("", |value| value.to_str().expect("visible ASCII"))
}

/// Finding 14. Finding E.
#[test]
fn h_01_a_page_says_what_is_right_for_the_scheme() {
    let page = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; \
                img-src 'self' data:; object-src 'none'; script-src-attr 'none'";
    let upgraded = format!("{page}; {UPGRADE}");
    let for_https = [
        ("strict-transport-security", "max-age=31536000"),
        ("cross-origin-opener-policy", "same-origin"),
        ("origin-agent-cluster", "?1"),
    ];
    let always = [
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "SAMEORIGIN"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ),
    ];
    let everything = [&always[..], &for_https].concat();
    for (https, scheme) in settings() {
        let (policy, others) = match scheme {
            "https" => (upgraded.as_str(), &everything[..]),
            "http" => (page, &always[..]),
            _ => (page, &everything[..]),
        };
        let mut expected = fields(others);
        let policy = HeaderValue::from_str(policy).expect("visible ASCII");
        expected.insert(CONTENT_SECURITY_POLICY, policy);
        let layer = SecurityHeadersLayer::new().https(https.clone());
        assert_eq!(fields_of(&layer, answer(200, &[])), expected, "{https:?}");
    }
    let default = fields_of(&SecurityHeadersLayer::new(), answer(200, &[]));
    let unknown = SecurityHeadersLayer::new().https(Https::default());
    assert_eq!(default, fields_of(&unknown, answer(200, &[])));
    let never = SecurityHeadersLayer::new().https(Https::Never);
    let development = SecurityHeadersLayer::new().development();
    assert_eq!(
        fields_of(&development, answer(200, &[])),
        fields_of(&never, answer(200, &[])),
    );
}

/// Finding 14. The same of an API, which has no policy for openers.
#[test]
fn h_01_an_api_says_what_is_right_for_the_scheme() {
    let everything = fields_of(&SecurityHeadersLayer::api(), answer(200, &[]));
    for (https, scheme) in settings() {
        let mut expected = everything.clone();
        if scheme == "http" {
            expected.remove(STRICT_TRANSPORT_SECURITY);
            expected.remove("origin-agent-cluster");
        }
        let layer = SecurityHeadersLayer::api().https(https.clone());
        assert_eq!(fields_of(&layer, answer(200, &[])), expected, "{https:?}");
    }
}

/// Finding E.
#[test]
fn h_01_helmet_s_set_is_sent_to_the_letter_until_the_layer_is_told_of_a_scheme() {
    let helmet = SecurityHeadersLayer::helmet;
    let everything = fields_of(&helmet(), answer(200, &[]));
    assert!(policy(&everything).ends_with(";upgrade-insecure-requests"));
    // What a layer further out knows changes nothing.
    let outer = SecurityHeadersLayer::none().development();
    let both = ServiceBuilder::new().layer(outer).layer(helmet());
    let response: Response<&str> = service::respond(&both, Request::new(()), answer(200, &[]));
    assert_eq!(*response.headers(), everything);
    for (https, scheme) in settings() {
        let found = fields_of(&helmet().https(https.clone()), answer(200, &[]));
        let is_http = scheme == "http";
        assert_eq!(policy(&found).contains(UPGRADE), !is_http, "{https:?}");
        assert_eq!(found == everything, !is_http, "{https:?}");
    }
}

/// Finding 14.
#[test]
fn h_01_a_directive_that_the_user_wrote_is_left_out_only_by_http() {
    let new = || ContentSecurityPolicy::new(Directive::ImgSrc, [CspSource::SELF]);
    for written in [
        new().upgrade_insecure_requests(),
        new().raw(UPGRADE, []).expect("a directive"),
        new()
            .upgrade_insecure_requests()
            .sources(Directive::ScriptSrc, [CspSource::NONCE, CspSource::SELF]),
    ] {
        let full = written.to_string().replace(" 'nonce-{nonce}'", "");
        let without = full.replace("; upgrade-insecure-requests", "");
        for (https, scheme) in settings() {
            let layer = SecurityHeadersLayer::none().https(https.clone());
            let expected = if scheme == "http" { &without } else { &full };
            let found = fields_of(&layer.clone().with(written.clone()), answer(200, &[]));
            assert_eq!(policy(&found), expected, "{https:?}");
            let report_only = layer.with(written.clone().report_only());
            let found = fields_of(&report_only, answer(200, &[]));
            assert_eq!(
                found["content-security-policy-report-only"], *expected,
                "{https:?}",
            );
        }
    }
}

/// Finding 31. Nothing is left of this policy by http, so that it is not sent.
#[test]
fn h_01_a_policy_that_says_nothing_by_http_is_not_sent() {
    let only = UPGRADE.parse::<ContentSecurityPolicy>().expect("a policy");
    for conflict in [Conflict::Keep, Conflict::Override, Conflict::Append] {
        let layer = SecurityHeadersLayer::none()
            .with(only.clone())
            .on_conflict(CONTENT_SECURITY_POLICY, conflict)
            .https(Https::Never);
        assert_eq!(fields_of(&layer, answer(200, &[])), HeaderMap::new());
        let own = [("content-security-policy", "img-src *")];
        let found = fields_of(&layer, answer(200, &own));
        assert_eq!(found, fields(&own), "{conflict:?}");
    }
}

/// Finding 14.
#[test]
fn h_01_a_policy_with_a_nonce_depends_on_the_scheme_too() {
    for (https, scheme) in settings() {
        let layer = SecurityHeadersLayer::none()
            .with(ContentSecurityPolicy::strict())
            .https(https.clone());
        let page = |request: Request<()>| {
            let nonce = CspNonce::of(request.extensions());
            Response::new(nonce.draw().to_owned())
        };
        let response: Response<String> = service::answer(&layer, Request::new(()), Box::new(page));
        let upgrade = if scheme == "https" {
            "upgrade-insecure-requests; "
        } else {
            ""
        };
        let expected = format!(
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; \
             img-src 'self' data:; object-src 'none'; script-src-attr 'none'; {upgrade}\
             script-src 'nonce-{}' 'strict-dynamic'",
            response.body(),
        );
        assert_eq!(policy(response.headers()), expected, "{https:?}");
    }
}

/// Finding 14.
#[test]
fn h_01_h_29_an_override_depends_on_the_scheme_and_the_handler_s_fields_do_not() {
    let endpoints = ReportingEndpoints::new("coop", "/reports");
    let opener = CrossOriginOpenerPolicy::SAME_ORIGIN
        .report_to(&endpoints.expect("an endpoint"), "coop")
        .expect("a known name")
        .report_only();
    let wanted = SecurityOverride::new()
        .with(Hsts::new(Duration::from_secs(60)))
        .with(ContentSecurityPolicy::page())
        .with(opener)
        .with(OriginAgentCluster::Site);
    for (https, scheme) in settings() {
        let layer = SecurityHeadersLayer::none().https(https.clone());
        let mut response = answer(200, &[("cross-origin-opener-policy", "unsafe-none")]);
        response.extensions_mut().insert(wanted.clone());
        let found = fields_of(&layer, response);
        let is_sent = scheme != "http";
        for name in [
            "strict-transport-security",
            "cross-origin-opener-policy-report-only",
            "origin-agent-cluster",
        ] {
            assert_eq!(found.contains_key(name), is_sent, "{https:?} {name}");
        }
        assert_eq!(policy(&found).contains(UPGRADE), scheme == "https");
        assert_eq!(found["cross-origin-opener-policy"], "unsafe-none");
    }
    for name in [
        "strict-transport-security",
        "cross-origin-opener-policy",
        "origin-agent-cluster",
    ] {
        let own = [(name, "own")];
        let found = fields_of(
            &SecurityHeadersLayer::new().development(),
            answer(200, &own),
        );
        assert_eq!(found[name], "own");
    }
}

/// Finding 14. DESIGN: the scheme is known once, and travels as a mark.
#[test]
fn h_01_a_layer_that_does_not_know_believes_the_one_further_out() {
    let ask = |outer: Https, inner: Https| {
        let inner = SecurityHeadersLayer::new().https(inner);
        let outer = SecurityHeadersLayer::none().https(outer);
        let between = SecurityHeadersLayer::none();
        let layers = ServiceBuilder::new()
            .layer(outer)
            .layer(between)
            .layer(inner);
        let response: Response<&str> =
            service::respond(&layers, Request::new(()), answer(200, &[]));
        let fields = response.headers();
        (
            fields.contains_key(STRICT_TRANSPORT_SECURITY),
            policy(fields).contains(UPGRADE),
        )
    };
    assert_eq!(ask(Https::Always, Https::Unknown), (true, true));
    assert_eq!(ask(Https::Never, Https::Unknown), (false, false));
    assert_eq!(ask(Https::Unknown, Https::Unknown), (true, false));
    assert_eq!(ask(Https::Never, Https::Always), (true, true));
    assert_eq!(ask(Https::Always, Https::Never), (false, false));
}

/// Finding 14. Over connections, where a client and a proxy add to `X-Forwarded-Proto`.
#[tokio::test]
async fn h_01_over_a_connection_the_client_s_own_word_is_not_believed() {
    let behind = |proxies| Https::behind_proxies(proxies).expect("more than 0");
    for (https, lines, has_hsts, upgrades) in [
        (Https::Unknown, "X-Forwarded-Proto: https\r\n", true, false),
        (Https::Unknown, "X-Forwarded-Proto: http\r\n", true, false),
        (behind(1), "", true, false),
        (
            behind(1),
            "X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http\r\n",
            false,
            false,
        ),
        (behind(1), "X-Forwarded-Proto: http, https\r\n", true, true),
        (
            behind(2),
            "X-Forwarded-Proto: http, https, http\r\n",
            true,
            true,
        ),
        (behind(2), "X-Forwarded-Proto: https\r\n", true, false),
    ] {
        let page = |_| std::future::ready(Ok(Response::new(String::from("a page"))));
        let service = ServiceBuilder::new()
            .layer(SecurityHeadersLayer::new().https(https.clone()))
            .service(service_fn(page));
        let address = wire::serve(service).await;
        // In absolute form, which says https too.
        let request = format!(
            "GET https://a.example/ HTTP/1.1\r\nHost: a.example\r\n{lines}Connection: close\r\n\r\n"
        );
        let response = wire::exchange(address, &request).await;
        let response = String::from_utf8(response).expect("visible ASCII");
        let found = (
            response.contains("\r\nstrict-transport-security: max-age=31536000\r\n"),
            response.contains(UPGRADE),
        );
        assert_eq!(
            found,
            (has_hsts, upgrades),
            "{https:?} {lines:?}: {response}"
        );
    }
}

#[test]
fn what_is_sent_can_be_asked_for_without_a_server() {
    for (https, _) in settings() {
        let layer = SecurityHeadersLayer::new()
            .https(https.clone())
            .with(ContentSecurityPolicy::strict());
        for (status, wanted) in [
            (200, None),
            (304, None),
            (101, None),
            (404, Some(SecurityOverride::off())),
            (
                200,
                Some(SecurityOverride::new().without(CONTENT_SECURITY_POLICY)),
            ),
        ] {
            let lines = [("server", "nginx"), ("x-frame-options", "DENY")];
            let mut response = answer(status, &lines);
            if let Some(wanted) = wanted.clone() {
                response.extensions_mut().insert(wanted);
            }
            let (request, ()) = Request::new(()).into_parts();
            let (head, body) = response.into_parts();
            let told = layer.fields_for(&request, &head);
            let sent = fields_of(&layer, Response::from_parts(head, body));
            assert_eq!(told, sent, "{https:?} {status} {wanted:?}");
        }
    }
}

#[test]
fn what_is_sent_of_a_nonce_can_be_asked_for_too() {
    let layer = SecurityHeadersLayer::new().with(ContentSecurityPolicy::strict());
    let asking = layer.clone();
    let page = move |request: Request<()>| {
        let nonce = CspNonce::of(request.extensions()).draw().to_owned();
        let (request, ()) = request.into_parts();
        let (response, ()) = Response::new(()).into_parts();
        let told = asking.fields_for(&request, &response);
        Response::new((nonce, told))
    };
    let response: Response<(String, HeaderMap)> =
        service::answer(&layer, Request::new(()), Box::new(page));
    let (nonce, told) = response.body();
    assert!(policy(told).contains(nonce), "{told:?}");
    assert_eq!(told, response.headers());
}

/// A layer without nonces leaves those of another layer alone, asked or not.
#[test]
fn h_13_what_is_told_of_a_nonce_of_another_layer_is_what_is_sent() {
    let inner = SecurityHeadersLayer::api();
    let outer = SecurityHeadersLayer::none().with(ContentSecurityPolicy::strict());
    let asking = inner.clone();
    let page = move |request: Request<()>| {
        let _ = CspNonce::of(request.extensions()).draw();
        let mut response = answer(200, &[("cache-control", "max-age=60"), ("etag", "\"a\"")]);
        let wanted = SecurityOverride::new().with(ContentSecurityPolicy::strict());
        response.extensions_mut().insert(wanted);
        let (request, ()) = request.into_parts();
        let (response, _) = response.into_parts();
        let told = asking.fields_for(&request, &response);
        Response::from_parts(response, told)
    };
    let seen = ServiceBuilder::new()
        .layer(outer)
        .map_response(|response: Response<HeaderMap>| {
            assert_eq!(response.body(), response.headers());
            assert_eq!(response.headers()["cache-control"], "max-age=60");
            response
        })
        .layer(inner);
    let _: Response<HeaderMap> = service::answer(&seen, Request::new(()), Box::new(page));
}
