//! The rules for static assets.

use super::error::InvalidCacheControl;
use super::facts::Facts;
use super::fingerprint;
use super::matcher::Matcher;
use super::policy::Policy;
use super::value::{CacheControl, Directives, MAX_SECONDS};
use crate::fields::media_type::MediaType;

/// How long an asset without a fingerprint is fresh, in seconds, unless told otherwise: an hour. A
/// change is seen after that at the latest.
pub const DEFAULT_MAX_AGE: u32 = 3600;

/// How long it may still be used after that while it is asked for, in seconds: a day.
pub const DEFAULT_STALE_WHILE_REVALIDATE: u32 = 86_400;

/// Rules for the files of a web page: a layer by itself, or the last rules of a
/// [`CacheControlLayer`](super::CacheControlLayer).
///
/// | | |
/// |---|---|
/// | HTML, service workers, manifests | `no-cache` |
/// | assets with a fingerprint in their name | `max-age=31536000, immutable` |
/// | other assets | `max-age=3600, stale-while-revalidate=86400` |
///
/// Assets are css, js, mjs, png, jpg, jpeg, gif, webp, avif, ico, svg, woff, woff2, ttf, otf, eot, wasm
/// and map files whose content type is that of their extension. A fingerprint is found in names such as
/// `main.8e3c1f07.js`; better is to [declare](Self::fingerprinted) the directory that the build tool
/// writes.
#[derive(Clone, Debug)]
#[must_use]
pub struct StaticAssets {
    documents: Policy,
    fingerprinted: Policy,
    others: Policy,
    prefixes: Vec<Matcher>,
    reads_versions: bool,
}

impl StaticAssets {
    /// The rules as the table says.
    pub fn new() -> Self {
        Self {
            documents: CacheControl::no_cache().into(),
            fingerprinted: CacheControl::immutable().into(),
            others: fresh_for(DEFAULT_MAX_AGE, Some(DEFAULT_STALE_WHILE_REVALIDATE)),
            prefixes: Vec::new(),
            reads_versions: false,
        }
    }

    /// Takes every path that begins with `prefix`, as `/assets/`, for fingerprinted, apart from documents:
    /// what the build tool writes there gets another name when it changes.
    ///
    /// # Errors
    ///
    /// [`InvalidCacheControl::Prefix`]: it does not begin with `/`, or is written encoded.
    pub fn fingerprinted(mut self, prefix: &str) -> Result<Self, InvalidCacheControl> {
        self.prefixes.push(Matcher::prefix(prefix)?);
        Ok(self)
    }

    /// Takes assets asked for with `?v=` and a value for fingerprinted too.
    ///
    /// Only for services whose pages change it with every change of the file: nothing keeps another
    /// from asking for a value that is not out yet, and caching the old file under it.
    pub const fn versioned_queries(mut self) -> Self {
        self.reads_versions = true;
        self
    }

    /// Keeps other assets for this long, in seconds, instead of [`DEFAULT_MAX_AGE`] and
    /// [`DEFAULT_STALE_WHILE_REVALIDATE`].
    ///
    /// A [`YEAR`](super::YEAR) is for services that change the name of whatever changes.
    pub fn max_age(mut self, seconds: u32) -> Self {
        self.others = fresh_for(seconds, None);
        self
    }

    /// What is said of this answer.
    pub(super) fn policy(&self, facts: &Facts<'_>) -> Option<&Policy> {
        let media_type = facts.media_type?;
        let name = facts.path.file_name();
        if is_document(media_type) || is_worker(name) || is_manifest(name) {
            return Some(&self.documents);
        }
        let types = facts.path.extension().and_then(types_of);
        let agrees = types.map(|types| types.iter().any(|&(kind, sub)| media_type.is(kind, sub)));
        let is_declared = self.prefixes.iter().any(|prefix| prefix.matches(facts));
        match agrees {
            Some(false) => None,
            Some(true) if is_declared || fingerprint::is_in(name) || self.is_versioned(facts) => {
                Some(&self.fingerprinted)
            }
            Some(true) => Some(&self.others),
            None => is_declared.then_some(&self.fingerprinted),
        }
    }

