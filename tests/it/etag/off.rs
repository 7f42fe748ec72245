//! The layer turned off: by its settings, for some requests, and by handlers.

use std::cell::Cell;
use std::convert::Infallible;
use std::rc::Rc;

use bytes::Bytes;
use http::header::ETAG;
use http::{HeaderMap, HeaderValue, Method, Request, Response, request as head};
use http_body::{Body, SizeHint};
use http_body_util::Full;
use tower::{Layer, Service, ServiceExt};
use tower_egress::etag::{
    Current, EntityTag, EtagBody, EtagLayer, Held, NoEtag, Plan, Reason, ResolverFn, Validators,
    resolver_fn,
};
use tower_egress::matcher::RequestMatcher;
use tracing::Level;

use super::{HELLO_TAG, get, hello, request, with};
use crate::support::body::{Script, Step};
use crate::support::consume::consume;
use crate::support::fields;
use crate::support::log::Lines;
use crate::support::service::Handler;

const NEW_YEAR: &str = "Sat, 01 Jan 2000 00:00:00 GMT";

/// Conditions that the layer would fail or answer, and a range that it would remove.
fn conditional(method: Method) -> Request<()> {
    let mut asked = request(
        method,
        &[
            ("if-match", "\"x\""),
            ("range", "bytes=0-1"),
            ("if-range", "W/\"x\""),
        ],
    );
    *asked.uri_mut() = "/off/a".parse().expect("a path");
    asked
}

fn skipped() -> RequestMatcher {
    RequestMatcher::prefix("/off/").expect("a path")
}

fn never_asked() -> ResolverFn<impl Fn(&head::Parts) -> Current + Clone> {
    resolver_fn(|_| panic!("the state is asked for"))
}

/// What `layer` makes of the response of `handler`, where nothing waits.
fn ask<L, F, A, B>(layer: &L, request: Request<()>, handler: F) -> Response<B>
where
    L: Layer<Handler<F>>,
    L::Service: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    F: Fn(Request<()>) -> Response<A> + Clone,
{
    let mut asked = tokio_test::task::spawn(layer.layer(Handler::new(handler)).oneshot(request));
    tokio_test::assert_ready_ok!(asked.poll())
}

/// A body of two frames and trailers, which says how much data it has.
fn script() -> Script {
    let trailers = HeaderMap::from_iter([(ETAG, HeaderValue::from_static("\"x\""))]);
    let steps = [
        Step::Data(Bytes::from_static(b"he")),
        Step::Pending,
        Step::Data(Bytes::from_static(b"llo")),
        Step::Trailers(trailers),
    ];
    Script::new(steps).with_exact_hint(5)
}

type Page = fn(Request<()>) -> Response<Script>;

/// A response that the layer would change. It has the request that the handler saw in its
/// extensions.
fn scripted(request: Request<()>) -> Response<Script> {
    let mut response = with(Response::new(script()), &LINES);
    response.extensions_mut().insert(request);
    response
}

const LINES: [(&str, &str); 3] = [
    ("content-length", "5"),
    ("date", NEW_YEAR),
    ("last-modified", "Sun, 01 Jan 2090 00:00:00 GMT"),
];

/// A request and a response pass `layer` as they are: heads, frames and hints.
#[track_caller]
fn check_untouched<L>(layer: &L)
where
    L: Layer<Handler<Page>>,
    L::Service: Service<Request<()>, Response = Response<EtagBody<Script>>, Error = Infallible>,
{
    for method in [Method::GET, Method::HEAD, Method::PUT] {
        let asked = format!("{:?}", conditional(method.clone()));
        let found = ask(layer, conditional(method.clone()), scripted as Page);
        let seen = found.extensions().get::<Request<()>>();
        assert_eq!(format!("{:?}", seen.expect("it is called")), asked);
        assert_eq!(found.status(), 200, "{method}");
        assert_eq!(found.headers(), &fields(&LINES), "{method}");
        assert_eq!(found.size_hint().exact(), Some(5));
        assert!(!found.is_end_stream());
        let (found, expected) = (consume(found.into_body()), consume(script()));
        assert_eq!(found.frames, expected.frames);
        assert_eq!(found.trailers, expected.trailers);
        assert_eq!((found.error, found.polls), (None, expected.polls));
    }
}

