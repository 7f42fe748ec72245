//! The fields of a layer, ready to be laid under those of a response. Pure.

use http::header::{CONTENT_TYPE, Entry, HeaderMap, HeaderName, HeaderValue};

use super::conflict::Conflict;
use super::header::SecurityHeader;
use super::nonce::NonceMode;
use super::place::Place;
use crate::marks::scheme::Scheme;

/// More fields than this have no room in one head: `HeaderMap` holds at most 24,576 lines. A
/// response near that is left as it is.
const MOST: usize = 24_000;

/// Room in the index for the fields that a handler sets, so that the usual ones fit without a new
/// one.
const ROOM: usize = 12;

/// What is sent with the responses to requests by one scheme.
#[derive(Clone, Debug, Default)]
pub(super) struct Prepared {
    scheme: Scheme,
    /// What is sent where the handler sets none of it.
    fields: HeaderMap,
    /// Those of the fields whose value is another for every response.
    spliced: Vec<SecurityHeader>,
    /// Those of the fields that take the place of the handler's.
    overriding: Vec<HeaderName>,
    /// What comes after the handler's fields, and so is not in them.
    appended: Vec<SecurityHeader>,
    /// Those of the handler's fields that are removed.
    removed: Vec<HeaderName>,
    /// The place for the handler's `Content-Type` in the fields.
    place: Place,
}

impl Prepared {
    pub(super) fn new<'a>(
        scheme: Scheme,
        entries: impl Iterator<Item = (&'a SecurityHeader, Conflict)>,
        removed: &[HeaderName],
    ) -> Self {
        let mut prepared = Self {
            scheme,
            fields: HeaderMap::with_capacity(entries.size_hint().1.unwrap_or_default() + ROOM),
            removed: removed.to_vec(),
            ..Self::default()
        };
        for (field, conflict) in entries {
            prepared.put(field, conflict);
        }
        if !removed.contains(&CONTENT_TYPE) {
            prepared.place = Place::make(&mut prepared.fields);
        }
        prepared
    }

    fn put(&mut self, field: &SecurityHeader, conflict: Conflict) {
        let Some(value) = field.sent(self.scheme, NonceMode::Unread) else {
            return;
        };
        match conflict {
            Conflict::Append => {
                self.appended.push(field.clone());
                return;
            }
            Conflict::Override => self.overriding.push(field.name.clone()),
            Conflict::Keep => {}
        }
        self.fields.insert(&field.name, value);
        if field.has_nonces() {
            self.spliced.push(field.clone());
        }
    }

    /// Whether a head with this number of lines has room for the fields.
    pub(super) fn fits(&self, lines: usize) -> bool {
        lines + self.fields.len() + self.appended.len() <= MOST
    }

    /// Lays the fields of a response over these. The caller has asked whether they
    /// [fit](Self::fits).
    pub(super) fn apply(&self, fields: &mut HeaderMap, nonces: NonceMode<'_>) {
        let handler = std::mem::replace(fields, self.fields.clone());
        let laid = fields;
        for field in &self.spliced {
            match field.sent(self.scheme, nonces) {
                Some(value) => {
                    laid.insert(&field.name, value);
                }
                None => {
                    laid.remove(&field.name);
                }
            }
        }
        // The field of the lines that follow: they come without its name.
        let mut current = None;
        let mut place = self.place;
        for (name, value) in handler {
            match (name, &current) {
                (Some(name), _) => {
                    place.fill(&name);
                    current = self.lay(laid, name, value);
                }
                (None, Some(name)) => {
                    laid.append(name, value);
                }
                (None, None) => {}
            }
        }
        place.close(laid);
        for field in &self.appended {
            if let Some(value) = field.sent(self.scheme, nonces) {
                laid.append(&field.name, value);
            }
        }
    }

    /// Lays the first line of a field of the response; its name, if the others are laid too.
    fn lay(
        &self,
        laid: &mut HeaderMap,
        name: HeaderName,
        value: HeaderValue,
    ) -> Option<HeaderName> {
        if self.removed.contains(&name) {
            return None;
        }
        match laid.entry(&name) {
            Entry::Vacant(place) => {
                place.insert(value);
            }
            Entry::Occupied(_) if self.overriding.contains(&name) => return None,
            Entry::Occupied(mut ours) => {
                ours.insert(value);
            }
        }
        Some(name)
    }
}
