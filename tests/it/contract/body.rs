//! Bodies, of every chunking, that wait, fail, or are dropped. [`Script`] panics when it is polled
//! after its end. A layer that returns the body as it is does not prevent that, and every other
//! layer does.

use std::any::TypeId;
use std::fmt::Display;
use std::task::Poll;

use bytes::Bytes;
use http::Response;
use http_body::Body;
use http_body_util::BodyExt;

use crate::contract::around::{
    Around, MOST_POLLS, Page, busy, busy_request, busy_text, call, page, plain, plain_request,
};
use crate::support::body::{Script, Step};
use crate::support::consume::{Consumed, consume, consume_stubbornly, poll_once};
use crate::support::fields;

const TEXT: &[u8] = b"hello, world";

/// `text` in small pieces and as a whole: with and without waiting, empty frames, and a hint of its
/// length. `end` is added to each.
fn scripts<'a>(text: &'a [u8], end: Option<&'a Step>) -> impl Iterator<Item = Script> + use<'a> {
    let sizes = [1, 3, text.len() / 2, text.len()].into_iter();
    let ways = move |size| (0..8).map(move |way| (size, way));
    sizes.flat_map(ways).map(move |(size, way)| {
        let mut pieces: Vec<_> = text.chunks(size).map(Bytes::copy_from_slice).collect();
        if way & 1 != 0 {
            pieces.insert(1, Bytes::new());
            pieces.push(Bytes::new());
        }
        let mut script = Script::of_data(pieces);
        if let Some(step) = end {
            script = script.then(step.clone());
        }
        if way & 2 != 0 {
            script = script.interleaved();
        }
        if way & 4 != 0 {
            script = script.with_exact_hint(text.len() as u64);
        }
        script
    })
}

/// What comes of a body that no layer changes.
fn pass(layer: &impl Around<Page>, body: Script, read: Reader) -> Consumed {
    let response = call(&mut layer.layer(page(plain(body))), plain_request());
    read_by(response, read)
}

/// What comes of a body that a layer may change.
fn change(layer: &impl Around<Page>, body: Script, read: Reader) -> Consumed {
    let response = call(&mut layer.layer(page(busy(body))), busy_request("/"));
    read_by(response, read)
}

/// How a body is read: by one who believes its hints, or by one who does not.
#[derive(Clone, Copy, Debug)]
enum Reader {
    Believing,
    Stubborn,
}

const READERS: [Reader; 2] = [Reader::Believing, Reader::Stubborn];

fn read_by<B>(response: Response<B>, reader: Reader) -> Consumed
where
    B: Body<Data = Bytes, Error: Display> + 'static,
{
    let body = response.into_body();
    match reader {
        Reader::Believing => consume(body),
        Reader::Stubborn if TypeId::of::<B>() == TypeId::of::<Script>() => {
            consume_stubbornly(Box::pin(body).fuse())
        }
        Reader::Stubborn => consume_stubbornly(body),
    }
}

pub(crate) fn any_pieces_are_the_same_body(layer: &impl Around<Page>) {
    for read in READERS {
        for body in scripts(TEXT, None) {
            let input = format!("{body:?}, {read:?}");
            assert_eq!(pass(layer, body, read).clean(), TEXT, "{input}");
        }
        for body in scripts(&busy_text(), None) {
            let found = change(layer, body, read);
            assert_eq!(found.error, None, "{read:?}");
            assert!(!found.data().is_empty(), "{read:?}");
        }
    }
}

pub(crate) fn trailers_survive(layer: &impl Around<Page>) {
    let own = fields(&[("x-note", "1")]);
    let end = Step::Trailers(own.clone());
    // A reader who believes an exact hint may not come as far as the trailers.
    let read = Reader::Stubborn;
    for body in scripts(TEXT, Some(&end)) {
        let input = format!("{body:?}");
        let found = pass(layer, body, read);
        assert_eq!(found.data(), TEXT, "{input}");
        assert_eq!(found.trailers.as_ref(), Some(&own), "{input}");
    }
    for body in scripts(&busy_text(), Some(&end)) {
        let found = change(layer, body, read);
        assert_eq!(found.error, None);
        let trailers = found.trailers.expect("there are trailers");
        assert_eq!(trailers["x-note"], "1");
    }
}

/// Never a clean end, and nothing but what the body gave before.
pub(crate) fn a_failure_is_a_failure(layer: &impl Around<Page>) {
    let end = Step::Error("the disk is gone");
    let error = Some("the disk is gone");
    for body in scripts(TEXT, Some(&end)) {
        let input = format!("{body:?}");
        let found = pass(layer, body, Reader::Stubborn);
        assert_eq!(found.error.as_deref(), error, "{input}");
        assert!(TEXT.starts_with(&found.data()), "{input}");
        assert_eq!(found.trailers, None, "{input}");
    }
    for body in scripts(&busy_text(), Some(&end)) {
        let found = change(layer, body, Reader::Stubborn);
        assert_eq!(found.error.as_deref(), error);
        assert_eq!(found.trailers, None);
    }
}

/// The inner body is dropped with the outer one, whenever that is.
pub(crate) fn a_body_can_be_dropped(layer: &impl Around<Page>) {
    for polls in 0..MOST_POLLS {
        let script = Script::in_frames(&busy_text(), 1_000).interleaved();
        let watch = script.watch();
        let response = call(&mut layer.layer(page(busy(script))), busy_request("/"));
        let mut body = Box::pin(response.into_body());
        let mut has_ended = false;
        for _ in 0..polls {
            has_ended = matches!(poll_once(body.as_mut()), Poll::Ready(None));
        }
        drop(body);
        assert!(watch.is_dropped(), "after {polls} polls");
        if has_ended {
            return;
        }
    }
    panic!("the body has no end");
}
