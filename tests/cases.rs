//! Black-box cases: every `*.jsonl` of `tests/cases`, and of the folder that `CASES_DIR` names.
//!
//! A case that speaks of a layer which this crate does not have yet waits, and is counted; what a case
//! says that the runner does not know is a failure. Arguments are words of which the id of a case must
//! contain one.

#![allow(clippy::print_stdout, reason = "a test program talks to its user")]

mod support;

#[path = "cases_runner/case.rs"]
mod case;
#[path = "cases_runner/check.rs"]
mod check;
#[path = "cases_runner/exchange.rs"]
mod exchange;
#[path = "cases_runner/layers.rs"]
mod layers;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use case::Case;
use layers::{NOT_BUILT, Refusal};

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let words: Vec<_> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let mut tally = Tally::default();
    for folder in folders() {
        for (place, line) in lines(&folder) {
            tally.take(&place, &line, |id| {
                words.is_empty() || words.iter().any(|word| id.contains(*word))
            });
        }
    }
    tally.report()
}

fn folders() -> impl Iterator<Item = PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let other = env::var_os("CASES_DIR").map(PathBuf::from);
    std::iter::once(own).chain(other)
}

/// The lines of all case files of a folder, each with its place.
fn lines(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{} cannot be listed: {error}", folder.display()));
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("cases are UTF-8");
        let name = file.file_name().expect("a file").to_string_lossy();
        for (number, line) in text.lines().enumerate() {
            if !line.trim().is_empty() {
                found.push((format!("{name}:{}", number + 1), line.to_owned()));
            }
        }
    }
    found
}

#[derive(Default)]
struct Tally {
    ran: usize,
    failed: usize,
    /// Cases that wait, by the first layer that is not built.
    waiting: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn take(&mut self, place: &str, line: &str, is_wanted: impl Fn(&str) -> bool) {
        let case: Case = match serde_json::from_str(line) {
            Ok(case) => case,
            Err(error) => {
                self.ran += 1;
                self.failed += 1;
                println!("FAILED {place}: {error}");
                return;
            }
        };
        if !is_wanted(&case.id) {
            return;
        }
        let mut names = case.layers.iter().map(case::Layer::name);
        if let Some(layer) = names.find(|name| NOT_BUILT.contains(name)) {
            *self.waiting.entry(layer).or_default() += 1;
            return;
        }
        self.ran += 1;
        let wrong = run(&case);
        if !wrong.is_empty() {
            self.failed += 1;
            println!(
                "FAILED {place} {}: {} ({})",
                case.id, case.name, case.source
            );
            for message in wrong {
                println!("    {message}");
            }
        }
    }

    fn report(&self) -> ExitCode {
        for (layer, count) in &self.waiting {
            println!("layer not built: {layer}: {count} cases wait");
        }
        println!("{} cases, {} failed", self.ran, self.failed);
        if self.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// What is wrong with a case; nothing if all is right.
fn run(case: &Case) -> Vec<String> {
    let exchanged = catch_unwind(AssertUnwindSafe(|| exchange::exchange(case)));
    match exchanged {
        Err(panic) => {
            let message = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied());
            vec![format!("panicked: {}", message.unwrap_or("without a word"))]
        }
        Ok(Err(Refusal::Unknown(message))) => vec![message],
        Ok(Err(Refusal::Config(message))) => match case.expect.config_error {
            Some(_) => Vec::new(),
            None => vec![format!("the layer refused to be built: {message}")],
        },
        Ok(Ok(_)) if case.expect.config_error.is_some() => {
            vec!["the layer was built, where it should have refused".to_owned()]
        }
        Ok(Ok(answer)) => check::check(case, &answer),
    }
}
