//! One report of each request, however it ends.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::Full;
use tower::{Layer, Service, service_fn};
use tower_egress::response_time::{
    self, MAX_LOGGED, Outcome, Report, ResponseTimeBody, ResponseTimeLayer,
};

use super::{Clock, MILLI, hello};
use crate::support::body::{Script, Step};
use crate::support::consume::poll_once;
use crate::support::service::Handler;

/// Where reports go.
#[derive(Clone, Default)]
pub(crate) struct Reports(Arc<Mutex<Vec<Report>>>);

impl Reports {
    pub(crate) fn layer(&self, clock: &Clock) -> ResponseTimeLayer {
        clock.layer().report(self.to())
    }

    pub(crate) fn to(&self) -> response_time::Reports {
        let reports = self.clone();
        response_time::Reports::to(move |report| {
            let mut reports = reports.0.lock().expect("no panic");
            reports.push(report.clone());
        })
    }

    /// The only one.
    #[track_caller]
    pub(crate) fn one(&self) -> Report {
        let reports = self.0.lock().expect("no panic");
        assert_eq!(reports.len(), 1, "{reports:?}");
        reports[0].clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.0.lock().expect("no panic").len()
    }
}

/// What a layer makes of this answer, after 2 ms.
fn respond<B: Body + 'static>(
    layer: &ResponseTimeLayer,
    clock: &Clock,
    request: Request<()>,
    response: Response<B>,
) -> Response<ResponseTimeBody<B>> {
    let (clock, mut response) = (clock.clone(), Some(response));
    let handler = Handler::new(move |_| {
        clock.pass(2 * MILLI);
        response.take().expect("one request")
    });
    let mut service = layer.layer(handler);
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    match pin!(service.call(request)).poll(cx) {
        Poll::Ready(Ok(response)) => response,
        Poll::Pending => panic!("nothing waits"),
    }
}

fn get(path: &str) -> Request<()> {
    Request::get(path).body(()).expect("a valid request")
}

