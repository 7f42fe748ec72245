//! `CDN-Cache-Control` (RFC 9213), which only the caches of content delivery networks obey.

use std::fmt;
use std::str::FromStr;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::error::InvalidCacheControl;
use super::value::CacheControl;
use crate::fields::cache_control::{Extension, ResponseDirectives};
use crate::fields::structured::{self, BareItem, Member};
use crate::rules::cache_policy;

/// A `CDN-Cache-Control` field: a [`CacheControl`] for the caches of a content delivery network.
/// They obey this field alone where a response has it.
///
/// The two are sent side by side. A network that obeys this one may hold the response for long, and
/// the `Age` that it sends then uses up a short `max-age` of `Cache-Control`. Give clients
/// `no-cache`, or a lifetime longer than the network's.
///
/// It is not sent where the response may be personal, unless this value says `private`, `no-store`
/// or, for a request with credentials or a cookie, `public`.
///
/// # Example
///
/// ```
/// use tower_egress::cache_control::{CacheControl, CdnCacheControl, HOUR};
///
/// let hour = CdnCacheControl::new(&CacheControl::max_age(HOUR))?;
/// assert_eq!(hour.to_string(), "max-age=3600");
/// assert_eq!("max-age=3600".parse(), Ok(hour));
/// # Ok::<(), tower_egress::cache_control::InvalidCacheControl>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct CdnCacheControl {
    value: CacheControl,
    line: HeaderValue,
}

impl CdnCacheControl {
    /// Says `value` as a structured field.
    ///
    /// # Errors
    ///
    /// [`InvalidCacheControl::Extension`]: an argument that was [read](CacheControl::read) from a
    /// head is not printable ASCII.
    ///
    /// [`InvalidCacheControl::Key`]: the name of an extension begins with neither a lower-case
    /// letter nor `*`, or holds what a key cannot.
    pub fn new(value: &CacheControl) -> Result<Self, InvalidCacheControl> {
        let mut members = Vec::new();
        for extension in &value.directives.extensions {
            members.push(extension_member(extension)?);
        }
        let known = CacheControl::of(ResponseDirectives {
            extensions: Vec::new(),
            ..value.directives.clone()
        });
        // Flags, integers and quoted names are the same in a dictionary (RFC 9651 §3.2).
        let known = known.to_string();
        if !known.is_empty() {
            members.insert(0, known);
        }
        let line = HeaderValue::try_from(members.join(", "));
        Ok(Self {
            value: value.clone(),
            line: line.expect("a structured field is visible ASCII"),
        })
    }

    pub(super) const fn value(&self) -> &CacheControl {
        &self.value
    }
}

/// Parses what you write in a setting: the text of a [`CacheControl`], as strictly.
impl FromStr for CdnCacheControl {
    type Err = InvalidCacheControl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(&text.parse()?)
    }
}

impl fmt::Display for CdnCacheControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.line.to_str().map_err(|_| fmt::Error)?)
    }
}

impl From<CdnCacheControl> for HeaderValue {
    fn from(value: CdnCacheControl) -> Self {
        value.line
    }
}

impl From<&CdnCacheControl> for HeaderValue {
    fn from(value: &CdnCacheControl) -> Self {
        value.line.clone()
    }
}

/// What a head says to caches that obey another field before `Cache-Control`, all such fields
/// together.
pub(super) fn said_in(head: &HeaderMap) -> Option<CacheControl> {
    let mut directives = ResponseDirectives::default();
    for name in head.keys() {
        if name == "x-accel-expires" {
            // nginx: "The zero value disables caching". Any other value is a lifetime.
            let mut lines = head.get_all(name).iter();
            directives.no_store |= lines.any(|line| line.as_bytes().trim_ascii() == b"0");
        } else if cache_policy::is_obeyed_first(name) {
            take_field(&mut directives, head, name);
        }
    }
    CacheControl::unless_empty(directives)
}

/// Takes what a field says: a targeted field as the dictionary that it is, any other as
/// `Cache-Control`.
///
/// Deviates: RFC 9213 §2.2 has caches ignore a targeted field that is not a dictionary. Not all
/// caches do, and the handler means what it forbids, so the layer reads such a field as
/// `Cache-Control`.
fn take_field(directives: &mut ResponseDirectives, head: &HeaderMap, name: &HeaderName) {
    let is_targeted = name.as_str().ends_with("-cache-control");
    let members = is_targeted.then(|| structured::dictionary(head, name));
    match members.flatten() {
        Some(members) => members
            .iter()
            .for_each(|(key, member)| take_member(directives, key, member)),
        None => head
            .get_all(name)
            .iter()
            .for_each(|line| directives.take_line(line)),
    }
}

/// Takes a directive of a dictionary. Its parameters mean nothing (RFC 9213 §2.1), and an argument
/// that no directive has is none.
fn take_member(directives: &mut ResponseDirectives, key: &str, member: &Member<'_>) {
    let Member::Item(item) = member else {
        return directives.take(key.as_bytes(), None);
    };
    let number;
    let argument = match &item.value {
        BareItem::Boolean(false) => return,
        BareItem::Integer(integer) => {
            number = integer.to_string();
            Some(number.as_str())
        }
        BareItem::String(text) => Some(text.as_ref()),
        BareItem::Token(text) => Some(*text),
        _ => None,
    };
    directives.take(key.as_bytes(), argument.map(str::as_bytes));
}

