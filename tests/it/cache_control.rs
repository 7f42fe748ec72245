//! Behavior of `CacheControlLayer` and `StaticAssets`, seen from outside. Each test that shows a row of
//! the conformance matrix carries its number.

mod assets;
mod files;
mod not_modified;
mod personal;
mod rules;
mod service;
mod unsaid;

use http::{HeaderMap, HeaderName, Request, Response};
use tower::Layer;
use tower_egress::cache_control::CacheControlService;

use crate::support::service::Handler;

/// A GET of `path` with these fields.
fn get(path: &str, fields: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::get(path);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a valid request")
}

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

type Boxed = Box<dyn FnMut(Request<()>) -> Response<&'static str>>;

/// What `layer` makes of the fields of `response` to `request`.
fn fields_of<L>(layer: &L, request: Request<()>, response: Response<&'static str>) -> HeaderMap
where
    L: Layer<Handler<Boxed>, Service = CacheControlService<Handler<Boxed>>>,
{
    let response: Response<&str> = crate::support::service::respond(layer, request, response);
    assert_eq!(*response.body(), "hello");
    response.into_parts().0.headers
}

/// What `layer` has `Cache-Control` say.
fn said<L>(layer: &L, request: Request<()>, response: Response<&'static str>) -> Option<String>
where
    L: Layer<Handler<Boxed>, Service = CacheControlService<Handler<Boxed>>>,
{
    let fields = fields_of(layer, request, response);
    let lines: Vec<_> = fields.get_all("cache-control").iter().collect();
    assert!(lines.len() <= 1, "{lines:?}");
    let line = lines.first()?.to_str().expect("visible ASCII");
    Some(line.to_owned())
}
