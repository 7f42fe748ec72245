//! `Cache-Control` of requests (RFC 9111 §5.2.1), as a value.

use http::header::{CACHE_CONTROL, HeaderMap, HeaderValue};

use super::cache_directives;

/// The directives of a request that layers obey. Others are for caches alone.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct RequestDirectives {
    /// §5.2.1.4: the client wants a response that no cache had.
    pub(crate) no_cache: bool,
    /// §5.2.1.6: the client wants the content as it is.
    pub(crate) no_transform: bool,
}

impl RequestDirectives {
    /// The directives of all lines.
    pub(crate) fn read(fields: &HeaderMap) -> Self {
        let lines = fields.get_all(CACHE_CONTROL).iter();
        lines
            .map(Self::of_line)
            .fold(Self::default(), |read, line| Self {
                no_cache: read.no_cache || line.no_cache,
                no_transform: read.no_transform || line.no_transform,
            })
    }

    /// The directives of a line. Arguments do not matter.
    pub(crate) fn of_line(line: &HeaderValue) -> Self {
        Self {
            no_cache: cache_directives::line_has(line, "no-cache"),
            no_transform: cache_directives::line_has(line, "no-transform"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_17_directives_are_read_from_all_lines_in_any_case() {
        for (lines, no_cache, no_transform) in [
            (&[][..], false, false),
            (&["max-age=0"], false, false),
            (&["No-Cache"], true, false),
            (&["max-age=0, no-cache=\"x\""], true, false),
            (&["no-transform", "NO-CACHE"], true, true),
            (&["x-no-cache, \"no-transform\""], false, false),
        ] {
            let mut fields = HeaderMap::new();
            for line in lines {
                fields.append(CACHE_CONTROL, HeaderValue::from_static(line));
            }
            let expected = RequestDirectives {
                no_cache,
                no_transform,
            };
            assert_eq!(RequestDirectives::read(&fields), expected, "{lines:?}");
        }
    }
}
