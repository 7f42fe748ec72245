//! Which content types are worth compressing. Pure.

mod named;

use super::error::InvalidCompression;
use crate::fields::media_range::MediaRange;
use crate::fields::media_type::MediaType;
use crate::rules::eligible;

/// The content types that [`CompressionLayer`](super::CompressionLayer) compresses.
///
/// An allow list: types that nobody listed are left alone, since most large formats are compressed
/// already. The default list is
///
/// - `text/*`, and everything that ends in `+json`, `+xml` or `+text`;
/// - the types that the public registry of media types marks as compressible, among them
///   `application/json`, `application/xml`, `application/javascript`, `application/wasm`,
///   `application/x-www-form-urlencoded`, `font/ttf`, `font/otf`, `image/bmp` and `image/x-icon`;
/// - newline-delimited and sequenced JSON, YAML, CBOR and Protocol Buffers.
///
/// `application/octet-stream` is not on it: the name says only that nobody knows what it is. gRPC
/// and `multipart/byteranges` are never compressed, whatever is allowed. Types are compared in any
/// case, without their parameters. A response without a content type, or with one that cannot be
/// read, is compressed only by [`any`](Self::any).
///
/// # Example
///
/// ```
/// use tower_egress::compression::ContentTypes;
///
/// let types = ContentTypes::new()
///     .allow("application/x-ledger")?
///     .deny("text/csv")?;
///
/// assert!(types.contains("application/x-ledger; version=2"));
/// assert!(types.contains("Text/HTML"));
/// assert!(!types.contains("text/csv"));
/// assert!(!types.contains("image/png"));
/// # Ok::<(), tower_egress::compression::InvalidCompression>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ContentTypes {
    base: Base,
    allowed: Vec<MediaRange>,
    denied: Vec<MediaRange>,
}

/// What is allowed before the user says more.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Base {
    /// The default list.
    #[default]
    Listed,
    /// Every type, and none.
    Any,
}

impl ContentTypes {
    /// The default list.
    pub const fn new() -> Self {
        Self::of(Base::Listed)
    }

    /// Every type but gRPC and `multipart/byteranges`, and also responses without a content type.
    ///
    /// For a [predicate](super::CompressionLayer::compress_when) that decides alone, or a list of
    /// what to [deny](Self::deny).
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::compression::ContentTypes;
    ///
    /// let types = ContentTypes::any().deny("image/*")?;
    ///
    /// assert!(types.contains("application/octet-stream"));
    /// assert!(!types.contains("image/png"));
    /// assert!(!types.contains("application/grpc"));
    /// # Ok::<(), tower_egress::compression::InvalidCompression>(())
    /// ```
    pub const fn any() -> Self {
        Self::of(Base::Any)
    }

    const fn of(base: Base) -> Self {
        Self {
            base,
            allowed: Vec::new(),
            denied: Vec::new(),
        }
    }

    /// Compresses `range` too: one media type, all of a kind such as `image/*`, or all with a
    /// suffix such as `application/*+cbor`.
    ///
    /// # Errors
    ///
    /// - [`InvalidCompression::MediaRange`]: `range` is none of these.
    /// - [`InvalidCompression::AllowedAlready`]: [`any`](Self::any) type is allowed.
    /// - [`InvalidCompression::NeverCompressed`]: `range` is gRPC or `multipart/byteranges`.
    pub fn allow(mut self, range: &str) -> Result<Self, InvalidCompression> {
        let parsed = parse(range)?;
        if is_never_compressed(&parsed, range) {
            return Err(InvalidCompression::NeverCompressed {
                range: range.to_owned(),
            });
        }
        if self.base == Base::Any {
            return Err(InvalidCompression::AllowedAlready {
                range: range.to_owned(),
            });
        }
        self.allowed.push(parsed);
        Ok(self)
    }

    /// Does not compress `range`, whatever else allows it. It is written as in
    /// [`allow`](Self::allow).
    ///
    /// # Errors
    ///
    /// [`InvalidCompression::MediaRange`]: `range` is not a media range.
    pub fn deny(mut self, range: &str) -> Result<Self, InvalidCompression> {
        self.denied.push(parse(range)?);
        Ok(self)
    }

    /// Whether a response with this `Content-Type` is compressed.
    #[must_use]
    pub fn contains(&self, content_type: &str) -> bool {
        self.contain(MediaType::parse(content_type.as_bytes()))
    }

    /// Whether a response of this type is compressed, or one without a type that can be read.
    pub(super) fn contain(&self, media_type: Option<MediaType<'_>>) -> bool {
        let Some(media_type) = media_type else {
            return self.base == Base::Any;
        };
        let within = |ranges: &[MediaRange]| ranges.iter().any(|range| range.matches(media_type));
        let is_allowed = || {
            self.base == Base::Any || named::is_compressible(media_type) || within(&self.allowed)
        };
        !eligible::is_never_changed(media_type) && !within(&self.denied) && is_allowed()
    }
}

