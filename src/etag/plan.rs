//! Whether one response gets a tag, and why not.

use std::fmt;

use http::header::ETAG;
use http::{StatusCode, response};
use http_body::SizeHint;

use super::asked::Asked;
use super::config::Config;
use super::no_etag::NoEtag;
use crate::fields::content_length;
use crate::marks::nonce::NonceUsed;
use crate::matcher::Off;

/// What [`EtagLayer`](super::EtagLayer) does with a response before it compares the conditions.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Plan {
    /// The response gets a tag, if its body turns out as long as it said.
    Tag,
    /// It gets none.
    Pass(Reason),
}

/// Why a response gets no tag.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The layer is [off](super::EtagLayer::enabled).
    Disabled,
    /// The request is one that the layer [skips](super::EtagLayer::skip).
    Skipped,
    /// The handler opted out with [`NoEtag`](super::NoEtag).
    OptedOut,
    /// The layer [makes no tags](super::EtagLayer::handler_tags_only).
    HandlerTagsOnly,
    /// The handler gave it an `ETag`, valid or not, and the layer keeps it.
    HasTag,
    /// The response has a nonce in it, so no other response will be the same.
    Unique,
    /// The method is not GET or HEAD.
    WrongMethod,
    /// The status is not 200.
    WrongStatus,
    /// Only the end of the body tells its length, or the body and `Content-Length` differ.
    UnknownLength,
    /// The response to HEAD does not have the body that GET would have.
    WithoutBody,
    /// The body is larger than the [maximum](super::DEFAULT_MAX_BODY).
    TooLarge,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag => f.write_str("tag"),
            Self::Pass(reason) => write!(f, "pass: {reason}"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Disabled => "the layer is off",
            Self::Skipped => "the request is skipped",
            Self::OptedOut => "the handler opted out",
            Self::HandlerTagsOnly => "the layer makes no tags",
            Self::HasTag => "it has a tag",
            Self::Unique => "it has a nonce",
            Self::WrongMethod => "the method is not GET or HEAD",
            Self::WrongStatus => "the status is not 200",
            Self::UnknownLength => "the length is not known",
            Self::WithoutBody => "the body of GET is not there",
            Self::TooLarge => "the body is too large",
        })
    }
}

impl From<Off> for Reason {
    fn from(off: Off) -> Self {
        match off {
            Off::Disabled => Self::Disabled,
            Off::Skipped => Self::Skipped,
        }
    }
}

/// A [`Plan`], and what was learned for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Decision {
    /// The response gets a tag, if its body is as long as this.
    Tag { length: u64 },
    /// It gets none.
    Pass(Reason),
}

impl From<Decision> for Plan {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Tag { .. } => Self::Tag,
            Decision::Pass(reason) => Self::Pass(reason),
        }
    }
}

/// Decides about one response.
#[inline]
pub(super) fn decide(
    config: &Config,
    asked: &Asked,
    response: &response::Parts,
    size: &SizeHint,
) -> Decision {
    match taggable_length(config, asked, response, size) {
        Ok(length) => Decision::Tag { length },
        Err(reason) => Decision::Pass(reason),
    }
}

/// The length of a body that gets a tag.
fn taggable_length(
    config: &Config,
    asked: &Asked,
    response: &response::Parts,
    size: &SizeHint,
) -> Result<u64, Reason> {
    if !asked.method.is_read() {
        return Err(Reason::WrongMethod);
    }
    if NoEtag::is_in(&response.extensions) {
        return Err(Reason::OptedOut);
    }
    if config.strength.is_none() {
        return Err(Reason::HandlerTagsOnly);
    }
    if response.status != StatusCode::OK {
        return Err(Reason::WrongStatus);
    }
    if response.headers.contains_key(ETAG) {
        return Err(Reason::HasTag);
    }
    if NonceUsed::is_in(&response.extensions) {
        return Err(Reason::Unique);
    }
    let length = size.exact().ok_or(Reason::UnknownLength)?;
    let declared = content_length::declared(&response.headers);
    // RFC 9110 §9.3.2: the fields of HEAD are those of GET. A router that answers HEAD by dropping
    // the body leaves no bytes to make GET's tag of. A body that is empty by itself says so.
    if asked.is_head() && length == 0 && declared != Some(0) {
        return Err(Reason::WithoutBody);
    }
    if declared.is_some_and(|declared| declared != length) {
        return Err(Reason::UnknownLength);
    }
    match length > config.max_body {
        true => Err(Reason::TooLarge),
        false => Ok(length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::etag::config::Strength;
    use http::{Method, Request, Response};

    fn config(strength: Option<Strength>) -> Config {
        Config {
            max_body: 10,
            strength,
            ..Config::default()
        }
    }

    fn asked(method: &Method) -> Asked {
        let request = Request::builder().method(method).body(()).unwrap();
        Asked::read_of_reads(&request)
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
        let found = decide(
            &config(Some(Strength::Weak)),
            &asked(method),
            response,
            &size,
        );
        assert_eq!(
            Plan::from(found),
            expected,
            "{method} {response:?} {length:?}"
        );
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
        let found = decide(&config(None), &asked(&GET), &page, &SizeHint::with_exact(5));
        assert_eq!(found, Decision::Pass(Reason::HandlerTagsOnly));
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
    fn e_27_a_response_to_head_without_get_s_body_is_not_tagged() {
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
    fn x_28_a_response_with_a_nonce_is_not_tagged() {
        let mut page = response(200, &[]);
        NonceUsed::leave(&mut page.extensions);
        check(&GET, &page, Some(5), Plan::Pass(Reason::Unique));
    }

    #[test]
    fn g_05_a_handler_opts_out() {
        for (method, expected) in [
            (GET, Reason::OptedOut),
            (HEAD, Reason::OptedOut),
            (Method::POST, Reason::WrongMethod),
        ] {
            let mut page = response(200, &[("etag", "\"a\"")]);
            page.extensions.insert(NoEtag);
            check(&method, &page, Some(5), Plan::Pass(expected));
        }
    }

    #[test]
    fn a_plan_is_said_in_words() {
        assert_eq!(Plan::Tag.to_string(), "tag");
        let passed = Plan::Pass(Reason::TooLarge);
        assert_eq!(passed.to_string(), "pass: the body is too large");
    }
}
