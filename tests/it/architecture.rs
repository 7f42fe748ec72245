//! The module graph and the house rules that a reader relies on, checked:
//! `lib → layers → rules → fields`, `layers, rules → marks`, `layers → body, clock, matcher`,
//! `matcher → rules, fields`, no edge among layers, and no circle among the files of a room.

use std::collections::{BTreeMap, BTreeSet};
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

/// The files that do: they wait, poll bodies or are called as services. All others decide, and so can be
/// asked without a body, a future or a service.
const IMPURE: &[&str] = &[
    "body",
    "cache_control/layer.rs",
    "cache_control/service.rs",
    "compression/body.rs",
    "compression/layer.rs",
    "compression/service.rs",
    "etag/body.rs",
    "etag/guarded.rs",
    "etag/layer.rs",
    "etag/resolver.rs",
    "etag/service.rs",
    "etag/versioned.rs",
    "response_time/body.rs",
    "response_time/layer.rs",
    "response_time/service.rs",
    "security_headers/layer.rs",
    "security_headers/service.rs",
    "stack.rs",
    "strip_nulls/body.rs",
    "strip_nulls/layer.rs",
    "strip_nulls/service.rs",
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
        for place in ["src", "tests/it", "benches", "examples"] {
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
    for file in files(&root("src")) {
        let is_impure = IMPURE.iter().any(|place| {
            let place = root("src").join(place);
            file == place || file.starts_with(place)
        });
        for name in ["Body", "Future", "Service", "Poll", "Context"] {
            let is_name = |line: &str| {
                line.split(|c: char| !c.is_alphanumeric())
                    .any(|word| word == name)
            };
            if !is_impure {
                refuse_line(&file, name, is_name);
            }
        }
    }
}

#[test]
fn every_impure_file_is_there() {
    for place in IMPURE {
        assert!(root("src").join(place).exists(), "{place} is missing");
    }
}

#[test]
fn no_file_uses_itself_through_others() {
    let graph: BTreeMap<_, _> = files(&root("src"))
        .iter()
        .filter(|file| !file.ends_with("tests.rs"))
        .map(|file| (module(file), used_by(file)))
        .collect();
    for start in graph.keys() {
        let mut ways = vec![vec![start]];
        let mut seen = BTreeSet::new();
        while let Some(way) = ways.pop() {
            let last = way[way.len() - 1];
            for next in graph.get(last).into_iter().flatten() {
                assert!(next != start, "a circle: {way:?} and back to {start}");
                if graph.contains_key(next) && seen.insert(next) {
                    ways.push(way.iter().copied().chain([next]).collect());
                }
            }
        }
    }
}

/// The path of a file's module, such as `etag::body`.
fn module(file: &Path) -> String {
    let place = file.strip_prefix(root("src")).expect("a file of src");
    let place = place.with_extension("");
    let names: Vec<_> = place.iter().map(|name| name.to_string_lossy()).collect();
    names.join("::")
}

/// The modules that the code of a file names.
///
/// A room's own file re-exports what its files have, which is not a use.
fn used_by(file: &Path) -> BTreeSet<String> {
    let own = module(file);
    let parents = own.rsplit_once("::").map_or("", |(parents, _)| parents);
    let lines = code(file).into_iter().map(|(_, line)| line);
    let code: String = lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let mut used = BTreeSet::new();
    for (begin, base) in [
        ("super::", parents),
        ("self::", own.as_str()),
        ("crate::", ""),
    ] {
        if begin == "self::" && parents.is_empty() {
            continue;
        }
        for (place, _) in code.match_indices(begin) {
            let paths = named_paths(&code[place + begin.len()..]);
            used.extend(paths.filter_map(|path| longest_module(base, path)));
        }
    }
    used.remove(&own);
    used
}

/// The paths at the start of `code`: one, or those of a group.
fn named_paths(code: &str) -> impl Iterator<Item = &str> {
    let group = match code.strip_prefix('{') {
        Some(group) => group.split('}').next().unwrap_or_default(),
        None => code.split(',').next().unwrap_or_default(),
    };
    group.split(',').map(|path| {
        let path = path.trim_start();
        let is_end = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
        &path[..path.find(is_end).unwrap_or(path.len())]
    })
}

/// The innermost file on the way to an item.
fn longest_module(base: &str, path: &str) -> Option<String> {
    let names = base.split("::").chain(path.split("::"));
    let mut names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
    while !names.is_empty() {
        let file = root("src").join(names.join("/")).with_extension("rs");
        if file.exists() {
            return Some(names.join("::"));
        }
        names.pop();
    }
    None
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
    // What the crate shows at its root is named where it is made.
    words.extend(["crate::BodyError", "crate::Live", "crate::stack"].map(str::to_owned));
    let own = root("src").join(module).with_extension("rs");
    for file in files(&root("src").join(module)).iter().chain([&own]) {
        for word in &words {
            refuse_word(file, word);
        }
    }
    // In a room's own file, `super` is the crate.
    refuse_word(&own, "super::");
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
