//! What is answered before the handler is called, and how it is called otherwise.

use std::cell::RefCell;
use std::convert::Infallible;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, request};
use http_body::Body;
use http_body_util::Full;
use tokio::sync::oneshot;
use tokio_test::assert_pending;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};
use tower_egress::cache_control::CacheControlLayer;
use tower_egress::compression::{Coding, CompressionLayer};
use tower_egress::etag::{
    Current, EntityTag, EtagBody, EtagLayer, Held, Precondition, Resolver, ResolverFn, Validators,
    ValidatorsBuilder, async_resolver_fn, resolver_fn, versioned,
};
use tower_egress::response_time::ResponseTimeLayer;
use tower_egress::security_headers::SecurityHeadersLayer;
use tower_egress::strip_nulls::StripNullsLayer;

use super::{REFUSAL, REFUSED, get, hello, page, request, with};
use crate::support::consume::consume;
use crate::support::service::Handler;
use crate::support::{fields, text};

const NEW_YEAR: &str = "Sat, 01 Jan 2000 00:00:00 GMT";

fn new_year() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(946_684_800)
}

fn tagged(tag: &str) -> ValidatorsBuilder {
    Validators::builder().etag(tag.parse().expect("a tag"))
}

fn v1() -> Current {
    Current::Present(tagged("\"v1\"").build())
}

/// A layer that finds everything in one state.
fn guarded(state: Current) -> EtagLayer<ResolverFn<impl Fn(&request::Parts) -> Current + Clone>> {
    EtagLayer::new().resolver(resolver_fn(move |_| state.clone()))
}

/// What `layer` answers where the handler gives `answer`, and nothing waits.
fn ask<R, A>(
    layer: &EtagLayer<R>,
    request: Request<()>,
    answer: A,
) -> Response<EtagBody<Full<Bytes>>>
where
    R: Resolver + Clone,
    A: FnMut(Request<()>) -> Response<Full<Bytes>> + Clone,
{
    let mut service = layer.layer(Handler::new(answer));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    match pin!(service.call(request)).poll(cx) {
        Poll::Ready(Ok(response)) => response,
        Poll::Pending => panic!("nothing waits, but the response does"),
    }
}

fn never(_: Request<()>) -> Response<Full<Bytes>> {
    panic!("the handler is called")
}

/// What is answered without the handler: status, fields and body.
#[track_caller]
fn check<R: Resolver + Clone>(
    layer: &EtagLayer<R>,
    request: Request<()>,
    expected: (u16, &HeaderMap, &str),
) {
    let asked = format!("{request:?}");
    let response = ask(layer, request, never);
    assert_eq!(response.status(), expected.0, "{asked}");
    assert_eq!(response.headers(), expected.1, "{asked}");
    assert_eq!(consume(response.into_body()).clean(), expected.2, "{asked}");
}

#[test]
fn e_09_e_23_a_304_is_given_without_the_handler() {
    let tag = &fields(&[("etag", "\"v1\"")]);
    let dated = Validators::builder().last_modified(new_year()).build();
    let date = &fields(&[("last-modified", NEW_YEAR)]);
    for method in [Method::GET, Method::HEAD] {
        for condition in ["\"v1\"", "W/\"v1\"", "*", "\"v0\", \"v1\""] {
            let request = request(method.clone(), &[("if-none-match", condition)]);
            check(&guarded(v1()), request, (304, tag, ""));
        }
        let request = request(method, &[("if-modified-since", NEW_YEAR)]);
        let layer = guarded(Current::Present(dated.clone())).handler_tags_only();
        check(&layer, request, (304, date, ""));
    }
}

#[test]
fn e_23_e_24_a_304_has_the_fields_that_the_200_would_have() {
    let kept = [
        ("cache-control", "max-age=60"),
        ("content-location", "/hello.en"),
        ("expires", NEW_YEAR),
        ("set-cookie", "a=1"),
        ("vary", "accept-language"),
    ];
    let dropped = [
        ("content-language", "en"),
        ("content-type", "text/plain"),
        ("repr-digest", "sha-256=:AA==:"),
    ];
    let all = fields(&[&kept[..], &dropped].concat());
    let validators = tagged("\"v1\"")
        .last_modified(new_year())
        .fields(all)
        .build();
    let layer = guarded(Current::Present(validators));
    let expected = fields(&[&kept[..], &[("etag", "\"v1\"")]].concat());
    let request = get(&[("if-none-match", "\"v1\"")]);
    check(&layer, request, (304, &expected, ""));
}

