//! What the tests of every layer share: legal bodies at their most hostile, consumers that drive
//! them, and strict decoders.

pub(crate) mod body;
pub(crate) mod consume;
pub(crate) mod decode;
pub(crate) mod log;
pub(crate) mod service;
pub(crate) mod values;
pub(crate) mod wire;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

/// A head's fields from a table of lines.
pub(crate) fn fields(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut fields = HeaderMap::new();
    for &(name, value) in lines {
        fields.append(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    fields
}

/// Text that compresses about as well as JSON does: repeating, but never quite.
pub(crate) fn text(length: usize) -> Bytes {
    let mut text = Vec::with_capacity(length + 64);
    let mut number = 1_u32;
    while text.len() < length {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.extend_from_slice(format!("{{\"id\":{number},\"name\":\"item\"}},").as_bytes());
    }
    text.truncate(length);
    Bytes::from(text)
}

/// Bytes that no coding makes smaller.
pub(crate) fn noise(length: usize) -> Bytes {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    })
    .take(length)
    .collect()
}
