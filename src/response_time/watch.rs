//! Follows one request to its end, wherever that is, and reports it once.

use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{Method, request, response};

use super::config::Config;
use super::report::{self, Outcome, Report};
use super::reports::Reports;
use crate::fields::content_length;
use crate::rules::status;

/// Reports when it is dropped: a future or a body that holds one is over then, in whatever way.
#[derive(Debug)]
pub(super) struct Watch {
    config: Arc<Config>,
    start: Instant,
    slow_after: Duration,
    report: Report,
    /// The length after which a server no longer polls the body.
    expected: Option<u64>,
    /// Whether the time to the head decides if the response is slow.
    is_live: bool,
    /// Whether nobody gets the report.
    is_skipped: bool,
}

impl Watch {
    pub(super) fn new(
        config: &Arc<Config>,
        reports: &Reports,
        start: Instant,
        request: &request::Parts,
    ) -> Self {
        Self {
            start,
            slow_after: reports.slow_after(request),
            report: Report {
                method: request.method.clone(),
                path: report::path_of(&request.uri, reports.has_query),
                route: reports.route_of(request),
                status: None,
                time_to_head: None,
                total: Duration::ZERO,
                bytes: 0,
                client: reports.client_of(request),
                is_slow: false,
                outcome: Outcome::ClientGone,
            },
            expected: None,
            is_live: false,
            is_skipped: false,
            config: Arc::clone(config),
        }
    }

    pub(super) const fn slow_after(&self) -> Duration {
        self.slow_after
    }

    /// The response is skipped: nobody gets the report.
    pub(super) fn skip(mut self) {
        self.is_skipped = true;
    }

    /// The service failed.
    pub(super) const fn failed(&mut self) {
        self.report.outcome = Outcome::ServiceError;
    }

    /// The head is there.
    /// `length` is the exact length of the body, if the body tells it; `has_ended` is whether the
    /// body says that it has no frames; `is_live` is whether the response is live.
    pub(super) fn head(
        &mut self,
        head: &response::Parts,
        elapsed: Duration,
        length: Option<u64>,
        has_ended: bool,
        is_live: bool,
    ) {
        let status = head.status;
        self.report.status = Some(status);
        self.report.time_to_head = Some(elapsed);
        self.is_live = is_live;
        let is_connect = self.report.method == Method::CONNECT;
        // A server sends none of these bodies, and polls none.
        let is_unsent = self.report.method == Method::HEAD
            || status::never_has_content(status)
            || status::is_interim_or_tunnel(status, is_connect);
        self.expected = if is_unsent {
            Some(0)
        } else {
            length.or_else(|| content_length::declared(&head.headers))
        };
        self.progress(0, has_ended);
    }

    /// The body gave this many bytes; `has_ended` is whether it has no more.
    ///
    /// A server stops polling at the length that the head declares. So the response is complete
    /// there, and a body that ends before it has failed.
    pub(super) fn progress(&mut self, bytes: u64, has_ended: bool) {
        self.report.bytes = self.report.bytes.saturating_add(bytes);
        let is_all = self.expected.map(|length| self.report.bytes >= length);
        match is_all {
            Some(true) => self.report.outcome = Outcome::Complete,
            Some(false) if has_ended => self.report.outcome = Outcome::BodyError,
            None if has_ended => self.report.outcome = Outcome::Complete,
            Some(false) | None => {}
        }
    }

    /// The body failed.
    pub(super) const fn body_failed(&mut self) {
        self.report.outcome = Outcome::BodyError;
    }
}

/// Polls what may panic. If it does, the report says so, whenever the watch is dropped: a layer
/// further out that catches the panic drops the watch later.
pub(super) fn guarded<T>(watch: Option<&mut Watch>, poll: impl FnOnce() -> T) -> T {
    let Some(watch) = watch else {
        return poll();
    };
    let before = mem::replace(&mut watch.report.outcome, Outcome::Panicked);
    let polled = poll();
    watch.report.outcome = before;
    polled
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some(reports) = self.config.reports.as_ref().filter(|_| !self.is_skipped) else {
            return;
        };
        let now = self.config.clock.now();
        self.report.total = now.saturating_duration_since(self.start);
        let time_to_head = self.report.time_to_head.filter(|_| self.is_live);
        self.report.is_slow = time_to_head.unwrap_or(self.report.total) > self.slow_after;
        reports.give(&self.report);
    }
}
