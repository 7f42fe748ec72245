//! Structured fields (RFC 9651): items, lists and dictionaries, with their parameters.

mod parser;
mod write;

pub(crate) use self::parser::{BareItem, Member, any_of_inner_lists, dictionary, item};
pub(crate) use self::write::{is_integer, is_key, is_string, is_token, write_string};
