//! The fields of a layer, as they are configured. Pure.

use http::HeaderName;

use super::by_scheme::ByScheme;
use super::conflict::Conflict;
use super::header::SecurityHeader;
use super::prepared::Prepared;
use crate::marks::scheme::Scheme;

/// What a layer sends and removes.
#[derive(Clone, Debug, Default)]
pub(super) struct Template {
    entries: Vec<SecurityHeader>,
    /// How fields meet those of the handler, by their names. A name may come before its field.
    conflicts: Vec<(HeaderName, Conflict)>,
    removed: Vec<HeaderName>,
    /// What is sent where the handler sets none of it: made once, copied for every response.
    prepared: ByScheme<Prepared>,
    has_nonces: bool,
}

impl Template {
    /// Sends a field, in the place of one of the same name.
    pub(super) fn set(&mut self, field: SecurityHeader) {
        let mut entries = self.entries.iter_mut();
        match entries.find(|entry| entry.name == field.name) {
            Some(entry) => *entry = field,
            None => self.entries.push(field),
        }
        self.prepare();
    }

    /// Does not send the field of this name.
    pub(super) fn unset(&mut self, name: &HeaderName) {
        self.entries.retain(|entry| entry.name != *name);
        self.prepare();
    }

    /// Notes how the field of this name meets that of the handler, whether it is sent yet or not.
    pub(super) fn on_conflict(&mut self, name: HeaderName, conflict: Conflict) {
        let mut conflicts = self.conflicts.iter_mut();
        match conflicts.find(|(known, _)| *known == name) {
            Some((_, before)) => *before = conflict,
            None => self.conflicts.push((name, conflict)),
        }
        self.prepare();
    }

    fn conflict(&self, name: &HeaderName) -> Conflict {
        let mut conflicts = self.conflicts.iter();
        let found = conflicts.find(|(known, _)| known == name);
        found.map_or_else(Conflict::default, |(_, conflict)| *conflict)
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

    /// What is sent with the responses to requests by this scheme.
    pub(super) const fn prepared(&self, scheme: Scheme) -> &Prepared {
        self.prepared.get(scheme)
    }

    /// What is sent with one response: without the fields named `unset`, and with those of `set`
    /// instead of any others of their names.
    pub(super) fn overridden(
        &self,
        scheme: Scheme,
        unset: &[HeaderName],
        set: &[SecurityHeader],
    ) -> Prepared {
        let is_kept = |entry: &&SecurityHeader| {
            !unset.contains(&entry.name) && !set.iter().any(|field| field.name == entry.name)
        };
        let entries = self.entries.iter().filter(is_kept);
        let entries = entries.map(|entry| (entry, self.conflict(&entry.name)));
        let set = set.iter().map(|field| (field, Conflict::Override));
        Prepared::new(scheme, entries.chain(set), &self.removed)
    }

    fn prepare(&mut self) {
        let entries = || {
            let entries = self.entries.iter();
            entries.map(|entry| (entry, self.conflict(&entry.name)))
        };
        self.prepared = ByScheme::make(|scheme| Prepared::new(scheme, entries(), &self.removed));
        self.has_nonces = self.entries.iter().any(SecurityHeader::has_nonces);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security_headers::nonce::NonceMode;
    use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

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
            template.set(SecurityHeader::fixed(HeaderName::from_static(name), value));
        }
        template
    }

    fn apply(template: &Template, fields: &mut HeaderMap) {
        let prepared = template.prepared(Scheme::Unknown);
        prepared.apply(fields, NonceMode::Unread);
    }

    #[track_caller]
    fn check(
        template: &Template,
        before: &[(&'static str, &'static str)],
        after: &[(&'static str, &'static str)],
    ) {
        let mut fields = map(before);
        apply(template, &mut fields);
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
        template.on_conflict(HeaderName::from_static("x-a"), Conflict::Override);
        check(&template, &twice, &[("x-a", "ours"), ("x-b", "ours")]);
        template.on_conflict(HeaderName::from_static("x-a"), Conflict::Append);
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
        apply(&template(&[("x-a", "ours")]), &mut fields);
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

        template.set(SecurityHeader::fixed(CONTENT_TYPE, "e/f"));
        check(&template, &[], &[ours, ("content-type", "e/f")]);
        check(&template, &lines, &[ours, lines[0], lines[1]]);
        template.on_conflict(CONTENT_TYPE, Conflict::Override);
        check(&template, &lines, &[ours, ("content-type", "e/f")]);
        template.on_conflict(CONTENT_TYPE, Conflict::Append);
        check(&template, &[], &[ours, ("content-type", "e/f")]);
        template.unset(&CONTENT_TYPE);
        check(&template, &[], &[ours]);
    }
}
