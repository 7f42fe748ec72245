//! Globs: paths with gaps.

use super::error::InvalidMatcher;

/// A pattern of a whole path, or of a file name.
///
/// Compared in one pass over the path, however many stars there are.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    /// Of the path from its first slash on, or of the file name.
    of_path: bool,
    /// What stands before the first star, and after the last: most paths fail here.
    head: String,
    tail: String,
    // Invariant: at most `MOST` of them, so that a set of places fits a word.
    tokens: Vec<Token>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Token {
    /// This byte.
    Byte(u8),
    /// `?`: one byte that is no slash.
    One,
    /// `*`: any bytes but slashes.
    Some,
    /// `**`: any bytes.
    Any,
}

/// How long a glob may be, in bytes and stars.
const MOST: usize = 127;

impl Glob {
    pub(super) fn parse(text: &str) -> Result<Self, InvalidMatcher> {
        let of_path = text.starts_with('/');
        let tokens = tokens(text);
        let is_sound = !text.is_empty()
            && (of_path || !text.contains('/'))
            && tokens.len() <= MOST
            && !text
                .contains(|character: char| character.is_control() || "[]{}".contains(character));
        if !is_sound {
            return Err(InvalidMatcher::Glob {
                glob: text.to_owned(),
            });
        }
        let mut literals = text.split(['*', '?']);
        Ok(Self {
            of_path,
            head: literals.next().unwrap_or_default().to_owned(),
            tail: literals.next_back().unwrap_or_default().to_owned(),
            tokens,
        })
    }

    /// Whether it matches a path, whose file name is `file_name`.
    pub(super) fn matches(&self, path: &str, file_name: &str) -> bool {
        let text = if self.of_path { path } else { file_name };
        if !(text.starts_with(&self.head) && text.ends_with(&self.tail)) {
            return false;
        }
        // One bit for each place in the pattern that the bytes so far may have led to.
        let mut places = self.with_skipped(1);
        for byte in text.bytes() {
            let mut next = 0;
            for (place, token) in self.tokens.iter().enumerate() {
                if places & (1 << place) != 0 {
                    next |= token.step(byte) << place;
                }
            }
            places = self.with_skipped(next);
            if places == 0 {
                return false;
            }
        }
        places & (1 << self.tokens.len()) != 0
    }

    /// Adds the places behind stars, which may stand for nothing.
    fn with_skipped(&self, mut places: u128) -> u128 {
        for (place, token) in self.tokens.iter().enumerate() {
            if matches!(token, Token::Some | Token::Any) && places & (1 << place) != 0 {
                places |= 1 << (place + 1);
            }
        }
        places
    }
}

impl Token {
    /// Where `byte` leads from this token: 1 is the same place, 2 the next, 0 nowhere.
    fn step(self, byte: u8) -> u128 {
        match self {
            Self::Byte(expected) => 2 * u128::from(expected == byte),
            Self::One => 2 * u128::from(byte != b'/'),
            Self::Some => u128::from(byte != b'/'),
            Self::Any => 1,
        }
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for byte in text.bytes() {
        match (byte, tokens.last()) {
            (b'*', Some(Token::Some | Token::Any)) => {
                tokens.pop();
                tokens.push(Token::Any);
            }
            (b'*', _) => tokens.push(Token::Some),
            (b'?', _) => tokens.push(Token::One),
            (byte, _) => tokens.push(Token::Byte(byte)),
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(glob: &str, path: &str, expected: bool) {
        let file_name = path.rsplit('/').next().unwrap();
        let found = Glob::parse(glob).unwrap().matches(path, file_name);
        assert_eq!(found, expected, "{glob} {path}");
    }

    #[test]
    fn a_star_stays_in_its_segment_and_two_do_not() {
        check("/assets/*", "/assets/a.css", true);
        check("/assets/*", "/assets/", true);
        check("/assets/*", "/assets/a/b.css", false);
        check("/assets/**", "/assets/a/b.css", true);
        check("/assets/**", "/assetsa", false);
        check("/**/*.css", "/a/b/c.css", true);
        check("/**.css", "/c.css", true);
        check("/a/*/c", "/a/b/c", true);
        check("/a/*/c", "/a/b/b/c", false);
        check("/a/***/c", "/a/b/b/c", true);
    }

    #[test]
    fn a_glob_without_a_slash_is_of_the_file_name() {
        check("*.css", "/a/b/c.css", true);
        check("*.css", "/a.css/b", false);
        check("sw.js", "/sw.js", true);
        check("sw.js", "/asw.js", false);
        check("??.js", "/a/sw.js", true);
        check("?.js", "/a/sw.js", false);
        check("*-*-*.js", "/a-b-c.js", true);
    }

    #[test]
    fn what_is_no_glob_is_refused() {
        let long = "a".repeat(MOST + 1);
        for glob in [
            "",
            "assets/*",
            "a\n",
            "*.{js,css}",
            "[a-z].js",
            long.as_str(),
        ] {
            let expected = InvalidMatcher::Glob {
                glob: glob.to_owned(),
            };
            assert_eq!(Glob::parse(glob).unwrap_err(), expected);
        }
        assert!(Glob::parse(&long[..MOST]).is_ok());
    }

    #[test]
    fn the_longest_glob_uses_every_bit() {
        let glob = "?".repeat(MOST);
        check(&glob, &format!("/{}", "a".repeat(MOST)), true);
        check(&glob, &format!("/{}", "a".repeat(MOST + 1)), false);
    }
}
