//! The fields of a layer, and how they are laid under those of a response. Pure.

use http::header::{
    CONTENT_TYPE, Entry, HeaderMap, HeaderName, HeaderValue, STRICT_TRANSPORT_SECURITY,
};

use super::field::{Conflict, Field, Policies};

/// More fields than this have no room in one head: `HeaderMap` holds at most 24,576 lines. A response
/// near that is left as it is.
const MOST: usize = 24_000;

/// Room in the index for the fields that a handler sets, so that the usual ones fit without a new one.
const ROOM: usize = 12;

/// What a layer sends and removes.
#[derive(Clone, Debug, Default)]
pub(super) struct Template {
    entries: Vec<Field>,
    /// How fields meet those of the handler, by their names. A name may come before its field.
    conflicts: Vec<(HeaderName, Conflict)>,
    removed: Vec<HeaderName>,
    /// What is sent where the handler sets none of it: made once, copied for every response.
    prepared: HeaderMap,
    /// The same without `Strict-Transport-Security`.
    prepared_insecure: HeaderMap,
    /// Those of the prepared whose value is another for every response.
    spliced: Vec<Field>,
    /// Those of the prepared that take the place of the handler's.
    overriding: Vec<HeaderName>,
    /// What comes after the handler's fields, and so is not in them.
    appended: Vec<Field>,
    /// Whether the prepared have an empty `Content-Type`, in whose place the handler's goes. A copy of a
    /// map has no room for one field more, and to make room costs as much as to copy five fields.
    keeps_a_place: bool,
    has_nonces: bool,
}

impl Template {
    /// Sends a field, in the place of one of the same name.
    pub(super) fn set(&mut self, field: Field) {
        self.put(field);
        self.prepare();
    }

    /// This template for one response: without the fields named `unset`, and with those of `set` instead of
    /// any others of their names. What is prepared is prepared once, however many they are.
    pub(super) fn overridden(&self, unset: &[HeaderName], set: &[Field]) -> Self {
        let mut template = Self {
            entries: self.entries.clone(),
            conflicts: self.conflicts.clone(),
            removed: self.removed.clone(),
            ..Self::default()
        };
        template
            .entries
            .retain(|entry| !unset.contains(&entry.name));
        for field in set {
            template.meet(&field.name, Conflict::Override);
            template.put(field.clone());
        }
        template.prepare();
        template
    }

    /// Puts a field in the place of one of the same name.
    fn put(&mut self, field: Field) {
        let mut entries = self.entries.iter_mut();
        match entries.find(|entry| entry.name == field.name) {
            Some(entry) => *entry = field,
            None => self.entries.push(field),
        }
    }

    /// Notes how the field of this name meets that of the handler, whether it is sent yet or not.
    fn meet(&mut self, name: &HeaderName, conflict: Conflict) {
        let mut conflicts = self.conflicts.iter_mut();
        match conflicts.find(|(known, _)| known == name) {
            Some((_, before)) => *before = conflict,
            None => self.conflicts.push((name.clone(), conflict)),
        }
    }

    fn conflict(&self, name: &HeaderName) -> Conflict {
        let mut conflicts = self.conflicts.iter();
        let found = conflicts.find(|(known, _)| known == name);
        found.map_or_else(Conflict::default, |(_, conflict)| *conflict)
    }

    /// Does not send the field of this name.
    pub(super) fn unset(&mut self, name: &HeaderName) {
        self.entries.retain(|entry| entry.name != *name);
        self.prepare();
    }

    pub(super) fn on_conflict(&mut self, name: &HeaderName, conflict: Conflict) {
        self.meet(name, conflict);
        self.prepare();
    }

    /// Removes the field of this name from responses.
    pub(super) fn remove(&mut self, name: HeaderName) {
        if !self.removed.contains(&name) {
            self.removed.push(name);
        }
        self.prepare();
    }

    /// Keeps it.
    pub(super) fn keep(&mut self, name: &HeaderName) {
        self.removed.retain(|removed| removed != name);
        self.prepare();
    }

    /// Whether a response may be sent nonces.
    pub(super) const fn has_nonces(&self) -> bool {
        self.has_nonces
    }

