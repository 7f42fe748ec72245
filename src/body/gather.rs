//! A response whose body is read before its head is sent.

use std::task::{Context, Poll};

use http::response;
use http_body::Body;

use super::replay::Replay;

/// A response, and as much of its body as was read so far.
pub(crate) struct Gather<B: Body, K = ()> {
    pub(crate) head: response::Parts,
    pub(crate) body: Replay<B>,
    /// How long the body said that it is.
    pub(crate) length: u64,
    /// What the layer learned before it began to read.
    pub(crate) known: K,
}

impl<B: Body, K> Gather<B, K> {
    pub(crate) fn new(head: response::Parts, body: B, length: u64, known: K) -> Self {
        Self {
            head,
            body: Replay::new(body),
            length,
            known,
        }
    }

    /// Reads the body: until it has ended or failed, or has given more than it said.
    pub(crate) fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.body.poll_fill(self.length, cx)
    }
}

/// Where a future keeps a [`Gather`] while it waits for the body.
///
/// It is in a box then, so that the future of a body that is at hand is no larger for it.
pub(crate) struct Waiting<B: Body, K = ()>(Option<Box<Gather<B, K>>>);

impl<B: Body, K> Waiting<B, K> {
    /// Nothing is waited for.
    pub(crate) const fn none() -> Self {
        Self(None)
    }

    /// Takes back what was kept.
    pub(crate) fn take(&mut self) -> Option<Gather<B, K>> {
        self.0.take().map(|gather| *gather)
    }

    /// Keeps a response until the future is polled again.
    pub(crate) fn keep(&mut self, gather: Gather<B, K>) {
        self.0 = Some(Box::new(gather));
    }
}
