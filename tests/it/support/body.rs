//! Legal bodies that a layer may meet, written down frame by frame.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

/// What a [`Script`] does at one poll.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Data(Bytes),
    Error(&'static str),
    /// Pending, with the waker called at once.
    Pending,
    /// Pending for ever: nobody is woken.
    Stuck,
    Trailers(HeaderMap),
}

/// A body that does as it is told, step by step.
///
/// It is not fused: a poll after its end or its error panics. It tells nothing of its size unless
/// told to.
#[derive(Debug)]
pub(crate) struct Script {
    steps: VecDeque<Step>,
    hint: Option<SizeHint>,
    ended: bool,
    watch: Watch,
}

/// Counts what happens to a [`Script`], also once it is out of reach.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    polls: Arc<AtomicUsize>,
    // One more than there are watches: the script itself.
    alive: Arc<()>,
}

impl Watch {
    pub(crate) fn polls(&self) -> usize {
        self.polls.load(Ordering::Relaxed)
    }

    pub(crate) fn is_dropped(&self) -> bool {
        Arc::strong_count(&self.alive) == 1
    }
}

impl Script {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: steps.into_iter().collect(),
            hint: None,
            ended: false,
            watch: Watch::default(),
        }
    }

    /// One data frame after another.
    pub(crate) fn of_data<T: Into<Bytes>>(frames: impl IntoIterator<Item = T>) -> Self {
        Self::new(frames.into_iter().map(|data| Step::Data(data.into())))
    }

    /// `data` in frames of `size` bytes.
    pub(crate) fn in_frames(data: &[u8], size: usize) -> Self {
        Self::of_data(data.chunks(size).map(Bytes::copy_from_slice))
    }

    /// The same steps with [`Step::Pending`] before each.
    pub(crate) fn interleaved(self) -> Self {
        let steps = self
            .steps
            .into_iter()
            .flat_map(|step| [Step::Pending, step])
            .collect();
        Self { steps, ..self }
    }

    /// Adds a step at the end.
    pub(crate) fn then(mut self, step: Step) -> Self {
        self.steps.push_back(step);
        self
    }

    /// Claims to be of `length` bytes.
    pub(crate) fn with_exact_hint(mut self, length: u64) -> Self {
        self.hint = Some(SizeHint::with_exact(length));
        self
    }

    /// A watch that outlives the body. To be taken once.
    pub(crate) fn watch(&self) -> Watch {
        self.watch.clone()
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        assert!(!self.ended, "polled after its end");
        self.watch.polls.fetch_add(1, Ordering::Relaxed);
        let frame = match self.steps.pop_front() {
            Some(Step::Data(data)) => Some(Ok(Frame::data(data))),
            Some(Step::Error(error)) => {
                self.ended = true;
                Some(Err(error))
            }
            Some(Step::Pending) => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(Step::Stuck) => {
                self.steps.push_front(Step::Stuck);
                return Poll::Pending;
            }
            Some(Step::Trailers(trailers)) => Some(Ok(Frame::trailers(trailers))),
            None => {
                self.ended = true;
                None
            }
        };
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        self.hint.unwrap_or_default()
    }
}

/// A body without end: the same frame again and again, never pending.
#[derive(Debug)]
pub(crate) struct Endless {
    pub(crate) frame: Bytes,
    pub(crate) polls: Arc<AtomicUsize>,
}

impl Endless {
    pub(crate) fn new(frame: impl Into<Bytes>) -> Self {
        Self {
            frame: frame.into(),
            polls: Arc::default(),
        }
    }
}

impl Body for Endless {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.polls.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(self.frame.clone()))))
    }
}

/// A body of exactly known length that is one frame of a buffer which is not contiguous.
#[derive(Debug)]
pub(crate) struct Chained(pub(crate) Option<(Bytes, Bytes)>);

impl Body for Chained {
    type Data = bytes::buf::Chain<Bytes, Bytes>;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = self.0.take();
        Poll::Ready(frame.map(|(first, second)| Ok(Frame::data(first.chain(second)))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let length = |(first, second): &(Bytes, Bytes)| (first.len() + second.len()) as u64;
        SizeHint::with_exact(self.0.as_ref().map_or(0, length))
    }
}
