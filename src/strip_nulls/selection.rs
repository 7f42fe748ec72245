//! Which members may be removed, by name and by path. Pure.

use super::error::InvalidStripNulls;
use super::limits::MAX_PATHS;

/// Names and paths of what is never removed, and of what alone may be.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    kept: Vec<String>,
    only: Vec<String>,
    /// Invariant: at most [`MAX_PATHS`].
    paths: Vec<Path>,
    /// Only listed items may be removed, even where the lists are empty.
    has_only: bool,
}

/// A place in a text: the steps between the slashes of a path.
#[derive(Clone, Debug)]
struct Path {
    steps: Vec<Step>,
    verdict: Verdict,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Step {
    Name(String),
    /// `*`: any name, and any element of an array.
    Any,
}

/// What it means that a member is on a list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// It is kept.
    Keep,
    /// It may be removed, and what is on no such list is kept.
    Only,
}

impl Selection {
    pub(super) fn add_names<T>(&mut self, verdict: Verdict, names: impl IntoIterator<Item = T>)
    where
        T: AsRef<str>,
    {
        self.has_only |= verdict == Verdict::Only;
        let list = match verdict {
            Verdict::Keep => &mut self.kept,
            Verdict::Only => &mut self.only,
        };
        list.extend(names.into_iter().map(|name| name.as_ref().to_owned()));
    }

    pub(super) fn add_paths<T: AsRef<str>>(
        &mut self,
        verdict: Verdict,
        paths: impl IntoIterator<Item = T>,
    ) -> Result<(), InvalidStripNulls> {
        self.has_only |= verdict == Verdict::Only;
        for path in paths {
            let path = path.as_ref();
            if self.paths.len() == MAX_PATHS {
                return Err(InvalidStripNulls::TooManyPaths {
                    path: path.to_owned(),
                });
            }
            self.paths.push(Path::parse(path, verdict)?);
        }
        Ok(())
    }

    /// Whether every member may be removed.
    pub(super) fn is_everything(&self) -> bool {
        !self.has_only && self.kept.is_empty() && self.paths.is_empty()
    }
}

impl Path {
    /// ```text
    /// path = 1*( "/" step )
    /// step = "*" / *( unescaped / "~0" / "~1" )
    /// ```
    ///
    /// Without the `*`, that is a JSON Pointer (RFC 6901 §3): `~0` is `~`, and `~1` is `/`.
    fn parse(path: &str, verdict: Verdict) -> Result<Self, InvalidStripNulls> {
        let invalid = || InvalidStripNulls::Path {
            path: path.to_owned(),
        };
        let steps = path.strip_prefix('/').ok_or_else(invalid)?.split('/');
        let steps: Option<_> = steps.map(Step::parse).collect();
        Ok(Self {
            steps: steps.ok_or_else(invalid)?,
            verdict,
        })
    }
}

impl Step {
    fn parse(step: &str) -> Option<Self> {
        if step == "*" {
            return Some(Self::Any);
        }
        let mut parts = step.split('~');
        let mut name = parts.next()?.to_owned();
        for part in parts {
            let (rest, character) = match part.as_bytes().first()? {
                b'0' => (&part[1..], '~'),
                b'1' => (&part[1..], '/'),
                _ => return None,
            };
            name.push(character);
            name.push_str(rest);
        }
        Some(Self::Name(name))
    }

    fn is(&self, name: Option<&[u8]>) -> bool {
        match self {
            Self::Any => true,
            Self::Name(step) => name.is_some_and(|name| says(name, step)),
        }
    }
}

/// Follows the paths of a selection through one text.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// For each open container, a bit for each path that leads into it.
    around: Vec<u64>,
    /// The same for the item at hand.
    here: u64,
    /// The item at hand may be removed.
    pub(super) chosen: bool,
}

impl Trail {
    pub(super) fn new(selection: &Selection) -> Self {
        Self {
            around: Vec::new(),
            here: u64::MAX,
            chosen: selection.is_everything(),
        }
    }

