//! Choosing a coding from `Accept-Encoding` (RFC 9110 §12.5.3). Pure: no body, no clock, no
//! allocation.

use std::slice;

use http::HeaderValue;

use super::coding::Coding;
use crate::fields::list;
use crate::fields::weight::{self, Weight};

/// What a request wants of the codings on offer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Preference {
    /// The coding to apply; `None` asks for the representation as it is.
    pub(super) coding: Option<Coding>,
    /// The client refused to be sent the representation as it is.
    pub(super) identity_refused: bool,
}

/// The `Accept-Encoding` of a request.
///
/// Its lines are kept until something depends on them, and then read once. Most responses that are
/// sent as they are would be so for any request, and to read the lines costs more than to keep
/// them.
#[derive(Debug, Default)]
pub(super) enum Accepted {
    #[default]
    Unsaid,
    Line(HeaderValue),
    Lines(Vec<HeaderValue>),
    Read(Weights),
}

impl Accepted {
    /// Takes the next line. All are taken before one is read.
    #[inline]
    pub(super) fn push(&mut self, line: HeaderValue) {
        match self {
            Self::Unsaid => *self = Self::Line(line),
            Self::Line(first) => *self = Self::Lines(vec![first.clone(), line]),
            Self::Lines(lines) => lines.push(line),
            Self::Read(_) => {}
        }
    }

    /// Chooses among `offered`, which is in order of preference.
    ///
    /// The highest weight wins, `offered` breaks ties, and a coding beats `identity` at equal
    /// weight.
    ///
    /// Without an `Accept-Encoding` any coding would be acceptable (rule 1), but clients that say
    /// nothing mostly understand nothing: they get `when_absent`.
    pub(super) fn negotiate(
        &mut self,
        offered: &[Coding],
        when_absent: Option<Coding>,
    ) -> Preference {
        let Some(weights) = self.weights() else {
            return Preference {
                coding: when_absent,
                identity_refused: false,
            };
        };
        let identity = weights.identity.or(weights.any);
        Preference {
            coding: best(weights, offered)
                .filter(|&(_, weight)| identity.is_none_or(|identity| identity <= weight))
                .map(|(coding, _)| coding),
            identity_refused: identity.is_some_and(Weight::is_refusal),
        }
    }

    /// Whether the request accepts `coding`: with a weight above 0, or by saying nothing (rule 1).
    pub(super) fn accepts(&mut self, coding: Coding) -> bool {
        self.weights().is_none_or(|weights| {
            let weight = weights.of(coding);
            weight.is_some_and(|weight| !weight.is_refusal())
        })
    }

    /// Whether a weight is given at all: without one, nothing is refused. It is quick to tell.
    pub(super) fn has_weights(&self) -> bool {
        let has_weight = |line: &HeaderValue| line.as_bytes().contains(&b';');
        match self {
            Self::Unsaid => false,
            Self::Line(line) => has_weight(line),
            Self::Lines(lines) => lines.iter().any(has_weight),
            Self::Read(_) => true,
        }
    }

    /// The weights, read at the first call; `None` where there is no such field.
    #[inline]
    fn weights(&mut self) -> Option<&Weights> {
        let read = match self {
            Self::Unsaid => return None,
            Self::Line(line) => Some(Weights::read(slice::from_ref(line))),
            Self::Lines(lines) => Some(Weights::read(lines)),
            Self::Read(_) => None,
        };
        if let Some(weights) = read {
            *self = Self::Read(weights);
        }
        match self {
            Self::Read(weights) => Some(weights),
            _ => None,
        }
    }
}

/// The acceptable coding with the highest weight.
///
/// Where only `*` speaks for the codings of that weight, a client that knows but one coding is
/// likeliest to know gzip: it stands for them all if it is among them.
fn best(weights: &Weights, offered: &[Coding]) -> Option<(Coding, Weight)> {
    if !weights.name_codings {
        return None;
    }
    let weights_given = offered.iter().filter_map(|&coding| weights.of(coding));
    let highest = weights_given.max().filter(|weight| !weight.is_refusal())?;
    let mut tied = offered
        .iter()
        .copied()
        .filter(|&coding| weights.of(coding) == Some(highest));
    let gzip_is_tied = tied.clone().any(|coding| coding == Coding::Gzip);
    let chosen = tied.find(|&coding| {
        !gzip_is_tied || coding == Coding::Gzip || weights.named(coding).is_some()
    })?;
    Some((chosen, highest))
}