#[test]
fn e_25_a_304_tells_no_length() {
    let request = get(&[("if-none-match", "\"v1\"")]);
    let body = ask(&guarded(v1()), request, never).into_body();
    assert_eq!(body.size_hint().exact(), None);
    assert!(body.is_end_stream());
}

#[test]
fn e_28_an_answer_is_not_dated_later_than_now() {
    let future = new_year() + Duration::from_secs(1 << 30);
    let validators = Validators::builder().last_modified(future).build();
    let layer = guarded(Current::Present(validators))
        .handler_tags_only()
        .clock(new_year);
    for (condition, status) in [("if-modified-since", 304), ("if-unmodified-since", 412)] {
        let date = match status {
            304 => "Fri, 31 Dec 9999 23:59:59 GMT",
            _ => "Fri, 31 Dec 1999 00:00:00 GMT",
        };
        let response = ask(&layer, get(&[(condition, date)]), never);
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["last-modified"], NEW_YEAR);
    }
}

#[test]
fn e_09_e_13_a_write_whose_condition_fails_is_not_done() {
    let refused = &fields(&REFUSED);
    for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::POST] {
        for (state, condition) in [
            (v1(), ("if-match", "\"v0\"")),
            (v1(), ("if-match", "W/\"v1\"")),
            (v1(), ("if-none-match", "*")),
            (v1(), ("if-none-match", "W/\"v1\"")),
            (Current::Missing, ("if-match", "*")),
            (Current::Missing, ("if-match", "\"v1\"")),
        ] {
            let request = request(method.clone(), &[condition]);
            check(&guarded(state), request, (412, refused, REFUSAL));
        }
    }
    let read = get(&[("if-match", "\"v0\"")]);
    let tagged = fields(&[&REFUSED[..], &[("etag", "\"v1\"")]].concat());
    check(&guarded(v1()), read, (412, &tagged, REFUSAL));
}

#[test]
fn a_write_without_a_condition_is_refused_where_one_is_required() {
    let layer = EtagLayer::new()
        .resolver(resolver_fn(|_| panic!("the state does not matter")))
        .require_precondition();
    let expected = fields(&[
        ("cache-control", "no-store"),
        ("content-type", "text/plain; charset=utf-8"),
    ]);
    let text = "This request has to be conditional. Send it again with If-Match and the entity tag \
                of the state that it is to change, or with If-None-Match: * to create what is not \
                there.\n";
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        check(&layer, request(method, &[]), (428, &expected, text));
    }
    let body = ask(&layer, request(Method::PUT, &[]), never).into_body();
    assert_eq!(body.size_hint().exact(), Some(text.len() as u64));
    assert_eq!(
        ask(&layer, request(Method::POST, &[]), |_| hello()).status(),
        200
    );
    let layer = guarded(v1()).require_precondition();
    let dated = request(Method::PUT, &[("if-unmodified-since", NEW_YEAR)]);
    check(&layer, dated, (428, &expected, text));
}

#[test]
fn e_14_e_21_methods_without_a_representation_are_the_handler_s() {
    let layer = EtagLayer::new().resolver(resolver_fn(|_| panic!("nothing to resolve")));
    for method in [Method::OPTIONS, Method::TRACE, Method::CONNECT] {
        let request = request(method, &[("if-match", "\"v0\""), ("if-none-match", "*")]);
        let response = ask(&layer, request, |request| {
            assert_eq!(request.headers().len(), 2);
            hello()
        });
        assert_eq!(response.status(), 200);
    }
    for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::POST] {
        let response = ask(&layer, request(method, &[]), |_| hello());
        assert_eq!(response.status(), 200);
    }
}

#[test]
fn e_20_what_is_missing_is_the_handler_s_404() {
    for condition in [("if-match", "\"v1\""), ("if-none-match", "*")] {
        let response = ask(&guarded(Current::Missing), get(&[condition]), |_| {
            let mut response = hello();
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        });
        assert_eq!(response.status(), 404);
        assert_eq!(consume(response.into_body()).clean(), "hello");
    }
}

#[test]
fn a_state_that_is_not_known_leaves_all_to_the_handler_and_its_answer() {
    let layer = guarded(Current::Unknown);
    let answer = |_| with(hello(), &[("etag", "\"v2\"")]);
    let ask = |request| ask(&layer, request, answer).status();
    assert_eq!(ask(get(&[("if-none-match", "\"v2\"")])), 304);
    assert_eq!(ask(get(&[("if-match", "\"v1\"")])), 412);
    assert_eq!(ask(request(Method::PUT, &[("if-match", "\"v1\"")])), 200);
}

