//! What is written, what is read, and what is refused.

use super::*;
use crate::cache_control::{CacheControlBuilder, InvalidCacheControl};
use http::HeaderName;
use http::header::SET_COOKIE;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn builder() -> CacheControlBuilder {
    CacheControl::builder()
}

#[track_caller]
fn check(builder: CacheControlBuilder, expected: &str) {
    let value = builder.build().unwrap();
    assert_eq!(value.to_string(), expected);
    assert_eq!(expected.parse().as_ref(), Ok(&value), "parsed again");
    let mut fields = HeaderMap::new();
    fields.insert(CACHE_CONTROL, (&value).into());
    assert_eq!(CacheControl::read(&fields), Some(value), "read again");
}

#[test]
fn directives_are_written_in_one_order() {
    check(
        builder()
            .stale_if_error(secs(4))
            .immutable()
            .s_maxage(secs(3))
            .max_age(secs(2))
            .no_transform()
            .public(),
        "public, no-transform, max-age=2, s-maxage=3, immutable, stale-if-error=4",
    );
    check(
        builder().proxy_revalidate().must_revalidate().no_cache(),
        "no-cache, must-revalidate, proxy-revalidate",
    );
    check(
        builder()
            .max_age(secs(1))
            .stale_while_revalidate(secs(2))
            .private(),
        "private, max-age=1, stale-while-revalidate=2",
    );
}

#[test]
fn the_short_names_say_what_they_say() {
    assert_eq!(
        CacheControl::immutable().to_string(),
        "max-age=31536000, immutable"
    );
    assert_eq!(CacheControl::max_age(secs(60)).to_string(), "max-age=60");
    assert_eq!(CacheControl::no_cache().to_string(), "no-cache");
    assert_eq!(CacheControl::no_store().to_string(), "no-store");
    assert_eq!(
        CacheControl::private_no_cache().to_string(),
        "private, no-cache"
    );
}

#[test]
fn s_04_s_05_numbers_are_bare_and_names_are_quoted() {
    check(
        builder().max_age(secs(10)).s_maxage(secs(10)),
        "max-age=10, s-maxage=10",
    );
    check(
        builder().private_fields([SET_COOKIE]),
        "private=\"set-cookie\"",
    );
    let names = [SET_COOKIE, HeaderName::from_static("x-a")];
    check(
        builder().no_cache_fields(names),
        "no-cache=\"set-cookie, x-a\"",
    );
}

#[test]
fn s_06_seconds_saturate_and_parts_of_one_are_dropped() {
    check(builder().max_age(Duration::from_millis(1999)), "max-age=1");
    check(builder().s_maxage(Duration::from_millis(999)), "s-maxage=0");
    assert_eq!(
        [MINUTE, HOUR, DAY, YEAR],
        [60, 3600, 86_400, 31_536_000].map(secs)
    );
    assert_eq!(CacheControl::max_age(HOUR).lifetime(), Some(HOUR));
    assert_eq!(CacheControl::no_cache().lifetime(), None);
    check(builder().max_age(Duration::MAX), "max-age=2147483648");
    assert_eq!(
        CacheControl::max_age(Duration::MAX).to_string(),
        "max-age=2147483648"
    );
}

#[test]
fn extensions_are_quoted_where_they_must_be() {
    check(builder().extension("Community"), "community");
    check(builder().extension_with("a", "b"), "a=b");
    check(builder().extension_with("a", "b c"), "a=\"b c\"");
    check(
        builder().extension_with("a", "say \"\\\""),
        "a=\"say \\\"\\\\\\\"\"",
    );
    check(builder().extension_with("a", ""), "a=\"\"");
}

#[track_caller]
fn refused(builder: CacheControlBuilder, message: &str) {
    assert_eq!(builder.build().unwrap_err().to_string(), message);
}

