//! What a response allows caches to do, as a value.

use std::fmt::{self, Write};

use http::HeaderMap;
use http::header::{CACHE_CONTROL, HeaderName, HeaderValue};

use super::builder::CacheControlBuilder;
use crate::fields::quoted::Quoted;
use crate::fields::{cache_directives, decimal};

/// A year in seconds: the longest lifetime that means anything to caches.
pub const YEAR: u32 = 31_536_000;

/// What `Cache-Control` says in a response (RFC 9111 §5.2.2), with `immutable` (RFC 8246),
/// `stale-while-revalidate` and `stale-if-error` (RFC 5861).
///
/// Made by a [builder](Self::builder), which refuses what contradicts itself, by a short name for what
/// is said most often, or read from a [head](Self::read). It is written in one fixed order.
///
/// # Example
///
/// ```
/// use tower_egress::cache_control::CacheControl;
///
/// let value = CacheControl::builder()
///     .max_age(600)
///     .stale_while_revalidate(86_400)
///     .build()?;
/// assert_eq!(value.to_string(), "max-age=600, stale-while-revalidate=86400");
///
/// let error = CacheControl::builder().no_store().max_age(600).build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`no-store` contradicts `max-age`; say `no-store` alone to keep the answer out of caches",
/// );
/// # Ok::<(), tower_egress::cache_control::InvalidCacheControl>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CacheControl {
    pub(super) directives: Directives,
}

/// Every directive, in the order in which they are written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Directives {
    pub(super) public: bool,
    pub(super) private: Option<Vec<HeaderName>>,
    pub(super) no_cache: Option<Vec<HeaderName>>,
    pub(super) no_store: bool,
    pub(super) no_transform: bool,
    pub(super) must_revalidate: bool,
    pub(super) proxy_revalidate: bool,
    pub(super) must_understand: bool,
    pub(super) max_age: Option<u32>,
    pub(super) s_maxage: Option<u32>,
    pub(super) immutable: bool,
    pub(super) stale_while_revalidate: Option<u32>,
    pub(super) stale_if_error: Option<u32>,
    pub(super) extensions: Vec<Extension>,
}

/// A directive that this crate does not know: its name, and its argument.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Extension {
    pub(super) name: String,
    pub(super) argument: Option<String>,
}

impl CacheControl {
    /// Says nothing yet.
    pub fn builder() -> CacheControlBuilder {
        CacheControlBuilder::new()
    }

    /// `max-age=31536000, immutable`: kept for a year and not asked for again, for what has another
    /// name when it changes.
    #[must_use]
    pub fn immutable() -> Self {
        Self::of(Directives {
            max_age: Some(YEAR),
            immutable: true,
            ..Directives::default()
        })
    }

    /// `max-age=<seconds>`.
    #[must_use]
    pub fn max_age(seconds: u32) -> Self {
        Self::of(Directives {
            max_age: Some(seconds.min(MAX_SECONDS)),
            ..Directives::default()
        })
    }

    /// `no-cache`: kept, and asked for every time, which costs a 304.
    #[must_use]
    pub fn no_cache() -> Self {
        Self::of(Directives {
            no_cache: Some(Vec::new()),
            ..Directives::default()
        })
    }

    /// `no-store`: not kept anywhere.
    #[must_use]
    pub fn no_store() -> Self {
        Self::of(Directives {
            no_store: true,
            ..Directives::default()
        })
    }

    /// `private, no-cache`: kept by the client alone, and asked for every time.
    #[must_use]
    pub fn private_no_cache() -> Self {
        Self::of(Directives {
            private: Some(Vec::new()),
            no_cache: Some(Vec::new()),
            ..Directives::default()
        })
    }

    /// Reads all `Cache-Control` lines of a head; `None` where there is no directive in them.
    ///
    /// Lenient, as caches are: names in any case, arguments quoted or not, the lowest of several
    /// lifetimes, and a lifetime that is no number is none at all (`max-age=0`). What is not known is
    /// kept as it is. What contradicts itself is read as it stands.
    #[must_use]
    pub fn read(fields: &HeaderMap) -> Option<Self> {
        let mut directives = Directives::default();
        let lines = fields.get_all(CACHE_CONTROL).iter();
        lines.for_each(|line| directives.take_line(line));
        (directives != Directives::default()).then_some(Self { directives })
    }

    /// The value as a field value.
    #[must_use]
    pub fn to_value(&self) -> HeaderValue {
        let text = self.to_string();
        HeaderValue::try_from(text).expect("directives are visible ASCII")
    }

    /// The lifetime in seconds that every cache may count on.
    #[must_use]
    pub const fn lifetime(&self) -> Option<u32> {
        self.directives.max_age
    }

    /// Whether only the client's own cache may use the response: the value says `no-store`, or `private`
    /// of the whole response.
    ///
    /// A `no-store` beside `must-understand` does not count. A cache that knows the status ignores it
    /// (RFC 9111 §5.2.2.3).
    #[must_use]
    pub fn forbids_sharing(&self) -> bool {
        let is_private = self.directives.private.as_ref().is_some_and(Vec::is_empty);
        is_private || self.directives.forbids_storing()
    }

    pub(super) const fn of(directives: Directives) -> Self {
        Self { directives }
    }
}

/// Seconds beyond this say no more (RFC 9111 §1.2.2):
///
/// > If a cache receives a delta-seconds value greater than the greatest integer it can represent, or
/// > if any of its subsequent calculations overflows, the cache MUST consider the value to be
/// > 2147483648 (2^31) or the greatest positive integer it can conveniently represent.
pub(super) const MAX_SECONDS: u32 = 1 << 31;

