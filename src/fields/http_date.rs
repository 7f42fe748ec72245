//! Dates (`HTTP-date`, RFC 9110 §5.6.7): three forms are read, one is written.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

/// A second in time, from 1970 to 9999: as exact as a field can say it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct HttpDate(u64);

impl HttpDate {
    /// The last second that has a name: the end of the year 9999.
    const LAST: Self = Self(253_402_300_799);

    /// Reads a field value.
    ///
    /// > A recipient that parses a timestamp value in an HTTP field MUST accept all three HTTP-date
    /// > formats.
    ///
    /// The day of the week says nothing that the date does not, and a wrong one is forgiven. Of two-digit
    /// years, 70 to 99 are taken for those of the twentieth century.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?.trim_ascii();
        let time = httpdate::parse_http_date(text).ok();
        time.or_else(|| parse_on_another_day(text)).map(Self::of)
    }

    /// The second in which `time` lies. Times before 1970 and after 9999 become the first and the last
    /// second there is.
    pub(crate) fn of(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH);
        Self(since.map_or(0, |since| since.as_secs())).min(Self::LAST)
    }

    /// The moment at which the second begins.
    pub(crate) fn to_time(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0)
    }

    /// The date this many seconds later, or the last one that has a name.
    pub(crate) fn later_by(self, seconds: u32) -> Self {
        Self(self.0 + u64::from(seconds)).min(Self::LAST)
    }

    /// The date as it is sent.
    ///
    /// > When a sender generates a field that contains one or more timestamps defined as HTTP-date,
    /// > the sender MUST generate those timestamps in the IMF-fixdate format.
    pub(crate) fn to_value(self) -> HeaderValue {
        HeaderValue::try_from(httpdate::fmt_http_date(self.to_time()))
            .expect("a date is visible ASCII")
    }
}

/// Reads a date that names another day of the week than it falls on.
fn parse_on_another_day(text: &str) -> Option<SystemTime> {
    let (name, rest) = text.split_at(text.find([',', ' '])?);
    let days = DAYS.iter().find(|days| days.contains(&name))?;
    if rest.len() > LONGEST {
        return None;
    }
    days.iter()
        .find_map(|day| httpdate::parse_http_date(&format!("{day}{rest}")).ok())
}

/// Enough for any of the three forms without its day.
const LONGEST: usize = 32;

const DAYS: [[&str; 7]; 2] = [
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, seconds: Option<u64>) {
        let found = HttpDate::parse(text.as_bytes());
        assert_eq!(found, seconds.map(HttpDate), "{text}");
    }

    #[test]
    fn g_08_three_forms_are_read() {
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777));
        check("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777));
        check("Sun Nov  6 08:49:37 1994", Some(784_111_777));
        check("Thursday, 01-Jan-70 00:00:00 GMT", Some(0));
        check("Monday, 31-Dec-68 23:59:59 GMT", Some(3_124_223_999));
        check("Fri, 31 Dec 9999 23:59:59 GMT", Some(HttpDate::LAST.0));
    }

    #[test]
    fn g_08_a_wrong_day_of_the_week_is_forgiven() {
        check("Mon, 06 Nov 1994 08:49:37 GMT", Some(784_111_777));
        check("Friday, 06-Nov-94 08:49:37 GMT", Some(784_111_777));
        check("Tue Nov  6 08:49:37 1994", Some(784_111_777));
        check("Sat, 01 Jan 2090 00:00:00 GMT", Some(3_786_912_000));
    }

    #[test]
    fn g_08_what_is_no_date_is_none() {
        for text in [
            "",
            "0",
            "Sun",
            "784111777",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sol, 06 Nov 1994 08:49:37 GMT",
            "06 Nov 1994 08:49:37 GMT",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
            "S\u{fc}n, 06 Nov 1994 08:49:37 GMT",
        ] {
            check(text, None);
        }
        assert_eq!(HttpDate::parse(b"\xff\xfe"), None);
    }

    #[test]
    fn e_29_parts_of_a_second_are_dropped() {
        let time = UNIX_EPOCH + Duration::from_millis(784_111_777_999);
        assert_eq!(HttpDate::of(time), HttpDate(784_111_777));
    }

    #[test]
    fn s_10_a_later_date_is_never_past_the_last() {
        for (seconds, later, expected) in [
            (0, 60, 60),
            (HttpDate::LAST.0, 0, HttpDate::LAST.0),
            (HttpDate::LAST.0 - 5, u32::MAX, HttpDate::LAST.0),
        ] {
            let found = HttpDate(seconds).later_by(later);
            assert_eq!(found, HttpDate(expected), "{seconds} and {later}");
        }
    }

    #[test]
    fn times_that_no_field_can_say_become_the_nearest() {
        let early = UNIX_EPOCH - Duration::from_secs(1);
        let late = UNIX_EPOCH + Duration::from_secs(1 << 40);
        assert_eq!(
            HttpDate::of(early).to_value(),
            "Thu, 01 Jan 1970 00:00:00 GMT"
        );
        assert_eq!(
            HttpDate::of(late).to_value(),
            "Fri, 31 Dec 9999 23:59:59 GMT"
        );
    }
}