#[test]
fn s_12_what_contradicts_itself_is_refused_by_both_names() {
    let alone = "say `no-store` alone to keep the response out of caches";
    for (builder, other) in [
        (builder().no_store().public(), "public"),
        (builder().no_store().max_age(secs(1)), "max-age"),
        (builder().no_store().s_maxage(secs(1)), "s-maxage"),
        (builder().no_store().immutable(), "immutable"),
        (
            builder().no_store().stale_while_revalidate(secs(1)),
            "stale-while-revalidate",
        ),
        (
            builder().no_store().stale_if_error(secs(1)),
            "stale-if-error",
        ),
    ] {
        refused(
            builder,
            &format!("`no-store` contradicts `{other}`; {alone}"),
        );
    }
    let private = "leave `private` out to let shared caches keep the response";
    for (builder, other) in [
        (builder().private().public(), "public"),
        (builder().private().s_maxage(secs(1)), "s-maxage"),
        (builder().private().proxy_revalidate(), "proxy-revalidate"),
    ] {
        refused(
            builder,
            &format!("`private` contradicts `{other}`; {private}"),
        );
    }
    for (builder, one, other) in [
        (
            builder().no_cache().max_age(secs(1)).immutable(),
            "no-cache",
            "immutable",
        ),
        (
            builder()
                .must_revalidate()
                .max_age(secs(1))
                .stale_if_error(secs(1)),
            "must-revalidate",
            "stale-if-error",
        ),
    ] {
        let found = builder.build().unwrap_err();
        assert_eq!(found, InvalidCacheControl::Contradiction { one, other });
    }
    check(builder().no_store().no_cache(), "no-cache, no-store");
    check(
        builder().max_age(secs(1)).must_revalidate().immutable(),
        "must-revalidate, max-age=1, immutable",
    );
}

#[test]
fn s_07_s_09_s_13_what_says_nothing_alone_is_refused() {
    for (builder, directive, needed) in [
        (builder().immutable(), "immutable", "max-age"),
        (
            builder().max_age(secs(0)).immutable(),
            "immutable",
            "max-age",
        ),
        (
            builder().stale_while_revalidate(secs(1)),
            "stale-while-revalidate",
            "max-age",
        ),
        (
            builder().stale_if_error(secs(1)),
            "stale-if-error",
            "max-age",
        ),
        (builder().must_understand(), "must-understand", "no-store"),
    ] {
        let message = format!(
            "`{directive}` says nothing without `{needed}`; add it, or leave `{directive}` out"
        );
        refused(builder, &message);
    }
    check(
        builder().must_understand().no_store().max_age(secs(60)),
        "no-store, must-understand, max-age=60",
    );
    check(
        builder().s_maxage(secs(60)).stale_if_error(secs(1)),
        "s-maxage=60, stale-if-error=1",
    );
}

#[test]
fn g_01_what_cannot_stand_in_a_field_is_refused() {
    for name in ["", "a b", "a=b", "max-age", "No-Store", "a\r\nb", "\u{e9}"] {
        let expected = InvalidCacheControl::Extension {
            name: name.to_ascii_lowercase(),
            argument: None,
        };
        assert_eq!(builder().extension(name).build(), Err(expected));
    }
    for argument in ["a\r\nb", "\0", "\x7f", "\u{e9}"] {
        let expected = InvalidCacheControl::Extension {
            name: "a".to_owned(),
            argument: Some(argument.to_owned()),
        };
        assert_eq!(
            builder().extension_with("a", argument).build(),
            Err(expected)
        );
    }
    refused(
        builder(),
        "there is no directive; say at least one, such as `no-cache` or `max-age`",
    );
}

#[track_caller]
fn check_read(lines: &[&str], expected: &str) {
    let mut fields = HeaderMap::new();
    for line in lines {
        fields.append(CACHE_CONTROL, line.parse().unwrap());
    }
    let found = CacheControl::read(&fields).map(|value| value.to_string());
    assert_eq!(found.as_deref(), Some(expected), "{lines:?}");
}

#[test]
fn g_03_what_caches_understand_is_read() {
    check_read(&["PUBLIC , Max-Age=\"60\",,"], "public, max-age=60");
    check_read(
        &["max-age=60", "s-maxage=30, no-transform"],
        "no-transform, max-age=60, s-maxage=30",
    );
    check_read(&["max-age=60, max-age=30"], "max-age=30");
    check_read(&["max-age=1e3"], "max-age=0");
    check_read(&["max-age=-1"], "max-age=0");
    check_read(&["max-age"], "max-age=0");
    check_read(
        &["private=\"Set-Cookie, X-A\""],
        "private=\"set-cookie, x-a\"",
    );
    check_read(&["private=\"x-a\", private"], "private");
    check_read(
        &["no-cache=\"x-a\", no-cache=\"x-b\""],
        "no-cache=\"x-a, x-b\"",
    );
    check_read(&["community=\"U CI\", x"], "community=\"U CI\", x");
    assert_eq!(CacheControl::read(&HeaderMap::new()), None);
}

