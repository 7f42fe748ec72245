//! Where layers get the time from: the time of day for dates, and a monotonic time for durations.

use std::fmt;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

/// A source of the time of day: the clock of the system, or one that the user gave.
#[derive(Clone)]
pub(crate) struct WallClock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl WallClock {
    /// A clock that asks `now`.
    pub(crate) fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl Default for WallClock {
    fn default() -> Self {
        Self::new(SystemTime::now)
    }
}

impl fmt::Debug for WallClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WallClock")
    }
}

/// A source of time that never goes back, for durations: the clock of the system, or one that the
/// user gave.
#[derive(Clone)]
pub(crate) struct MonotonicClock(Arc<dyn Fn() -> Instant + Send + Sync>);

impl MonotonicClock {
    /// A clock that asks `now`.
    pub(crate) fn new(now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> Instant {
        (self.0)()
    }
}

impl Default for MonotonicClock {
    fn default() -> Self {
        Self::new(Instant::now)
    }
}

impl fmt::Debug for MonotonicClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MonotonicClock")
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn the_time_is_what_the_user_says() {
        let clock = WallClock::new(|| UNIX_EPOCH + Duration::from_secs(1));
        assert_eq!(clock.now(), UNIX_EPOCH + Duration::from_secs(1));
        assert_eq!(format!("{clock:?}"), "WallClock");
    }

    #[test]
    fn the_time_is_that_of_the_system_otherwise() {
        let before = SystemTime::now();
        assert!(WallClock::default().now() >= before);
    }

    #[test]
    fn durations_are_measured_on_the_clock_of_the_user_or_of_the_system() {
        let start = Instant::now();
        let clock = MonotonicClock::new(move || start);
        assert_eq!(clock.now(), start);
        assert_eq!(format!("{clock:?}"), "MonotonicClock");
        assert!(MonotonicClock::default().now() >= start);
    }
}
