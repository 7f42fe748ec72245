//! The stack as a layer: its parts, and how it fits.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode};
use http_body_util::Full;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};
use tower_egress::cache_control::{CacheControl, CacheControlLayer};
use tower_egress::compression::{Coding, CompressionLayer};
use tower_egress::etag::{Current, EtagLayer, Sha256, Validators, resolver_fn};
use tower_egress::matcher::ResponseMatcher;
use tower_egress::response_time::{Outcome, Report, Reports, ResponseTimeLayer};
use tower_egress::security_headers::{ContentSecurityPolicy, CspNonce, SecurityHeadersLayer};
use tower_egress::stack;
use tower_egress::stack::{Off, Stack, StackService};
use tower_egress::strip_nulls::StripNullsLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use super::{answer, request, with};
use crate::support::body::{Script, Step};
use crate::support::consume::{consume, poll_once};
use crate::support::decode::decode_so_far;
use crate::support::service::Handler;
use crate::support::{self, text};

fn get_with(fields: &[(&str, &str)]) -> Request<()> {
    request(Method::GET, fields)
}

/// JSON with nulls.
fn json(_: Request<()>) -> Response<Full<Bytes>> {
    let text = format!("[{}1]", "null,{\"a\":null},".repeat(200));
    with(
        Response::new(Full::from(text)),
        &[("content-type", "application/json")],
    )
}

/// The fields of what `layer` makes of it.
fn fields<L, B>(layer: &L) -> HeaderMap
where
    L: Layer<Handler<fn(Request<()>) -> Response<Full<Bytes>>>>,
    L::Service: Service<Request<()>, Response = Response<B>, Error = Infallible>,
{
    let asked = [("accept-encoding", "gzip, br")];
    let handler: fn(_) -> _ = json;
    answer(layer, get_with(&asked), handler).headers().clone()
}

#[test]
fn each_layer_shows_in_the_answer_and_is_gone_where_it_is_off() {
    let spoken = || stack().cache_control(CacheControlLayer::api());
    let all = fields(&spoken());
    for (name, without) in [
        ("x-response-time", fields(&spoken().response_time(Off))),
        ("x-frame-options", fields(&spoken().security_headers(Off))),
        ("content-encoding", fields(&spoken().compression(Off))),
        ("cache-control", fields(&spoken().cache_control(Off))),
        ("etag", fields(&spoken().etag(Off))),
    ] {
        assert!(all.contains_key(name), "{name}");
        assert!(!without.contains_key(name), "{name}");
    }
    let nothing = stack()
        .response_time(Off)
        .security_headers(Off)
        .compression(Off)
        .cache_control(Off)
        .etag(Off);
    assert_eq!(
        fields(&nothing),
        support::fields(&[("content-type", "application/json")])
    );
}

#[test]
fn each_layer_can_be_configured() {
    let custom = stack()
        .response_time(ResponseTimeLayer::new().header(HeaderName::from_static("x-time")))
        .security_headers(SecurityHeadersLayer::api())
        .compression(
            CompressionLayer::new()
                .codings([Coding::Brotli])
                .expect("one"),
        )
        .cache_control(CacheControlLayer::no_store())
        .etag(EtagLayer::new().strong().hasher(Sha256))
        .strip_nulls(StripNullsLayer::new());
    let found = fields(&custom);
    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("content-encoding", "br"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(found[name], value);
    }
    assert!(found.contains_key("x-time"));
    assert!(found["etag"].to_str().expect("ASCII").ends_with("-br\""));
    let plain = |layer: &Stack| consume(answer(layer, get_with(&[]), json).into_body()).clean();
    assert_eq!(
        plain(&stack()),
        consume(json(Request::new(())).into_body()).clean()
    );
    let stripped = stack().strip_nulls(StripNullsLayer::new());
    let stripped = consume(answer(&stripped, get_with(&[]), json).into_body()).clean();
    assert_eq!(stripped, format!("[{}1]", "null,{},".repeat(200)));
}

/// What the compiler is asked here, it says in users' programs.
#[test]
fn it_is_a_layer_for_whatever_takes_one() {
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let layer: Stack = stack();
    is_shared(&layer);
    is_shared(&layer.layer(Router::<()>::new()));
    let service: StackService<Router> = layer.layer(Router::new());
    drop(service);
    let known = resolver_fn(|_| Current::Present(Validators::default()));
    let guarded = stack().etag(EtagLayer::new().resolver(known));
    let app: Router = Router::new()
        .route("/a", get(async || "a").layer(guarded))
        .route("/b", get(async || "b"))
        .layer(ServiceBuilder::new().layer(stack().etag(Off)))
        .layer(stack());
    drop(app);
}

#[tokio::test]
async fn around_a_whole_router_what_no_route_matches_goes_through_it_too() {
    let app = stack().layer(Router::new().route("/", get(async || "here")));
    for (path, status) in [("/", 200), ("/nowhere", 404)] {
        let asked = Request::get(path).body(axum::body::Body::empty());
        let answered = app.clone().oneshot(asked.expect("a request")).await;
        let response = answered.expect("a router answers");
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["x-frame-options"], "SAMEORIGIN");
        // Finding 36: microseconds for everybody would tell how long a secret took to compare.
        let time = response.headers()["x-response-time"].to_str().unwrap();
        let millis = time.strip_suffix("ms").map(str::parse::<u64>);
        assert!(matches!(millis, Some(Ok(_))), "{time}");
    }
}

