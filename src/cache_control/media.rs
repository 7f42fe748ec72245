//! What is known of a response's media type, from its head or from its path. Pure.

use super::path::Path;
use crate::fields::media_type::MediaType;

/// What is known of the media type of a response.
#[derive(Clone, Copy, Debug)]
pub(super) enum Media<'a> {
    /// The response names it.
    Named(MediaType<'a>),
    /// The response stands for a 200 and does not say of which type that is. A file of this path has one
    /// of these types; `None` where the path does not tell.
    Guessed(Option<&'static FileType>),
    /// The response names none.
    Missing,
}

impl Media<'_> {
    /// The type of a 200 whose head is not there, by its path.
    pub(super) fn guess(path: &Path<'_>) -> Self {
        // A directory is served as a page.
        let extension = if path.as_str().ends_with('/') {
            Some("html")
        } else {
            path.extension()
        };
        Self::Guessed(extension.and_then(FileType::of_extension))
    }

    /// Whether the type, the part before the slash, is `kind`.
    #[inline(always)]
    pub(super) fn kind_is(&self, kind: &str) -> bool {
        match self {
            Self::Named(found) => found.kind_is(kind),
            Self::Guessed(file) => file.is_some_and(|file| file.may_be(kind, None)),
            Self::Missing => false,
        }
    }

    /// Whether this is `kind "/" subtype`.
    #[inline(always)]
    pub(super) fn is(&self, kind: &str, subtype: &str) -> bool {
        match self {
            Self::Named(found) => found.is(kind, subtype),
            Self::Guessed(file) => file.is_some_and(|file| file.may_be(kind, Some(subtype))),
            Self::Missing => false,
        }
    }

    /// Whether this is a type of code or of fonts, which are the same for everybody.
    pub(super) fn is_code_or_font(&self) -> bool {
        match self {
            Self::Named(found) => FILE_TYPES.iter().any(|file| {
                file.kind.is_code_or_font()
                    && file.types.iter().any(|(one, two)| found.is(one, two))
            }),
            Self::Guessed(file) => file.is_some_and(|file| file.kind.is_code_or_font()),
            Self::Missing => false,
        }
    }
}

/// Files of one sort: their extensions, and the content types that they are sent with.
#[derive(Debug)]
pub(super) struct FileType {
    extensions: &'static [&'static str],
    pub(super) kind: Kind,
    types: &'static [Type],
    /// Types that an API has as well, so that they tell nothing of a file unless its directory is known.
    generic_types: &'static [Type],
}

type Type = (&'static str, &'static str);

/// What files are for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Style sheets, scripts and modules.
    Code,
    /// Pages and manifests, which name other files.
    Document,
    Font,
    Image,
    /// Source maps.
    Map,
    /// What is not an asset.
    Other,
}

impl Kind {
    pub(super) const fn is_asset(self) -> bool {
        matches!(self, Self::Code | Self::Font | Self::Image | Self::Map)
    }

    /// Whether build tools write a digest of the content into the names of such files.
    pub(super) const fn is_named_by_content(self) -> bool {
        matches!(self, Self::Code | Self::Font | Self::Map)
    }

    const fn is_code_or_font(self) -> bool {
        matches!(self, Self::Code | Self::Font)
    }
}

impl FileType {
    pub(super) fn of_extension(extension: &str) -> Option<&'static Self> {
        FILE_TYPES.iter().find(|file| {
            let mut extensions = file.extensions.iter();
            extensions.any(|known| known.eq_ignore_ascii_case(extension))
        })
    }

    /// Whether a response of this type is such a file.
    ///
    /// Where the type was guessed it agrees with the path by nature. Only a source map may then have a
    /// type that tells nothing.
    pub(super) fn agrees_with(&self, media: &Media<'_>, is_declared: bool) -> bool {
        match media {
            Media::Named(named) => {
                let has = |types: &[Type]| types.iter().any(|(kind, sub)| named.is(kind, sub));
                has(self.types) || (is_declared && has(self.generic_types))
            }
            Media::Guessed(_) => is_declared || self.generic_types.is_empty(),
            Media::Missing => false,
        }
    }

    /// Whether such a file may be sent as `kind "/" subtype`, or as any subtype of `kind`.
    fn may_be(&self, kind: &str, subtype: Option<&str>) -> bool {
        let mut types = self.types.iter().chain(self.generic_types);
        types.any(|(one, other)| {
            one.eq_ignore_ascii_case(kind)
                && subtype.is_none_or(|subtype| other.eq_ignore_ascii_case(subtype))
        })
    }

    const fn new(kind: Kind, extensions: &'static [&'static str], types: &'static [Type]) -> Self {
        Self {
            extensions,
            kind,
            types,
            generic_types: &[],
        }
    }
}

