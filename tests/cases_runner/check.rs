//! An answer against what the case expects of it.

use std::collections::BTreeSet;
use std::fmt::Debug;

use http::HeaderMap;
use regex::Regex;

use super::case::{Case, Lines, Same, fields};
use super::exchange::Answer;
use super::handler::unhex;

/// Fields that are lists without order, case or repetition.
const SETS: &[&str] = &["vary"];

/// What is wrong with the answers; nothing if they are right.
pub(crate) fn check(case: &Case, answers: &[Answer]) -> Vec<String> {
    let wrong = answers.iter().flat_map(|answer| check_one(case, answer));
    wrong.chain(check_difference(case, answers).err()).collect()
}

fn check_one(case: &Case, answer: &Answer) -> Vec<String> {
    let checks = [
        check_head(case, answer),
        check_body(case, answer),
        check_raw(case, answer),
        check_pieces(case, answer),
        check_durations(case, answer),
        check_length(case, answer),
        check_nonces(case, answer),
    ];
    checks.into_iter().filter_map(Result::err).collect()
}

/// The fields that are another in every answer.
fn check_difference(case: &Case, answers: &[Answer]) -> Result<(), String> {
    for name in case.expect.differs_between_requests.iter().flatten() {
        let values = answers.iter().map(|answer| joined(&answer.fields, name));
        let values: BTreeSet<_> = values.flatten().collect();
        if values.len() < answers.len() {
            let count = answers.len();
            return Err(format!("{name}: of {count} answers, only {values:?}"));
        }
    }
    Ok(())
}

/// The nonces of the policy, of which there are several.
fn check_nonces(case: &Case, answer: &Answer) -> Result<(), String> {
    if case.expect.nonces_distinct != Some(true) {
        return Ok(());
    }
    let policy = joined(&answer.fields, "content-security-policy").unwrap_or_default();
    let nonce = Regex::new("'nonce-([^']+)'").map_err(|error| error.to_string())?;
    let nonces: Vec<_> = nonce
        .find_iter(&policy)
        .map(|found| found.as_str())
        .collect();
    let distinct: BTreeSet<_> = nonces.iter().collect();
    if nonces.len() > 1 && distinct.len() == nonces.len() {
        Ok(())
    } else {
        Err(format!("the nonces are {nonces:?}"))
    }
}

fn check_head(case: &Case, answer: &Answer) -> Result<(), String> {
    let expect = &case.expect;
    if let Some(status) = expect.status {
        same("status", &answer.status.as_u16(), &status)?;
    }
    for (name, lines) in &expect.headers {
        match lines {
            Lines::One(value) => check_field(&answer.fields, name, value)?,
            Lines::Several(lines) => check_lines(&answer.fields, name, lines)?,
        }
    }
    for (name, lines) in &expect.headers_multi {
        check_lines(&answer.fields, name, lines)?;
    }
    for name in &expect.headers_absent {
        if let Some(found) = joined(&answer.fields, name) {
            return Err(format!("{name}: {found}, where it should be absent"));
        }
    }
    for (name, pattern) in &expect.headers_match {
        let found = joined(&answer.fields, name)
            .ok_or_else(|| format!("no {name}, where it should match {pattern}"))?;
        matches(name, &found, pattern)?;
    }
    Ok(())
}

fn check_field(fields: &HeaderMap, name: &str, value: &str) -> Result<(), String> {
    let found =
        joined(fields, name).ok_or_else(|| format!("no {name}, where it should be {value:?}"))?;
    if SETS.iter().any(|set| name.eq_ignore_ascii_case(set)) {
        same(name, &members(&found), &members(value))
    } else {
        same(name, &normal(&found), &normal(value))
    }
}

/// All lines of a field, in order.
fn check_lines(fields: &HeaderMap, name: &str, lines: &[String]) -> Result<(), String> {
    let found = fields.get_all(name).iter();
    let found: Vec<_> = found
        .map(|line| normal(&String::from_utf8_lossy(line.as_bytes())))
        .collect();
    let lines: Vec<_> = lines.iter().map(|line| normal(line)).collect();
    same(name, &found, &lines)
}