#[test]
fn g_05_a_layer_that_is_off_touches_nothing() {
    let on = || EtagLayer::new().strong();
    check_untouched(&on().enabled(false));
    check_untouched(&EtagLayer::new().enabled(false).strong());
    check_untouched(&on().skip(skipped()));
    let other = RequestMatcher::prefix("/other/").expect("a path");
    check_untouched(&on().skip(skipped()).skip(other.clone()));
    check_untouched(&on().skip(other).skip(skipped()));
}

#[test]
fn g_05_a_layer_that_is_off_asks_no_resolver() {
    let guarded = || {
        EtagLayer::new()
            .resolver(never_asked())
            .require_precondition()
    };
    check_untouched(&guarded().enabled(false));
    check_untouched(&guarded().skip(skipped()));
}

#[test]
fn what_is_turned_off_can_be_turned_on() {
    let layer = EtagLayer::new().enabled(false).enabled(true);
    assert_eq!(
        ask(&layer, get(&[]), |_| hello()).headers()[ETAG],
        HELLO_TAG
    );
    let skips = EtagLayer::new().skip(skipped());
    assert_eq!(
        ask(&skips, get(&[]), |_| hello()).headers()[ETAG],
        HELLO_TAG
    );
}

#[test]
fn every_setting_can_be_undone() {
    let layer = EtagLayer::new().strong().handler_tags_only().weak();
    let layer = layer.ignore_no_cache().obey_no_cache();
    let reload = [("if-none-match", HELLO_TAG), ("cache-control", "no-cache")];
    let response = ask(&layer, get(&reload), |_| hello());
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[ETAG], HELLO_TAG);
    let layer = layer.resolver(never_asked());
    let layer = layer.require_precondition().allow_unconditional();
    let response = ask(&layer, request(Method::PUT, &[]), |_| hello());
    assert_eq!(response.status(), 200);
}

#[test]
fn g_05_a_plan_says_that_the_layer_is_off() {
    let (asked, ()) = conditional(Method::GET).into_parts();
    let (page, _) = hello().into_parts();
    let (opted_out, _) = without_etag().into_parts();
    let size = SizeHint::with_exact(5);
    for (layer, page, expected) in [
        (EtagLayer::new().enabled(false), &page, Reason::Disabled),
        (EtagLayer::new().skip(skipped()), &page, Reason::Skipped),
        (EtagLayer::new(), &opted_out, Reason::OptedOut),
    ] {
        let found = layer.plan(&asked, page, &size);
        assert_eq!(found, Plan::Pass(expected));
    }
}

/// A response of a handler that opts out.
fn without_etag() -> Response<Full<Bytes>> {
    let mut response = with(hello(), &[("last-modified", NEW_YEAR)]);
    response.extensions_mut().insert(NoEtag);
    response
}

#[test]
fn g_05_a_handler_opts_out_of_tags_and_comparisons() {
    let tag: EntityTag = "\"v1\"".parse().expect("a tag");
    let known = Validators::builder().etag(tag).build();
    let guarded = EtagLayer::new().resolver(resolver_fn(move |_| Current::Present(known.clone())));
    let expected = with(hello(), &[("last-modified", NEW_YEAR)]);
    for lines in [
        &[][..],
        &[("if-modified-since", NEW_YEAR)],
        &[("if-none-match", "\"v2\"")],
    ] {
        for method in [Method::GET, Method::HEAD] {
            let asked = request(method, lines);
            let found = ask(&EtagLayer::new(), asked.clone(), |_| without_etag());
            let behind = ask(&guarded, asked, |_| without_etag());
            for found in [found, behind] {
                assert_eq!(found.status(), 200, "{lines:?}");
                assert_eq!(found.headers(), expected.headers(), "{lines:?}");
                assert_eq!(consume(found.into_body()).clean(), "hello");
            }
        }
    }
}

#[tokio::test]
async fn g_05_a_handler_of_axum_opts_out() {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;

    let app = Router::new()
        .route("/", get(async || (NoEtag, "hello")))
        .layer(EtagLayer::new());
    let found = app.oneshot(Request::new(Body::empty())).await;
    assert!(!found.expect("a response").headers().contains_key(ETAG));
}

