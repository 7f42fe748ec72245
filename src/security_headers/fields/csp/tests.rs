//! What is written, and what is refused.

use super::*;
use crate::security_headers::error::InvalidSecurityHeaders;
use crate::security_headers::fields::ReportingEndpoints;
use crate::security_headers::nonce::Nonces;
use InvalidSecurityHeaders as Invalid;

fn new() -> ContentSecurityPolicy {
    ContentSecurityPolicy::empty()
}

#[track_caller]
fn check(policy: &ContentSecurityPolicy, expected: &str) {
    assert_eq!(policy.to_string(), expected);
}

#[test]
fn the_presets_say_what_their_tables_say() {
    check(
        &ContentSecurityPolicy::page(),
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; \
         img-src 'self' data:; object-src 'none'; script-src-attr 'none'; \
         upgrade-insecure-requests",
    );
    check(
        &ContentSecurityPolicy::helmet(),
        "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';\
         frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';\
         script-src-attr 'none';style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests",
    );
    check(
        &ContentSecurityPolicy::strictest(),
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    check(&new(), "");
}

#[test]
fn h_07_a_directive_stands_once_where_it_first_stood() {
    let policy = new()
        .sources(Directive::DefaultSrc, [CspSource::SELF])
        .none(Directive::ObjectSrc)
        .sources(Directive::DefaultSrc, [CspSource::HTTPS]);
    check(&policy, "default-src https:; object-src 'none'");
    let policy = policy.raw("object-src", ["'self'"]).unwrap();
    check(&policy, "default-src https:; object-src 'self'");
    check(
        &policy.clone().none(Directive::ObjectSrc),
        "default-src https:; object-src 'none'",
    );
    let expected = Invalid::DuplicateDirective {
        name: "object-src".to_owned(),
    };
    assert_eq!(policy.raw("object-src", ["'self'"]), Err(expected));
}

#[test]
fn h_09_none_stands_alone_and_no_source_twice() {
    check(&new().none(Directive::ImgSrc), "img-src 'none'");
    check(&new().sources(Directive::ImgSrc, []), "img-src 'none'");
    let twice = [CspSource::SELF, CspSource::DATA, CspSource::SELF];
    check(
        &new().sources(Directive::ImgSrc, twice),
        "img-src 'self' data:",
    );
}

#[test]
fn h_10_keywords_come_with_their_quotes() {
    for (source, expected) in [
        (CspSource::SELF, "'self'"),
        (CspSource::UNSAFE_INLINE, "'unsafe-inline'"),
        (CspSource::UNSAFE_EVAL, "'unsafe-eval'"),
        (CspSource::WASM_UNSAFE_EVAL, "'wasm-unsafe-eval'"),
        (CspSource::UNSAFE_HASHES, "'unsafe-hashes'"),
        (CspSource::STRICT_DYNAMIC, "'strict-dynamic'"),
        (CspSource::REPORT_SAMPLE, "'report-sample'"),
        (
            CspSource::INLINE_SPECULATION_RULES,
            "'inline-speculation-rules'",
        ),
        (CspSource::ANY, "*"),
        (CspSource::HTTPS, "https:"),
        (CspSource::DATA, "data:"),
        (CspSource::BLOB, "blob:"),
    ] {
        assert_eq!(source.to_string(), expected);
    }
    for keyword in [
        "self",
        "None",
        "unsafe-inline",
        "strict-dynamic",
        "nonce-abc",
        "SHA256-abc=",
    ] {
        let expected = Invalid::UnquotedKeyword {
            keyword: keyword.to_owned(),
        };
        assert_eq!(CspSource::host(keyword), Err(expected.clone()), "{keyword}");
        assert_eq!(
            new().raw("script-src", [keyword]),
            Err(expected),
            "{keyword}"
        );
    }
}

#[test]
fn h_11_hosts_are_those_of_the_grammar() {
    for host in [
        "example.com",
        "*.example.com",
        "https://example.com",
        "https://*.example.com:443/js/",
        "wss://example.com:*",
        "example.com:8080",
        "example.com/a/b.js",
        "example.com/a%2Cb",
        "localhost",
        "*:443",
        "xn--bcher-kva.example",
        "192.0.2.1",
        "example.com.",
    ] {
        assert_eq!(
            CspSource::host(host).map(|source| source.to_string()),
            Ok(host.to_owned())
        );
    }
    for host in [
        "",
        " ",
        "example.com;script-src *",
        "example.com, *",
        "example.com script-src",
        "exa mple.com",
        "example.com/a;b",
        "example.com/a,b",
        "example.com/a?b",
        "example.com//a",
        "exam*ple.com",
        "*.*.example.com",
        "https://",
        "://example.com",
        "example..com",
        "example.com:",
        "example.com:a",
        "[::1]",
        "https:example.com",
        "'self'",
        "a\r\nb",
        "\0",
    ] {
        let expected = Invalid::Host {
            host: host.to_owned(),
        };
        assert_eq!(CspSource::host(host), Err(expected), "{host:?}");
    }
    let expected = Invalid::InternationalHost {
        host: "b\u{fc}cher.example".to_owned(),
    };
    assert_eq!(CspSource::host("b\u{fc}cher.example"), Err(expected));
}

#[test]
fn h_11_schemes_are_those_of_the_grammar() {
    for scheme in ["", "1a", "data:", "a b", "https;"] {
        let expected = Invalid::Scheme {
            scheme: scheme.to_owned(),
        };
        assert_eq!(CspSource::scheme(scheme), Err(expected));
    }
    assert_eq!(
        CspSource::scheme("web+app").unwrap().to_string(),
        "web+app:"
    );
}

/// As `openssl dgst -sha256 -binary | base64` prints them.
#[test]
fn h_14_hashes_are_of_the_text_between_the_tags() {
    assert_eq!(
        CspSource::sha256("alert('Hello, world.');").to_string(),
        "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='",
    );
    assert_eq!(
        CspSource::sha384("alert('Hello, world.');").to_string(),
        "'sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO'",
    );
    assert_eq!(
        CspSource::sha512("alert('Hello, world.');").to_string(),
        "'sha512-Q2bFTOhEALkN8hOms2FKTDLy7eugP2zFZ1T8LCvX42Fp3WoNr3bjZSAHeOsHrbV1Fu9/A0EzCinRE7Af1ofPrw=='",
    );
}

#[test]
fn h_08_raw_names_are_checked() {
    for name in [
        "",
        "default src",
        " default-src",
        "default;src",
        "default_src",
        "DefaultSrc",
        "default-src-",
        "-default-src",
        "def\u{e1}ult-src",
        "a--b",
    ] {
        let expected = Invalid::DirectiveName {
            name: name.to_owned(),
        };
        assert_eq!(new().raw(name, ["value"]), Err(expected), "{name}");
    }
    check(
        &new().raw("something-else", ["a", "b c"]).unwrap(),
        "something-else a b c",
    );
    check(
        &new().raw("block-all-mixed-content", []).unwrap(),
        "block-all-mixed-content",
    );
}

#[test]
fn h_06_f_03_raw_values_cannot_end_a_directive_or_a_policy() {
    for value in [
        ";", ",", "a;b", "a,b", "", " ", "a\nb", "a\tb", "\u{e9}", "\0",
    ] {
        let expected = Invalid::DirectiveValue {
            directive: "x".to_owned(),
            value: value.to_owned(),
        };
        assert_eq!(new().raw("x", [value]), Err(expected), "{value:?}");
    }
}

/// CSP3 §2.3.1 has `'none'` alone, and browsers ignore it beside a source.
#[test]
fn h_09_none_beside_a_source_is_refused() {
    for text in [
        "script-src 'none' 'self'",
        "script-src https: 'NONE'",
        "script-src 'none' 'none'",
    ] {
        let refused = text.parse::<ContentSecurityPolicy>().unwrap_err();
        let expected = Invalid::NoneBesideOthers {
            directive: "script-src".to_owned(),
        };
        assert_eq!(refused, expected, "{text}");
        assert_eq!(
            refused.to_string(),
            "`script-src` has `'none'` beside other values, and browsers ignore it there; write \
             `'none'` alone, or leave it out",
        );
        let values = text.strip_prefix("script-src ").unwrap();
        assert_eq!(new().raw("script-src", [values]), Err(refused.clone()));
        let values = values.split(' ');
        assert_eq!(new().raw("script-src", values), Err(refused));
    }
    check(
        &new().raw("script-src", ["'none'"]).unwrap(),
        "script-src 'none'",
    );
}

/// Without it the place for a nonce would be sent as it stands.
#[test]
fn h_12_a_nonce_in_a_raw_directive_is_a_nonce() {
    let raw = new()
        .raw("script-src", ["'nonce-{nonce}' 'nonce-{style}'"])
        .unwrap();
    let typed = new().sources(
        Directive::ScriptSrc,
        [CspSource::NONCE, CspSource::STYLE_NONCE],
    );
    assert_eq!(raw.spliced(), typed.spliced());
}

#[test]
fn directives_without_sources_say_their_own() {
    check(
        &new().upgrade_insecure_requests(),
        "upgrade-insecure-requests",
    );
    check(&new().sandbox([]), "sandbox");
    let allowed = [Sandbox::AllowScripts, Sandbox::AllowForms];
    check(&new().sandbox(allowed), "sandbox allow-scripts allow-forms");
    check(
        &new()
            .trusted_types(["default", "a#b"])
            .unwrap()
            .require_trusted_types(),
        "trusted-types default a#b; require-trusted-types-for 'script'",
    );
    for name in ["", "a b", "a;b", "'none'"] {
        let expected = Invalid::TrustedTypesPolicy {
            name: name.to_owned(),
        };
        assert_eq!(new().trusted_types([name]), Err(expected));
    }
}

/// Finding N.
#[test]
fn h_07_to_remove_what_is_not_there_is_refused() {
    let page = ContentSecurityPolicy::page;
    let removed = page().without("upgrade-insecure-requests").unwrap();
    assert!(!removed.to_string().contains("upgrade"), "{removed}");
    for name in ["upgrade-insecure-request", "Base-Uri", "script-src", ""] {
        let refused = page().without(name).unwrap_err();
        let expected = format!(
            "{name:?} is not in the policy; remove one of: default-src, base-uri, form-action, \
             frame-ancestors, img-src, object-src, script-src-attr, upgrade-insecure-requests",
        );
        assert_eq!(refused.to_string(), expected);
    }
}

/// Finding 31.
#[test]
fn h_06_a_policy_has_a_directive() {
    let only = ContentSecurityPolicy::new(Directive::ImgSrc, [CspSource::SELF]);
    check(&only, "img-src 'self'");
    assert_eq!(only.without("img-src"), Err(Invalid::EmptyPolicy));
    assert_eq!(
        Invalid::EmptyPolicy.to_string(),
        "a policy without a directive protects nothing; write a directive, or switch the field off \
         with `without`",
    );
    for text in ["", " ", ";", " ; ;"] {
        let parsed = text.parse::<ContentSecurityPolicy>();
        assert_eq!(parsed, Err(Invalid::EmptyPolicy), "{text:?}");
    }
}

#[test]
fn h_06_a_policy_is_parsed_as_it_is_shown() {
    for policy in [
        ContentSecurityPolicy::strictest(),
        new()
            .sources(
                Directive::ScriptSrc,
                [CspSource::NONCE, CspSource::sha256("a")],
            )
            .sources(Directive::StyleSrc, [CspSource::STYLE_NONCE])
            .upgrade_insecure_requests(),
        new().sandbox([Sandbox::AllowForms]),
    ] {
        assert_eq!(policy.to_string().parse(), Ok(policy.clone()), "{policy}");
    }
    let text = " IMG-src\t'self'   data:;;object-src 'none' ; ";
    let parsed: ContentSecurityPolicy = text.parse().unwrap();
    check(&parsed, "img-src 'self' data:; object-src 'none'");
    // What was parsed may be replaced.
    let replaced = parsed.raw("img-src", ["*"]).unwrap();
    check(&replaced, "img-src *; object-src 'none'");
    for (text, expected) in [
        (
            "img-src *; img-src 'none'",
            Invalid::DuplicateDirective {
                name: "img-src".to_owned(),
            },
        ),
        (
            "img-src self",
            Invalid::UnquotedKeyword {
                keyword: "self".to_owned(),
            },
        ),
        (
            "img-src 'self', script-src *",
            Invalid::DirectiveValue {
                directive: "img-src".to_owned(),
                value: "'self',".to_owned(),
            },
        ),
        (
            "img_src *",
            Invalid::DirectiveName {
                name: "img_src".to_owned(),
            },
        ),
    ] {
        assert_eq!(
            text.parse::<ContentSecurityPolicy>(),
            Err(expected),
            "{text}"
        );
    }
}

#[test]
fn h_15_reports_go_to_an_endpoint_that_is_there() {
    let endpoints = ReportingEndpoints::new("csp", "/reports").unwrap();
    check(
        &new().report_to(&endpoints, "csp").unwrap(),
        "report-to csp",
    );
    let expected = Invalid::UnknownEndpoint {
        name: "other".to_owned(),
    };
    assert_eq!(new().report_to(&endpoints, "other"), Err(expected));
}

#[test]
fn h_09_a_source_is_added_to_the_others_and_replaces_none() {
    let script = |policy: ContentSecurityPolicy| {
        [CspSource::SELF, CspSource::NONCE, CspSource::NONCE]
            .into_iter()
            .fold(policy, |policy, source| {
                policy.add_source(Directive::ScriptSrc, source)
            })
    };
    check(&script(new()), "script-src 'self' 'nonce-{nonce}'");
    check(
        &script(new().none(Directive::ScriptSrc)),
        "script-src 'self' 'nonce-{nonce}'",
    );
    let raw = new().raw("script-src", ["'None'"]).unwrap();
    check(&script(raw.clone()), "script-src 'self' 'nonce-{nonce}'");
    check(&raw, "script-src 'None'");
    let hosts = new().sources(Directive::ScriptSrc, [CspSource::HTTPS, CspSource::SELF]);
    check(&script(hosts), "script-src https: 'self' 'nonce-{nonce}'");
}

/// Promise 6. An empty directive would look like one that was forgotten.
#[test]
fn h_09_an_empty_list_of_sources_is_none() {
    let none = [
        new().sources(Directive::ImgSrc, []),
        new().none(Directive::ImgSrc),
    ];
    for policy in none {
        check(&policy, "img-src 'none'");
        let added = policy.add_source(Directive::ImgSrc, CspSource::SELF);
        check(&added, "img-src 'self'");
    }
}

#[test]
fn h_12_nonces_stand_where_they_were_put() {
    let policy = new()
        .sources(
            Directive::ScriptSrc,
            [CspSource::NONCE, CspSource::UNSAFE_INLINE],
        )
        .sources(
            Directive::StyleSrc,
            [CspSource::SELF, CspSource::STYLE_NONCE],
        )
        .none(Directive::ObjectSrc);
    let random = std::array::from_fn(|index| if index < 16 { 0xab } else { 0xcd });
    let spliced = policy.spliced().value(&Nonces::of(&random));
    let expected = format!(
        "script-src 'nonce-{}' 'unsafe-inline'; style-src 'self' 'nonce-{}'; object-src 'none'",
        "ab".repeat(16),
        "cd".repeat(16),
    );
    assert_eq!(spliced, expected);
    assert!(spliced.is_sensitive());
    check(
        &policy.without_nonces(),
        "script-src 'none'; style-src 'self'; object-src 'none'",
    );
}