#[test]
fn answers_to_reads_get_the_validators_and_those_to_writes_do_not() {
    let validators = tagged("\"v1\"").last_modified(new_year()).build();
    let layer = guarded(Current::Present(validators));
    let both = fields(&[("etag", "\"v1\""), ("last-modified", NEW_YEAR)]);
    let none = HeaderMap::new();
    for (method, status, expected) in [
        (Method::GET, 200, &both),
        (Method::HEAD, 200, &both),
        (Method::GET, 203, &both),
        (Method::GET, 206, &none),
        (Method::GET, 304, &none),
        (Method::GET, 404, &none),
        (Method::GET, 500, &none),
        (Method::PUT, 200, &none),
        (Method::POST, 201, &none),
        (Method::DELETE, 204, &none),
    ] {
        let answer = move |_| {
            let mut response = hello();
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            response
        };
        let response = ask(&layer, request(method.clone(), &[]), answer);
        assert_eq!(response.status(), status);
        assert_eq!(response.headers(), expected, "{method} {status}");
        assert_eq!(consume(response.into_body()).clean(), "hello");
    }
}

#[test]
fn g_03_the_handler_s_validators_stay() {
    let own = [
        ("etag", "\"own\""),
        ("last-modified", "Fri, 31 Dec 1999 00:00:00 GMT"),
    ];
    let layer = guarded(Current::Present(
        tagged("\"v1\"").last_modified(new_year()).build(),
    ));
    let response = ask(&layer, get(&[]), move |_| with(hello(), &own));
    assert_eq!(response.headers(), &fields(&own));
    let response = ask(&layer, get(&[]), move |_| with(hello(), &own[1..]));
    let expected = fields(&[("etag", "\"v1\""), own[1]]);
    assert_eq!(response.headers(), &expected);
}

#[test]
fn a_date_without_a_tag_leaves_the_tag_to_the_hash() {
    let layer = guarded(Current::Present(
        Validators::builder().last_modified(new_year()).build(),
    ));
    let expected = [
        ("etag", crate::etag::HELLO_TAG),
        ("last-modified", NEW_YEAR),
    ];
    let response = ask(&layer, get(&[]), |_| hello());
    assert_eq!(response.headers(), &fields(&expected));
    for condition in [
        ("if-none-match", crate::etag::HELLO_TAG),
        ("if-modified-since", NEW_YEAR),
    ] {
        let seen = ask(&layer, get(&[condition]), |_| hello());
        assert_eq!(seen.status(), 304);
        assert_eq!(seen.headers()["etag"], crate::etag::HELLO_TAG);
    }
}

#[test]
fn f_32_a_head_without_room_stays_as_it_is() {
    let layer = guarded(v1());
    let response = ask(&layer, get(&[]), |_| {
        let mut response = hello();
        let fields = response.headers_mut();
        for number in 0.. {
            let name: http::HeaderName = format!("x-{number}").parse().unwrap();
            if fields.try_insert(name, 1.into()).is_err() {
                break;
            }
        }
        response
    });
    assert!(!response.headers().contains_key("etag"));
    assert_eq!(consume(response.into_body()).clean(), "hello");
}

#[test]
fn the_handler_is_told_what_held() {
    for (method, state, condition, expected) in [
        (
            Method::PUT,
            v1(),
            ("if-match", "\"v1\""),
            Some(Held::new(
                Precondition::IfMatch,
                Some(tagged("\"v1\"").build()),
            )),
        ),
        (
            Method::PUT,
            Current::Missing,
            ("if-none-match", "*"),
            Some(Held::new(Precondition::IfNoneMatch, None)),
        ),
        (Method::PUT, Current::Unknown, ("if-match", "\"v1\""), None),
        (Method::PUT, v1(), ("x-other", "1"), None),
        (Method::GET, v1(), ("if-match", "\"v1\""), None),
    ] {
        let told = Rc::new(RefCell::new(None));
        let tell = Rc::clone(&told);
        let response = ask(
            &guarded(state),
            request(method, &[condition]),
            move |request| {
                *tell.borrow_mut() = Held::of(request.extensions()).cloned();
                hello()
            },
        );
        assert_eq!(response.status(), 200);
        assert_eq!(told.take(), expected, "{condition:?}");
    }
}

