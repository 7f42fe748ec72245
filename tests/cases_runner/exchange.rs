//! One request and its answer, as a server would frame it and a client would read it.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, ETAG};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body as _;
use tower::Service as _;
use tower_egress::compression::Coding;

use super::case::{self, Case, Fields, Lines, fields};
use super::handler::{Progress, handler};
use super::layers::{self, Body, Refusal, Service};
use crate::support::consume::Wakes;
use crate::support::decode::{decode, decode_so_far};

/// How often in a row a poll may bring nothing, having woken its reader each time.
const PATIENCE: usize = 1000;

/// More bytes than any case has: a body that goes on does not end.
const MOST: usize = 64 << 20;

/// What the client saw.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) fields: HeaderMap,
    pub(crate) raw: Vec<u8>,
    pub(crate) decoded: Result<Bytes, String>,
    /// What the client could decode between one chunk and the making of the next, or of the end.
    /// Only of a body whose pace the case speaks of.
    pub(crate) pieces: Vec<Bytes>,
}

/// Sends the request of `case` through its layers, as often as the case speaks of; before that, if it
/// names the tag of an earlier answer, the same request without the fields that do.
pub(crate) fn exchange(case: &Case) -> Result<Vec<Answer>, Refusal> {
    let mut table = case.request.headers.clone();
    table.retain(|_, lines| !lines.iter().any(names_a_tag));
    let answers = send(case, &table)?;
    if table.len() == case.request.headers.len() {
        return Ok(answers);
    }
    let no_tag = || Refusal::Unknown("the request without $ETAG was given no tag".to_owned());
    let tag = answers[0].fields.get(ETAG).ok_or_else(no_tag)?;
    let tag = String::from_utf8_lossy(tag.as_bytes());
    let table = case.request.headers.iter().map(|(name, lines)| {
        let lines = lines.iter().map(|line| with_tag(line, &tag));
        (name.clone(), Lines::Several(lines.collect()))
    });
    send(case, &table.collect())
}

fn names_a_tag(line: &str) -> bool {
    line.contains("$ETAG") || line.contains("$STRONG_ETAG")
}

fn with_tag(line: &str, tag: &str) -> String {
    let strong = tag.strip_prefix("W/").unwrap_or(tag);
    line.replace("$STRONG_ETAG", strong).replace("$ETAG", tag)
}

/// One service gives all answers.
fn send(case: &Case, headers: &Fields) -> Result<Vec<Answer>, Refusal> {
    let progress: Arc<Progress> = Arc::default();
    let handler = handler(&case.handler, &progress).map_err(Refusal::Unknown)?;
    let mut service = layers::apply(&case.layers, handler, &progress)?;
    let is_compared = case.expect.differs_between_requests.is_some();
    let times = case.expect.repeat_requests.unwrap_or(1);
    let times = times.max(if is_compared { 2 } else { 1 });
    (0..times)
        .map(|_| ask(&mut service, case, headers, &progress))
        .collect()
}

fn ask(
    service: &mut Service,
    case: &Case,
    headers: &Fields,
    progress: &Progress,
) -> Result<Answer, Refusal> {
    progress.restart();
    let request = request(&case.request, headers).map_err(Refusal::Unknown)?;
    let method = request.method().clone();
    let mut response = call(service, request);
    let has_body = may_have_body(&method, response.status());
    if !has_body {
        return Ok(without_body(response));
    }
    frame(&mut response);
    let watched = speaks_of_pace(case).then_some(progress);
    read(response, watched).map_err(Refusal::Unknown)
}

/// Whether a case says when the client must have decoded what.
const fn speaks_of_pace(case: &Case) -> bool {
    matches!(case.handler.body, case::Body::Stream { gate: Some(_), .. })
        || case.expect.incremental_chunks.is_some()
        || case.expect.incremental_chunks_len.is_some()
}

fn request(request: &case::Request, headers: &Fields) -> Result<Request<()>, String> {
    let mut made = Request::new(());
    let method = request.method.parse();
    *made.method_mut() = method.map_err(|_| "the method is no method".to_owned())?;
    let path = request.path.parse();
    *made.uri_mut() = path.map_err(|error| format!("the path: {error}"))?;
    *made.headers_mut() = fields(headers)?;
    Ok(made)
}

fn call(service: &mut Service, request: Request<()>) -> Response<Body> {
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready(), "nothing holds it back");
    match pin!(service.call(request)).poll(cx) {
        Poll::Ready(Ok(response)) => response,
        Poll::Pending => panic!("the head waits for something"),
    }
}

fn may_have_body(method: &Method, status: StatusCode) -> bool {
    let has_none = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    *method != Method::HEAD && !status.is_informational() && !has_none
}

