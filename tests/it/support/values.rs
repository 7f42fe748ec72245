//! Field values that mean harm.

use http::HeaderValue;
use proptest::prelude::*;

/// Any bytes that a field value can be, leaning towards `likely`: those that a parser stumbles over.
pub(crate) fn values(likely: &'static [u8]) -> impl Strategy<Value = HeaderValue> {
    let byte = prop_oneof![
        4 => prop::sample::select(likely),
        1 => any::<u8>(),
    ];
    prop::collection::vec(byte, 0..48).prop_filter_map("a field value", |bytes| {
        HeaderValue::from_bytes(&bytes).ok()
    })
}
