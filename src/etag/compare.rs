//! Comparing a finished response with the conditions of its request.

use http::response;

use super::asked::Asked;
use super::config::Config;
use super::plan::{Plan, Reason};
use crate::marks::nonce::NonceUsed;
use crate::rules::entity_tag::EntityTag;
use crate::rules::preconditions::Verdict;
use crate::rules::validators::ValidatorsRef;

/// Decides what becomes of the response to a GET or HEAD. `tag` is the one that the layer made and
/// that is not in the head yet; `plan` is what was decided about it.
pub(super) fn verdict(
    config: &Config,
    asked: &Asked,
    response: &response::Parts,
    tag: Option<&EntityTag>,
    plan: Plan,
) -> Verdict {
    let Some(conditions) = asked.conditions.as_ref().filter(|_| asked.method.is_read()) else {
        return Verdict::Perform;
    };
    // RFC 9110 §13.2.1:
    //
    // > A server MUST ignore all received preconditions if its response to the same request without
    // > those conditions, prior to processing the request content, would have been a status code
    // > other than a 2xx (Successful) or 412 (Precondition Failed).
    if !response.status.is_success() || NonceUsed::is_in(&response.extensions) {
        return Verdict::Perform;
    }
    // Nobody knows the tag that GET would have.
    if plan == Plan::Pass(Reason::WithoutBody) && conditions.has_tags() {
        return Verdict::Perform;
    }
    let validators = match tag {
        Some(tag) => ValidatorsRef::read_date(&response.headers, tag),
        None => ValidatorsRef::read(&response.headers),
    };
    match conditions.compare(Some(validators)) {
        Verdict::NotModified(_) if asked.is_reload && !config.ignores_no_cache => Verdict::Perform,
        verdict => verdict,
    }
}
