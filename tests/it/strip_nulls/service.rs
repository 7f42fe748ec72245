//! The contract of a `tower` layer.

use std::convert::Infallible;
use std::marker::PhantomPinned;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, Version};
use http_body::{Body, Frame};
use http_body_util::Full;
use tokio_test::{assert_pending, assert_ready_err, assert_ready_ok, task};
use tower::{Layer, Service};
use tower_egress::strip_nulls::{StripNullsBody, StripNullsLayer};

use super::{STRIPPED, TEXT, json, json_with, request, respond};
use crate::support::consume::consume;
use crate::support::service::{Handler, answer};

type Text = Full<&'static [u8]>;

#[tokio::test(flavor = "current_thread")]
async fn g_21_readiness_is_the_inner_service_s() {
    let (mut service, mut inner) =
        tower_test::mock::spawn_layer::<Request<()>, Response<Text>, _>(StripNullsLayer::new());
    inner.allow(0);
    assert_pending!(service.poll_ready());
    inner.allow(1);
    assert_ready_ok!(service.poll_ready());

    let mut future = task::spawn(service.call(request(Method::GET)));
    assert_pending!(future.poll());
    let (_, reply) = inner.next_request().await.unwrap();
    reply.send_response(json(Full::from(TEXT.as_bytes())));
    let response = assert_ready_ok!(future.poll());
    assert_eq!(consume(response.into_body()).clean(), STRIPPED);
}

#[tokio::test(flavor = "current_thread")]
async fn an_error_of_the_service_comes_out_as_it_is() {
    let (mut service, mut inner) =
        tower_test::mock::spawn_layer::<Request<()>, Response<Text>, _>(StripNullsLayer::new());
    inner.allow(1);
    assert_ready_ok!(service.poll_ready());
    let mut future = task::spawn(service.call(request(Method::GET)));
    let (_, reply) = inner.next_request().await.unwrap();
    reply.send_error("out of paper");
    let error = assert_ready_err!(future.poll());
    assert_eq!(error.to_string(), "out of paper");
}

#[test]
fn g_21_the_service_that_was_polled_ready_is_the_one_called() {
    let mut service = StripNullsLayer::new().layer(Handler::new(|_| json_with(&[])));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    // `Handler` panics when a clone, which is not ready, is called.
    let mut clone = service.clone();
    assert!(matches!(
        pin!(service.call(request(Method::GET))).poll(cx),
        Poll::Ready(Ok(_))
    ));
    assert!(clone.poll_ready(cx).is_ready());
}

#[test]
fn g_20_status_version_and_extensions_survive() {
    #[derive(Clone, Debug, PartialEq)]
    struct Reason(&'static str);

    let mut response = json_with(&[]);
    *response.status_mut() = StatusCode::IM_A_TEAPOT;
    *response.version_mut() = Version::HTTP_10;
    response.extensions_mut().insert(Reason("short and stout"));
    let response = respond(response);
    assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
    assert_eq!(response.version(), Version::HTTP_10);
    let expected = Some(&Reason("short and stout"));
    assert_eq!(response.extensions().get(), expected);
    assert_eq!(consume(response.into_body()).clean(), STRIPPED);
}

#[test]
fn g_20_the_request_reaches_the_handler_as_it_came() {
    let request = Request::builder()
        .method("PUT")
        .uri("/a?b=c")
        .version(Version::HTTP_2)
        .header("if-match", "\"x\"")
        .header("range", "bytes=0-1")
        .extension(7_u8)
        .body(())
        .unwrap();
    let expected = format!("{request:?}");
    let handler = Box::new(move |request: Request<()>| {
        assert_eq!(format!("{request:?}"), expected);
        assert_eq!(request.extensions().get(), Some(&7_u8));
        json_with(&[])
    });
    let response: Response<StripNullsBody<_>> = answer(&StripNullsLayer::new(), request, handler);
    assert_eq!(response.status(), StatusCode::OK);
}

/// Around a whole `Router`, a HEAD answer has lost its body already; under `Router::layer`, not yet.
#[tokio::test]
async fn c_24_head_through_axum_has_no_length_but_that_of_get() {
    use axum::routing::get;
    use axum::{Json, Router, body::Body};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn length<S, B>(service: S, method: Method) -> (Option<String>, Bytes)
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible>,
        B: http_body::Body<Data = Bytes, Error: std::fmt::Debug>,
    {
        let request = Request::builder().method(method).body(Body::empty());
        let response = service.oneshot(request.expect("a valid request")).await;
        let (head, body) = response.expect("an answer").into_parts();
        let length = head.headers.get("content-length");
        let length = length.map(|length| length.to_str().expect("digits").to_owned());
        let body = body.collect().await.expect("a whole body").to_bytes();
        (length, body)
    }

    #[derive(serde::Serialize)]
    struct Item {
        id: u32,
        parent: Option<u32>,
    }

    let router = Router::new().route(
        "/",
        get(async || {
            Json(Item {
                id: 1,
                parent: None,
            })
        }),
    );
    let stripped = (Some("8".to_owned()), Bytes::from(r#"{"id":1}"#));
    let inside = router.clone().layer(StripNullsLayer::new());
    assert_eq!(length(inside.clone(), Method::GET).await, stripped);
    let head = length(inside, Method::HEAD).await;
    assert_eq!(head, (Some("8".to_owned()), Bytes::new()));
    let outside = StripNullsLayer::new().layer(router);
    assert_eq!(length(outside.clone(), Method::GET).await, stripped);
    assert_eq!(length(outside, Method::HEAD).await, (None, Bytes::new()));
}

/// What axum asks of a layer, a service, a future and a body.
#[test]
fn everything_can_be_sent_and_layers_can_be_shared() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn sent<T: Send + 'static>(_: T) {}
    fn body<B>(_: &B)
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<tower::BoxError>,
    {
    }

    let layer = StripNullsLayer::new();
    shared(&layer);
    let mut service = layer.layer(Handler::new(|_: Request<()>| json_with(&[])));
    shared(&service);
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    sent(service.call(request(Method::GET)));
    body::<StripNullsBody<Full<Bytes>>>(&respond(json_with(&[])).into_body());
}

/// A body that can be neither cloned, printed nor moved once polled.
struct Opaque(&'static str, PhantomPinned);

impl Body for Opaque {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Self(text, PhantomPinned) = &*self;
        match *text {
            "" => Poll::Ready(None),
            // It gives the same for ever.
            text => Poll::Ready(Some(Ok(Frame::data(text.into())))),
        }
    }
}

#[test]
fn nothing_is_asked_of_the_inner_types() {
    let response = respond(json(Opaque("", PhantomPinned)));
    assert_eq!(consume(response.into_body()).clean(), "");
    let mut body = pin!(respond(json(Opaque("[1,", PhantomPinned))).into_body());
    let polled = crate::support::consume::poll_once(body.as_mut());
    assert!(matches!(polled, Poll::Ready(Some(Ok(_)))));
}
