//! Behavior of `SecurityHeadersLayer`, seen from outside. Each test that shows a row of the conformance
//! matrix carries its number.

mod fields;
mod https;
mod nonce;
mod off;
mod order;
mod policy;
mod service;
mod set;
mod uncached;

use http::{HeaderMap, HeaderName, Request, Response};
use tower_egress::security_headers::{SecurityHeader, SecurityHeadersLayer};

/// An answer of this status with these fields.
fn answer(status: u16, fields: &[(&'static str, &str)]) -> Response<&'static str> {
    let mut response = Response::new("hello");
    *response.status_mut() = status.try_into().expect("a valid status");
    for &(name, value) in fields {
        let value = value.parse().expect("a valid value");
        response
            .headers_mut()
            .append(HeaderName::from_static(name), value);
    }
    response
}

/// What `layer` makes of the fields of `response`.
fn fields_of(layer: &SecurityHeadersLayer, response: Response<&'static str>) -> HeaderMap {
    let response: Response<&str> =
        crate::support::service::respond(layer, Request::new(()), response);
    assert_eq!(*response.body(), "hello");
    response.into_parts().0.headers
}

/// The text of a field.
fn text(field: impl Into<SecurityHeader>) -> String {
    let field = field.into();
    field.value().to_str().expect("visible ASCII").to_owned()
}