#[test]
fn the_handler_is_not_told_what_held_for_another_layer() {
    let handler = Handler::new(|request: Request<()>| {
        assert_eq!(Held::of(request.extensions()), None);
        hello()
    });
    let inner = guarded(Current::Unknown).layer(handler);
    let mut service = guarded(v1()).layer(inner);
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    let put = request(Method::PUT, &[("if-match", "\"v1\"")]);
    let answered = pin!(service.call(put)).poll(cx);
    assert!(matches!(answered, Poll::Ready(Ok(response)) if response.status() == 200));
}

#[test]
fn e_18_a_stale_part_is_not_continued() {
    let range = ("range", "bytes=0-1");
    for (state, condition, expected) in [
        (v1(), "\"v1\"", 2),
        (v1(), "\"v0\"", 0),
        (v1(), NEW_YEAR, 0),
        (Current::Unknown, "\"v0\"", 2),
        (Current::Missing, "\"v0\"", 2),
    ] {
        let request = get(&[range, ("if-range", condition)]);
        let response = ask(&guarded(state), request, move |request| {
            assert_eq!(request.headers().len(), expected, "{condition}");
            hello()
        });
        assert_eq!(response.status(), 200);
    }
}

#[test]
fn g_20_the_request_reaches_the_handler_as_it_came() {
    let request = Request::builder()
        .method("PATCH")
        .uri("/a?b=c")
        .header("if-match", "\"v1\"")
        .header("x-other", "1")
        .extension(7_u8)
        .body(())
        .unwrap();
    let expected = format!("{request:?}");
    let response = ask(&guarded(v1()), request, move |request| {
        assert_eq!(format!("{request:?}"), expected);
        assert_eq!(request.extensions().get(), Some(&7_u8));
        hello()
    });
    assert_eq!(response.status(), 200);
}

#[test]
fn a_version_is_enough_for_a_304() {
    let layer = |version| EtagLayer::new().resolver(versioned(version).unwrap());
    let first = ask(&layer("1"), get(&[]), |_| hello());
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    assert_ne!(tag, crate::etag::HELLO_TAG);
    let again = || get(&[("if-none-match", &tag)]);
    let same = HeaderMap::from_iter([(http::header::ETAG, tag.parse().unwrap())]);
    check(&layer("1"), again(), (304, &same, ""));
    let other = ask(&layer("2"), again(), |_| hello());
    assert_eq!(other.status(), 200);
    assert_ne!(other.headers()["etag"], tag);
    // Whether there is an answer at all, the handler knows.
    let missing = |_| {
        let mut response = page("nothing here");
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    };
    for condition in [("if-none-match", "*"), ("if-match", "\"x\"")] {
        assert_eq!(ask(&layer("1"), get(&[condition]), missing).status(), 404);
        let there = ask(&layer("1"), get(&[condition]), |_| hello());
        assert_eq!(there.headers()["etag"], tag, "{}", there.status());
    }
    let write = request(Method::PUT, &[("if-match", "\"x\"")]);
    assert_eq!(ask(&layer("1"), write, |_| hello()).status(), 200);
}

#[test]
fn g_21_a_service_that_was_not_needed_stays_ready() {
    let mut service = guarded(v1()).layer(Handler::new(|_| hello()));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    let unneeded = pin!(service.call(get(&[("if-none-match", "\"v1\"")]))).poll(cx);
    assert!(matches!(unneeded, Poll::Ready(Ok(response)) if response.status() == 304));
    // `Handler` panics when it is called without being ready.
    let needed = pin!(service.call(get(&[]))).poll(cx);
    assert!(matches!(needed, Poll::Ready(Ok(response)) if response.status() == 200));
}

/// Resolves when the test says so.
#[derive(Clone)]
struct Later(Rc<RefCell<Option<oneshot::Receiver<Current>>>>);

impl Later {
    fn new() -> (oneshot::Sender<Current>, Self) {
        let (tell, told) = oneshot::channel();
        (tell, Self(Rc::new(RefCell::new(Some(told)))))
    }

    fn layer(self) -> EtagLayer<impl Resolver + Clone> {
        EtagLayer::new().resolver(async_resolver_fn(move |_| {
            let told = self.0.take().expect("it is asked once");
            async { told.await.unwrap_or_default() }
        }))
    }
}

