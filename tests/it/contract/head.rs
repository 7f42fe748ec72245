//! Heads.

use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::Full;

use crate::contract::around::{Around, Page, busy, busy_request, busy_text, call, page, plain};

/// Nothing panics, and each field of the handler is still there.
pub(crate) fn a_full_head_keeps_its_fields(layer: &impl Around<Page<Full<bytes::Bytes>>>) {
    for make in [plain, busy] {
        let mut response = make(Full::new(busy_text()));
        let filled = fill(response.headers_mut());
        let mut service = layer.layer(page(response));
        let response = call(&mut service, busy_request("/"));
        assert_eq!(response.status(), 200);
        let found = response.headers();
        for number in 0..filled {
            assert_eq!(found.get(name(number)).expect("it is kept"), "1");
        }
    }
}

/// Adds fields until there is no room; returns how many were added.
fn fill(fields: &mut HeaderMap) -> usize {
    let value = HeaderValue::from_static("1");
    let numbers = 0..;
    numbers
        .take_while(|&number| fields.try_append(name(number), value.clone()).is_ok())
        .count()
}

fn name(number: usize) -> HeaderName {
    HeaderName::try_from(format!("x-{number}")).expect("a name")
}
