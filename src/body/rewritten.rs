//! A body that may be rewritten on its way.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::error::{BodyError, BoxError};
use super::pump::{Pump, Transducer};
use super::replay::Replay;
use super::source::Source;

pin_project! {
    /// Where the bytes come from, and what rewrites them, if anything does.
    pub(crate) struct Rewritten<B: Body, T> {
        #[pin]
        source: Source<B>,
        // Boxed, so that a body that passes is no larger for it.
        pump: Option<Box<Pump<T>>>,
    }
}

impl<B: Body, T> Rewritten<B, T> {
    /// `body` as it is.
    pub(crate) const fn pass(body: B) -> Self {
        Self::of(Source::inner(body))
    }

    /// `body` as it is, from its first frame on.
    pub(crate) fn replay(body: Replay<B>) -> Self {
        Self::of(Source::replay(body))
    }

    /// Another body in its place, all of which is at hand.
    pub(crate) const fn replaced_by(body: Bytes) -> Self {
        Self::of(Source::Whole { body })
    }

    /// No body, in the place of one that would be rewritten.
    pub(crate) const fn withheld() -> Self {
        Self::of(Source::Withheld)
    }

    /// The body, rewritten. It was declared to have at least `declared` bytes.
    pub(crate) fn through(mut self, transducer: T, declared: u64) -> Self {
        self.pump = Some(Box::new(Pump::new(transducer, declared)));
        self
    }

    pub(crate) const fn is_rewritten(&self) -> bool {
        self.pump.is_some()
    }

    const fn of(source: Source<B>) -> Self {
        Self { source, pump: None }
    }
}

impl<B, T> Body for Rewritten<B, T>
where
    B: Body,
    B::Error: Into<BoxError>,
    T: Transducer,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.project();
        match this.pump {
            Some(pump) => pump.poll_frame(this.source, cx),
            None => this.source.poll_frame(cx).map_err(BodyError::inner),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.pump {
            Some(pump) => pump.has_ended(),
            None => self.source.is_end_stream(),
        }
    }

    /// The size of a rewritten body is unknown until its end.
    fn size_hint(&self) -> SizeHint {
        match &self.pump {
            Some(pump) if pump.has_ended() => SizeHint::with_exact(0),
            Some(_) => SizeHint::new(),
            None => self.source.size_hint(),
        }
    }
}
