//! Validators: what conditions are compared with (RFC 9110 §8.8).

use std::sync::Arc;
use std::time::SystemTime;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, DATE, ETAG, LAST_MODIFIED};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::entity_tag::EntityTag;
use crate::fields::entity_tag::EntityTag as Parsed;
use crate::fields::http_date::HttpDate;

/// The validators of the current representation, which tell one state of it from another: an entity
/// tag, a date, or both.
///
/// # Example
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use tower_egress::etag::{EntityTag, Validators};
///
/// let tag = EntityTag::strong("v1")?;
/// let validators = Validators::from(tag.clone());
/// assert_eq!(validators.etag(), Some(&tag));
///
/// let modified = UNIX_EPOCH + Duration::from_secs(784_111_777);
/// let validators = Validators::builder().etag(tag).last_modified(modified).build();
/// assert_eq!(validators.last_modified(), Some(modified));
/// # Ok::<(), tower_egress::etag::InvalidEntityTag>(())
/// ```
///
/// The default has no validators: only `*` matches such a representation.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use]
pub struct Validators {
    pub(crate) etag: Option<EntityTag>,
    pub(crate) last_modified: Option<HttpDate>,
    /// Other fields of the response; never `ETAG` or `LAST_MODIFIED`.
    pub(crate) fields: Option<Arc<HeaderMap>>,
    /// They are only for the response, and conditions are compared with the response.
    pub(crate) wait_for_response: bool,
}

impl Validators {
    /// Makes validators of several parts.
    pub fn builder() -> ValidatorsBuilder {
        ValidatorsBuilder::default()
    }

    /// The entity tag.
    #[must_use]
    pub const fn etag(&self) -> Option<&EntityTag> {
        self.etag.as_ref()
    }

    /// The date of the last change, in whole seconds.
    #[must_use]
    pub fn last_modified(&self) -> Option<SystemTime> {
        self.last_modified.map(HttpDate::to_time)
    }

    /// The other fields of the response, with `Content-Type` and `Cache-Control` if they are known.
    #[must_use]
    pub fn fields(&self) -> Option<&HeaderMap> {
        self.fields.as_deref()
    }

    /// These validators and one more field.
    pub(crate) fn and(mut self, name: HeaderName, value: HeaderValue) -> Self {
        let fields = Arc::make_mut(self.fields.get_or_insert_default());
        let _ = fields.try_insert(name, value);
        self
    }

    pub(crate) fn borrowed(&self) -> ValidatorsRef<'_> {
        ValidatorsRef {
            etag: self.etag.as_ref().map(EntityTag::parsed),
            last_modified: self.last_modified,
        }
    }
}

impl From<EntityTag> for Validators {
    fn from(tag: EntityTag) -> Self {
        Self {
            etag: Some(tag),
            ..Self::default()
        }
    }
}

/// Builder of [`Validators`]; made by [`Validators::builder`].
///
/// The order of the calls does not matter.
///
/// # Example
///
/// ```
/// use http::{HeaderMap, HeaderValue, header};
/// use tower_egress::etag::{EntityTag, Validators};
///
/// let mut fields = HeaderMap::new();
/// fields.insert(header::VARY, HeaderValue::from_static("accept-language"));
/// let validators = Validators::builder()
///     .etag(EntityTag::strong("v1-en")?)
///     .content_type(HeaderValue::from_static("text/html"))
///     .fields(fields)
///     .build();
/// assert_eq!(validators.fields().map(HeaderMap::len), Some(2));
/// # Ok::<(), tower_egress::etag::InvalidEntityTag>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ValidatorsBuilder {
    etag: Option<EntityTag>,
    last_modified: Option<HttpDate>,
    fields: HeaderMap,
    content_type: Option<HeaderValue>,
    cache_control: Option<HeaderValue>,
}

impl ValidatorsBuilder {
    /// Sets the entity tag of the state.
    pub fn etag(mut self, tag: EntityTag) -> Self {
        self.etag = Some(tag);
        self
    }

