//! The nonces of a response: made when the handler first draws one.

use std::fmt;
use std::sync::{Arc, OnceLock};

use http::Extensions;

use crate::fields::hex;
use crate::marks::nonce::NonceRead;

/// The nonce of a response, for the `nonce` attribute of what its page runs.
///
/// The layer leaves one in the extensions of each request where a policy has
/// [`CspSource::NONCE`](super::CspSource::NONCE) or
/// [`CspSource::STYLE_NONCE`](super::CspSource::STYLE_NONCE). With the feature `axum` it is also an
/// argument of handlers. Clones are of the same response.
///
/// Only [`draw`](Self::draw) and [`draw_style`](Self::draw_style) tell the nonce, and have it put
/// into the policy. A response for which nobody draws has a policy without a nonce, and may be
/// cached as before. To hold the nonce, clone it or log it changes nothing: it has no `Display`,
/// and its `Debug` hides it.
///
/// Draw before you return the response, also for a body that is written later. A nonce that a body
/// draws for the first time is too late for the policy, and what has it does not run.
///
/// # Example
///
/// ```
/// use http::{Request, Response};
/// use tower_egress::security_headers::CspNonce;
///
/// fn page(request: &Request<()>) -> Response<String> {
///     let nonce = CspNonce::of(request.extensions());
///     Response::new(format!("<script nonce=\"{}\">start()</script>", nonce.draw()))
/// }
/// # assert_eq!(page(&Request::new(())).body(), "<script nonce=\"\">start()</script>");
/// ```
#[derive(Clone, Default)]
pub struct CspNonce {
    // `None` where no layer has a policy with nonces.
    shared: Option<Arc<Shared>>,
}

struct Shared {
    read: NonceRead,
    /// `None` in it where there is no randomness.
    drawn: OnceLock<Option<Nonces>>,
}

impl CspNonce {
    /// The nonce of a request. Where there is none, one whose text is empty, so that a handler need
    /// not care.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().cloned().unwrap_or_default()
    }

    /// The nonce of [`CspSource::NONCE`](super::CspSource::NONCE): 128 bits of the operating
    /// system's randomness, as 32 lower-case hexadecimal digits. Every call gives the same one.
    ///
    /// The first call marks the response, which is then never given out twice. Its `Cache-Control`
    /// becomes `private, no-cache` (`no-store` stays), and it has no validators.
    ///
    /// The text is empty where no layer has a policy with a nonce, and where the operating system
    /// has no randomness to give. In the latter case the policy has no nonce either, and nothing
    /// runs that needs one.
    #[must_use]
    pub fn draw(&self) -> &str {
        self.of_kind(Kind::Script)
    }

    /// The nonce of [`CspSource::STYLE_NONCE`](super::CspSource::STYLE_NONCE), otherwise like
    /// [`draw`](Self::draw). It is another one, so that whoever can put a style sheet into the page
    /// cannot put a script there.
    #[must_use]
    pub fn draw_style(&self) -> &str {
        self.of_kind(Kind::Style)
    }

    fn of_kind(&self, kind: Kind) -> &str {
        let Some(shared) = &self.shared else {
            return "";
        };
        // The note comes first, for whoever looks meanwhile. It is made also without randomness:
        // the page is not to be kept then.
        shared.read.note();
        let drawn = shared.drawn.get_or_init(Nonces::draw);
        drawn.as_ref().map_or("", |nonces| nonces.text(kind))
    }

    /// That of the request, which layers further out may have put there: all of them have one
    /// nonce.
    pub(super) fn provide(request: &mut Extensions) -> Self {
        if let Some(nonce) = request.get::<Self>() {
            return nonce.clone();
        }
        let read = NonceRead::default();
        let shared = Shared {
            read: read.clone(),
            drawn: OnceLock::new(),
        };
        let nonce = Self {
            shared: Some(Arc::new(shared)),
        };
        request.insert(read);
        request.insert(nonce.clone());
        nonce
    }

    /// The flag that says whether the nonce was drawn.
    pub(super) fn read_flag(&self) -> Option<&NonceRead> {
        self.shared.as_ref().map(|shared| &shared.read)
    }

    /// What was drawn, if anything was.
    pub(super) fn drawn(&self) -> Option<&Nonces> {
        self.shared.as_ref()?.drawn.get()?.as_ref()
    }
}

/// Neither shows nor draws the nonce.
impl fmt::Debug for CspNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CspNonce").finish_non_exhaustive()
    }
}

/// How a response shows the nonces of its policies.
#[derive(Clone, Copy, Debug)]
pub(super) enum NonceMode<'a> {
    /// Not at all: nobody drew one. The policies say what is left without nonces.
    Unread,
    /// These are written into the policies.
    Spliced(&'a Nonces),
    /// The policies that have nonces are not sent.
    Omitted,
}

