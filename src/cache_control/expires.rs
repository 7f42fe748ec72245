//! `Expires`, which agrees with `max-age`.

use std::sync::{Arc, Mutex};

use http::HeaderValue;

use crate::fields::http_date::HttpDate;

/// `Expires`, written once a second.
#[derive(Clone, Debug)]
pub(super) struct Expires {
    lifetime: u32,
    /// The last one, with the date that it was written for.
    last: Arc<Mutex<Option<(HttpDate, HeaderValue)>>>,
}

impl Expires {
    pub(super) fn new(lifetime: u32) -> Self {
        Self {
            lifetime,
            last: Arc::default(),
        }
    }

    /// The value in a response of this date.
    ///
    /// A thread does not wait for another one that is using the last value. Writing a date is
    /// quick.
    pub(super) fn after(&self, date: HttpDate) -> HeaderValue {
        let write = || date.later_by(self.lifetime).to_value();
        let Ok(mut last) = self.last.try_lock() else {
            return write();
        };
        match &*last {
            Some((second, value)) if *second == date => value.clone(),
            _ => {
                let value = write();
                *last = Some((date, value.clone()));
                value
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn s_10_expires_is_now_and_the_lifetime() {
        let expires = Expires::new(60);
        for (millis, expected) in [
            (0, "Thu, 01 Jan 1970 00:01:00 GMT"),
            (999, "Thu, 01 Jan 1970 00:01:00 GMT"),
            (1000, "Thu, 01 Jan 1970 00:01:01 GMT"),
            // A clock that goes back is believed.
            (0, "Thu, 01 Jan 1970 00:01:00 GMT"),
        ] {
            let now = UNIX_EPOCH + Duration::from_millis(millis);
            assert_eq!(expires.after(HttpDate::of(now)), expected, "{millis}");
        }
    }
}
