//! `CDN-Cache-Control` (RFC 9213): what is said to the caches of a content delivery network alone.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::error::InvalidCacheControl;
use super::value::CacheControl;
use crate::fields::cache_control::{Extension, ResponseDirectives};
use crate::fields::structured;
use crate::rules::cache_policy;

/// A `CDN-Cache-Control` field: a [`CacheControl`] for the caches of a content delivery network, which
/// go by it alone where it is there.
///
/// The two are sent side by side. A network that obeys this one may hold the response for long, and the
/// `Age` that it sends then uses up a short `max-age` of `Cache-Control`. Give clients `no-cache`, or a
/// lifetime longer than the network's.
///
/// It is not sent where the response may be personal, unless this value says `private`, `no-store` or, for
/// a request with credentials or a cookie, `public`.
///
/// # Example
///
/// ```
/// use tower_egress::cache_control::{CacheControl, CdnCacheControl};
///
/// let hour = CdnCacheControl::new(&CacheControl::max_age(3600))?;
/// assert_eq!(hour.to_value(), "max-age=3600");
/// # Ok::<(), tower_egress::cache_control::InvalidCacheControl>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CdnCacheControl {
    value: CacheControl,
    line: HeaderValue,
}

impl CdnCacheControl {
    /// Says `value` as a structured field.
    ///
    /// # Errors
    ///
    /// [`InvalidCacheControl::Extension`]: an argument that was [read](CacheControl::read) from a head is
    /// not printable ASCII.
    ///
    /// [`InvalidCacheControl::Key`]: the name of an extension begins with neither a lower-case letter
    /// nor `*`, or holds what a key cannot.
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

    /// The field value.
    #[must_use]
    pub fn to_value(&self) -> HeaderValue {
        self.line.clone()
    }

    pub(super) const fn value(&self) -> &CacheControl {
        &self.value
    }
}

/// What a head says to caches that obey another field before `Cache-Control`, all such fields together.
pub(super) fn said_in(head: &HeaderMap) -> CacheControl {
    let mut directives = ResponseDirectives::default();
    for (name, line) in head {
        if name == "x-accel-expires" {
            // nginx: "The zero value disables caching". Any other value is a lifetime.
            directives.no_store |= line.as_bytes().trim_ascii() == b"0";
        } else if cache_policy::is_obeyed_first(name) {
            directives.take_line(line);
        }
    }
    CacheControl::of(directives)
}

/// RFC 9213 §2.1: an argument that is no integer is a token where it can be one, and a string otherwise.
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
    use super::*;

    #[track_caller]
    fn check(value: &CacheControl, expected: &str) {
        assert_eq!(CdnCacheControl::new(value).unwrap().to_value(), expected);
    }

    #[test]
    fn s_16_s_17_it_is_a_dictionary_of_structured_fields() {
        let builder = CacheControl::builder;
        check(
            &builder().public().max_age(600).build().unwrap(),
            "public, max-age=600",
        );
        let fields = [http::header::SET_COOKIE];
        let private = builder().private_fields(fields).max_age(1).build().unwrap();
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
            &builder().max_age(1).extension("x.y").build().unwrap(),
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