    /// Sets the date of the last change.
    ///
    /// A field has whole seconds, so parts of a second are dropped. A time before 1970 or after
    /// 9999 becomes the first or last second that a field can have.
    pub fn last_modified(mut self, time: SystemTime) -> Self {
        self.last_modified = Some(HttpDate::of(time));
        self
    }

    /// Sets the other fields of the response.
    ///
    /// A 304 before the handler repeats those that it must (RFC 9110 §15.4.5): `Cache-Control`,
    /// `Content-Location`, `Expires` and `Vary`, and all that do not describe the content. A field
    /// that a layer further out adds need not be here, unless that layer needs the [content
    /// type](Self::content_type), which a 304 does not show. `ETag` and `Last-Modified` among the
    /// fields are ignored.
    pub fn fields(mut self, fields: HeaderMap) -> Self {
        self.fields = fields;
        self
    }

    /// Sets the `Content-Type` of the response.
    ///
    /// A 304 has no `Content-Type`, but layers further out see this one. So `CacheControlLayer`
    /// gives a 304 before the handler the `Cache-Control` that it gives the 200. This type replaces
    /// that of [`fields`](Self::fields).
    pub fn content_type(mut self, value: HeaderValue) -> Self {
        self.content_type = Some(value);
        self
    }

    /// Sets the `Cache-Control` that the handler writes into the response.
    ///
    /// A 304 before the handler repeats it. A policy that a layer further out adds need not be
    /// here, if it follows from the request or the [content type](Self::content_type). This policy
    /// replaces that of [`fields`](Self::fields).
    pub fn cache_control(mut self, value: HeaderValue) -> Self {
        self.cache_control = Some(value);
        self
    }

    /// Makes the validators.
    pub fn build(self) -> Validators {
        let mut fields = self.fields;
        fields.remove(ETAG);
        fields.remove(LAST_MODIFIED);
        let validators = Validators {
            etag: self.etag,
            last_modified: self.last_modified,
            fields: (!fields.is_empty()).then(|| Arc::new(fields)),
            wait_for_response: false,
        };
        let named = [
            (CONTENT_TYPE, self.content_type),
            (CACHE_CONTROL, self.cache_control),
        ];
        let named = named
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        named.fold(validators, |validators, (name, value)| {
            validators.and(name, value)
        })
    }
}

/// Validators wherever they are: in a [`Validators`], or in the fields of a response.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ValidatorsRef<'a> {
    pub(crate) etag: Option<Parsed<'a>>,
    pub(crate) last_modified: Option<HttpDate>,
}

impl<'a> ValidatorsRef<'a> {
    /// The validators in the fields of a response. A malformed one is none, and neither is a tag on
    /// two lines.
    pub(crate) fn read(fields: &'a HeaderMap) -> Self {
        let mut tags = fields.get_all(ETAG).iter();
        let tag = tags.next().filter(|_| tags.next().is_none());
        Self {
            etag: tag.and_then(|value| Parsed::parse(value.as_bytes())),
            last_modified: date(fields, &LAST_MODIFIED),
        }
    }

    /// The date in the fields of a response, and a tag that is not among them.
    pub(crate) fn read_date(fields: &HeaderMap, tag: &'a EntityTag) -> Self {
        Self {
            etag: Some(tag.parsed()),
            last_modified: date(fields, &LAST_MODIFIED),
        }
    }
}

/// Replaces a `Last-Modified` that is later than the date of the response.
///
/// RFC 9110 §8.8.2.1:
///
/// > An origin server with a clock (as defined in Section 5.6.7) MUST NOT generate a Last-Modified
/// > date that is later than the server's time of message origination (Date, Section 6.6.1).
///
/// > [...] the server MUST replace that date with the message origination date.
pub(crate) fn fix_last_modified(fields: &mut HeaderMap, now: impl FnOnce() -> SystemTime) {
    let Some(modified) = date(fields, &LAST_MODIFIED) else {
        return;
    };
    let sent = date(fields, &DATE).unwrap_or_else(|| HttpDate::of(now()));
    if let Some(value) = fields.get_mut(LAST_MODIFIED).filter(|_| modified > sent) {
        *value = sent.to_value();
    }
}

