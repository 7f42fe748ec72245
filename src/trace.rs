//! Events of `tracing` where the feature is on, and nothing where it is not, so that no caller asks.

#[cfg(feature = "tracing")]
pub(crate) use tracing::{debug, warn};

#[cfg(not(feature = "tracing"))]
macro_rules! nothing {
    // What is only logged counts as used.
    (%$name:ident $($field:tt)*) => {
        let _ = &$name;
    };
    ($($field:tt)*) => {};
}

#[cfg(not(feature = "tracing"))]
pub(crate) use {nothing as debug, nothing as warn};
