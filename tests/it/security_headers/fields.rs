//! What each typed field says, and what it refuses.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use tower_egress::security_headers::{
    ClearSiteData, ContentSecurityPolicy, CrossOriginEmbedderPolicy, CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy, Directive, Hsts, IntegrityPolicy, InvalidSecurityHeaders, NoSniff,
    OriginAgentCluster, PermissionsAllowlist, PermissionsFeature, PermissionsPolicy,
    ReferrerPolicy, ReportingEndpoints, Sandbox, SecurityHeader, XFrameOptions,
};

use crate::security_headers::text;

#[track_caller]
fn check(field: impl Into<SecurityHeader>, name: &str, value: &str) {
    let field = field.into();
    assert_eq!(field.name().as_str(), name);
    assert_eq!(field.value(), value);
}

fn endpoints() -> ReportingEndpoints {
    let endpoints = ReportingEndpoints::new("all", "https://reports.example/all");
    endpoints.expect("an endpoint")
}

#[test]
fn h_03_strict_transport_security_says_each_directive_once() {
    let name = "strict-transport-security";
    check(Hsts::new(Duration::from_secs(60)), name, "max-age=60");
    check(
        Hsts::year().include_subdomains(),
        name,
        "max-age=31536000; includeSubDomains",
    );
    let preload = Hsts::year().include_subdomains().preload().unwrap();
    check(
        preload,
        name,
        "max-age=31536000; includeSubDomains; preload",
    );
}

#[test]
fn h_04_f_27_preload_needs_a_year_and_subdomains() {
    for (hsts, message) in [
        (
            Hsts::new(Duration::from_secs(31_535_999)).include_subdomains(),
            "`preload` with `max-age=31535999` and subdomains is refused by the lists of browsers; \
             use a year (31536000) or more, and include subdomains",
        ),
        (
            Hsts::year(),
            "`preload` with `max-age=31536000` and no subdomains is refused by the lists of \
             browsers; use a year (31536000) or more, and include subdomains",
        ),
    ] {
        assert_eq!(hsts.preload().unwrap_err().to_string(), message);
    }
    assert!(!text(Hsts::year()).contains("includeSubDomains"));
}

#[test]
fn h_05_a_policy_can_be_forgotten() {
    check(Hsts::forget(), "strict-transport-security", "max-age=0");
}

#[test]
fn h_19_reporting_endpoints_are_a_dictionary_of_strings() {
    let endpoints = endpoints().endpoint("a-b_c.1", "/reports?a=b,c").unwrap();
    check(
        endpoints.clone().endpoint("all", "/all").unwrap(),
        "reporting-endpoints",
        "a-b_c.1=\"/reports?a=b,c\", all=\"/all\"",
    );
    for name in ["", "A", "1a", "a b", "a=b"] {
        let expected = InvalidSecurityHeaders::EndpointName {
            name: name.to_owned(),
        };
        assert_eq!(endpoints.clone().endpoint(name, "/"), Err(expected));
    }
    for url in [
        "",
        "http://a.example/",
        "//a.example/",
        "a",
        "https://",
        "/a\"b",
        "/a b",
        "/\u{e9}",
        "/a\r\nb",
        "/a\\b",
    ] {
        let expected = InvalidSecurityHeaders::EndpointUrl {
            url: url.to_owned(),
        };
        assert_eq!(
            endpoints.clone().endpoint("a", url),
            Err(expected),
            "{url:?}"
        );
    }
}

#[test]
fn h_20_permissions_policy_is_a_dictionary_of_lists() {
    let policy = PermissionsPolicy::new(PermissionsFeature::CAMERA, PermissionsAllowlist::nobody())
        .feature(
            PermissionsFeature::FULLSCREEN,
            PermissionsAllowlist::everybody(),
        )
        .feature(
            PermissionsFeature::PAYMENT,
            PermissionsAllowlist::same_origin(),
        )
        .feature(
            PermissionsFeature::GEOLOCATION,
            PermissionsAllowlist::same_origin()
                .and("https://a.example")
                .and_then(|allowed| allowed.and("https://*.b.example:8443"))
                .unwrap(),
        )
        .feature(
            "x-new".parse().unwrap(),
            PermissionsAllowlist::nobody().and("https://c").unwrap(),
        )
        .feature(
            PermissionsFeature::CAMERA,
            PermissionsAllowlist::same_origin(),
        );
    check(
        policy,
        "permissions-policy",
        "camera=(self), fullscreen=*, payment=(self), \
         geolocation=(self \"https://a.example\" \"https://*.b.example:8443\"), \
         x-new=(\"https://c\")",
    );
}

