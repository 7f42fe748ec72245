//! Reading what a peer sent (RFC 9651 §4.2).
//!
//! A field that breaks the grammar anywhere says nothing at all:
//!
//! > When parsing fails [...] the entire field value MUST be treated as if the field were not present
//!
//! Reading is one pass over the bytes.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::AsHeaderName;

/// A value without its parameters (§3.3).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum BareItem<'a> {
    Boolean(bool),
    /// The bytes as they were sent, in base64: `YQ==`.
    Bytes(&'a str),
    /// Seconds since 1970.
    Date(i64),
    /// In thousandths: `1.5` is 1500.
    Decimal(i64),
    Display(String),
    Integer(i64),
    String(Cow<'a, str>),
    Token(&'a str),
}

/// A value and its parameters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item<'a> {
    pub(crate) value: BareItem<'a>,
    pub(crate) parameters: Parameters<'a>,
}

/// A member of a list or a dictionary.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Member<'a> {
    Item(Item<'a>),
    InnerList(Vec<Item<'a>>, Parameters<'a>),
}

/// Keys and values in the order in which the keys came first; of several values of a key the last counts.
pub(crate) type Parameters<'a> = Vec<(&'a str, BareItem<'a>)>;

/// The item that a field is.
pub(crate) fn item(fields: &HeaderMap, name: impl AsHeaderName) -> Option<Item<'_>> {
    let mut lines = fields.get_all(name).iter();
    let line = lines.next()?;
    // Two lines are a list, which is not an item.
    if lines.next().is_some() {
        return None;
    }
    let mut reader = Reader::of(line.as_bytes())?;
    let item = reader.item()?;
    reader.is_at_end().then_some(item)
}

/// The members of the list that all lines of a field are; none of a field that is absent or malformed.
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "no layer reads a list yet, and the grammar is whole"
    )
)]
pub(crate) fn list(fields: &HeaderMap, name: impl AsHeaderName) -> Option<Vec<Member<'_>>> {
    let mut members = Vec::new();
    for line in fields.get_all(name) {
        let mut reader = Reader::of(line.as_bytes())?;
        reader.members(|reader| {
            members.push(reader.member()?);
            Some(())
        })?;
    }
    Some(members)
}

/// The members of the dictionary that all lines of a field are. Of several members of a key the last counts,
/// in the place of the first.
pub(crate) fn dictionary(
    fields: &HeaderMap,
    name: impl AsHeaderName,
) -> Option<Vec<(&str, Member<'_>)>> {
    let mut members = Vec::new();
    for line in fields.get_all(name) {
        let mut reader = Reader::of(line.as_bytes())?;
        reader.members(|reader| {
            let key = reader.key()?;
            let member = match reader.take(b'=') {
                true => reader.member()?,
                false => Member::Item(Item {
                    value: BareItem::Boolean(true),
                    parameters: reader.parameters()?,
                }),
            };
            put(&mut members, key, member)
        })?;
    }
    Some(members)
}

/// Whether `holds` of an item of an inner list of the dictionary that all lines of a field are. Nothing is
/// collected, so nothing is allocated.
pub(crate) fn any_of_inner_lists(
    fields: &HeaderMap,
    name: impl AsHeaderName,
    holds: impl Fn(&BareItem<'_>) -> bool,
) -> Option<bool> {
    let mut is_found = false;
    for line in fields.get_all(name) {
        let mut reader = Reader::of(line.as_bytes())?;
        reader.members(|reader| {
            reader.key()?;
            if !reader.take(b'=') {
                return reader.each_parameter(|_, _| ());
            }
            if reader.take(b'(') {
                while !reader.is_at_end_of_list() {
                    is_found |= holds(&reader.bare_item()?);
                    reader.each_parameter(|_, _| ())?;
                    reader.separator()?;
                }
            } else {
                reader.bare_item()?;
            }
            reader.each_parameter(|_, _| ())
        })?;
    }
    Some(is_found)
}

/// Puts a value in the place of that of the same key, or at the end.
///
/// Each key is looked for among those before it; their number is bounded, so that the cost is.
fn put<'a, T>(members: &mut Vec<(&'a str, T)>, key: &'a str, value: T) -> Option<()> {
    match members.iter().position(|(known, _)| *known == key) {
        Some(place) => members[place].1 = value,
        None if members.len() == MOST_KEYS => return None,
        None => members.push((key, value)),
    }
    Some(())
}

/// The bytes that are left; each method takes what it is named for from their start.
struct Reader<'a> {
    rest: &'a str,
}

/// A dictionary, or the parameters of an item, with more keys than this says nothing. RFC 9651 §3.2 asks for at least 1024 members of a
/// dictionary and §3.1.2 for 256 parameters.
const MOST_KEYS: usize = 1024;

impl<'a> Reader<'a> {
    fn of(line: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(line)
            .ok()
            .filter(|text| text.is_ascii())?;
        Some(Self {
            rest: text.trim_start_matches(' '),
        })
    }

    fn is_at_end(&self) -> bool {
        self.rest.trim_start_matches(' ').is_empty()
    }

    /// Takes members with commas between, each by `take`.
    fn members(&mut self, mut take: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        while !self.rest.is_empty() {
            take(self)?;
            self.skip_ows();
            if self.rest.is_empty() {
                break;
            }
            if !self.take(b',') {
                return None;
            }
            self.skip_ows();
            // §4.2.1: a trailing comma fails parsing.
            if self.rest.is_empty() {
                return None;
            }
        }
        Some(())
    }