fn date(fields: &HeaderMap, name: &HeaderName) -> Option<HttpDate> {
    HttpDate::parse(fields.get(name)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn head(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut fields = HeaderMap::new();
        for &(name, value) in lines {
            fields.append(name, HeaderValue::from_static(value));
        }
        fields
    }

    #[test]
    fn e_28_a_date_of_modification_is_never_later_than_that_of_the_message() {
        const FUTURE: &str = "Sun, 01 Jan 2090 00:00:00 GMT";
        const DAY: &str = "Sat, 01 Jan 2000 00:00:00 GMT";
        const NOW: &str = "Sun, 02 Jan 2000 00:00:00 GMT";
        for (modified, sent, expected) in [
            (FUTURE, Some(DAY), DAY),
            (FUTURE, None, NOW),
            (DAY, Some(DAY), DAY),
            (DAY, Some(FUTURE), DAY),
            (DAY, None, DAY),
            (NOW, None, NOW),
            ("foo", Some(DAY), "foo"),
        ] {
            let mut fields = head(&[("last-modified", modified)]);
            if let Some(sent) = sent {
                fields.insert(DATE, sent.parse().unwrap());
            }
            fix_last_modified(&mut fields, || {
                UNIX_EPOCH + Duration::from_secs(946_771_200)
            });
            assert_eq!(fields[LAST_MODIFIED], expected, "{modified} {sent:?}");
        }
    }

    #[test]
    fn what_is_set_can_be_read() {
        let tag: EntityTag = "\"v1\"".parse().unwrap();
        let modified = UNIX_EPOCH + Duration::from_millis(1500);
        let built = Validators::builder()
            .cache_control(HeaderValue::from_static("no-cache"))
            .content_type(HeaderValue::from_static("text/html"))
            .fields(head(&[
                ("cache-control", "max-age=60"),
                ("etag", "\"v0\""),
                ("last-modified", "yesterday"),
                ("vary", "accept"),
            ]))
            .last_modified(modified)
            .etag(tag.clone())
            .build();
        assert_eq!(built.etag(), Some(&tag));
        let second = UNIX_EPOCH + Duration::from_secs(1);
        assert_eq!(built.last_modified(), Some(second));
        let expected = head(&[
            ("cache-control", "no-cache"),
            ("content-type", "text/html"),
            ("vary", "accept"),
        ]);
        assert_eq!(built.fields(), Some(&expected));
        let tagged = Validators::from(tag.clone());
        assert_eq!(tagged, Validators::builder().etag(tag).build());
        assert_eq!((tagged.last_modified(), tagged.fields()), (None, None));
    }

    #[test]
    fn a_response_has_the_validators_that_can_be_read() {
        for (lines, expected) in [
            (&[("etag", "\"a\"")][..], (Some("\"a\""), None)),
            (&[("etag", "\"a\""), ("etag", "\"b\"")], (None, None)),
            (&[("etag", "a"), ("last-modified", "b")], (None, None)),
            (
                &[("last-modified", "Thu, 01 Jan 1970 00:00:00 GMT")],
                (None, Some(UNIX_EPOCH)),
            ),
        ] {
            let fields = head(lines);
            let found = ValidatorsRef::read(&fields);
            let (tag, date) = expected;
            let tag = tag.map(|tag| tag.parse::<EntityTag>().unwrap());
            assert_eq!(found.etag, tag.as_ref().map(EntityTag::parsed), "{lines:?}");
            assert_eq!(found.last_modified, date.map(HttpDate::of), "{lines:?}");
        }
    }
}