#[test]
fn g_21_the_service_that_was_polled_ready_is_called_when_the_state_is_there() {
    for (state, status) in [(v1(), 304), (Current::Unknown, 200)] {
        let (tell, later) = Later::new();
        let mut service = later.layer().layer(Handler::new(|_| hello()));
        let cx = &mut Context::from_waker(Waker::noop());
        assert!(service.poll_ready(cx).is_ready());
        let call = service.call(get(&[("if-none-match", "\"v1\"")]));
        let mut call = tokio_test::task::spawn(call);
        assert_pending!(call.poll());
        tell.send(state).unwrap();
        assert!(call.is_woken());
        let response: Result<_, Infallible> = tokio_test::assert_ready!(call.poll());
        assert_eq!(response.unwrap().status(), status);
    }
}

#[test]
fn f_20_a_call_that_is_given_up_releases_the_service() {
    let (tell, later) = Later::new();
    let witness = Arc::new(());
    let held = Arc::clone(&witness);
    let mut service = later.layer().layer(Handler::new(move |_| {
        assert_eq!(Arc::strong_count(&held), 0, "the handler is called");
        hello()
    }));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    {
        let mut call = pin!(service.call(get(&[])));
        assert!(call.as_mut().poll(cx).is_pending());
        assert_eq!(Arc::strong_count(&witness), 3);
    }
    assert_eq!(Arc::strong_count(&witness), 2);
    assert!(tell.is_closed());
}

#[test]
fn the_layer_says_what_it_was_told() {
    let layer = guarded(v1()).require_precondition().strong();
    assert_eq!(
        format!("{layer:?}"),
        "EtagLayer { max_body: 1048576, strength: Some(Strong), ignores_no_cache: false, \
         requires_precondition: true, .. }",
    );
}

/// The state of `/article` in all layers, from the first answer to a write of what it showed.
#[test]
fn x_02_x_04_x_05_each_coding_of_a_guarded_article_is_as_good_as_the_article() {
    let stack = ServiceBuilder::new()
        .layer(ResponseTimeLayer::new())
        .layer(SecurityHeadersLayer::new())
        .layer(CompressionLayer::new())
        .layer(CacheControlLayer::api())
        .layer(guarded(v1()).require_precondition())
        .layer(StripNullsLayer::new());
    let ask = |method: Method, lines: &[(&str, &str)]| {
        let service = stack
            .clone()
            .service(Handler::new(|request| article(&request)));
        let mut asked = tokio_test::task::spawn(service.oneshot(request(method, lines)));
        let response = tokio_test::assert_ready_ok!(asked.poll());
        response.map(|body| consume(body).clean())
    };
    for &coding in Coding::preference() {
        let accept = ("accept-encoding", coding.as_str());
        let coded = format!("\"v1-{coding}\"");
        let stale = format!("\"v0-{coding}\"");
        let all = ask(Method::GET, &[accept]);
        assert_eq!(all.headers()["content-encoding"], coding.as_str());
        assert_eq!(all.headers()["etag"], coded);

        let seen = ask(Method::GET, &[accept, ("if-none-match", &coded)]);
        assert_eq!((seen.status().as_u16(), seen.body().len()), (304, 0));
        assert_eq!(seen.headers()["etag"], coded);
        assert_eq!(seen.headers()["vary"], "accept-encoding");
        assert_eq!(
            seen.headers()["cache-control"],
            all.headers()["cache-control"]
        );

        let part = [accept, ("range", "bytes=0-1"), ("if-range", &coded)];
        let part = ask(Method::GET, &part);
        assert_eq!((part.status(), part.body()), (all.status(), all.body()));

        assert_eq!(ask(Method::PUT, &[accept]).status(), 428);
        assert_eq!(
            ask(Method::PUT, &[accept, ("if-match", &stale)]).status(),
            412
        );
        let written = ask(Method::PUT, &[accept, ("if-match", &coded)]);
        assert_eq!(written.status(), 204);
        assert!(!written.headers().contains_key("etag"));
    }
}

/// A long text that is read as a whole or in parts, and written where its first version was seen.
fn article(request: &Request<()>) -> Response<Full<Bytes>> {
    if request.method() == Method::GET {
        assert!(!request.headers().contains_key("range"));
        return with(page(text(4000)), &[("content-type", "text/plain")]);
    }
    let condition = request.headers()["if-match"].to_str();
    let condition = condition.expect("ASCII");
    assert!(condition.ends_with(", \"v1\""), "{condition}");
    let held = Held::of(request.extensions()).and_then(Held::etag);
    assert_eq!(held.map(EntityTag::to_string), Some("\"v1\"".to_owned()));
    let mut response = page("");
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
