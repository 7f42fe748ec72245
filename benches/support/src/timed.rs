//! How long the timed benches measure.

use std::time::Duration;

use criterion::Criterion;

/// One second for each case, in so many samples.
pub fn criterion(samples: usize) -> Criterion {
    Criterion::default()
        .sample_size(samples)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args()
}