static FILE_TYPES: [FileType; 27] = [
    FileType::new(Kind::Code, &["css"], &[("text", "css")]),
    FileType::new(
        Kind::Code,
        &["js", "mjs"],
        &[
            ("text", "javascript"),
            ("application", "javascript"),
            ("application", "x-javascript"),
            ("application", "ecmascript"),
        ],
    ),
    FileType::new(Kind::Code, &["wasm"], &[("application", "wasm")]),
    FileType::new(
        Kind::Image,
        &["png"],
        &[("image", "png"), ("image", "apng")],
    ),
    FileType::new(Kind::Image, &["jpg", "jpeg"], &[("image", "jpeg")]),
    FileType::new(Kind::Image, &["gif"], &[("image", "gif")]),
    FileType::new(Kind::Image, &["webp"], &[("image", "webp")]),
    FileType::new(Kind::Image, &["avif"], &[("image", "avif")]),
    FileType::new(
        Kind::Image,
        &["ico"],
        &[("image", "x-icon"), ("image", "vnd.microsoft.icon")],
    ),
    FileType::new(Kind::Image, &["svg"], &[("image", "svg+xml")]),
    FileType::new(
        Kind::Font,
        &["woff"],
        &[("font", "woff"), ("application", "font-woff")],
    ),
    FileType::new(
        Kind::Font,
        &["woff2"],
        &[("font", "woff2"), ("application", "font-woff2")],
    ),
    FileType::new(
        Kind::Font,
        &["ttf"],
        &[
            ("font", "ttf"),
            ("font", "sfnt"),
            ("application", "font-sfnt"),
            ("application", "x-font-ttf"),
        ],
    ),
    FileType::new(
        Kind::Font,
        &["otf"],
        &[
            ("font", "otf"),
            ("font", "sfnt"),
            ("application", "font-sfnt"),
            ("application", "x-font-otf"),
        ],
    ),
    FileType::new(
        Kind::Font,
        &["eot"],
        &[("application", "vnd.ms-fontobject")],
    ),
    FileType {
        extensions: &["map"],
        kind: Kind::Map,
        types: &[("application", "source-map")],
        generic_types: &[
            ("application", "json"),
            ("application", "octet-stream"),
            ("text", "plain"),
        ],
    },
    FileType::new(Kind::Document, &["html", "htm"], &[("text", "html")]),
    FileType::new(Kind::Document, &["xhtml"], &[("application", "xhtml+xml")]),
    FileType::new(
        Kind::Document,
        &["webmanifest"],
        &[("application", "manifest+json")],
    ),
    FileType::new(Kind::Other, &["json"], &[("application", "json")]),
    FileType::new(Kind::Other, &["txt"], &[("text", "plain")]),
    FileType::new(
        Kind::Other,
        &["xml"],
        &[("text", "xml"), ("application", "xml")],
    ),
    FileType::new(Kind::Other, &["pdf"], &[("application", "pdf")]),
    FileType::new(Kind::Other, &["csv"], &[("text", "csv")]),
    FileType::new(Kind::Other, &["mp3"], &[("audio", "mpeg")]),
    FileType::new(Kind::Other, &["mp4"], &[("video", "mp4")]),
    FileType::new(
        Kind::Other,
        &["webm"],
        &[("video", "webm"), ("audio", "webm")],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, kind: &str, subtype: &str, expected: bool) {
        let media = Media::guess(&Path::read(path));
        let found = (media.is(kind, subtype), media.kind_is(kind));
        assert_eq!(found, (expected, expected), "{path} as {kind}/{subtype}");
    }

    #[test]
    fn s_03_a_type_that_is_not_said_is_that_of_the_path() {
        check("/a.css", "text", "css", true);
        check("/a.CSS", "Text", "CSS", true);
        check("/a.mjs", "application", "javascript", true);
        check("/a.map", "application", "json", true);
        check("/", "text", "html", true);
        check("/a.css/", "text", "html", true);
        check("/a.html", "text", "html", true);
        check("/a.css", "image", "png", false);
        check("/a", "text", "html", false);
        check("/a.xyz", "text", "html", false);
    }

    #[test]
    fn f_10_code_and_fonts_are_known_by_their_types() {
        for (content_type, expected) in [
            ("text/css", true),
            ("Application/JavaScript; charset=utf-8", true),
            ("application/wasm", true),
            ("font/sfnt", true),
            ("application/vnd.ms-fontobject", true),
            ("application/source-map", false),
            ("application/json", false),
            ("image/svg+xml", false),
            ("text/html", false),
            ("text/plain", false),
        ] {
            let named = MediaType::parse(content_type.as_bytes()).unwrap();
            let found = Media::Named(named).is_code_or_font();
            assert_eq!(found, expected, "{content_type}");
        }
        for (path, expected) in [
            ("/a.js", true),
            ("/a.png", false),
            ("/a", false),
            ("/", false),
        ] {
            let found = Media::guess(&Path::read(path)).is_code_or_font();
            assert_eq!(found, expected, "{path}");
        }
        assert!(!Media::Missing.is_code_or_font());
    }
}
