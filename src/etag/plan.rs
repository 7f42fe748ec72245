//! Whether one response gets a tag, and why not. Pure: it sees heads and sizes, never a body.

use http::header::{CACHE_CONTROL, ETAG};
use http::{Extensions, HeaderMap, Method, StatusCode, response};
use http_body::SizeHint;

use super::config::Config;
use super::preconditions::Preconditions;
use super::validators::Validators;
use crate::fields::{cache_directives, content_length};
use crate::marks::nonce::{NonceRead, NonceUsed};

/// What [`EtagLayer`](super::EtagLayer) does with a response before it looks at the conditions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Plan {
    /// The response gets a tag, if its body turns out as long as it said.
    Tag,
    /// It gets none.
    Pass(Reason),
}

/// Why a response gets no tag.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The handler gave it an `ETag`, which is kept, be it valid or not.
    HasTag,
    /// The body is larger than the [limit](super::DEFAULT_LIMIT).
    TooLarge,
    /// The layer [makes no tags](super::EtagLayer::handler_tags_only).
    TurnedOff,
    /// The answer to a HEAD request has not the body that GET would have.
    WithoutBody,
    /// The method is neither GET nor HEAD.
    WrongMethod,
    /// The status is not 200.
    WrongStatus,
    /// How long the body is shows only when it has ended, or the body and `Content-Length` differ.
    UnknownLength,
    /// No other answer will be the same: it has a nonce in it.
    Unique,
}

/// The parts of a request that matter, kept until the response is there.
#[derive(Debug)]
pub(super) struct Asked {
    method: Asks,
    /// Only of GET and HEAD; those of other methods are for the handler.
    pub(super) conditions: Option<Box<Preconditions>>,
    /// The request says `Cache-Control: no-cache`.
    pub(super) wants_it_anew: bool,
    /// Of the answer to GET or HEAD, where they were known before it.
    pub(super) validators: Option<Box<Validators>>,
    /// Whether the handler reads the nonce that a layer further out has for it.
    pub(super) nonce: Option<NonceRead>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Asks {
    Get,
    Head,
    Other,
}

impl Asked {
    pub(super) fn read(method: &Method, fields: &HeaderMap, extensions: &Extensions) -> Self {
        let asks = match *method {
            Method::GET => Asks::Get,
            Method::HEAD => Asks::Head,
            _ => Asks::Other,
        };
        let conditions = match asks {
            Asks::Get | Asks::Head => Some(Preconditions::read(method, fields)),
            Asks::Other => None,
        };
        let conditions = conditions.filter(|conditions| !conditions.is_empty());
        Self {
            method: asks,
            wants_it_anew: conditions.is_some() && says_no_cache(fields),
            conditions: conditions.map(Box::new),
            validators: None,
            nonce: NonceRead::of(extensions),
        }
    }

    pub(super) fn is_get_or_head(&self) -> bool {
        self.method != Asks::Other
    }

