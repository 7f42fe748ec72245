//! Follows one request to its end, wherever that is, and reports it once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{Method, StatusCode, request};

use super::config::Config;
use super::report::{self, Outcome, Report};
use crate::rules::status;

/// Reports when it is dropped: a future or a body that holds one is over then, in whatever way.
#[derive(Debug)]
pub(super) struct Watch {
    config: Arc<Config>,
    start: Instant,
    slow_after: Duration,
    report: Report,
    /// How many bytes the body said it has, where that is a reason not to ask it for its end.
    expected: Option<u64>,
}

impl Watch {
    pub(super) fn new(config: &Arc<Config>, start: Instant, request: &request::Parts) -> Self {
        let route = config.route.as_ref().and_then(|route| route(request));
        let path = route.unwrap_or_else(|| {
            let query = request.uri.query().filter(|_| config.with_query);
            match query {
                Some(query) => format!("{}?{query}", request.uri.path()),
                None => request.uri.path().to_owned(),
            }
        });
        let slow = config.slow.as_ref();
        Self {
            start,
            slow_after: slow.map_or(Duration::MAX, |threshold| threshold(request)),
            report: Report {
                method: request.method.clone(),
                path,
                status: None,
                time_to_head: None,
                total: Duration::ZERO,
                bytes: 0,
                client: config.client.as_ref().and_then(|client| client(request)),
                outcome: Outcome::ClientGone,
            },
            expected: None,
            config: Arc::clone(config),
        }
    }

    /// The service failed.
    pub(super) const fn failed(&mut self) {
        self.report.outcome = Outcome::ServiceError;
    }

    /// The head is there. `length` is that of the body, where it is known.
    pub(super) fn head(&mut self, status: StatusCode, elapsed: Duration, length: Option<u64>) {
        self.report.status = Some(status);
        self.report.time_to_head = Some(elapsed);
        let has_body = self.report.method != Method::HEAD && !status::never_has_content(status);
        // A server sends none of it, and asks for none.
        self.expected = if has_body { length } else { Some(0) };
        self.progress(0, false);
    }

    /// So many bytes went out; `has_ended` is whether the body says that there is no more.
    pub(super) fn progress(&mut self, bytes: u64, has_ended: bool) {
        self.report.bytes = self.report.bytes.saturating_add(bytes);
        let is_all = self
            .expected
            .is_some_and(|expected| self.report.bytes >= expected);
        if has_ended || is_all {
            self.report.outcome = Outcome::Complete;
        }
    }

    /// The body failed.
    pub(super) const fn body_failed(&mut self) {
        self.report.outcome = Outcome::BodyError;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let now = self.config.clock.now();
        self.report.total = now.saturating_duration_since(self.start);
        if self.report.total > self.slow_after {
            report::log(&self.report);
        }
        if let Some(callback) = &self.config.on_report {
            callback(&self.report);
        }
    }
}
