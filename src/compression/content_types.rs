//! Which content types are worth compressing. Pure.

use super::error::InvalidCompression;
use crate::fields::media_type::MediaType;
use crate::rules::eligible;

/// The content types that [`CompressionLayer`](super::CompressionLayer) compresses.
///
/// An allow list, for whatever is on no list is best left alone: most formats that are large are
/// compressed already. The default list is
///
/// - `text/*`, and everything that ends in `+json`, `+xml` or `+text`;
/// - the types that the public registry of media types marks as compressible, among them
///   `application/json`, `application/xml`, `application/javascript`, `application/wasm`,
///   `application/x-www-form-urlencoded`, `font/ttf`, `font/otf`, `image/bmp` and `image/x-icon`;
/// - newline-delimited and sequenced JSON, YAML, CBOR and Protocol Buffers.
///
/// `application/octet-stream` is not on it: the name says only that nobody knows what it is.
/// gRPC and `multipart/byteranges` are never compressed, whatever is allowed. Types are compared without
/// regard to case and parameters. A response without a content type, or
/// with one that cannot be read, is not compressed, unless [`any`](Self::any) type is.
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
    allowed: Vec<Range>,
    denied: Vec<Range>,
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
    /// For a [predicate](super::CompressionLayer::compress_when) that decides alone, or a list of what
    /// to [deny](Self::deny).
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

    /// Compresses `range` too: a media type, or all of a type as `image/*`.
    ///
    /// # Errors
    ///
    /// [`InvalidCompression::MediaRange`] when `range` is neither.
    pub fn allow(mut self, range: &str) -> Result<Self, InvalidCompression> {
        self.allowed.push(Range::parse(range)?);
        Ok(self)
    }

    /// Does not compress `range`, a media type or all of a type as `text/*`, whatever else allows
    /// it.
    ///
    /// # Errors
    ///
    /// [`InvalidCompression::MediaRange`] when `range` is neither.
    pub fn deny(mut self, range: &str) -> Result<Self, InvalidCompression> {
        self.denied.push(Range::parse(range)?);
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
        let within = |ranges: &[Range]| ranges.iter().any(|range| range.matches(media_type));
        let is_allowed =
            || self.base == Base::Any || is_compressible(media_type) || within(&self.allowed);
        !eligible::is_never_changed(media_type) && !within(&self.denied) && is_allowed()
    }
}

fn is_compressible(media_type: MediaType<'_>) -> bool {
    // What most responses are, before the table is searched.
    media_type.kind_is("text")
        || media_type.is("application", "json")
        || media_type.suffix().is_some_and(|suffix| {
            SUFFIXES
                .iter()
                .any(|name| suffix.eq_ignore_ascii_case(name))
        })
        || NAMED
            .iter()
            .filter(|(kind, _)| media_type.kind_is(kind))
            .any(|(_, subtypes)| {
                subtypes.iter().any(|subtype| {
                    media_type
                        .subtype()
                        .eq_ignore_ascii_case(subtype.as_bytes())
                })
            })
}

/// `type/subtype`, or `type/*`.
#[derive(Clone, Debug)]
struct Range {
    kind: String,
    subtype: String,
}

impl Range {
    fn parse(text: &str) -> Result<Self, InvalidCompression> {
        let is_whole =
            MediaType::parse(text.as_bytes()).is_some() && !text.contains([';', ' ', '\t']);
        match text.split_once('/') {
            Some((kind, subtype)) if is_whole && has_no_part_star(kind, subtype) => Ok(Self {
                kind: kind.to_owned(),
                subtype: subtype.to_owned(),
            }),
            _ => Err(InvalidCompression::MediaRange {
                range: text.to_owned(),
            }),
        }
    }

    fn matches(&self, media_type: MediaType<'_>) -> bool {
        media_type.kind_is(&self.kind)
            && (self.subtype == "*" || media_type.is(&self.kind, &self.subtype))
    }
}

/// A star is a character of tokens; here it stands for a whole subtype, or is a mistake.
fn has_no_part_star(kind: &str, subtype: &str) -> bool {
    !kind.contains('*') && (subtype == "*" || !subtype.contains('*'))
}

/// Structured syntaxes that are text.
const SUFFIXES: &[&[u8]] = &[b"json", b"xml", b"text"];

/// Compressible types that `text/*` and the suffixes miss.
const NAMED: &[(&str, &[&str])] = &[
    (
        "application",
        &[
            "cbor",
            "dart",
            "ecmascript",
            "javascript",
            "json",
            "json-seq",
            "jsonl",
            "ndjson",
            "postscript",
            "protobuf",
            "raml+yaml",
            "rtf",
            "tar",
            "toml",
            "vnd.dart",
            "vnd.google.protobuf",
            "vnd.ms-fontobject",
            "vnd.ms-opentype",
            "wasm",
            "x-httpd-php",
            "x-javascript",
            "x-jsonlines",
            "x-ndjson",
            "x-ns-proxy-autoconfig",
            "x-protobuf",
            "x-sh",
            "x-tar",
            "x-virtualbox-hdd",
            "x-virtualbox-ova",
            "x-virtualbox-ovf",
            "x-virtualbox-vbox",
            "x-virtualbox-vdi",
            "x-virtualbox-vhd",
            "x-virtualbox-vmdk",
            "x-www-form-urlencoded",
            "x-yaml",
            "xml",
            "xml-dtd",
            "yaml",
        ],
    ),
    ("font", &["otf", "ttf"]),
    (
        "image",
        &[
            "bmp",
            "vnd.adobe.photoshop",
            "vnd.microsoft.icon",
            "vnd.ms-dds",
            "x-icon",
            "x-ms-bmp",
        ],
    ),
    ("message", &["rfc822"]),
    ("model", &["gltf-binary"]),
    ("x-shader", &["x-fragment", "x-vertex"]),
];

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
    fn what_is_no_media_range_is_refused() {
        for range in [
            "",
            "json",
            "*/*",
            "application/*+json",
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
