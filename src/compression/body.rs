//! The body of a response that went through the layer.

use std::error::Error;
use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::encoder::{Encoder, Operation};
use crate::body::fuse::Fuse;
use crate::body::peek::{Replay, into_bytes};
use crate::transform;

/// At most this much of the inner body is encoded in one poll, so that one response does not keep
/// the others of its thread waiting: about half a millisecond with gzip at its default level.
const INPUT_PER_POLL: usize = 64 * 1024;

/// At most this many frames of the inner body are taken in one poll, however small they are.
const FRAMES_PER_POLL: usize = 256;

/// Output is handed on in frames of at least this size, while more input is at hand.
const SMALLEST_FRAME: usize = 16 * 1024;

/// Output is handed on in frames of at most this size: an encoder may hold back a megabyte and give
/// it at once, which a server would copy at once.
const LARGEST_FRAME: usize = 64 * 1024;

/// An error of the inner body, or of an encoder.
type BoxError = Box<dyn Error + Send + Sync>;

pin_project! {
    /// The body of a response from [`Compression`](super::Compression).
    ///
    /// See the [module docs](super) for what happens to it.
    pub struct CompressionBody<B: Body> {
        #[pin]
        source: Source<B>,
        // `None` where the body is sent as it is.
        coder: Option<Box<Coder>>,
    }
}

pin_project! {
    /// Where the bytes come from.
    #[project = SourceProjection]
    enum Source<B: Body> {
        Inner { #[pin] body: Fuse<B> },
        // Boxed, so that a body that was not looked at is no larger for it.
        Peeked { body: Box<Replay<B>> },
        Whole { body: Bytes },
        // The answer to a HEAD request whose GET would be encoded: no bytes, and no length that
        // a server could announce.
        Withheld,
    }
}

impl<B: Body> CompressionBody<B> {
    /// `body` as it is.
    pub(super) const fn pass(body: B) -> Self {
        Self::new(Source::Inner {
            body: Fuse::new(body),
        })
    }

    /// `body` as it is, from its first frame on.
    pub(super) fn pass_peeked(body: Replay<B>) -> Self {
        Self::new(Source::Peeked {
            body: Box::new(body),
        })
    }

    /// Another body in its place, of which all is at hand.
    pub(super) const fn whole(body: Bytes) -> Self {
        Self::new(Source::Whole { body })
    }

    /// No body, in the place of one that would be encoded.
    pub(super) const fn withheld() -> Self {
        Self::new(Source::Withheld)
    }

    /// The body in the coding of `encoder`. A `prompt` one is flushed whenever the inner body is
    /// pending.
    pub(super) fn streamed(mut self, encoder: Encoder, prompt: bool) -> Self {
        self.coder = Some(Box::new(Coder::new(encoder, prompt)));
        self
    }

    const fn new(source: Source<B>) -> Self {
        Self {
            source,
            coder: None,
        }
    }
}

impl<B> Body for CompressionBody<B>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        match this.coder {
            Some(coder) => coder.poll_frame(this.source, cx),
            None => this.source.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.coder {
            Some(coder) => coder.has_ended(),
            None => self.source.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.coder {
            Some(coder) if coder.has_ended() => SizeHint::with_exact(0),
            Some(_) => SizeHint::new(),
            None => self.source.size_hint(),
        }
    }
}

impl<B: Body> fmt::Debug for CompressionBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompressionBody")
            .field("encoded", &self.coder.is_some())
            .finish_non_exhaustive()
    }
}

impl<B> Source<B>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.project() {
            SourceProjection::Inner { body } => body
                .poll_frame(cx)
                .map_ok(|frame| frame.map_data(into_bytes))
                .map_err(Into::into),
            SourceProjection::Peeked { body } => Pin::new(body).poll_frame(cx).map_err(Into::into),
            SourceProjection::Whole { body } if body.is_empty() => Poll::Ready(None),
            SourceProjection::Whole { body } => Poll::Ready(Some(Ok(Frame::data(mem::take(body))))),
            SourceProjection::Withheld => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Inner { body } => body.is_end_stream(),
            Self::Peeked { body } => body.is_end_stream(),
            Self::Whole { body } => body.is_empty(),
            Self::Withheld => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Inner { body } => body.size_hint(),
            Self::Peeked { body } => body.size_hint(),
            Self::Whole { body } => SizeHint::with_exact(body.len() as u64),
            Self::Withheld => SizeHint::new(),
        }
    }
}

/// Pulls frames from a source, pushes them through an encoder, and hands on what comes out.
struct Coder {
    /// Input taken from the source and not yet encoded.
    input: Bytes,
    /// Output to which more may be added before it is handed on.
    output: Vec<u8>,
    /// Output to be handed on, in frames.
    ready: Bytes,
    stage: Stage,
    prompt: bool,
    /// The encoder may hold back input that the client cannot decode yet.
    unflushed: bool,
    /// The inner body was pending when it was last asked, and was given one more turn.
    waited: bool,
}

