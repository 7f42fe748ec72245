use super::*;
use Coding::{Brotli, Gzip};
use http::HeaderName;

fn fields(name: &HeaderName, lines: &[&str]) -> HeaderMap {
    let mut fields = HeaderMap::new();
    for line in lines {
        fields.append(name, line.parse().unwrap());
    }
    fields
}

#[track_caller]
fn check_mark(before: &str, policy: StrongEtags, after: &str) {
    let mut fields = fields(&ETAG, &[before]);
    let label = Label {
        form: Variant::new(Gzip),
        policy: Some(policy),
    };
    label.mark(&mut fields);
    assert_eq!(fields[ETAG], after, "{before}");
}

#[test]
fn c_22_a_strong_tag_gets_the_suffix_of_its_coding() {
    check_mark(r#""a""#, StrongEtags::Suffix, r#""a-gzip""#);
    check_mark(r#""""#, StrongEtags::Suffix, r#""-gzip""#);
    check_mark(r#""a""#, StrongEtags::Weaken, r#"W/"a""#);
}

#[test]
fn c_22_weak_and_malformed_tags_stay_as_they_are() {
    for policy in [StrongEtags::Suffix, StrongEtags::Weaken] {
        check_mark(r#"W/"a""#, policy, r#"W/"a""#);
        check_mark("a", policy, "a");
        check_mark(r#""a" "b""#, policy, r#""a" "b""#);
    }
}

/// For a request that accepts all codings.
fn join_all(fields: &mut HeaderMap, codings: &[Coding], policy: StrongEtags) -> SentTags {
    join_unmarked(fields, codings, policy, |_| true)
}

#[track_caller]
fn check_join(before: &[&str], after: &[&str]) {
    for name in [IF_MATCH, IF_NONE_MATCH] {
        let mut found = fields(&name, before);
        let sent = join_all(&mut found, Coding::preference(), StrongEtags::Suffix);
        assert_eq!(found, fields(&name, after), "{before:?}");
        assert_eq!(sent.lines, before, "{before:?}");
    }
}

#[test]
fn c_23_a_marked_tag_is_joined_by_its_unmarked_form() {
    check_join(&[r#""a-gzip""#], &[r#""a-gzip", "a""#]);
    check_join(
        &[r#""a-br" , "b", W/"c-zstd""#, r#""d,-deflate""#],
        &[
            r#""a-br", "a", "b", W/"c-zstd", W/"c""#,
            r#""d,-deflate", "d,""#,
        ],
    );
    check_join(&[r#""a-gzip-br""#], &[r#""a-gzip-br", "a-gzip""#]);
}

#[test]
fn c_23_other_lists_stay_as_they_came() {
    check_join(&[], &[]);
    check_join(&["*"], &["*"]);
    check_join(&[r#""a",,"b""#, r#"W/"c""#], &[r#""a",,"b""#, r#"W/"c""#]);
    check_join(&["a-gzip"], &["a-gzip"]);
    check_join(&[r#""a-gzip"#], &[r#""a-gzip"#]);
    check_join(&[r#""-GZIP""#], &[r#""-GZIP""#]);
}

#[test]
fn c_23_a_suffix_of_a_coding_that_is_not_offered_is_the_handler_s_own() {
    let mut found = fields(&IF_NONE_MATCH, &[r#""pt-br", "a-gzip""#]);
    join_all(&mut found, &[Gzip], StrongEtags::Suffix);
    assert_eq!(
        found,
        fields(&IF_NONE_MATCH, &[r#""pt-br", "a-gzip", "a""#])
    );
}

#[test]
fn a_weakened_tag_comes_back_weak() {
    let mut request = fields(&IF_NONE_MATCH, &[r#"W/"b", W/"a""#]);
    let sent = join_all(&mut request, &[Gzip], StrongEtags::Weaken);
    assert_eq!(request, fields(&IF_NONE_MATCH, &[r#"W/"b", W/"a""#]));
    let mut response = fields(&ETAG, &[r#""a""#]);
    let selected = Some(Variant::new(Gzip));
    let tag = echo(&response, &sent, selected, |_| true).unwrap();
    tag.show(&mut response);
    assert_eq!(response[ETAG], r#"W/"a""#);
}

#[test]
fn x_05_a_range_after_what_may_be_of_a_coding_is_removed() {
    use StrongEtags::{Suffix, Weaken};
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (if_range, policy, is_sent, removed) in [
        (date, Suffix, true, true),
        (date, Suffix, false, false),
        ("nonsense", Suffix, true, true),
        (r#""a-gzip""#, Suffix, true, true),
        (r#""a-gzip""#, Suffix, false, true),
        (r#""a-gzip""#, Weaken, true, false),
        (r#""a-br""#, Suffix, true, true),
        (r#""a""#, Suffix, true, false),
        (r#"W/"a-gzip""#, Suffix, false, true),
        (r#"W/"a""#, Suffix, false, true),
        (r#"W/"a""#, Weaken, false, true),
    ] {
        let mut found = fields(&RANGE, &["bytes=0-9"]);
        found.insert(IF_RANGE, if_range.parse().unwrap());
        drop_range(&mut found, policy, is_sent);
        let kept = [found.contains_key(IF_RANGE), found.contains_key(RANGE)];
        assert_eq!(kept, [!removed; 2], "{if_range}, {policy:?}, {is_sent}");
    }
    let mut found = fields(&RANGE, &["bytes=0-9"]);
    drop_range(&mut found, Suffix, true);
    assert!(found.contains_key(RANGE));
}

#[test]
fn x_02_only_tags_of_codings_that_may_be_sent_are_joined_for_a_304() {
    let lines = [r#""a-gzip", "b-br""#];
    for (name, after) in [
        (IF_NONE_MATCH, r#""a-gzip", "a", "b-br""#),
        (IF_MATCH, r#""a-gzip", "a", "b-br", "b""#),
    ] {
        let mut found = fields(&name, &lines);
        let codings = Coding::preference();
        join_unmarked(&mut found, codings, StrongEtags::Suffix, |form| {
            form.coding() == Gzip
        });
        assert_eq!(found, fields(&name, &[after]), "{name}");
    }
}

#[test]
fn e_23_a_strong_tag_is_removed_only_beside_a_date() {
    for (tag, date, kept) in [
        (r#""a""#, true, false),
        (r#""a""#, false, true),
        (r#"W/"a""#, true, true),
        ("a", true, true),
    ] {
        let mut found = fields(&ETAG, &[tag]);
        if date {
            let date = HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT");
            found.insert(LAST_MODIFIED, date);
        }
        Tag::Dropped.show(&mut found);
        assert_eq!(found.contains_key(ETAG), kept, "{tag}, {date}");
    }
}

#[test]
fn c_23_if_range_stays_as_it_came() {
    let mut fields = HeaderMap::new();
    fields.insert(IF_RANGE, r#""a-gzip""#.parse().unwrap());
    let before = fields.clone();
    join_all(&mut fields, Coding::preference(), StrongEtags::Suffix);
    assert_eq!(fields, before);
}

/// What a 304 shows to a client that sent `line`, and accepts these codings, the first of them
/// most.
#[track_caller]
fn check_echo(line: &str, accepted: &[Coding], etag: &str, expected: &str) {
    let mut request = fields(&IF_NONE_MATCH, &[line]);
    let mut response = fields(&ETAG, &[etag]);
    let may_be_sent = |form: Variant| accepted.contains(&form.coding());
    let codings = Coding::preference();
    let sent = join_unmarked(&mut request, codings, StrongEtags::Suffix, may_be_sent);
    let selected = accepted.first().map(|&coding| Variant::new(coding));
    if let Some(tag) = echo(&response, &sent, selected, may_be_sent) {
        tag.show(&mut response);
    }
    assert_eq!(response[ETAG], expected, "{line}, {accepted:?}");
}

#[test]
fn x_02_the_form_that_the_client_sent_comes_back() {
    check_echo(r#""a-gzip""#, &[Gzip], r#""a""#, r#""a-gzip""#);
    check_echo(r#""a-gzip""#, &[Brotli, Gzip], r#""a""#, r#""a-gzip""#);
    check_echo(r#"W/"a-gzip""#, &[Gzip], r#""a""#, r#"W/"a-gzip""#);
    check_echo(r#""b", "a-br""#, &[Gzip, Brotli], r#""a""#, r#""a-br""#);
}

#[test]
fn x_02_a_form_that_the_request_refuses_does_not_come_back() {
    check_echo(r#""a-gzip""#, &[], r#""a""#, r#""a""#);
    check_echo(r#""a-gzip""#, &[Brotli], r#""a""#, r#""a""#);
    check_echo(r#""a-gzip", "a-br""#, &[Brotli], r#""a""#, r#""a-br""#);
}

#[test]
fn x_03_an_unmarked_form_stays() {
    let all = &[Gzip, Brotli];
    check_echo(r#""a""#, all, r#""a""#, r#""a""#);
    check_echo(r#""a-br", "a""#, all, r#""a""#, r#""a""#);
    check_echo(r#""a", "a-gzip""#, &[], r#""a""#, r#""a""#);
    check_echo(r#""a-gzip", "a""#, &[], r#""a""#, r#""a""#);
    check_echo(r#""a-gzip""#, all, r#""b""#, r#""b""#);
    check_echo(r#""a-gzip""#, all, r#"W/"a""#, r#"W/"a""#);
    check_echo(r#""a-gzip""#, all, "a", "a");
}

#[test]
fn of_several_forms_the_one_of_the_coding_comes_back() {
    let all = &[Gzip, Brotli];
    let three = r#""a", "a-br", "a-gzip""#;
    check_echo(three, all, r#""a""#, r#""a-gzip""#);
    check_echo(r#""a-br", "a-gzip""#, all, r#""a""#, r#""a-gzip""#);
}

#[test]
fn a_tag_that_the_client_did_not_send_in_any_form_needs_another() {
    for (line, etag, expected) in [
        (r#""a-gzip""#, r#""a""#, true),
        (r#""a""#, r#""a""#, true),
        ("*", r#""a""#, false),
        (r#""b""#, r#""a""#, false),
        ("*", r#"W/"a""#, true),
    ] {
        let mut request = fields(&IF_NONE_MATCH, &[line]);
        let response = fields(&ETAG, &[etag]);
        let sent = join_all(&mut request, &[Gzip], StrongEtags::Suffix);
        let found = echo(&response, &sent, Some(Variant::new(Gzip)), |_| true);
        assert_eq!(found.is_some(), expected, "{line}, {etag}");
    }
}
