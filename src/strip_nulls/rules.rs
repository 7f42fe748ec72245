//! What is removed of a text, and within which bounds.

use std::sync::Arc;

use bytes::Bytes;
use memchr::memmem::Finder;

use super::error::InvalidStripNulls;
use super::filter::{Filter, Stop};
use super::selection::{Selection, Verdict};

/// So many arrays and objects may be open at once, unless another limit is set.
///
/// What people write has fewer than twenty levels, and most parsers give up by themselves after some
/// hundreds. A level costs one bit.
pub const DEFAULT_DEPTH_LIMIT: usize = 512;

/// So many bytes may be in doubt at once, unless another limit is set: the name of a member, with the
/// comma before it and the white space around both.
///
/// A stream holds them back until the value begins. Names of more than a few dozen bytes are rare.
pub const DEFAULT_NAME_LIMIT: usize = 64 * 1024;

/// What is removed of a JSON text.
///
/// Members of objects whose value is `null`, unless told otherwise. With a removed member goes the white
/// space before its name, and one comma with the white space before that: the comma before the member
/// where an earlier one of its object stays, otherwise the one after it. All else stays byte for byte:
/// the order, the form of numbers and strings, names that stand twice, white space.
///
/// # Example
///
/// ```
/// use bytes::Bytes;
/// use tower_egress::strip_nulls::Rules;
///
/// let strip = |rules: Rules, text: &'static str| rules.strip(&Bytes::from(text));
///
/// assert_eq!(strip(Rules::new(), r#"{"a": null, "b": [null, 1.0]}"#)?, r#"{ "b": [null, 1.0]}"#);
/// assert_eq!(strip(Rules::new().keep(["a"]), r#"{"a":null,"b":null}"#)?, r#"{"a":null}"#);
/// assert_eq!(strip(Rules::new().empty_objects(), r#"{"a":{"b":null},"c":1}"#)?, r#"{"c":1}"#);
/// # Ok::<(), tower_egress::strip_nulls::Stop>(())
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
            settings: Arc::new(Settings {
                arrays: false,
                depth_limit: DEFAULT_DEPTH_LIMIT,
                elements: false,
                name_limit: DEFAULT_NAME_LIMIT,
                null: Finder::new(b"null"),
                objects: false,
                selection: Selection::default(),
                strings: false,
            }),
        }
    }

    /// Keeps members of these names, wherever they stand and whatever their value is. What is inside of
    /// them is not kept for that.
    ///
    /// Names are compared as what they say: `"\u0061"` is `a`.
    pub fn keep<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        let selection = &mut self.settings_mut().selection;
        selection.add_names(Verdict::Keep, names);
        self
    }

    /// Keeps what these paths lead to, whatever its value is.
    ///
    /// A path is a JSON Pointer (RFC 6901) from the root of the text, in which `*` stands for any one
    /// name, and for every element of an array: `/orders/*/shipped_at`. A number is the name of a member;
    /// no path leads to one element alone.
    ///
    /// # Errors
    ///
    /// - [`InvalidStripNulls::Path`]: a text is no path.
    /// - [`InvalidStripNulls::TooManyPaths`]: there would be more than 64.
    pub fn keep_paths<'a>(
        mut self,
        paths: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, InvalidStripNulls> {
        let selection = &mut self.settings_mut().selection;
        selection.add_paths(Verdict::Keep, paths)?;
        Ok(self)
    }

    /// Removes members of these names only, and what [`only_paths`](Self::only_paths) names. What is to be
    /// [kept](Self::keep) stays all the same. With no names at all, none is removed.
    pub fn only<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        let selection = &mut self.settings_mut().selection;
        selection.add_names(Verdict::Only, names);
        self
    }

    /// Removes only what these paths lead to, and members that [`only`](Self::only) names. What a path
    /// is, [`keep_paths`](Self::keep_paths) tells.
    ///
    /// # Errors
    ///
    /// - [`InvalidStripNulls::Path`]: a text is no path.
    /// - [`InvalidStripNulls::TooManyPaths`]: there would be more than 64.
    pub fn only_paths<'a>(
        mut self,
        paths: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, InvalidStripNulls> {
        let selection = &mut self.settings_mut().selection;
        selection.add_paths(Verdict::Only, paths)?;
        Ok(self)
    }

    /// Removes members whose value is an object without members, or one that has none left.
    pub fn empty_objects(mut self) -> Self {
        self.settings_mut().objects = true;
        self
    }

    /// Removes members whose value is an array without elements, or one that has none left.
    pub fn empty_arrays(mut self) -> Self {
        self.settings_mut().arrays = true;
        self
    }

    /// Removes members whose value is `""`.
    pub fn empty_strings(mut self) -> Self {
        self.settings_mut().strings = true;
        self
    }

    /// Removes from arrays what is removed from objects.
    ///
    /// The elements behind move up: only for arrays whose positions mean nothing. An element has no name,
    /// so where [`only`](Self::only) or [`only_paths`](Self::only_paths) is used, paths alone lead to it.
    pub fn elements(mut self) -> Self {
        self.settings_mut().elements = true;
        self
    }

    /// Stops at a text in which more than `levels` arrays and objects are open at once, instead of
    /// [`DEFAULT_DEPTH_LIMIT`].
    pub fn depth_limit(mut self, levels: usize) -> Self {
        self.settings_mut().depth_limit = levels;
        self
    }

    /// Stops at a text in which more than `bytes` bytes are in doubt at once, instead of
    /// [`DEFAULT_NAME_LIMIT`].
    ///
    /// These are the name of a member and the white space around it, up to the value or, behind a removed
    /// one, up to the next comma or bracket. With [`empty_objects`](Self::empty_objects) or
    /// [`empty_arrays`](Self::empty_arrays) they are also the names that lead to a container which may turn
    /// out to be empty.
    pub fn name_limit(mut self, bytes: usize) -> Self {
        self.settings_mut().name_limit = bytes;
        self
    }

    /// Strips a whole text.
    ///
    /// Where only nulls are removed, a text without the letters `null` is not read at all, and comes back
    /// without a copy.
    ///
    /// # Errors
    ///
    /// The text is not JSON, or over a limit. It should be used as it is then.
    pub fn strip(&self, text: &Bytes) -> Result<Bytes, Stop> {
        self.strip_through(Filter::new, text)
    }

    /// Strips any number of texts, as [`Filter::sequence`] reads them.
    ///
    /// # Errors
    ///
    /// As of [`strip`](Self::strip).
    pub fn strip_sequence(&self, texts: &Bytes) -> Result<Bytes, Stop> {
        self.strip_through(Filter::sequence, texts)
    }

    fn strip_through(&self, make: impl Fn(&Self) -> Filter, text: &Bytes) -> Result<Bytes, Stop> {
        if !self.may_change(text) {
            return Ok(text.clone());
        }
        let mut filter = make(self);
        let stripped = filter.push(text);
        // Nothing is held back of a text that is whole.
        let _ = filter.finish();
        filter.stop().map_or(Ok(stripped), Err)
    }

    /// Whether anything could be removed of a whole text. It need not be JSON.
    pub(super) fn may_change(&self, text: &[u8]) -> bool {
        self.settings.removes_empties() || self.settings.null.find(text).is_some()
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

/// What [`Rules`] were told.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    arrays: bool,
    pub(super) depth_limit: usize,
    pub(super) elements: bool,
    pub(super) name_limit: usize,
    null: Finder<'static>,
    objects: bool,
    pub(super) selection: Selection,
    strings: bool,
}

/// What may be removed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Removable {
    EmptyArray,
    EmptyObject,
    EmptyString,
    Null,
}

impl Settings {
    #[inline]
    pub(super) const fn removes(&self, what: Removable) -> bool {
        match what {
            Removable::EmptyArray => self.arrays,
            Removable::EmptyObject => self.objects,
            Removable::EmptyString => self.strings,
            Removable::Null => true,
        }
    }

    /// Whether nulls are removed, all of them, and nothing else.
    pub(super) fn are_only_nulls(&self) -> bool {
        !self.removes_empties() && self.selection.is_everything()
    }

    const fn removes_empties(&self) -> bool {
        self.arrays || self.objects || self.strings
    }
}
