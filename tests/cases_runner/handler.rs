//! The handler of a case: the innermost service, and the bytes that it gives.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, Full};
use tower::{ServiceExt, service_fn};
use tower_egress::security_headers::CspNonce;

use super::case::{self, Gate, Handler, fields};
use super::layers::{Body, Service};
use crate::support;

/// How often a stream is pending before each chunk but the first, where it waits at all. A body that
/// is pending once may be taken for one that merely yields.
const WAITS: usize = 3;

/// What the handler's stream and the client know of each other.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// The chunks that the stream has made, and its end.
    pub(crate) given: AtomicUsize,
    /// The bytes that the client has decoded.
    pub(crate) decoded: AtomicUsize,
    /// How many milliseconds have passed, on a clock that only the handler drives.
    pub(crate) clock: AtomicU64,
}

impl Progress {
    /// Another body begins; the clock goes on.
    pub(crate) fn restart(&self) {
        self.given.store(0, Ordering::Relaxed);
        self.decoded.store(0, Ordering::Relaxed);
    }
}

/// Answers every request alike, having read the nonce if it is given one: the peers that make nonces
/// take it that each is used.
pub(crate) fn handler(handler: &Handler, progress: &Arc<Progress>) -> Result<Service, String> {
    let (status, fields) = (
        StatusCode::from_u16(handler.status).map_err(|error| error.to_string())?,
        fields(&handler.headers)?,
    );
    let (delay, progress) = (handler.delay_ms.unwrap_or(0), Arc::clone(progress));
    let make = handler.body.clone();
    body(&make, &progress)?;
    let answer = move |request: Request<()>| {
        let _ = CspNonce::of(request.extensions()).draw();
        progress.clock.fetch_add(delay, Ordering::Relaxed);
        let body = body(&make, &progress).expect("it was made before");
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = fields.clone();
        ready(Ok(response))
    };
    Ok(service_fn(answer).boxed())
}

fn body(body: &case::Body, progress: &Arc<Progress>) -> Result<Body, String> {
    let case::Body::Stream {
        chunks,
        delay_ms,
        flush_each,
        gate,
    } = body
    else {
        return Ok(Full::new(body.bytes()?).map_err(Into::into).boxed_unsync());
    };
    let chunks: Result<Vec<_>, _> = chunks.iter().map(case::Body::bytes).collect();
    let stream = Stream {
        chunks: chunks?,
        delay: *delay_ms,
        gate: *gate,
        made: 0,
        progress: Arc::clone(progress),
        // A handler that flushes has nothing more to say for now, so its body is pending.
        waits: if *delay_ms > 0 || *flush_each {
            WAITS
        } else {
            0
        },
        waited: 0,
    };
    Ok(stream.boxed_unsync())
}

/// A frame for each chunk, with waits between them.
struct Stream {
    chunks: Vec<Bytes>,
    /// The milliseconds that each chunk takes.
    delay: u64,
    gate: Option<Gate>,
    /// The bytes of the chunks that were given.
    made: usize,
    progress: Arc<Progress>,
    waits: usize,
    waited: usize,
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = tower::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let given = self.progress.given.load(Ordering::Relaxed);
        if given > self.chunks.len() {
            return Poll::Ready(None);
        }
        let decoded = self.progress.decoded.load(Ordering::Relaxed);
        if matches!(self.gate, Some(Gate::ClientAck)) && decoded < self.made {
            // The client asks again once it has decoded more.
            return Poll::Pending;
        }
        if given > 0 && self.waited < self.waits {
            self.waited += 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.waited = 0;
        self.progress.clock.fetch_add(self.delay, Ordering::Relaxed);
        self.progress.given.store(given + 1, Ordering::Relaxed);
        let chunk = self.chunks.get(given).cloned();
        self.made += chunk.as_ref().map_or(0, Bytes::len);
        Poll::Ready(chunk.map(|chunk| Ok(Frame::data(chunk))))
    }
}

impl case::Body {
    /// All the bytes that the handler gives.
    pub(crate) fn bytes(&self) -> Result<Bytes, String> {
        Ok(match self {
            Self::GzipOf { of } => gzip(&of.bytes()?),
            Self::Hex { hex } => unhex(hex)?.into(),
            Self::None {} => Bytes::new(),
            Self::RandomText { len } => random_text(*len),
            Self::Repeat { char, len } => char.to_string().repeat(*len).into(),
            Self::Stream { chunks, .. } => {
                let chunks: Result<Vec<_>, _> = chunks.iter().map(Self::bytes).collect();
                chunks?.concat().into()
            }
            Self::Text { text } => text.clone().into(),
        })
    }
}

pub(crate) fn unhex(hex: &str) -> Result<Vec<u8>, String> {
    if !hex.is_ascii() || hex.len() % 2 != 0 {
        return Err(format!("{hex:?} is not hexadecimal"));
    }
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16))
        .collect::<Result<_, _>>()
        .map_err(|error| format!("{hex:?}: {error}"))
}

fn gzip(data: &[u8]) -> Bytes {
    use std::io::Write;

    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).expect("memory takes all of it");
    encoder.finish().expect("memory takes all of it").into()
}

/// Letters in no order, the same every time.
fn random_text(length: usize) -> Bytes {
    let letters = support::noise(length);
    letters.iter().map(|byte| b'a' + byte % 26).collect()
}
