//! Durations as text. Pure.

use std::time::Duration;

/// Enough for the digits of any duration: twenty before the point, nine after it, the point.
const MOST: usize = 32;

/// The room for a suffix.
const MOST_SUFFIX: usize = 2;

/// A decimal number in text, on the stack.
pub(super) struct Decimal {
    // Invariant: the number ends at `MOST`; a suffix may follow.
    bytes: [u8; MOST + MOST_SUFFIX],
    start: usize,
}

impl Decimal {
    /// The milliseconds of `duration` with this number of digits after the point, rounded to the
    /// nearest, a half upwards. With 0 digits there is no point.
    ///
    /// ```text
    /// 1*DIGIT [ "." 1*9DIGIT ]
    /// ```
    pub(super) fn millis(duration: Duration, digits: u8) -> Self {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let kept = digits.min(NANO_DIGITS);
        let unit = UNITS[usize::from(NANO_DIGITS - kept)];
        let rounded = nanos.saturating_add(unit / 2) / unit;
        let mut text = Self {
            bytes: [b'0'; MOST + MOST_SUFFIX],
            start: MOST,
        };
        // What is beyond a nanosecond is zeros.
        text.start -= usize::from(digits - kept);
        let mut rest = rounded;
        for _ in 0..kept {
            rest = text.push_last_digit(rest);
        }
        if digits > 0 {
            text.push(b'.');
        }
        rest = text.push_last_digit(rest);
        while rest > 0 {
            rest = text.push_last_digit(rest);
        }
        text
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[self.start..MOST]
    }

    /// The number with a suffix of at most two bytes.
    pub(super) fn followed_by(&mut self, suffix: &[u8]) -> &[u8] {
        let end = MOST + suffix.len();
        self.bytes[MOST..end].copy_from_slice(suffix);
        &self.bytes[self.start..end]
    }

    /// Puts the last digit of a number before those that are there; what is left of the number.
    const fn push_last_digit(&mut self, number: u64) -> u64 {
        self.push(b'0' + (number % 10) as u8);
        number / 10
    }

    /// Puts a byte before those that are there.
    const fn push(&mut self, byte: u8) {
        self.start -= 1;
        self.bytes[self.start] = byte;
    }
}

/// A nanosecond is so many digits of a millisecond.
const NANO_DIGITS: u8 = 6;

/// The nanoseconds of the last digit, by the number of digits that are not shown.
const UNITS: [u64; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// `duration` as a multiple of `step`, the nearest.
pub(super) fn round(duration: Duration, step: Duration) -> Duration {
    let step = step.as_nanos();
    if step == 0 {
        return duration;
    }
    let steps = (duration.as_nanos() + step / 2) / step;
    Duration::from_nanos(u64::try_from(steps * step).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(nanos: u64, digits: u8, expected: &str) {
        let found = Decimal::millis(Duration::from_nanos(nanos), digits);
        let found = std::str::from_utf8(found.as_bytes()).unwrap();
        assert_eq!(found, expected, "{nanos} ns, {digits} digits");
    }

    #[test]
    fn t_03_t_10_milliseconds_have_as_many_digits_as_asked_for() {
        check(12_345_678, 0, "12");
        check(12_345_678, 1, "12.3");
        check(12_345_678, 3, "12.346");
        check(12_345_678, 6, "12.345678");
        check(12_345_678, 7, "12.3456780");
        check(12_345_678, 9, "12.345678000");
        check(0, 0, "0");
        check(0, 3, "0.000");
        check(0, 9, "0.000000000");
        check(1, 3, "0.000");
        check(1, 6, "0.000001");
        check(500, 3, "0.001");
        check(499, 3, "0.000");
        check(999_999, 3, "1.000");
        check(999_999, 0, "1");
        check(10_000_000, 0, "10");
        check(3_600_000_000_000, 3, "3600000.000");
        check(u64::MAX, 9, "18446744073709.551615000");
    }

    #[test]
    fn f_06_the_longest_duration_is_text_too() {
        let longest = Decimal::millis(Duration::MAX, 9);
        assert_eq!(longest.as_bytes(), b"18446744073709.551615000");
    }

    #[test]
    fn t_09_durations_are_rounded_to_steps() {
        let millis = Duration::from_millis;
        assert_eq!(round(millis(12), millis(10)), millis(10));
        assert_eq!(round(millis(15), millis(10)), millis(20));
        assert_eq!(round(millis(4), millis(10)), millis(0));
        assert_eq!(round(millis(12), millis(0)), millis(12));
    }
}