/// There is no way to an empty value, which a rule would send as an empty field.
#[test]
fn s_01_lines_without_a_directive_are_no_value() {
    for line in ["", " ", ",", " ,\t,"] {
        let mut fields = HeaderMap::new();
        fields.append(CACHE_CONTROL, line.parse().unwrap());
        assert_eq!(CacheControl::read(&fields), None, "{line:?}");
        fields.append(CACHE_CONTROL, "no-store".parse().unwrap());
        let found = CacheControl::read(&fields);
        assert_eq!(found, Some(CacheControl::no_store()), "{line:?}");
    }
}

#[test]
fn g_24_numbers_of_any_length_saturate() {
    let long = format!("max-age={}", "9".repeat(40));
    for text in [
        "max-age=2147483648",
        "max-age=4294967296",
        "max-age=18446744073709551616",
        &long,
    ] {
        check_read(&[text], "max-age=2147483648");
    }
    check_read(&["max-age=2147483647"], "max-age=2147483647");
}

#[test]
fn a_value_is_weaker_if_it_allows_what_the_other_forbids() {
    let read = |text: &str| {
        let mut fields = HeaderMap::new();
        fields.insert(CACHE_CONTROL, text.parse().unwrap());
        CacheControl::read(&fields).unwrap()
    };
    for (ours, theirs, expected) in [
        ("max-age=60", "max-age=1", false),
        ("max-age=60", "public", false),
        ("max-age=60", "no-store", true),
        ("private", "no-store", true),
        ("no-store", "no-store", false),
        ("max-age=60", "private", true),
        ("max-age=60", "private=\"x\"", true),
        ("private, max-age=60", "private", false),
        ("no-store", "private", false),
        ("private", "no-cache", true),
        ("no-store", "no-cache", false),
        ("no-cache", "no-cache", false),
        ("max-age=60", "no-transform", true),
    ] {
        let found = read(ours).is_weaker_than(&read(theirs));
        assert_eq!(found, expected, "{ours} against {theirs}");
    }
}

#[track_caller]
fn check_weaker(ours: &str, theirs: &str, expected: bool) {
    let read = |text: &str| {
        let mut fields = HeaderMap::new();
        fields.insert(CACHE_CONTROL, text.parse().unwrap());
        CacheControl::read(&fields).unwrap()
    };
    let found = read(ours).is_weaker_than(&read(theirs));
    assert_eq!(found, expected, "{ours} against {theirs}");
}

/// Finding 23.
#[test]
fn s_01_no_cache_for_some_fields_is_weaker_than_for_all() {
    check_weaker("no-cache=\"set-cookie\", max-age=600", "no-cache", true);
    check_weaker("no-cache=\"x-a\"", "no-cache=\"x-b\"", true);
    check_weaker("no-cache=\"x-a, x-b\"", "no-cache=\"x-b\"", false);
    check_weaker("no-cache", "no-cache=\"x-b\"", false);
    check_weaker("no-store", "no-cache=\"x-b\"", false);
    check_weaker("max-age=60", "no-cache=\"x-b\"", true);
}

/// Finding 23.
#[test]
fn s_01_no_cache_in_its_older_spelling_counts_as_such() {
    check_weaker("max-age=3600", "max-age=0, must-revalidate", true);
    check_weaker("private", "max-age=0, must-revalidate", true);
    check_weaker("no-cache", "max-age=0, must-revalidate", false);
    check_weaker("no-store", "max-age=0, must-revalidate", false);
    check_weaker("max-age=0, must-revalidate", "no-cache", false);
    check_weaker("max-age=0, s-maxage=60, must-revalidate", "no-cache", true);
    check_weaker("max-age=3600", "max-age=0", false);
    check_weaker("max-age=3600", "max-age=60, must-revalidate", false);
}

