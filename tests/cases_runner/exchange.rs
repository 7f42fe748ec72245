//! One request and its answer, as a server would frame it and a client would read it.

use std::future::ready;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body::{Body as _, Frame};
use http_body_util::{BodyExt, Full};
use tower::{Service as _, ServiceExt, service_fn};
use tower_egress::compression::Coding;

use super::case::{self, Case, Gate, Lines};
use super::layers::{self, Body, Refusal, Service};
use crate::support::consume::Wakes;
use crate::support::decode::{decode, decode_so_far};

/// How often a body may be pending in a row, having woken its reader each time.
const PATIENCE: usize = 1000;

/// What the client saw.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) fields: HeaderMap,
    pub(crate) raw: Vec<u8>,
    pub(crate) decoded: Result<Bytes, String>,
    /// What had been decoded when each chunk but the first was asked for, and at the end.
    pub(crate) pieces: Vec<Bytes>,
}

/// Sends the request of `case` through its layers.
pub(crate) fn exchange(case: &Case) -> Result<Answer, Refusal> {
    let acked = Arc::new(AtomicUsize::new(0));
    let handler = handler(case, &acked).map_err(Refusal::Unknown)?;
    let service = layers::apply(&case.layers, handler)?;
    let request = request(case).map_err(Refusal::Unknown)?;
    let is_head = request.method() == Method::HEAD;
    let mut response = call(service, request);
    frame(&mut response, is_head);
    read(response, is_head, &acked).map_err(Refusal::Unknown)
}

fn request(case: &Case) -> Result<Request<()>, String> {
    let mut request = Request::new(());
    let method = case.request.method.parse();
    *request.method_mut() = method.map_err(|_| "the method is no method".to_owned())?;
    let path = case.request.path.parse();
    *request.uri_mut() = path.map_err(|error| format!("the path: {error}"))?;
    *request.headers_mut() = fields(&case.request.headers)?;
    Ok(request)
}

fn fields<'a>(
    table: impl IntoIterator<Item = (&'a String, &'a Lines)>,
) -> Result<HeaderMap, String> {
    let mut fields = HeaderMap::new();
    for (name, lines) in table {
        let name: HeaderName = name.parse().map_err(|error| format!("{name}: {error}"))?;
        for line in lines.iter() {
            if line.contains("$ETAG") || line.contains("$STRONG_ETAG") {
                return Err(format!(
                    "{name}: tags of an earlier answer need the etag layer"
                ));
            }
            let line = line.parse().map_err(|error| format!("{name}: {error}"))?;
            fields.append(&name, line);
        }
    }
    Ok(fields)
}

fn handler(case: &Case, acked: &Arc<AtomicUsize>) -> Result<Service, String> {
    let mut response = Response::new(body(&case.handler.body, acked)?);
    let status = StatusCode::from_u16(case.handler.status);
    *response.status_mut() = status.map_err(|error| error.to_string())?;
    *response.headers_mut() = fields(&case.handler.headers)?;
    let mut response = Some(response);
    let answer = move |_: Request<()>| ready(Ok(response.take().expect("one request is made")));
    Ok(service_fn(answer).boxed())
}

fn body(body: &case::Body, acked: &Arc<AtomicUsize>) -> Result<Body, String> {
    let case::Body::Stream {
        chunks,
        delay_ms,
        flush_each,
        gate,
    } = body
    else {
        return Ok(Full::new(body.bytes()?).map_err(Into::into).boxed_unsync());
    };
    if *flush_each && gate.is_none() {
        return Err("flush_each without a gate shows nothing".to_owned());
    }
    let chunks: Result<Vec<_>, _> = chunks.iter().map(case::Body::bytes).collect();
    let stream = Stream {
        chunks: chunks?,
        given: 0,
        gate: gate.map(|Gate::ClientAck| Arc::clone(acked)),
        waits_before_each: if *delay_ms > 0 { 3 } else { 0 },
        waits: 0,
    };
    Ok(stream.boxed_unsync())
}

