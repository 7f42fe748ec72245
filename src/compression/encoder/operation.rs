//! What an encoder does with the bytes that it is given.

/// Whether and how the bytes so far must be decodable.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::compression) enum Operation {
    /// Everything given can be decoded from what was produced, and no more will be given.
    Finish,
    /// Everything given so far can be decoded from what was produced so far.
    Flush,
    /// The encoder may hold back what it likes.
    Write,
}
