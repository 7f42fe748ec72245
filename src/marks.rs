//! What layers tell each other through extensions, so that they need not know each other.

pub(crate) mod live;
pub(crate) mod nonce;
pub(crate) mod scheme;

use http::{Extensions, HeaderValue};

/// What a 304 does not show of its 200.
///
/// A layer that turns a 200 into a 304 removes what describes the content (RFC 9110 §15.4.5). It leaves
/// this for layers further out whose rules depend on it.
#[derive(Clone, Debug)]
pub(crate) struct DroppedContent {
    /// The `Content-Type`, or an empty value where the 200 had none.
    pub(crate) content_type: HeaderValue,
    /// The length, as far as the head or the body told it.
    pub(crate) length: Option<u64>,
}

impl DroppedContent {
    /// What an inner layer dropped from this response.
    pub(crate) fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// Leaves itself for the layers further out.
    pub(crate) fn leave(self, extensions: &mut Extensions) {
        extensions.insert(self);
    }
}
