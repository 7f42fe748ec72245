use super::*;
use crate::rules::entity_tag::EntityTag;
use http::Request;
use std::time::{Duration, UNIX_EPOCH};

const NEW_YEAR: &str = "Sat, 01 Jan 2000 00:00:00 GMT";
const THE_DAY_BEFORE: &str = "Fri, 31 Dec 1999 00:00:00 GMT";

fn tagged(tag: &str) -> Validators {
    Validators::from(tag.parse::<EntityTag>().unwrap())
}

fn dated(validators: Validators) -> Validators {
    Validators {
        last_modified: Validators::builder()
            .last_modified(UNIX_EPOCH + Duration::from_secs(946_684_800))
            .build()
            .last_modified,
        ..validators
    }
}

fn asked(method: &str, fields: &[(&str, &str)]) -> Asked {
    let mut request = Request::builder().method(method);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    let (head, ()) = request.body(()).unwrap().into_parts();
    Asked::read(&head)
}

/// Of a layer that makes tags, or only compares those of handlers.
fn config(makes_tags: bool) -> Config {
    Config {
        strength: makes_tags.then_some(Strength::Weak),
        ..Config::default()
    }
}

/// Of a layer that refuses writes without a condition.
fn requiring() -> Config {
    Config {
        requires_precondition: true,
        ..Config::default()
    }
}

/// What is done, where it depends on the state.
#[track_caller]
fn decide(asked: &Asked, state: &Current, config: &Config) -> Action {
    assert_eq!(without_state(asked, config), None, "{asked:?}");
    with_state(asked, state.clone(), config)
}

fn plain() -> Action {
    Action::Call(Call::default())
}

fn with(validators: Validators) -> Action {
    Action::Call(Call {
        validators: Some(validators),
        ..Call::default()
    })
}

fn held(precondition: Precondition, state: &Current) -> Action {
    let validators = match state {
        Current::Present(validators) => Some(validators.clone()),
        _ => None,
    };
    Action::Call(Call {
        held: Some(Held::new(precondition, validators)),
        ..Call::default()
    })
}

#[track_caller]
fn check_read(fields: &[(&str, &str)], state: &Current, expected: &Action) {
    for method in ["GET", "HEAD"] {
        let action = decide(&asked(method, fields), state, &requiring());
        assert_eq!(&action, expected, "{method} {fields:?} {state:?}");
    }
}

#[track_caller]
fn check_write(fields: &[(&str, &str)], state: &Current, expected: &Action) {
    for method in ["PUT", "PATCH", "DELETE", "POST", "PROPPATCH"] {
        let action = decide(&asked(method, fields), state, &config(true));
        assert_eq!(&action, expected, "{method} {fields:?} {state:?}");
    }
}

#[test]
fn e_09_e_13_e_19_a_read_is_answered_where_its_condition_says_so() {
    let v1 = dated(tagged("\"v1\""));
    let state = Current::Present(v1.clone());
    let not_modified = || Action::NotModified(v1.clone());
    let failed = || Action::Failed(Some(v1.clone()));
    check_read(&[], &state, &with(v1.clone()));
    check_read(&[("if-none-match", "\"v1\"")], &state, &not_modified());
    check_read(&[("if-none-match", "W/\"v1\"")], &state, &not_modified());
    check_read(&[("if-none-match", "*")], &state, &not_modified());
    check_read(&[("if-none-match", "\"v0\"")], &state, &with(v1.clone()));
    check_read(&[("if-modified-since", NEW_YEAR)], &state, &not_modified());
    let since = [("if-modified-since", THE_DAY_BEFORE)];
    check_read(&since, &state, &with(v1.clone()));
    let both = [("if-none-match", "\"v0\""), ("if-modified-since", NEW_YEAR)];
    check_read(&both, &state, &with(v1.clone()));
    check_read(&[("if-match", "\"v1\"")], &state, &with(v1.clone()));
    check_read(&[("if-match", "W/\"v1\"")], &state, &failed());
    let unmodified = [("if-unmodified-since", THE_DAY_BEFORE)];
    check_read(&unmodified, &state, &failed());
    let both = [
        ("if-match", "\"v1\""),
        ("if-unmodified-since", THE_DAY_BEFORE),
    ];
    check_read(&both, &state, &with(v1.clone()));
    let both = [("if-match", "\"v1\""), ("if-none-match", "\"v1\"")];
    check_read(&both, &state, &not_modified());
}

