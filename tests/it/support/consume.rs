//! Consumers of bodies: one that believes what a body says of itself, and one that does not.

use std::fmt::Display;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};

/// All that came out of a body.
#[derive(Debug, Default)]
pub(crate) struct Consumed {
    pub(crate) frames: Vec<Bytes>,
    pub(crate) trailers: Option<HeaderMap>,
    pub(crate) error: Option<String>,
    /// How often the body was polled.
    pub(crate) polls: usize,
}

impl Consumed {
    pub(crate) fn data(&self) -> Bytes {
        self.frames.concat().into()
    }

    /// The data of a body that ended cleanly and without trailers.
    #[track_caller]
    pub(crate) fn clean(self) -> Bytes {
        assert_eq!(self.error, None);
        assert_eq!(self.trailers, None);
        self.data()
    }
}

/// Reads to the end, believing `is_end_stream` and `size_hint` as servers do, and checks both
/// against what came.
pub(crate) fn consume<B>(body: B) -> Consumed
where
    B: Body<Data = Bytes>,
    B::Error: Display,
{
    let mut body = pin!(body);
    let hint = body.size_hint();
    let mut consumed = Consumed::default();
    while !body.is_end_stream() && step(body.as_mut(), &mut consumed) {}

    if consumed.error.is_none() {
        let length = consumed.data().len() as u64;
        assert!(hint.lower() <= length, "{hint:?}, but {length} bytes came");
        if let Some(upper) = hint.upper() {
            assert!(length <= upper, "{hint:?}, but {length} bytes came");
        }
    }
    consumed
}

/// Reads to the end, believing only `None`, and some polls further: nothing may follow.
pub(crate) fn consume_stubbornly<B>(body: B) -> Consumed
where
    B: Body<Data = Bytes>,
    B::Error: Display,
{
    let mut body = pin!(body);
    let mut consumed = Consumed::default();
    while step(body.as_mut(), &mut consumed) {}
    for _ in 0..3 {
        let polled = poll_once(body.as_mut());
        assert!(
            matches!(polled, Poll::Ready(None)),
            "something followed the end"
        );
    }
    consumed
}

/// What a body says when polled.
pub(crate) type Polled<B> = Poll<Option<Result<Frame<<B as Body>::Data>, <B as Body>::Error>>>;

/// Polls once with a waker that does nothing.
pub(crate) fn poll_once<B: Body>(body: Pin<&mut B>) -> Polled<B> {
    body.poll_frame(&mut Context::from_waker(Waker::noop()))
}

/// Takes one frame; whether more may follow.
///
/// Panics when the body is pending without having woken anybody, for nothing here ever would.
fn step<B>(mut body: Pin<&mut B>, consumed: &mut Consumed) -> bool
where
    B: Body<Data = Bytes>,
    B::Error: Display,
{
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    loop {
        let before = wakes.count();
        consumed.polls += 1;
        match body.as_mut().poll_frame(&mut Context::from_waker(&waker)) {
            Poll::Pending => assert!(wakes.count() > before, "pending, and nobody was woken"),
            Poll::Ready(None) => return false,
            Poll::Ready(Some(Err(error))) => {
                consumed.error = Some(error.to_string());
                return false;
            }
            Poll::Ready(Some(Ok(frame))) => {
                assert_eq!(consumed.trailers, None, "a frame followed the trailers");
                match frame.into_data() {
                    Ok(data) => consumed.frames.push(data),
                    Err(frame) => consumed.trailers = frame.into_trailers().ok(),
                }
                return true;
            }
        }
    }
}

/// Counts how often it was woken.
#[derive(Debug, Default)]
pub(crate) struct Wakes(AtomicUsize);

impl Wakes {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
