//! The path of a request, as servers read it.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// A path, decoded once and without dot segments.
///
/// Servers differ in how often they decode, and in what they take for a separator; what one takes for
/// the name of a file is the argument of a page to another. A path that such servers could disagree
/// about is not *plain*, and no lifetime is given to what it names (web cache deception).
#[derive(Debug)]
pub(crate) struct Path<'a> {
    text: Cow<'a, str>,
    begins: Begins,
    is_plain: bool,
}

/// Where the parts of a path begin.
#[derive(Debug)]
struct Begins {
    /// What follows the last slash.
    file_name: usize,
    /// What follows the last dot of the file name.
    extension: Option<usize>,
}

impl<'a> Path<'a> {
    pub(crate) fn read(raw: &'a str) -> Self {
        if let Some(begins) = Begins::if_clean(raw) {
            return Self {
                text: Cow::Borrowed(raw),
                begins,
                is_plain: true,
            };
        }
        let decoded = percent_decode_str(raw).decode_utf8_lossy();
        let slashes = |text: &str| text.bytes().filter(|&byte| byte == b'/').count();
        let is_odd = |character: char| {
            character.is_control() || matches!(character, '%' | '\\' | ';' | '?' | '#' | '\u{fffd}')
        };
        let normal = normalize(&decoded);
        let is_plain =
            normal == decoded && slashes(raw) == slashes(&decoded) && !decoded.contains(is_odd);
        Self {
            begins: Begins::of(&normal),
            text: Cow::Owned(normal),
            is_plain,
        }
    }

    /// Whether every server reads it alike.
    pub(crate) const fn is_plain(&self) -> bool {
        self.is_plain
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn file_name(&self) -> &str {
        &self.text[self.begins.file_name..]
    }

    /// The extension; `None` of a name that begins with its only dot.
    pub(crate) fn extension(&self) -> Option<&str> {
        self.begins.extension.map(|place| &self.text[place..])
    }
}

impl Begins {
    fn of(path: &str) -> Self {
        let file_name = path.rfind('/').map_or(0, |slash| slash + 1);
        let dot = path[file_name..].rfind('.').filter(|&dot| dot > 0);
        Self {
            file_name,
            extension: dot.map(|dot| file_name + dot + 1),
        }
    }

    /// The same in one pass, if there is nothing to decode and nothing to normalize, as in most paths.
    fn if_clean(raw: &str) -> Option<Self> {
        let mut begins = Self {
            file_name: 0,
            extension: None,
        };
        for (place, byte) in raw.bytes().enumerate() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {}
                b'/' | b'.' if place > 0 && place == begins.file_name => return None,
                b'/' => {
                    begins = Self {
                        file_name: place + 1,
                        extension: None,
                    }
                }
                b'.' => begins.extension = Some(place + 1),
                b'%' | b'\\' | b';' | 0x80.. => return None,
                _ => {}
            }
        }
        Some(begins)
    }
}

/// Without empty and dot segments, and with slashes alone: whatever a server could make of it.
fn normalize(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split(['/', '\\']).peekable();
    // What stands before the first slash is nothing, in a path that a server takes.
    if segments.peek().is_some_and(|first| first.is_empty()) {
        segments.next();
    }
    let mut ends_open = false;
    for segment in segments {
        ends_open = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    let mut normal = String::from("/") + &kept.join("/");
    if ends_open && !kept.is_empty() {
        normal.push('/');
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, text: &str, is_plain: bool) {
        let path = Path::read(raw);
        assert_eq!((path.as_str(), path.is_plain()), (text, is_plain), "{raw}");
    }

    #[test]
    fn s_19_a_path_is_decoded_once() {
        check("/", "/", true);
        check("/a/b.css", "/a/b.css", true);
        check("/a%20b.css", "/a b.css", true);
        check("/%61/b.css", "/a/b.css", true);
        check("/h%C3%A9ros.css", "/h\u{e9}ros.css", true);
        check("/a/", "/a/", true);
        check("/a.b/c", "/a.b/c", true);
    }

    #[test]
    fn s_19_what_servers_read_differently_is_not_plain() {
        check("/account/..%2fassets/x.css", "/assets/x.css", false);
        check("/account/../x.css", "/x.css", false);
        check("/account/./x.css", "/account/x.css", false);
        check("/account%2fx.css", "/account/x.css", false);
        check("/account%5cx.css", "/account/x.css", false);
        check("/account;x.css", "/account;x.css", false);
        check("/account%3bx.css", "/account;x.css", false);
        check("/account%3fx.css", "/account?x.css", false);
        check("/account%23x.css", "/account#x.css", false);
        check("/account%00.css", "/account\0.css", false);
        check("/account%0ax.css", "/account\nx.css", false);
        check("/account/%252e%252e/x.css", "/account/%2e%2e/x.css", false);
        check("/account//x.css", "/account/x.css", false);
        check("/account/%2e%2e/x.css", "/x.css", false);
        check("/a%ff.css", "/a\u{fffd}.css", false);
        check("/../../x.css", "/x.css", false);
    }

    #[test]
    fn the_extension_is_that_of_the_file_name() {
        let extension = |raw| Path::read(raw).extension().map(str::to_owned);
        assert_eq!(extension("/a.b/c.CSS").as_deref(), Some("CSS"));
        assert_eq!(extension("/a.b/c"), None);
        assert_eq!(extension("/a.b/"), None);
        assert_eq!(extension("/a/c."), Some(String::new()));
        assert_eq!(extension("/c.min.js").as_deref(), Some("js"));
        assert_eq!(extension("/%2ecss"), None);
        assert_eq!(extension("/a%20b/c.min.css").as_deref(), Some("css"));
        assert_eq!(extension("/a.b%20/c"), None);
    }
}
