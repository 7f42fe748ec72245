//! The layers together: in their order, in every other, and over the wire. Each test that shows a row of
//! the conformance matrix carries its number.
#![cfg(feature = "full")]

mod support;

#[path = "stack/orders.rs"]
mod orders;
#[path = "stack/rows.rs"]
mod rows;
#[path = "stack/service.rs"]
mod service;
#[path = "stack/wire.rs"]
mod wire;

use http::{HeaderName, Method, Request, Response};

fn request(method: Method, fields: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::builder().method(method);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a valid request")
}

/// `response` with more fields.
fn with<B>(mut response: Response<B>, fields: &[(&'static str, &str)]) -> Response<B> {
    for &(name, value) in fields {
        let value = value.parse().expect("a valid value");
        response
            .headers_mut()
            .append(HeaderName::from_static(name), value);
    }
    response
}
