//! The filter on bytes alone: what is JSON, what is not, and what goes.

use std::ops::Not;

use bytes::Bytes;
use proptest::prelude::*;
use tower_egress::strip_nulls::{
    DEFAULT_DEPTH_LIMIT, DEFAULT_NAME_LIMIT, Filter, Rules, StopReason,
};

use super::{push_all, push_every_way, strip};
use crate::strip_nulls::texts::{INVALID, STRIPPED, VALID};

fn escaped(text: impl AsRef<[u8]>) -> String {
    text.as_ref().escape_ascii().to_string()
}

/// What another parser says.
fn is_json(text: &[u8]) -> bool {
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok();
    is_json && std::str::from_utf8(text).is_ok()
}

#[test]
fn the_tables_are_what_they_say() {
    assert!(VALID.len() >= 90, "{}", VALID.len());
    assert!(INVALID.len() >= 180, "{}", INVALID.len());
    for text in VALID {
        assert!(is_json(text.as_bytes()), "{text}");
    }
    for (text, left) in STRIPPED {
        assert!(is_json(text.as_bytes()), "{text}");
        assert!(is_json(left.as_bytes()), "{left}");
    }
    for text in INVALID {
        assert!(!is_json(text), "{}", escaped(text));
    }
    let mut all: Vec<_> = INVALID.to_vec();
    all.extend(VALID.iter().map(|text| text.as_bytes()));
    all.sort_unstable();
    let count = all.len();
    all.dedup();
    assert_eq!(all.len(), count, "a text stands in the tables twice");
}

#[test]
fn j_03_every_valid_text_is_read_however_it_is_cut() {
    for text in VALID {
        assert_eq!(strip(&Rules::new(), text), escaped(text));
    }
}

#[test]
fn j_07_only_members_that_are_null_go_however_the_text_is_cut() {
    for (text, left) in STRIPPED {
        assert_eq!(strip(&Rules::new(), text), escaped(left), "{text}");
    }
}

#[test]
fn j_02_what_is_left_has_nothing_more_to_remove() {
    for (text, _) in STRIPPED {
        let once = Rules::new().strip(&Bytes::from(*text)).unwrap();
        let twice = Rules::new().strip(&once).unwrap();
        assert_eq!(once, twice, "{text}");
    }
}

