//! What a condition is compared with.

use std::time::SystemTime;

use http::header::{ETAG, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue};

use super::entity_tag::EntityTag;
use crate::fields::http_date::HttpDate;

/// The validators of the current representation (RFC 9110 §8.8): what tells one state of it from
/// another.
///
/// # Example
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use tower_egress::etag::{EntityTag, Validators};
///
/// let modified = UNIX_EPOCH + Duration::from_secs(784_111_777);
/// let validators = Validators::new()
///     .etag(EntityTag::strong("v1")?)
///     .last_modified(modified);
/// # Ok::<(), tower_egress::etag::InvalidEntityTag>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use]
pub struct Validators {
    pub(super) etag: Option<EntityTag>,
    pub(super) last_modified: Option<HttpDate>,
    /// What else is known of the response; seldom anything, so it is kept apart.
    pub(super) rest: Option<Box<Rest>>,
    /// They are only for the answer: conditions are compared with that.
    pub(super) for_the_answer: bool,
}

/// What is known of a response beside its validators.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Rest {
    pub(super) fields: HeaderMap,
    pub(super) content_type: Option<HeaderValue>,
    pub(super) cache_control: Option<HeaderValue>,
}

impl Validators {
    /// None: such a representation is current for `*` alone.
    pub const fn new() -> Self {
        Self {
            etag: None,
            last_modified: None,
            rest: None,
            for_the_answer: false,
        }
    }

    /// Names the state.
    pub fn etag(mut self, tag: EntityTag) -> Self {
        self.etag = Some(tag);
        self
    }

    /// Dates the state. Parts of a second are dropped, for no field can say them; a time before 1970
    /// or after 9999 becomes the first or last second that one can.
    pub fn last_modified(mut self, time: SystemTime) -> Self {
        self.last_modified = Some(HttpDate::of(time));
        self
    }

    /// The other fields of the answer that these are the validators of.
    ///
    /// A 304 that is given before the handler repeats of them what it must (RFC 9110 §15.4.5):
    /// `Cache-Control`, `Content-Location`, `Expires` and `Vary`, and whatever does not describe the
    /// content. A field that a layer further out adds need not be named, unless the layer adds it by
    /// what the 304 does not show: name the [content type](Self::content_type) for that.
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue, header};
    /// use tower_egress::etag::{EntityTag, Validators};
    ///
    /// let mut fields = HeaderMap::new();
    /// fields.insert(header::VARY, HeaderValue::from_static("accept-language"));
    /// let validators = Validators::new()
    ///     .etag(EntityTag::strong("v1-en")?)
    ///     .fields(fields);
    /// # Ok::<(), tower_egress::etag::InvalidEntityTag>(())
    /// ```
    pub fn fields(mut self, fields: HeaderMap) -> Self {
        self.rest.get_or_insert_default().fields = fields;
        self
    }

    /// The `Content-Type` of the response that these are the validators of.
    ///
    /// A 304 has no `Content-Type`. Layers further out whose rules depend on the type see it
    /// nevertheless: such as `CacheControlLayer`, which then gives a 304 before the handler the
    /// `Cache-Control` that it gives the 200. It counts more than that of [`fields`](Self::fields).
    ///
    /// ```
    /// use http::HeaderValue;
    /// use tower_egress::etag::{EntityTag, Validators};
    ///
    /// let validators = Validators::new()
    ///     .etag(EntityTag::strong("v1")?)
    ///     .content_type(HeaderValue::from_static("text/html"));
    /// # Ok::<(), tower_egress::etag::InvalidEntityTag>(())
    /// ```
    pub fn content_type(mut self, value: HeaderValue) -> Self {
        self.rest.get_or_insert_default().content_type = Some(value);
        self
    }

    /// The `Cache-Control` that the handler writes into the response that these are the validators of.
    ///
    /// A 304 that is given before the handler repeats it. A policy that a layer further out adds need
    /// not be named, if it follows from the request or the [content type](Self::content_type). It
    /// counts more than that of [`fields`](Self::fields).
    ///
    /// ```
    /// use http::HeaderValue;
    /// use tower_egress::etag::{EntityTag, Validators};
    ///
    /// let validators = Validators::new()
    ///     .etag(EntityTag::strong("v1")?)
    ///     .cache_control(HeaderValue::from_static("private, no-cache"));
    /// # Ok::<(), tower_egress::etag::InvalidEntityTag>(())
    /// ```
    pub fn cache_control(mut self, value: HeaderValue) -> Self {
        self.rest.get_or_insert_default().cache_control = Some(value);
        self
    }

    /// Those that a response carries; what is malformed, or there twice, is none.
    pub(super) fn of_response(fields: &HeaderMap) -> Self {
        let mut tags = fields.get_all(ETAG).iter();
        let tag = tags.next().filter(|_| tags.next().is_none());
        let date = fields.get(LAST_MODIFIED);
        Self {
            etag: tag.and_then(|value| EntityTag::from_value(value).ok()),
            last_modified: date.and_then(|value| HttpDate::parse(value.as_bytes())),
            ..Self::new()
        }
    }
}
