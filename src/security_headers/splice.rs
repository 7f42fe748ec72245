//! A policy with nonces: written once, with room for the digits of each response.

use http::HeaderValue;

use super::nonce::{DIGITS, Kind, Nonces};

/// The text of a policy, and where in it nonces go.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Splice {
    text: String,
    places: Vec<(usize, Kind)>,
}

impl Splice {
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn push_nonce(&mut self, kind: Kind) {
        self.text.push_str("'nonce-");
        self.places.push((self.text.len(), kind));
        self.text.extend(std::iter::repeat_n('0', DIGITS));
        self.text.push('\'');
    }

    /// The policy of a response with these nonces.
    ///
    /// Marked as sensitive, so that HTTP/2 keeps it out of its table: it never comes a second time.
    pub(super) fn value(&self, nonces: &Nonces) -> HeaderValue {
        let mut text = self.text.clone().into_bytes();
        for &(place, kind) in &self.places {
            text[place..place + DIGITS].copy_from_slice(nonces.digits(kind));
        }
        let mut value = HeaderValue::try_from(text).expect("policies and digits are visible ASCII");
        value.set_sensitive(true);
        value
    }
}
