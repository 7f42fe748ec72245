//! The filter beside another parser, on texts that nobody thought of.

use std::fmt;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::Index;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use tower_egress::strip_nulls::{Filter, Rules};

use crate::strip_nulls::push_all;

/// The members of an object, in their order, with names that stand twice, and values as they were written.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(All)
    }
}

/// The text without white space, and without nulls if they are to go, as `serde_json` reads it.
fn compact(text: &str, without_nulls: bool) -> serde_json::Result<String> {
    let compact = |value: &RawValue| compact(value.get(), without_nulls);
    Ok(match text.trim_ascii().as_bytes()[0] {
        b'{' => {
            let Members(members) = serde_json::from_str(text)?;
            let stays =
                |(_, value): &&(String, Box<RawValue>)| !(without_nulls && value.get() == "null");
            let members = members.iter().filter(stays).map(|(name, value)| {
                Ok(format!(
                    "{}:{}",
                    serde_json::to_string(name)?,
                    compact(value)?
                ))
            });
            let members: serde_json::Result<Vec<_>> = members.collect();
            format!("{{{}}}", members?.join(","))
        }
        b'[' => {
            let elements: Vec<Box<RawValue>> = serde_json::from_str(text)?;
            let elements = elements.iter().map(|element| compact(element));
            let elements: serde_json::Result<Vec<_>> = elements.collect();
            format!("[{}]", elements?.join(","))
        }
        _ => serde_json::from_str::<&RawValue>(text)?.get().to_owned(),
    })
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok() && std::str::from_utf8(text).is_ok()
}

/// White space, of which there is mostly none.
fn space() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just(String::new()),
        1 => "[ ]{1,3}",
        1 => "[ \t\r\n]{1,12}",
    ]
}

/// Text in quotes, with everything that may stand in it.
fn quoted() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        8 => "[a-z ]{0,12}".boxed(),
        1 => "[\u{20}\u{21}\u{23}-\u{5b}\u{5d}-\u{10ffff}]{0,4}".boxed(),
        1 => prop::sample::select(vec![
            r#"\""#, r"\\", r"\/", r"\b", r"\f", r"\n", r"\r", r"\t", r"\u0041", r"\u00e9",
            r"\ud83d\ude00", "null", ":null,", "{", "}", ",",
        ])
        .prop_map(str::to_owned)
        .boxed(),
    ];
    prop::collection::vec(part, 0..4).prop_map(|parts| format!("\"{}\"", parts.concat()))
}

fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?"
}

/// A text, with nulls here and there.
fn text() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        4 => Just("null".to_owned()).boxed(),
        3 => quoted().boxed(),
        2 => number().boxed(),
        1 => prop::sample::select(vec!["true", "false", "{}", "[]"])
            .prop_map(str::to_owned)
            .boxed(),
    ];
    let spaced = (space(), scalar, space()).prop_map(|(a, text, b)| a + &text + &b);
    spaced.prop_recursive(6, 80, 8, |inside| {
        let member = (space(), quoted(), space(), inside.clone())
            .prop_map(|(a, name, b, value)| format!("{a}{name}{b}:{value}"));
        let object = prop::collection::vec(member, 0..8).prop_map(|items| items.join(","));
        let array = prop::collection::vec(inside, 0..8).prop_map(|items| items.join(","));
        prop_oneof![
            3 => (space(), object, space()).prop_map(|(a, items, b)| format!("{a}{{{items}}}{b}")),
            1 => (space(), array, space()).prop_map(|(a, items, b)| format!("{a}[{items}]{b}")),
        ]
    })
}

/// `text` in pieces, cut at these places.
fn pieces<'a>(text: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
    places.extend([0, text.len()]);
    places.sort_unstable();
    places
        .windows(2)
        .map(|pair| &text[pair[0]..pair[1]])
        .collect()
}

proptest! {
    #[test]
    fn j_13_what_is_left_parses_as_the_text_without_its_nulls(
        text in text(),
        cuts in prop::collection::vec(any::<Index>(), 0..6),
    ) {
        let whole = Rules::new().strip(&Bytes::from(text.clone())).unwrap();
        let (streamed, stop) = push_all(Filter::new(&Rules::new()), pieces(text.as_bytes(), &cuts));
        prop_assert_eq!(stop, None);
        prop_assert_eq!(&whole, &streamed);
        let left = std::str::from_utf8(&whole).unwrap();
        prop_assert_eq!(compact(left, false).unwrap(), compact(&text, true).unwrap());
    }

    #[test]
    fn j_07_nothing_else_of_a_compact_text_changes(text in text()) {
        // Names are escaped anew by the other parser.
        let text = compact(&text, false).unwrap();
        let expected = compact(&text, true).unwrap();
        prop_assert_eq!(Rules::new().strip(&Bytes::from(text)).unwrap(), expected);
    }

    #[test]
    fn j_04_what_the_other_parser_refuses_passes_untouched(
        text in text(),
        changes in prop::collection::vec((any::<Index>(), any::<Option<u8>>()), 1..3),
        likely in prop::sample::select(&b"\"\\{}[]:,nul0.-e \x1f\x80\xff"[..]),
        cuts in prop::collection::vec(any::<Index>(), 0..4),
    ) {
        let mut text = text.into_bytes();
        for (place, byte) in changes {
            let place = place.index(text.len());
            match byte {
                Some(byte) if byte < 64 => drop(text.remove(place)),
                Some(byte) if byte > 192 => text.insert(place, byte),
                Some(_) => text[place] = likely,
                None => text.insert(place, likely),
            }
            if text.is_empty() {
                text.push(likely);
            }
        }
        let (out, stop) = push_all(Filter::new(&Rules::new()), pieces(&text, &cuts));
        prop_assert_eq!(stop.is_none(), is_json(&text));
        let (uncut, same) = push_all(Filter::new(&Rules::new()), [&text[..]]);
        prop_assert_eq!(&out, &uncut);
        prop_assert_eq!(stop, same);
        let text = Bytes::from(text);
        match Rules::new().strip(&text) {
            Ok(stripped) if stripped != text => prop_assert_eq!(&stripped, &out),
            Ok(_) => {}
            Err(stopped) => prop_assert_eq!(Some(stopped), stop),
        }
    }

    /// The short way through plain items and the long way through all others come to the same.
    #[test]
    fn every_rule_gives_the_same_however_the_text_is_cut(
        text in text(),
        cuts in prop::collection::vec(any::<Index>(), 0..6),
        (arrays, objects, strings, elements) in any::<(bool, bool, bool, bool)>(),
        named in any::<Option<bool>>(),
    ) {
        let rules = Rules::new()
            .strip_empty_arrays(arrays)
            .strip_empty_objects(objects)
            .strip_empty_strings(strings)
            .strip_elements(elements);
        let rules = match named {
            Some(true) => rules.keep(["", "a", "b"]),
            Some(false) => rules.only(["", "a", "b"]).only_paths(["/*", "/*/*/*"]).unwrap(),
            None => rules,
        };
        let uncut = push_all(Filter::new(&rules), [text.as_bytes()]);
        let cut = push_all(Filter::new(&rules), pieces(text.as_bytes(), &cuts));
        prop_assert_eq!(&uncut, &cut);
        let bytewise = push_all(Filter::new(&rules), text.as_bytes().chunks(1));
        prop_assert_eq!(&uncut, &bytewise);
        prop_assert_eq!(uncut.1, None);
        prop_assert!(is_json(&uncut.0));
        let whole = Rules::strip(&rules, &Bytes::from(text));
        prop_assert_eq!(whole, Ok(Bytes::from(uncut.0)));
    }
}
