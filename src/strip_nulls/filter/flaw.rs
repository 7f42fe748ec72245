//! What keeps a filter from reading on.

/// What is wrong with a text, at the place where it shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Flaw {
    /// The text is not JSON.
    Invalid,
    /// More containers are open than may be.
    TooDeep,
    /// More bytes are in doubt than may be.
    TooLong,
}
