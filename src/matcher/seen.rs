//! What matchers see of the two heads. Each is read once.

use http::uri::PathAndQuery;
use http::{Method, Request, StatusCode, request, response};

use super::head::with_head;
use crate::rules::media::Media;
use crate::rules::path::Path;
use crate::rules::status;

/// What is known of a request.
#[derive(Debug)]
pub(crate) struct SeenRequest<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: Path<'a>,
    /// There only where a matcher needs it.
    pub(crate) head: Option<&'a request::Parts>,
}

impl<'a> SeenRequest<'a> {
    /// What a matcher that does not need the head sees.
    pub(crate) fn without_head<B>(request: &'a Request<B>) -> Self {
        Self {
            method: request.method(),
            path: Path::read(request.uri().path()),
            head: None,
        }
    }
}

impl<'a> From<&'a request::Parts> for SeenRequest<'a> {
    fn from(head: &'a request::Parts) -> Self {
        Self {
            method: &head.method,
            path: Path::read(head.uri.path()),
            head: Some(head),
        }
    }
}

/// What is known of a response, and of its request.
#[derive(Debug)]
pub(crate) struct SeenResponse<'a> {
    pub(crate) request: SeenRequest<'a>,
    pub(crate) response: &'a response::Parts,
    pub(crate) media: Media<'a>,
    /// The status; 200 for a 304 and a 206, which stand for one.
    pub(crate) status: StatusCode,
}

impl<'a> SeenResponse<'a> {
    pub(crate) fn new(request: SeenRequest<'a>, response: &'a response::Parts) -> Self {
        Self {
            media: Media::of(response, &request.path),
            status: status::stood_for(response.status),
            request,
            response,
        }
    }
}

/// The parts of a request that a response matcher needs, kept until the response is there.
#[derive(Debug)]
pub(crate) struct KeptRequest {
    method: Method,
    target: Option<PathAndQuery>,
    /// There only where a matcher needs it.
    head: Option<Box<request::Parts>>,
}

impl KeptRequest {
    pub(crate) fn new<B>(request: &mut Request<B>, needs_head: bool) -> Self {
        let head = needs_head.then(|| Box::new(with_head(request, Clone::clone)));
        Self {
            method: request.method().clone(),
            target: request.uri().path_and_query().cloned(),
            head,
        }
    }

    pub(crate) fn query(&self) -> Option<&str> {
        self.target.as_ref().and_then(PathAndQuery::query)
    }

    pub(crate) fn seen(&self) -> SeenRequest<'_> {
        SeenRequest {
            method: &self.method,
            path: Path::read(self.target.as_ref().map_or("/", PathAndQuery::path)),
            head: self.head.as_deref(),
        }
    }
}

/// What a question without a server has at hand.
impl From<&request::Parts> for KeptRequest {
    fn from(head: &request::Parts) -> Self {
        Self {
            method: head.method.clone(),
            target: head.uri.path_and_query().cloned(),
            head: Some(Box::new(head.clone())),
        }
    }
}
