//! Any path, any `Cache-Control`: nothing panics, and what a handler forbids stays forbidden.

#![no_main]

use arbitrary::Arbitrary;
use http::{HeaderMap, HeaderValue, Request, Response, Uri};
use libfuzzer_sys::fuzz_target;
use tower_egress::cache_control::{CacheControl, CacheControlLayer, MINUTE, Policy, StaticAssets};
use tower_egress::matcher::RequestMatcher;

#[derive(Arbitrary, Debug)]
struct Input {
    path: String,
    said: Vec<Vec<u8>>,
    content_type: Vec<u8>,
    glob: String,
}

fuzz_target!(|input: Input| {
    let mut fields = HeaderMap::new();
    for line in &input.said {
        if let Ok(line) = HeaderValue::from_bytes(line) {
            fields.append("cache-control", line);
        }
    }
    if let Some(value) = CacheControl::read(&fields) {
        // What is written is read again as the same.
        if let Ok(line) = HeaderValue::try_from(value.to_string()) {
            let mut again = HeaderMap::new();
            again.insert("cache-control", line);
            let read = CacheControl::read(&again).expect("there is a line");
            assert_eq!(read.forbids_sharing(), value.forbids_sharing());
        }
    }
    let Ok(uri) = input.path.parse::<Uri>() else {
        return;
    };
    let matcher = RequestMatcher::glob(&input.glob).unwrap_or_else(|_| RequestMatcher::any());
    let layer = CacheControlLayer::new()
        .rule(
            matcher,
            Policy::from(CacheControl::max_age(MINUTE)).override_handler(),
        )
        .assets(StaticAssets::new().versioned_queries());
    let (mut request, ()) = Request::new(()).into_parts();
    request.uri = uri;
    let (mut response, ()) = Response::new(()).into_parts();
    response.headers = fields;
    if let Ok(value) = HeaderValue::from_bytes(&input.content_type) {
        response.headers.insert("content-type", value);
    }
    let _ = layer.plan(&request, &response);
});
