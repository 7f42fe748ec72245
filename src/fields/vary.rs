//! `Vary`: which request fields took part in choosing the representation (RFC 9110 §12.5.5).

use bytes::Bytes;
use http::HeaderMap;
use http::header::{Entry, HeaderValue, VARY};

use super::list;

/// Lists a field in `Vary`, once. `name` is the field's name, as the value that it becomes.
///
/// What is listed already stays as it was written; an addition leaves one clean line, for a sender
/// generates no empty list elements (§5.6.1.1). Nothing is added to `Vary: *`:
///
/// > A list containing the member "*" signals that other aspects of the request might have
/// > played a role in selecting the response representation
///
/// so a cache must ask the origin each time anyway, and one more name says nothing.
///
/// `false`, and nothing is changed, when the map holds as many fields as it can.
#[must_use]
pub(crate) fn add(fields: &mut HeaderMap, name: HeaderValue) -> bool {
    match fields.try_entry(VARY) {
        Ok(Entry::Vacant(place)) => place.try_insert(name).is_ok(),
        Ok(Entry::Occupied(mut lines)) => {
            let names = Names {
                lines: || lines.iter(),
            };
            if !names.contains(name.as_bytes()) {
                let line = names.with(&name);
                lines.insert(line);
            }
            true
        }
        Err(_) => false,
    }
}

/// The set of field names that `Vary` lists.
struct Names<F> {
    /// All lines of the field, from the first on.
    lines: F,
}

impl<'a, F, I> Names<F>
where
    F: Fn() -> I,
    I: Iterator<Item = &'a HeaderValue>,
{
    fn iter(&self) -> impl Iterator<Item = &'a [u8]> {
        (self.lines)().flat_map(list::elements_of_line)
    }

    /// Whether the response varies by the field `name`, in any case; `*` is every field.
    fn contains(&self, name: &[u8]) -> bool {
        let is_name = |member: &[u8]| member == b"*" || member.eq_ignore_ascii_case(name);
        self.iter().any(is_name)
    }

    /// The set with one name more, as one line.
    fn with(&self, name: &HeaderValue) -> HeaderValue {
        let mut line = Vec::new();
        for member in self.iter() {
            line.extend_from_slice(member);
            line.extend_from_slice(b", ");
        }
        line.extend_from_slice(name.as_bytes());
        HeaderValue::from_maybe_shared(Bytes::from(line))
            .expect("parts of field values joined by commas are a field value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCEPT_ENCODING: HeaderValue = HeaderValue::from_static("accept-encoding");

    #[track_caller]
    fn check(before: &[&'static str], after: &[&str]) {
        let mut fields = HeaderMap::new();
        for line in before {
            fields.append(VARY, line.parse().unwrap());
        }
        assert!(add(&mut fields, ACCEPT_ENCODING));
        let lines: Vec<_> = fields.get_all(VARY).iter().collect();
        assert_eq!(lines, after, "{before:?}");
    }

    #[test]
    fn c_20_a_name_is_listed_once_whatever_its_case() {
        check(&[], &["accept-encoding"]);
        check(&["Origin"], &["Origin, accept-encoding"]);
        check(&["Accept-Encoding"], &["Accept-Encoding"]);
        check(&["origin,ACCEPT-ENCODING"], &["origin,ACCEPT-ENCODING"]);
        check(
            &["origin", "accept-encoding"],
            &["origin", "accept-encoding"],
        );
    }

    #[test]
    fn c_20_a_star_is_left_alone() {
        check(&["*"], &["*"]);
        check(&["origin, *"], &["origin, *"]);
    }

    #[test]
    fn c_20_only_whole_names_count() {
        check(
            &["x-accept-encoding-hint"],
            &["x-accept-encoding-hint, accept-encoding"],
        );
        check(
            &["accept-encodings"],
            &["accept-encodings, accept-encoding"],
        );
    }

    #[test]
    fn g_05_an_addition_leaves_no_empty_elements() {
        check(&[""], &["accept-encoding"]);
        check(&[","], &["accept-encoding"]);
        check(&["a,,b,", "c"], &["a, b, c, accept-encoding"]);
    }

    #[test]
    fn bytes_beyond_ascii_survive() {
        let mut fields = HeaderMap::new();
        fields.insert(VARY, HeaderValue::from_bytes(b"\xe9").unwrap());
        assert!(add(&mut fields, ACCEPT_ENCODING));
        assert_eq!(fields[VARY].as_bytes(), b"\xe9, accept-encoding");
    }
}
