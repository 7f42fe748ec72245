//! What RFC 9110 and RFC 9111 say of whole messages, each rule once.
//!
//! Pure: rules see heads, marks and numbers, never a body, a future or a service.

pub(crate) mod cache_policy;
pub(crate) mod eligible;
pub(crate) mod file_type;
pub(crate) mod live;
#[cfg(feature = "matcher")]
pub(crate) mod media;
#[cfg(feature = "matcher")]
pub(crate) mod path;
pub(crate) mod personal;
pub(crate) mod status;
pub(crate) mod transform;
pub(crate) mod unrepeatable;
