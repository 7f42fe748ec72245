//! An answer against what the case expects of it.

use std::collections::BTreeSet;

use http::HeaderMap;
use regex::Regex;

use super::case::{Case, Same, unhex};
use super::exchange::Answer;

/// Fields that are lists without order, case or repetition.
const SETS: &[&str] = &["vary"];

/// What is wrong with the answer; nothing if it is right.
pub(crate) fn check(case: &Case, answer: &Answer) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Err(message) = check_head(case, answer) {
        wrong.push(message);
    }
    if let Err(message) = check_body(case, answer) {
        wrong.push(message);
    }
    if let Err(message) = check_length(case, answer) {
        wrong.push(message);
    }
    if asks_for_more(case) {
        wrong.push("an expectation of a layer that is not built".to_owned());
    }
    wrong
}

/// Whether the case expects what only layers that are not built can show.
const fn asks_for_more(case: &Case) -> bool {
    let expect = &case.expect;
    expect.differs_between_requests.is_some()
        || expect.duration_ms_max.is_some()
        || expect.duration_ms_min.is_some()
        || expect.duration_order.is_some()
        || expect.nonces_distinct.is_some()
        || expect.repeat_requests.is_some()
}

fn check_head(case: &Case, answer: &Answer) -> Result<(), String> {
    let expect = &case.expect;
    if let Some(status) = expect.status {
        same("status", &answer.status.as_u16(), &status)?;
    }
    for (name, value) in &expect.headers {
        let found = joined(&answer.fields, name).ok_or_else(|| format!("no {name}"))?;
        if SETS.iter().any(|set| name.eq_ignore_ascii_case(set)) {
            same(name, &members(&found), &members(value))?;
        } else {
            same(name, &normal(&found), &normal(value))?;
        }
    }
    for name in &expect.headers_absent {
        if let Some(found) = joined(&answer.fields, name) {
            return Err(format!("{name}: {found}, where it should be absent"));
        }
    }
    for (name, pattern) in &expect.headers_match {
        let found = joined(&answer.fields, name).ok_or_else(|| format!("no {name}"))?;
        matches(name, &found, pattern)?;
    }
    for (name, lines) in &expect.headers_multi {
        let found: Vec<_> = answer.fields.get_all(name).iter().collect();
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        if found != lines {
            return Err(format!("{name}: {found:?} instead of {lines:?}"));
        }
    }
    Ok(())
}

fn check_body(case: &Case, answer: &Answer) -> Result<(), String> {
    let expect = &case.expect;
    let given = case.handler.body.bytes()?;
    let decoded = answer.decoded.clone()?;
    let text = String::from_utf8_lossy(&decoded);
    if let Some(Same::Same) = expect.body_decoded {
        same("the decoded body", &decoded, &given)?;
    }
    if let Some(length) = expect.body_decoded_len {
        same("the decoded length", &decoded.len(), &length)?;
    }
    if let Some(expected) = &expect.body_text {
        same("the text", &&*text, &expected.as_str())?;
    }
    if let Some((char, times)) = expect.body_text_repeat {
        same(
            "the text",
            &&*text,
            &char.to_string().repeat(times).as_str(),
        )?;
    }
    if let Some(pattern) = &expect.body_match {
        matches("the text", &text, pattern)?;
    }
    if let Some(Same::Same) = expect.body_raw {
        same("the body", &answer.raw, &given.to_vec())?;
    }
    if let Some(least) = expect.body_raw_len_min {
        let length = answer.raw.len();
        if length < least {
            return Err(format!("{length} bytes, fewer than {least}"));
        }
    }
    if let Some(prefix) = &expect.body_raw_prefix_hex {
        if !answer.raw.starts_with(&unhex(prefix)?) {
            return Err(format!("the body does not begin with {prefix}"));
        }
    }
    if let Some(pieces) = &expect.incremental_chunks {
        let pieces: Vec<_> = pieces.iter().map(String::as_bytes).collect();
        same(
            "the pieces",
            &answer.pieces,
            &pieces
                .into_iter()
                .map(<[u8]>::to_vec)
                .map(Into::into)
                .collect(),
        )?;
    }
    if let Some(lengths) = &expect.incremental_chunks_len {
        let found: Vec<_> = answer.pieces.iter().map(bytes::Bytes::len).collect();
        same("the pieces", &found, lengths)?;
    }
    Ok(())
}

/// A length that is there is the length of what follows, where something may follow.
fn check_length(case: &Case, answer: &Answer) -> Result<(), String> {
    let Some(length) = joined(&answer.fields, "content-length") else {
        return Ok(());
    };
    if case.request.method == "HEAD" || answer.status == 304 {
        return Ok(());
    }
    same("content-length", &length, &answer.raw.len().to_string())
}

fn same<T: std::fmt::Debug + PartialEq>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what}: {found:.200?} instead of {expected:.200?}"))
    }
}

fn matches(what: &str, found: &str, pattern: &str) -> Result<(), String> {
    let regex = Regex::new(pattern).map_err(|error| error.to_string())?;
    if regex.is_match(found) {
        Ok(())
    } else {
        Err(format!("{what}: {found:.200} does not match {pattern}"))
    }
}

/// All lines of a field as one.
fn joined(fields: &HeaderMap, name: &str) -> Option<String> {
    let lines: Vec<_> = fields
        .get_all(name)
        .iter()
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// The value with no more white space about its delimiters than it needs.
fn normal(value: &str) -> String {
    let about = |delimiter: char, value: &str| {
        let parts: Vec<_> = value.split(delimiter).map(str::trim).collect();
        parts.join(&delimiter.to_string())
    };
    about(';', &about(',', value))
}

fn members(value: &str) -> BTreeSet<String> {
    value
        .split(',')
        .map(|member| member.trim().to_ascii_lowercase())
        .filter(|member| !member.is_empty())
        .collect()
}
