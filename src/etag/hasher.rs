//! What a tag is made with.

use std::fmt;
use std::sync::Arc;

use md5::{Digest, Md5 as Md5State};

use crate::rules::entity_tag::EntityTag;

/// Makes the digest of a body, which becomes the text of its tag.
///
/// A digest depends on the bytes alone, and not on how they are cut into parts. Every process,
/// machine and version of a program must make the same digest of the same bytes. Otherwise a client
/// that meets two of them gets no 304.
///
/// # Example
///
/// ```
/// use tower_egress::etag::{EtagLayer, Hasher};
///
/// /// The length: enough where nothing is ever replaced by something of the same length.
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
/// assert_eq!(Length.digest([&b"he"[..], b"llo"].into_iter()), [0, 0, 0, 0, 0, 0, 0, 5]);
/// let layer = EtagLayer::new().hasher(Length);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot make the digests of tags",
    label = "not a `Hasher`",
    note = "give a value such as `Md5`, or implement `tower_egress::etag::Hasher` for `{Self}`"
)]
pub trait Hasher {
    /// The digest. The tag has its bytes as hexadecimal digits.
    type Digest: AsRef<[u8]>;

    /// The digest of all parts of `data` in their order.
    fn digest<'a>(&self, data: impl Iterator<Item = &'a [u8]>) -> Self::Digest;
}

/// MD5: 128 bits, pure Rust, 0.6 GB/s.
///
/// Two bodies of one digest do not happen by accident. Somebody who writes both bodies can make
/// them: see the [module docs](super#which-hash).
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "users write it as a value")]
pub struct Md5;

impl Hasher for Md5 {
    type Digest = [u8; 16];

    fn digest<'a>(&self, data: impl Iterator<Item = &'a [u8]>) -> Self::Digest {
        let mut state = Md5State::new();
        data.for_each(|part| state.update(part));
        state.finalize().into()
    }
}

/// SHA-256: 256 bits, and 1.7 GB/s where the CPU has instructions for it, which is found at run
/// time.
///
/// Nobody can construct two bodies of one digest.
#[cfg(feature = "etag-sha2")]
#[cfg_attr(docsrs, doc(cfg(feature = "etag-sha2")))]
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "users write it as a value")]
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

/// XXH3: 128 bits, 24 GB/s.
///
/// Two bodies of one digest do not happen by accident, but anybody can make them on purpose.
#[cfg(feature = "etag-xxh3")]
#[cfg_attr(docsrs, doc(cfg(feature = "etag-xxh3")))]
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "users write it as a value")]
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

/// A [`Hasher`] whose type is not known, and the length of its digests.
#[derive(Clone)]
pub(super) struct TagHasher {
    hasher: Arc<dyn MakeTag>,
    digits: usize,
}

/// What is asked of a [`Hasher`], callable without its type.
trait MakeTag: Send + Sync {
    fn make_tag(&self, data: &mut dyn Iterator<Item = &[u8]>, weak: bool) -> EntityTag;
}

impl<H: Hasher + Send + Sync> MakeTag for H {
    fn make_tag(&self, data: &mut dyn Iterator<Item = &[u8]>, weak: bool) -> EntityTag {
        EntityTag::of_digest(self.digest(data).as_ref(), weak)
    }
}

impl TagHasher {
    pub(super) fn new(hasher: impl Hasher + Send + Sync + 'static) -> Self {
        Self {
            digits: 2 * hasher.digest(std::iter::empty()).as_ref().len(),
            hasher: Arc::new(hasher),
        }
    }

    /// The tag of all parts of `data` in their order.
    pub(super) fn tag<'a>(
        &self,
        mut data: impl Iterator<Item = &'a [u8]>,
        weak: bool,
    ) -> EntityTag {
        self.hasher.make_tag(&mut data, weak)
    }

    /// Whether the hasher may have made the strong tag of this text: it has as many hexadecimal
    /// digits as the digests have.
    pub(super) fn may_have_made(&self, opaque: &[u8]) -> bool {
        let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        opaque.len() == self.digits && opaque.iter().all(is_digit)
    }
}

impl Default for TagHasher {
    fn default() -> Self {
        Self::new(Md5)
    }
}

impl fmt::Debug for TagHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TagHasher")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(hasher: impl Hasher + Send + Sync + 'static, text: &[u8], expected: &str) {
        let hasher = TagHasher::new(hasher);
        let whole = hasher.tag(std::iter::once(text), false);
        assert_eq!(whole.to_string(), expected);
        assert!(hasher.may_have_made(whole.opaque()));
        let weak = hasher.tag(std::iter::once(text), true);
        assert_eq!(weak.to_string(), format!("W/{expected}"));
        let bytes = hasher.tag(text.chunks(1), false);
        assert_eq!(bytes, whole, "cut into bytes");
    }

    // Each digest as the tool of its name prints it.

    #[test]
    fn e_32_golden_tags_of_md5() {
        check(Md5, b"", "\"d41d8cd98f00b204e9800998ecf8427e\"");
        check(Md5, b"abc", "\"900150983cd24fb0d6963f7d28e17f72\"");
    }

    #[cfg(feature = "etag-sha2")]
    #[test]
    fn e_32_golden_tags_of_sha_256() {
        check(
            Sha256,
            b"",
            "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"",
        );
        check(
            Sha256,
            b"abc",
            "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"",
        );
    }

    #[cfg(feature = "etag-xxh3")]
    #[test]
    fn e_32_golden_tags_of_xxh3() {
        check(Xxh3, b"", "\"99aa06d3014798d86001c324468d497f\"");
        check(Xxh3, b"abc", "\"06b05ab6733a618578af5f94892f3950\"");
    }
}