/// The handler's stream: a frame for each chunk, with waits between them.
struct Stream {
    chunks: Vec<Bytes>,
    given: usize,
    /// How many chunks the client has decoded, where the next one waits for it.
    gate: Option<Arc<AtomicUsize>>,
    waits_before_each: usize,
    waits: usize,
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = tower::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let is_held = |acked: &Arc<AtomicUsize>| acked.load(Ordering::Relaxed) < self.given;
        if self.gate.as_ref().is_some_and(is_held) {
            // The client asks again once it has decoded more.
            return Poll::Pending;
        }
        if self.given > 0 && self.waits < self.waits_before_each {
            self.waits += 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let chunk = self.chunks.get(self.given).cloned();
        self.given += 1;
        self.waits = 0;
        Poll::Ready(chunk.map(|chunk| Ok(Frame::data(chunk))))
    }
}

fn call(mut service: Service, request: Request<()>) -> Response<Body> {
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready(), "nothing holds it back");
    match pin!(service.call(request)).poll(cx) {
        Poll::Ready(Ok(response)) => response,
        Poll::Pending => panic!("the head waits for something"),
    }
}

/// Adds the length that a server adds.
fn frame(response: &mut Response<Body>, is_head: bool) {
    let status = response.status();
    let has_none = status.is_informational()
        || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let length = response.body().size_hint().exact();
    let fields = response.headers_mut();
    if let (Some(length), false, false) = (length, is_head, has_none) {
        if !fields.contains_key("content-length") {
            fields.insert("content-length", HeaderValue::from(length));
        }
    }
}

fn read(response: Response<Body>, is_head: bool, acked: &AtomicUsize) -> Result<Answer, String> {
    let (head, body) = response.into_parts();
    let coding = coding_of(&head.headers);
    let mut raw = Vec::new();
    let mut pieces = Vec::new();
    let mut seen = 0;
    if !is_head {
        let so_far = |raw: &[u8]| match coding {
            Some(coding) => decode_so_far(coding, raw),
            None => raw.to_vec(),
        };
        drain(body, &mut raw, |raw| {
            let decoded = so_far(raw);
            if decoded.len() > seen {
                pieces.push(Bytes::copy_from_slice(&decoded[seen..]));
                seen = decoded.len();
                acked.fetch_add(1, Ordering::Relaxed);
                return true;
            }
            false
        })?;
    }
    let decoded = match coding {
        Some(coding) if !is_head => decode(coding, &raw),
        _ => Ok(raw.clone().into()),
    };
    Ok(Answer {
        status: head.status,
        fields: head.headers,
        raw,
        decoded,
        pieces,
    })
}

fn coding_of(fields: &HeaderMap) -> Option<Coding> {
    let value = fields.get("content-encoding")?;
    Coding::PREFERENCE
        .into_iter()
        .find(|coding| value == coding.token())
}

/// Reads the body to its end. Whenever it is pending, `progress` is asked whether the client got
/// further with what there is.
fn drain(
    body: Body,
    raw: &mut Vec<u8>,
    mut progress: impl FnMut(&[u8]) -> bool,
) -> Result<(), String> {
    let mut body = pin!(body);
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    let mut waits = 0;
    loop {
        let before = wakes.count();
        match body.as_mut().poll_frame(&mut Context::from_waker(&waker)) {
            Poll::Ready(None) => {
                progress(raw);
                return Ok(());
            }
            Poll::Ready(Some(Err(error))) => return Err(format!("the body failed: {error}")),
            Poll::Ready(Some(Ok(frame))) => {
                waits = 0;
                raw.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
            }
            Poll::Pending => {
                waits += 1;
                let was_woken = wakes.count() > before;
                if !progress(raw) && (!was_woken || waits > PATIENCE) {
                    let got = raw.len();
                    return Err(format!("the body is stuck after {got} bytes"));
                }
            }
        }
    }
}
