//! The body of a response that went through the layer.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Buf;
use http::header::{HeaderMap, HeaderName};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::config::Config;
use super::server_timing::ServerTiming;
use super::watch::{Watch, guarded};
use crate::body::fuse::Fuse;

pin_project! {
    /// The body of a response from [`ResponseTime`](super::ResponseTime): that of the handler,
    /// frame for frame, with a trailer where one was asked for.
    pub struct ResponseTimeBody<B> {
        #[pin]
        inner: Fuse<B>,
        // `None` where nobody wants to know, or has been told.
        watch: Option<Box<Watch>>,
        // `None` where there is none, or it was sent.
        trailer: Option<Box<Trailer>>,
    }
}

/// What a trailer is made of.
#[derive(Debug)]
pub(super) struct Trailer {
    pub(super) config: Arc<Config>,
    pub(super) start: Instant,
}

impl Trailer {
    /// Adds it to the trailers of the body. Where there is no room left, they stay as they are.
    fn add_to(&self, trailers: &mut HeaderMap) {
        let total = self
            .config
            .clock
            .now()
            .saturating_duration_since(self.start);
        let value = self.config.timing_value(total, &ServerTiming::default());
        let _ = trailers.try_append(SERVER_TIMING, value);
    }
}

impl<B> ResponseTimeBody<B> {
    pub(super) const fn new(
        inner: B,
        watch: Option<Box<Watch>>,
        trailer: Option<Box<Trailer>>,
    ) -> Self {
        Self {
            inner: Fuse::new(inner),
            watch,
            trailer,
        }
    }

    /// A body that nobody watches and that gets no trailer.
    pub(super) const fn untouched(inner: B) -> Self {
        Self::new(inner, None, None)
    }
}

/// The default of the inner type, which nobody watches: for layers further out that make a response
/// of their own, such as one for CORS.
impl<B: Default> Default for ResponseTimeBody<B> {
    fn default() -> Self {
        Self::untouched(B::default())
    }
}

impl<B: Body> Body for ResponseTimeBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let polled = guarded(this.watch.as_deref_mut(), || {
            this.inner.as_mut().poll_frame(cx)
        });
        let mut frame = ready!(polled);
        match (&mut frame, this.trailer.take()) {
            (Some(Ok(frame)), Some(trailer)) => match frame.trailers_mut() {
                Some(trailers) => trailer.add_to(trailers),
                None => *this.trailer = Some(trailer),
            },
            (None, Some(trailer)) => {
                let mut trailers = HeaderMap::new();
                trailer.add_to(&mut trailers);
                frame = Some(Ok(Frame::trailers(trailers)));
            }
            (None | Some(_), _) => {}
        }
        let has_ended = this.trailer.is_none() && this.inner.is_end_stream();
        watch(this.watch, &frame, has_ended);
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.trailer.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Tells the watch which frame came. Drops the watch at the end, so that it reports then and not
/// when the body is dropped. Nothing follows trailers, so they are an end too.
fn watch<D: Buf, E>(
    place: &mut Option<Box<Watch>>,
    frame: &Option<Result<Frame<D>, E>>,
    has_ended: bool,
) {
    let Some(watch) = place else {
        return;
    };
    let has_ended = match frame {
        Some(Ok(frame)) => has_ended || frame.is_trailers(),
        Some(Err(_)) | None => true,
    };
    match frame {
        Some(Ok(frame)) => {
            let bytes = frame.data_ref().map_or(0, |data| data.remaining() as u64);
            watch.progress(bytes, has_ended);
        }
        Some(Err(_)) => watch.body_failed(),
        None => watch.progress(0, true),
    }
    if has_ended {
        *place = None;
    }
}

impl<B> fmt::Debug for ResponseTimeBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseTimeBody")
            .field("watched", &self.watch.is_some())
            .field("trailer", &self.trailer.is_some())
            .finish_non_exhaustive()
    }
}

pub(super) const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
