//! A `Content-Security-Policy` is refused, or says exactly what was asked for, as a parser that
//! knows nothing of the builder reads it.

use proptest::prelude::*;
use tower_egress::security_headers::{ContentSecurityPolicy, CspSource, Directive, SecurityHeader};

/// Reads a field value as browsers do (CSP3 §2.2.1, §2.2.2): policies, each a list of directives,
/// each a name and its values.
fn parse(value: &str) -> Vec<Vec<(String, Vec<String>)>> {
    let policies = value.split(',').map(|policy| {
        let mut directives: Vec<(String, Vec<String>)> = Vec::new();
        for token in policy.split(';') {
            let mut words = token.split_ascii_whitespace();
            let Some(name) = words.next() else { continue };
            let name = name.to_ascii_lowercase();
            // A name that stands already is ignored.
            if !directives.iter().any(|(known, _)| *known == name) {
                directives.push((name, words.map(str::to_owned).collect()));
            }
        }
        directives
    });
    policies.filter(|policy| !policy.is_empty()).collect()
}

/// Strings that injections are made of.
fn strings() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{0,6}",
        prop::sample::select(
            &[
                ";",
                ",",
                " ",
                "\r\n",
                "'none'",
                "'self'",
                "self",
                "*",
                "https:",
                "://",
                "script-src",
                "example.com",
                "\u{e9}",
                "\"",
                "nonce-abc",
                "\0",
                "/",
                "%3b",
            ][..]
        )
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn f_03_h_06_hosts_and_schemes_cannot_inject(
        host in strings(),
        scheme in strings(),
    ) {
        let mut expected = vec!["'self'".to_owned()];
        let mut sources = vec![CspSource::SELF];
        if let Ok(source) = CspSource::host(&host) {
            sources.push(source);
            expected.push(host);
        }
        if let Ok(source) = CspSource::scheme(&scheme) {
            sources.push(source);
            expected.push(scheme + ":");
        }
        expected.dedup();
        let policy = ContentSecurityPolicy::new(Directive::ImgSrc, sources)
            .none(Directive::ObjectSrc);
        let none = ("object-src".to_owned(), vec!["'none'".to_owned()]);
        let found = parse(&policy.to_string());
        prop_assert_eq!(found, vec![vec![("img-src".to_owned(), expected), none]]);
    }

    #[test]
    fn f_03_h_07_raw_directives_cannot_inject(
        name in prop_oneof![strings(), "[a-z]{1,5}-src"],
        values in prop::collection::vec(strings(), 0..4),
    ) {
        let base = ContentSecurityPolicy::new(Directive::ScriptSrc, [CspSource::SELF]);
        let values: Vec<_> = values.iter().map(String::as_str).collect();
        let Ok(policy) = base.raw(&name, values.iter().copied()) else { return Ok(()) };
        let words = values.iter().flat_map(|value| value.split(' '));
        let words: Vec<_> = words.filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let script = ("script-src".to_owned(), vec!["'self'".to_owned()]);
        let expected = if name == "script-src" {
            vec![(name, words)]
        } else {
            vec![script, (name, words)]
        };
        prop_assert_eq!(parse(&policy.to_string()), vec![expected]);
        // And it is a field value.
        let _ = SecurityHeader::from(policy);
    }
}