/// The weights that one request gives, by whom it gives them.
#[derive(Debug, Default)]
pub(super) struct Weights {
    /// There is a weight for some coding, or for all of them.
    name_codings: bool,
    any: Option<Weight>,
    identity: Option<Weight>,
    named: [Option<Weight>; Coding::COUNT],
}

impl Weights {
    /// Reads the `Accept-Encoding` lines. A malformed member is ignored and the others stand; of
    /// two members of one name the higher weight counts.
    ///
    /// ```text
    /// Accept-Encoding = #( codings [ weight ] )
    /// codings         = content-coding / "identity" / "*"
    /// ```
    fn read(lines: &[HeaderValue]) -> Self {
        let mut weights = Self::default();
        for line in lines {
            for (name, weight) in list::elements_of_line(line).filter_map(weight::member) {
                if let Some(place) = weights.place(name) {
                    *place = (*place).max(Some(weight));
                }
            }
        }
        weights
    }

    fn place(&mut self, name: &[u8]) -> Option<&mut Option<Weight>> {
        if name.eq_ignore_ascii_case(b"identity") {
            return Some(&mut self.identity);
        }
        self.name_codings = true;
        if name == b"*" {
            return Some(&mut self.any);
        }
        Coding::from_token(name).map(|coding| &mut self.named[coding as usize])
    }

    const fn named(&self, coding: Coding) -> Option<Weight> {
        self.named[coding as usize]
    }

