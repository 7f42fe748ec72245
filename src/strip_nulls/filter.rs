//! The filter: bytes in, bytes out.

mod cursor;
mod fast_path;
mod items;
mod machine;
mod nesting;
mod number;
mod output;
mod quote_bitmap;
mod text;
mod tokens;
mod utf8;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use self::cursor::Flaw;
use self::machine::{Machine, Texts};
use self::utf8::Utf8;
use super::rules::Rules;

/// Removes from a JSON text what its [`Rules`] say, while the text passes.
///
/// It holds back what is in doubt, which is at most the name of a member whose value has not begun.
/// It also keeps one bit for each array and object that is open, or a few words for each where
/// rules name members or paths, or remove empty containers. All else leaves with the piece that
/// brought it. The output does not depend on where the text was cut into pieces.
///
/// A text that turns out not to be JSON, or is over a limit, passes unchanged from there on: what
/// was held back, and all that follows. Members that were removed before are not restored. For
/// texts all of which is at hand, use [`Rules::strip`].
///
/// # Example
///
/// ```
/// use bytes::Bytes;
/// use tower_egress::strip_nulls::{Filter, Rules};
///
/// let mut filter = Filter::new(&Rules::new());
/// assert_eq!(filter.push(&Bytes::from(r#"{"name":"Ada","die"#)), r#"{"name":"Ada""#);
/// assert_eq!(filter.push(&Bytes::from(r#"d":nul"#)), "");
/// assert_eq!(filter.push(&Bytes::from("l}")), "}");
/// assert_eq!(filter.finish(), "");
/// assert_eq!(filter.stopped(), None);
/// ```
#[derive(Debug)]
pub struct Filter {
    machine: Machine,
    utf8: Utf8,
    /// How many bytes were read.
    length: u64,
    stopped: Option<StopReason>,
}

impl Filter {
    /// A filter for one text.
    #[must_use]
    pub fn new(rules: &Rules) -> Self {
        Self::of(rules, Texts::One)
    }

    /// A filter for any number of texts: line-delimited JSON, and JSON text sequences (RFC 7464).
    ///
    /// Between two texts there is a line feed or a record separator, and any white space. One text
    /// that is not JSON stops the filter.
    #[must_use]
    pub fn sequence(rules: &Rules) -> Self {
        Self::of(rules, Texts::Several)
    }

    fn of(rules: &Rules, texts: Texts) -> Self {
        Self {
            machine: Machine::new(Arc::clone(rules.settings()), texts),
            utf8: Utf8::default(),
            length: 0,
            stopped: None,
        }
    }

    /// Takes the next piece, and gives what can be sent now.
    ///
    /// If that is one part of the piece, it is not copied.
    #[must_use = "it is part of the text"]
    pub fn push(&mut self, piece: &Bytes) -> Bytes {
        if self.stopped.is_some() {
            return piece.clone();
        }
        let broken = self.utf8.check(piece).err();
        let sound = broken.map_or(piece.len(), |broken| broken.before);
        match (self.machine.read(&piece[..sound]), broken) {
            (Err((flaw, place)), _) => self.give_up(flaw, self.length + place as u64),
            (Ok(()), Some(broken)) => {
                let offset = self.length + sound as u64 - broken.begun as u64;
                self.give_up(Flaw::Invalid, offset);
            }
            (Ok(()), None) => {}
        }
        self.length += piece.len() as u64;
        self.machine.items.output.end_piece(piece)
    }

    /// Ends the text, and gives what was held back of it.
    ///
    /// That is nothing if the text was whole; [`stopped`](Self::stopped) tells whether it was.
    #[must_use = "it is part of the text"]
    pub fn finish(&mut self) -> Bytes {
        if self.stopped.is_none() && !(self.machine.is_whole() && self.utf8.is_whole()) {
            self.give_up(Flaw::Invalid, self.length);
        }
        self.machine.items.output.end_piece(&Bytes::new())
    }

    /// Why nothing more is removed; `None` while the filter is at work. The reason does not depend
    /// on where the text was cut into pieces.
    #[must_use]
    pub const fn stopped(&self) -> Option<StopReason> {
        self.stopped
    }

    /// Lets all of the text pass from here on, because of a flaw after `offset` bytes.
    #[cold]
    fn give_up(&mut self, flaw: Flaw, offset: u64) {
        let settings = &self.machine.items.settings;
        self.stopped = Some(match flaw {
            Flaw::Invalid => StopReason::Invalid { offset },
            Flaw::TooDeep => StopReason::TooDeep {
                offset,
                limit: settings.depth_limit,
            },
            Flaw::TooLong => StopReason::TooLong {
                limit: settings.name_limit,
            },
        });
        self.machine.items.output.keep();
    }
}

/// Why a [`Filter`] removes nothing more from a text.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum StopReason {
    /// It is not JSON, or not UTF-8.
    Invalid {
        /// How many bytes come before the one that shows it; all of them, where it is the end.
        offset: u64,
    },
    /// More arrays and objects are open than the [limit](Rules::depth_limit) allows.
    TooDeep {
        /// How many bytes come before the one that opens it.
        offset: u64,
        /// The limit.
        limit: usize,
    },
    /// More bytes are in doubt than the [limit](Rules::name_limit) allows.
    TooLong {
        /// The limit.
        limit: usize,
    },
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { offset } => write!(f, "not JSON after {offset} bytes"),
            Self::TooDeep { offset, limit } => write!(
                f,
                "more than {limit} arrays and objects are open after {offset} bytes"
            ),
            Self::TooLong { limit } => {
                write!(
                    f,
                    "a name, and the white space around it, has more than {limit} bytes"
                )
            }
        }
    }
}

impl std::error::Error for StopReason {}