/// The decoded body.
fn check_body(case: &Case, answer: &Answer) -> Result<(), String> {
    let expect = &case.expect;
    // What the handler calls coded need not be what it says, and is as good as decoded if it arrives
    // as it was.
    let is_handlers_own = is_in_the_handlers_coding(case, answer)?;
    if is_handlers_own {
        if let Some(Same::Same) = expect.body_decoded {
            same_bytes("the body", &answer.raw, &case.handler.body.bytes()?)?;
        }
    } else {
        let decoded = answer.decoded.clone()?;
        if let Some(Same::Same) = expect.body_decoded {
            same_bytes("the decoded body", &decoded, &case.handler.body.bytes()?)?;
        }
    }
    if let Some(length) = expect.body_decoded_len {
        same(
            "the decoded length",
            &answer.decoded.clone()?.len(),
            &length,
        )?;
    }
    if let Some(text) = &expect.body_text {
        same_bytes("the text", &answer.decoded.clone()?, text.as_bytes())?;
    }
    if let Some((char, times)) = expect.body_text_repeat {
        let text = char.to_string().repeat(times);
        same_bytes("the text", &answer.decoded.clone()?, text.as_bytes())?;
    }
    if let Some(pattern) = &expect.body_match {
        let decoded = answer.decoded.clone()?;
        matches("the text", &String::from_utf8_lossy(&decoded), pattern)?;
    }
    Ok(())
}

fn is_in_the_handlers_coding(case: &Case, answer: &Answer) -> Result<bool, String> {
    let given = joined(&fields(&case.handler.headers)?, "content-encoding");
    Ok(given.is_some() && given == joined(&answer.fields, "content-encoding"))
}

/// The bytes on the wire.
fn check_raw(case: &Case, answer: &Answer) -> Result<(), String> {
    let expect = &case.expect;
    if let Some(Same::Same) = expect.body_raw {
        same_bytes("the raw body", &answer.raw, &case.handler.body.bytes()?)?;
    }
    if let Some(least) = expect.body_raw_len_min {
        let length = answer.raw.len();
        if length < least {
            return Err(format!("the raw body: {length} bytes, fewer than {least}"));
        }
    }
    if let Some(prefix) = &expect.body_raw_prefix_hex {
        let prefix = unhex(prefix)?;
        let start = &answer.raw[..answer.raw.len().min(prefix.len())];
        same_bytes("the start of the raw body", start, &prefix)?;
    }
    Ok(())
}

fn check_pieces(case: &Case, answer: &Answer) -> Result<(), String> {
    if let Some(pieces) = &case.expect.incremental_chunks {
        let pieces: Vec<_> = pieces.iter().map(|piece| piece.clone().into()).collect();
        same("the pieces", &answer.pieces, &pieces)?;
    }
    if let Some(lengths) = &case.expect.incremental_chunks_len {
        let found: Vec<_> = answer.pieces.iter().map(bytes::Bytes::len).collect();
        same("the lengths of the pieces", &found, lengths)?;
    }
    Ok(())
}

/// The milliseconds that fields report.
fn check_durations(case: &Case, answer: &Answer) -> Result<(), String> {
    let expect = &case.expect;
    for (name, least) in expect.duration_ms_min.iter().flatten() {
        let found = duration(answer, name)?;
        if found < *least {
            return Err(format!("{name}: {found} ms, less than {least}"));
        }
    }
    for (name, most) in expect.duration_ms_max.iter().flatten() {
        let found = duration(answer, name)?;
        if found > *most {
            return Err(format!("{name}: {found} ms, more than {most}"));
        }
    }
    let names = expect.duration_order.iter().flatten();
    let found: Result<Vec<_>, _> = names.map(|name| duration(answer, name)).collect();
    let found = found?;
    if found.is_sorted() {
        Ok(())
    } else {
        Err(format!("{:?}: {found:?} ms", expect.duration_order))
    }
}

fn duration(answer: &Answer, name: &str) -> Result<f64, String> {
    let value = joined(&answer.fields, name).ok_or_else(|| format!("{name} is missing"))?;
    let number = value.trim_end_matches("ms").parse();
    number.map_err(|error| format!("{name}: {value}: {error}"))
}

/// A length that is there is the length of what follows, where something may follow.
fn check_length(case: &Case, answer: &Answer) -> Result<(), String> {
    let Some(length) = joined(&answer.fields, "content-length") else {
        return Ok(());
    };
    if case.request.method == "HEAD" || answer.status == 304 {
        return Ok(());
    }
    let follow = answer.raw.len().to_string();
    if length == follow {
        Ok(())
    } else {
        Err(format!(
            "Content-Length: {length}, and {follow} bytes follow"
        ))
    }
}

fn same<T: Debug + PartialEq>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what}: {found:?} instead of {expected:?}"))
    }
}

/// Tells of bytes that differ no more than can be read.
fn same_bytes(what: &str, found: &[u8], expected: &[u8]) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    let pairs = found.iter().zip(expected);
    let at = pairs.take_while(|(one, other)| one == other).count();
    let excerpt = |bytes: &[u8]| {
        let bytes = &bytes[at..];
        bytes[..bytes.len().min(60)].escape_ascii().to_string()
    };
    Err(format!(
        "{what}: {} bytes instead of {}; from byte {at} on \"{}\" instead of \"{}\"",
        found.len(),
        expected.len(),
        excerpt(found),
        excerpt(expected),
    ))
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