#[test]
fn e_20_a_read_of_what_is_missing_is_the_handler_s() {
    for state in [Current::Missing, Current::Unknown] {
        for fields in [
            &[][..],
            &[("if-match", "*")],
            &[("if-match", "\"v1\"")],
            &[("if-none-match", "*")],
            &[("range", "bytes=0-1"), ("if-range", "\"v1\"")],
        ] {
            check_read(fields, &state, &plain());
        }
    }
}

/// RFC 9110 §15.4.5: a 304 has the tag that the 200 would have.
#[test]
fn e_23_a_tag_that_the_response_may_get_yet_is_waited_for() {
    let validators = dated(Validators::default());
    let state = Current::Present(validators.clone());
    let since = [("if-modified-since", NEW_YEAR)];
    let range = [("range", "bytes=0-1"), ("if-range", "\"v1\"")];
    for fields in [
        &[("if-match", "\"v1\"")][..],
        &[("if-none-match", "\"v1\""), since[0]],
        &range,
        &since,
    ] {
        check_read(fields, &state, &with(validators.clone()));
    }
    let compares = config(false);
    let action = decide(&asked("GET", &since), &state, &compares);
    assert_eq!(action, Action::NotModified(validators.clone()));
    let action = decide(&asked("GET", &range), &state, &compares);
    assert_eq!(action, with(validators));
}

#[test]
fn a_reload_is_given_all_of_it() {
    let v1 = tagged("\"v1\"");
    let state = Current::Present(v1.clone());
    let fields = [("if-none-match", "\"v1\""), ("cache-control", "no-cache")];
    check_read(&fields, &state, &with(v1.clone()));
    let ignores = Config {
        ignores_no_cache: true,
        ..config(true)
    };
    let ignored = decide(&asked("GET", &fields), &state, &ignores);
    assert_eq!(ignored, Action::NotModified(v1));
}

#[test]
fn e_18_a_part_of_what_is_no_longer_current_is_not_continued() {
    let v1 = dated(tagged("\"v1\""));
    let weak = dated(tagged("W/\"v1\""));
    for (validators, condition, without_range) in [
        (&v1, "\"v1\"", false),
        (&v1, "\"v0\"", true),
        (&v1, "W/\"v1\"", true),
        (&weak, "W/\"v1\"", true),
        (&v1, NEW_YEAR, true),
    ] {
        let fields = [("range", "bytes=0-1"), ("if-range", condition)];
        let state = Current::Present(validators.clone());
        let expected = Action::Call(Call {
            held: None,
            validators: Some(validators.clone()),
            without_range,
        });
        let get = decide(&asked("GET", &fields), &state, &config(true));
        assert_eq!(get, expected, "{condition}");
        // RFC 9110 §14.2: a range of any other method is ignored.
        let head = decide(&asked("HEAD", &fields), &state, &config(true));
        assert_eq!(head, with(validators.clone()), "{condition}");
    }
}

#[test]
fn e_09_e_13_e_17_a_write_is_done_where_its_condition_holds() {
    use Precondition::{IfMatch, IfNoneMatch, IfUnmodifiedSince};
    let state = Current::Present(dated(tagged("\"v1\"")));
    let failed = Action::Failed(None);
    for (fields, expected) in [
        (&[("if-match", "\"v1\"")][..], Some(IfMatch)),
        (&[("if-match", "\"v0\", \"v1\"")], Some(IfMatch)),
        (&[("if-match", "*")], Some(IfMatch)),
        (&[("if-match", "\"v0\"")], None),
        (&[("if-match", "W/\"v1\"")], None),
        (
            &[("if-unmodified-since", NEW_YEAR)],
            Some(IfUnmodifiedSince),
        ),
        (&[("if-unmodified-since", THE_DAY_BEFORE)], None),
        (&[("if-none-match", "\"v0\"")], Some(IfNoneMatch)),
        (&[("if-none-match", "\"v1\"")], None),
        (&[("if-none-match", "*")], None),
        (&[("if-match", "\"v1\""), ("if-none-match", "\"v1\"")], None),
        (
            &[
                ("if-match", "\"v1\""),
                ("if-unmodified-since", THE_DAY_BEFORE),
            ],
            Some(IfMatch),
        ),
        (
            &[
                ("if-unmodified-since", NEW_YEAR),
                ("if-none-match", "\"v0\""),
            ],
            Some(IfUnmodifiedSince),
        ),
    ] {
        let expected = match expected {
            Some(precondition) => &held(precondition, &state),
            None => &failed,
        };
        check_write(fields, &state, expected);
    }
}

