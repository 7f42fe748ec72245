//! The module graph and the house rules that a reader relies on, checked:
//! `lib → layers → rules → fields`, `layers, rules → marks`, `layers → body, clock`, and no edge among
//! layers.

use std::fs;
use std::path::{Path, PathBuf};

const LAYERS: &[&str] = &[
    "cache_control",
    "compression",
    "etag",
    "response_time",
    "security_headers",
    "strip_nulls",
];

/// The private modules, each with those that it may use.
const SHARED: &[(&str, &[&str])] = &[
    ("body", &[]),
    ("clock", &[]),
    ("fields", &[]),
    ("marks", &[]),
    ("matcher", &["fields", "rules"]),
    ("rules", &["fields", "marks"]),
    ("trace", &[]),
];

/// Where a layer may ask which codings were compiled in.
const ASK_FOR_CODINGS: &[&str] = &["compression/coding.rs", "compression/encoder.rs"];

/// Modules that decide, and so must be callable without a body, a future or a service.
const PURE: &[&str] = &[
    "cache_control/assets.rs",
    "cache_control/audience.rs",
    "cache_control/decision.rs",
    "cache_control/facts.rs",
    "cache_control/fingerprint.rs",
    "cache_control/plan.rs",
    "cache_control/rules.rs",
    "cache_control/strictness.rs",
    "cache_control/value.rs",
    "compression/coding.rs",
    "compression/content_types.rs",
    "compression/content_types/named.rs",
    "compression/decision.rs",
    "compression/dress.rs",
    "compression/etags.rs",
    "compression/facts.rs",
    "compression/flush.rs",
    "compression/negotiate.rs",
    "compression/plan.rs",
    "compression/token.rs",
    "compression/variant.rs",
    "compression/window.rs",
    "etag/asked.rs",
    "etag/before.rs",
    "etag/compare.rs",
    "etag/config.rs",
    "etag/hasher.rs",
    "etag/held.rs",
    "etag/known.rs",
    "etag/no_etag.rs",
    "etag/plan.rs",
    "etag/refusal.rs",
    "marks/live.rs",
    "marks/nonce.rs",
    "marks/scheme.rs",
    "response_time/client.rs",
    "response_time/format.rs",
    "response_time/plan.rs",
    "response_time/report.rs",
    "response_time/reports.rs",
    "response_time/server_timing.rs",
    "security_headers/by_scheme.rs",
    "security_headers/decision.rs",
    "security_headers/fields/csp/parse.rs",
    "security_headers/fields/csp/policy.rs",
    "security_headers/fields/csp/sent.rs",
    "security_headers/https.rs",
    "security_headers/nonce.rs",
    "security_headers/place.rs",
    "security_headers/plan.rs",
    "security_headers/prepared.rs",
    "security_headers/splice.rs",
    "security_headers/template.rs",
    "strip_nulls/content_types.rs",
    "strip_nulls/filter.rs",
    "strip_nulls/filter/machine.rs",
    "strip_nulls/plan.rs",
    "strip_nulls/rules.rs",
    "strip_nulls/selection.rs",
    "rules/cache_policy.rs",
    "rules/eligible.rs",
    "rules/file_type.rs",
    "matcher/glob.rs",
    "matcher/request.rs",
    "matcher/response.rs",
    "matcher/seen.rs",
    "rules/entity_tag.rs",
    "rules/live.rs",
    "rules/media.rs",
    "rules/method.rs",
    "rules/not_modified.rs",
    "rules/path.rs",
    "rules/personal.rs",
    "rules/preconditions.rs",
    "rules/preconditions/lines.rs",
    "rules/status.rs",
    "rules/transform.rs",
    "rules/unrepeatable.rs",
    "rules/validators.rs",
];

const LONGEST_FILE: usize = 400;

#[test]
fn layers_do_not_use_each_other() {
    for layer in LAYERS {
        let others = LAYERS.iter().filter(|other| *other != layer).copied();
        refuse(layer, others);
    }
}

#[test]
fn shared_modules_use_only_those_below_them() {
    for (module, below) in SHARED {
        let shared = SHARED.iter().map(|(other, _)| *other);
        let above = shared.filter(|other| other != module && !below.contains(other));
        refuse(module, above.chain(LAYERS.iter().copied()));
    }
}

