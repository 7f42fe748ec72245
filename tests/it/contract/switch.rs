//! Layers that are off. Such a layer is told from no layer at all by nothing.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, Version};
use http_body::{Body, SizeHint};
use http_body_util::Full;
use tower::layer::util::Identity;
use tower_egress::matcher::{RequestMatcher, ResponseMatcher};

use crate::contract::around::{Around, MOST_POLLS, Page, busy, busy_request, busy_text, call};
use crate::support::body::{Script, Step};
use crate::support::consume::poll_once;
use crate::support::fields;
use crate::support::service::Handler;

/// All that a handler and a client see of an exchange.
#[derive(Debug, PartialEq)]
struct Seen {
    request: Option<(String, usize)>,
    head: (StatusCode, Version, HeaderMap, usize),
    polls: Vec<Polled>,
}

/// What a body says of itself, and then gives.
#[derive(Debug, PartialEq)]
struct Polled {
    lower: u64,
    upper: Option<u64>,
    is_end: bool,
    gives: Gives,
}

#[derive(Debug, PartialEq)]
enum Gives {
    /// Where the bytes are, for a copy is not the same, and how many.
    Data(*const u8, usize),
    Trailers(Option<HeaderMap>),
    Error(String),
    Nothing,
    Pending,
}

/// What is seen of an exchange through `layer`.
fn see<B: Body + 'static>(
    layer: &impl Around<Page<B>>,
    request: Request<()>,
    response: Response<B>,
) -> Seen {
    let arrived = Rc::new(RefCell::new(None));
    let (arriving, mut response) = (Rc::clone(&arrived), Some(response));
    let handler = move |request: Request<()>| {
        *arriving.borrow_mut() = Some((format!("{request:?}"), request.extensions().len()));
        response.take().expect("one request")
    };
    let response = call(&mut layer.layer(Handler::new(Box::new(handler))), request);
    let (head, body) = response.into_parts();
    Seen {
        request: arrived.take(),
        head: (
            head.status,
            head.version,
            head.headers,
            head.extensions.len(),
        ),
        polls: read(body),
    }
}

/// Reads to the end, whatever the body says of it.
fn read<B>(body: B) -> Vec<Polled>
where
    B: Body<Data = Bytes, Error: std::fmt::Display>,
{
    let mut body = pin!(body);
    let mut polls = Vec::new();
    for _ in 0..MOST_POLLS {
        let hint: SizeHint = body.size_hint();
        let is_end = body.is_end_stream();
        let gives = match poll_once(body.as_mut()) {
            Poll::Pending => Gives::Pending,
            Poll::Ready(None) => Gives::Nothing,
            Poll::Ready(Some(Err(error))) => Gives::Error(error.to_string()),
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => Gives::Data(data.as_ptr(), data.len()),
                Err(frame) => Gives::Trailers(frame.into_trailers().ok()),
            },
        };
        let is_over = matches!(gives, Gives::Nothing | Gives::Error(_));
        polls.push(Polled {
            lower: hint.lower(),
            upper: hint.upper(),
            is_end,
            gives,
        });
        if is_over {
            return polls;
        }
    }
    panic!("the body has no end")
}

/// Bodies that know their length, and bodies that do not. Every layer acts on some.
fn bodies(text: &Bytes) -> [Script; 3] {
    let (first, rest) = (text.slice(..700), text.slice(700..));
    let script = || Script::of_data([first.clone(), rest.clone()]);
    let trailers = fields(&[("x-note", "1")]);
    [
        script(),
        script().with_exact_hint(text.len() as u64),
        script().interleaved().then(Step::Trailers(trailers)),
    ]
}

/// Whether nothing tells `layer` from no layer, whatever the body, for a request of `path` and this
/// status.
fn leaves_alone<L>(layer: &L, path: &str, status: StatusCode, with_request: bool) -> bool
where
    L: Around<Page<Script>> + Around<Page<Full<Bytes>>>,
{
    let text = busy_text();
    let is_same = |mut found: Seen, mut expected: Seen| {
        if !with_request {
            (found.request, expected.request) = (None, None);
        }
        found == expected
    };
    let request = || busy_request(path);
    let scripts = bodies(&text).into_iter().zip(bodies(&text));
    let mut are_scripts_same = scripts.map(|(one, other)| {
        is_same(
            see(layer, request(), answer(one, status)),
            see(&Identity::new(), request(), answer(other, status)),
        )
    });
    let whole = || answer(Full::new(text.clone()), status);
    are_scripts_same.all(|is_same| is_same)
        && is_same(
            see(layer, request(), whole()),
            see(&Identity::new(), request(), whole()),
        )
}

fn answer<B>(body: B, status: StatusCode) -> Response<B> {
    let mut response = busy(body);
    *response.status_mut() = status;
    response.extensions_mut().insert(8_u8);
    response
}

/// Whether the layer changes anything of a request of `path`.
pub(crate) fn acts<L>(layer: &L, path: &str) -> bool
where
    L: Around<Page<Script>> + Around<Page<Full<Bytes>>>,
{
    !leaves_alone(layer, path, StatusCode::OK, true)
}

#[track_caller]
pub(crate) fn acts_on<L>(layer: &L, path: &str)
where
    L: Around<Page<Script>> + Around<Page<Full<Bytes>>>,
{
    assert!(acts(layer, path), "{path}");
}

/// Same head, same frames, same hints, same memory.
#[track_caller]
pub(crate) fn is_transparent<L>(layer: &L)
where
    L: Around<Page<Script>> + Around<Page<Full<Bytes>>>,
{
    assert!(!acts(layer, "/a"));
}

/// The requests that are skipped.
pub(crate) fn some() -> RequestMatcher {
    RequestMatcher::prefix("/skipped/").expect("a prefix")
}

/// More of them, which take a look at the whole head.
pub(crate) fn others() -> RequestMatcher {
    RequestMatcher::when(|request| request.uri.query() == Some("skipped"))
}

/// The responses that are skipped.
pub(crate) fn teapots() -> ResponseMatcher {
    ResponseMatcher::status(|status| status == StatusCode::IM_A_TEAPOT)
}

pub(crate) fn skips_requests<L>(layer: &L)
where
    L: Around<Page<Script>> + Around<Page<Full<Bytes>>>,
{
    for (path, expected) in [
        ("/skipped/a", false),
        ("/a?skipped", false),
        ("/a", true),
        ("/skipped", true),
    ] {
        assert_eq!(acts(layer, path), expected, "{path}");
    }
}

/// What the layer does before the handler, it has done by then.
pub(crate) fn skips_responses<L>(layer: &L)
where
    L: Around<Page<Script>> + Around<Page<Full<Bytes>>>,
{
    let is_left = |status| leaves_alone(layer, "/a", status, false);
    assert!(is_left(StatusCode::IM_A_TEAPOT));
    assert!(!is_left(StatusCode::OK));
}
