//! a page that reads its nonce is neither kept nor tagged, wherever the layers that would do
//! so stand; one that does not is.

use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use tower::util::BoxService;
use tower::{BoxError, Service, ServiceExt, service_fn};
use tower_egress::cache_control::{CacheControl, CacheControlLayer, CdnCacheControl, Policy, YEAR};
use tower_egress::compression::CompressionLayer;
use tower_egress::etag::EtagLayer;
use tower_egress::matcher::ResponseMatcher;
use tower_egress::security_headers::{ContentSecurityPolicy, CspNonce, SecurityHeadersLayer};

type Body = UnsyncBoxBody<Bytes, BoxError>;
type Boxed = BoxService<Request<()>, Response<Body>, Infallible>;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Layer {
    CacheControl,
    Compression,
    Etag,
    SecurityHeaders,
}

const LAYERS: [Layer; 4] = [
    Layer::CacheControl,
    Layer::Compression,
    Layer::Etag,
    Layer::SecurityHeaders,
];

impl Layer {
    fn around(self, inner: Boxed) -> Boxed {
        fn boxed<B>(response: Response<B>) -> Response<Body>
        where
            B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
        {
            response.map(|body| body.map_err(Into::into).boxed_unsync())
        }
        match self {
            Self::CacheControl => tower::Layer::layer(&for_ever(), inner).boxed(),
            Self::Compression => {
                let layer = CompressionLayer::new().threshold(0);
                tower::Layer::layer(&layer, inner)
                    .map_response(boxed)
                    .boxed()
            }
            Self::Etag => {
                let layer = EtagLayer::new().strong();
                tower::Layer::layer(&layer, inner)
                    .map_response(boxed)
                    .boxed()
            }
            Self::SecurityHeaders => {
                let layer = SecurityHeadersLayer::new().with(ContentSecurityPolicy::strict());
                tower::Layer::layer(&layer, inner).boxed()
            }
        }
    }
}

/// Has everybody keep everything, whatever the handler says.
fn for_ever() -> CacheControlLayer {
    let year = CacheControl::max_age(YEAR);
    let cdn = CdnCacheControl::new(&year).expect("a structured field");
    let policy = Policy::from(year).expires().expect("a lifetime");
    CacheControlLayer::new().rule(ResponseMatcher::any(), policy.cdn(cdn).override_handler())
}

/// Every order of the layers.
fn orders(layers: &[Layer]) -> Vec<Vec<Layer>> {
    if layers.is_empty() {
        return vec![Vec::new()];
    }
    let with_first = |&first: &Layer| {
        let rest: Vec<_> = layers
            .iter()
            .copied()
            .filter(|layer| *layer != first)
            .collect();
        let orders = orders(&rest).into_iter();
        orders
            .map(move |order| [vec![first], order].concat())
            .collect::<Vec<_>>()
    };
    layers.iter().flat_map(with_first).collect()
}

/// The answer of a page, that reads its nonce or not, behind `layers`, the outermost first.
fn ask(layers: &[Layer], reads: bool, if_none_match: &str) -> Response<Body> {
    let page = move |request: Request<()>| {
        let nonce = CspNonce::of(request.extensions());
        let text = if reads { nonce.draw() } else { "nothing" };
        let text = format!("{} {text}", "something ".repeat(20));
        let mut response = Response::new(Full::from(text).map_err(Into::into).boxed_unsync());
        let content_type = "text/html".parse().expect("a value");
        response.headers_mut().insert("content-type", content_type);
        std::future::ready(Ok(response))
    };
    let mut service = layers
        .iter()
        .rev()
        .fold(service_fn(page).boxed(), |inner, layer| layer.around(inner));
    let request = Request::builder()
        .header("accept-encoding", "gzip")
        .header("if-none-match", if_none_match);
    let request = request.body(()).expect("a request");
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    match pin!(service.call(request)).poll(cx) {
        Poll::Ready(Ok(response)) => response,
        Poll::Pending => panic!("nothing waits"),
    }
}

#[test]
fn x_28_h_13_a_page_that_reads_its_nonce_is_neither_kept_nor_tagged_in_any_order() {
    let orders = orders(&LAYERS);
    assert_eq!(orders.len(), 24);
    for order in orders {
        let response = ask(&order, true, "*");
        assert_eq!(response.status(), 200, "{order:?}");
        let fields = response.headers();
        let control: Vec<_> = fields.get_all("cache-control").iter().collect();
        assert_eq!(control, ["private, no-cache"], "{order:?}");
        for name in ["cdn-cache-control", "etag", "expires", "last-modified"] {
            assert!(!fields.contains_key(name), "{order:?}: {fields:?}");
        }
        let policy = fields["content-security-policy"].to_str().expect("ASCII");
        assert!(policy.contains("'nonce-"), "{order:?}: {policy}");
    }
}

#[test]
fn x_28_a_page_that_reads_none_is_kept_and_tagged_and_its_304_has_no_nonce() {
    for order in orders(&LAYERS) {
        let response = ask(&order, false, "\"other\"");
        assert_eq!(response.status(), 200, "{order:?}");
        let fields = response.headers();
        assert_eq!(fields["cache-control"], "max-age=31536000", "{order:?}");
        let policy = fields["content-security-policy"].to_str().expect("ASCII");
        assert!(policy.ends_with("script-src 'self'"), "{policy}");
        let tag = fields["etag"].to_str().expect("ASCII");
        let response = ask(&order, false, tag);
        assert_eq!(response.status(), 304, "{order:?}");
        let policy = response.headers().get("content-security-policy");
        let policy = policy.map_or("", |policy| policy.to_str().expect("ASCII"));
        assert!(!policy.contains("nonce"), "{order:?}: {policy}");
    }
}

/// What the layers inside of `security_headers` cannot know of the response, they know of the
/// request.
#[test]
fn h_13_a_cache_further_in_sees_it_too() {
    for (reads, expected) in [(true, "private, no-cache"), (false, "max-age=31536000")] {
        let page = move |request: Request<()>| {
            let nonce = CspNonce::of(request.extensions());
            if reads {
                let _ = nonce.draw();
            }
            let empty = Full::<Bytes>::default().map_err(Into::into).boxed_unsync();
            std::future::ready(Ok(Response::new(empty)))
        };
        let inside = Layer::CacheControl.around(service_fn(page).boxed());
        let seen = inside.map_response(move |response: Response<Body>| {
            assert_eq!(response.headers()["cache-control"], expected);
            response
        });
        let mut service = Layer::SecurityHeaders.around(seen.boxed());
        let cx = &mut Context::from_waker(Waker::noop());
        assert!(service.poll_ready(cx).is_ready());
        let called = pin!(service.call(Request::new(()))).poll(cx);
        assert!(matches!(called, Poll::Ready(Ok(_))));
    }
}