    /// An item begins: a member of this `name`, as it is written between its quotes, or an element.
    pub(super) fn take(&mut self, selection: &Selection, name: Option<&[u8]>) {
        let Some((&around, depth)) = self.around.last().zip(self.around.len().checked_sub(1))
        else {
            return;
        };
        let mut is_kept = names(&selection.kept, name);
        let mut is_named = names(&selection.only, name);
        self.here = 0;
        for (number, path) in selection.paths.iter().enumerate() {
            let bit = around & 1 << number;
            if bit == 0 || !path.steps.get(depth).is_some_and(|step| step.is(name)) {
                continue;
            }
            self.here |= bit;
            if path.steps.len() == depth + 1 {
                match path.verdict {
                    Verdict::Keep => is_kept = true,
                    Verdict::Only => is_named = true,
                }
            }
        }
        self.chosen = !is_kept && (is_named || !selection.has_only);
    }

    /// The item at hand is a container, and opens.
    pub(super) fn enter(&mut self) {
        // Each text of a sequence has its own root, to which all paths lead.
        let here = if self.around.is_empty() {
            u64::MAX
        } else {
            self.here
        };
        self.around.push(here);
    }

    pub(super) fn leave(&mut self) {
        self.around.pop();
    }
}

fn names(list: &[String], name: Option<&[u8]>) -> bool {
    name.is_some_and(|name| list.iter().any(|listed| says(name, listed)))
}

/// Whether quoted text, as it is written between its quotes, says `expected`.
///
/// RFC 8259 §8.3:
///
/// > Software implementations are typically required to test names of object members for equality.
/// > Implementations that transform the textual representation into sequences of Unicode code units
/// > and then perform the comparison numerically, code unit by code unit, are interoperable
fn says(text: &[u8], expected: &str) -> bool {
    if !text.contains(&b'\\') {
        return text == expected.as_bytes();
    }
    let Ok(mut rest) = std::str::from_utf8(text) else {
        return false;
    };
    let mut expected = expected.encode_utf16();
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        let is_next = if character == '\\' {
            let (unit, after) = escaped(rest);
            rest = after;
            expected.next() == Some(unit)
        } else {
            let units = &mut [0; 2];
            character
                .encode_utf16(units)
                .iter()
                .all(|unit| expected.next() == Some(*unit))
        };
        if !is_next {
            return false;
        }
    }
    expected.next().is_none()
}

