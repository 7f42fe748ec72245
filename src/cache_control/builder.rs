//! Making a value that does not contradict itself.

use std::str::FromStr;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::error::InvalidCacheControl;
use super::value::{CacheControl, seconds};
use crate::fields::cache_control::{Extension, ResponseDirectives};
use crate::fields::{cache_directives, decimal, is_token, trim_ows};

/// Makes a [`CacheControl`] of directives.
///
/// Times are sent in whole seconds, at most 2³¹: no cache counts further.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct CacheControlBuilder {
    directives: ResponseDirectives,
}

impl CacheControl {
    /// Says nothing yet.
    pub fn builder() -> CacheControlBuilder {
        CacheControlBuilder::default()
    }
}

impl CacheControlBuilder {
    /// `public`: shared caches may store the response, even to a request with credentials or a
    /// cookie.
    ///
    /// The policy of a rule needs it for such requests alone: without it, the layer
    /// [restricts](super::Policy#responses-that-may-be-personal) the policy. Any other response may
    /// be shared because it has a lifetime.
    pub const fn public(mut self) -> Self {
        self.directives.public = true;
        self
    }

    /// `private`: only the client's own cache may keep the response.
    pub fn private(mut self) -> Self {
        self.directives.private = Some(Vec::new());
        self
    }

    /// `private="…"`: shared caches may keep the response without these fields. Few caches do as
    /// it says. Without a name it is [`private`](Self::private).
    pub fn private_fields(mut self, fields: impl IntoIterator<Item = HeaderName>) -> Self {
        self.directives.private = Some(fields.into_iter().collect());
        self
    }

    /// `no-cache`: caches keep the response, and ask every time before they use it.
    pub fn no_cache(mut self) -> Self {
        self.directives.no_cache = Some(Vec::new());
        self
    }

    /// `no-cache="…"`: these fields are not used again without asking. Few caches do as it says.
    /// Without a name it is [`no_cache`](Self::no_cache).
    pub fn no_cache_fields(mut self, fields: impl IntoIterator<Item = HeaderName>) -> Self {
        self.directives.no_cache = Some(fields.into_iter().collect());
        self
    }

    /// `no-store`: no cache keeps the response.
    pub const fn no_store(mut self) -> Self {
        self.directives.no_store = true;
        self
    }

    /// `no-transform`: nobody on the way changes the bytes, not even by compression.
    pub const fn no_transform(mut self) -> Self {
        self.directives.no_transform = true;
        self
    }

    /// `must-revalidate`: a stale response is never used without asking.
    pub const fn must_revalidate(mut self) -> Self {
        self.directives.must_revalidate = true;
        self
    }

    /// `proxy-revalidate`: the same for shared caches.
    pub const fn proxy_revalidate(mut self) -> Self {
        self.directives.proxy_revalidate = true;
        self
    }

    /// `must-understand`: only caches that know the rules of the status keep the response. It needs
    /// `no-store`, which caches that know this directive ignore.
    pub const fn must_understand(mut self) -> Self {
        self.directives.must_understand = true;
        self
    }

    /// `max-age`: how long the response is fresh.
    pub const fn max_age(mut self, time: Duration) -> Self {
        self.directives.max_age = Some(seconds(time));
        self
    }

    /// `s-maxage`: how long the response is fresh in shared caches.
    pub const fn s_maxage(mut self, time: Duration) -> Self {
        self.directives.s_maxage = Some(seconds(time));
        self
    }

    /// `immutable`: a fresh response is not asked for, even when the page is reloaded.
    pub const fn immutable(mut self) -> Self {
        self.directives.immutable = true;
        self
    }

    /// `stale-while-revalidate`: how long a stale response may be used while a cache asks for a new
    /// one.
    pub const fn stale_while_revalidate(mut self, time: Duration) -> Self {
        self.directives.stale_while_revalidate = Some(seconds(time));
        self
    }

    /// `stale-if-error`: how long a stale response may be used if asking fails.
    pub const fn stale_if_error(mut self, time: Duration) -> Self {
        self.directives.stale_if_error = Some(seconds(time));
        self
    }

    /// A directive that this crate does not know, as `name`.
    pub fn extension(mut self, name: &str) -> Self {
        self.directives.extensions.push(Extension {
            name: name.to_ascii_lowercase(),
            argument: None,
        });
        self
    }

    /// A directive that this crate does not know, as `name=argument`, quoted where it must be.
    pub fn extension_with(mut self, name: &str, argument: &str) -> Self {
        self.directives.extensions.push(Extension {
            name: name.to_ascii_lowercase(),
            argument: Some(argument.to_owned()),
        });
        self
    }

    /// The value.
    ///
    /// # Errors
    ///
    /// - [`InvalidCacheControl::Contradiction`]: two directives do not go together.
    /// - [`InvalidCacheControl::Needs`]: a directive says nothing without another.
    /// - [`InvalidCacheControl::Extension`]: a name is not a token or is that of a known directive,
    ///   or an argument holds what a field value cannot.
    /// - [`InvalidCacheControl::Empty`]: there is no directive.
    pub fn build(self) -> Result<CacheControl, InvalidCacheControl> {
        if self.directives == ResponseDirectives::default() {
            return Err(InvalidCacheControl::Empty);
        }
        contradiction(&self.directives)?;
        missing(&self.directives)?;
        self.directives.extensions.iter().try_for_each(check)?;
        Ok(CacheControl::of(self.directives))
    }
}

