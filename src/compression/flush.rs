//! When a stream is flushed although its body goes on. Pure: it sees numbers, never an encoder.

/// The flushes of one stream, and what they cost.
///
/// A flush makes all that was written decodable, and costs a few bytes, whatever it flushes. It
/// costs what comes out of it beyond the bytes that waited: seven bytes for one in gzip, four in br
/// and zstd.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flushes {
    /// Every flush is worth its cost.
    is_live: bool,
    /// What the flushes cost so far.
    spent: u64,
}

impl Flushes {
    pub(super) const fn new(is_live: bool) -> Self {
        Self { is_live, spent: 0 }
    }

    /// Whether the stream is flushed at the first pending poll of its body.
    pub(super) const fn is_live(&self) -> bool {
        self.is_live
    }

    /// Whether a stream is flushed whose body is pending. `waiting` bytes were written since the
    /// last flush, and `taken` bytes in all.
    pub(super) const fn is_due(&self, waiting: u64, taken: u64) -> bool {
        let has_budget = self.spent < BUDGET + taken / BUDGET_SHARE;
        waiting > 0 && (self.is_live || has_budget || waiting > MOST_WAITING)
    }

    /// Notes a flush of `waiting` bytes, of which `sent` bytes came out.
    pub(super) const fn note(&mut self, waiting: u64, sent: u64) {
        self.spent += sent.saturating_sub(waiting);
    }
}

/// What flushes may cost in any stream, in bytes.
const BUDGET: u64 = 4 * 1024;

/// What they may cost beyond that: one byte for so many that were written.
const BUDGET_SHARE: u64 = 8;

/// How many bytes may wait once the budget is spent.
const MOST_WAITING: u64 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    /// Finding 34.
    #[test]
    fn c_37_flushes_are_free_within_a_budget_and_beyond_it_64_bytes_wait() {
        const NEVER: u64 = u64::MAX;
        #[rustfmt::skip]
        let rows = [
            // live, spent, taken, waiting, due
            (false, 0, 1, 1, true),
            (false, 0, 1, 0, false),
            (false, 4095, 1, 1, true),
            (false, 4096, 1, 1, false),
            (false, 4096, 7, 1, false),
            (false, 4096, 8, 1, true),
            (false, 4097, 8, 1, false),
            (false, 4096 + 1000, 8000, 64, false),
            (false, 4096 + 1000, 8000, 65, true),
            (false, 4096 + 999, 8000, 1, true),
            (false, NEVER, 8000, 64, false),
            (false, NEVER, 8000, 65, true),
            (true, NEVER, 8000, 1, true),
            (true, NEVER, 8000, 0, false),
        ];
        for row @ (is_live, spent, taken, waiting, expected) in rows {
            let flushes = Flushes { is_live, spent };
            assert_eq!(flushes.is_due(waiting, taken), expected, "{row:?}");
        }
    }

    #[test]
    fn a_flush_costs_what_comes_out_beyond_what_waited() {
        for (waiting, sent, expected) in [(1, 7, 6), (100, 100, 0), (100, 30, 0), (0, 5, 5)] {
            let mut flushes = Flushes::new(false);
            flushes.note(waiting, sent);
            assert_eq!(flushes.spent, expected, "{waiting}, {sent}");
        }
    }
}