/// A server sends the head alone, whatever body there is.
fn without_body(response: Response<Body>) -> Answer {
    let (head, _) = response.into_parts();
    Answer {
        status: head.status,
        fields: head.headers,
        raw: Vec::new(),
        decoded: Ok(Bytes::new()),
        pieces: Vec::new(),
    }
}

/// Adds the length that a server adds.
fn frame(response: &mut Response<Body>) {
    if let Some(length) = response.body().size_hint().exact() {
        let fields = response.headers_mut();
        fields
            .entry(CONTENT_LENGTH)
            .or_insert_with(|| HeaderValue::from(length));
    }
}

fn read(response: Response<Body>, watched: Option<&Progress>) -> Result<Answer, String> {
    let (head, body) = response.into_parts();
    let coding = coding_of(&head.headers);
    let mut client = Client {
        coding: coding.clone().ok().flatten(),
        pieces: Vec::new(),
        raw: Vec::new(),
        taken: 0,
        watched,
    };
    client.read(body)?;
    client.take_rest();
    let decoded = coding.and_then(|coding| match coding {
        Some(coding) => decode(coding, &client.raw),
        None => Ok(client.raw.clone().into()),
    });
    Ok(Answer {
        status: head.status,
        fields: head.headers,
        raw: client.raw,
        decoded,
        pieces: client.pieces,
    })
}

fn coding_of(fields: &HeaderMap) -> Result<Option<Coding>, String> {
    let Some(value) = fields.get(CONTENT_ENCODING) else {
        return Ok(None);
    };
    let value = String::from_utf8_lossy(value.as_bytes());
    let is_named = |coding: &Coding| value.eq_ignore_ascii_case(coding.as_str());
    match Coding::preference().iter().copied().find(is_named) {
        Some(coding) => Ok(Some(coding)),
        None if value.eq_ignore_ascii_case("identity") => Ok(None),
        None => Err(format!("no decoder for {value}")),
    }
}

/// A client that decodes while it reads.
struct Client<'a> {
    coding: Option<Coding>,
    pieces: Vec<Bytes>,
    raw: Vec<u8>,
    /// The decoded bytes that are in `pieces`.
    taken: usize,
    watched: Option<&'a Progress>,
}

impl Client<'_> {
    /// Reads the body to its end. A body that is pending must have woken its reader, or wait for
    /// the client to decode what it has.
    fn read(&mut self, body: Body) -> Result<(), String> {
        let mut body = pin!(body);
        let wakes = Arc::new(Wakes::default());
        let waker = Waker::from(Arc::clone(&wakes));
        let mut idle = 0;
        while !body.is_end_stream() {
            let (woken, given) = (wakes.count(), self.given());
            let polled = body.as_mut().poll_frame(&mut Context::from_waker(&waker));
            for _ in given.max(1)..self.given() {
                self.take_piece();
            }
            idle += 1;
            match polled {
                Poll::Ready(None) => return Ok(()),
                Poll::Ready(Some(Err(error))) => return Err(format!("the body failed: {error}")),
                Poll::Ready(Some(Ok(frame))) => {
                    if let Some(data) = frame.data_ref().filter(|data| !data.is_empty()) {
                        self.raw.extend_from_slice(data);
                        idle = 0;
                    }
                }
                Poll::Pending if self.acknowledge() => idle = 0,
                Poll::Pending if wakes.count() == woken => idle = usize::MAX,
                Poll::Pending => {}
            }
            if idle > PATIENCE || self.raw.len() > MOST {
                let got = self.raw.len();
                return Err(format!("the body is stuck, or has no end, at {got} bytes"));
            }
        }
        Ok(())
    }

    /// How many chunks the handler has made.
    fn given(&self) -> usize {
        let given = |progress: &Progress| progress.given.load(Ordering::Relaxed);
        self.watched.map_or(0, given)
    }

    /// Tells the handler how much is decoded; whether that is more than before.
    fn acknowledge(&self) -> bool {
        self.watched.is_some_and(|progress| {
            let decoded = self.decoded().len();
            progress.decoded.swap(decoded, Ordering::Relaxed) < decoded
        })
    }

    fn take_piece(&mut self) {
        let decoded = self.decoded();
        self.pieces
            .push(Bytes::copy_from_slice(&decoded[self.taken..]));
        self.taken = decoded.len();
    }

    /// What came only with the end.
    fn take_rest(&mut self) {
        if self.watched.is_some() && self.decoded().len() > self.taken {
            self.take_piece();
        }
    }

    fn decoded(&self) -> Vec<u8> {
        match self.coding {
            Some(coding) => decode_so_far(coding, &self.raw),
            None => self.raw.clone(),
        }
    }
}
