//! Whether the nonce of a request was read, and whether a response has one in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::Extensions;

/// Whether somebody read the nonce of a request. An extension of the request, for the layers further
/// in, which are done with the response before it passes the one that makes nonces. Clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct NonceRead(Arc<AtomicBool>);

impl NonceRead {
    /// That of a request; `None` where no layer further out makes nonces.
    pub(crate) fn of(request: &Extensions) -> Option<Self> {
        request.get().cloned()
    }

    /// The nonce was read.
    pub(crate) fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The response has a nonce in it, so that no other answer will ever be the same. An extension of the
/// response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NonceUsed;

impl NonceUsed {
    /// Whether a layer left the mark.
    pub(crate) fn is_in(response: &Extensions) -> bool {
        response.get::<Self>().is_some()
    }

    /// Leaves the mark for the layers further out.
    pub(crate) fn leave(response: &mut Extensions) {
        response.insert(Self);
    }

    /// Leaves it where the nonce of the request was read.
    pub(crate) fn leave_if(read: Option<&NonceRead>, response: &mut Extensions) {
        if read.is_some_and(NonceRead::is_noted) {
            Self::leave(response);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h_13_the_mark_is_left_only_where_the_nonce_was_read() {
        let mut response = Extensions::new();
        NonceUsed::leave_if(None, &mut response);
        let read = NonceRead::default();
        let mut request = Extensions::new();
        request.insert(read.clone());
        let watched = NonceRead::of(&request);
        NonceUsed::leave_if(watched.as_ref(), &mut response);
        assert!(!NonceUsed::is_in(&response));
        read.note();
        NonceUsed::leave_if(watched.as_ref(), &mut response);
        assert!(NonceUsed::is_in(&response));
    }
}
