//! What RFC 9110 and RFC 9111 say of whole messages, each rule once.
//!
//! Pure: rules see heads, marks and numbers, never a body, a future or a service.

pub(crate) mod cache_policy;
pub(crate) mod eligible;
#[cfg(feature = "etag")]
pub(crate) mod entity_tag;
pub(crate) mod file_type;
pub(crate) mod live;
#[cfg(feature = "matcher")]
pub(crate) mod media;
#[cfg(feature = "etag")]
pub(crate) mod method;
#[cfg(feature = "etag")]
pub(crate) mod not_modified;
#[cfg(feature = "matcher")]
pub(crate) mod path;
pub(crate) mod personal;
#[cfg(feature = "etag")]
pub(crate) mod preconditions;
pub(crate) mod rewritable;
pub(crate) mod status;
pub(crate) mod transform;
pub(crate) mod unrepeatable;
#[cfg(feature = "etag")]
pub(crate) mod validators;
