//! What tells the coded forms of one representation apart. Pure.

use http::HeaderValue;

use super::coding::Coding;

/// One coded form of a representation.
///
/// All that depends on which form is sent comes from here: the suffix of its entity tag, the names
/// in `Vary`, and the key of the pool of encoders. Today a coding is all there is to a form; a
/// dictionary would be one more field.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Variant {
    coding: Coding,
}

impl Variant {
    /// The request fields that select a form, as `Vary` names them.
    pub(super) const SELECTED_BY: [HeaderValue; 1] = [HeaderValue::from_static("accept-encoding")];

    pub(super) const fn new(coding: Coding) -> Self {
        Self { coding }
    }

    pub(super) const fn coding(self) -> Coding {
        self.coding
    }

    /// What the form appends to a strong entity tag. It has one hyphen, its first byte.
    pub(super) const fn tag_suffix(self) -> &'static str {
        match self.coding {
            Coding::Brotli => "-br",
            Coding::Deflate => "-deflate",
            Coding::Gzip => "-gzip",
            Coding::Zstd => "-zstd",
        }
    }

    /// The form in one of `codings` that appends `suffix`.
    pub(super) fn of_suffix(suffix: &[u8], codings: &[Coding]) -> Option<Self> {
        let mut forms = codings.iter().map(|&coding| Self::new(coding));
        forms.find(|form| form.tag_suffix().as_bytes() == suffix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_22_every_form_has_a_suffix_of_its_own_with_one_hyphen() {
        for &coding in Coding::preference() {
            let form = Variant::new(coding);
            let suffix = form.tag_suffix();
            assert_eq!(suffix.rfind('-'), Some(0), "{suffix}");
            let found = Variant::of_suffix(suffix.as_bytes(), Coding::preference());
            assert_eq!(found, Some(form));
            assert_eq!(Variant::of_suffix(suffix.as_bytes(), &[]), None);
        }
        assert_eq!(Variant::of_suffix(b"-GZIP", Coding::preference()), None);
    }
}