/// RFC 9213 §2.1: an argument that is not an integer is a token where it can be one, and a string
/// otherwise.
fn extension_member(extension: &Extension) -> Result<String, InvalidCacheControl> {
    if !structured::is_key(&extension.name) {
        return Err(InvalidCacheControl::Key {
            name: extension.name.clone(),
        });
    }
    let mut member = extension.name.clone();
    if let Some(argument) = &extension.argument {
        member.push('=');
        if structured::is_integer(argument) || structured::is_token(argument) {
            member.push_str(argument);
        } else if !structured::is_string(argument) {
            return Err(InvalidCacheControl::Extension {
                name: extension.name.clone(),
                argument: Some(argument.clone()),
            });
        } else {
            structured::write_string(&mut member, argument);
        }
    }
    Ok(member)
}

/// The name of the field.
pub(super) const CDN_CACHE_CONTROL: HeaderName = HeaderName::from_static("cdn-cache-control");

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(value: &CacheControl, expected: &str) {
        let made = CdnCacheControl::new(value).unwrap();
        assert_eq!(made.to_string(), expected);
        assert_eq!(HeaderValue::from(&made), expected);
        assert_eq!(HeaderValue::from(made), expected);
    }

    #[track_caller]
    fn check_said(lines: &[(&'static str, &str)], expected: Option<&str>) {
        let mut head = HeaderMap::new();
        for (name, line) in lines {
            head.append(*name, line.parse().unwrap());
        }
        let found = said_in(&head).map(|said| said.to_string());
        assert_eq!(found.as_deref(), expected, "{lines:?}");
    }

    #[test]
    fn s_16_f_10_a_targeted_field_is_read_as_a_dictionary() {
        let cdn = |line| check_said(&[("cdn-cache-control", line)], Some("no-store"));
        cdn("no-store");
        cdn("no-store;of=\"us\"");
        cdn("private=?0, no-store");
        cdn("no-store=?0, no-store");
        check_said(&[("cdn-cache-control", "no-store=?0")], None);
        check_said(&[("cdn-cache-control", "private;a=1")], Some("private"));
        check_said(&[("cdn-cache-control", "private=(a b)")], Some("private"));
        let last = "max-age=1, max-age=\"9\";q, x=y";
        check_said(&[("cdn-cache-control", last)], Some("max-age=9, x=y"));
        let lines = [
            ("cdn-cache-control", "max-age=5"),
            ("edge-control", "no-store;a"),
        ];
        check_said(&lines, Some("max-age=5, no-store;a"));
        check_said(&[("x-accel-expires", " 0")], Some("no-store"));
        check_said(
            &[("x-accel-expires", "5"), ("cache-control", "private")],
            None,
        );
    }

    /// A cache of RFC 9213 ignores it, and others do not: what it forbids stays forbidden.
    #[test]
    fn f_10_what_a_malformed_field_forbids_is_heard() {
        for line in ["No-Store", "no-store,", "x=\u{e9}, no-store"] {
            let mut head = HeaderMap::new();
            head.append(
                "cdn-cache-control",
                HeaderValue::from_bytes(line.as_bytes()).unwrap(),
            );
            let said = said_in(&head).expect("a directive");
            assert!(said.forbids_sharing(), "{line}");
        }
    }

    #[test]
    fn s_16_text_is_parsed_as_strictly_as_a_builder() {
        let parsed: CdnCacheControl = "private, max-age=60".parse().unwrap();
        assert_eq!(parsed.to_string(), "private, max-age=60");
        assert_eq!(
            "".parse::<CdnCacheControl>(),
            Err(InvalidCacheControl::Empty)
        );
        assert!("private, public".parse::<CdnCacheControl>().is_err());
        assert!("1x".parse::<CdnCacheControl>().is_err());
    }

    #[test]
    fn s_16_s_17_it_is_a_dictionary_of_structured_fields() {
        let builder = CacheControl::builder;
        check(
            &builder()
                .public()
                .max_age(Duration::from_secs(600))
                .build()
                .unwrap(),
            "public, max-age=600",
        );
        let fields = [http::header::SET_COOKIE];
        let private = builder()
            .private_fields(fields)
            .max_age(Duration::from_secs(1))
            .build()
            .unwrap();
        check(&private, "private=\"set-cookie\", max-age=1");
        let build = |argument| builder().extension_with("x", argument).build().unwrap();
        check(&build("10"), "x=10");
        check(&build("-1"), "x=-1");
        check(&build("a/b:c"), "x=a/b:c");
        check(&build("*"), "x=*");
        check(&build("1a"), "x=\"1a\"");
        check(&build("1234567890123456"), "x=\"1234567890123456\"");
        check(&build("a b"), "x=\"a b\"");
        check(&build("say \"\\\""), "x=\"say \\\"\\\\\\\"\"");
        check(&build(""), "x=\"\"");
        check(
            &builder()
                .max_age(Duration::from_secs(1))
                .extension("x.y")
                .build()
                .unwrap(),
            "max-age=1, x.y",
        );
    }

    #[test]
    fn s_16_a_name_that_is_no_key_is_refused() {
        for name in ["1x", "-x", "x!"] {
            let value = CacheControl::builder().extension(name).build().unwrap();
            let expected = InvalidCacheControl::Key {
                name: name.to_owned(),
            };
            assert_eq!(CdnCacheControl::new(&value), Err(expected));
        }
    }
}