#[test]
fn every_module_of_the_crate_is_in_the_graph() {
    let mut known: Vec<_> = SHARED.iter().map(|(module, _)| *module).collect();
    known.extend(LAYERS);
    known.extend(["lib", "stack"]);
    known.sort_unstable();
    let mut found: Vec<_> = files(&root("src"))
        .iter()
        .filter(|file| file.parent() == Some(&root("src")))
        .map(|file| {
            file.file_stem()
                .expect("a file")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    found.sort_unstable();
    assert_eq!(found, known);
}

#[test]
fn every_layer_has_its_mirrors() {
    for layer in LAYERS {
        for place in ["src", "tests", "benches", "examples"] {
            let mirror = root(place).join(layer).with_extension("rs");
            assert!(mirror.exists(), "{} is missing", mirror.display());
        }
        let changelog = fs::read_to_string(root("CHANGELOG.md")).expect("there is a changelog");
        let prefix = format!("`{}`:", layer.replace('_', "-"));
        assert!(changelog.contains(&prefix), "the changelog has no {prefix}");
    }
}

#[test]
fn what_decides_knows_no_body_future_or_service() {
    for file in PURE {
        for name in ["Body", "Future", "Service", "Poll", "Context"] {
            let is_name = |line: &str| {
                line.split(|c: char| !c.is_alphanumeric())
                    .any(|word| word == name)
            };
            refuse_line(&root("src").join(file), name, is_name);
        }
    }
    for file in files(&root("src/fields")) {
        refuse_word(&file, "http_body");
    }
}

#[test]
fn codings_are_asked_for_in_two_files_only() {
    for file in files(&root("src/compression")) {
        let place = file.strip_prefix(root("src")).expect("a file of src");
        let may_ask = ASK_FOR_CODINGS
            .iter()
            .any(|asking| place == Path::new(asking));
        let is_encoder = place.starts_with("compression/encoder");
        if !may_ask && !is_encoder {
            refuse_word(&file, "feature = \"compression");
        }
    }
}

#[test]
fn files_are_short() {
    for file in files(&root("src")) {
        let lines = code(&file).len();
        assert!(lines <= LONGEST_FILE, "{}: {lines} lines", file.display());
    }
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    for file in files(&root("src")) {
        refuse_word(&file, ".unwrap()");
    }
}

/// Refuses code of `module` that uses one of `targets`.
#[track_caller]
fn refuse<'a>(module: &str, targets: impl Iterator<Item = &'a str>) {
    let mut words: Vec<_> = targets.map(|target| format!("crate::{target}")).collect();
    // Either would hide a name from the rest of this list.
    words.push("crate::{".to_owned());
    words.push("super::super".to_owned());
    let mut sources = files(&root("src").join(module));
    sources.push(root("src").join(module).with_extension("rs"));
    for file in sources {
        for word in &words {
            refuse_word(&file, word);
        }
    }
}

/// Refuses `word` in the code of `file`: what is neither prose nor test.
#[track_caller]
fn refuse_word(file: &Path, word: &str) {
    refuse_line(file, word, |line| line.contains(word));
}

/// Refuses lines of the code of `file` that have `what`.
#[track_caller]
fn refuse_line(file: &Path, what: &str, has: impl Fn(&str) -> bool) {
    let code = code(file);
    let found = code
        .iter()
        .find(|(_, line)| !line.trim_start().starts_with("//") && has(line));
    if let Some((number, line)) = found {
        panic!("{}:{number} has `{what}`: {line}", file.display());
    }
}

/// The numbered lines of a source file before its tests; none of a file of tests.
#[track_caller]
fn code(file: &Path) -> Vec<(usize, String)> {
    if file.file_name().is_some_and(|name| name == "tests.rs") {
        return Vec::new();
    }
    let text = fs::read_to_string(file).expect("source is readable UTF-8");
    let lines = text.lines().map(str::to_owned).enumerate();
    lines
        .map(|(index, line)| (index + 1, line))
        .take_while(|(_, line)| line != "#[cfg(test)]")
        .collect()
}

/// All Rust files below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn root(place: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(place)
}
