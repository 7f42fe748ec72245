//! Black-box cases: every `*.jsonl` of `tests/cases`, and of the folder that `CASES_DIR` names.
//!
//! A case that speaks of a layer which this crate does not have yet waits, and is counted; what a case
//! says that the runner does not know is a failure. Arguments are those of every test program, for
//! which the id of a case is the name of a test.

#![allow(clippy::print_stdout, reason = "a test program talks to its user")]

#[allow(
    dead_code,
    reason = "what the tests of layers share, of which this needs some"
)]
#[path = "it/support/mod.rs"]
mod support;

#[path = "cases_runner/arguments.rs"]
mod arguments;
#[path = "cases_runner/case.rs"]
mod case;
#[path = "cases_runner/check.rs"]
mod check;
#[path = "cases_runner/exchange.rs"]
mod exchange;
#[path = "cases_runner/handler.rs"]
mod handler;
#[path = "cases_runner/helmet.rs"]
mod helmet;
#[path = "cases_runner/layers.rs"]
mod layers;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use arguments::Arguments;
use case::{Case, Title};
use layers::{NOT_BUILT, Refusal};

fn main() -> ExitCode {
    let arguments = Arguments::read(env::args().skip(1));
    if arguments.list {
        return ExitCode::SUCCESS;
    }
    let mut tally = Tally::default();
    for folder in folders() {
        for (place, line) in lines(&folder) {
            tally.take(&arguments, &place, &line);
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
    waiting: usize,
    /// How many cases use each layer that is not built; one case may use several.
    wait_for: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn take(&mut self, arguments: &Arguments, place: &str, line: &str) {
        let title: Title = serde_json::from_str(line).unwrap_or_default();
        // What has no id to go by is never passed over.
        if !title.id.is_empty() && !arguments.want(&title.id) {
            return;
        }
        let wrong = match serde_json::from_str(line) {
            Ok(case) if self.must_wait(&case) => return,
            Ok(case) => run(&case),
            Err(error) => vec![format!("not understood: {error}")],
        };
        self.ran += 1;
        if !wrong.is_empty() {
            self.failed += 1;
            let Title { id, name, source } = title;
            println!("FAILED {place} {id}: {name} ({source})");
            for message in wrong {
                println!("    {message}");
            }
        }
    }

    /// Whether a layer of the case is not built, having counted it if so.
    fn must_wait(&mut self, case: &Case) -> bool {
        let names = case.layers.iter().map(case::Layer::name);
        let missing: BTreeSet<_> = names.filter(|name| NOT_BUILT.contains(name)).collect();
        if missing.is_empty() {
            return false;
        }
        self.waiting += 1;
        for layer in missing {
            *self.wait_for.entry(layer).or_default() += 1;
        }
        true
    }

    fn report(&self) -> ExitCode {
        for (layer, count) in &self.wait_for {
            println!("{layer}: {count} cases wait for the layer");
        }
        if self.waiting > 0 {
            println!("{} cases wait in all", self.waiting);
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
    catch_unwind(AssertUnwindSafe(|| judge(case))).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        vec![format!("panicked: {}", message.unwrap_or("without a word"))]
    })
}

fn judge(case: &Case) -> Vec<String> {
    match (exchange::exchange(case), &case.expect.config_error) {
        (Err(Refusal::Unknown(message)), _) => vec![message],
        (Err(Refusal::Config(_)), Some(_)) => Vec::new(),
        (Err(Refusal::Config(message)), None) => {
            vec![format!("the layer refused to be built: {message}")]
        }
        (Ok(_), Some(_)) => vec!["the layer was built, where it should have refused".to_owned()],
        (Ok(answers), None) => check::check(case, &answers),
    }
}
