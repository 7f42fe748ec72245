//! The rules for static assets. Pure.

use std::time::Duration;

use super::facts::Facts;
use super::fingerprint;
use super::policy::Policy;
use super::value::{CacheControl, seconds};
use crate::fields::cache_control::ResponseDirectives;
use crate::matcher::{InvalidMatcher, RequestMatcher};
use crate::rules::file_type::{FileType, Kind};
use crate::rules::media::{self, Media};

/// Rules for the files of a web page, which follow the other rules of a
/// [`CacheControlLayer`](super::CacheControlLayer).
///
/// | response | `Cache-Control` |
/// |---|---|
/// | HTML, service workers, manifests | `no-cache` |
/// | files under a [declared](Self::fingerprinted) prefix | `max-age=31536000, immutable` |
/// | css, js, mjs, wasm, fonts and source maps with a fingerprint in their name | `max-age=31536000, immutable` |
/// | all other assets | `no-cache` |
///
/// Assets are css, js, mjs, png, jpg, jpeg, gif, webp, avif, ico, svg, woff, woff2, ttf, otf, eot,
/// wasm and map files. Their content type must be that of their extension.
///
/// # Example
///
/// ```
/// use http::{Request, Response};
/// use tower_egress::cache_control::{CacheControlLayer, Plan, PolicySource, StaticAssets};
///
/// // Vite writes everything that it names by its content into `/assets/`.
/// let layer = CacheControlLayer::new().assets(StaticAssets::vite());
///
/// let (request, ()) = Request::get("/assets/index-BwZ3kq1x.js").body(())?.into_parts();
/// let response = Response::builder().header("content-type", "text/javascript");
/// let (response, ()) = response.body(())?.into_parts();
/// assert_eq!(layer.plan(&request, &response), Plan::Apply(PolicySource::Assets));
/// # Ok::<(), http::Error>(())
/// ```
///
/// # Fingerprints
///
/// The safe way is to [declare](Self::fingerprinted) the directory that the build tool writes, or
/// to use [`vite`](Self::vite) or [`next`](Self::next).
///
/// Without a declared prefix, the layer looks for at least 8 lower-case hexadecimal digits between
/// separators, with a digit and a letter among them, such as in `main.8e3c1f07.js`. Names that hold
/// a UUID, and names that are nothing but such digits, have no fingerprint: they are identifiers
/// more often. Pictures are never recognized by their names.
///
/// # Single-page applications
///
/// A 304 of [`ServeDir`] does not say its content type, so the path decides. If a server sends its
/// page in place of a missing script, then the 304 of that page is taken for the script. Send a 404
/// for missing files under the declared prefix instead.
///
/// [`ServeDir`]: https://docs.rs/tower-http/latest/tower_http/services/struct.ServeDir.html
#[derive(Clone, Debug)]
#[must_use]
pub struct StaticAssets {
    documents: Policy,
    fingerprinted: Policy,
    others: Policy,
    max_age: Option<Duration>,
    stale_while_revalidate: Option<Duration>,
    prefixes: Vec<RequestMatcher>,
    reads_versions: bool,
}

/// What the rules say of a response.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asset<'a> {
    pub(super) policy: &'a Policy,
    /// Its name changes with its content, so that its content is the same for everybody.
    pub(super) is_fingerprinted: bool,
}

impl StaticAssets {
    /// The rules as the table says.
    pub fn new() -> Self {
        Self {
            documents: CacheControl::no_cache().into(),
            fingerprinted: CacheControl::immutable().into(),
            others: CacheControl::no_cache().into(),
            max_age: None,
            stale_while_revalidate: None,
            prefixes: Vec::new(),
            reads_versions: false,
        }
    }

    /// The rules for what Vite builds, which names every file in `/assets/` by its content.
    pub fn vite() -> Self {
        Self::with_directory("/assets/")
    }

    /// The rules for what Next.js builds, which names every file in `/_next/static/` by its
    /// content.
    pub fn next() -> Self {
        Self::with_directory("/_next/static/")
    }

    /// Takes every path that begins with `prefix`, such as `/assets/`, for fingerprinted, apart
    /// from documents. Use it for the directory where the build tool gives a file another name
    /// whenever its content changes.
    ///
    /// The path is the one that this layer sees, as with [`RequestMatcher::prefix`].
    ///
    /// # Errors
    ///
    /// [`InvalidMatcher::Prefix`]: it does not begin with `/`, or is written encoded.
    pub fn fingerprinted(mut self, prefix: &str) -> Result<Self, InvalidMatcher> {
        self.prefixes.push(RequestMatcher::prefix(prefix)?);
        Ok(self)
    }

