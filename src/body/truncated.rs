//! The error of a body that is shorter than its head said.

use std::error::Error;
use std::fmt;

/// The inner body ended before it had given as much as the head declared.
///
/// Who takes the length out of a head takes from the client the means to see this, and has to say it.
#[derive(Debug)]
pub(crate) struct Truncated {
    pub(crate) declared: u64,
    pub(crate) taken: u64,
}

impl fmt::Display for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { declared, taken } = self;
        write!(f, "the body ended after {taken} of {declared} bytes")
    }
}

impl Error for Truncated {}