    pub(super) fn is_head(&self) -> bool {
        self.method == Asks::Head
    }
}

/// Decides about one response.
pub(super) fn plan<H>(
    config: &Config<H>,
    asked: &Asked,
    response: &response::Parts,
    size: &SizeHint,
) -> Plan {
    match untaggable(config, asked, response, size) {
        Some(reason) => Plan::Pass(reason),
        None => Plan::Tag,
    }
}

fn untaggable<H>(
    config: &Config<H>,
    asked: &Asked,
    response: &response::Parts,
    size: &SizeHint,
) -> Option<Reason> {
    if config.strength.is_none() {
        return Some(Reason::TurnedOff);
    }
    if asked.method == Asks::Other {
        return Some(Reason::WrongMethod);
    }
    if response.status != StatusCode::OK {
        return Some(Reason::WrongStatus);
    }
    if response.headers.contains_key(ETAG) {
        return Some(Reason::HasTag);
    }
    if NonceUsed::is_in(&response.extensions) {
        return Some(Reason::Unique);
    }
    let Some(length) = size.exact() else {
        return Some(Reason::UnknownLength);
    };
    let declared = content_length::declared(&response.headers);
    // RFC 9110 §9.3.2: the fields of HEAD are those of GET. A router that answers HEAD by dropping the
    // body leaves no bytes to make GET's tag of; a body that is empty by itself says so.
    if asked.method == Asks::Head && length == 0 && declared != Some(0) {
        return Some(Reason::WithoutBody);
    }
    if declared.is_some_and(|declared| declared != length) {
        return Some(Reason::UnknownLength);
    }
    (length > config.limit).then_some(Reason::TooLarge)
}

/// Whether the request is for more than the news that nothing changed.
///
/// Deviates: `no-cache` in a request is addressed to caches (RFC 9111 §5.2.1.4), and a conditional
/// request that has it may be answered by 304. Browsers send it for a reload that is to fetch all
/// anew, and Express does as they mean.
fn says_no_cache(fields: &HeaderMap) -> bool {
    let mut lines = fields.get_all(CACHE_CONTROL).iter();
    lines.any(|line| cache_directives::line_has(line, "no-cache"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::etag::hasher::{Md5, Strength};
    use http::Response;

    fn config(strength: Option<Strength>) -> Config<Md5> {
        Config {
            hasher: Md5,
            ignores_no_cache: false,
            limit: 10,
            requires_precondition: false,
            strength,
        }
    }

    fn response(status: u16, fields: &[(&str, &str)]) -> response::Parts {
        let mut response = Response::builder().status(status);
        for (name, value) in fields {
            response = response.header(*name, *value);
        }
        response.body(()).unwrap().into_parts().0
    }

    #[track_caller]
    fn check(method: &Method, response: &response::Parts, length: Option<u64>, expected: Plan) {
        let size = length.map_or_else(SizeHint::new, SizeHint::with_exact);
        let asked = Asked::read(method, &HeaderMap::new(), &Extensions::new());
        let found = plan(&config(Some(Strength::Weak)), &asked, response, &size);
        assert_eq!(found, expected, "{method} {response:?} {length:?}");
    }

    const GET: Method = Method::GET;
    const HEAD: Method = Method::HEAD;

    #[test]
    fn e_06_only_a_complete_200_to_get_and_head_is_tagged() {
        let page = response(200, &[]);
        check(&GET, &page, Some(5), Plan::Tag);
        check(&HEAD, &page, Some(5), Plan::Tag);
        for method in [Method::POST, Method::PUT, Method::OPTIONS] {
            check(&method, &page, Some(5), Plan::Pass(Reason::WrongMethod));
        }
        check(&GET, &page, None, Plan::Pass(Reason::UnknownLength));
        for status in [201, 203, 204, 206, 301, 304, 404, 500] {
            let other = response(status, &[]);
            check(&GET, &other, Some(5), Plan::Pass(Reason::WrongStatus));
        }
        let asked = Asked::read(&GET, &HeaderMap::new(), &Extensions::new());
        let found = plan(&config(None), &asked, &page, &SizeHint::with_exact(5));
        assert_eq!(found, Plan::Pass(Reason::TurnedOff));
    }

    #[test]
    fn e_05_the_handler_s_tag_is_kept_valid_or_not() {
        for tag in ["\"a\"", "W/\"a\"", "a", ""] {
            let page = response(200, &[("etag", tag)]);
            check(&GET, &page, Some(5), Plan::Pass(Reason::HasTag));
        }
    }

    #[test]
    fn e_07_the_limit_is_the_largest_size_that_is_tagged() {
        let page = response(200, &[]);
        check(&GET, &page, Some(0), Plan::Tag);
        check(&GET, &page, Some(9), Plan::Tag);
        check(&GET, &page, Some(10), Plan::Tag);
        check(&GET, &page, Some(11), Plan::Pass(Reason::TooLarge));
    }

    #[test]
    fn e_27_an_answer_to_head_without_get_s_body_is_not_tagged() {
        let bare = response(200, &[]);
        check(&HEAD, &bare, Some(0), Plan::Pass(Reason::WithoutBody));
        let stripped = response(200, &[("content-length", "5")]);
        check(&HEAD, &stripped, Some(0), Plan::Pass(Reason::WithoutBody));
        let empty = response(200, &[("content-length", "0")]);
        check(&HEAD, &empty, Some(0), Plan::Tag);
        check(&GET, &bare, Some(0), Plan::Tag);
    }

    #[test]
    fn f_12_a_body_that_is_not_as_long_as_declared_is_not_tagged() {
        let page = response(200, &[("content-length", "6")]);
        check(&GET, &page, Some(5), Plan::Pass(Reason::UnknownLength));
        check(&GET, &page, Some(6), Plan::Tag);
    }

    #[test]
    fn x_28_an_answer_with_a_nonce_is_not_tagged() {
        let mut page = response(200, &[]);
        NonceUsed::leave(&mut page.extensions);
        check(&GET, &page, Some(5), Plan::Pass(Reason::Unique));
    }

    #[test]
    fn conditions_are_kept_of_get_and_head_alone() {
        let mut fields = HeaderMap::new();
        fields.insert("if-match", "\"a\"".parse().unwrap());
        fields.insert("cache-control", "max-age=0, No-Cache".parse().unwrap());
        for (method, kept) in [(GET, true), (HEAD, true), (Method::PUT, false)] {
            let asked = Asked::read(&method, &fields, &Extensions::new());
            assert_eq!(asked.conditions.is_some(), kept, "{method}");
            assert_eq!(asked.wants_it_anew, kept, "{method}");
        }
        let asked = Asked::read(&GET, &HeaderMap::new(), &Extensions::new());
        assert!(asked.conditions.is_none());
    }
}