    /// Lays the fields of a response over those of the layer. `is_secure` is whether the request came by
    /// https, as far as is known.
    pub(super) fn apply(&self, fields: &mut HeaderMap, is_secure: bool, policies: Policies<'_>) {
        if fields.len() + self.entries.len() > MOST {
            return;
        }
        let prepared = if is_secure {
            &self.prepared
        } else {
            &self.prepared_insecure
        };
        let mut laid = prepared.clone();
        for field in &self.spliced {
            match field.sent(policies) {
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
        let mut is_place_free = self.keeps_a_place;
        for (name, value) in std::mem::take(fields) {
            match (name, &current) {
                (Some(name), _) => {
                    is_place_free &= name != CONTENT_TYPE;
                    current = self.lay(&mut laid, name, value);
                }
                (None, Some(name)) => {
                    laid.append(name, value);
                }
                (None, None) => {}
            }
        }
        if is_place_free {
            laid.remove(CONTENT_TYPE);
        }
        for field in &self.appended {
            let value = field.sent(policies);
            let value = value.filter(|_| is_secure || field.name != STRICT_TRANSPORT_SECURITY);
            if let Some(value) = value {
                laid.append(&field.name, value);
            }
        }
        *fields = laid;
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

    fn prepare(&mut self) {
        let mut prepared = HeaderMap::with_capacity(self.entries.len() + ROOM);
        self.overriding.clear();
        self.appended.clear();
        self.spliced.clear();
        for field in &self.entries {
            match self.conflict(&field.name) {
                Conflict::Append => {
                    self.appended.push(field.clone());
                    continue;
                }
                Conflict::Override => self.overriding.push(field.name.clone()),
                Conflict::Keep => {}
            }
            prepared.insert(&field.name, field.value.clone());
            if field.has_nonces() {
                self.spliced.push(field.clone());
            }
        }
        self.has_nonces = self.entries.iter().any(Field::has_nonces);
        self.keeps_a_place =
            !prepared.contains_key(CONTENT_TYPE) && !self.removed.contains(&CONTENT_TYPE);
        if self.keeps_a_place {
            prepared.insert(CONTENT_TYPE, HeaderValue::from_static(""));
        }
        self.prepared_insecure = prepared.clone();
        self.prepared_insecure.remove(STRICT_TRANSPORT_SECURITY);
        self.prepared = prepared;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut fields = HeaderMap::new();
        for &(name, value) in lines {
            fields.append(name, HeaderValue::from_static(value));
        }
        fields
    }

    fn template(lines: &[(&'static str, &'static str)]) -> Template {
        let mut template = Template::default();
        for &(name, value) in lines {
            template.set(Field::fixed(HeaderName::from_static(name), value));
        }
        template
    }

    #[track_caller]
    fn check(
        template: &Template,
        before: &[(&'static str, &'static str)],
        after: &[(&'static str, &'static str)],
    ) {
        let mut fields = map(before);
        template.apply(&mut fields, true, Policies::Plain);
        assert_eq!(fields, map(after), "{before:?}");
    }

    #[test]
    fn h_29_the_handler_s_field_is_kept_replaced_or_joined() {
        let mut template = template(&[("x-a", "ours"), ("x-b", "ours")]);
        check(&template, &[], &[("x-a", "ours"), ("x-b", "ours")]);
        let twice = [("x-a", "one"), ("x-a", "two")];
        check(
            &template,
            &twice,
            &[("x-a", "one"), ("x-a", "two"), ("x-b", "ours")],
        );
        template.on_conflict(&HeaderName::from_static("x-a"), Conflict::Override);
        check(&template, &twice, &[("x-a", "ours"), ("x-b", "ours")]);
        template.on_conflict(&HeaderName::from_static("x-a"), Conflict::Append);
        check(
            &template,
            &twice,
            &[
                ("x-a", "one"),
                ("x-a", "two"),
                ("x-a", "ours"),
                ("x-b", "ours"),
            ],
        );
        check(&template, &[], &[("x-a", "ours"), ("x-b", "ours")]);
    }

    #[test]
    fn g_07_other_fields_keep_their_lines_in_order() {
        let lines = [
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
            ("set-cookie", "a=3"),
        ];
        let mut fields = map(&lines);
        template(&[("x-a", "ours")]).apply(&mut fields, true, Policies::Plain);
        let cookies: Vec<_> = fields.get_all("set-cookie").iter().collect();
        assert_eq!(cookies, ["a=1", "b=2", "a=3"]);
        assert_eq!(fields["x-a"], "ours");
    }

    #[test]
    fn h_28_what_is_removed_goes_with_all_its_lines() {
        let mut template = template(&[("x-a", "ours")]);
        template.remove(HeaderName::from_static("server"));
        let lines = [("server", "one"), ("server", "two"), ("x-b", "1")];
        check(&template, &lines, &[("x-a", "ours"), ("x-b", "1")]);
        template.keep(&HeaderName::from_static("server"));
        check(
            &template,
            &lines,
            &[
                ("server", "one"),
                ("server", "two"),
                ("x-a", "ours"),
                ("x-b", "1"),
            ],
        );
    }

    #[test]
    fn the_place_of_the_content_type_is_never_sent() {
        let ours = ("x-a", "ours");
        let lines = [("content-type", "a/b"), ("content-type", "c/d")];
        let mut template = template(&[ours]);
        check(&template, &[], &[ours]);
        check(&template, &[("x-b", "1")], &[ours, ("x-b", "1")]);
        check(&template, &lines, &[ours, lines[0], lines[1]]);

        template.remove(CONTENT_TYPE);
        check(&template, &lines, &[ours]);
        template.keep(&CONTENT_TYPE);
        check(&template, &lines, &[ours, lines[0], lines[1]]);

        template.set(Field::fixed(CONTENT_TYPE, "e/f"));
        check(&template, &[], &[ours, ("content-type", "e/f")]);
        check(&template, &lines, &[ours, lines[0], lines[1]]);
        template.on_conflict(&CONTENT_TYPE, Conflict::Override);
        check(&template, &lines, &[ours, ("content-type", "e/f")]);
        template.on_conflict(&CONTENT_TYPE, Conflict::Append);
        check(&template, &[], &[ours, ("content-type", "e/f")]);
        template.unset(&CONTENT_TYPE);
        check(&template, &[], &[ours]);
    }

    #[test]
    fn h_01_strict_transport_security_is_for_https_where_that_is_known() {
        let template = template(&[("strict-transport-security", "max-age=1"), ("x-a", "1")]);
        let mut fields = HeaderMap::new();
        template.apply(&mut fields, false, Policies::Plain);
        assert_eq!(fields, map(&[("x-a", "1")]));
    }
}