/// Parses what you write in a setting, as strictly as the [builder](CacheControl::builder). To read
/// what a peer sent, use [`CacheControl::read`].
///
/// ```
/// use tower_egress::cache_control::{CacheControl, InvalidCacheControl, MINUTE};
///
/// assert_eq!("max-age=60".parse(), Ok(CacheControl::max_age(MINUTE)));
///
/// let error = "no-store, max-age=60".parse::<CacheControl>();
/// assert!(matches!(error, Err(InvalidCacheControl::Contradiction { .. })));
/// ```
impl FromStr for CacheControl {
    type Err = InvalidCacheControl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = |directive: &[u8]| InvalidCacheControl::Directive {
            directive: String::from_utf8_lossy(directive).into_owned(),
        };
        let line = HeaderValue::from_str(text).map_err(|_| refused(text.as_bytes()))?;
        let mut names: Vec<&[u8]> = Vec::new();
        for (name, argument) in cache_directives::of_line(&line) {
            let is_twice = names.iter().any(|known| known.eq_ignore_ascii_case(name));
            if is_twice || !is_token(name) || !takes(name, argument.as_deref()) {
                return Err(refused(name));
            }
            names.push(name);
        }
        let mut directives = ResponseDirectives::default();
        directives.take_line(&line);
        CacheControlBuilder { directives }.build()
    }
}

/// Whether a directive of this name takes such an argument.
fn takes(name: &[u8], argument: Option<&[u8]>) -> bool {
    let is_one_of = |known: &[&str]| {
        known
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
    };
    match argument {
        argument if is_one_of(&LIFETIMES) => argument.and_then(decimal::read).is_some(),
        Some(_) if is_one_of(&FLAGS) => false,
        Some(names) if is_one_of(&["no-cache", "private"]) => {
            let mut names = names.split(|&byte| byte == b',').map(trim_ows);
            names.all(is_token)
        }
        _ => true,
    }
}

/// The first two directives that do not go together.
fn contradiction(directives: &ResponseDirectives) -> Result<(), InvalidCacheControl> {
    let is_whole = |names: &Option<Vec<HeaderName>>| names.as_ref().is_some_and(Vec::is_empty);
    let private = is_whole(&directives.private);
    let no_cache = is_whole(&directives.no_cache);
    // With `must-understand`, `no-store` is for those caches only that do not know it.
    let no_store = directives.no_store && !directives.must_understand;
    let max_age = directives.max_age.is_some();
    let s_maxage = directives.s_maxage.is_some();
    let stale = directives.stale_while_revalidate.is_some();
    let on_error = directives.stale_if_error.is_some();
    let pairs = [
        ("no-store", no_store, "public", directives.public),
        ("no-store", no_store, "max-age", max_age),
        ("no-store", no_store, "s-maxage", s_maxage),
        ("no-store", no_store, "immutable", directives.immutable),
        ("no-store", no_store, "stale-while-revalidate", stale),
        ("no-store", no_store, "stale-if-error", on_error),
        ("private", private, "public", directives.public),
        ("private", private, "s-maxage", s_maxage),
        (
            "private",
            private,
            "proxy-revalidate",
            directives.proxy_revalidate,
        ),
        ("no-cache", no_cache, "immutable", directives.immutable),
        ("no-cache", no_cache, "stale-while-revalidate", stale),
        (
            "must-revalidate",
            directives.must_revalidate,
            "stale-while-revalidate",
            stale,
        ),
        (
            "must-revalidate",
            directives.must_revalidate,
            "stale-if-error",
            on_error,
        ),
    ];
    let found = pairs.iter().find(|(_, one, _, other)| *one && *other);
    found.map_or(Ok(()), |&(one, _, other, _)| {
        Err(InvalidCacheControl::Contradiction { one, other })
    })
}

/// The first directive that says nothing without another.
fn missing(directives: &ResponseDirectives) -> Result<(), InvalidCacheControl> {
    let lives = directives.max_age.is_some_and(|seconds| seconds > 0);
    let is_dated = directives.max_age.is_some() || directives.s_maxage.is_some();
    let stale = directives.stale_while_revalidate.is_some();
    let on_error = directives.stale_if_error.is_some();
    let needs = [
        ("immutable", directives.immutable, "max-age", lives),
        ("stale-while-revalidate", stale, "max-age", is_dated),
        ("stale-if-error", on_error, "max-age", is_dated),
        (
            "must-understand",
            directives.must_understand,
            "no-store",
            directives.no_store,
        ),
    ];
    let found = needs
        .iter()
        .find(|(_, is_set, _, is_met)| *is_set && !*is_met);
    found.map_or(Ok(()), |&(directive, _, needed, _)| {
        Err(InvalidCacheControl::Needs { directive, needed })
    })
}

fn check(extension: &Extension) -> Result<(), InvalidCacheControl> {
    let argument = extension.argument.as_deref().unwrap_or_default();
    let is_visible = |byte: u8| byte == b'\t' || (b' '..=b'~').contains(&byte);
    let is_sound = is_token(extension.name.as_bytes())
        && !KNOWN.contains(&extension.name.as_str())
        && argument.bytes().all(is_visible);
    if is_sound {
        return Ok(());
    }
    Err(InvalidCacheControl::Extension {
        name: extension.name.clone(),
        argument: extension.argument.clone(),
    })
}

/// ResponseDirectives that have a method of their own.
const KNOWN: [&str; 13] = [
    "public",
    "private",
    "no-cache",
    "no-store",
    "no-transform",
    "must-revalidate",
    "proxy-revalidate",
    "must-understand",
    "max-age",
    "s-maxage",
    "immutable",
    "stale-while-revalidate",
    "stale-if-error",
];

/// Directives that never have an argument.
const FLAGS: [&str; 7] = [
    "immutable",
    "must-revalidate",
    "must-understand",
    "no-store",
    "no-transform",
    "proxy-revalidate",
    "public",
];

/// Directives that say a number of seconds.
const LIFETIMES: [&str; 4] = [
    "max-age",
    "s-maxage",
    "stale-while-revalidate",
    "stale-if-error",
];
