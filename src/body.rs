//! Body wrappers that several layers need. They move bytes and decide nothing.

pub(crate) mod fuse;
pub(crate) mod peek;
pub(crate) mod rewritten;
pub(crate) mod source;
pub(crate) mod truncated;
