//! What a plan depends on of the two heads. Pure: each is read once.

use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    ETAG, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, VARY,
};
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, StatusCode, Uri, request};

use super::coding::Coding;
use super::config::Config;
use super::negotiate::{Accepted, Preference};
use crate::fields::media_type::MediaType;
use crate::fields::{cache_directives, content_encoding, content_length, signature_input};
use crate::rules::file_type::FileType;
use crate::rules::transform::{self, Change};

/// The parts of a request that a plan depends on, kept until the response is there.
#[derive(Debug)]
pub(super) struct Asked {
    accepted: Accepted,
    /// The request has `If-Match` or `If-None-Match`, in which there may be tags that a coding marked.
    pub(super) has_conditions: bool,
    pub(super) has_if_range: bool,
    pub(super) is_connect: bool,
    /// It asks for a representation, which a tag of `If-None-Match` may be of.
    is_get_or_head: bool,
    pub(super) is_head: bool,
    pub(super) opted_out: bool,
    pub(super) no_transform: bool,
    /// The response may be a 304, which need not show its type.
    pub(super) is_conditional: bool,
    /// There only of a conditional request.
    target: Option<Box<PathAndQuery>>,
    /// There only where the configuration has a predicate that wants to see it.
    pub(super) head: Option<Box<request::Parts>>,
}

impl Asked {
    pub(super) fn read(method: &Method, fields: &HeaderMap, config: &Config) -> Self {
        let mut asked = Self {
            accepted: Accepted::default(),
            has_conditions: false,
            has_if_range: false,
            is_connect: matches!(*method, Method::CONNECT),
            is_get_or_head: matches!(*method, Method::GET | Method::HEAD),
            is_head: matches!(*method, Method::HEAD),
            opted_out: false,
            no_transform: false,
            is_conditional: false,
            target: None,
            head: None,
        };
        // One pass, for the reason that `Answered` gives.
        for (name, line) in fields {
            if *name == ACCEPT_ENCODING {
                asked.accepted.push(line.clone());
            } else if *name == IF_MATCH || *name == IF_NONE_MATCH {
                asked.has_conditions = true;
                asked.is_conditional = true;
            } else if *name == IF_MODIFIED_SINCE {
                asked.is_conditional = true;
            } else if *name == IF_RANGE {
                asked.has_if_range = true;
            } else if config.request_no_transform && *name == CACHE_CONTROL {
                asked.no_transform |= cache_directives::line_has(line, "no-transform");
            } else if config.request_opt_out && *name == X_NO_COMPRESSION {
                asked.opted_out = true;
            }
        }
        asked
    }

    /// Keeps the head for the predicate.
    pub(super) fn keep(mut self, head: request::Parts) -> Self {
        self.head = Some(Box::new(head));
        self
    }

    /// Keeps the path of a conditional request.
    pub(super) fn keep_target(&mut self, uri: &Uri) {
        if self.is_conditional {
            self.target = uri.path_and_query().cloned().map(Box::new);
        }
    }

    /// The type that the path tells of a 304's representation.
    pub(super) fn type_of_path(&self) -> Option<MediaType<'static>> {
        let path = self.target.as_ref()?.path();
        FileType::of_path(path)?.usual_type()
    }

    /// Whether the client refuses to be sent the representation as it is.
    pub(super) fn refuses_identity(&self, config: &Config) -> bool {
        self.accepted.has_weights() && self.preference(config).identity_refused
    }

    /// The coding that the request asks for, whatever becomes of the response.
    pub(super) fn coding(&self, config: &Config) -> Option<Coding> {
        self.preference(config).coding
    }

    /// Whether the request asks for the representation as it is, whatever `Accept-Encoding` says.
    pub(super) const fn wants_identity(&self) -> bool {
        self.opted_out || self.no_transform
    }

    /// Which codings `If-None-Match` may be about: those that a GET or HEAD accepts, for one of them is
    /// selected; any, for other methods.
    pub(super) fn may_be_sent(&self) -> impl Fn(Coding) -> bool {
        let is_acceptable = self.accepted.acceptable();
        move |coding| !self.is_get_or_head || (!self.wants_identity() && is_acceptable(coding))
    }

    fn preference(&self, config: &Config) -> Preference {
        self.accepted.negotiate(&config.codings, config.when_absent)
    }
}

/// What a plan depends on of a response's fields.
///
/// Found in one pass over them: to look each up by its name would cost more than all the rest.
#[derive(Default)]
pub(super) struct Answered<'a> {
    pub(super) content_length: Option<u64>,
    pub(super) forbids_transforming: bool,
    pub(super) has_content_range: bool,
    pub(super) is_encoded: bool,
    pub(super) is_signed: bool,
    pub(super) media_type: Option<MediaType<'a>>,
}

impl<'a> Answered<'a> {
    pub(super) fn read(fields: &'a HeaderMap) -> Self {
        let mut found = Self::default();
        let mut has_signature = false;
        for (name, line) in fields {
            if *name == CONTENT_TYPE {
                found.media_type = found.media_type.or(MediaType::parse(line.as_bytes()));
            } else if *name == CONTENT_LENGTH {
                found.content_length = found.content_length.or(content_length::parse(line));
            } else if *name == CACHE_CONTROL {
                found.forbids_transforming |= cache_directives::line_has(line, "no-transform");
            } else if *name == CONTENT_ENCODING {
                found.is_encoded |= content_encoding::line_names_coding(line);
            } else if *name == CONTENT_RANGE {
                found.has_content_range = true;
            } else if *name == signature_input::NAME {
                has_signature = true;
            }
        }
        found.is_signed = has_signature && signature_input::covers(fields, is_changed);
        found
    }

    /// Whether the response is a stand-in for one that could be encoded.
    pub(super) fn is_no_whole(&self, status: StatusCode) -> bool {
        self.is_encoded || self.is_part(status) || status == StatusCode::NOT_MODIFIED
    }

    pub(super) fn is_part(&self, status: StatusCode) -> bool {
        status == StatusCode::PARTIAL_CONTENT || self.has_content_range
    }
}

/// Whether compressing changes the field of this name.
fn is_changed(name: &[u8]) -> bool {
    let is = |field: &HeaderName| name.eq_ignore_ascii_case(field.as_str().as_bytes());
    is(&CONTENT_ENCODING)
        || is(&ETAG)
        || is(&VARY)
        || transform::changes_field(name, Change::Coding)
}

const X_NO_COMPRESSION: HeaderName = HeaderName::from_static("x-no-compression");
