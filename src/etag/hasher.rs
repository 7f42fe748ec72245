//! What a tag is made with.

use http::HeaderValue;
use md5::{Digest, Md5 as Md5State};

use crate::fields::hex;

/// Makes the digest that a tag says.
///
/// A digest depends on the bytes alone, not on how they are cut: every process, machine and version of
/// a program gives the same tag to the same bytes, or a client that meets two of them is never told
/// that it has them already.
///
/// # Example
///
/// ```
/// use tower_egress::etag::{EtagLayer, Hasher};
///
/// /// The length, which is enough where nothing is ever replaced by as much.
/// #[derive(Clone, Copy)]
/// struct Length;
///
/// impl Hasher for Length {
///     type Digest = [u8; 8];
///
///     fn digest<'a>(&self, data: impl Iterator<Item = &'a [u8]>) -> [u8; 8] {
///         data.map(|part| part.len() as u64).sum::<u64>().to_be_bytes()
///     }
/// }
///
/// let layer = EtagLayer::new().hasher(Length);
/// ```
pub trait Hasher {
    /// The digest; twice as many hexadecimal digits as it has bytes make the tag.
    type Digest: AsRef<[u8]>;

    /// The digest of all parts of `data` in their order.
    fn digest<'a>(&self, data: impl Iterator<Item = &'a [u8]>) -> Self::Digest;
}

/// MD5: 128 bits, pure Rust, 0.6 GB/s.
///
/// Two bodies with one digest do not happen by accident. Who writes both can make them; see the
/// [module docs](super#which-hash).
#[derive(Clone, Copy, Debug, Default)]
pub struct Md5;

impl Hasher for Md5 {
    type Digest = [u8; 16];

    fn digest<'a>(&self, data: impl Iterator<Item = &'a [u8]>) -> Self::Digest {
        let mut state = Md5State::new();
        data.for_each(|part| state.update(part));
        state.finalize().into()
    }
}

/// SHA-256: 256 bits, of which nobody can make two bodies; 1.7 GB/s where the CPU has instructions
/// for it, which is found out at run time.
#[cfg(feature = "etag-sha2")]
#[cfg_attr(docsrs, doc(cfg(feature = "etag-sha2")))]
#[derive(Clone, Copy, Debug, Default)]
pub struct Sha256;

#[cfg(feature = "etag-sha2")]
impl Hasher for Sha256 {
    type Digest = [u8; 32];

    fn digest<'a>(&self, data: impl Iterator<Item = &'a [u8]>) -> Self::Digest {
        let mut state = sha2::Sha256::new();
        data.for_each(|part| state.update(part));
        state.finalize().into()
    }
}

/// XXH3: 128 bits, 24 GB/s. No accident makes two bodies of one digest, and anybody can on purpose.
#[cfg(feature = "etag-xxh3")]
#[cfg_attr(docsrs, doc(cfg(feature = "etag-xxh3")))]
#[derive(Clone, Copy, Debug, Default)]
pub struct Xxh3;

#[cfg(feature = "etag-xxh3")]
impl Hasher for Xxh3 {
    type Digest = [u8; 16];

    fn digest<'a>(&self, mut data: impl Iterator<Item = &'a [u8]>) -> Self::Digest {
        let first = data.next().unwrap_or_default();
        let Some(second) = data.next() else {
            // The state for what comes in parts is larger than most bodies.
            return xxhash_rust::xxh3::xxh3_128(first).to_be_bytes();
        };
        let mut state = xxhash_rust::xxh3::Xxh3Default::new();
        [first, second]
            .into_iter()
            .chain(data)
            .for_each(|part| state.update(part));
        state.digest128().to_be_bytes()
    }
}

/// The tag that says `digest`, as a field value.
pub(super) fn tag(digest: &[u8], strength: Strength) -> HeaderValue {
    let mut text = Vec::with_capacity(2 * digest.len() + 4);
    text.extend_from_slice(match strength {
        Strength::Weak => b"W/\"",
        Strength::Strong => b"\"",
    });
    hex::write(&mut text, digest);
    text.push(b'"');
    HeaderValue::from_maybe_shared(bytes::Bytes::from(text)).expect("digits in quotes are visible")
}

/// Whether `hasher` may have made the strong tag that says `opaque`: it has as many hexadecimal digits
/// as the digests of `hasher`.
pub(super) fn may_have_made<H: Hasher>(hasher: &H, opaque: &[u8]) -> bool {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let length = 2 * hasher.digest(std::iter::empty()).as_ref().len();
    opaque.len() == length && opaque.iter().all(is_digit)
}

/// What a tag promises of the bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Strength {
    Strong,
    Weak,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<H: Hasher>(hasher: &H, text: &[u8], expected: &str) {
        let whole = hasher.digest(std::iter::once(text));
        assert_eq!(tag(whole.as_ref(), Strength::Strong), expected);
        assert_eq!(tag(whole.as_ref(), Strength::Weak), format!("W/{expected}"));
        let bytes = hasher.digest(text.chunks(1));
        assert_eq!(bytes.as_ref(), whole.as_ref(), "cut into bytes");
    }

    // Each digest as the tool of its name prints it.

    #[test]
    fn e_32_golden_tags_of_md5() {
        check(&Md5, b"", "\"d41d8cd98f00b204e9800998ecf8427e\"");
        check(&Md5, b"abc", "\"900150983cd24fb0d6963f7d28e17f72\"");
    }

    #[cfg(feature = "etag-sha2")]
    #[test]
    fn e_32_golden_tags_of_sha_256() {
        check(
            &Sha256,
            b"",
            "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"",
        );
        check(
            &Sha256,
            b"abc",
            "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"",
        );
    }

    #[cfg(feature = "etag-xxh3")]
    #[test]
    fn e_32_golden_tags_of_xxh3() {
        check(&Xxh3, b"", "\"99aa06d3014798d86001c324468d497f\"");
        check(&Xxh3, b"abc", "\"06b05ab6733a618578af5f94892f3950\"");
    }
}
