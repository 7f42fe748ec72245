//! Limits and their defaults.

/// Bodies of known length are stripped as a whole up to this many bytes, unless another limit is
/// set.
///
/// Such a response has its exact `Content-Length`, and is sent unchanged if it is not JSON.
/// Stripping a mebibyte keeps the thread busy for about half a millisecond.
pub const DEFAULT_ONE_SHOT: u64 = 1024 * 1024;

/// This many arrays and objects may be open at once, unless another limit is set.
///
/// What people write has fewer than twenty levels, and most parsers give up after some hundreds. A
/// level costs one bit.
pub const DEFAULT_DEPTH_LIMIT: usize = 512;

/// This many bytes may be in doubt at once, unless another limit is set: the name of a member, with
/// the comma before it and the white space around both.
///
/// A stream holds them back until the value begins. Names of more than a few dozen bytes are rare.
pub const DEFAULT_NAME_LIMIT: usize = 64 * 1024;

/// How many paths [`Rules`](super::Rules) may have: the filter keeps a bit for each, for each open
/// array and object.
pub const MAX_PATHS: usize = 64;