/// Around a text there may be another, so that every text is read in every kind of place.
#[test]
fn j_05_j_06_valid_texts_stay_as_they_are_inside_of_others() {
    for text in VALID.iter().map(|text| text.trim()) {
        let around = [
            (
                format!(r#"{{"gone":null,"stays":{text}}}"#),
                format!(r#"{{"stays":{text}}}"#),
            ),
            (
                format!(r#"{{"stays":{text},"gone":null}}"#),
                format!(r#"{{"stays":{text}}}"#),
            ),
            (
                format!(r#"[{text},{{"gone":null}},{text}]"#),
                format!("[{text},{{}},{text}]"),
            ),
        ];
        for (whole, left) in around {
            if text != "null" || whole.starts_with('[') {
                assert_eq!(strip(&Rules::new(), &whole), escaped(left));
            }
        }
    }
}

#[test]
fn j_04_every_invalid_text_passes_untouched_however_it_is_cut() {
    for text in INVALID {
        let (out, stop) = push_every_way(|| Filter::new(&Rules::new()), text);
        assert_eq!(out, escaped(text));
        assert!(
            matches!(stop, Some(StopReason::Invalid { .. })),
            "{out}: {stop:?}"
        );
    }
}

/// The rest of the text is valid, and has something to remove.
#[test]
fn j_04_a_whole_text_with_anything_invalid_in_it_is_refused() {
    let mut refused = 0;
    for text in INVALID {
        for (before, after) in [
            (&br#"[{"a":null},"#[..], &b"]"[..]),
            (br#"{"a":null,"b":"#, b"}"),
            (br#"{"a":{"b":"#, br#"},"c":null}"#),
            (br#"[["#, br#"],{"a":null}]"#),
        ] {
            let whole = Bytes::from([before, text, after].concat());
            if !is_json(&whole) {
                let found = Rules::new().strip(&whole);
                assert!(
                    matches!(found, Err(StopReason::Invalid { .. })),
                    "{}",
                    escaped(whole)
                );
                refused += 1;
            }
        }
    }
    assert!(refused > 900, "{refused}");
}

/// Text, what has come out of it in the end, and how many bytes come before the flaw.
#[test]
fn j_04_what_was_removed_before_a_flaw_is_gone_and_the_rest_stays() {
    for (text, left, offset) in [
        (&br#"{"a":null,"b":nul}"#[..], &br#"{"b":nul}"#[..], 17),
        (br#"{"a":null "b":null}"#, br#"{ "b":null}"#, 10),
        (br#"{"a":null"b":null}"#, br#"{"b":null}"#, 9),
        (br#"{"a":nullx}"#, b"{x}", 9),
        (br#"{"a":null,}"#, b"{}", 10),
        (br#"{"a":1,"b":null,}"#, br#"{"a":1,}"#, 16),
        (
            br#"{"a":null,"b":1,"c":null,,"d":null}"#,
            br#"{"b":1,,"d":null}"#,
            25,
        ),
        (br#"[{"a":null}"#, b"[{}", 11),
        (br#"{"a":null,"b":{"c":null"#, br#"{"b":{"#, 23),
        (br#"{"a":1,"b"  "#, br#"{"a":1,"b"  "#, 12),
        (br#"{"a":1,"b":nul"#, br#"{"a":1,"b":nul"#, 14),
        (br#"{"a":null} {"b":null}"#, br#"{} {"b":null}"#, 11),
        (
            b"{\"a\":null,\"b\":\"\xff\",\"c\":null}",
            b"{\"b\":\"\xff\",\"c\":null}",
            15,
        ),
        (
            b"{\"a\":null,\"\xff\":null,\"c\":null}",
            b"{\"\xff\":null,\"c\":null}",
            11,
        ),
    ] {
        let (out, stop) = push_every_way(|| Filter::new(&Rules::new()), text);
        assert_eq!(out, escaped(left), "{}", escaped(text));
        assert_eq!(
            stop,
            Some(StopReason::Invalid { offset }),
            "{}",
            escaped(text)
        );
        if escaped(text).contains("null") {
            let whole = Rules::new().strip(&Bytes::copy_from_slice(text));
            assert_eq!(
                whole,
                Err(StopReason::Invalid { offset }),
                "{}",
                escaped(text)
            );
        }
    }
}

fn nested(depth: usize, inside: &str) -> String {
    format!("{}{inside}{}", "[".repeat(depth), "]".repeat(depth))
}

#[test]
fn j_03_containers_nest_as_deep_as_the_limit() {
    let limit = DEFAULT_DEPTH_LIMIT;
    let inside = r#"{"a":null}"#;
    for depth in [1, 63, 64, 65, 127, 128, 129, 500, limit - 1] {
        assert_eq!(
            Rules::new().strip(&nested(depth, inside).into()),
            Ok(nested(depth, "{}").into())
        );
    }
    let too_deep = Bytes::from(nested(limit, inside));
    let stop = StopReason::TooDeep {
        offset: limit as u64,
        limit,
    };
    assert_eq!(Rules::new().strip(&too_deep), Err(stop));
    let streamed = push_all(Filter::new(&Rules::new()), too_deep.chunks(100));
    assert_eq!(streamed, (too_deep.to_vec(), Some(stop)));
}

#[test]
fn objects_and_arrays_count_as_levels_alike() {
    let rules = Rules::new().depth_limit(3);
    assert_eq!(
        strip(&rules, r#"[{"a":[]},{"a":null}]"#),
        escaped(r#"[{"a":[]},{}]"#)
    );
    let text = br#"[{"a":null,"b":[{"c":null}]},{"d":null}]"#;
    let (out, stop) = push_every_way(|| Filter::new(&rules), text);
    assert_eq!(out, escaped(r#"[{"b":[{"c":null}]},{"d":null}]"#));
    assert_eq!(
        stop,
        Some(StopReason::TooDeep {
            offset: 16,
            limit: 3
        })
    );
    let scalars = Rules::new().depth_limit(0);
    assert_eq!(strip(&scalars, "null"), "null");
    let (out, stop) = push_every_way(|| Filter::new(&scalars), b"[]");
    assert_eq!((out.as_str(), stop.is_some()), ("[]", true));
}

#[test]
fn j_11_no_more_is_held_back_than_the_limit() {
    let name = |length: usize| "n".repeat(length);
    // The quotes and the colon count too, and the four letters where they go.
    let text = |length| format!(r#"{{"{}":null,"b":null}}"#, name(length));
    assert_eq!(strip(&Rules::new().name_limit(20), &text(13)), "{}");
    let (out, stop) = push_every_way(
        || Filter::new(&Rules::new().name_limit(20)),
        text(14).as_bytes(),
    );
    assert_eq!(out, escaped(text(14)));
    assert_eq!(stop, Some(StopReason::TooLong { limit: 20 }));

    let limit = DEFAULT_NAME_LIMIT;
    let largest = Bytes::from(text(limit - 7));
    assert_eq!(Rules::new().strip(&largest), Ok(Bytes::from("{}")));
    let too_large = Bytes::from(text(limit - 6));
    let stop = StopReason::TooLong { limit };
    assert_eq!(Rules::new().strip(&too_large), Err(stop));
    let streamed = push_all(Filter::new(&Rules::new()), too_large.chunks(1000));
    assert_eq!(streamed, (too_large.to_vec(), Some(stop)));
}

/// Finding 37. A flaw of another kind, behind a name that is too long, does not hide it.
#[test]
fn j_11_what_is_too_long_is_so_wherever_it_was_cut() {
    let rules = Rules::new().name_limit(8).depth_limit(1);
    for text in [
        &b"{\"123456789\":{}}"[..],
        b"{\"123456789\":[1]}",
        b"{\"123456789\":x}",
        b"{\"12345678\\x\":1}",
        b"{\"12345678\xff\":1}",
        b"{\"1234567\xe2\x82(\":1}",
        b"{\"a\":1         x",
    ] {
        let (out, stop) = push_every_way(|| Filter::new(&rules), text);
        assert_eq!(out, escaped(text));
        assert_eq!(
            stop,
            Some(StopReason::TooLong { limit: 8 }),
            "{}",
            escaped(text)
        );
    }
}

proptest! {
    /// Finding 37.
    #[test]
    fn j_11_a_filter_stops_for_one_reason_wherever_it_was_cut(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 1..12),
        name_limit in 0..12_usize,
        depth_limit in 0..4_usize,
        empties in any::<bool>(),
    ) {
        let rules = Rules::new().name_limit(name_limit).depth_limit(depth_limit);
        let rules = if empties { rules.strip_empty_objects(true).strip_empty_strings(true) } else { rules };
        let text = pieces.concat();
        push_every_way(|| Filter::new(&rules), &text);
        push_every_way(|| Filter::sequence(&rules), &text);
    }
}

/// Parts of JSON, and of what is not JSON.
const PIECES: &[&[u8]] = &[
    b"{",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"a\":",
    b"\"abcdef\":",
    b"\"abcdefghijkl\"",
    b"null",
    b"null,",
    b"1,",
    b"-1.5e3",
    b"\"\"",
    b"\"t\",",
    b",",
    b":",
    b" ",
    b"     ",
    b"\n",
    b"\"",
    b"\\u00e9",
    b"\\x",
    b"\xc3\xa9",
    b"\xe2\x82",
    b"\xe2\x82\xac",
    b"\xff",
    b"\xf0\x9f\x98",
    b"true",
    b"x",
];

#[test]
fn j_11_white_space_in_doubt_counts_as_well() {
    let rules = Rules::new().name_limit(20);
    let text = |space: usize| format!(r#"{{"a":1{}}}"#, " ".repeat(space));
    assert_eq!(strip(&rules, &text(20 - 1)), escaped(text(20 - 1)));
    let (out, stop) = push_every_way(|| Filter::new(&rules), text(21).as_bytes());
    assert_eq!(out, escaped(text(21)));
    assert_eq!(stop, Some(StopReason::TooLong { limit: 20 }));
}

#[test]
fn what_is_not_in_doubt_may_be_of_any_length() {
    let rules = Rules::new().name_limit(20);
    let text = |gone: &str| {
        let long = "x".repeat(1000);
        let space = " ".repeat(1000);
        let digits = "1".repeat(1000);
        format!(r#"{space}[{space}"{long}",{space}{digits}{space},{{{gone}"b":"{long}"}}]{space}"#)
    };
    assert_eq!(strip(&rules, &text(r#""a":null,"#)), escaped(text("")));
}

#[test]
fn a_text_without_null_is_not_read_at_all() {
    let text = Bytes::from("this is not JSON");
    assert_eq!(Rules::new().strip(&text), Ok(text));
}

#[test]
fn what_has_nothing_to_remove_is_the_same_bytes_and_not_a_copy() {
    for text in [
        r#"{"a":1}"#,
        r#"{"a":[null,"null"]}"#,
        "null",
        r#"["\"x\":null"]"#,
    ] {
        let text = Bytes::from(text);
        let stripped = Rules::new().strip(&text).unwrap();
        assert_eq!(stripped.as_ptr(), text.as_ptr());
        assert_eq!(stripped, text);
    }
}

#[test]
fn a_piece_of_which_one_part_goes_out_is_not_copied() {
    let mut filter = Filter::new(&Rules::new());
    let piece = Bytes::from(r#"{"a":"text","b":"#);
    let out = filter.push(&piece);
    assert_eq!(out, r#"{"a":"text""#);
    assert_eq!(out.as_ptr(), piece.as_ptr());
    let piece = Bytes::from(r#"null,"c":[1,2,3]"#);
    assert_eq!(filter.push(&piece), r#","c":[1,2,3]"#);
    let piece = Bytes::from("   }");
    let out = filter.push(&piece);
    assert_eq!(out, "   }");
    assert_eq!(out.as_ptr(), piece.as_ptr());
    assert_eq!(filter.finish(), "");
}

#[test]
fn empty_pieces_do_no_harm() {
    let pieces = [&b""[..], b"{", b"", b"", br#""a":null"#, b"", b"}", b""];
    let found = push_all(Filter::new(&Rules::new()), pieces);
    assert_eq!(found, (b"{}".to_vec(), None));
}

#[test]
fn all_that_can_be_told_goes_out_with_the_piece_that_brought_it() {
    let mut filter = Filter::new(&Rules::new());
    for (piece, out) in [
        ("[", "["),
        (r#""te"#, r#""te"#),
        (r#"xt","#, r#"xt","#),
        ("12", "12"),
        ("3 ,", "3 ,"),
        ("nul", "nul"),
        ("l,{", "l,{"),
        (" ", ""),
        (r#""a"#, ""),
        ("\":\n", ""),
        ("t", " \"a\":\nt"),
        ("rue", "rue"),
        (",", ""),
        (r#""b":null"#, ""),
        (" ", ""),
        ("}", " }"),
        (",\n", ",\n"),
        ("0]", "0]"),
        ("\n", "\n"),
    ] {
        assert_eq!(filter.push(&Bytes::from(piece)), out, "{piece:?}");
    }
    assert_eq!(filter.finish(), "");
    assert_eq!(filter.stopped(), None);
}

#[test]
fn finishing_twice_gives_nothing_twice() {
    let mut filter = Filter::new(&Rules::new());
    assert_eq!(filter.push(&Bytes::from(r#"{"a":nu"#)), "{");
    assert_eq!(filter.finish(), r#""a":nu"#);
    assert_eq!(filter.finish(), "");
    assert_eq!(filter.stopped(), Some(StopReason::Invalid { offset: 7 }));
}

#[test]
fn a_stop_says_why_and_where() {
    for (stop, expected) in [
        (
            StopReason::Invalid { offset: 17 },
            "not JSON after 17 bytes",
        ),
        (
            StopReason::TooDeep {
                offset: 9,
                limit: 8,
            },
            "more than 8 arrays and objects are open after 9 bytes",
        ),
        (
            StopReason::TooLong { limit: 64 },
            "a name, and the white space around it, has more than 64 bytes",
        ),
    ] {
        assert_eq!(stop.to_string(), expected);
    }
}

#[test]
fn j_14_a_sequence_is_any_number_of_texts() {
    let sequence = |text: &str| {
        let (out, stop) = push_every_way(|| Filter::sequence(&Rules::new()), text.as_bytes());
        assert_eq!(stop, None, "{text:?}");
        let whole = Rules::new().strip_sequence(&Bytes::copy_from_slice(text.as_bytes()));
        assert_eq!(whole.map(escaped).as_ref(), Ok(&out), "{text:?}");
        out
    };
    for (text, left) in [
        ("", ""),
        ("\n", "\n"),
        ("{\"a\":null}\n", "{}\n"),
        ("{\"a\":null}\n{\"a\":null}", "{}\n{}"),
        (
            "{\"a\":null}\r\n\r\n{\"a\":null,\"b\":1} \n",
            "{}\r\n\r\n{\"b\":1} \n",
        ),
        (
            "null\n1\n\"a\"\n[null]\n-1.5e3",
            "null\n1\n\"a\"\n[null]\n-1.5e3",
        ),
        (
            "\x1e{\"a\":null}\n\x1e{\"a\":1,\"b\":null}\n",
            "\x1e{}\n\x1e{\"a\":1}\n",
        ),
        ("\x1e1\x1e2\x1e\n\x1e3", "\x1e1\x1e2\x1e\n\x1e3"),
        ("{\n\"a\":null\n}\n{}", "{\n}\n{}"),
    ] {
        assert_eq!(sequence(text), escaped(left), "{text:?}");
    }
}

#[test]
fn j_14_j_12_each_text_of_a_sequence_has_its_own_root() {
    let text = "{\"a\":null,\"b\":null}\n{\"c\":[{\"a\":null}],\"a\":null}\n{\"a\":null}\n";
    for (rules, left) in [
        (
            Rules::new().keep_paths(["/a"]),
            "{\"a\":null}\n{\"c\":[{}],\"a\":null}\n{\"a\":null}\n",
        ),
        (
            Rules::new().only_paths(["/a"]),
            "{\"b\":null}\n{\"c\":[{\"a\":null}]}\n{}\n",
        ),
        (
            Rules::new().only_paths(["/c/*/a", "/b"]),
            "{\"a\":null}\n{\"c\":[{}],\"a\":null}\n{\"a\":null}\n",
        ),
    ] {
        let rules = rules.unwrap();
        let (out, stop) = push_every_way(|| Filter::sequence(&rules), text.as_bytes());
        assert_eq!((out, stop), (escaped(left), None));
    }
}

#[test]
fn j_14_one_text_of_a_sequence_that_is_not_json_stops_it() {
    for (text, left) in [
        ("{\"a\":null}\nx\n{\"a\":null}\n", "{}\nx\n{\"a\":null}\n"),
        ("{\"a\":null} {\"a\":null}\n", "{} {\"a\":null}\n"),
        ("{\"a\":null}{\"a\":null}\n", "{}{\"a\":null}\n"),
        ("1 2\n{\"a\":null}", "1 2\n{\"a\":null}"),
        ("[\x1e]", "[\x1e]"),
        ("{\"a\":null}\n{\"a\":null", "{}\n{"),
        ("1\n2,", "1\n2,"),
    ] {
        let (out, stop) = push_every_way(|| Filter::sequence(&Rules::new()), text.as_bytes());
        assert_eq!(out, escaped(left), "{text:?}");
        assert!(stop.is_none().not(), "{text:?}");
    }
}

#[test]
fn a_text_is_one_unless_a_sequence_was_asked_for() {
    for text in ["{}\n{}", "\x1e{}\n", "1\n2", "{}\x1e"] {
        let (out, stop) = push_every_way(|| Filter::new(&Rules::new()), text.as_bytes());
        assert_eq!(out, escaped(text));
        assert!(stop.is_some(), "{text:?}");
    }
}

#[test]
fn each_line_of_a_sequence_goes_out_as_it_comes() {
    let mut filter = Filter::sequence(&Rules::new());
    for _ in 0..3 {
        let line = Bytes::from("{\"a\":null,\"b\":1}\n");
        assert_eq!(filter.push(&line), "{\"b\":1}\n");
    }
    assert_eq!(filter.finish(), "");
}
