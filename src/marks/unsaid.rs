//! Whether nobody spoke of caches.

use http::Extensions;

/// Neither the handler nor a rule of the user said what caches may do with the response: cache_control
/// wrote the `no-cache` that it has. An extension of the response, for a cache further out, which may
/// know better.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsaid;

impl Unsaid {
    /// Leaves the mark for the layers further out.
    pub(crate) fn leave(response: &mut Extensions) {
        response.insert(Self);
    }

    /// Whether a layer left the mark.
    #[cfg(test)]
    pub(crate) fn is_in(response: &Extensions) -> bool {
        response.get::<Self>().is_some()
    }
}
