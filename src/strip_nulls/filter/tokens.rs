//! What JSON is made of besides quoted text (RFC 8259 §2, §6), found eight bytes at a time.

/// The first place from `at` on that is not a digit, or the end.
#[inline(always)]
pub(super) fn skip_digits(bytes: &[u8], mut at: usize) -> usize {
    while let Some(word) = word(bytes, at) {
        // Digits are 0x30 to 0x39, and become 0 to 9. Only of others does the sum reach a byte's
        // highest bit; a carry may wrong the bytes above one of them, never those below.
        let digits = word ^ every(b'0');
        let others = (digits.wrapping_add(every(0x76)) | digits) & every(0x80);
        if others != 0 {
            return at + (others.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    skip(bytes, at, u8::is_ascii_digit)
}

/// The first place from `at` on that is not white space, or the end.
///
/// ```text
/// ws = *( %x20 / %x09 / %x0A / %x0D )
/// ```
#[inline(always)]
pub(super) fn skip_space(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(0..=b' ') => skip_more_space(bytes, at),
        _ => at,
    }
}

/// Most white space is a line break and an indentation.
#[inline(never)]
fn skip_more_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(at) {
        at += 1;
        while let Some(word) = word(bytes, at) {
            let others = word ^ every(b' ');
            if others != 0 {
                at += (others.trailing_zeros() / 8) as usize;
                break;
            }
            at += 8;
        }
    }
    at
}

/// The end of the number that begins at `at`, where it is one and more bytes follow it.
///
/// ```text
/// number = [ minus ] int [ frac ] [ exp ]
/// int    = zero / ( digit1-9 *DIGIT )
/// frac   = decimal-point 1*DIGIT
/// exp    = e [ minus / plus ] 1*DIGIT
/// ```
#[inline(never)]
pub(super) fn number_end(bytes: &[u8], at: usize) -> Option<usize> {
    let first = at + usize::from(bytes.get(at) == Some(&b'-'));
    let mut end = some_digits(bytes, first)?;
    if bytes[first] == b'0' && end > first + 1 {
        return None;
    }
    if bytes.get(end) == Some(&b'.') {
        end = some_digits(bytes, end + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        let is_signed = matches!(bytes.get(end + 1), Some(b'+' | b'-'));
        end = some_digits(bytes, end + 1 + usize::from(is_signed))?;
    }
    (end < bytes.len()).then_some(end)
}

/// The end of the digits at `at`, of which there must be one.
#[inline(always)]
fn some_digits(bytes: &[u8], at: usize) -> Option<usize> {
    let end = skip_digits(bytes, at);
    (end > at).then_some(end)
}

/// The eight bytes at `at`, the first being the lowest.
#[inline(always)]
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let word = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*word))
}

/// A word of this byte alone.
const fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

fn skip(bytes: &[u8], at: usize, is_skipped: impl Fn(&u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| is_skipped(byte)).count()
}
