//! The trailer.

use http::{HeaderMap, Method, Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_egress::response_time::{ResponseTimeBody, ResponseTimeLayer};

use super::{Clock, MILLI};
use crate::support::body::{Script, Step};
use crate::support::consume::{Consumed, consume, consume_stubbornly};
use crate::support::{fields, service};

fn stream() -> Response<Script> {
    Response::new(Script::in_frames(b"hello", 2))
}

fn respond<B: Body + 'static>(
    layer: &ResponseTimeLayer,
    te: Option<&str>,
    response: Response<B>,
) -> Response<ResponseTimeBody<B>> {
    let mut request = Request::new(());
    if let Some(te) = te {
        request
            .headers_mut()
            .insert("te", te.parse().expect("a value"));
    }
    service::respond(layer, request, response)
}

#[test]
fn t_06_the_time_to_the_last_byte_follows_it() {
    let clock = Clock::new();
    let response = respond(&clock.layer().trailer(), Some("gzip, Trailers"), stream());
    assert_eq!(response.headers()["trailer"], "server-timing");
    clock.pass(7 * MILLI);
    let consumed = consume(response.into_body());
    assert_eq!(consumed.data(), "hello");
    let expected = fields(&[("server-timing", "total;dur=7.0")]);
    assert_eq!(consumed.trailers, Some(expected));
}

#[test]
fn g_15_the_body_s_own_trailers_stay() {
    let own = fields(&[("x-checksum", "1"), ("server-timing", "own;dur=1")]);
    let body = Script::of_data(["hello"]).then(Step::Trailers(own));
    let response = respond(
        &Clock::new().layer().trailer(),
        Some("trailers"),
        Response::new(body),
    );
    let Consumed {
        trailers, error, ..
    } = consume_stubbornly(response.into_body());
    assert_eq!(error, None);
    let expected = fields(&[
        ("x-checksum", "1"),
        ("server-timing", "own;dur=1"),
        ("server-timing", "total;dur=0.0"),
    ]);
    assert_eq!(trailers, Some(expected));
}

#[test]
fn t_06_there_is_none_where_it_could_not_be_read() {
    let clock = Clock::new();
    let trailers = |layer: &ResponseTimeLayer, te, response: Response<Script>| {
        let response = respond(layer, te, response);
        assert!(!response.headers().contains_key("trailer"));
        consume(response.into_body()).trailers
    };
    let layer = clock.layer().trailer();
    let none: Option<HeaderMap> = None;
    assert_eq!(trailers(&layer, None, stream()), none);
    assert_eq!(trailers(&layer, Some("gzip"), stream()), none);
    assert_eq!(trailers(&clock.layer(), Some("trailers"), stream()), none);
    let mut grpc = stream();
    let value = "application/grpc+proto".parse().unwrap();
    grpc.headers_mut().insert("content-type", value);
    assert_eq!(trailers(&layer, Some("trailers"), grpc), none);
    let mut declared = stream();
    declared
        .headers_mut()
        .insert("content-length", "5".parse().unwrap());
    assert_eq!(trailers(&layer, Some("trailers"), declared), none);
    let known = Response::new(Full::<bytes::Bytes>::from("hello"));
    let response = respond(&layer, Some("trailers"), known);
    assert!(!response.headers().contains_key("trailer"));
    assert_eq!(consume(response.into_body()).clean(), "hello");
    let mut head = Request::new(());
    *head.method_mut() = Method::HEAD;
    head.headers_mut().insert("te", "trailers".parse().unwrap());
    let response: Response<ResponseTimeBody<_>> = service::respond(&layer, head, stream());
    assert!(!response.headers().contains_key("trailer"));
}

/// Finding 28.
#[test]
fn g_19_a_tunnel_has_no_trailer() {
    let layer = Clock::new().layer().trailer();
    for (status, expected) in [(200, false), (299, false), (101, false), (407, true)] {
        let mut request = Request::new(());
        *request.method_mut() = Method::CONNECT;
        let te = "trailers".parse().expect("a value");
        request.headers_mut().insert("te", te);
        let mut response = stream();
        *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
        let response: Response<ResponseTimeBody<_>> = service::respond(&layer, request, response);
        let is_announced = response.headers().contains_key("trailer");
        assert_eq!(is_announced, expected, "{status}");
        let is_sent = consume(response.into_body()).trailers.is_some();
        assert_eq!(is_sent, expected, "{status}");
    }
}

#[test]
fn g_14_a_body_that_fails_has_no_trailer() {
    let body = Script::of_data(["hello"]).then(Step::Error("the disk is gone"));
    let response = respond(
        &Clock::new().layer().trailer(),
        Some("trailers"),
        Response::new(body),
    );
    let consumed = consume_stubbornly(response.into_body());
    assert_eq!(consumed.error.as_deref(), Some("the disk is gone"));
    assert_eq!(consumed.trailers, None);
}

#[tokio::test]
async fn t_06_it_goes_over_the_wire_in_http_1_1() {
    use crate::support::wire;
    use std::convert::Infallible;
    use tower::{Layer, service_fn};
    let handler = service_fn(async |_: Request<hyper::body::Incoming>| {
        Ok::<_, Infallible>(Response::new(Script::in_frames(b"hello", 2)))
    });
    let address = wire::serve(Clock::new().layer().trailer().layer(handler)).await;
    let request = "GET / HTTP/1.1\r\nhost: a\r\nte: trailers\r\nconnection: close\r\n\r\n";
    let answer = wire::exchange(address, request).await;
    let (head, rest) = wire::cut_head(&answer);
    assert!(head.contains("trailer: server-timing"), "{head}");
    assert!(head.contains("transfer-encoding: chunked"), "{head}");
    assert!(
        rest.ends_with(b"0\r\nserver-timing: total;dur=0.0\r\n\r\n"),
        "{rest:?}"
    );
}
