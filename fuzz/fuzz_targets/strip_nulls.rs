//! Any bytes in any pieces under any rules: nothing panics, pieces make no difference, what another
//! parser takes for JSON is read and stays JSON, and all else passes untouched.

#![no_main]

use arbitrary::Arbitrary;
use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;
use tower_egress::strip_nulls::{Filter, Rules, StopReason};

#[derive(Arbitrary, Debug)]
struct Input {
    arrays: bool,
    objects: bool,
    strings: bool,
    elements: bool,
    kept: Option<String>,
    only: Option<String>,
    path: Option<String>,
    name_limit: Option<u8>,
    sequence: bool,
    cuts: Vec<u8>,
    text: Vec<u8>,
}

fn rules(input: &Input) -> Rules {
    let mut rules = Rules::new()
        .strip_empty_arrays(input.arrays)
        .strip_empty_objects(input.objects)
        .strip_empty_strings(input.strings)
        .strip_elements(input.elements);
    if let Some(name) = &input.kept {
        rules = rules.keep([name]);
    }
    if let Some(name) = &input.only {
        rules = rules.only([name]);
    }
    if let Some(path) = &input.path {
        rules = rules.clone().keep_paths([path.as_str()]).unwrap_or(rules);
    }
    match input.name_limit {
        Some(limit) => rules.name_limit(limit.into()),
        None => rules,
    }
}

fn push_all(mut filter: Filter, mut text: Bytes, cuts: &[u8]) -> (Vec<u8>, Option<StopReason>) {
    let mut out = Vec::new();
    for cut in cuts {
        let piece = text.split_to(text.len().min((*cut).into()));
        out.extend_from_slice(&filter.push(&piece));
    }
    out.extend_from_slice(&filter.push(&text));
    out.extend_from_slice(&filter.finish());
    (out, filter.stopped())
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok() && std::str::from_utf8(text).is_ok()
}

/// More levels than the other parser follows.
fn is_deep(text: &[u8]) -> bool {
    text.iter()
        .filter(|byte| matches!(byte, b'[' | b'{'))
        .count()
        > 100
}

fuzz_target!(|input: Input| {
    let rules = rules(&input);
    let make = || match input.sequence {
        true => Filter::sequence(&rules),
        false => Filter::new(&rules),
    };
    let text = Bytes::from(input.text.clone());
    let (out, stop) = push_all(make(), text.clone(), &[]);
    let (cut, cut_stop) = push_all(make(), text.clone(), &input.cuts);
    assert_eq!(out, cut);
    assert_eq!(stop.is_some(), cut_stop.is_some());

    if input.sequence || matches!(stop, Some(StopReason::TooLong { .. })) || is_deep(&text) {
        return;
    }
    assert_eq!(stop.is_none(), is_json(&text));
    if stop.is_none() {
        // Twice in a sequence, it is stripped twice.
        let twice = [&text[..], b"\n", &text, b"\n"].concat();
        let (stripped, stop) = push_all(Filter::sequence(&rules), twice.into(), &input.cuts);
        assert_eq!(stripped, [&out[..], b"\n", &out, b"\n"].concat());
        assert_eq!(stop, None);
    }
    match rules.strip(&text) {
        Ok(stripped) if stripped != text => {
            assert_eq!(stripped, out);
            assert!(is_json(&stripped));
            assert_eq!(rules.strip(&stripped), Ok(stripped));
        }
        Ok(_) => assert!(out == text || stop.is_some()),
        Err(stopped) => assert_eq!(Some(stopped), stop),
    }
});