#[test]
fn h_20_origins_and_features_are_those_of_the_grammar() {
    for origin in [
        "",
        "self",
        "a.example",
        "https://",
        "https://a.example/",
        "https://a b",
        "https://a\"b",
        "data://a",
        "https://a:",
        "https://a:b",
        "https://\u{e9}.example",
    ] {
        let expected = InvalidSecurityHeaders::Origin {
            origin: origin.to_owned(),
        };
        assert_eq!(
            PermissionsAllowlist::same_origin().and(origin),
            Err(expected),
            "{origin:?}"
        );
    }
    for name in ["", "Camera", "a b", "a=()", "\u{e9}"] {
        let expected = InvalidSecurityHeaders::Feature {
            name: name.to_owned(),
        };
        assert_eq!(
            name.parse::<PermissionsFeature>(),
            Err(expected),
            "{name:?}"
        );
    }
}

/// Promise 6. Neither would say anything.
#[test]
fn h_20_an_origin_that_is_allowed_already_is_refused_or_written_once() {
    let expected = InvalidSecurityHeaders::OriginBesideEverybody {
        origin: "https://a.example".to_owned(),
    };
    let everybody = PermissionsAllowlist::everybody();
    assert_eq!(everybody.and("https://a.example"), Err(expected));
    let twice = PermissionsAllowlist::same_origin()
        .and("https://a.example")
        .and_then(|allowed| allowed.and("https://a.example"));
    assert_eq!(twice.unwrap().to_string(), "(self \"https://a.example\")");
}

#[test]
fn h_22_h_23_h_26_words_are_exact() {
    check(NoSniff, "x-content-type-options", "nosniff");
    check(XFrameOptions::Deny, "x-frame-options", "DENY");
    check(XFrameOptions::SameOrigin, "x-frame-options", "SAMEORIGIN");
    check(OriginAgentCluster::Origin, "origin-agent-cluster", "?1");
    check(OriginAgentCluster::Site, "origin-agent-cluster", "?0");
}

#[test]
fn h_24_referrer_policies_are_known_and_may_be_several() {
    for (policy, expected) in [
        (ReferrerPolicy::NoReferrer, "no-referrer"),
        (
            ReferrerPolicy::NoReferrerWhenDowngrade,
            "no-referrer-when-downgrade",
        ),
        (ReferrerPolicy::Origin, "origin"),
        (
            ReferrerPolicy::OriginWhenCrossOrigin,
            "origin-when-cross-origin",
        ),
        (ReferrerPolicy::SameOrigin, "same-origin"),
        (ReferrerPolicy::StrictOrigin, "strict-origin"),
        (
            ReferrerPolicy::StrictOriginWhenCrossOrigin,
            "strict-origin-when-cross-origin",
        ),
        (ReferrerPolicy::UnsafeUrl, "unsafe-url"),
    ] {
        check(policy, "referrer-policy", expected);
    }
    let list = [ReferrerPolicy::NoReferrer, ReferrerPolicy::StrictOrigin];
    check(
        ReferrerPolicy::list(list),
        "referrer-policy",
        "no-referrer,strict-origin",
    );
}