enum Stage {
    Encoding(Encoder),
    /// The coded data is out; the trailers follow.
    Trailers(HeaderMap),
    Ended,
}

impl Coder {
    const fn new(encoder: Encoder, prompt: bool) -> Self {
        Self {
            input: Bytes::new(),
            output: Vec::new(),
            ready: Bytes::new(),
            stage: Stage::Encoding(encoder),
            prompt,
            unflushed: false,
            waited: false,
        }
    }

    const fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Ended) && self.ready.is_empty()
    }

    fn poll_frame<B>(
        &mut self,
        mut source: Pin<&mut Source<B>>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>>
    where
        B: Body,
        B::Error: Into<BoxError>,
    {
        if !self.ready.is_empty() {
            return Poll::Ready(Some(Ok(self.next_frame())));
        }
        if !matches!(self.stage, Stage::Encoding(_)) {
            return Poll::Ready(self.after_data());
        }
        let mut room = INPUT_PER_POLL;
        for _ in 0..FRAMES_PER_POLL {
            room -= self.encode_some(room)?;
            if self.output.len() >= SMALLEST_FRAME {
                return Poll::Ready(Some(Ok(self.take_output())));
            }
            if room == 0 {
                break;
            }
            match source.as_mut().poll_frame(cx) {
                Poll::Pending => return self.pending(cx),
                Poll::Ready(Some(Ok(frame))) => {
                    self.waited = false;
                    if let Some(trailers) = self.take_input(frame) {
                        return Poll::Ready(Some(self.finish(Some(trailers))));
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    self.stage = Stage::Ended;
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) => return Poll::Ready(Some(self.finish(None))),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Encodes as much of the input at hand as there is `room` for; how much that was.
    fn encode_some(&mut self, room: usize) -> Result<usize, BoxError> {
        let some = self.input.split_to(room.min(self.input.len()));
        if !some.is_empty() {
            self.run(&some, Operation::Write)?;
            self.unflushed = true;
        }
        Ok(some.len())
    }

    /// Takes the data of a frame as input, and gives back its trailers.
    fn take_input(&mut self, frame: Frame<Bytes>) -> Option<HeaderMap> {
        match frame.into_data() {
            Ok(data) => {
                self.input = data;
                None
            }
            Err(frame) => frame.into_trailers().ok(),
        }
    }

    /// The inner body is pending: lets the client have what there is.
    ///
    /// A flush costs some bytes and cuts the encoder's view of what repeats. A `prompt` stream is
    /// flushed at once; any other inner body is first asked once more, so that one which is pending
    /// between pieces only to be fair to others is not flushed after every piece.
    fn pending(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if !self.unflushed {
            return Poll::Pending;
        }
        if !self.prompt && !self.waited {
            self.waited = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.run(&[], Operation::Flush)?;
        self.unflushed = false;
        let frame = self.take_output();
        // The next output may be long in coming.
        self.output = Vec::new();
        Poll::Ready(Some(Ok(frame)))
    }

    /// The inner body has ended: ends the coded data.
    fn finish(&mut self, trailers: Option<HeaderMap>) -> Result<Frame<Bytes>, BoxError> {
        self.run(&[], Operation::Finish)?;
        let next = match trailers {
            Some(mut trailers) => {
                transform::fix_trailers(&mut trailers);
                Stage::Trailers(trailers)
            }
            None => Stage::Ended,
        };
        if let Stage::Encoding(encoder) = mem::replace(&mut self.stage, next) {
            encoder.recycle();
        }
        Ok(self.take_output())
    }

    /// What follows the coded data.
    fn after_data(&mut self) -> Option<Result<Frame<Bytes>, BoxError>> {
        match mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Trailers(trailers) => Some(Ok(Frame::trailers(trailers))),
            Stage::Encoding(_) | Stage::Ended => None,
        }
    }

    fn run(&mut self, input: &[u8], operation: Operation) -> Result<(), BoxError> {
        let Stage::Encoding(encoder) = &mut self.stage else {
            return Ok(());
        };
        let done = encoder.run(input, operation, &mut self.output);
        if done.is_err() {
            self.stage = Stage::Ended;
        }
        Ok(done?)
    }

    /// The first frame of the output there is.
    ///
    /// The bytes are copied out, so that the frames hold no more memory than they need.
    fn take_output(&mut self) -> Frame<Bytes> {
        self.ready = Bytes::copy_from_slice(&self.output);
        self.output.clear();
        self.next_frame()
    }

    /// A frame of the output that is ready, which goes out in frames of about one size.
    fn next_frame(&mut self) -> Frame<Bytes> {
        let frames = self.ready.len().div_ceil(LARGEST_FRAME).max(1);
        let length = self.ready.len().div_ceil(frames);
        Frame::data(self.ready.split_to(length))
    }
}
