//! The filter of a stream.

use bytes::Bytes;
use http::HeaderMap;

use super::filter::{Filter, Stop};
use super::report;
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

    /// Ends the text, and gives what was held back of it.
    fn end(mut self) -> Bytes {
        let was_stopped = self.filter.stop();
        let rest = self.filter.finish();
        tell(was_stopped, self.filter.stop());
        rest
    }
}

impl Transducer for StripBody {
    /// About thirty microseconds.
    const INPUT_PER_POLL: usize = 64 * 1024;

    const FRAMES_PER_POLL: usize = 64;

    fn push(&mut self, piece: Bytes) -> Result<Bytes, BodyError> {
        let was_stopped = self.filter.stop();
        let text = self.filter.push(&piece);
        tell(was_stopped, self.filter.stop());
        Ok(text)
    }

    fn finish(self) -> Result<Bytes, BodyError> {
        Ok(self.end())
    }

    fn abandon(self) -> Bytes {
        self.end()
    }

    fn fix_trailers(&self, trailers: &mut HeaderMap) {
        transform::drop_broken_digests(trailers, Change::Content);
    }
}

/// Makes it visible that a filter has stopped.
fn tell(before: Option<Stop>, after: Option<Stop>) {
    if let (None, Some(stop)) = (before, after) {
        report::stopped(stop);
    }
}
