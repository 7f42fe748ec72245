//! Idle encoders, and a buffer to encode into, kept by each thread for its next response.
//!
//! What an encoder needs to begin with is hundreds of kilobytes; asking the allocator for them with
//! every response can cost more than encoding a small body.

use std::cell::{Cell, RefCell};
use std::mem;

use super::kind::Kind;
use crate::compression::coding::Coding;
use crate::compression::variant::Variant;

/// A buffer of more than this is not kept.
const LARGEST_SCRATCH: usize = 256 * 1024;

thread_local! {
    static IDLE: RefCell<[Vec<Idle>; Coding::COUNT]> =
        const { RefCell::new([const { Vec::new() }; Coding::COUNT]) };
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

struct Idle {
    key: Key,
    kind: Kind,
}

/// What an encoder must have in common with the one that is wanted.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) struct Key {
    pub(super) form: Variant,
    pub(super) level: i32,
}

/// An idle encoder, if this thread has such a one.
pub(super) fn take(key: Key) -> Option<Kind> {
    let take = |idle: &RefCell<[Vec<Idle>; Coding::COUNT]>| {
        let idle = &mut idle.borrow_mut()[key.form.coding() as usize];
        let found = idle.iter().rposition(|idle| idle.key == key)?;
        Some(idle.swap_remove(found).kind)
    };
    // While the thread is ending there is no pool.
    IDLE.try_with(take).ok().flatten()
}

/// Keeps an encoder for [`take`], unless this thread has `limit` of the coding and the key. One
/// with another key makes room.
pub(super) fn put(key: Key, kind: Kind, limit: usize) {
    let mut kind = Some(kind);
    // While the thread is ending there is no pool, and the encoder is dropped at the end of this
    // function: never while the pool is borrowed.
    let _ = IDLE.try_with(|idle| {
        let idle = &mut idle.borrow_mut()[key.form.coding() as usize];
        if idle.len() < limit {
            idle.extend(kind.take().map(|kind| Idle { key, kind }));
        } else if let Some(other) = idle.iter_mut().find(|idle| idle.key != key) {
            if let Some(kept) = &mut kind {
                mem::swap(&mut other.kind, kept);
                other.key = key;
            }
        }
    });
}

/// Lends an empty buffer that has been large before.
pub(super) fn with_scratch<T>(lend: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    let mut scratch = SCRATCH.try_with(Cell::take).unwrap_or_default();
    scratch.clear();
    let result = lend(&mut scratch);
    if scratch.capacity() <= LARGEST_SCRATCH {
        let _ = SCRATCH.try_with(|place| place.set(scratch));
    }
    result
}
