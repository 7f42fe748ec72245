//! Codings as text: read from settings, written to fields.

use std::str::FromStr;

use http::HeaderValue;

use super::coding::Coding;
use super::error::InvalidCompression;

/// The token in any case, and `x-gzip` for gzip.
///
/// # Example
///
/// ```
/// use tower_egress::compression::Coding;
///
/// let codings: Result<Vec<Coding>, _> = "zstd gzip".split(' ').map(str::parse).collect();
/// assert_eq!(codings?, [Coding::Zstd, Coding::Gzip]);
/// # Ok::<(), tower_egress::compression::InvalidCompression>(())
/// ```
impl FromStr for Coding {
    type Err = InvalidCompression;

    fn from_str(token: &str) -> Result<Self, Self::Err> {
        Self::from_token(token.as_bytes()).ok_or_else(|| InvalidCompression::UnknownCoding {
            token: token.to_owned(),
        })
    }
}

/// As [`FromStr`] does.
impl TryFrom<&str> for Coding {
    type Error = InvalidCompression;

    fn try_from(token: &str) -> Result<Self, Self::Error> {
        token.parse()
    }
}

/// The token; see [`Coding::as_str`].
impl From<Coding> for &'static str {
    fn from(coding: Coding) -> Self {
        coding.as_str()
    }
}

/// The value of `Content-Encoding`.
impl From<Coding> for HeaderValue {
    fn from(coding: Coding) -> Self {
        Self::from_static(coding.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_coding_is_read_as_it_is_written() {
        for &coding in Coding::preference() {
            let token: &'static str = coding.into();
            assert_eq!(token, coding.as_str());
            assert_eq!(coding.to_string(), token);
            assert_eq!(token.parse(), Ok(coding));
            assert_eq!(Coding::try_from(&*token.to_uppercase()), Ok(coding));
            assert_eq!(HeaderValue::from(coding), token);
        }
        assert_eq!("X-GZIP".parse(), Ok(Coding::Gzip));
    }

    #[test]
    fn what_names_no_coding_is_refused() {
        for token in ["", "identity", "*", " gzip", "gzip;q=1", "compress"] {
            let expected = InvalidCompression::UnknownCoding {
                token: token.to_owned(),
            };
            assert_eq!(token.parse::<Coding>(), Err(expected.clone()));
            assert_eq!(Coding::try_from(token), Err(expected));
        }
    }
}
