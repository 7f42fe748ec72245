//! Tables of conditions, and every combination of them.

use std::time::{Duration, UNIX_EPOCH};

use http::HeaderValue;
use http::header::HeaderName;

use super::*;
use crate::rules::entity_tag::EntityTag;
use Precondition::{IfMatch, IfModifiedSince, IfNoneMatch, IfUnmodifiedSince};
use Verdict::{Failed, NotModified, Perform, PerformWithoutRange};

const MODIFIED: u64 = 946_684_800; // Sat, 01 Jan 2000 00:00:00 GMT
const BEFORE: &str = "Fri, 31 Dec 1999 23:59:59 GMT";
const SAME: &str = "Sat, 01 Jan 2000 00:00:00 GMT";
const AFTER: &str = "Sat, 01 Jan 2000 00:00:01 GMT";

fn current(tag: &str) -> Validators {
    Validators::builder()
        .etag(tag.parse().unwrap())
        .last_modified(UNIX_EPOCH + Duration::from_secs(MODIFIED))
        .build()
}

fn evaluate(
    method: &Method,
    lines: &[(HeaderName, &str)],
    current: Option<&Validators>,
) -> Verdict {
    let mut fields = HeaderMap::new();
    for (name, line) in lines {
        fields.append(name, line.parse().unwrap());
    }
    Preconditions::read(method, &fields).evaluate(current)
}

/// Of a GET of a representation that is `"a"`, last modified at the turn of the millennium.
#[track_caller]
fn check(lines: &[(HeaderName, &str)], expected: Verdict) {
    let found = evaluate(&Method::GET, lines, Some(&current("\"a\"")));
    assert_eq!(found, expected, "{lines:?}");
}

#[test]
fn e_08_if_none_match_compares_weakly() {
    for list in [
        "\"a\"",
        "W/\"a\"",
        "\"b\", W/\"a\"",
        ",, \"a\" ,",
        "\"b\",\t\"a\"",
    ] {
        check(&[(IF_NONE_MATCH, list)], NotModified(IfNoneMatch));
        let weak = current("W/\"a\"");
        let found = evaluate(&Method::GET, &[(IF_NONE_MATCH, list)], Some(&weak));
        assert_eq!(found, NotModified(IfNoneMatch), "{list}");
    }
    check(&[(IF_NONE_MATCH, "\"b\"")], Perform);
    check(&[(IF_NONE_MATCH, "\"A\"")], Perform);
    check(&[(IF_NONE_MATCH, "")], Perform);
}

#[test]
fn e_08_lines_are_one_list() {
    let lines = [(IF_NONE_MATCH, "\"b\""), (IF_NONE_MATCH, "\"c\", \"a\"")];
    check(&lines, NotModified(IfNoneMatch));
}

#[test]
fn e_09_a_tag_that_matches_fails_other_methods() {
    for method in [Method::PUT, Method::POST, Method::PATCH, Method::DELETE] {
        let lines = [(IF_NONE_MATCH, "\"a\"")];
        let found = evaluate(&method, &lines, Some(&current("\"a\"")));
        assert_eq!(found, Failed(IfNoneMatch));
    }
    let lines = [(IF_NONE_MATCH, "\"a\"")];
    let found = evaluate(&Method::HEAD, &lines, Some(&current("\"a\"")));
    assert_eq!(found, NotModified(IfNoneMatch));
}

#[test]
fn e_10_a_star_stands_for_any_representation() {
    check(&[(IF_NONE_MATCH, "*")], NotModified(IfNoneMatch));
    check(&[(IF_NONE_MATCH, " * ")], NotModified(IfNoneMatch));
    let untagged = Validators::default();
    let found = evaluate(&Method::PUT, &[(IF_NONE_MATCH, "*")], Some(&untagged));
    assert_eq!(found, Failed(IfNoneMatch));
    let found = evaluate(&Method::PUT, &[(IF_NONE_MATCH, "*")], None);
    assert_eq!(found, Perform);
}

#[test]
fn e_11_what_is_no_tag_matches_nothing() {
    for list in [
        "*, \"b\"",
        "\"b\", *",
        "a",
        "w/\"a\"",
        "\"a",
        "a\"",
        "W/a",
        "\"a\" \"b\"",
        "\"a\";q=1",
        "\\\"a\\\"",
    ] {
        check(&[(IF_NONE_MATCH, list)], Perform);
    }
    check(&[(IF_NONE_MATCH, "*"), (IF_NONE_MATCH, "*")], Perform);
    // What stands beside it still counts.
    check(&[(IF_NONE_MATCH, "*, \"a\"")], NotModified(IfNoneMatch));
    check(&[(IF_NONE_MATCH, "b, \"a\"")], NotModified(IfNoneMatch));
    check(
        &[(IF_NONE_MATCH, "\"b"), (IF_NONE_MATCH, "\"a\"")],
        NotModified(IfNoneMatch),
    );
}

