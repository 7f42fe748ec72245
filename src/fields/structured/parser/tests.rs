//! The kinds of the public test vectors for structured fields, a table for each.

use super::*;
use BareItem::{Boolean, Bytes, Date, Decimal, Display, Integer, Token};
use http::HeaderValue;

fn fields(lines: &[&str]) -> HeaderMap {
    let mut fields = HeaderMap::new();
    for line in lines {
        fields.append("x", HeaderValue::from_bytes(line.as_bytes()).unwrap());
    }
    fields
}

fn text(text: &str) -> BareItem<'_> {
    BareItem::String(Cow::Borrowed(text))
}

fn bare(value: BareItem<'_>) -> Item<'_> {
    Item {
        value,
        parameters: Vec::new(),
    }
}

fn one(value: BareItem<'_>) -> Member<'_> {
    Member::Item(bare(value))
}

#[track_caller]
fn check(line: &str, expected: Option<BareItem<'_>>) {
    assert_eq!(item(&fields(&[line]), "x"), expected.map(bare), "{line:?}");
}

#[test]
fn booleans() {
    check("?0", Some(Boolean(false)));
    check("?1", Some(Boolean(true)));
    for line in ["?", "?2", "?T", "? 1", "?10"] {
        check(line, None);
    }
}

#[test]
fn integers_and_decimals() {
    check("0", Some(Integer(0)));
    check("-0", Some(Integer(0)));
    check("042", Some(Integer(42)));
    check("-999999999999999", Some(Integer(-999_999_999_999_999)));
    check("1.5", Some(Decimal(1500)));
    check("-1.123", Some(Decimal(-1123)));
    check("00.10", Some(Decimal(100)));
    check("999999999999.999", Some(Decimal(999_999_999_999_999)));
    for line in [
        "1000000000000000",
        "1000000000000.0",
        "1.1234",
        "1.",
        ".5",
        "-",
        "--1",
        "+1",
        "1e3",
        "1,000",
        "- 1",
    ] {
        check(line, None);
    }
}

#[test]
fn dates() {
    check("@0", Some(Date(0)));
    check("@-62135596800", Some(Date(-62_135_596_800)));
    for line in ["@", "@1.0", "@ 1", "@a"] {
        check(line, None);
    }
}

#[test]
fn strings() {
    check("\"\"", Some(text("")));
    check("\"a b ~\"", Some(text("a b ~")));
    check(r#""say \"\\\"""#, Some(text(r#"say "\""#)));
    for line in [
        "\"a",
        "a\"",
        r#""\a""#,
        r#""\"#,
        "\"\t\"",
        "'a'",
        "\"\u{e9}\"",
        "\"a\" b",
    ] {
        check(line, None);
    }
}

#[test]
fn display_strings() {
    check("%\"a %c3%a9 \\\"", Some(Display("a \u{e9} \\".to_owned())));
    for line in [
        "%\"%C3%A9\"",
        "%\"%c3\"",
        "%\"%c\"",
        "%\"a",
        "%a",
        "\"%c3",
        "%\"\t\"",
    ] {
        check(line, None);
    }
}

#[test]
fn tokens_and_byte_sequences() {
    check("a", Some(Token("a")));
    check("*a/b:c.d!", Some(Token("*a/b:c.d!")));
    check(" a ", Some(Token("a")));
    check(":YQ==:", Some(Bytes("YQ==")));
    check("::", Some(Bytes("")));
    for line in [
        "a(", "a b", "", " ", ":YQ==", ":Y Q:", ":_-:", "(a)", "a,b", "\ta",
    ] {
        check(line, None);
    }
    assert_eq!(item(&fields(&["a", "b"]), "x"), None);
    assert_eq!(item(&fields(&[]), "x"), None);
}

#[test]
fn parameters_follow_their_item() {
    let expected = Item {
        value: Integer(1),
        parameters: vec![("a", Boolean(false)), ("b", text("x"))],
    };
    assert_eq!(item(&fields(&["1;a; b=\"x\";a=?0"]), "x"), Some(expected));
    for line in ["1 ;a", "1;A", "1;", "1;a=", "1;a =1", "1;a=(b)", "1;=1"] {
        check(line, None);
    }
}

#[track_caller]
fn check_list(lines: &[&str], expected: Option<&[Member<'_>]>) {
    assert_eq!(list(&fields(lines), "x").as_deref(), expected, "{lines:?}");
}

#[test]
fn lists_and_inner_lists() {
    check_list(&[], Some(&[]));
    check_list(&[""], Some(&[]));
    check_list(&["1 ,\ta"], Some(&[one(Integer(1)), one(Token("a"))]));
    check_list(&["1", "a"], Some(&[one(Integer(1)), one(Token("a"))]));
    let inner = Member::InnerList(
        vec![bare(text("a")), bare(Token("b"))],
        vec![("q", Decimal(500))],
    );
    check_list(&["( \"a\"  b );q=0.5"], Some(&[inner]));
    check_list(&["()"], Some(&[Member::InnerList(vec![], vec![])]));
    for line in [
        "1,",
        ",1",
        "1,,2",
        "1 2",
        "(1",
        "1)",
        "(1,2)",
        "(\"a\"\"b\")",
        "((1))",
        "(1\t2)",
    ] {
        check_list(&[line], None);
    }
    // A line that breaks off takes all others with it.
    check_list(&["a", "(b"], None);
    check_list(&["a,", "b"], None);
}

#[track_caller]
fn check_dictionary(lines: &[&str], expected: Option<&[(&str, Member<'_>)]>) {
    assert_eq!(
        dictionary(&fields(lines), "x").as_deref(),
        expected,
        "{lines:?}"
    );
}

#[test]
fn dictionaries_keep_the_last_value_in_the_first_place() {
    check_dictionary(&[""], Some(&[]));
    check_dictionary(
        &["a=1, b=2", "a=3"],
        Some(&[("a", one(Integer(3))), ("b", one(Integer(2)))]),
    );
    let flag = Member::Item(Item {
        value: Boolean(true),
        parameters: vec![("x", Integer(1))],
    });
    let inner = Member::InnerList(vec![bare(Token("c"))], vec![]);
    check_dictionary(
        &["a;x=1, *b-_.1=(c)"],
        Some(&[("a", flag), ("*b-_.1", inner)]),
    );
    for line in [
        "A=1", "1=1", "a=", "a =1", "a=1,", "a= 1", "=1", "a=1;b= 2", "a=1 b=2",
    ] {
        check_dictionary(&[line], None);
    }
}

#[test]
fn f_05_the_number_of_keys_is_bounded() {
    let line = |count: usize| {
        let keys: Vec<_> = (0..count).map(|number| format!("k{number}")).collect();
        keys.join(", ")
    };
    let found = |count| dictionary(&fields(&[&line(count)]), "x").map(|members| members.len());
    assert_eq!(found(1024), Some(1024));
    assert_eq!(found(1025), None);
}
