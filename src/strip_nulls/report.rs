//! Decisions, made visible.

use super::filter::Stop;
use super::plan::Decision;
#[cfg(feature = "tracing")]
use super::plan::Plan;

#[cfg(feature = "tracing")]
pub(super) fn decided(decision: Decision) {
    let plan = Plan::from(decision);
    tracing::debug!(?plan, "strip_nulls");
}

#[cfg(not(feature = "tracing"))]
pub(super) const fn decided(_decision: Decision) {}

/// A body is sent as it is, or the rest of it.
#[cfg(feature = "tracing")]
pub(super) fn stopped(stop: Stop) {
    tracing::debug!(%stop, "strip_nulls");
}

#[cfg(not(feature = "tracing"))]
pub(super) const fn stopped(_stop: Stop) {}