#[test]
fn e_12_tags_may_hold_commas_and_backslashes() {
    for tag in ["\"a,b\"", "\",\"", "\"a\\\"", "\"\""] {
        let lines = [(IF_NONE_MATCH, tag)];
        let found = evaluate(&Method::GET, &lines, Some(&current(tag)));
        assert_eq!(found, NotModified(IfNoneMatch), "{tag}");
    }
    let lines = [(IF_NONE_MATCH, "\"x,a,y\"")];
    check(&lines, Perform);
}

#[test]
fn e_13_if_match_compares_strongly() {
    check(&[(IF_MATCH, "\"a\"")], Perform);
    check(&[(IF_MATCH, "\"b\", \"a\"")], Perform);
    check(&[(IF_MATCH, "*")], Perform);
    check(&[(IF_MATCH, "W/\"a\"")], Failed(IfMatch));
    check(&[(IF_MATCH, "\"b\"")], Failed(IfMatch));
    check(&[(IF_MATCH, "")], Failed(IfMatch));
    let weak = current("W/\"a\"");
    for list in ["\"a\"", "W/\"a\""] {
        let found = evaluate(&Method::PUT, &[(IF_MATCH, list)], Some(&weak));
        assert_eq!(found, Failed(IfMatch), "{list}");
    }
    for list in ["*", "\"a\""] {
        let found = evaluate(&Method::PUT, &[(IF_MATCH, list)], None);
        assert_eq!(found, Failed(IfMatch), "{list}");
    }
}

#[test]
fn e_15_if_modified_since_is_ignored_unless_it_is_one_date() {
    check(&[(IF_MODIFIED_SINCE, SAME)], NotModified(IfModifiedSince));
    check(
        &[(IF_MODIFIED_SINCE, SAME), (IF_NONE_MATCH, "\"b\"")],
        Perform,
    );
    check(&[(IF_MODIFIED_SINCE, SAME), (IF_NONE_MATCH, "")], Perform);
    check(
        &[(IF_MODIFIED_SINCE, SAME), (IF_MODIFIED_SINCE, SAME)],
        Perform,
    );
    check(&[(IF_MODIFIED_SINCE, "foo")], Perform);
    check(&[(IF_MODIFIED_SINCE, "")], Perform);
    let lines = [(IF_MODIFIED_SINCE, AFTER)];
    let found = evaluate(&Method::POST, &lines, Some(&current("\"a\"")));
    assert_eq!(found, Perform);
    let found = evaluate(&Method::GET, &lines, Some(&Validators::default()));
    assert_eq!(found, Perform);
}

#[test]
fn e_16_what_was_not_modified_after_the_date_is_not_sent() {
    check(&[(IF_MODIFIED_SINCE, BEFORE)], Perform);
    check(&[(IF_MODIFIED_SINCE, AFTER)], NotModified(IfModifiedSince));
    for form in [
        "Saturday, 01-Jan-00 00:00:00 GMT",
        "Sat Jan  1 00:00:00 2000",
    ] {
        check(&[(IF_MODIFIED_SINCE, form)], NotModified(IfModifiedSince));
    }
}

#[test]
fn e_17_what_was_modified_after_the_date_fails() {
    check(&[(IF_UNMODIFIED_SINCE, SAME)], Perform);
    check(&[(IF_UNMODIFIED_SINCE, AFTER)], Perform);
    check(&[(IF_UNMODIFIED_SINCE, BEFORE)], Failed(IfUnmodifiedSince));
    check(
        &[(IF_UNMODIFIED_SINCE, BEFORE), (IF_MATCH, "\"a\"")],
        Perform,
    );
    check(
        &[(IF_UNMODIFIED_SINCE, BEFORE), (IF_UNMODIFIED_SINCE, BEFORE)],
        Perform,
    );
    check(&[(IF_UNMODIFIED_SINCE, "foo")], Perform);
    let lines = [(IF_UNMODIFIED_SINCE, BEFORE)];
    let found = evaluate(&Method::PUT, &lines, Some(&Validators::default()));
    assert_eq!(found, Perform);
}