/// Which nonce.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Kind {
    Script,
    Style,
}

/// How many digits a nonce has.
pub(super) const DIGITS: usize = 32;

/// Both nonces of a response.
///
/// CSP3 §7.1:
///
/// > The generated value SHOULD be at least 128 bits long (before encoding), and SHOULD be
/// > generated via a cryptographically secure random number generator
#[derive(Clone, Copy)]
pub(super) struct Nonces {
    script: [u8; DIGITS],
    style: [u8; DIGITS],
}

/// Hides the digits.
impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nonces").finish_non_exhaustive()
    }
}

impl Nonces {
    /// `None` where the operating system has no randomness to give.
    fn draw() -> Option<Self> {
        let mut random = [0; DIGITS];
        getrandom::fill(&mut random).ok()?;
        Some(Self::of(&random))
    }

    /// 16 bytes of each make 32 digits.
    pub(super) fn of(random: &[u8; DIGITS]) -> Self {
        let (script, style) = random.split_at(DIGITS / 2);
        Self {
            script: digits_of(script),
            style: digits_of(style),
        }
    }

    pub(super) const fn digits(&self, kind: Kind) -> &[u8; DIGITS] {
        match kind {
            Kind::Script => &self.script,
            Kind::Style => &self.style,
        }
    }

    fn text(&self, kind: Kind) -> &str {
        std::str::from_utf8(self.digits(kind)).expect("digits are ASCII")
    }
}

fn digits_of(bytes: &[u8]) -> [u8; DIGITS] {
    let mut digits = [0; DIGITS];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(hex::digits(*byte));
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn h_12_a_nonce_is_16_bytes_in_hexadecimal() {
        let random = std::array::from_fn(|index| (index as u8).wrapping_mul(0x1d));
        let nonces = Nonces::of(&random);
        assert_eq!(
            nonces.text(Kind::Script),
            "001d3a577491aecbe805223f5c7996b3",
        );
        assert_eq!(nonces.text(Kind::Style), "d0ed0a2744617e9bb8d5f20f2c496683");
    }

    #[test]
    fn h_12_a_million_nonces_differ_and_every_bit_is_as_often_set_as_not() {
        const COUNT: usize = 500_000;
        let mut known = HashSet::with_capacity(2 * COUNT);
        let mut ones = [0_i64; 128];
        for _ in 0..COUNT {
            let nonces = Nonces::draw().expect("there is randomness");
            for kind in [Kind::Script, Kind::Style] {
                let number = u128::from_str_radix(nonces.text(kind), 16).unwrap();
                assert!(known.insert(number), "{number:x} is drawn twice");
                for (bit, ones) in ones.iter_mut().enumerate() {
                    *ones += i64::from(number >> bit & 1 == 1);
                }
            }
        }
        // Seven times the deviation that is expected of a million tosses, which is 500.
        let bias = |ones: &&i64| (**ones - 500_000).abs() > 3_500;
        assert_eq!(ones.iter().find(bias), None);
    }

    #[test]
    fn h_13_it_is_drawn_when_that_is_asked_for_and_not_before() {
        let mut request = Extensions::new();
        let kept = CspNonce::provide(&mut request);
        let nonce = CspNonce::of(&request);
        let _ = format!("{nonce:?}");
        assert!(kept.drawn().is_none());
        assert!(!NonceRead::of(&request).unwrap().is_noted());
        let text = nonce.draw();
        assert_eq!(text.len(), 32);
        assert_eq!(kept.drawn().unwrap().text(Kind::Script), text);
        assert!(NonceRead::of(&request).unwrap().is_noted());
        assert_eq!(nonce.clone().draw(), text);
        assert_ne!(nonce.draw_style(), text);
        assert!(!format!("{nonce:?}").contains(text));
    }

    #[test]
    fn layers_of_one_request_have_one_nonce() {
        let mut request = Extensions::new();
        let outer = CspNonce::provide(&mut request);
        let inner = CspNonce::provide(&mut request);
        assert_eq!(outer.draw(), inner.draw());
    }

    #[test]
    fn f_15_without_randomness_it_is_empty_and_the_page_is_not_kept() {
        let read = NonceRead::default();
        let shared = Shared {
            read: read.clone(),
            drawn: OnceLock::from(None),
        };
        let nonce = CspNonce {
            shared: Some(Arc::new(shared)),
        };
        assert_eq!(nonce.draw(), "");
        assert_eq!(nonce.draw_style(), "");
        assert!(nonce.drawn().is_none());
        assert!(read.is_noted());
    }

    #[test]
    fn without_a_layer_it_is_empty() {
        let nonce = CspNonce::of(&Extensions::new());
        assert_eq!((nonce.draw(), nonce.draw_style()), ("", ""));
        assert!(nonce.read_flag().is_none());
    }
}
