//! The content codings, their tokens and their levels.

use std::fmt;
use std::ops::RangeInclusive;

/// A content coding that [`CompressionLayer`](super::CompressionLayer) can apply.
///
/// Every coding has a name here. Which of them this build can apply depends on its cargo features:
/// see [`is_available`](Self::is_available).
///
/// # Example
///
/// ```
/// use tower_egress::compression::Coding;
///
/// let coding: Coding = "br".parse()?;
/// assert_eq!(coding, Coding::Brotli);
/// assert_eq!(coding.as_str(), "br");
/// # Ok::<(), tower_egress::compression::InvalidCompression>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Coding {
    /// `br`: Brotli (RFC 7932). Feature `compression-br`.
    Brotli,
    /// `deflate`: the zlib container (RFC 1950), as RFC 9110 §8.4.1.2 has it. Feature
    /// `compression-deflate`.
    Deflate,
    /// `gzip` (RFC 1952), also asked for as `x-gzip`. Feature `compression-gzip`.
    Gzip,
    /// `zstd` (RFC 8878), with windows of at most 8 MiB (RFC 9659). Feature `compression-zstd`.
    Zstd,
}

impl Coding {
    const ALL: [Self; 4] = [Self::Zstd, Self::Gzip, Self::Brotli, Self::Deflate];

    /// How many codings there are; as an index, each is less.
    pub(super) const COUNT: usize = Self::ALL.len();

    /// All codings, in the order that breaks ties where the client has no preference: `zstd`,
    /// `gzip`, `br`, `deflate`.
    ///
    /// From measurement: at nearly equal size, zstd costs a third of the time of gzip. Brotli is
    /// 5-9 % smaller than gzip at three times its cost. Services that pay for bytes and not for
    /// time put it first, with [`CompressionLayer::codings`](super::CompressionLayer::codings).
    #[must_use]
    pub const fn preference() -> &'static [Self] {
        &Self::ALL
    }

    /// The token that names the coding in `Accept-Encoding` and `Content-Encoding`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Deflate => "deflate",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// Whether this build can apply the coding: whether its cargo feature is on.
    #[must_use]
    pub const fn is_available(self) -> bool {
        match self {
            Self::Brotli => cfg!(feature = "compression-br"),
            Self::Deflate => cfg!(feature = "compression-deflate"),
            Self::Gzip => cfg!(feature = "compression-gzip"),
            Self::Zstd => cfg!(feature = "compression-zstd"),
        }
    }

    /// The level used unless another is set: 6 for gzip and deflate, 5 for br, 3 for zstd.
    ///
    /// gzip, deflate and zstd keep their libraries' own defaults. Brotli's own, 11, takes
    /// milliseconds for a small page; 5 is the lowest level whose output is smaller than gzip's
    /// by enough to matter.
    #[must_use]
    pub const fn default_level(self) -> i32 {
        match self {
            Self::Gzip | Self::Deflate => 6,
            Self::Brotli => 5,
            Self::Zstd => 3,
        }
    }

    /// The levels that can be set: 0-9 for gzip and deflate, 0-11 for br, 1-22 for zstd.
    #[must_use]
    pub const fn levels(self) -> RangeInclusive<i32> {
        match self {
            Self::Gzip | Self::Deflate => 0..=9,
            Self::Brotli => 0..=11,
            Self::Zstd => 1..=22,
        }
    }

    /// The coding that an `Accept-Encoding` token names.
    ///
    /// RFC 9110 §8.4.1:
    ///
    /// > All content codings are case-insensitive
    ///
    /// and §8.4.1.3:
    ///
    /// > A recipient SHOULD consider "x-gzip" to be equivalent to "gzip".
    pub(super) fn from_token(token: &[u8]) -> Option<Self> {
        if token.eq_ignore_ascii_case(b"x-gzip") {
            return Some(Self::Gzip);
        }
        Self::ALL
            .into_iter()
            .find(|coding| token.eq_ignore_ascii_case(coding.as_str().as_bytes()))
    }

    /// Whether its encoder has a window that can be set; gzip and deflate always have 32 KiB.
    pub(super) const fn has_window(self) -> bool {
        matches!(self, Self::Brotli | Self::Zstd)
    }

    /// The cargo feature that makes the coding available.
    pub(super) const fn feature(self) -> &'static str {
        match self {
            Self::Brotli => "compression-br",
            Self::Deflate => "compression-deflate",
            Self::Gzip => "compression-gzip",
            Self::Zstd => "compression-zstd",
        }
    }
}

impl fmt::Display for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_04_tokens_ignore_case() {
        for &coding in Coding::preference() {
            let token = coding.as_str();
            assert_eq!(Coding::from_token(token.as_bytes()), Some(coding));
            let upper = token.to_ascii_uppercase();
            assert_eq!(Coding::from_token(upper.as_bytes()), Some(coding));
        }
        assert_eq!(Coding::from_token(b"compress"), None);
        assert_eq!(Coding::from_token(b"identity"), None);
        assert_eq!(Coding::from_token(b""), None);
    }

    #[test]
    fn c_05_x_gzip_is_gzip() {
        assert_eq!(Coding::from_token(b"X-Gzip"), Some(Coding::Gzip));
    }

    #[test]
    fn every_default_level_can_be_set() {
        for &coding in Coding::preference() {
            assert!(
                coding.levels().contains(&coding.default_level()),
                "{coding}"
            );
        }
    }
}
