//! What is removed besides nulls, and what is not.

use tower_egress::strip_nulls::{Filter, InvalidStripNulls, Rules, StopReason, StripNullsLayer};

use super::{push_every_way, strip};

#[track_caller]
fn check(rules: &Rules, text: &str, left: &str) {
    let expected = left.as_bytes().escape_ascii().to_string();
    assert_eq!(strip(rules, text), expected, "{text}");
}

#[test]
fn j_09_a_root_that_is_null_or_empty_stays() {
    let rules = Rules::new()
        .strip_empty_arrays(true)
        .strip_empty_objects(true)
        .strip_empty_strings(true)
        .strip_elements(true);
    for text in ["null", "{}", "[]", "\"\"", " null ", "[ ]"] {
        check(&rules, text, text);
    }
    check(&rules, r#"{"a":null}"#, "{}");
    check(&rules, "[null]", "[]");
}

#[test]
fn j_09_empty_objects_go_where_that_is_asked_for() {
    let rules = Rules::new().strip_empty_objects(true);
    check(&rules, r#"{"a":{}}"#, "{}");
    check(&rules, r#"{"a":{},"b":1}"#, r#"{"b":1}"#);
    check(&rules, r#"{"a":1,"b":{ },"c":2}"#, r#"{"a":1,"c":2}"#);
    check(
        &rules,
        r#"{"a":[],"b":"","c":[{}]}"#,
        r#"{"a":[],"b":"","c":[{}]}"#,
    );
    check(&Rules::new(), r#"{"a":{},"b":null}"#, r#"{"a":{}}"#);
}

#[test]
fn j_09_so_do_those_that_have_nothing_left() {
    let rules = Rules::new().strip_empty_objects(true);
    check(&rules, r#"{"a":{"b":null}}"#, "{}");
    check(&rules, r#"{"a":{"b":{"c":{"d":null}}}}"#, "{}");
    check(
        &rules,
        r#"{"a":{"b":{},"c":null,"d":{"e":null}},"f":1}"#,
        r#"{"f":1}"#,
    );
    check(
        &rules,
        r#"{"a":{"b":{"c":null},"d":1},"e":{}}"#,
        r#"{"a":{"d":1}}"#,
    );
    check(
        &rules,
        r#"{"a":{"b":null,"c":{"d":1,"e":null}}}"#,
        r#"{"a":{"c":{"d":1}}}"#,
    );
    check(
        &rules,
        r#"{"a":0,"b":{"c":null},"d":{"e":{"f":0}},"g":{"h":null}}"#,
        r#"{"a":0,"d":{"e":{"f":0}}}"#,
    );
    check(&rules, r#"[{"a":{"b":null}},{"a":{}}]"#, "[{},{}]");
    check(
        &rules,
        "{\n  \"a\": {\n    \"b\": null\n  },\n  \"c\": 1\n}",
        "{\n  \"c\": 1\n}",
    );
    check(
        &rules,
        "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": null\n  }\n}",
        "{\n  \"a\": 1\n}",
    );
}

#[test]
fn j_09_empty_arrays_go_where_that_is_asked_for() {
    let rules = Rules::new().strip_empty_arrays(true);
    check(&rules, r#"{"a":[]}"#, "{}");
    check(&rules, r#"{"a":[ ],"b":1}"#, r#"{"b":1}"#);
    check(
        &rules,
        r#"{"a":[null],"b":[[]],"c":{},"d":[{}]}"#,
        r#"{"a":[null],"b":[[]],"c":{},"d":[{}]}"#,
    );
    check(
        &rules,
        r#"{"a":["",0],"b":[],"c":[1,[]]}"#,
        r#"{"a":["",0],"c":[1,[]]}"#,
    );
}

#[test]
fn j_09_empty_strings_go_where_that_is_asked_for() {
    let rules = Rules::new().strip_empty_strings(true);
    check(&rules, r#"{"a":""}"#, "{}");
    check(
        &rules,
        r#"{"a":"","b":"x","c":"","d":null}"#,
        r#"{"b":"x"}"#,
    );
    check(
        &rules,
        r#"{"":"a","a":" ","b":"\"","c":"\u0000"}"#,
        r#"{"":"a","a":" ","b":"\"","c":"\u0000"}"#,
    );
    check(&rules, r#"["",{"a":""}]"#, r#"["",{}]"#);
}

#[test]
fn elements_go_where_that_is_asked_for() {
    let rules = Rules::new().strip_elements(true);
    check(&rules, "[null]", "[]");
    check(&rules, "[null,null]", "[]");
    check(&rules, "[1,null,2]", "[1,2]");
    check(&rules, "[null,1,null,null,2,null]", "[1,2]");
    check(&rules, "[ null , 1 , null , 2 ]", "[ 1 , 2 ]");
    check(
        &rules,
        "[[null],[1,null],{\"a\":[null]}]",
        "[[],[1],{\"a\":[]}]",
    );
    check(&rules, r#"["",{},[],null]"#, r#"["",{},[]]"#);
}

#[test]
fn all_together_leave_nothing_empty() {
    let rules = Rules::new()
        .strip_empty_arrays(true)
        .strip_empty_objects(true)
        .strip_empty_strings(true)
        .strip_elements(true);
    check(&rules, r#"{"a":[null,[],{},"",[[{"b":null}]]]}"#, "{}");
    check(
        &rules,
        r#"{"a":[null,{"b":[""]},1,[]],"c":""}"#,
        r#"{"a":[1]}"#,
    );
    check(&rules, r#"[[[]],{"a":{}},0,[{}]]"#, "[0]");
    check(
        &rules,
        r#"{"a":{"b":[],"c":"","d":"e"}}"#,
        r#"{"a":{"d":"e"}}"#,
    );
}

#[test]
fn j_12_names_are_kept_by_what_they_say() {
    let rules = Rules::new().keep(["a", "\u{e9}\""]);
    check(&rules, r#"{"a":null,"b":null}"#, r#"{"a":null}"#);
    check(
        &rules,
        r#"{"\u0061":null,"\u0062":null}"#,
        r#"{"\u0061":null}"#,
    );
    check(
        &rules,
        "{\"\u{e9}\\\"\":null,\"\\u00e9\\u0022\":null,\"\u{e9}\":null}",
        "{\"\u{e9}\\\"\":null,\"\\u00e9\\u0022\":null}",
    );
    check(
        &rules,
        r#"{"b":{"a":null,"c":null},"d":[{"a":null}]}"#,
        r#"{"b":{"a":null},"d":[{"a":null}]}"#,
    );
    check(&rules, r#"{"a":{"b":null}}"#, r#"{"a":{}}"#);
}

#[test]
fn j_12_names_alone_are_removed_by_what_they_say() {
    let rules = Rules::new().only(["a"]);
    check(&rules, r#"{"a":null,"b":null}"#, r#"{"b":null}"#);
    check(&rules, r#"{"b":null,"\u0061":null}"#, r#"{"b":null}"#);
    check(
        &rules,
        r#"{"b":[{"a":null,"c":null}]}"#,
        r#"{"b":[{"c":null}]}"#,
    );
    let both = Rules::new().only(["a", "b"]).keep(["b"]);
    check(
        &both,
        r#"{"a":null,"b":null,"c":null}"#,
        r#"{"b":null,"c":null}"#,
    );
}

#[test]
fn paths_lead_from_the_root() {
    let keep = Rules::new().keep_paths(["/a/b", "/c/*/d"]).unwrap();
    check(
        &keep,
        r#"{"a":{"b":null,"c":null},"b":null}"#,
        r#"{"a":{"b":null}}"#,
    );
    check(&keep, r#"{"x":{"a":{"b":null}}}"#, r#"{"x":{"a":{}}}"#);
    check(
        &keep,
        r#"{"c":[{"d":null,"e":null},[{"d":null}],{"d":null}]}"#,
        r#"{"c":[{"d":null},[{}],{"d":null}]}"#,
    );
    check(
        &keep,
        r#"{"c":{"x":{"d":null},"d":null}}"#,
        r#"{"c":{"x":{"d":null}}}"#,
    );
    check(
        &keep,
        r#"{"\u0061":{"\u0062":null}}"#,
        r#"{"\u0061":{"\u0062":null}}"#,
    );
    let only = Rules::new().only_paths(["/*/a", "/b~1/~0"]).unwrap();
    check(
        &only,
        r#"[{"a":null,"b":null},{"a":null}]"#,
        r#"[{"b":null},{}]"#,
    );
    check(
        &only,
        r#"{"b/":{"~":null,"b":null},"a":null}"#,
        r#"{"b/":{"b":null},"a":null}"#,
    );
}

#[test]
fn a_path_leads_to_elements_where_they_may_go() {
    let rules = Rules::new()
        .strip_elements(true)
        .only_paths(["/a/*"])
        .unwrap();
    check(
        &rules,
        r#"{"a":[1,null,2],"b":[null]}"#,
        r#"{"a":[1,2],"b":[null]}"#,
    );
    let rules = Rules::new()
        .strip_elements(true)
        .keep_paths(["/a/*"])
        .unwrap();
    check(
        &rules,
        r#"{"a":[1,null],"b":[1,null]}"#,
        r#"{"a":[1,null],"b":[1]}"#,
    );
    let rules = Rules::new().strip_elements(true).keep(["a"]);
    check(&rules, r#"{"a":null,"b":[null]}"#, r#"{"a":null,"b":[]}"#);
}

#[test]
fn what_is_kept_is_kept_when_it_is_empty_too() {
    let rules = Rules::new()
        .strip_empty_objects(true)
        .strip_empty_strings(true)
        .keep(["a"]);
    check(&rules, r#"{"a":{},"b":{}}"#, r#"{"a":{}}"#);
    check(&rules, r#"{"a":"","b":""}"#, r#"{"a":""}"#);
    check(
        &rules,
        r#"{"b":{"a":null},"c":{"d":null}}"#,
        r#"{"b":{"a":null}}"#,
    );
    check(&rules, r#"{"a":{"b":{}}}"#, r#"{"a":{}}"#);
}

#[test]
fn names_that_lead_to_what_may_be_empty_count_towards_the_limit() {
    let rules = Rules::new().strip_empty_objects(true).name_limit(20);
    check(&rules, r#"{"a":{"b":{"c":null}}}"#, "{}");
    let text = br#"{"aaaa":{"bbbb":{"cccc":null}}}"#;
    let (out, stop) = push_every_way(|| Filter::new(&rules), text);
    assert_eq!(out, text.escape_ascii().to_string());
    assert_eq!(stop, Some(StopReason::TooLong { limit: 20 }));
}

#[test]
fn what_is_no_path_is_refused() {
    let path = "user.name".to_owned();
    let expected = InvalidStripNulls::Path { path: path.clone() };
    assert_eq!(Rules::new().keep_paths([&*path]).unwrap_err(), expected);
    assert_eq!(Rules::new().only_paths([&*path]).unwrap_err(), expected);
}

#[test]
fn more_than_64_paths_are_refused() {
    let paths: Vec<_> = (0..65).map(|number| format!("/{number}")).collect();
    let listed = || paths.iter().map(String::as_str);
    assert!(Rules::new().keep_paths(listed().take(64)).is_ok());
    let rules = Rules::new().keep_paths(listed().take(40)).unwrap();
    let path = "/24".to_owned();
    let expected = InvalidStripNulls::TooManyPaths { path };
    assert_eq!(rules.only_paths(listed().take(30)).unwrap_err(), expected);
}

#[test]
fn g_01_text_that_is_no_media_range_is_refused() {
    for range in [
        "json",
        "application/json; charset=utf-8",
        "a/\r\nb",
        "a/\0",
        "\u{e9}/b",
    ] {
        let expected = InvalidStripNulls::MediaRange {
            range: range.to_owned(),
        };
        let found = StripNullsLayer::new().content_type(range);
        assert_eq!(found.unwrap_err(), expected);
    }
}

#[test]
fn j_09_only_what_is_listed_goes_be_the_list_empty() {
    let text = r#"{"a":null,"b":[{"c":null}]}"#;
    check(&Rules::new().only([] as [&str; 0]), text, text);
    check(&Rules::new().only_paths::<&str>([]).unwrap(), text, text);
    check(
        &Rules::new().only_paths::<&str>([]).unwrap().only(["a"]),
        text,
        r#"{"b":[{"c":null}]}"#,
    );
}

#[test]
fn a_number_in_a_path_is_a_name() {
    let rules = Rules::new().keep_paths(["/0/a"]).unwrap();
    check(&rules, r#"[{"a":null}]"#, "[{}]");
    check(&rules, r#"{"0":{"a":null}}"#, r#"{"0":{"a":null}}"#);
}
