//! What a condition is compared with.

use std::time::SystemTime;

use http::HeaderMap;
use http::header::{ETAG, LAST_MODIFIED};

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
    pub(super) fields: Option<Box<HeaderMap>>,
    /// They are only for the answer: conditions are compared with that.
    pub(super) for_the_answer: bool,
}

impl Validators {
    /// None: such a representation is current for `*` alone.
    pub const fn new() -> Self {
        Self {
            etag: None,
            last_modified: None,
            fields: None,
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
    /// content. What layers further out set need not be named.
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
        self.fields = Some(Box::new(fields));
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
            fields: None,
            for_the_answer: false,
        }
    }
}
