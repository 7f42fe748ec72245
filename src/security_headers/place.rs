//! A place for the `Content-Type` of a response in a prepared set.

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

/// Whether a map of fields has an empty `Content-Type`, which that of a response replaces.
///
/// A copy of a map has no room for one field more, and a larger table costs as much as copying five
/// fields. Almost every response has a `Content-Type`, so the place is made once.
///
/// Invariant: the empty line must never be sent. Whoever copies the map calls [`fill`](Self::fill)
/// for each field of the response, and [`close`](Self::close) at the end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    is_empty: bool,
}

impl Place {
    /// Makes the place, unless the map has a `Content-Type` of its own.
    pub(super) fn make(fields: &mut HeaderMap) -> Self {
        let is_empty = !fields.contains_key(CONTENT_TYPE);
        if is_empty {
            fields.insert(CONTENT_TYPE, HeaderValue::from_static(""));
        }
        Self { is_empty }
    }

    /// A field of this name is put into the map.
    pub(super) fn fill(&mut self, name: &HeaderName) {
        self.is_empty &= *name != CONTENT_TYPE;
    }

    /// Takes the empty line out of the map, if it is still there.
    pub(super) fn close(self, fields: &mut HeaderMap) {
        if self.is_empty {
            fields.remove(CONTENT_TYPE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_filled_or_closed() {
        let text = HeaderValue::from_static("text/plain");
        let mut made = HeaderMap::new();
        let place = Place::make(&mut made);
        assert_eq!(made[CONTENT_TYPE], "");

        let mut closed = made.clone();
        place.close(&mut closed);
        assert!(closed.is_empty());

        let mut filled = made.clone();
        let mut place = place;
        place.fill(&http::header::VARY);
        place.fill(&CONTENT_TYPE);
        filled.insert(CONTENT_TYPE, text.clone());
        place.close(&mut filled);
        assert_eq!(filled[CONTENT_TYPE], text);

        // One that the map has already is no place.
        let place = Place::make(&mut filled);
        place.close(&mut filled);
        assert_eq!(filled[CONTENT_TYPE], text);
    }
}