    fn member(&mut self) -> Option<Member<'a>> {
        if !self.take(b'(') {
            return self.item().map(Member::Item);
        }
        let mut items = Vec::new();
        while !self.is_at_end_of_list() {
            items.push(self.item()?);
            self.separator()?;
        }
        Some(Member::InnerList(items, self.parameters()?))
    }

    /// Takes the end of an inner list, if it is next.
    fn is_at_end_of_list(&mut self) -> bool {
        self.skip_spaces();
        self.take(b')')
    }

    /// §4.2.1.2: an item of an inner list is followed by a space, or the end.
    fn separator(&self) -> Option<()> {
        matches!(self.peek()?, b' ' | b')').then_some(())
    }

    fn item(&mut self) -> Option<Item<'a>> {
        Some(Item {
            value: self.bare_item()?,
            parameters: self.parameters()?,
        })
    }

    fn parameters(&mut self) -> Option<Parameters<'a>> {
        let mut parameters = Vec::new();
        let mut has_room = true;
        self.each_parameter(|key, value| has_room &= put(&mut parameters, key, value).is_some())?;
        has_room.then_some(parameters)
    }

    fn each_parameter(&mut self, mut take: impl FnMut(&'a str, BareItem<'a>)) -> Option<()> {
        while self.take(b';') {
            self.skip_spaces();
            let key = self.key()?;
            let value = match self.take(b'=') {
                true => self.bare_item()?,
                false => BareItem::Boolean(true),
            };
            take(key, value);
        }
        Some(())
    }

    fn key(&mut self) -> Option<&'a str> {
        let is_next = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte)
        };
        matches!(self.peek()?, b'a'..=b'z' | b'*').then(|| self.take_while(is_next))
    }

    fn bare_item(&mut self) -> Option<BareItem<'a>> {
        match self.peek()? {
            b'-' | b'0'..=b'9' => self.number(),
            b'"' => self.string().map(BareItem::String),
            b':' => self.bytes(),
            b'?' => self.boolean(),
            b'@' => self.date(),
            b'%' => self.display_string(),
            b'*' | b'a'..=b'z' | b'A'..=b'Z' => {
                let is_next =
                    |byte: u8| matches!(byte, b':' | b'/') || crate::fields::is_token(&[byte]);
                Some(BareItem::Token(self.take_while(is_next)))
            }
            _ => None,
        }
    }

    /// `["-"] 1*15DIGIT`, or `["-"] 1*12DIGIT "." 1*3DIGIT`.
    fn number(&mut self) -> Option<BareItem<'a>> {
        let sign = if self.take(b'-') { -1 } else { 1 };
        let whole = self.take_while(|byte| byte.is_ascii_digit());
        if !self.take(b'.') {
            let is_sound = (1..=15).contains(&whole.len());
            let number: i64 = is_sound.then(|| whole.parse().ok())??;
            return Some(BareItem::Integer(sign * number));
        }
        let fraction = self.take_while(|byte| byte.is_ascii_digit());
        if !(1..=12).contains(&whole.len()) || !(1..=3).contains(&fraction.len()) {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let digits: i64 = fraction.parse().ok()?;
        let thousandths = digits * [100, 10, 1][fraction.len() - 1];
        Some(BareItem::Decimal(sign * (1000 * whole + thousandths)))
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.take(b'"').then_some(())?;
        let plain = self.take_while(|byte| matches!(byte, b' '..=b'~') && !b"\"\\".contains(&byte));
        if self.take(b'"') {
            return Some(Cow::Borrowed(plain));
        }
        let mut text = plain.to_owned();
        loop {
            match self.next()? {
                b'"' => return Some(Cow::Owned(text)),
                b'\\' => text.push(self.next().filter(|byte| b"\"\\".contains(byte))?.into()),
                byte @ b' '..=b'~' => text.push(byte.into()),
                _ => return None,
            }
        }
    }

    fn bytes(&mut self) -> Option<BareItem<'a>> {
        self.take(b':').then_some(())?;
        let base64 = self.take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
        self.take(b':').then_some(BareItem::Bytes(base64))
    }

    fn boolean(&mut self) -> Option<BareItem<'a>> {
        self.take(b'?').then_some(())?;
        match self.next()? {
            b'0' => Some(BareItem::Boolean(false)),
            b'1' => Some(BareItem::Boolean(true)),
            _ => None,
        }
    }

    fn date(&mut self) -> Option<BareItem<'a>> {
        self.take(b'@').then_some(())?;
        match self.number()? {
            BareItem::Integer(seconds) => Some(BareItem::Date(seconds)),
            _ => None,
        }
    }

    /// §3.3.8: a string of Unicode, percent-encoded in lower case.
    fn display_string(&mut self) -> Option<BareItem<'a>> {
        self.take(b'%').then_some(())?;
        self.take(b'"').then_some(())?;
        let mut text = Vec::new();
        loop {
            match self.next()? {
                b'"' => return String::from_utf8(text).ok().map(BareItem::Display),
                b'%' => text.push(16 * self.hex_digit()? + self.hex_digit()?),
                byte @ b' '..=b'~' => text.push(byte),
                _ => return None,
            }
        }
    }

    fn hex_digit(&mut self) -> Option<u8> {
        match self.next()? {
            digit @ b'0'..=b'9' => Some(digit - b'0'),
            letter @ b'a'..=b'f' => Some(letter - b'a' + 10),
            _ => None,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.rest.bytes().next()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.rest = &self.rest[1..];
        Some(byte)
    }

    /// Takes `byte` if it is next.
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        if is_next {
            self.rest = &self.rest[1..];
        }
        is_next
    }

    fn take_while(&mut self, is_taken: impl Fn(u8) -> bool) -> &'a str {
        let end = self.rest.bytes().position(|byte| !is_taken(byte));
        let (taken, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start_matches(' ');
    }

    fn skip_ows(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }
}

#[cfg(test)]
mod tests;