#[test]
fn h_25_cross_origin_policies_are_tokens_that_may_report() {
    let opener = "cross-origin-opener-policy";
    check(CrossOriginOpenerPolicy::SAME_ORIGIN, opener, "same-origin");
    check(
        CrossOriginOpenerPolicy::SAME_ORIGIN_ALLOW_POPUPS,
        opener,
        "same-origin-allow-popups",
    );
    check(
        CrossOriginOpenerPolicy::NOOPENER_ALLOW_POPUPS,
        opener,
        "noopener-allow-popups",
    );
    check(CrossOriginOpenerPolicy::UNSAFE_NONE, opener, "unsafe-none");
    let reported = CrossOriginOpenerPolicy::SAME_ORIGIN
        .report_to(&endpoints(), "all")
        .unwrap();
    check(reported.clone(), opener, "same-origin; report-to=\"all\"");
    check(
        reported.report_only(),
        "cross-origin-opener-policy-report-only",
        "same-origin; report-to=\"all\"",
    );
    let embedder = "cross-origin-embedder-policy";
    check(
        CrossOriginEmbedderPolicy::REQUIRE_CORP,
        embedder,
        "require-corp",
    );
    check(
        CrossOriginEmbedderPolicy::CREDENTIALLESS,
        embedder,
        "credentialless",
    );
    check(
        CrossOriginEmbedderPolicy::UNSAFE_NONE,
        embedder,
        "unsafe-none",
    );
    check(
        CrossOriginEmbedderPolicy::REQUIRE_CORP.report_only(),
        "cross-origin-embedder-policy-report-only",
        "require-corp",
    );
    let resource = "cross-origin-resource-policy";
    check(
        CrossOriginResourcePolicy::SameOrigin,
        resource,
        "same-origin",
    );
    check(CrossOriginResourcePolicy::SameSite, resource, "same-site");
    check(
        CrossOriginResourcePolicy::CrossOrigin,
        resource,
        "cross-origin",
    );
    let unknown = CrossOriginEmbedderPolicy::REQUIRE_CORP.report_to(&endpoints(), "other");
    let expected = InvalidSecurityHeaders::UnknownEndpoint {
        name: "other".to_owned(),
    };
    assert_eq!(unknown, Err(expected));
}

/// Rounded down, half a second would have browsers forget the field.
#[test]
fn h_03_a_part_of_a_second_counts_as_a_whole_one() {
    for (max_age, expected) in [
        (Duration::from_millis(1), "max-age=1"),
        (Duration::from_millis(1_000), "max-age=1"),
        (Duration::from_millis(1_001), "max-age=2"),
        (Duration::MAX, "max-age=18446744073709551615"),
    ] {
        assert_eq!(Hsts::new(max_age).to_string(), expected, "{max_age:?}");
    }
}

#[track_caller]
fn check_conversions<T>(field: &T, name: &str)
where
    T: Clone + std::fmt::Display + std::hash::Hash + Into<HeaderValue> + Into<SecurityHeader>,
{
    let shown = field.to_string();
    let value: HeaderValue = field.clone().into();
    assert_eq!(value, shown);
    let header: SecurityHeader = field.clone().into();
    assert_eq!(header.to_string(), format!("{name}: {shown}"));
}

#[test]
fn each_field_is_shown_as_its_value() {
    check_conversions(&ClearSiteData::Cache, "clear-site-data");
    check_conversions(&ContentSecurityPolicy::page(), "content-security-policy");
    check_conversions(
        &CrossOriginEmbedderPolicy::REQUIRE_CORP,
        "cross-origin-embedder-policy",
    );
    check_conversions(
        &CrossOriginOpenerPolicy::UNSAFE_NONE,
        "cross-origin-opener-policy",
    );
    check_conversions(
        &CrossOriginResourcePolicy::SameSite,
        "cross-origin-resource-policy",
    );
    check_conversions(&Hsts::year(), "strict-transport-security");
    check_conversions(&IntegrityPolicy::scripts(), "integrity-policy");
    check_conversions(&NoSniff, "x-content-type-options");
    check_conversions(&OriginAgentCluster::Site, "origin-agent-cluster");
    check_conversions(&PermissionsPolicy::cautious(), "permissions-policy");
    check_conversions(&ReferrerPolicy::UnsafeUrl, "referrer-policy");
    check_conversions(&endpoints(), "reporting-endpoints");
    check_conversions(&XFrameOptions::Deny, "x-frame-options");
    assert_eq!(Directive::ImgSrc.to_string(), "img-src");
    assert_eq!(Sandbox::AllowForms.to_string(), "allow-forms");
    assert_eq!(PermissionsFeature::USB.to_string(), "usb");
    assert_eq!(PermissionsAllowlist::everybody().to_string(), "*");
}

