//! Heads.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body_util::Full;

use crate::contract::around::{Around, Page, busy, busy_request, busy_text, call, page, plain};
use crate::support::consume::consume;

/// Nothing panics, nothing is lost, and no field is sent that only another would explain.
pub(crate) fn a_full_head_stays_as_it_is(layer: &impl Around<Page<Full<Bytes>>>) {
    for make in [plain, busy] {
        let mut response = make(Full::new(busy_text()));
        fill(response.headers_mut());
        let before = response.headers().clone();
        let mut service = layer.layer(page(response));
        let response = call(&mut service, busy_request("/"));
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers(), &before);
        let found = consume(response.into_body());
        assert_eq!(found.error, None);
        assert!(!found.data().is_empty());
    }
}

/// Adds fields until there is no room.
fn fill(fields: &mut HeaderMap) {
    let mut names =
        (0..).map(|number| HeaderName::try_from(format!("x-{number}")).expect("a name"));
    let value = HeaderValue::from_static("1");
    while fields
        .try_append(names.next().expect("there are more"), value.clone())
        .is_ok()
    {}
}