/// The extractor refuses what no condition guards, and says whose fault that is.
#[tokio::test]
async fn e_14_a_handler_of_axum_takes_the_condition_that_held() {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::put;

    let layer = EtagLayer::new().resolver(resolver_fn(|head| match head.uri.path() {
        "/unknown" => Current::Unknown,
        _ => Current::Present(EntityTag::strong("v1").expect("a tag").into()),
    }));
    let guarded = put(async |held: Held| held.etag().map(EntityTag::to_string).unwrap_or_default());
    let either = put(async |held: Option<Held>| held.is_some().to_string());
    let app = Router::new()
        .route("/guarded", guarded.clone())
        .route("/unknown", guarded)
        .route("/either", either)
        .layer(layer);
    for (path, condition, status, text) in [
        ("/guarded", ("if-match", "\"v1\""), 200, "\"v1\""),
        (
            "/guarded",
            ("x-other", "1"),
            428,
            "the request has no condition",
        ),
        // The state has no date.
        (
            "/guarded",
            ("if-unmodified-since", NEW_YEAR),
            428,
            "the request has no condition",
        ),
        ("/unknown", ("if-match", "\"v1\""), 500, ""),
        (
            "/unknown",
            ("x-other", "1"),
            428,
            "the request has no condition",
        ),
        ("/either", ("if-match", "\"v1\""), 200, "true"),
        ("/either", ("x-other", "1"), 200, "false"),
    ] {
        let asked = Request::put(path).header(condition.0, condition.1);
        let asked = asked.body(Body::empty()).expect("a request");
        let found = app.clone().oneshot(asked).await.expect("a response");
        assert_eq!(found.status(), status, "{path} {condition:?}");
        let is_refused = status != 200;
        let is_stored = found.headers().get("cache-control");
        assert_eq!(
            is_stored.is_some_and(|policy| policy == "no-store"),
            is_refused
        );
        let body = axum::body::to_bytes(found.into_body(), 1000).await;
        let body = String::from_utf8(body.expect("a text").into()).expect("UTF-8");
        assert!(body.starts_with(text), "{path} {condition:?}: {body}");
        assert_eq!(
            body.is_empty(),
            text.is_empty(),
            "{path} {condition:?}: {body}"
        );
    }
}

/// Promise 8.
#[test]
fn every_decision_is_an_event() {
    let state =
        || resolver_fn(|_| Current::Present(EntityTag::strong("v1").expect("a tag").into()));
    let tagged = "message=etag plan=tag verdict=perform the method";
    let off = "message=etag plan=pass: the layer is off verdict=perform the method";
    let seen = [("if-none-match", "\"v1\"")];
    check_events(&EtagLayer::new(), || get(&[]), &[tagged]);
    check_events(&EtagLayer::new().enabled(false), || get(&[]), &[off]);
    check_events(
        &EtagLayer::new(),
        || get(&[("if-none-match", HELLO_TAG)]),
        &["message=etag plan=tag verdict=not modified, by If-None-Match"],
    );
    let guarded = EtagLayer::new().resolver(state());
    check_events(
        &guarded,
        || get(&seen),
        &["message=etag: before the handler action=not modified"],
    );
    check_events(
        &guarded,
        || get(&[]),
        &[
            "message=etag: before the handler action=call",
            "message=etag plan=pass: it has a tag verdict=perform the method",
        ],
    );
    check_events(&guarded.enabled(false), || get(&seen), &[off]);
}

#[track_caller]
fn check_events<L>(layer: &L, asked: impl Fn() -> Request<()>, expected: &[&str])
where
    L: Layer<Handler<fn(Request<()>) -> Response<Full<Bytes>>>>,
    L::Service:
        Service<Request<()>, Response = Response<EtagBody<Full<Bytes>>>, Error = Infallible>,
{
    let lines = Lines::of(Level::DEBUG);
    let read = Rc::new(Cell::new(0));
    tracing::subscriber::with_default(lines.clone(), || {
        // A test on another thread, without a subscriber, may be making the event for the first
        // time. `tracing` then remembers that nobody listens, until it is told to ask again.
        for _ in 0..1_000 {
            tracing::callsite::rebuild_interest_cache();
            read.set(lines.found().len());
            ask(layer, asked(), (|_| hello()) as fn(_) -> _);
            if lines.found().len() == read.get() + expected.len() {
                return;
            }
            std::thread::yield_now();
        }
        panic!("there is no event")
    });
    assert_eq!(lines.found()[read.get()..], *expected);
}

#[test]
fn a_service_gives_its_inner_service() {
    let mut service = EtagLayer::new().layer(1);
    *service.get_mut() += 1;
    assert_eq!((*service.get_ref(), service.into_inner()), (2, 2));
    let mut guarded = EtagLayer::new().resolver(never_asked()).layer(1);
    *guarded.get_mut() += 1;
    assert_eq!((*guarded.get_ref(), guarded.into_inner()), (2, 2));
}
