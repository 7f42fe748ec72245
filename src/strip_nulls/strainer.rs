//! Between a body and its filter: frames in, frames out.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};
use tower::BoxError;

use super::filter::{Filter, Stop};
use super::report;
use crate::body::rewritten::Rewrite;
use crate::body::truncated::Truncated;
use crate::rules::transform::{self, Change};

/// At most this much of the inner body is read in one poll, so that one response does not keep the others
/// of its thread waiting: about thirty microseconds.
const INPUT_PER_POLL: usize = 64 * 1024;

/// At most this many frames of the inner body are taken in one poll, however small they are.
const FRAMES_PER_POLL: usize = 64;

/// Pulls frames from a source, and pushes them through a filter.
pub(super) struct Strainer {
    /// Input taken from the source and not yet filtered.
    input: Bytes,
    stage: Stage,
    /// How many bytes the source has given.
    taken: u64,
    /// How many bytes the head promised, at least.
    declared: u64,
}

enum Stage {
    Filtering(Filter),
    /// The inner body failed; the error follows what was held back.
    Failed(BoxError),
    /// The text is out; the trailers follow.
    Trailers(HeaderMap),
    Ended,
}

impl Rewrite for Strainer {
    fn poll_frame(
        &mut self,
        mut source: Pin<&mut impl Body<Data = Bytes, Error = BoxError>>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        for _ in 0..FRAMES_PER_POLL {
            let Stage::Filtering(filter) = &mut self.stage else {
                return Poll::Ready(self.after_text());
            };
            if !self.input.is_empty() {
                let length = self.input.len().min(INPUT_PER_POLL);
                let piece = self.input.split_to(length);
                let text = filter_piece(filter, &piece);
                if !text.is_empty() {
                    return Poll::Ready(Some(Ok(Frame::data(text))));
                }
                continue;
            }
            let next = match source.as_mut().poll_frame(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => {
                        self.taken = self.taken.saturating_add(data.len() as u64);
                        self.input = data;
                        continue;
                    }
                    Err(frame) => self.ended(frame.into_trailers().ok()),
                },
                Poll::Ready(Some(Err(error))) => Stage::Failed(error),
                Poll::Ready(None) => self.ended(None),
            };
            let rest = self.finish(next);
            if !rest.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(rest))));
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Ended)
    }
}

impl Strainer {
    pub(super) const fn new(filter: Filter, declared: u64) -> Self {
        Self {
            input: Bytes::new(),
            stage: Stage::Filtering(filter),
            taken: 0,
            declared,
        }
    }

    /// What follows the text of a body that has come to its end.
    ///
    /// The length that the head had is gone, and with it the client's means to tell that a body ended
    /// too soon. So it is looked at here.
    fn ended(&self, trailers: Option<HeaderMap>) -> Stage {
        if self.taken < self.declared {
            return Stage::Failed(Box::new(Truncated {
                declared: self.declared,
                taken: self.taken,
            }));
        }
        match trailers {
            Some(mut trailers) => {
                transform::drop_broken_digests(&mut trailers, Change::Content);
                Stage::Trailers(trailers)
            }
            None => Stage::Ended,
        }
    }

    /// Ends the text; what was held back of it.
    fn finish(&mut self, next: Stage) -> Bytes {
        let Stage::Filtering(mut filter) = mem::replace(&mut self.stage, next) else {
            return Bytes::new();
        };
        let was_stopped = filter.stop();
        let rest = filter.finish();
        tell(was_stopped, filter.stop());
        rest
    }

    fn after_text(&mut self) -> Option<Result<Frame<Bytes>, BoxError>> {
        match mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Failed(error) => Some(Err(error)),
            Stage::Trailers(trailers) => Some(Ok(Frame::trailers(trailers))),
            Stage::Filtering(_) | Stage::Ended => None,
        }
    }
}

fn filter_piece(filter: &mut Filter, piece: &Bytes) -> Bytes {
    let was_stopped = filter.stop();
    let text = filter.push(piece);
    tell(was_stopped, filter.stop());
    text
}

/// Makes it visible that a filter has stopped.
fn tell(before: Option<Stop>, after: Option<Stop>) {
    if let (None, Some(stop)) = (before, after) {
        report::stopped(stop);
    }
}
