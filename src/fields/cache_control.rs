//! `Cache-Control` of responses (RFC 9111 §5.2.2), with `immutable` (RFC 8246) and the extensions
//! of RFC 5861, as values.

use std::fmt::{self, Write};

use http::{HeaderName, HeaderValue};

use super::quoted::Quoted;
use super::{cache_directives, decimal, is_token};

/// Every directive, in the order in which they are written.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct ResponseDirectives {
    pub(crate) public: bool,
    pub(crate) private: Option<Vec<HeaderName>>,
    pub(crate) no_cache: Option<Vec<HeaderName>>,
    pub(crate) no_store: bool,
    pub(crate) no_transform: bool,
    pub(crate) must_revalidate: bool,
    pub(crate) proxy_revalidate: bool,
    pub(crate) must_understand: bool,
    pub(crate) max_age: Option<u32>,
    pub(crate) s_maxage: Option<u32>,
    pub(crate) immutable: bool,
    pub(crate) stale_while_revalidate: Option<u32>,
    pub(crate) stale_if_error: Option<u32>,
    pub(crate) extensions: Vec<Extension>,
}

/// A directive that this crate does not know: its name, and its argument.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Extension {
    pub(crate) name: String,
    pub(crate) argument: Option<String>,
}

/// Seconds beyond this say no more (RFC 9111 §1.2.2):
///
/// > If a cache receives a delta-seconds value greater than the greatest integer it can represent, or
/// > if any of its subsequent calculations overflows, the cache MUST consider the value to be
/// > 2147483648 (2^31) or the greatest positive integer it can conveniently represent.
pub(crate) const MAX_SECONDS: u32 = 1 << 31;

impl ResponseDirectives {
    /// Whether no cache stores the response.
    ///
    /// RFC 9111 §5.2.2.3, of `must-understand`:
    ///
    /// > When a cache that implements the must-understand directive receives a response that includes
    /// > it, the cache SHOULD ignore the no-store directive if it understands and implements the status
    /// > code's caching requirements.
    pub(crate) const fn forbids_storing(&self) -> bool {
        self.no_store && !self.must_understand
    }

    /// Takes the directives of a line.
    pub(crate) fn take_line(&mut self, line: &HeaderValue) {
        for (name, argument) in cache_directives::of_line(line) {
            self.take(name, argument.as_deref());
        }
    }

    /// Takes a directive as it was read.
    pub(crate) fn take(&mut self, name: &[u8], argument: Option<&[u8]>) {
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

/// Reads the fields that `private` or `no-cache` is limited to. Without any, the whole response is
/// meant.
fn restrict(fields: &mut Option<Vec<HeaderName>>, argument: Option<&[u8]>) {
    let names = argument.unwrap_or_default().split(|&byte| byte == b',');
    let names: Vec<_> = names
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        .collect();
    match fields {
        // The whole response was meant already, or is now.
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

impl fmt::Display for ResponseDirectives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
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
        } = self;
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
        if is_token(argument.as_bytes()) {
            return self.f.write_str(argument);
        }
        write!(self.f, "{}", Quoted(argument))
    }
}
