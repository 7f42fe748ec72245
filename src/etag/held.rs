//! What the layer tells the handler of a write.

use http::Extensions;

use crate::rules::entity_tag::EntityTag;
use crate::rules::preconditions::Precondition;
use crate::rules::validators::Validators;

/// The condition of a write that held, in the extensions of its request.
///
/// It held when the layer compared it. Another write may come before this one, so the handler
/// compares again, in one step with its write: a compare-and-swap, a transaction, an
/// `UPDATE … WHERE version = …`. If the state is another one by then, the handler sends 412.
///
/// There is none if the request has no condition that counts, or if the [resolver](super::Resolver)
/// says `Unknown`. With the feature `axum` it is an extractor: `held: Held` refuses a request
/// without one with [`NotHeld`](super::NotHeld), and `held: Option<Held>` lets it through.
///
/// # Example
///
/// ```
/// use std::sync::Mutex;
/// use http::{Request, StatusCode};
/// use tower_egress::etag::{EntityTag, Held, Precondition, Validators};
///
/// /// A row of a table, whose tag is its version.
/// struct Row {
///     version: u64,
///     text: String,
/// }
///
/// /// `UPDATE articles SET version = version + 1, text = ? WHERE version = ?`
/// fn update(row: &Mutex<Row>, text: String, version: u64) -> bool {
///     let mut row = row.lock().unwrap();
///     let is_current = row.version == version;
///     if is_current {
///         *row = Row { version: version + 1, text };
///     }
///     is_current
/// }
///
/// fn put(row: &Mutex<Row>, request: Request<String>) -> StatusCode {
///     let held = Held::of(request.extensions()).and_then(Held::etag);
///     let version = held.and_then(|tag| str::from_utf8(tag.opaque()).ok()?.parse().ok());
///     let Some(version) = version else {
///         return StatusCode::PRECONDITION_REQUIRED;
///     };
///     match update(row, request.into_body(), version) {
///         true => StatusCode::NO_CONTENT,
///         false => StatusCode::PRECONDITION_FAILED,
///     }
/// }
///
/// let row = Mutex::new(Row { version: 7, text: String::new() });
/// let request = || {
///     let mut request = Request::new("Once upon a time".to_owned());
///     // What the layer does for a request with `If-Match: "7"`.
///     let validators = Validators::from(EntityTag::strong("7").unwrap());
///     request.extensions_mut().insert(Held::new(Precondition::IfMatch, Some(validators)));
///     request
/// };
/// assert_eq!(put(&row, request()), StatusCode::NO_CONTENT);
/// assert_eq!(row.lock().unwrap().text, "Once upon a time");
/// // The second write was compared with a version that is no longer current.
/// assert_eq!(put(&row, request()), StatusCode::PRECONDITION_FAILED);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Held {
    precondition: Precondition,
    /// `None` where there was no representation.
    validators: Option<Validators>,
}

impl Held {
    /// Makes one, for tests of handlers: the condition, and the state that it was compared with,
    /// which is `None` where there is no representation.
    #[must_use]
    pub const fn new(precondition: Precondition, validators: Option<Validators>) -> Self {
        Self {
            precondition,
            validators,
        }
    }

    /// Reads it from the extensions of a request.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// The first condition that held, in the order of RFC 9110 §13.2.2.
    #[must_use]
    pub const fn precondition(&self) -> Precondition {
        self.precondition
    }

    /// The validators of the state that the condition was compared with; `None` where there was no
    /// representation.
    #[must_use]
    pub const fn validators(&self) -> Option<&Validators> {
        self.validators.as_ref()
    }

    /// The entity tag of that state.
    #[must_use]
    pub fn etag(&self) -> Option<&EntityTag> {
        self.validators.as_ref()?.etag()
    }
}