/// The code unit that an escape means, and what follows it.
fn escaped(after_backslash: &str) -> (u16, &str) {
    let (kind, rest) = after_backslash.split_at(1);
    let unit = match kind.as_bytes()[0] {
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => 0x0a,
        b'r' => 0x0d,
        b't' => 0x09,
        b'u' => {
            let (digits, rest) = rest.split_at(4);
            let unit = u16::from_str_radix(digits, 16).expect("the text was read as JSON");
            return (unit, rest);
        }
        itself => u16::from(itself),
    };
    (unit, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_says(text: &str, expected: &str, same: bool) {
        assert_eq!(says(text.as_bytes(), expected), same, "{text} {expected}");
    }

    #[test]
    fn j_12_names_are_compared_as_what_they_say() {
        check_says("a", "a", true);
        check_says("", "", true);
        check_says(r"\u0061", "a", true);
        check_says(r"\u0061b\u0063", "abc", true);
        check_says(r"\u00E9\u00e9", "\u{e9}\u{e9}", true);
        check_says(r"\ud83d\ude00", "\u{1f600}", true);
        check_says("\u{1f600}\\u0021", "\u{1f600}!", true);
        check_says(r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t", true);
        check_says(r"\u0000", "\0", true);
    }

    #[test]
    fn j_12_and_not_as_what_they_look_like() {
        check_says(r"\u0061", r"\u0061", false);
        check_says(r"\u0061", "ab", false);
        check_says(r"\u0061b", "a", false);
        check_says("A", "a", false);
        check_says("e\u{301}", "\u{e9}", false);
        check_says(r"\ud83d", "\u{1f600}", false);
        check_says(r"\udc00", "\u{fffd}", false);
        check_says(r"\n", "n", false);
    }

    /// Whether the innermost member at the end of `names` may be removed, `[]` being an element.
    #[track_caller]
    fn chooses(selection: &Selection, names: &[&str]) -> bool {
        let mut trail = Trail::new(selection);
        for name in names {
            trail.enter();
            let name = (*name != "[]").then_some(name.as_bytes());
            trail.take(selection, name);
        }
        trail.chosen
    }

    fn selection(keep: &[&'static str], only: &[&'static str]) -> Selection {
        let mut selection = Selection::default();
        for (verdict, list) in [(Verdict::Keep, keep), (Verdict::Only, only)] {
            if list.is_empty() {
                continue;
            }
            let (paths, names): (Vec<_>, Vec<_>) =
                list.iter().copied().partition(|text| text.starts_with('/'));
            selection.add_names(verdict, names);
            selection.add_paths(verdict, paths).unwrap();
        }
        selection
    }

    #[track_caller]
    fn check(selection: &Selection, names: &[&str], expected: bool) {
        assert_eq!(
            chooses(selection, names),
            expected,
            "{selection:?} {names:?}"
        );
    }

    #[test]
    fn without_a_list_everything_may_be_removed() {
        let all = selection(&[], &[]);
        assert!(all.is_everything());
        check(&all, &["a"], true);
        check(&all, &["a", "[]", "b"], true);
    }

    #[test]
    fn names_count_wherever_they_stand() {
        let keep = selection(&["a"], &[]);
        check(&keep, &["a"], false);
        check(&keep, &["b", "[]", "a"], false);
        check(&keep, &["a", "b"], true);
        check(&keep, &["a", "[]"], true);
        let only = selection(&[], &["a"]);
        check(&only, &["a"], true);
        check(&only, &["b", "[]", "a"], true);
        check(&only, &["a", "b"], false);
        check(&only, &["a", "[]"], false);
    }

    #[test]
    fn paths_count_where_they_lead() {
        let keep = selection(&["/a/b"], &[]);
        check(&keep, &["a", "b"], false);
        check(&keep, &["a"], true);
        check(&keep, &["b"], true);
        check(&keep, &["a", "b", "c"], true);
        check(&keep, &["x", "a", "b"], true);
        check(&keep, &["x", "b"], true);
        let only = selection(&[], &["/a/*/b", "/c/*"]);
        check(&only, &["a", "[]", "b"], true);
        check(&only, &["a", "x", "b"], true);
        check(&only, &["a", "b"], false);
        check(&only, &["a", "[]", "[]", "b"], false);
        check(&only, &["c", "[]"], true);
        check(&only, &["c", "x"], true);
        check(&only, &["c"], false);
    }

    #[test]
    fn keeping_wins() {
        let both = selection(&["a", "/x/y"], &["a", "b", "/x/y"]);
        check(&both, &["a"], false);
        check(&both, &["b"], true);
        check(&both, &["x", "y"], false);
    }

    #[test]
    fn steps_are_those_of_json_pointers() {
        let odd = selection(&["/a~1b/~0", "/", "/~01"], &[]);
        check(&odd, &["a/b", "~"], false);
        check(&odd, &[""], false);
        check(&odd, &["~1"], false);
        check(&odd, &["a~1b", "~0"], true);
    }

    #[test]
    fn what_is_not_a_path_is_refused() {
        let refused = |path: &str| {
            let mut selection = Selection::default();
            selection.add_paths(Verdict::Keep, [path]).unwrap_err()
        };
        for path in ["", "a", "a/b", "/~", "/a~2", "/~x/b", "$.a"] {
            let path = path.to_owned();
            assert_eq!(refused(&path), InvalidStripNulls::Path { path });
        }
    }

    #[test]
    fn there_is_a_bit_for_each_path() {
        let mut selection = Selection::default();
        let paths: Vec<_> = (0..MAX_PATHS)
            .map(|number| format!("/{number}/x"))
            .collect();
        let listed = paths.iter().map(String::as_str);
        selection.add_paths(Verdict::Only, listed).unwrap();
        check(&selection, &["0", "x"], true);
        check(&selection, &["63", "x"], true);
        check(&selection, &["64", "x"], false);
        let path = "/one/more".to_owned();
        assert_eq!(
            selection.add_paths(Verdict::Keep, [path.as_str()]),
            Err(InvalidStripNulls::TooManyPaths { path })
        );
    }
}
