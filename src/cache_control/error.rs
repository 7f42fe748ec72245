//! Why a configuration was refused.

use std::fmt;

/// Why a cache policy or a rule was refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidCacheControl {
    /// Two directives do not go together.
    Contradiction {
        /// The directive that forbids.
        one: &'static str,
        /// The directive that it forbids.
        other: &'static str,
    },
    /// The text is not the name of a cookie, nor the beginning of one and a star.
    CookieName {
        /// The text.
        name: String,
    },
    /// The text is not a cache directive, or not one with a number of seconds.
    Directive {
        /// The text.
        directive: String,
    },
    /// There is no directive.
    Empty,
    /// `Expires` is to be sent for a policy without `max-age`.
    ExpiresWithoutMaxAge,
    /// The extension's name is not a token or belongs to a known directive, or its argument holds
    /// what a field value cannot.
    Extension {
        /// The name.
        name: String,
        /// The argument.
        argument: Option<String>,
    },
    /// The name of an extension directive cannot stand in a structured field.
    Key {
        /// The name.
        name: String,
    },
    /// A directive says nothing without another.
    Needs {
        /// The directive that is there.
        directive: &'static str,
        /// The one that is not.
        needed: &'static str,
    },
}

impl fmt::Display for InvalidCacheControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contradiction { one, other } => {
                write!(f, "`{one}` contradicts `{other}`; {}", remedy(one))
            }
            Self::CookieName { name } => write!(
                f,
                "{name:?} is not a cookie name; write a name, or the beginning of one and a star, such as \
                 `_ga*`",
            ),
            Self::Directive { directive } => write!(
                f,
                "{directive:?} is not a cache directive; write a name, or a name, `=` and an argument, \
                 such as `max-age=60`",
            ),
            Self::Empty => f.write_str(
                "there is no directive; say at least one, such as `no-cache` or `max-age`",
            ),
            Self::ExpiresWithoutMaxAge => {
                f.write_str("`Expires` repeats `max-age`, and there is none; set `max-age` first")
            }
            Self::Extension { name, argument } => {
                let argument = argument.as_deref().unwrap_or_default();
                write!(
                    f,
                    "{name:?} with {argument:?} cannot be added; use a token that is not a known \
                     directive, and visible ASCII",
                )
            }
            Self::Key { name } => write!(
                f,
                "`{name}` cannot stand in a structured field; begin the name with a lower-case letter \
                 or `*`",
            ),
            Self::Needs { directive, needed } => write!(
                f,
                "`{directive}` says nothing without `{needed}`; add it, or leave `{directive}` out",
            ),
        }
    }
}

fn remedy(directive: &str) -> &'static str {
    match directive {
        "no-store" => "say `no-store` alone to keep the response out of caches",
        "private" => "leave `private` out to let shared caches keep the response",
        "no-cache" => "leave `no-cache` out to let the response be used without asking",
        _ => "leave one of them out",
    }
}

impl std::error::Error for InvalidCacheControl {}
