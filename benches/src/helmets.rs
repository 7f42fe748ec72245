//! Twelve security fields, set by this crate and by its peers.

use std::convert::Infallible;
use std::task::{Context, Poll};

use bench_support::{Handler, json};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use http_body::Body;
use tower::{Layer, Service, ServiceBuilder};
use tower_egress::security_headers::{
    ContentSecurityPolicy, CspNonce, CspSource, Directive, SecurityHeaders, SecurityHeadersLayer,
};
use tower_http::set_header::SetResponseHeaderLayer;

/// A response with the fields that handlers set.
pub fn handler() -> Handler {
    Handler {
        body: json(1024),
        content_type: "application/json",
    }
}

pub fn ours() -> SecurityHeaders<Handler> {
    SecurityHeadersLayer::helmet().layer(handler())
}

/// The same twelve with nonces for scripts and styles, around a handler that reads them or does not.
pub fn with_nonces(reads: bool) -> SecurityHeaders<Reader> {
    let policy = ContentSecurityPolicy::helmet()
        .add_source(Directive::ScriptSrc, CspSource::NONCE)
        .add_source(Directive::StyleSrc, CspSource::STYLE_NONCE);
    let inner = handler();
    SecurityHeadersLayer::helmet()
        .with(policy)
        .layer(Reader { inner, reads })
}

/// A handler that has a nonce.
pub struct Reader {
    inner: Handler,
    reads: bool,
}

impl Service<Request<()>> for Reader {
    type Response = <Handler as Service<Request<()>>>::Response;
    type Error = Infallible;
    type Future = <Handler as Service<Request<()>>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<()>>::poll_ready(&mut self.inner, cx)
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        if self.reads {
            let nonce = request.extensions().get::<CspNonce>();
            std::hint::black_box(nonce.expect("there is a nonce").draw());
        }
        self.inner.call(request)
    }
}

/// What axum-helmet makes of a handler.
pub type AxumHelmet = <axum_helmet::HelmetLayer as Layer<Handler>>::Service;

pub fn axum_helmet() -> AxumHelmet {
    let layer = axum_helmet::Helmet::default().into_layer();
    layer.expect("its defaults are valid").layer(handler())
}

pub fn tower_helmet() -> tower_helmet::HelmetService<Handler> {
    tower_helmet::HelmetLayer::with_defaults().layer(handler())
}

/// One layer of tower-http for each field.
pub fn twelve()
-> impl Service<Request<()>, Response = Response<impl Body<Data = Bytes>>, Error = Infallible> + 'static
{
    let set = |name, value| {
        SetResponseHeaderLayer::if_not_present(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    ServiceBuilder::new()
        .layer(set("content-security-policy", "default-src 'self'"))
        .layer(set("cross-origin-opener-policy", "same-origin"))
        .layer(set("cross-origin-resource-policy", "same-origin"))
        .layer(set("origin-agent-cluster", "?1"))
        .layer(set("referrer-policy", "no-referrer"))
        .layer(set("strict-transport-security", "max-age=31536000"))
        .layer(set("x-content-type-options", "nosniff"))
        .layer(set("x-dns-prefetch-control", "off"))
        .layer(set("x-download-options", "noopen"))
        .layer(set("x-frame-options", "SAMEORIGIN"))
        .layer(set("x-permitted-cross-domain-policies", "none"))
        .layer(set("x-xss-protection", "0"))
        .service(handler())
}
