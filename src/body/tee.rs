//! A body that is copied on its way.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::fuse::Fuse;

pin_project! {
    /// Hands on the frames of a body as they are, and keeps a copy of their data. Whoever asked for the
    /// copy gets it once, at the clean end.
    ///
    /// There is no copy of a body that fails, that is dropped before its end, that has trailers, or that
    /// is longer than the limit. What was copied of it is freed at once.
    pub(crate) struct Tee<B, F> {
        #[pin]
        inner: Fuse<B>,
        // Invariant: `None` once the copy was given away or given up.
        copy: Option<Copy<F>>,
    }
}

struct Copy<F> {
    data: BytesMut,
    limit: usize,
    done: F,
}

impl<B: Body<Data = Bytes>, F: FnOnce(Bytes)> Tee<B, F> {
    /// Copies at most `limit` bytes of `inner`, and calls `done` with all of them.
    pub(crate) fn new(inner: B, limit: usize, done: F) -> Self {
        Self {
            inner: Fuse::new(inner),
            copy: Some(Copy {
                data: BytesMut::new(),
                limit,
                done,
            }),
        }
    }
}

impl<F: FnOnce(Bytes)> Copy<F> {
    /// Copies the data of a frame; `None` where there is to be no copy.
    fn with(mut self, frame: &Frame<Bytes>) -> Option<Self> {
        let data = frame.data_ref()?;
        if data.len() > self.limit - self.data.len() {
            return None;
        }
        self.data.extend_from_slice(data);
        Some(self)
    }

    fn give(self) {
        (self.done)(self.data.freeze());
    }
}

impl<B, F> Body for Tee<B, F>
where
    B: Body<Data = Bytes>,
    F: FnOnce(Bytes),
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut this = self.project();
        let polled = ready!(this.inner.as_mut().poll_frame(cx));
        let copy = this.copy.take();
        match &polled {
            Some(Ok(frame)) => *this.copy = copy.and_then(|copy| copy.with(frame)),
            Some(Err(_)) => {}
            None => *this.copy = copy,
        }
        // A server need not poll a body again that says that it has ended, or that nothing is left.
        let has_ended = this.inner.is_end_stream() || this.inner.size_hint().exact() == Some(0);
        if polled.is_none() || has_ended {
            this.copy.take().into_iter().for_each(Copy::give);
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::pin::pin;
    use std::sync::Mutex;
    use std::task::Waker;

    use http::HeaderMap;
    use http_body_util::Full;

    use super::*;

    /// What a body gives, one step a poll.
    struct Script(VecDeque<Poll<Result<Frame<Bytes>, &'static str>>>);

    impl Body for Script {
        type Data = Bytes;
        type Error = &'static str;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
            match self.0.pop_front() {
                Some(step) => step.map(Some),
                None => Poll::Ready(None),
            }
        }
    }

    /// A body that tells its length, and not its end.
    struct Hinted(Script);

    impl Body for Hinted {
        type Data = Bytes;
        type Error = &'static str;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
            Pin::new(&mut self.0).poll_frame(cx)
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(3 * self.0.0.len() as u64)
        }
    }

    fn data(text: &'static str) -> Poll<Result<Frame<Bytes>, &'static str>> {
        Poll::Ready(Ok(Frame::data(Bytes::from_static(text.as_bytes()))))
    }

    /// The copy of a body that is polled `polls` times.
    fn copy_of<B: Body<Data = Bytes>>(body: B, limit: usize, polls: usize) -> Option<Bytes> {
        let copy = Mutex::new(None);
        let done = |data| *copy.lock().unwrap() = Some(data);
        let mut tee = pin!(Tee::new(body, limit, done));
        let cx = &mut Context::from_waker(Waker::noop());
        for _ in 0..polls {
            let _ = tee.as_mut().poll_frame(cx);
        }
        copy.lock().unwrap().take()
    }

    #[test]
    fn the_copy_is_given_at_the_clean_end_alone() {
        // A server stops polling this body after its first frame: the hint says that nothing is left.
        let hinted = Hinted(Script([data("abc")].into()));
        assert_eq!(copy_of(hinted, 3, 1).as_deref(), Some(&b"abc"[..]));
        let steps = || VecDeque::from([data("ab"), Poll::Pending, data(""), data("c")]);
        for (polls, expected) in [(4, None), (5, Some("abc")), (6, Some("abc"))] {
            let found = copy_of(Script(steps()), 3, polls);
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{polls}");
        }
        let at_once = copy_of(Full::new(Bytes::from_static(b"abc")), 3, 1);
        assert_eq!(at_once.as_deref(), Some(&b"abc"[..]));
    }

    #[test]
    fn there_is_no_copy_of_what_fails_is_longer_or_has_trailers() {
        let trailers = || Poll::Ready(Ok(Frame::trailers(HeaderMap::new())));
        for steps in [
            vec![data("abc"), Poll::Ready(Err("gone"))],
            vec![data("abc"), data("d")],
            vec![data("abcd")],
            vec![data("abc"), trailers()],
        ] {
            assert_eq!(copy_of(Script(steps.into()), 3, 9), None);
        }
    }
}
