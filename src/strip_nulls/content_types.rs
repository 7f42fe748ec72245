//! Which content types are stripped. Pure.

use super::error::InvalidStripNulls;
use crate::fields::media_range::MediaRange;
use crate::fields::media_type::MediaType;
use crate::rules::eligible;

/// How a body is made of JSON texts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    Sequence,
    Text,
}

/// `application/json`, and what the user adds.
#[derive(Clone, Debug, Default)]
pub(super) struct ContentTypes {
    added: Vec<MediaRange>,
    pub(super) has_sequences: bool,
}

impl ContentTypes {
    pub(super) fn add(&mut self, range: &str) -> Result<(), InvalidStripNulls> {
        let parsed = MediaRange::parse(range).filter(|_| !range.ends_with("/*"));
        let media_range = parsed.ok_or_else(|| InvalidStripNulls::MediaRange {
            range: range.to_owned(),
        })?;
        let named = MediaType::parse(range.as_bytes()).filter(|_| media_range.is_exact());
        if named.is_some_and(eligible::is_never_changed) {
            let media_type = range.to_owned();
            return Err(InvalidStripNulls::NeverChanged { media_type });
        }
        self.added.push(media_range);
        Ok(())
    }

    /// What bodies of this type are made of, if they are to be stripped.
    pub(super) fn form(&self, media_type: MediaType<'_>) -> Option<Form> {
        let is_added = || {
            let added = self.added.iter();
            let mut matching = added.filter(|range| range.matches(media_type));
            matching.any(|range| range.is_exact() || !means_its_nulls(media_type))
        };
        if media_type.is("application", "json") || is_added() {
            return (!eligible::is_never_changed(media_type)).then_some(Form::Text);
        }
        let is_sequence = || {
            SEQUENCES
                .iter()
                .any(|subtype| media_type.is("application", subtype))
        };
        (self.has_sequences && is_sequence()).then_some(Form::Sequence)
    }
}

/// Whether null and absent are two things in this type, by its definition. It is stripped only
/// where it is named.
fn means_its_nulls(media_type: MediaType<'_>) -> bool {
    NULLS_MEANT
        .iter()
        .any(|subtype| media_type.is("application", subtype))
}

/// In a merge patch, null removes (RFC 7396 §2); in a patch it may be the value to set (RFC 6902
/// §4). A GeoJSON feature has a geometry and properties, even if they are null (RFC 7946 §3.2).
/// GraphQL says null for what could not be resolved.
const NULLS_MEANT: [&str; 4] = [
    "geo+json",
    "graphql-response+json",
    "json-patch+json",
    "merge-patch+json",
];

/// Line-delimited JSON under all its names, and text sequences (RFC 7464).
const SEQUENCES: [&str; 6] = [
    "json-seq",
    "jsonl",
    "jsonlines",
    "ndjson",
    "x-jsonlines",
    "x-ndjson",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn types(ranges: &[&str]) -> ContentTypes {
        let mut types = ContentTypes::default();
        for range in ranges {
            types.add(range).unwrap();
        }
        types
    }

    #[track_caller]
    fn check(types: &ContentTypes, content_type: &str, expected: Option<Form>) {
        let form = MediaType::parse(content_type.as_bytes()).and_then(|found| types.form(found));
        assert_eq!(form, expected, "{content_type}");
    }

    #[test]
    fn j_01_only_application_json_is_stripped_by_default() {
        let types = types(&[]);
        for json in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/json;",
        ] {
            check(&types, json, Some(Form::Text));
        }
        for other in [
            "application/problem+json",
            "application/vnd.api+json",
            "text/json",
            "application/x-ndjson",
            "application/json-seq",
            "application/jsonp",
            "text/html",
        ] {
            check(&types, other, None);
        }
    }

    #[test]
    fn j_01_others_are_stripped_where_they_are_named() {
        let types = types(&["application/problem+json", "Text/JSON"]);
        check(&types, "application/json", Some(Form::Text));
        check(&types, "application/Problem+json; x=1", Some(Form::Text));
        check(&types, "text/json", Some(Form::Text));
        check(&types, "application/hal+json", None);
        check(&types, "application/problem+xml", None);
    }

    #[test]
    fn j_01_a_suffix_names_all_that_end_in_it() {
        let types = types(&["application/*+json"]);
        check(&types, "application/problem+json", Some(Form::Text));
        check(&types, "application/vnd.a.b+JSON", Some(Form::Text));
        check(&types, "application/a+b+json", Some(Form::Text));
        check(&types, "model/gltf+json", None);
        check(&types, "application/problem+xml", None);
    }

    #[test]
    fn j_08_what_means_its_nulls_is_stripped_only_where_it_is_named_itself() {
        let suffix = types(&["application/*+json"]);
        for subtype in NULLS_MEANT {
            let media_type = format!("application/{subtype}");
            check(&suffix, &media_type, None);
            check(&types(&[&media_type]), &media_type, Some(Form::Text));
        }
    }

    #[test]
    fn j_14_sequences_are_stripped_only_where_they_are_asked_for() {
        let mut types = types(&[]);
        types.has_sequences = true;
        for subtype in SEQUENCES {
            check(
                &types,
                &format!("application/{subtype}"),
                Some(Form::Sequence),
            );
        }
        check(&types, "application/json", Some(Form::Text));
        check(&types, "application/geo+json-seq", None);
    }

    #[test]
    fn grpc_is_never_stripped() {
        let types = types(&["application/*+json"]);
        check(&types, "application/grpc+json", None);
        check(&types, "application/grpc-web+json", None);
    }

    #[test]
    fn a_type_that_would_never_be_stripped_is_refused() {
        for media_type in [
            "application/grpc+json",
            "application/gRPC",
            "multipart/byteranges",
        ] {
            let media_type = media_type.to_owned();
            let mut types = ContentTypes::default();
            let found = types.add(&media_type);
            assert_eq!(found, Err(InvalidStripNulls::NeverChanged { media_type }));
        }
    }

    #[test]
    fn what_is_not_a_media_range_is_refused() {
        for range in [
            "",
            "json",
            "application/",
            "/json",
            "application/*",
            "*/*",
            "*/json",
            "application/*+",
            "application/**+json",
            "application/json; charset=utf-8",
            "application/json ",
            "application/a+*",
            "a/b/c",
            "text/\r\njson",
            "text/\u{e9}",
        ] {
            let expected = InvalidStripNulls::MediaRange {
                range: range.to_owned(),
            };
            let mut types = ContentTypes::default();
            assert_eq!(types.add(range), Err(expected));
        }
    }
}