#[test]
fn a_report_has_what_is_needed_to_act() {
    let (clock, reports) = (Clock::new(), Reports::default());
    let local = reports
        .to()
        .client(|_| Some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    let layer = clock.layer().report(local);
    let body = Script::in_frames(b"hello", 2);
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::ACCEPTED;
    let response = respond(&layer, &clock, get("/a?b=c"), response);
    let mut body = pin!(response.into_body());
    for _ in 0..4 {
        assert_eq!(reports.count(), 0);
        clock.pass(10 * MILLI);
        let _ = poll_once(body.as_mut());
    }
    let report = reports.one();
    assert_eq!(report.method, Method::GET);
    assert_eq!(report.path, "/a");
    assert_eq!(report.status, Some(StatusCode::ACCEPTED));
    assert_eq!(report.time_to_head, Some(2 * MILLI));
    assert_eq!(report.total, 42 * MILLI);
    assert_eq!(report.bytes, 5);
    assert_eq!(report.client, Some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    assert_eq!(report.outcome, Outcome::Complete);
    assert!(!report.is_slow);
}

/// Without a log, and so without `tracing`.
#[test]
fn a_report_says_whether_the_response_was_slow() {
    for (limit, is_slow) in [(MILLI, true), (2 * MILLI, false)] {
        let (clock, reports) = (Clock::new(), Reports::default());
        let layer = clock.layer().report(reports.to().slow_limit(limit));
        drop(respond(&layer, &clock, get("/"), hello()));
        assert_eq!(reports.one().is_slow, is_slow, "{limit:?}");
    }
}

/// Finding I.
#[test]
fn t_08_a_report_has_the_path_and_apart_from_it_the_route_if_one_matched() {
    for (configure, path, route) in [
        (None, "/articles/7", None),
        (Some("query"), "/articles/7?token=secret", None),
        (Some("route"), "/articles/7", Some("/articles/{id}")),
        (Some("no route"), "/articles/7", None),
    ] {
        let (clock, reports) = (Clock::new(), Reports::default());
        let to = reports.to();
        let layer = clock.layer().report(match configure {
            Some("query") => to.query(),
            Some("route") => to.route(|_| Some("/articles/{id}".to_owned())),
            Some(_) => to.route(|_| None),
            None => to,
        });
        let request = get("/articles/7?token=secret");
        drop(respond(&layer, &clock, request, hello()));
        let report = reports.one();
        assert_eq!(report.path, path, "{configure:?}");
        assert_eq!(report.route.as_deref(), route, "{configure:?}");
    }
}

/// Finding I. Scanners invent paths; a label of a metric is one of the routes, or none.
#[tokio::test]
async fn t_08_the_route_is_that_of_the_router_or_none() {
    use axum::Router;
    use axum::body::Body;
    use axum::extract::MatchedPath;
    use axum::routing::get;
    use tower::ServiceExt;
    let (clock, reports) = (Clock::new(), Reports::default());
    let layer = clock.layer().report(reports.to().route(|request| {
        let path = request.extensions.get::<MatchedPath>()?;
        Some(path.as_str().to_owned())
    }));
    let router = Router::new()
        .route("/articles/{id}", get(async || "an article"))
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(layer);
    for path in ["/articles/7", "/wp-login.php"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        drop(response);
    }
    let reports = reports.0.lock().unwrap();
    let found: Vec<_> = reports
        .iter()
        .map(|report| (report.path.as_str(), report.route.as_deref()))
        .collect();
    let expected = [
        ("/articles/7", Some("/articles/{id}")),
        ("/wp-login.php", None),
    ];
    assert_eq!(found, expected);
}

/// Finding 29.
#[test]
fn f_14_the_path_of_a_report_is_bounded() {
    for (length, with_query) in [(MAX_LOGGED, false), (30_000, false), (30_000, true)] {
        let (clock, reports) = (Clock::new(), Reports::default());
        let to = reports.to();
        let layer = clock
            .layer()
            .report(if with_query { to.query() } else { to });
        let path = format!("/{}", "a".repeat(length - 1));
        let request = get(&format!("{path}?{path}"));
        drop(respond(&layer, &clock, request, hello()));
        let expected = if length > MAX_LOGGED {
            format!("{}...", &path[..MAX_LOGGED - 3])
        } else {
            path
        };
        assert_eq!(reports.one().path, expected, "{length} {with_query}");
    }
}

/// House: a user tests a callback without a server.
#[test]
fn a_report_can_be_made_in_a_test() {
    let mut report = Report::new(Method::GET, "/articles/7");
    assert_eq!(report.outcome, Outcome::Complete);
    assert_eq!(report.status, Some(StatusCode::OK));
    assert!(!report.is_slow);
    assert_eq!(report.outcome.to_string(), "complete");
    report.route = Some("/articles/{id}".to_owned());
    report.outcome = Outcome::ClientGone;
    report.total = 3 * MILLI;
    assert_eq!(report.clone(), report);
}

/// A body in so many frames, dropped after each number of polls: always one report, and `Complete`
/// only once nothing more can come.
#[test]
fn f_20_a_body_dropped_at_any_point_is_reported_once() {
    let frames = 4;
    for hinted in [false, true] {
        for polls in 0..=frames + 2 {
            let (clock, reports) = (Clock::new(), Reports::default());
            let mut body = Script::in_frames(b"abcdefgh", 2);
            if hinted {
                body = body.with_exact_hint(8);
            }
            let layer = reports.layer(&clock);
            let response = respond(&layer, &clock, get("/"), Response::new(body));
            let mut body = Box::pin(response.into_body());
            for _ in 0..polls {
                let _ = poll_once(body.as_mut());
            }
            drop(body);
            let report = reports.one();
            // Of a body whose length is known a server does not ask for the end.
            let is_all = polls > frames || (hinted && polls == frames);
            let expected = if is_all {
                Outcome::Complete
            } else {
                Outcome::ClientGone
            };
            assert_eq!(report.outcome, expected, "{polls} polls, hinted: {hinted}");
            assert_eq!(report.bytes, 2 * polls.min(frames) as u64);
        }
    }
}

#[test]
fn a_body_that_a_server_never_asks_for_is_complete() {
    for (method, status) in [("HEAD", 200), ("GET", 204), ("GET", 304), ("GET", 101)] {
        let (clock, reports) = (Clock::new(), Reports::default());
        let request = Request::builder().method(method).body(()).unwrap();
        let mut response = hello();
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        drop(respond(&reports.layer(&clock), &clock, request, response));
        assert_eq!(
            reports.one().outcome,
            Outcome::Complete,
            "{method} {status}"
        );
    }
    let (clock, reports) = (Clock::new(), Reports::default());
    let empty = Response::new(Full::<Bytes>::default());
    drop(respond(&reports.layer(&clock), &clock, get("/"), empty));
    assert_eq!(reports.one().outcome, Outcome::Complete);
}

#[test]
fn x_31_t_08_a_body_that_fails_is_reported_once_and_fails() {
    let (clock, reports) = (Clock::new(), Reports::default());
    let body = Script::of_data(["ab"]).then(Step::Error("the disk is gone"));
    let response = respond(
        &reports.layer(&clock),
        &clock,
        get("/"),
        Response::new(body),
    );
    let consumed = crate::support::consume::consume_stubbornly(response.into_body());
    assert_eq!(consumed.error.as_deref(), Some("the disk is gone"));
    let report = reports.one();
    assert_eq!(report.outcome, Outcome::BodyError);
    assert_eq!(report.bytes, 2);
}

#[test]
fn t_08_a_service_that_fails_is_reported() {
    let (clock, reports) = (Clock::new(), Reports::default());
    let passing = clock.clone();
    let failing = service_fn(move |_: Request<()>| {
        passing.pass(3 * MILLI);
        std::future::ready(Err::<Response<Full<Bytes>>, _>("out of paper"))
    });
    let mut service = reports.layer(&clock).layer(failing);
    let cx = &mut Context::from_waker(Waker::noop());
    let Poll::Ready(Err(error)) = pin!(service.call(get("/"))).poll(cx) else {
        panic!("it fails");
    };
    assert_eq!(error, "out of paper");
    let report = reports.one();
    assert_eq!(report.outcome, Outcome::ServiceError);
    assert_eq!((report.status, report.time_to_head), (None, None));
    assert_eq!(report.total, 3 * MILLI);
}

#[test]
fn f_20_a_future_dropped_before_the_response_is_reported() {
    let (clock, reports) = (Clock::new(), Reports::default());
    let never = service_fn(|_: Request<()>| {
        std::future::pending::<Result<Response<Full<Bytes>>, Infallible>>()
    });
    let mut service = reports.layer(&clock).layer(never);
    let cx = &mut Context::from_waker(Waker::noop());
    for polls in 0..2 {
        let mut future: Pin<Box<_>> = Box::pin(service.call(get("/")));
        for _ in 0..polls {
            assert!(future.as_mut().poll(cx).is_pending());
        }
        clock.pass(MILLI);
        drop(future);
        assert_eq!(reports.count(), polls + 1);
    }
    let reports = reports.0.lock().unwrap();
    for report in reports.iter() {
        assert_eq!(report.outcome, Outcome::ClientGone);
        assert_eq!(report.status, None);
    }
}

#[test]
fn t_06_the_header_has_the_time_to_the_head_and_the_report_that_to_the_last_byte() {
    let (clock, reports) = (Clock::new(), Reports::default());
    let response = respond(&reports.layer(&clock), &clock, get("/"), hello());
    assert_eq!(response.headers()["x-response-time"], "2.000ms");
    clock.pass(Duration::from_secs(5));
    let consumed = crate::support::consume::consume(response.into_body());
    assert_eq!(consumed.clean(), "hello");
    assert_eq!(reports.one().total, Duration::from_millis(5002));
}
