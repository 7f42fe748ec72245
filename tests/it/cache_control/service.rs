//! The layer as a service, beyond what every layer promises (`contract`).

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::{Request, Response, Version};
use tower::{Layer, Service, ServiceExt};
use tower_egress::cache_control::{
    CacheControl, CacheControlLayer, CdnCacheControl, MINUTE, Plan, Policy, PolicySource, Reason,
};
use tower_egress::matcher::{RequestMatcher, ResponseMatcher};
use tracing::Level;

use super::{answer, fields_of, get, said};
use crate::support::fields;
use crate::support::log::Lines;
use crate::support::service::Handler;

/// The inner one has spoken when the outer one is asked.
#[test]
fn x_35_twice_is_as_good_as_once() {
    let handler = Handler::new(|_| answer(200, &[]));
    let outer =
        CacheControlLayer::new().rule(ResponseMatcher::any(), CacheControl::max_age(MINUTE));
    let mut service = outer.layer(CacheControlLayer::no_store().layer(handler));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    let Poll::Ready(Ok(response)) = pin!(service.call(get("/", &[]))).poll(cx) else {
        panic!("nothing waits");
    };
    let lines: Vec<_> = response.headers().get_all("cache-control").iter().collect();
    assert_eq!(lines, ["no-store"]);
}

/// The layers of which every one is off for `/skipped`.
fn off() -> Vec<CacheControlLayer> {
    let prefix = || RequestMatcher::prefix("/skipped").expect("a prefix");
    let by_head = RequestMatcher::when(|head| head.uri.path() == "/skipped");
    let by_both = ResponseMatcher::when(|request, response| {
        request.uri.path() == "/skipped" && response.status == 200
    });
    let other = || RequestMatcher::prefix("/other").expect("a prefix");
    vec![
        CacheControlLayer::no_store().enabled(false),
        CacheControlLayer::no_store().skip(prefix()).enabled(false),
        CacheControlLayer::no_store().skip(prefix()),
        CacheControlLayer::no_store().skip(prefix()).skip(other()),
        CacheControlLayer::no_store().skip(other()).skip(by_head),
        CacheControlLayer::no_store().skip_responses(prefix()),
        CacheControlLayer::no_store()
            .skip_responses(other())
            .skip_responses(by_both),
    ]
}

#[test]
fn p_9_a_layer_that_is_off_or_skips_is_not_there() {
    for layer in off() {
        let made = Response::builder()
            .version(Version::HTTP_10)
            .header("x-a", "1")
            .extension(8_u8)
            .body("hello")
            .unwrap();
        let expected = format!("{made:?}");
        let asked = Request::get("/skipped").extension(7_u8).body(()).unwrap();
        let asked_of = format!("{asked:?}");
        let found: Response<&str> = crate::support::service::answer(
            &layer,
            asked,
            Box::new(move |request| {
                assert_eq!(format!("{request:?}"), asked_of);
                assert_eq!(request.extensions().get(), Some(&7_u8));
                made.clone()
            }),
        );
        assert_eq!(format!("{found:?}"), expected, "{layer:?}");
        assert_eq!(found.extensions().get(), Some(&8_u8));
    }
}

#[test]
fn p_9_a_layer_acts_on_what_it_does_not_skip() {
    for layer in off() {
        let found = said(&layer.enabled(true), get("/", &[]), answer(200, &[]));
        assert_eq!(found.as_deref(), Some("no-store"));
    }
}

#[test]
fn p_9_a_plan_says_that_the_layer_is_off() {
    let plan = |layer: &CacheControlLayer, path| {
        let (request, ()) = get(path, &[]).into_parts();
        let (response, _) = answer(200, &[]).into_parts();
        layer.plan(&request, &response)
    };
    for (number, layer) in off().iter().enumerate() {
        let reason = if number < 2 {
            Reason::Disabled
        } else {
            Reason::Skipped
        };
        assert_eq!(plan(layer, "/skipped"), Plan::Leave(reason), "{layer:?}");
        let on = layer.clone().enabled(true);
        let expected = Plan::Apply(PolicySource::Rule(0));
        assert_eq!(plan(&on, "/"), expected, "{layer:?}");
    }
}

#[test]
fn p_8_every_decision_is_an_event() {
    let lines = Lines::of(Level::DEBUG);
    tracing::subscriber::with_default(lines.clone(), || {
        let layer = CacheControlLayer::new().rule(ResponseMatcher::any(), CacheControl::no_cache());
        for (layer, field) in [
            (layer.clone(), ("x-a", "1")),
            (layer.clone(), ("cache-control", "max-age=5")),
            (layer.clone().enabled(false), ("x-a", "1")),
            (layer.skip_responses(RequestMatcher::any()), ("x-a", "1")),
        ] {
            fields_of(&layer, get("/", &[]), answer(200, &[field]));
        }
    });
    let expected = [
        "message=cache_control plan=apply rule 0",
        "message=cache_control plan=leave: the handler set a field that caches obey",
        "message=cache_control plan=leave: the layer is off",
        "message=cache_control plan=leave: the request or the response is skipped",
    ];
    assert_eq!(lines.found(), expected);
}

#[test]
fn every_switch_can_be_unset() {
    let minute = || Policy::from(CacheControl::max_age(MINUTE));
    let network = CdnCacheControl::new(&CacheControl::max_age(MINUTE)).unwrap();
    let full = minute().expires().unwrap().cdn(network).override_handler();
    let unset = full.without_expires().without_cdn().if_absent();
    let layer = CacheControlLayer::none().rule(ResponseMatcher::any(), unset);
    let found = fields_of(&layer, get("/", &[]), answer(200, &[]));
    assert_eq!(found, fields(&[("cache-control", "max-age=60")]));
    let spoke = [("cache-control", "max-age=5")];
    let found = fields_of(&layer, get("/", &[]), answer(200, &spoke));
    assert_eq!(found, fields(&spoke));
    let unset = CacheControlLayer::none()
        .otherwise_no_cache()
        .otherwise_unchanged();
    assert_eq!(said(&unset, get("/", &[]), answer(200, &[])), None);
}

/// A handler of axum says what caches may do by a part of its response, and the layer keeps that.
#[tokio::test]
async fn s_01_a_value_is_a_part_of_a_response_of_axum() {
    let network: CdnCacheControl = "max-age=600".parse().unwrap();
    let prices = async || (CacheControl::max_age(MINUTE), network, "1, 2, 3");
    let router: axum::Router = axum::Router::new()
        .route("/", axum::routing::get(prices))
        .layer(CacheControlLayer::no_store());
    let request = Request::get("/").body(axum::body::Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.headers()["cache-control"], "max-age=60");
    assert_eq!(response.headers()["cdn-cache-control"], "max-age=600");
}
