//! Behavior of `ResponseTimeLayer`, seen from outside, on a clock that the tests drive. Each test that
//! shows a row of the conformance matrix carries its number.

mod header;
mod log;
mod off;
mod panics;
mod plan;
mod report;
mod server_timing;
mod service;
mod trailer;
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
    let response: Response<_> = crate::support::service::answer(layer, request, Box::new(handler));
    let (head, _) = response.into_parts();
    head.headers
}
