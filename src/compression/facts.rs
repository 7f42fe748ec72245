//! What a decision depends on of the two heads. Pure: each is read once.

use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, HeaderName, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, VARY,
};
use http::{HeaderMap, Method, Uri, request};

use super::config::Config;
use super::etags::SentTags;
use super::negotiate::{Accepted, Preference};
use super::variant::Variant;
use crate::fields::media_type::MediaType;
use crate::fields::request_directives::RequestDirectives;
use crate::rules::file_type::FileType;
use crate::rules::transform::{self, Change};

/// The parts of a request that a decision depends on, kept until the response is there.
#[derive(Debug)]
pub(super) struct Asked {
    accepted: Accepted,
    /// The request has `If-Match` or `If-None-Match`, which may list tags of coded forms.
    pub(super) has_conditions: bool,
    pub(super) has_if_range: bool,
    pub(super) is_connect: bool,
    /// It asks for a representation, which a tag of `If-None-Match` may be of.
    is_get_or_head: bool,
    pub(super) is_head: bool,
    pub(super) opted_out: bool,
    pub(super) no_transform: bool,
    /// What the path is of. It is read only in a conditional request: its response may be a 304,
    /// which need not show its type.
    file: Option<&'static FileType>,
    /// The tags of a conditional request.
    pub(super) sent_tags: Option<SentTags>,
    /// There only where the configuration has a predicate that is shown it.
    pub(super) head: Option<Box<request::Parts>>,
}

impl Asked {
    #[inline]
    pub(super) fn read(method: &Method, uri: &Uri, fields: &HeaderMap, config: &Config) -> Self {
        let mut asked = Self {
            accepted: Accepted::default(),
            has_conditions: false,
            has_if_range: false,
            is_connect: matches!(*method, Method::CONNECT),
            is_get_or_head: matches!(*method, Method::GET | Method::HEAD),
            is_head: matches!(*method, Method::HEAD),
            opted_out: false,
            no_transform: false,
            file: None,
            sent_tags: None,
            head: None,
        };
        let mut is_conditional = false;
        // One pass, for the reason that `Answered` gives.
        for (name, line) in fields {
            if *name == ACCEPT_ENCODING {
                asked.accepted.push(line.clone());
            } else if *name == IF_MATCH || *name == IF_NONE_MATCH {
                asked.has_conditions = true;
                is_conditional = true;
            } else if *name == IF_MODIFIED_SINCE {
                is_conditional = true;
            } else if *name == IF_RANGE {
                asked.has_if_range = true;
            } else if config.request_no_transform && *name == CACHE_CONTROL {
                asked.no_transform |= RequestDirectives::of_line(line).no_transform;
            } else if config.request_opt_out && *name == X_NO_COMPRESSION {
                asked.opted_out = true;
            }
        }
        if is_conditional {
            asked.file = FileType::of_path(uri.path());
        }
        asked
    }

    /// The type of a 304's representation, as far as the path tells it.
    pub(super) fn type_of_path(&self) -> Option<MediaType<'static>> {
        self.file?.usual_type()
    }

    /// Whether the client refuses to be sent the representation as it is.
    pub(super) fn refuses_identity(&mut self, config: &Config) -> bool {
        self.accepted.has_weights() && self.preference(config).identity_refused
    }

    /// The form that the request asks for, whatever the response is.
    pub(super) fn form(&mut self, config: &Config) -> Option<Variant> {
        self.preference(config).coding.map(Variant::new)
    }

    /// What the client prefers among the codings on offer.
    pub(super) fn preference(&mut self, config: &Config) -> Preference {
        self.accepted.negotiate(&config.codings, config.when_absent)
    }

    /// Whether the request asks for the representation as it is, whatever `Accept-Encoding` says.
    pub(super) const fn wants_identity(&self) -> bool {
        self.opted_out || self.no_transform
    }

    /// Whether `If-None-Match` may be about this form.
    ///
    /// For GET and HEAD it is about the forms that the request accepts, since one of them is
    /// selected. For other methods it may be about any.
    pub(super) fn may_be_sent(&mut self, form: Variant) -> bool {
        !self.is_get_or_head || (!self.wants_identity() && self.accepted.accepts(form.coding()))
    }
}

/// Whether compressing changes the field of this name.
pub(super) fn is_changed(name: &[u8]) -> bool {
    let is = |field: &HeaderName| name.eq_ignore_ascii_case(field.as_str().as_bytes());
    is(&CONTENT_ENCODING)
        || is(&ETAG)
        || is(&VARY)
        || transform::changes_field(name, Change::Coding)
}

const X_NO_COMPRESSION: HeaderName = HeaderName::from_static("x-no-compression");
