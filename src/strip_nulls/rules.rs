//! What is removed of a text, and within which limits: what users configure.

use std::sync::Arc;

use super::error::InvalidStripNulls;
use super::selection::Verdict;
use super::settings::Settings;

/// What is removed of a JSON text.
///
/// By default, members of objects whose value is `null`. The white space before the name is removed
/// too, and one comma with the white space before it: the comma before the member where an earlier
/// member of its object is kept, otherwise the comma after it. All else stays byte for byte: the
/// order, the form of numbers and strings, duplicate names, white space.
///
/// # Example
///
/// ```
/// use bytes::Bytes;
/// use tower_egress::strip_nulls::Rules;
///
/// let strip = |rules: Rules, text: &'static str| rules.strip(&Bytes::from(text));
///
/// let rules = Rules::new();
/// assert_eq!(strip(rules, r#"{"a": null, "b": [null, 1.0]}"#)?, r#"{ "b": [null, 1.0]}"#);
/// let rules = Rules::new().keep(["a"]);
/// assert_eq!(strip(rules, r#"{"a":null,"b":null}"#)?, r#"{"a":null}"#);
/// let rules = Rules::new().strip_empty_objects(true);
/// assert_eq!(strip(rules, r#"{"a":{"b":null},"c":1}"#)?, r#"{"c":1}"#);
/// # Ok::<(), tower_egress::strip_nulls::StopReason>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Rules {
    settings: Arc<Settings>,
}

impl Rules {
    /// Removes members whose value is `null`, and nothing else.
    pub fn new() -> Self {
        Self {
            settings: Arc::new(Settings::new()),
        }
    }

    /// Keeps members of these names, at any depth and whatever their value is. This says nothing of
    /// what is inside them.
    ///
    /// Escapes in names are read: `"\u0061"` is `a`.
    pub fn keep<T: AsRef<str>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        let selection = &mut self.settings_mut().selection;
        selection.add_names(Verdict::Keep, names);
        self
    }

    /// Keeps what these paths lead to, whatever its value is.
    ///
    /// A path is a JSON Pointer (RFC 6901) from the root of the text, in which `*` stands for any
    /// one name, and for every element of an array: `/orders/*/shipped_at`. A number is the name of
    /// a member; no path leads to one element alone.
    ///
    /// # Errors
    ///
    /// - [`InvalidStripNulls::Path`]: a text is not a path.
    /// - [`InvalidStripNulls::TooManyPaths`]: there would be more than
    ///   [`MAX_PATHS`](super::MAX_PATHS).
    pub fn keep_paths<T: AsRef<str>>(
        mut self,
        paths: impl IntoIterator<Item = T>,
    ) -> Result<Self, InvalidStripNulls> {
        let selection = &mut self.settings_mut().selection;
        selection.add_paths(Verdict::Keep, paths)?;
        Ok(self)
    }

    /// Removes members of these names only, and what [`only_paths`](Self::only_paths) names. What
    /// is to be [kept](Self::keep) is kept all the same. With no names at all, none is removed.
    pub fn only<T: AsRef<str>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        let selection = &mut self.settings_mut().selection;
        selection.add_names(Verdict::Only, names);
        self
    }

    /// Removes only what these paths lead to, and members that [`only`](Self::only) names. See
    /// [`keep_paths`](Self::keep_paths) for what a path is.
    ///
    /// # Errors
    ///
    /// - [`InvalidStripNulls::Path`]: a text is not a path.
    /// - [`InvalidStripNulls::TooManyPaths`]: there would be more than
    ///   [`MAX_PATHS`](super::MAX_PATHS).
    pub fn only_paths<T: AsRef<str>>(
        mut self,
        paths: impl IntoIterator<Item = T>,
    ) -> Result<Self, InvalidStripNulls> {
        let selection = &mut self.settings_mut().selection;
        selection.add_paths(Verdict::Only, paths)?;
        Ok(self)
    }

    /// Whether to remove members whose value is an object without members, or one that has none
    /// left. Off by default.
    pub fn strip_empty_objects(mut self, is_on: bool) -> Self {
        self.settings_mut().objects = is_on;
        self
    }

    /// Whether to remove members whose value is an array without elements, or one that has none
    /// left. Off by default.
    pub fn strip_empty_arrays(mut self, is_on: bool) -> Self {
        self.settings_mut().arrays = is_on;
        self
    }

    /// Whether to remove members whose value is `""`. Off by default.
    pub fn strip_empty_strings(mut self, is_on: bool) -> Self {
        self.settings_mut().strings = is_on;
        self
    }

    /// Whether to remove from arrays what is removed from objects. Off by default.
    ///
    /// The elements after a removed one move up, so this is only for arrays whose positions mean
    /// nothing. An element has no name, so where [`only`](Self::only) or
    /// [`only_paths`](Self::only_paths) is used, paths alone lead to it.
    pub fn strip_elements(mut self, is_on: bool) -> Self {
        self.settings_mut().elements = is_on;
        self
    }

    /// Stops at a text in which more than `levels` arrays and objects are open at once, instead of
    /// [`DEFAULT_DEPTH_LIMIT`](super::DEFAULT_DEPTH_LIMIT).
    pub fn depth_limit(mut self, levels: usize) -> Self {
        self.settings_mut().depth_limit = levels;
        self
    }

    /// Stops at a text in which more than `bytes` bytes are in doubt at once, instead of
    /// [`DEFAULT_NAME_LIMIT`](super::DEFAULT_NAME_LIMIT).
    ///
    /// These are the name of a member and the white space around it, up to the value. After a
    /// removed member they reach up to the next comma or bracket. With
    /// [`strip_empty_objects`](Self::strip_empty_objects) or
    /// [`strip_empty_arrays`](Self::strip_empty_arrays) they are also the names that lead to a
    /// container which may turn out to be empty.
    pub fn name_limit(mut self, bytes: usize) -> Self {
        self.settings_mut().name_limit = bytes;
        self
    }

    pub(super) const fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.settings)
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::new()
    }
}