/// `Router::layer` is inside of what empties answers to HEAD, and `fallback_service` outside.
#[tokio::test]
async fn c_25_an_answer_to_head_has_the_tag_of_get_where_its_body_is_there() {
    let router = || Router::new().route("/", get(async || "hello ".repeat(1000)));
    let within = router().layer(stack());
    let around = Router::new().fallback_service(stack().layer(router()));
    for (app, has_tag) in [(within, true), (around, false)] {
        let asked = Request::head("/").header("accept-encoding", "gzip");
        let asked = asked.body(axum::body::Body::empty()).expect("a request");
        let answer = app.oneshot(asked).await.expect("a router answers");
        assert_eq!(answer.headers()["content-encoding"], "gzip");
        assert_eq!(answer.headers().contains_key("etag"), has_tag);
    }
}

/// What has its nonce in it is not tagged, not kept, and never the same twice.
#[test]
fn x_28_a_page_with_its_nonce_is_given_out_once() {
    let strict = SecurityHeadersLayer::new().with(ContentSecurityPolicy::strict());
    let layer = stack().security_headers(strict).cache_control(
        CacheControlLayer::new().rule(ResponseMatcher::any(), CacheControl::immutable()),
    );
    let page = |request: Request<()>| {
        let nonce = CspNonce::of(request.extensions());
        let page = format!("<script nonce=\"{}\"></script>", nonce.draw());
        let html = [("content-type", "text/html")];
        with(Response::new(Full::<Bytes>::from(page)), &html)
    };
    let pages = [(); 2].map(|()| {
        let answered = answer(&layer, get_with(&[("if-none-match", "*")]), page);
        assert_eq!(answered.status(), 200);
        assert_eq!(answered.headers()["cache-control"], "private, no-cache");
        assert!(!answered.headers().contains_key("etag"));
        consume(answered.into_body()).clean()
    });
    assert_ne!(pages[0], pages[1]);
}

/// Fields of an answer to `GET` that its README shows before and after.
#[tokio::test]
async fn the_readme_shows_what_is_sent() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
    let readme = readme.expect("there is a README");
    let app = || Router::new().route("/", get(async || "hello ".repeat(1000)));
    for (app, is_after) in [(app(), false), (app().layer(stack()), true)] {
        let asked = Request::get("/").header("accept-encoding", "gzip");
        let asked = asked.body(axum::body::Body::empty()).expect("a request");
        let answer = app.oneshot(asked).await.expect("a router answers");
        for name in [
            "content-type",
            "content-length",
            "content-encoding",
            "vary",
            "etag",
        ] {
            let Some(value) = answer.headers().get(name) else {
                assert!(!is_after, "{name}");
                continue;
            };
            let line = format!("`{name}: {}`", value.to_str().expect("ASCII"));
            assert!(readme.contains(&line), "{line}");
        }
    }
}

/// An event goes out when it is there, coded, though no end is in sight.
#[test]
fn x_30_a_stream_is_not_waited_for() {
    let kinds = [
        ("text/event-stream", "data: 1\n\n"),
        ("application/json", "[{\"a\":1},"),
    ];
    for (content_type, event) in kinds {
        for &coding in Coding::preference() {
            let asked = [("accept-encoding", coding.as_str())];
            let layer = stack().strip_nulls(StripNullsLayer::new());
            let response = answer(&layer, get_with(&asked), |_| {
                let body = Script::of_data([event]).then(Step::Stuck);
                with(Response::new(body), &[("content-type", content_type)])
            });
            assert!(!response.headers().contains_key("etag"));
            let mut body = pin!(response.into_body());
            let mut sent = Vec::new();
            // What is not prompt is asked for more once, before it is flushed.
            for _ in 0..4 {
                if let Poll::Ready(Some(Ok(frame))) = poll_once(body.as_mut()) {
                    sent.extend_from_slice(&frame.into_data().expect("data"));
                }
            }
            assert_eq!(decode_so_far(coding, &sent), event.as_bytes(), "{coding}");
        }
    }
}

#[test]
fn x_31_a_body_that_fails_fails_at_the_top_and_is_reported_once() {
    for asked in [&[][..], &[("accept-encoding", "gzip")]] {
        for knows_length in [false, true] {
            let reports: Arc<Mutex<Vec<Outcome>>> = Arc::default();
            let told = Arc::clone(&reports);
            let timed = ResponseTimeLayer::new().report(Reports::to(move |report: &Report| {
                told.lock().expect("no panic").push(report.outcome);
            }));
            let layer = stack()
                .response_time(timed)
                .strip_nulls(StripNullsLayer::new());
            let response = answer(&layer, get_with(asked), |_| {
                let data = text(40_000);
                let mut body = Script::in_frames(&data, 1000);
                if knows_length {
                    body = body.with_exact_hint(50_000);
                }
                let body = body.then(Step::Error("the disk is gone"));
                with(Response::new(body), &[("content-type", "text/plain")])
            });
            assert!(!response.headers().contains_key("etag"));
            let consumed = consume(response.into_body());
            assert_eq!(consumed.error.as_deref(), Some("the disk is gone"));
            let reports = reports.lock().expect("no panic");
            assert!(matches!(reports[..], [Outcome::BodyError]), "{reports:?}");
        }
    }
}

