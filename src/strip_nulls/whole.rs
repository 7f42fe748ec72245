//! Texts all of which is at hand.

use bytes::Bytes;

use super::filter::{Filter, StopReason};
use super::rules::Rules;

impl Rules {
    /// Strips a whole text.
    ///
    /// Where only nulls are removed, a text without the letters `null` is not read at all, and is
    /// returned without a copy.
    ///
    /// # Errors
    ///
    /// The text is not JSON, or over a limit. It should be used as it is then.
    pub fn strip(&self, text: &Bytes) -> Result<Bytes, StopReason> {
        self.strip_through(Filter::new, text)
    }

    /// Strips any number of texts, as [`Filter::sequence`] reads them.
    ///
    /// # Errors
    ///
    /// As of [`strip`](Self::strip).
    pub fn strip_sequence(&self, texts: &Bytes) -> Result<Bytes, StopReason> {
        self.strip_through(Filter::sequence, texts)
    }

    fn strip_through(
        &self,
        make: impl Fn(&Self) -> Filter,
        text: &Bytes,
    ) -> Result<Bytes, StopReason> {
        if !self.settings().may_change(text) {
            return Ok(text.clone());
        }
        let mut filter = make(self);
        let stripped = filter.push(text);
        // Nothing is held back of a text that is whole.
        let _ = filter.finish();
        filter.stopped().map_or(Ok(stripped), Err)
    }
}
