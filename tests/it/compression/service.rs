//! The contract of a `tower` layer.

use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::{Request, Response, StatusCode, Version};
use http_body_util::Full;
use tokio_test::{assert_pending, assert_ready_err, assert_ready_ok, task};
use tower::{Layer, Service};
use tower_egress::compression::{CompressionBody, CompressionLayer};

use super::{get, page, page_with, respond, short};
use crate::support::service::Handler;

#[tokio::test(flavor = "current_thread")]
async fn g_21_readiness_is_the_inner_service_s() {
    let (mut service, mut inner) =
        tower_test::mock::spawn_layer::<Request<()>, Response<Full<&[u8]>>, _>(
            CompressionLayer::new(),
        );
    inner.allow(0);
    assert_pending!(service.poll_ready());
    inner.allow(1);
    assert_ready_ok!(service.poll_ready());

    let mut future = task::spawn(service.call(get("gzip")));
    assert_pending!(future.poll());
    let (_, reply) = inner.next_request().await.unwrap();
    reply.send_response(page(Full::from(&b"short"[..])));
    assert_ready_ok!(future.poll());
}

#[tokio::test(flavor = "current_thread")]
async fn an_error_of_the_service_comes_out_as_it_is() {
    let (mut service, mut inner) =
        tower_test::mock::spawn_layer::<Request<()>, Response<Full<&[u8]>>, _>(
            CompressionLayer::new(),
        );
    inner.allow(1);
    assert_ready_ok!(service.poll_ready());
    let mut future = task::spawn(service.call(get("gzip")));
    let (_, reply) = inner.next_request().await.unwrap();
    reply.send_error("out of paper");
    let error = assert_ready_err!(future.poll());
    assert_eq!(error.to_string(), "out of paper");
}

#[test]
fn g_21_the_service_that_was_polled_ready_is_the_one_called() {
    let handler = Handler::new(|_| short("short"));
    let mut service = CompressionLayer::new().layer(handler);
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    // `Handler` panics when a clone, which is not ready, is called.
    let mut clone = service.clone();
    assert!(matches!(
        pin!(service.call(get("gzip"))).poll(cx),
        Poll::Ready(Ok(_))
    ));
    assert!(clone.poll_ready(cx).is_ready());
}

#[test]
fn g_20_status_version_extensions_and_reason_survive() {
    #[derive(Clone, Debug, PartialEq)]
    struct Reason(&'static str);

    let mut response = page_with(&[]);
    *response.status_mut() = StatusCode::IM_A_TEAPOT;
    *response.version_mut() = Version::HTTP_10;
    response.extensions_mut().insert(Reason("short and stout"));
    let response = respond(get("gzip"), response);
    assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
    assert_eq!(response.version(), Version::HTTP_10);
    let expected = Some(&Reason("short and stout"));
    assert_eq!(response.extensions().get(), expected);
    assert!(response.headers().contains_key("content-encoding"));
}

#[test]
fn g_20_the_request_reaches_the_handler_as_it_came() {
    let request = Request::builder()
        .method("PUT")
        .uri("/a?b=c")
        .version(Version::HTTP_2)
        .header("accept-encoding", "gzip")
        .header("if-match", "\"x\"")
        .header("range", "bytes=0-1")
        .extension(7_u8)
        .body(())
        .unwrap();
    let expected = format!("{request:?}");
    let response = crate::support::service::answer(
        &CompressionLayer::new(),
        request,
        Box::new(move |request| {
            assert_eq!(format!("{request:?}"), expected);
            assert_eq!(request.extensions().get(), Some(&7_u8));
            short("done")
        }),
    );
    assert_eq!(response.status(), StatusCode::OK);
}

/// Around a whole `Router`, a HEAD answer has lost its body already; under `Router::layer`, not
/// yet.
#[tokio::test]
async fn c_25_head_through_axum_has_the_fields_of_get_inside_and_outside_of_a_router() {
    use axum::routing::get;
    use axum::{Router, body::Body};
    use http::{HeaderMap, Method};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn fields<S, B>(service: S, method: Method) -> HeaderMap
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible>,
        B: http_body::Body,
    {
        let request = Request::builder()
            .method(method)
            .header("accept-encoding", "gzip")
            .body(Body::empty())
            .expect("a valid request");
        let response = service.oneshot(request).await.expect("an answer");
        let (mut head, body) = response.into_parts();
        let _ = body.collect().await;
        head.headers.remove("content-length");
        head.headers
    }

    let page = || Router::new().route("/", get(async || "again and again ".repeat(500)));
    let stream = || {
        let chunks = (0..500).map(|_| Ok::<_, Infallible>("again and again "));
        let body = move || Body::from_stream(tokio_stream::iter(chunks.clone()));
        Router::new().route(
            "/",
            get(async move || ([("content-type", "text/plain")], body())),
        )
    };
    for router in [page(), stream()] {
        let inside = router.clone().layer(CompressionLayer::new());
        let expected = fields(inside.clone(), Method::GET).await;
        assert_eq!(expected["content-encoding"], "gzip");
        assert_eq!(fields(inside, Method::HEAD).await, expected);
        let outside = CompressionLayer::new().layer(router);
        assert_eq!(fields(outside.clone(), Method::GET).await, expected);
        assert_eq!(fields(outside, Method::HEAD).await, expected);
    }
}

/// What axum asks of a layer, a service, a future and a body.
#[test]
fn everything_can_be_sent_and_layers_can_be_shared() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn sent<T: Send + 'static>(_: T) {}
    fn body<B>(_: &B)
    where
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<tower::BoxError>,
    {
    }

    let layer = CompressionLayer::new().compress_when(|_, _| true);
    shared(&layer);
    let mut service = layer.layer(Handler::new(|_: Request<()>| short("short")));
    shared(&service);
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    sent(service.call(get("gzip")));
    body::<CompressionBody<Full<bytes::Bytes>>>(&respond(get("gzip"), page_with(&[])).into_body());
}

/// A layer whose service, future or body is not `Clone`, `Debug` or `Unpin` still fits.
#[test]
fn nothing_is_asked_of_the_inner_types() {
    struct Opaque(std::marker::PhantomPinned);

    impl http_body::Body for Opaque {
        type Data = bytes::Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _cx: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, Infallible>>> {
            let Self(std::marker::PhantomPinned) = &*self;
            Poll::Ready(None)
        }
    }

    let response = respond(get("gzip"), page(Opaque(std::marker::PhantomPinned)));
    let consumed = crate::support::consume::consume(response.into_body());
    assert_eq!(consumed.clean(), "");
}