#[test]
fn x_17_x_32_trailers_arrive_and_grpc_is_not_coded() {
    let trailers = [("grpc-status", "0"), ("repr-digest", "sha-256=:AA==:")];
    for (content_type, coding) in [("application/grpc", None), ("text/plain", Some("gzip"))] {
        let layer = stack().strip_nulls(StripNullsLayer::new());
        let response = answer(&layer, get_with(&[("accept-encoding", "gzip")]), |_| {
            let body =
                Script::of_data([text(4000)]).then(Step::Trailers(support::fields(&trailers)));
            let fields = [
                ("content-type", content_type),
                ("trailer", "grpc-status, repr-digest"),
            ];
            with(Response::new(body), &fields)
        });
        let found = response.headers().get("content-encoding");
        assert_eq!(found.map(|coding| coding.to_str().expect("ASCII")), coding);
        let announced = response.headers()["trailer"].clone();
        let consumed = consume(response.into_body());
        let expected = match coding {
            Some(_) => &trailers[..1],
            None => &trailers[..],
        };
        assert_eq!(consumed.trailers, Some(support::fields(expected)));
        let names: Vec<_> = expected.iter().map(|(name, _)| *name).collect();
        assert_eq!(announced, names.join(", ").as_str());
    }
}

/// hyper sends no 103 of a service, but a service that says so is left alone.
#[test]
fn g_19_x_33_interim_answers_switches_and_tunnels_pass_as_they_are() {
    let fields = [
        ("link", "</a.css>; rel=preload"),
        ("content-type", "text/css"),
    ];
    for (method, status) in [
        (Method::GET, 100),
        (Method::GET, 101),
        (Method::GET, 103),
        (Method::CONNECT, 200),
    ] {
        let layer = stack()
            .cache_control(CacheControlLayer::no_store())
            .strip_nulls(StripNullsLayer::new());
        let asked = request(method, &[("accept-encoding", "gzip")]);
        let response = answer(&layer, asked, |_| {
            let mut response = with(Response::new(Full::<Bytes>::default()), &fields);
            *response.status_mut() = status.try_into().expect("a status");
            response.extensions_mut().insert(7_u8);
            response
        });
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers(), &support::fields(&fields), "{status}");
        assert_eq!(response.extensions().get(), Some(&7_u8));
    }
}

/// The stack among the layers that services have besides, where the docs put them.
fn among_others() -> Router {
    let second = Duration::from_secs(1);
    let layers = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            second * 2,
        ))
        .layer(CorsLayer::permissive())
        .layer(stack().strip_nulls(StripNullsLayer::new()))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            second,
        ));
    Router::new()
        .route("/", get(async || "hello ".repeat(1000)))
        .route("/never", get(std::future::pending::<()>))
        .route(
            "/panic",
            get(async || -> () { panic!("a handler that fails") }),
        )
        .layer(layers)
}

#[tokio::test(start_paused = true)]
async fn the_layers_of_others_go_where_the_docs_put_them() {
    let ask = async |method, path, fields: &[(&str, &str)]| {
        let mut request = request(method, fields).map(|()| axum::body::Body::empty());
        *request.uri_mut() = path;
        let answer = among_others().oneshot(request).await;
        answer.expect("a router answers").into_parts().0
    };
    let path = http::Uri::from_static;
    let asked = [
        ("origin", "https://example.com"),
        ("accept-encoding", "gzip"),
    ];
    let page = ask(Method::GET, path("/"), &asked).await;
    assert_eq!(page.headers["content-encoding"], "gzip");
    assert_eq!(page.headers["access-control-allow-origin"], "*");
    let tag = page.headers["etag"].to_str().expect("ASCII");
    let known = [asked[0], asked[1], ("if-none-match", tag)];
    let unchanged = ask(Method::GET, path("/"), &known).await;
    assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED);
    assert_eq!(unchanged.headers["access-control-allow-origin"], "*");

    let preflight = [asked[0], ("access-control-request-method", "PUT")];
    let preflight = ask(Method::OPTIONS, path("/"), &preflight).await;
    assert_eq!(preflight.headers["access-control-allow-methods"], "*");
    assert!(!preflight.headers.contains_key("x-response-time"));

    for (failing, status) in [
        ("/never", StatusCode::SERVICE_UNAVAILABLE),
        ("/panic", StatusCode::INTERNAL_SERVER_ERROR),
    ] {
        let answer = ask(Method::GET, path(failing), &asked).await;
        assert_eq!(answer.status, status);
        assert!(answer.headers.contains_key("x-response-time"), "{failing}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
}