fn parse(range: &str) -> Result<MediaRange, InvalidCompression> {
    MediaRange::parse(range).ok_or_else(|| InvalidCompression::MediaRange {
        range: range.to_owned(),
    })
}

/// Whether the range is one type, and of a kind that is never compressed.
fn is_never_compressed(range: &MediaRange, text: &str) -> bool {
    let media_type = MediaType::parse(text.as_bytes());
    range.is_exact() && media_type.is_some_and(eligible::is_never_changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content_type: &str, expected: bool) {
        let found = ContentTypes::new().contains(content_type);
        assert_eq!(found, expected, "{content_type}");
    }

    #[test]
    fn c_35_the_default_list() {
        for content_type in [
            "text/html; charset=utf-8",
            "TEXT/HTML",
            "text/x-unheard-of",
            "text/event-stream",
            "application/json",
            "application/problem+json",
            "application/LD+JSON",
            "application/rss+xml",
            "image/svg+xml",
            "model/vnd.example+text",
            "application/x-ndjson",
            "application/jsonl",
            "application/yaml",
            "application/cbor",
            "application/x-protobuf",
            "application/wasm",
            "font/ttf",
            "image/bmp",
            "image/x-icon",
            "x-shader/x-vertex",
        ] {
            check(content_type, true);
        }
    }

    #[test]
    fn c_36_what_is_compressed_already_or_unknown_is_not() {
        for content_type in [
            "",
            "bogus",
            "text",
            "image/png",
            "video/mp4",
            "audio/mpeg",
            "application/zip",
            "application/gzip",
            "application/zstd",
            "application/pdf",
            "application/octet-stream",
            "font/woff2",
            "multipart/form-data; boundary=text/html",
            "multipart/x-mixed-replace",
            "x-json/json",
            "application/jsonp+zip",
        ] {
            check(content_type, false);
        }
    }

    #[test]
    fn denying_beats_allowing() {
        let types = ContentTypes::new()
            .allow("image/*")
            .and_then(|types| types.deny("image/PNG"))
            .and_then(|types| types.deny("text/*"))
            .unwrap();
        assert!(types.contains("image/webp"));
        assert!(!types.contains("image/png"));
        assert!(!types.contains("text/html"));
        assert!(types.contains("application/json"));
    }

    /// Finding 32.
    #[test]
    fn c_36_any_is_every_type_but_those_that_are_never_changed_or_denied() {
        let types = ContentTypes::any().deny("text/csv").unwrap();
        for (content_type, expected) in [
            ("image/png", true),
            ("application/octet-stream", true),
            ("text/html", true),
            ("", true),
            ("text", true),
            ("text/csv; header=present", false),
            ("application/grpc+proto", false),
            ("multipart/byteranges; boundary=x", false),
        ] {
            assert_eq!(types.contains(content_type), expected, "{content_type}");
        }
        assert!(types.contain(None));
        assert!(!ContentTypes::new().contain(None));
    }

    #[test]
    fn a_suffix_is_a_range() {
        let types = ContentTypes::new()
            .allow("application/*+zip")
            .and_then(|types| types.deny("application/*+json"))
            .unwrap();
        assert!(types.contains("application/epub+ZIP"));
        assert!(!types.contains("application/zip"));
        assert!(!types.contains("application/ld+json"));
        assert!(types.contains("application/json"));
    }

    #[test]
    fn g_06_what_would_change_nothing_is_refused() {
        for text in [
            "application/grpc",
            "Application/gRPC-Web+proto",
            "multipart/byteranges",
        ] {
            let range = text.to_owned();
            let expected = InvalidCompression::NeverCompressed { range };
            assert_eq!(ContentTypes::new().allow(text).unwrap_err(), expected);
            assert_eq!(ContentTypes::any().allow(text).unwrap_err(), expected);
            assert!(ContentTypes::new().deny(text).is_ok());
        }
        assert!(ContentTypes::new().allow("multipart/*").is_ok());
        for text in ["image/png", "image/*"] {
            let range = text.to_owned();
            let expected = InvalidCompression::AllowedAlready { range };
            assert_eq!(ContentTypes::any().allow(text).unwrap_err(), expected);
        }
    }

    #[test]
    fn what_is_not_a_media_range_is_refused() {
        for range in [
            "",
            "json",
            "*/*",
            "application/*json",
            "text/htm*l",
            "text/html\t",
            "text/",
            "/html",
            "text/html; q=1",
            " text/html",
            "a/b/c",
        ] {
            let expected = InvalidCompression::MediaRange {
                range: range.to_owned(),
            };
            assert_eq!(ContentTypes::new().allow(range).unwrap_err(), expected);
            assert_eq!(ContentTypes::new().deny(range).unwrap_err(), expected);
        }
    }
}