/// Finding 12. Caches that know the status ignore this `no-store` (RFC 9111 §5.2.2.3).
#[test]
fn s_13_f_11_no_store_beside_must_understand_does_not_forbid_sharing() {
    let forbids = |builder: CacheControlBuilder| builder.build().unwrap().forbids_sharing();
    let understood = || builder().must_understand().no_store();
    assert!(!forbids(understood().max_age(secs(600))));
    assert!(!forbids(understood()));
    assert!(forbids(understood().private()));
    assert!(forbids(builder().no_store()));
    check_weaker("must-understand, no-store, max-age=60", "no-store", true);
    check_weaker("must-understand, no-store", "private", true);
    check_weaker("must-understand, no-store", "no-cache", true);
    check_weaker("no-store", "must-understand, no-store", false);
    check_weaker(
        "must-understand, no-store",
        "must-understand, no-store",
        false,
    );
    // Those that do not know `must-understand` obey it.
    check_weaker("max-age=60", "must-understand, no-store", true);
}

/// Finding 37.
#[test]
fn s_16_g_24_what_was_read_beyond_ascii_is_not_said_to_networks() {
    let mut fields = HeaderMap::new();
    let line = HeaderValue::from_bytes(b"max-age=60, x=\"caf\xe9\"").unwrap();
    fields.insert(CACHE_CONTROL, line);
    let read = CacheControl::read(&fields).unwrap();
    let expected = InvalidCacheControl::Extension {
        name: "x".to_owned(),
        argument: Some("caf\u{fffd}".to_owned()),
    };
    let found = crate::cache_control::CdnCacheControl::new(&read);
    assert_eq!(found, Err(expected));
}

/// Row 2 of the house review. Whichever trait a type has decides which function is meant; with
/// `Default`, both are, and this does not compile.
#[test]
fn s_12_there_is_no_way_to_an_empty_value() {
    trait Unless<A> {
        fn holds() {}
    }
    struct HasDefault;
    impl<T> Unless<()> for T {}
    impl<T: Default> Unless<HasDefault> for T {}
    <CacheControl as Unless<_>>::holds();
}

#[test]
fn s_12_text_is_parsed_as_strictly_as_a_builder() {
    for (text, expected) in [
        ("public, max-age=60", "public, max-age=60"),
        ("Max-Age=\"60\", PUBLIC", "public, max-age=60"),
        ("private=\"set-cookie\"", "private=\"set-cookie\""),
        ("x=\"a b\"", "x=\"a b\""),
    ] {
        let parsed = text.parse::<CacheControl>().unwrap();
        assert_eq!(parsed.to_string(), expected);
    }
    let refused = |text: &str| text.parse::<CacheControl>().unwrap_err();
    assert_eq!(refused(""), InvalidCacheControl::Empty);
    assert_eq!(refused(" ,"), InvalidCacheControl::Empty);
    let contradiction = InvalidCacheControl::Contradiction {
        one: "no-store",
        other: "max-age",
    };
    assert_eq!(refused("no-store, max-age=60"), contradiction);
    for (text, directive) in [
        ("max-age", "max-age"),
        ("max-age=1h", "max-age"),
        ("s-maxage=-1", "s-maxage"),
        ("no store", "no store"),
        ("\"no-store\"", "\"no-store\""),
        ("no-store\r\nx: y", "no-store\r\nx: y"),
        ("public=no", "public"),
        ("no-store=0", "no-store"),
        ("max-age=60, Max-Age=30", "Max-Age"),
        ("private=\"a b\"", "private"),
    ] {
        let expected = InvalidCacheControl::Directive {
            directive: directive.to_owned(),
        };
        assert_eq!(refused(text), expected, "{text:?}");
    }
    let message = "\"max-age\" is not a cache directive; write a name, or a name, `=` and an argument, \
                   such as `max-age=60`";
    assert_eq!(refused("max-age=x").to_string(), message);
}

/// What a value is written as is the same, however it is converted.
#[test]
fn a_value_becomes_a_field_value() {
    let value = CacheControl::private_no_cache();
    assert_eq!(HeaderValue::from(&value), "private, no-cache");
    assert_eq!(HeaderValue::from(value), "private, no-cache");
}