    fn is_versioned(&self, facts: &Facts<'_>) -> bool {
        let mut parameters = facts.query.unwrap_or_default().split('&');
        self.reads_versions
            && parameters.any(|parameter| {
                let version = parameter.strip_prefix("v=");
                version.is_some_and(|version| !version.is_empty())
            })
    }
}

impl Default for StaticAssets {
    fn default() -> Self {
        Self::new()
    }
}

fn fresh_for(seconds: u32, stale_while_revalidate: Option<u32>) -> Policy {
    Policy::from(CacheControl::of(Directives {
        max_age: Some(seconds.min(MAX_SECONDS)),
        stale_while_revalidate,
        ..Directives::default()
    }))
}

/// Whether an answer names others, and so must be current.
fn is_document(media_type: MediaType<'_>) -> bool {
    media_type.is("text", "html")
        || media_type.is("application", "xhtml+xml")
        || media_type.is("application", "manifest+json")
        || media_type.is("text", "cache-manifest")
}

/// Whether the file is a service worker, which browsers compare byte by byte to see whether the whole
/// application is new.
fn is_worker(file_name: &str) -> bool {
    let Some(stem) = file_name
        .strip_suffix(".js")
        .or(file_name.strip_suffix(".mjs"))
    else {
        return false;
    };
    WORKERS.iter().any(|name| stem.eq_ignore_ascii_case(name))
        || stem.ends_with("-sw")
        || stem.ends_with(".sw")
}

fn is_manifest(file_name: &str) -> bool {
    MANIFESTS.contains(&file_name) || file_name.ends_with(".webmanifest")
}

const WORKERS: [&str; 6] = [
    "ngsw-worker",
    "registerSW",
    "service-worker",
    "service_worker",
    "serviceworker",
    "sw",
];

const MANIFESTS: [&str; 3] = ["asset-manifest.json", "manifest.json", "ngsw.json"];

/// The content types with which a file of this extension is sent: an answer of another type is not the
/// file that its path makes one believe.
fn types_of(extension: &str) -> Option<&'static [(&'static str, &'static str)]> {
    let mut known = TYPES.iter();
    let (_, types) = known.find(|(names, _)| {
        let mut names = names.iter();
        names.any(|name| name.eq_ignore_ascii_case(extension))
    })?;
    Some(types)
}

type Types = (
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
);

const TYPES: &[Types] = &[
    (&["css"], &[("text", "css")]),
    (
        &["js", "mjs"],
        &[
            ("text", "javascript"),
            ("application", "javascript"),
            ("application", "x-javascript"),
            ("application", "ecmascript"),
        ],
    ),
    (&["png"], &[("image", "png"), ("image", "apng")]),
    (&["jpg", "jpeg"], &[("image", "jpeg")]),
    (&["gif"], &[("image", "gif")]),
    (&["webp"], &[("image", "webp")]),
    (&["avif"], &[("image", "avif")]),
    (
        &["ico"],
        &[("image", "x-icon"), ("image", "vnd.microsoft.icon")],
    ),
    (&["svg"], &[("image", "svg+xml")]),
    (&["woff"], &[("font", "woff"), ("application", "font-woff")]),
    (
        &["woff2"],
        &[("font", "woff2"), ("application", "font-woff2")],
    ),
    (
        &["ttf"],
        &[
            ("font", "ttf"),
            ("font", "sfnt"),
            ("application", "font-sfnt"),
            ("application", "x-font-ttf"),
        ],
    ),
    (
        &["otf"],
        &[
            ("font", "otf"),
            ("font", "sfnt"),
            ("application", "font-sfnt"),
            ("application", "x-font-otf"),
        ],
    ),
    (&["eot"], &[("application", "vnd.ms-fontobject")]),
    (&["wasm"], &[("application", "wasm")]),
    (
        &["map"],
        &[
            ("application", "json"),
            ("application", "source-map"),
            ("application", "octet-stream"),
            ("text", "plain"),
        ],
    ),
];
