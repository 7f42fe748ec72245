//! What is known of a response's media type, from its head or from its path. Pure.

use http::header::CONTENT_TYPE;
use http::{Extensions, StatusCode, response};

use super::file_type::{FILE_TYPES, FileType};
use super::path::Path;
use crate::fields::media_range::MediaRange;
use crate::fields::media_type::MediaType;
use crate::marks::DroppedContent;

/// What is known of the media type of a response.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Media<'a> {
    /// The response names it.
    Named(MediaType<'a>),
    /// The response stands for a 200 and does not say of which type that is. A file of this path has one
    /// of these types; `None` where the path does not tell.
    Guessed(Option<&'static FileType>),
    /// The response names none.
    Missing,
}

impl<'a> Media<'a> {
    /// The type of the representation that a response has, or that it stands for.
    pub(crate) fn of(response: &'a response::Parts, path: &Path<'_>) -> Self {
        let said = response.headers.get(CONTENT_TYPE);
        let named = said.and_then(|value| MediaType::parse(value.as_bytes()));
        let media = named.map_or(Media::Missing, Media::Named);
        media.of_whole(response.status, &response.extensions, path)
    }

    /// The type of the 200 that a 304 or a 206 stands for, where the response does not show it.
    pub(crate) fn of_whole(
        self,
        status: StatusCode,
        extensions: &'a Extensions,
        path: &Path<'_>,
    ) -> Self {
        match (status, self) {
            (StatusCode::NOT_MODIFIED, Self::Missing) => {
                // A layer of this crate that made the 304 of a 200 left the type here, be it none.
                match DroppedContent::of(extensions) {
                    Some(dropped) => {
                        let dropped = MediaType::parse(dropped.content_type.as_bytes());
                        dropped.map_or(Self::Missing, Self::Named)
                    }
                    None => Self::guess(path),
                }
            }
            // RFC 9110 §15.3.7, of a 206 to a request with `If-Range`:
            //
            // > the sender SHOULD NOT generate other representation header fields beyond those required
            //
            // and the type is not required.
            (StatusCode::PARTIAL_CONTENT, Self::Missing) => Self::guess(path),
            (StatusCode::PARTIAL_CONTENT, Self::Named(parts))
                if parts.is("multipart", "byteranges") =>
            {
                Self::guess(path)
            }
            _ => self,
        }
    }

    /// The type of a 200 whose head is not there, by its path.
    pub(crate) fn guess(path: &Path<'_>) -> Self {
        Self::Guessed(FileType::of_path(path.as_str()))
    }

    /// Whether the type is in `range`.
    #[inline(always)]
    pub(crate) fn is_in(&self, range: &MediaRange) -> bool {
        match self {
            Self::Named(found) => range.matches(*found),
            Self::Guessed(file) => file.is_some_and(|file| file.may_be_in(range)),
            Self::Missing => false,
        }
    }

    /// Whether this is a type of code or of fonts, which are the same for everybody.
    pub(crate) fn is_code_or_font(&self) -> bool {
        match self {
            Self::Named(found) => FILE_TYPES
                .iter()
                .any(|file| file.kind.is_code_or_font() && file.has_type(*found, false)),
            Self::Guessed(file) => file.is_some_and(|file| file.kind.is_code_or_font()),
            Self::Missing => false,
        }
    }
}

/// Whether a response of this type is such a file.
///
/// Where the type was guessed it agrees with the path by nature. Only a source map may then have a type
/// that tells nothing.
pub(crate) fn agree(file: &FileType, media: &Media<'_>, is_declared: bool) -> bool {
    match media {
        Media::Named(named) => file.has_type(*named, is_declared),
        Media::Guessed(_) => is_declared || !file.has_generic_types(),
        Media::Missing => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, kind: &str, subtype: &str, expected: bool) {
        let media = Media::guess(&Path::read(path));
        for range in [format!("{kind}/{subtype}"), format!("{kind}/*")] {
            let is_in = media.is_in(&MediaRange::parse(&range).unwrap());
            assert_eq!(is_in, expected, "{path} as {range}");
        }
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
