//! `cargo bench --bench cache_control`
//!
//! What ten rules, and those for static assets, cost beside one fixed field set by tower-http's
//! `SetResponseHeaderLayer`. Ids are `cache_control/<case>/<who>`.

use bench_support::{Handler, call, request, timed};
use bytes::Bytes;
use http::{HeaderValue, Request};
use tower::{Layer, Service};
use tower_egress::cache_control::{CacheControl, CacheControlLayer, MINUTE, Policy};
use tower_egress::matcher::ResponseMatcher;
use tower_egress_benches::rules;
use tower_http::set_header::SetResponseHeaderLayer;

fn main() {
    let mut criterion = timed::criterion(30);
    let mut group = criterion.benchmark_group("cache_control/rules");
    let ten = rules::ten_rules();
    let fixed = SetResponseHeaderLayer::if_not_present(
        http::header::CACHE_CONTROL,
        HeaderValue::from_static("max-age=60"),
    );
    let with_expires = CacheControlLayer::new().rule(
        ResponseMatcher::any(),
        Policy::from(CacheControl::max_age(MINUTE))
            .expires()
            .expect("a lifetime"),
    );
    let mut run = |who: &str, mut service: Box<dyn FnMut(Request<()>) -> usize>| {
        group.bench_function(who, |bencher| bencher.iter(|| service(asked())));
    };
    run("bare", boxed(style_sheet()));
    run("ten-rules", boxed(ten.layer(style_sheet())));
    run(
        "static-assets",
        boxed(CacheControlLayer::static_assets().layer(style_sheet())),
    );
    run("with-expires", boxed(with_expires.layer(style_sheet())));
    run(
        "tower-http-one-fixed-field",
        boxed(fixed.layer(style_sheet())),
    );
    group.finish();
    criterion.final_summary();
}

fn boxed<S>(mut service: S) -> Box<dyn FnMut(Request<()>) -> usize>
where
    S: Service<
            Request<()>,
            Response = http::Response<http_body_util::Full<Bytes>>,
            Error = std::convert::Infallible,
        > + 'static,
{
    Box::new(move |request| call(&mut service, request).1)
}

const fn style_sheet() -> Handler {
    Handler {
        body: Bytes::from_static(b"body { color: teal }"),
        content_type: "text/css",
    }
}

fn asked() -> Request<()> {
    let mut request = request(None);
    *request.uri_mut() = http::Uri::from_static("/static/main.8e3c1f07.css");
    request
}