impl Directives {
    /// Takes the directives of a line.
    pub(super) fn take_line(&mut self, line: &HeaderValue) {
        for (name, argument) in cache_directives::of_line(line) {
            self.take(name, argument.as_deref());
        }
    }

    /// Takes a directive as it was read.
    fn take(&mut self, name: &[u8], argument: Option<&[u8]>) {
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        match name.as_str() {
            "public" => self.public = true,
            "private" => restrict(&mut self.private, argument),
            "no-cache" => restrict(&mut self.no_cache, argument),
            "no-store" => self.no_store = true,
            "no-transform" => self.no_transform = true,
            "must-revalidate" => self.must_revalidate = true,
            "proxy-revalidate" => self.proxy_revalidate = true,
            "must-understand" => self.must_understand = true,
            "immutable" => self.immutable = true,
            "max-age" => shorten(&mut self.max_age, argument),
            "s-maxage" => shorten(&mut self.s_maxage, argument),
            "stale-while-revalidate" => shorten(&mut self.stale_while_revalidate, argument),
            "stale-if-error" => shorten(&mut self.stale_if_error, argument),
            _ => self.extensions.push(Extension {
                name,
                argument: argument.map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
            }),
        }
    }
}

/// Reads the fields that `private` or `no-cache` is limited to; without any, it is about the whole.
fn restrict(fields: &mut Option<Vec<HeaderName>>, argument: Option<&[u8]>) {
    let names = argument.unwrap_or_default().split(|&byte| byte == b',');
    let names: Vec<_> = names
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        .collect();
    match fields {
        // It is about the whole already, or is now.
        Some(before) if before.is_empty() || names.is_empty() => before.clear(),
        Some(before) => before.extend(names),
        None => *fields = Some(names),
    }
}

/// Reads a number of seconds, of which the lowest counts.
///
/// RFC 9111 §4.2.1:
///
/// > When there is more than one value present for a given directive (e.g., two Expires header field
/// > lines or multiple Cache-Control: max-age directives), either the first occurrence should be used
/// > or the response should be considered stale.
///
/// > Caches are encouraged to consider responses that have invalid freshness information [...] to be
/// > stale.
fn shorten(seconds: &mut Option<u32>, argument: Option<&[u8]>) {
    let read = argument.and_then(decimal::read).unwrap_or(0);
    let read = u32::try_from(read).map_or(MAX_SECONDS, |read| read.min(MAX_SECONDS));
    *seconds = Some(seconds.map_or(read, |before| before.min(read)));
}

impl fmt::Display for CacheControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Directives {
            public,
            private,
            no_cache,
            no_store,
            no_transform,
            must_revalidate,
            proxy_revalidate,
            must_understand,
            max_age,
            s_maxage,
            immutable,
            stale_while_revalidate,
            stale_if_error,
            extensions,
        } = &self.directives;
        let mut list = List { f, is_first: true };
        list.flag("public", *public)?;
        list.names("private", private.as_deref())?;
        list.names("no-cache", no_cache.as_deref())?;
        list.flag("no-store", *no_store)?;
        list.flag("no-transform", *no_transform)?;
        list.flag("must-revalidate", *must_revalidate)?;
        list.flag("proxy-revalidate", *proxy_revalidate)?;
        list.flag("must-understand", *must_understand)?;
        list.seconds("max-age", *max_age)?;
        list.seconds("s-maxage", *s_maxage)?;
        list.flag("immutable", *immutable)?;
        list.seconds("stale-while-revalidate", *stale_while_revalidate)?;
        list.seconds("stale-if-error", *stale_if_error)?;
        extensions
            .iter()
            .try_for_each(|extension| list.extension(extension))
    }
}

/// Writes directives with commas between.
struct List<'a, 'b> {
    f: &'a mut fmt::Formatter<'b>,
    is_first: bool,
}

impl List<'_, '_> {
    fn name(&mut self, name: &str) -> fmt::Result {
        if !self.is_first {
            self.f.write_str(", ")?;
        }
        self.is_first = false;
        self.f.write_str(name)
    }

    fn flag(&mut self, name: &str, is_set: bool) -> fmt::Result {
        if is_set { self.name(name) } else { Ok(()) }
    }

    /// Never quoted: RFC 9111 §5.2.2.1:
    ///
    /// > A sender MUST NOT generate the quoted-string form.
    fn seconds(&mut self, name: &str, seconds: Option<u32>) -> fmt::Result {
        let Some(seconds) = seconds else {
            return Ok(());
        };
        self.name(name)?;
        write!(self.f, "={seconds}")
    }

    /// Always quoted: RFC 9111 §5.2.2.7:
    ///
    /// > A sender SHOULD NOT generate the token form (even if quoting appears not to be needed for
    /// > single-entry lists).
    fn names(&mut self, name: &str, fields: Option<&[HeaderName]>) -> fmt::Result {
        let Some(fields) = fields else {
            return Ok(());
        };
        self.name(name)?;
        if fields.is_empty() {
            return Ok(());
        }
        let fields: Vec<_> = fields.iter().map(HeaderName::as_str).collect();
        write!(self.f, "=\"{}\"", fields.join(", "))
    }

    fn extension(&mut self, extension: &Extension) -> fmt::Result {
        self.name(&extension.name)?;
        let Some(argument) = &extension.argument else {
            return Ok(());
        };
        self.f.write_char('=')?;
        if crate::fields::is_token(argument.as_bytes()) {
            return self.f.write_str(argument);
        }
        write!(self.f, "{}", Quoted(argument))
    }
}

#[cfg(test)]
mod tests;
