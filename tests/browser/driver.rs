//! Runs `visit.mjs`, which drives Chromium.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::{env, fs};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// Set to `required`, it makes tests fail where there is no browser; otherwise they say that they were
/// skipped, and why.
const SWITCH: &str = "BROWSER_TESTS";

/// A page to look at.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    url: String,
    secured: bool,
    again: bool,
    until: Option<&'static str>,
    read: Map<String, Value>,
}

impl Visit {
    pub(crate) fn to(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            secured: false,
            again: false,
            until: None,
            read: Map::new(),
        }
    }

    /// By https, at another port of the same machine.
    pub(crate) const fn secured(mut self) -> Self {
        self.secured = true;
        self
    }

    /// On the page, and with the cache, of the visit before.
    pub(crate) const fn again(mut self) -> Self {
        self.again = true;
        self
    }

    /// Until this expression holds; otherwise until the network is idle.
    pub(crate) const fn until(mut self, expression: &'static str) -> Self {
        self.until = Some(expression);
        self
    }

    /// Reads the value of an expression.
    pub(crate) fn read(mut self, name: &str, expression: &str) -> Self {
        self.read.insert(name.to_owned(), expression.into());
        self
    }

    fn to_json(&self) -> Value {
        json!({
            "url": self.url,
            "secured": self.secured,
            "again": self.again,
            "until": self.until,
            "read": self.read,
        })
    }
}

/// What a visit showed.
#[derive(Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seen {
    /// Each message, after its kind: `error: …`.
    pub(crate) console: Vec<String>,
    /// What scripts threw and nobody caught.
    pub(crate) errors: Vec<String>,
    /// The kinds of what the developer tools complain of.
    pub(crate) issues: Vec<String>,
    /// The `Content-Encoding` of each path.
    pub(crate) codings: BTreeMap<String, Option<String>>,
    /// What was read.
    pub(crate) read: BTreeMap<String, Value>,
}

impl Seen {
    /// All that the browser had to complain of.
    pub(crate) fn complaints(&self) -> Vec<&str> {
        let all = [&self.console, &self.errors, &self.issues];
        all.into_iter().flatten().map(String::as_str).collect()
    }
}

/// What a browser sees, one visit after the other; `None` where there is none and none is required.
pub(crate) async fn see(visits: &[Visit]) -> Option<Vec<Seen>> {
    let browser = match browser() {
        Ok(browser) => browser,
        Err(missing) => {
            let is_required = env::var_os(SWITCH).is_some_and(|value| value == "required");
            assert!(!is_required, "{missing}");
            let test = std::thread::current().name().unwrap_or("a test").to_owned();
            let line = format!("SKIPPED {test}: {missing}\n");
            // Not captured, as is what `println!` prints of a test that passes; at once, so that no other
            // line stands in it.
            let _ = std::io::stderr().write_all(line.as_bytes());
            return None;
        }
    };
    let visits: Vec<_> = visits.iter().map(Visit::to_json).collect();
    let plan = json!({ "browser": browser, "visits": visits }).to_string();
    let mut driver = Command::new("node")
        .arg(folder().join("visit.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node can be run");
    let mut stdin = driver.stdin.take().expect("it is piped");
    stdin.write_all(plan.as_bytes()).await.expect("it is read");
    drop(stdin);
    let output = driver.wait_with_output().await.expect("it ends");
    let (out, err) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "the visits failed: {err}");
    Some(serde_json::from_slice(out).unwrap_or_else(|error| panic!("{error}: {err}")))
}

/// The browser, or what is missing.
fn browser() -> Result<PathBuf, String> {
    let tools = ["chromium", "google-chrome"];
    let browser = tools.iter().find_map(|tool| on_path(tool));
    let browser = browser.ok_or("there is neither chromium nor google-chrome")?;
    on_path("node").ok_or("there is no node")?;
    on_path("openssl").ok_or("there is no openssl")?;
    if folder().join("node_modules/playwright-core").exists() {
        Ok(browser)
    } else {
        Err("playwright-core is not installed; `npm ci --prefix tests/browser`".to_owned())
    }
}

fn on_path(tool: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(tool))
        .find(|file| fs::metadata(file).is_ok_and(|metadata| metadata.is_file()))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser")
}
