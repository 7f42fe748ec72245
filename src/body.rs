//! Body machinery that several layers need. It moves bytes and decides nothing.

#[cfg(any(feature = "compression", feature = "strip-nulls"))]
pub(crate) mod error;
pub(crate) mod fuse;
pub(crate) mod gather;
#[cfg(any(feature = "compression", feature = "strip-nulls"))]
pub(crate) mod pump;
pub(crate) mod replay;
#[cfg(any(feature = "compression", feature = "strip-nulls"))]
pub(crate) mod rewritten;
pub(crate) mod source;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "whatever keeps bodies copies them through it")
)]
pub(crate) mod tee;
