//! Behavior of `ResponseTimeLayer`, seen from outside, on a clock that the tests drive. Each test that
//! shows a row of the conformance matrix carries its number.
#![cfg(feature = "full")]

mod support;

#[path = "response_time/header.rs"]
mod header;
#[path = "response_time/log.rs"]
mod log;
#[path = "response_time/off.rs"]
mod off;
#[path = "response_time/panics.rs"]
mod panics;
#[path = "response_time/plan.rs"]
mod plan;
#[path = "response_time/report.rs"]
mod report;
#[path = "response_time/server_timing.rs"]
mod server_timing;
#[path = "response_time/service.rs"]
mod service;
#[path = "response_time/trailer.rs"]
mod trailer;
#[path = "response_time/wire.rs"]
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower_egress::response_time::ResponseTimeLayer;

/// A clock that stands still until it is moved on.
#[derive(Clone, Debug)]
struct Clock {
    start: Instant,
    micros: Arc<AtomicU64>,
}

impl Clock {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            micros: Arc::default(),
        }
    }

    fn pass(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).expect("a short time");
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    fn now(&self) -> Instant {
        self.start + Duration::from_micros(self.micros.load(Ordering::Relaxed))
    }

    /// A layer on this clock.
    fn layer(&self) -> ResponseTimeLayer {
        let clock = self.clone();
        ResponseTimeLayer::new().clock(move || clock.now())
    }
}

const MILLI: Duration = Duration::from_millis(1);

type Page = Response<Full<Bytes>>;

fn hello() -> Page {
    Response::new(Full::from("hello"))
}

/// What `layer` makes of the answer of `handler` to a GET.
fn answer(
    layer: &ResponseTimeLayer,
    handler: impl FnMut(Request<()>) -> Page + 'static,
) -> http::HeaderMap {
    let request = Request::new(());
    let response: Response<_> = support::service::answer(layer, request, Box::new(handler));
    let (head, _) = response.into_parts();
    head.headers
}