/// Finding 31. The other fields cannot be built empty: `new` takes the first member, and there is
/// no `default`. That an empty list does not compile is shown in the docs.
#[test]
fn h_20_h_34_what_is_begun_has_a_member() {
    check(
        PermissionsPolicy::new(PermissionsFeature::USB, PermissionsAllowlist::nobody()),
        "permissions-policy",
        "usb=()",
    );
    check(
        ReportingEndpoints::new("a", "/a").expect("an endpoint"),
        "reporting-endpoints",
        "a=\"/a\"",
    );
    let refused = ReportingEndpoints::new("", "/a");
    let expected = InvalidSecurityHeaders::EndpointName {
        name: String::new(),
    };
    assert_eq!(refused, Err(expected));
}

#[test]
fn h_33_clear_site_data_is_a_list_of_quoted_words() {
    let name = "clear-site-data";
    check(ClearSiteData::Cookies, name, "\"cookies\"");
    let list = [
        ClearSiteData::Cache,
        ClearSiteData::Storage,
        ClearSiteData::ExecutionContexts,
    ];
    check(
        ClearSiteData::list(list),
        name,
        "\"cache\", \"storage\", \"executionContexts\"",
    );
    check(ClearSiteData::all(), name, "\"*\"");
}

#[test]
fn h_34_integrity_policy_is_a_dictionary_of_lists() {
    let name = "integrity-policy";
    check(
        IntegrityPolicy::scripts(),
        name,
        "blocked-destinations=(script)",
    );
    let policy = IntegrityPolicy::scripts()
        .and_styles()
        .report_to(&endpoints(), "all")
        .unwrap();
    let expected = "blocked-destinations=(script style), endpoints=(all)";
    check(policy.clone(), name, expected);
    check(
        policy.report_only(),
        "integrity-policy-report-only",
        expected,
    );
}

#[test]
fn a_field_without_a_type_is_sent_as_it_is() {
    let name = HeaderName::from_static("x-a");
    for value in ["1", ""] {
        let value = HeaderValue::from_static(value);
        let header = SecurityHeader::new(name.clone(), value.clone());
        assert_eq!((header.name(), header.value()), (&name, &value));
        assert_eq!(SecurityHeader::from((name.clone(), value)), header);
    }
}

#[test]
fn every_message_names_the_input_and_the_remedy() {
    use InvalidSecurityHeaders as Invalid;
    let text = || "x y".to_owned();
    for (error, expected) in [
        (
            Invalid::DirectiveName { name: text() },
            "\"x y\" is not a directive; write lower-case letters with single hyphens between, such \
             as `script-src`",
        ),
        (
            Invalid::DirectiveValue {
                directive: "img-src".to_owned(),
                value: text(),
            },
            "\"x y\" cannot be part of `img-src`; leave out `;`, `,` and all but visible ASCII, or \
             encode them",
        ),
        (
            Invalid::DuplicateDirective { name: text() },
            "\"x y\" is given twice, and browsers ignore the second; give it once with all values",
        ),
        (
            Invalid::InternationalHost { host: text() },
            "\"x y\" has letters that a policy cannot; write the host in punycode, which begins \
             with `xn--`",
        ),
        (
            Invalid::UnquotedKeyword {
                keyword: "self".to_owned(),
            },
            "`self` without quotes is a host; write `'self'`, or use its constant",
        ),
        (
            Invalid::UnknownEndpoint { name: text() },
            "\"x y\" is not an endpoint of `Reporting-Endpoints`; add it there first",
        ),
        (
            Invalid::NoProxies,
            "0 proxies add nothing to `X-Forwarded-Proto`; write the number of your proxies, or \
             use `Https::Unknown`",
        ),
        (
            Invalid::OriginBesideEverybody { origin: text() },
            "\"x y\" adds nothing, since everybody may use the feature; begin with `nobody` or \
             `same_origin`",
        ),
    ] {
        assert_eq!(error.to_string(), expected);
    }
}