    /// RFC 9110 §12.5.3:
    ///
    /// > The asterisk "*" symbol in an Accept-Encoding field matches any available content coding
    /// > not explicitly listed in the field.
    fn of(&self, coding: Coding) -> Option<Weight> {
        self.named(coding).or(self.any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Coding::{Brotli, Deflate, Gzip, Zstd};
    use http::HeaderMap;
    use http::header::ACCEPT_ENCODING;

    const REFUSED: bool = true;

    fn negotiate(
        request: &HeaderMap,
        offered: &[Coding],
        when_absent: Option<Coding>,
    ) -> Preference {
        let mut accepted = Accepted::default();
        for line in request.get_all(ACCEPT_ENCODING) {
            accepted.push(line.clone());
        }
        accepted.negotiate(offered, when_absent)
    }

    #[track_caller]
    fn check_lines(lines: &[&str], coding: Option<Coding>, identity_refused: bool) {
        let mut request = HeaderMap::new();
        for line in lines {
            request.append(ACCEPT_ENCODING, line.parse().unwrap());
        }
        let expected = Preference {
            coding,
            identity_refused,
        };
        let found = negotiate(&request, Coding::preference(), None);
        assert_eq!(found, expected, "Accept-Encoding: {lines:?}");
    }

    #[track_caller]
    fn check(line: &str, coding: Option<Coding>) {
        check_lines(&[line], coding, false);
    }

    #[track_caller]
    fn check_refused(line: &str, coding: Option<Coding>) {
        check_lines(&[line], coding, REFUSED);
    }

    #[test]
    fn c_10_no_field_means_identity_or_what_the_user_chose() {
        check_lines(&[], None, false);
        let found = negotiate(&HeaderMap::new(), &[Deflate, Gzip], Some(Gzip));
        assert_eq!(found.coding, Some(Gzip));
    }

    #[test]
    fn c_11_an_empty_field_wants_no_coding() {
        check("", None);
        check(",", None);
        check(" ", None);
    }

    #[test]
    fn c_12_identity_is_acceptable_unless_refused() {
        check("identity", None);
        check("br, *;q=0.1", Some(Brotli));
        check_refused("identity;q=0", None);
        check_refused("identity;q=0, gzip", Some(Gzip));
        check_refused("*;q=0", None);
        check_refused("gzip, *;q=0", Some(Gzip));
        check("identity, *;q=0", None);
        check("identity;q=0.001, *;q=0", None);
    }

    #[test]
    fn c_13_a_named_coding_beats_the_star() {
        check("gzip;q=0, *", Some(Zstd));
        check("br;q=0, gzip;q=0, *", Some(Zstd));
        check("zstd;q=0, br;q=0, gzip;q=0, *", Some(Deflate));
        check("gzip;q=0", None);
        check("br;q=0, gzip;q=0, deflate;q=0", None);
    }

    #[test]
    fn c_14_the_highest_weight_wins() {
        check("br;q=.5, gzip;q=0.8", Some(Gzip));
        check("br;q=0.5, gzip;q=0.8", Some(Gzip));
        check("gzip;q=1, br;q=0.3", Some(Gzip));
        check("br;q=0.001, gzip;q=0.002", Some(Gzip));
        check("deflate;q=0.9, gzip;q=0.8", Some(Deflate));
        check("gzip;q=0.2, *;q=0.5", Some(Zstd));
        check("identity;q=0.5, gzip;q=0.2", None);
        check("gzip;q=0.001", Some(Gzip));
    }

    #[test]
    fn c_14_the_order_of_preference_breaks_ties() {
        check("gzip, deflate, br, zstd", Some(Zstd));
        check("deflate, gzip, br", Some(Gzip));
        check("deflate, br", Some(Brotli));
        check("deflate, identity", Some(Deflate));
        check("identity;q=0.5, deflate;q=0.5", Some(Deflate));

        let mut request = HeaderMap::new();
        request.insert(ACCEPT_ENCODING, "gzip, deflate, br".parse().unwrap());
        let found = negotiate(&request, &[Deflate, Brotli], None);
        assert_eq!(found.coding, Some(Deflate));
    }

    #[test]
    fn a_star_alone_stands_for_gzip() {
        check("*", Some(Gzip));
        check("*, *", Some(Gzip));
        check("gzip, *", Some(Gzip));
        check("identity;q=0.5, *;q=0.6", Some(Gzip));
        check("br, *;q=0.9", Some(Brotli));
        check("br, *", Some(Gzip));
        check("zstd, *", Some(Zstd));
    }

    #[test]
    fn c_15_an_unknown_coding_leaves_identity() {
        check("compress", None);
        check("bogus, br", Some(Brotli));
        check_refused("compress, identity;q=0", None);
    }

    #[test]
    fn c_16_everything_refused_is_no_coding() {
        check_refused("*;q=0, identity;q=0", None);
    }

    #[test]
    fn c_17_the_syntax_of_a_weight_is_lenient_about_space_and_case() {
        check("gzip ; Q=0", None);
        check("gzip\t;\tq=0.5", Some(Gzip));
    }

    #[test]
    fn c_18_a_malformed_member_is_ignored_and_the_others_stand() {
        check("gzip;q=1.5, deflate", Some(Deflate));
        check("gzip;q=NaN, deflate;q=0.1", Some(Deflate));
        check("gzip;foo=bar;q=0", None);
        check("gzip;q=0.0001", None);
        check("=, ;, \"gzip, deflate", None);
        check("gzip;q=, br", Some(Brotli));
    }

    #[test]
    fn of_two_members_of_one_name_the_higher_weight_counts() {
        check("gzip;q=0, x-gzip;q=0.5", Some(Gzip));
        check("gzip;q=0.5, gzip;q=0", Some(Gzip));
    }

    #[test]
    fn g_03_all_lines_are_one_list() {
        check_lines(&["gzip;q=0.5", "br"], Some(Brotli), false);
        check_lines(&["identity;q=0", "", "deflate"], Some(Deflate), REFUSED);
    }

    #[test]
    fn g_02_bytes_beyond_ascii_match_nothing() {
        let mut request = HeaderMap::new();
        let line = HeaderValue::from_bytes(b"gz\xffip, \xff;q=1, br").unwrap();
        request.insert(ACCEPT_ENCODING, line);
        let found = negotiate(&request, Coding::preference(), None);
        assert_eq!(found.coding, Some(Brotli));
    }

    #[test]
    fn it_says_the_same_however_often_it_is_read() {
        let mut accepted = Accepted::default();
        accepted.push(HeaderValue::from_static("gzip;q=0.5"));
        accepted.push(HeaderValue::from_static("br;q=0, identity;q=0"));
        for _ in 0..2 {
            assert!(accepted.has_weights());
            let expected = Preference {
                coding: Some(Gzip),
                identity_refused: true,
            };
            assert_eq!(accepted.negotiate(Coding::preference(), None), expected);
            assert!(accepted.accepts(Gzip));
            assert!(!accepted.accepts(Brotli));
            assert!(!accepted.accepts(Zstd));
        }
        assert!(Accepted::default().accepts(Zstd));
    }
}
