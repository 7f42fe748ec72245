//! What the extension of a file's name tells of its content type.

use crate::fields::media_range::MediaRange;
use crate::fields::media_type::MediaType;

/// Files of one sort: their extensions, and the content types that they are sent with.
#[derive(Debug)]
pub(crate) struct FileType {
    extensions: &'static [&'static str],
    pub(crate) kind: Kind,
    types: &'static [Type],
    /// Types that an API has as well, so that they tell nothing of a file unless its directory is known.
    generic_types: &'static [Type],
}

type Type = (&'static str, &'static str);

/// What files are for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
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
    pub(crate) const fn is_asset(self) -> bool {
        matches!(self, Self::Code | Self::Font | Self::Image | Self::Map)
    }

    /// Whether build tools write a digest of the content into the names of such files.
    pub(crate) const fn is_named_by_content(self) -> bool {
        matches!(self, Self::Code | Self::Font | Self::Map)
    }

    pub(crate) const fn is_code_or_font(self) -> bool {
        matches!(self, Self::Code | Self::Font)
    }
}

impl FileType {
    pub(crate) fn of_extension(extension: &str) -> Option<&'static Self> {
        FILE_TYPES.iter().find(|file| {
            let mut extensions = file.extensions.iter();
            extensions.any(|known| known.eq_ignore_ascii_case(extension))
        })
    }

    /// The files at the paths that end so.
    ///
    /// A path that ends in a slash is that of a page.
    pub(crate) fn of_path(path: &str) -> Option<&'static Self> {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        let extension = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension,
            _ if name.is_empty() => "html",
            _ => return None,
        };
        Self::of_extension(extension)
    }

    /// The type with which such a file is usually sent; `None` where servers do not agree on one.
    pub(crate) fn usual_type(&self) -> Option<MediaType<'static>> {
        let (kind, subtype) = self.types[0];
        (!self.has_generic_types()).then_some(MediaType::new(kind, subtype))
    }

    /// Whether a response of this type is such a file. `is_declared` is whether the files of its directory
    /// are known to be assets, so that a type that an API has as well counts too.
    pub(crate) fn has_type(&self, media_type: MediaType<'_>, is_declared: bool) -> bool {
        let has = |types: &[Type]| types.iter().any(|(kind, sub)| media_type.is(kind, sub));
        has(self.types) || (is_declared && has(self.generic_types))
    }

    /// Whether a response of such a file may have a type that tells nothing of it.
    pub(crate) const fn has_generic_types(&self) -> bool {
        !self.generic_types.is_empty()
    }

    /// Whether such a file may be sent with a type in `range`.
    pub(crate) fn may_be_in(&self, range: &MediaRange) -> bool {
        let mut types = self.types.iter().chain(self.generic_types);
        types.any(|(kind, subtype)| range.matches(MediaType::new(kind, subtype)))
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

pub(crate) static FILE_TYPES: [FileType; 27] = [
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
    fn check(path: &str, expected: Option<(&str, &str)>) {
        let found = FileType::of_path(path).and_then(FileType::usual_type);
        let is_expected = match (found, expected) {
            (Some(found), Some((kind, subtype))) => found.is(kind, subtype),
            (found, expected) => found.is_none() && expected.is_none(),
        };
        assert!(is_expected, "{path}: {found:?}");
    }

    #[test]
    fn e_23_a_path_tells_the_usual_type_of_its_file() {
        check("/", Some(("text", "html")));
        check("/a.b/", Some(("text", "html")));
        check("/a.CSS", Some(("text", "css")));
        check("/a.min.js", Some(("text", "javascript")));
        check("/photo.png", Some(("image", "png")));
        check("/a.b/c", None);
        check("/a", None);
        check("/a.js.map", None);
        check("/.css", None);
        check("/a.", None);
        check("/a.xyz", None);
        check("*", None);
        check("", Some(("text", "html")));
    }

    #[test]
    fn every_extension_is_listed_once_and_every_sort_has_a_type() {
        let mut seen: Vec<_> = FILE_TYPES
            .iter()
            .flat_map(|file| file.extensions.iter())
            .collect();
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count);
        assert!(FILE_TYPES.iter().all(|file| !file.types.is_empty()));
    }
}
