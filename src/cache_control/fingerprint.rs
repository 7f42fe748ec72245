//! Whether a file's name changes with its content.

/// Whether the name holds a digest: a part between separators of at least 8 lower-case hexadecimal
/// digits, of which one is a digit and one a letter.
///
/// ```text
/// main.8e3c1f07a2b94d56.js        application-3f7a91c2.css        vendor_0d4e5f6a7b8c.js
/// ```
///
/// - A number alone is a date or a version more often than a digest, and letters alone are a word.
/// - Digits that are the whole name are the identifier of a record more often
///   (`507f1f77bcf86cd799439011`, as MongoDB has them), and so is whatever holds a UUID.
///
/// Tools that write other digits (Vite, Rollup, esbuild) put all they write into one directory, and
/// its prefix is declared instead.
pub(super) fn is_in(file_name: &str) -> bool {
    let Some((mut stem, extension)) = cut(file_name.as_bytes()) else {
        return false;
    };
    // `main.8e3c1f07.css.map` is the source map of `main.8e3c1f07.css`.
    if extension == b"map" {
        if let Some((inner, b"css" | b"js" | b"mjs")) = cut(stem) {
            stem = inner;
        }
    }
    let (mut parts, mut has_digest) = (0, false);
    let mut part = Part::default();
    for &byte in stem.iter().chain(b".") {
        if matches!(byte, b'.' | b'-' | b'_') {
            parts += usize::from(part.length > 0);
            has_digest |= part.is_digest();
            part = Part::default();
        } else {
            part.take(byte);
        }
    }
    has_digest && parts > 1 && !has_uuid(stem)
}

/// What stands before and after the last dot.
fn cut(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let dot = name.iter().rposition(|&byte| byte == b'.')?;
    Some((&name[..dot], &name[dot + 1..]))
}

/// What is known of a part between separators.
#[derive(Default)]
struct Part {
    length: usize,
    digits: usize,
    /// `a` to `f`.
    letters: usize,
}

impl Part {
    fn take(&mut self, byte: u8) {
        self.length += 1;
        self.digits += usize::from(byte.is_ascii_digit());
        self.letters += usize::from(matches!(byte, b'a'..=b'f'));
    }

    const fn is_digest(&self) -> bool {
        self.length >= SHORTEST
            && self.digits > 0
            && self.letters > 0
            && self.digits + self.letters == self.length
    }
}

/// Whether the text holds a UUID as RFC 9562 §4 writes it: hexadecimal digits in groups of 8, 4, 4,
/// 4 and 12 with `-` between.
fn has_uuid(text: &[u8]) -> bool {
    let is_uuid = |window: &[u8]| {
        window.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    text.windows(36).any(is_uuid)
}

const SHORTEST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_08_names_that_build_tools_write() {
        for name in [
            "main.8e3c1f07a2b94d56c1d2.js", // webpack, [contenthash]
            "787.1a2b3c4d.chunk.js",        // webpack, create-react-app
            "main.8e3c1f07.css.map",        // its source map
            "main.8e3c1f07.map",
            "index.5c1b7f3e.css",            // Parcel
            "framework-2c79e2a64abdb08b.js", // Next
            "_app-72b849fbd24ac258.js",      // Next
            "4bd1b696-c023c6e3521b1417.js",  // Next
            "application-d41d8cd98f00b204e9800998ecf8427e0d2f1a3b4c5d6e7f8091a2b3c4d5e6f7.css", // Rails
            "icons-3f7a91c2.woff2",  // Rails, Propshaft
            "base.5af66c1b1797.css", // Django
            "vendor_0d4e5f6a7b8c.js",
        ] {
            assert!(is_in(name), "{name}");
        }
    }

    /// What these tools write is not told from a name, and so is declared by its prefix.
    #[test]
    fn s_08_names_that_need_a_prefix() {
        for name in [
            "index-BwZ3kq1x.js",   // Vite
            "chunk-DhJ3k2f9.js",   // Rollup
            "app-4XHHC7RA.js",     // esbuild
            "start.CgT3x9Zb.js",   // SvelteKit
            "entry.a1b2c3.js",     // six digits
            "3f7a91c2d0e45b68.js", // webpack, [contenthash] alone
            "3f7a91c2d0e45b68.js.map",
        ] {
            assert!(!is_in(name), "{name}");
        }
    }

    /// Finding 2.
    #[test]
    fn s_08_f_10_identifiers_are_no_digests() {
        for name in [
            "550e8400-e29b-41d4-a716-446655440000.js",
            "scan-550e8400-e29b-41d4-a716-446655440000.js",
            "user_550E8400-E29B-41D4-A716-446655440000.8e3c1f07.js",
            "507f1f77bcf86cd799439011.css",
            "_507f1f77bcf86cd799439011.css",
            "507f1f77bcf86cd799439011.css.map",
        ] {
            assert!(!is_in(name), "{name}");
        }
        // One digit less is not a UUID.
        assert!(is_in("550e8400-e29b-41d4-a716-44665544000.js"));
    }

    #[test]
    fn s_08_false_friends() {
        for name in [
            "jquery-3.7.1.min.js",
            "2024-11-22.css",
            "20241122.css",
            "report-20241122.css",
            "report-2024Q3A1.css",
            "deadbeef.css",
            "defaced.css",
            "effaced-facade.css",
            "photo-1700000000.jpg",
            "invoice_0001234567.png",
            "DEADBEEF01.css",
            "bootstrap.bundle.min.js",
            "font-awesome-4.7.0.css",
            "a1b2c3d.css",
            "8e3c1f07",
            "",
            ".8e3c1f07",
        ] {
            assert!(!is_in(name), "{name}");
        }
    }
}