#[test]
fn e_13_a_weak_tag_guards_no_write() {
    let state = Current::Present(tagged("W/\"v1\""));
    check_write(&[("if-match", "W/\"v1\"")], &state, &Action::Failed(None));
}

#[test]
fn e_09_e_13_what_is_missing_can_be_created_and_not_changed() {
    let failed = Action::Failed(None);
    let created = held(Precondition::IfNoneMatch, &Current::Missing);
    let missing = &Current::Missing;
    check_write(&[("if-match", "\"v1\"")], missing, &failed);
    check_write(&[("if-match", "*")], missing, &failed);
    check_write(&[("if-none-match", "*")], missing, &created);
    check_write(&[("if-none-match", "\"v1\"")], missing, &created);
    check_write(&[("if-unmodified-since", NEW_YEAR)], missing, &plain());
}

#[test]
fn a_condition_that_is_ignored_did_not_hold() {
    let state = Current::Present(tagged("\"v1\""));
    check_write(&[("if-unmodified-since", NEW_YEAR)], &state, &plain());
    check_write(&[("if-unmodified-since", "yesterday")], &state, &plain());
    check_write(&[("if-modified-since", NEW_YEAR)], &state, &plain());
    check_write(&[("if-match", "\"v0\"")], &Current::Unknown, &plain());
}

#[test]
fn e_21_other_methods_have_no_conditions() {
    for method in ["CONNECT", "OPTIONS", "TRACE"] {
        let asked = asked(method, &[("if-match", "\"v0\"")]);
        assert_eq!(
            without_state(&asked, &requiring()),
            Some(plain()),
            "{method}"
        );
    }
}

#[test]
fn the_state_of_a_write_without_conditions_is_not_asked_for() {
    for method in ["PUT", "PATCH", "DELETE"] {
        let asked = asked(method, &[]);
        let action = without_state(&asked, &config(true));
        assert_eq!(action, Some(plain()), "{method}");
        let action = without_state(&asked, &requiring());
        assert_eq!(action, Some(Action::Required), "{method}");
    }
    let action = without_state(&asked("POST", &[]), &requiring());
    assert_eq!(action, Some(plain()));
}

#[test]
fn a_condition_that_is_ignored_is_not_enough_where_one_is_required() {
    let present = Current::Present(tagged("\"v1\""));
    for (fields, state) in [
        ([("if-unmodified-since", "yesterday")], &present),
        ([("if-unmodified-since", NEW_YEAR)], &present),
        ([("if-unmodified-since", NEW_YEAR)], &Current::Missing),
        ([("if-unmodified-since", "yesterday")], &Current::Unknown),
        ([("if-modified-since", NEW_YEAR)], &present),
        ([("if-range", "\"v1\"")], &Current::Unknown),
        ([("if-none-match", "\"v0\"")], &present),
        ([("if-none-match", "")], &present),
        ([("if-none-match", "*, *")], &present),
        ([("if-none-match", "\"v0\"")], &Current::Unknown),
    ] {
        let action = decide(&asked("PUT", &fields), state, &requiring());
        assert_eq!(action, Action::Required, "{fields:?} {state:?}");
    }
    for condition in [
        ("if-match", "\"v1\""),
        ("if-none-match", "*"),
        ("if-unmodified-since", NEW_YEAR),
    ] {
        let action = decide(&asked("PUT", &[condition]), &Current::Unknown, &requiring());
        assert_eq!(action, plain(), "{condition:?}");
    }
}
