//! Weights (`q=`, RFC 9110 §12.4.2), kept as integers so that comparing is exact.

use super::trim_ows;

/// A `qvalue` in thousandths: `q=0.5` is 500.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Weight(u16);

impl Weight {
    /// The weight of a member that names none.
    pub(crate) const ONE: Self = Self(1000);

    /// ```text
    /// qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )
    /// ```
    fn parse(text: &[u8]) -> Option<Self> {
        let (whole, fraction) = match text {
            [whole] => (whole, &[][..]),
            [whole, b'.', fraction @ ..] if fraction.len() <= 3 => (whole, fraction),
            _ => return None,
        };
        let mut thousandths = match whole {
            b'0' => 0,
            b'1' => 1000,
            _ => return None,
        };
        for (digit, place) in fraction.iter().zip([100, 10, 1]) {
            if !digit.is_ascii_digit() {
                return None;
            }
            thousandths += u16::from(digit - b'0') * place;
        }
        (thousandths <= Self::ONE.0).then_some(Self(thousandths))
    }

    /// RFC 9110 §12.4.2:
    ///
    /// > a value of 0 means "not acceptable"
    pub(crate) const fn is_refusal(self) -> bool {
        self.0 == 0
    }
}

/// Reads one member of a negotiation list: the token, and its weight.
///
/// ```text
/// codings [ weight ]
/// weight = OWS ";" OWS "q=" qvalue
/// ```
///
/// `None` when what follows the name is anything else (`gzip;q=2`, `gzip;level=9`): a reader then
/// ignores that member and keeps the others. The name is whatever stands there; what is no token is
/// no name that a reader knows either.
pub(crate) fn member(element: &[u8]) -> Option<(&[u8], Weight)> {
    let Some(semicolon) = element.iter().position(|&byte| byte == b';') else {
        return Some((element, Weight::ONE));
    };
    let [b'q' | b'Q', b'=', qvalue @ ..] = trim_ows(&element[semicolon + 1..]) else {
        return None;
    };
    Some((trim_ows(&element[..semicolon]), Weight::parse(qvalue)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(qvalue: &str, expected: Option<u16>) {
        let found = Weight::parse(qvalue.as_bytes());
        assert_eq!(found, expected.map(Weight), "q={qvalue}");
    }

    #[test]
    fn c_17_a_weight_has_at_most_three_decimals_and_is_at_most_one() {
        check("0", Some(0));
        check("0.", Some(0));
        check("0.5", Some(500));
        check("0.001", Some(1));
        check("0.999", Some(999));
        check("1", Some(1000));
        check("1.", Some(1000));
        check("1.000", Some(1000));

        check("", None);
        check("1.001", None);
        check("1.5", None);
        check("2", None);
        check("0.0001", None);
        check(".5", None);
        check("-1", None);
        check("+1", None);
        check("0,5", None);
        check("0.5 ", None);
        check("NaN", None);
        check("1e0", None);
        check(&"9".repeat(40), None);
    }

    #[track_caller]
    fn check_member(element: &str, expected: Option<(&str, u16)>) {
        let found = member(element.as_bytes());
        let expected = expected.map(|(name, weight)| (name.as_bytes(), Weight(weight)));
        assert_eq!(found, expected, "{element}");
    }

    #[test]
    fn c_18_a_malformed_member_is_none() {
        check_member("gzip", Some(("gzip", 1000)));
        check_member("gzip;q=0.5", Some(("gzip", 500)));
        check_member("gzip \t;\t Q=0.5", Some(("gzip", 500)));
        check_member("*;q=0", Some(("*", 0)));

        check_member("gzip;", None);
        check_member("gzip;q", None);
        check_member("gzip;q=", None);
        check_member("gzip;q =1", None);
        check_member("gzip;q= 1", None);
        check_member("gzip;level=9", None);
        check_member("gzip;q=1;level=9", None);
        check_member("gzip;level=9;q=1", None);
    }
}