    /// Gives assets whose query has `v=` and a value the lifetime of fingerprinted files.
    ///
    /// Use it only if your pages change that value with every change of the file. Anybody can ask
    /// for a value that is not out yet, and a cache then keeps the old file under it. For the same
    /// reason a version does not share a picture that was asked for with a cookie: that one stays
    /// `private`.
    pub const fn versioned_queries(mut self) -> Self {
        self.reads_versions = true;
        self
    }

    /// Gives a version in the query no meaning, as by default.
    pub const fn without_versioned_queries(mut self) -> Self {
        self.reads_versions = false;
        self
    }

    /// Lets caches use assets without a fingerprint for this long without asking. Parts of a second
    /// are dropped.
    ///
    /// Without this setting they are `no-cache`: a cache asks each time and gets a 304 where
    /// nothing changed, so a new page never runs with old scripts. With
    /// `max_age(`[`YEAR`](super::YEAR)`)` the layer does what `express.static` does with `maxAge:
    /// '1y'`.
    pub fn max_age(mut self, lifetime: Duration) -> Self {
        self.max_age = Some(lifetime);
        self.with_others()
    }

    /// Lets caches use stale assets without a fingerprint for this long while they ask for the new
    /// one. Parts of a second are dropped.
    ///
    /// The time begins when [`max_age`](Self::max_age) ends, or at once where that is not set:
    /// caches then get `max-age=0, stale-while-revalidate=…`. A new page may run with an old script
    /// once.
    pub fn stale_while_revalidate(mut self, time: Duration) -> Self {
        self.stale_while_revalidate = Some(time);
        self.with_others()
    }

    /// What the rules say of this response.
    pub(super) fn find(&self, facts: &Facts<'_>) -> Option<Asset<'_>> {
        if matches!(facts.media(), Media::Missing) {
            return None;
        }
        let name = facts.path().file_name();
        let asset = |policy, is_fingerprinted| Asset {
            policy,
            is_fingerprinted,
        };
        if is_document(facts) || is_worker(name) || is_manifest(name) {
            return Some(asset(&self.documents, false));
        }
        let file = facts.path().extension().and_then(FileType::of_extension);
        let file = file.filter(|file| file.kind.is_asset());
        let is_declared = self
            .prefixes
            .iter()
            .any(|prefix| prefix.matches(&facts.seen.request));
        let Some(file) = file else {
            return is_declared.then_some(asset(&self.fingerprinted, true));
        };
        if !media::agree(file, facts.media(), is_declared) {
            return None;
        }
        let is_named = || file.kind.is_named_by_content() && fingerprint::is_in(name);
        if is_declared || is_named() {
            return Some(asset(&self.fingerprinted, true));
        }
        // Anybody can write a version into a link, so it does not tell that the file is
        // everybody's.
        if self.is_versioned(facts) {
            return Some(asset(&self.fingerprinted, false));
        }
        Some(asset(&self.others, false))
    }

    fn is_versioned(&self, facts: &Facts<'_>) -> bool {
        let mut parameters = facts.query.unwrap_or_default().split('&');
        self.reads_versions
            && parameters.any(|parameter| {
                let version = parameter.strip_prefix("v=");
                version.is_some_and(|version| !version.is_empty())
            })
    }

    fn with_directory(prefix: &'static str) -> Self {
        let mut assets = Self::new();
        assets.prefixes.push(RequestMatcher::known_prefix(prefix));
        assets
    }

    /// Writes the policy of assets without a fingerprint anew.
    fn with_others(mut self) -> Self {
        self.others = Policy::from(CacheControl::of(ResponseDirectives {
            max_age: Some(self.max_age.map_or(0, seconds)),
            stale_while_revalidate: self.stale_while_revalidate.map(seconds),
            ..ResponseDirectives::default()
        }));
        self
    }
}

impl Default for StaticAssets {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a response names other files, so that caches must ask for it every time.
fn is_document(facts: &Facts<'_>) -> bool {
    match facts.media() {
        // A path without an extension is that of a page.
        Media::Guessed(None) => facts.path().extension().is_none(),
        Media::Guessed(Some(file)) => file.kind == Kind::Document,
        Media::Named(named) => {
            named.is("text", "html")
                || named.is("application", "xhtml+xml")
                || named.is("application", "manifest+json")
                || named.is("text", "cache-manifest")
        }
        Media::Missing => false,
    }
}

/// Whether the file is a service worker. Browsers compare its bytes to find a new version of the
/// whole application.
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