#[test]
fn e_18_a_range_is_for_who_holds_a_part_of_the_same_bytes() {
    let range = (RANGE, "bytes=0-1");
    check(std::slice::from_ref(&range), Perform);
    check(&[range.clone(), (IF_RANGE, "\"a\"")], Perform);
    for held in [
        "\"b\"",
        "W/\"a\"",
        "*",
        "a",
        "\"a\", \"b\"",
        "",
        SAME,
        AFTER,
    ] {
        let lines = [range.clone(), (IF_RANGE, held)];
        check(&lines, PerformWithoutRange);
        // Without a range there is nothing to leave out.
        check(&lines[1..], Perform);
    }
    let weak = current("W/\"a\"");
    let lines = [range, (IF_RANGE, "W/\"a\"")];
    let found = evaluate(&Method::GET, &lines, Some(&weak));
    assert_eq!(found, PerformWithoutRange);
    for method in [Method::HEAD, Method::PUT] {
        let found = evaluate(&method, &lines, Some(&weak));
        assert_eq!(found, Perform);
    }
}

#[test]
fn e_21_methods_that_select_nothing_have_no_conditions() {
    let lines = [
        (IF_MATCH, "\"b\""),
        (IF_NONE_MATCH, "\"a\""),
        (IF_UNMODIFIED_SINCE, BEFORE),
    ];
    for method in [Method::OPTIONS, Method::TRACE, Method::CONNECT] {
        let found = evaluate(&method, &lines, Some(&current("\"a\"")));
        assert_eq!(found, Perform);
    }
}

#[test]
fn e_33_of_a_long_list_only_the_first_tags_are_compared() {
    let list = |before: usize| format!("{}\"a\"", "\"b\",".repeat(before));
    let lines = [(IF_NONE_MATCH, &*list(MAX_TAGS - 1))];
    check(&lines, NotModified(IfNoneMatch));
    let lines = [(IF_NONE_MATCH, &*list(MAX_TAGS))];
    check(&lines, Perform);
}

#[test]
fn a_condition_over_bytes_beyond_ascii_holds_too() {
    let value = HeaderValue::from_bytes(b"\"\xff\"").unwrap();
    let current = Validators::from(EntityTag::try_from(&value).unwrap());
    let mut fields = HeaderMap::new();
    fields.insert(IF_NONE_MATCH, value);
    fields.insert(IF_MODIFIED_SINCE, HeaderValue::from_bytes(b"\xff").unwrap());
    let read = Preconditions::read(&Method::GET, &fields);
    assert_eq!(read.evaluate(Some(&current)), NotModified(IfNoneMatch));
}

/// One of the five conditions in a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Is {
    Absent,
    True,
    False,
}

/// The six steps of §13.2.2 as it words them, with the truth of each condition given.
fn steps(method: &Method, [im, ius, inm, ims, ir]: [Is; 5]) -> Verdict {
    let is_get_or_head = method == Method::GET || method == Method::HEAD;
    if im == Is::False {
        return Failed(IfMatch);
    }
    if im == Is::Absent && ius == Is::False {
        return Failed(IfUnmodifiedSince);
    }
    if inm == Is::False {
        return if is_get_or_head {
            NotModified(IfNoneMatch)
        } else {
            Failed(IfNoneMatch)
        };
    }
    if is_get_or_head && inm == Is::Absent && ims == Is::False {
        return NotModified(IfModifiedSince);
    }
    if method == Method::GET && ir == Is::False {
        return PerformWithoutRange;
    }
    Perform
}

#[test]
fn e_19_every_combination_of_conditions_follows_the_order() {
    // The line that makes each condition true, and the one that makes it false.
    let conditions = [
        (IF_MATCH, "\"a\"", "\"b\""),
        (IF_UNMODIFIED_SINCE, SAME, BEFORE),
        (IF_NONE_MATCH, "\"b\"", "\"a\""),
        (IF_MODIFIED_SINCE, BEFORE, SAME),
        (IF_RANGE, "\"a\"", "\"b\""),
    ];
    let mut combinations = 0;
    for number in 0..3_usize.pow(5) {
        let mut truths = [Is::Absent; 5];
        let mut lines = vec![(RANGE, "bytes=0-0")];
        for (place, (name, when_true, when_false)) in conditions.iter().enumerate() {
            match number / 3_usize.pow(place as u32) % 3 {
                0 => continue,
                1 => truths[place] = Is::True,
                _ => truths[place] = Is::False,
            }
            let is_true = truths[place] == Is::True;
            lines.push((name.clone(), if is_true { when_true } else { when_false }));
        }
        for method in [Method::GET, Method::HEAD, Method::PUT] {
            let found = evaluate(&method, &lines, Some(&current("\"a\"")));
            assert_eq!(found, steps(&method, truths), "{method} {lines:?}");
            combinations += 1;
        }
    }
    assert_eq!(combinations, 729);
}
