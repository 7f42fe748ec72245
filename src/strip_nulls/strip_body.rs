//! The filter of a stream.

use bytes::Bytes;
use http::HeaderMap;

use super::filter::Filter;
use crate::body::error::BodyError;
use crate::body::pump::Transducer;
use crate::rules::transform::{self, Change};

/// Filters the pieces of a body.
pub(super) struct StripBody {
    filter: Filter,
}

impl StripBody {
    pub(super) const fn new(filter: Filter) -> Self {
        Self { filter }
    }

    /// Runs the filter, and logs if it stops.
    fn run(&mut self, act: impl FnOnce(&mut Filter) -> Bytes) -> Bytes {
        let was_stopped = self.filter.stopped().is_some();
        let text = act(&mut self.filter);
        if let (Some(reason), false) = (self.filter.stopped(), was_stopped) {
            crate::trace::debug!(%reason, "strip_nulls: the rest of the body is sent as it is");
        }
        text
    }
}

impl Transducer for StripBody {
    /// About thirty microseconds.
    const INPUT_PER_POLL: usize = 64 * 1024;

    const FRAMES_PER_POLL: usize = 64;

    fn push(&mut self, piece: Bytes) -> Result<Bytes, BodyError> {
        Ok(self.run(|filter| filter.push(&piece)))
    }

    fn finish(mut self) -> Result<Bytes, BodyError> {
        Ok(self.run(Filter::finish))
    }

    fn abandon(mut self) -> Bytes {
        self.run(Filter::finish)
    }

    fn fix_trailers(&self, trailers: &mut HeaderMap) {
        transform::drop_broken_digests(trailers, Change::Content);
    }
}
