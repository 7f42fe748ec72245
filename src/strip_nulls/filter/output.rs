//! What is sent of a piece of text, and what is held back until it is clear whether it is removed.
//!
//! Five marks say where each byte belongs. Two of them are places in the piece:
//!
//! ```text
//! {"id":1,"x":null,"name":"Ada","died":nul
//! └─out─┘└───────┘└───────────┘└─────────┘
//!        removed   will be sent  in doubt
//!                 ▲            ▲
//!              copied        edge
//! ```
//!
//! At the end of the piece, `out` and what will be sent are sent, and what is in doubt moves to
//! `held`. The other three are about `held`. Here empty objects are removed too, so the names
//! that lead to one are in doubt as well. A piece ended after `"zi`, and the next begins there:
//!
//! ```text
//! {"id":1,"place":{"city":{"zi│p":null}}}
//! └─sent┘└─────── held ──────┘ ▲
//!        ▲         ▲       ▲   copied = edge
//!        0         10      18 = floor: what a removed item leaves of `held`
//! the floors in `doubtful`: 0 of "place", 10 of "city"
//! ```
//!
//! A null that ends cuts `held` down to `floor`. An empty object that ends cuts it down to its own
//! floor, which becomes `floor` again. A value that is kept sends all of `held`.

use std::mem;

use bytes::Bytes;

/// A container in which nothing was kept so far. If nothing is kept to its end, it is removed.
#[derive(Clone, Copy, Debug)]
struct Doubtful {
    /// How much was held back before it.
    floor: usize,
    /// An item beside it, and before it, was kept.
    kept: bool,
}

/// The output of one text, piece by piece.
///
/// Of a piece, the bytes before `copied` are done with, those up to `edge` will be sent, and those
/// after it are in doubt where `in_doubt` says so: they belong to an item that may yet be removed.
///
/// Invariant: while anything is held back, `copied` is `edge`.
#[derive(Debug, Default)]
pub(super) struct Output {
    /// What is sent of the piece so far, if anything was removed from it or held back before it.
    out: Vec<u8>,
    /// What is in doubt of the earlier pieces.
    held: Vec<u8>,
    /// How much of `held` belongs to the containers around the item that is in doubt.
    floor: usize,
    doubtful: Vec<Doubtful>,
    copied: usize,
    pub(super) edge: usize,
    in_doubt: bool,
}

impl Output {
    /// Whether nothing is held back.
    #[inline]
    pub(super) fn holds_nothing(&self) -> bool {
        self.held.is_empty()
    }

    /// How many bytes are in doubt, where the piece was read up to `at`.
    #[inline]
    pub(super) fn doubt(&self, at: usize) -> usize {
        if self.in_doubt {
            self.held.len() + at - self.edge
        } else {
            0
        }
    }

    /// What comes before `edge` is kept, and what follows may be removed if `in_doubt`.
    #[inline]
    pub(super) fn mark(&mut self, edge: usize, in_doubt: bool) {
        self.edge = edge;
        self.in_doubt = in_doubt || !self.held.is_empty();
    }

    /// What was in doubt is kept.
    #[inline]
    pub(super) fn keep(&mut self) {
        self.in_doubt = false;
        if !self.held.is_empty() {
            self.keep_held();
        }
    }

    #[cold]
    fn keep_held(&mut self) {
        self.out.append(&mut self.held);
        self.doubtful.clear();
        self.floor = 0;
    }

    /// What was in doubt is removed, up to `end`.
    #[inline]
    pub(super) fn cut(&mut self, piece: &[u8], end: usize) {
        self.copy(piece);
        self.held.truncate(self.floor);
        self.copied = end;
        self.edge = end;
    }

    /// A container opens before `inside`. It is removed with all that is in doubt before it if
    /// nothing in it is kept. `kept` tells whether an item beside it was kept.
    pub(super) fn open_doubtful(&mut self, piece: &[u8], inside: usize, kept: bool) {
        self.doubtful.push(Doubtful {
            floor: self.floor,
            kept,
        });
        self.hold(piece, inside);
        self.floor = self.held.len();
    }

    /// The innermost container closes before `end`. If nothing in it was kept, it is removed, and
    /// this tells whether an item beside it was kept.
    pub(super) fn close_doubtful(&mut self, end: usize) -> Option<bool> {
        let Doubtful { floor, kept } = self.doubtful.pop()?;
        self.floor = floor;
        self.held.truncate(floor);
        self.copied = end;
        self.edge = end;
        Some(kept)
    }

    /// What is in doubt from its byte `from` on, up to the place `end` of the piece.
    pub(super) fn in_doubt<'a>(&'a mut self, piece: &'a [u8], from: usize, end: usize) -> &'a [u8] {
        match from.checked_sub(self.held.len()) {
            Some(after_held) => &piece[self.edge + after_held..end],
            None => {
                self.hold(piece, end);
                &self.held[from..]
            }
        }
    }

    /// Ends a piece: gives what is sent of it, and of what was held back before. If that is one
    /// part of the piece, it is not copied.
    pub(super) fn end_piece(&mut self, piece: &Bytes) -> Bytes {
        if !self.in_doubt {
            self.edge = piece.len();
        }
        let part = self.copied..self.edge;
        self.held.extend_from_slice(&piece[self.edge..]);
        self.copied = 0;
        self.edge = 0;
        if self.out.is_empty() {
            return piece.slice(part);
        }
        self.out.extend_from_slice(&piece[part]);
        let mut out = mem::take(&mut self.out);
        // It had room for all of the piece, and lives as long as the response.
        if out.len() < out.capacity() / 2 {
            out.shrink_to_fit();
        }
        out.into()
    }

    /// Holds back what is in doubt of the piece before `end`.
    fn hold(&mut self, piece: &[u8], end: usize) {
        self.copy(piece);
        self.held.extend_from_slice(&piece[self.edge..end]);
        self.copied = end;
        self.edge = end;
    }

    /// Copies what will be sent and was not copied yet.
    #[inline]
    fn copy(&mut self, piece: &[u8]) {
        if self.out.capacity() == 0 {
            // Of most pieces nearly all is sent.
            self.out.reserve_exact(piece.len());
        }
        self.out.extend_from_slice(&piece[self.copied..self.edge]);
    }
}
