//! What the layer does with a request before the handler sees it.

use std::fmt;

use super::asked::Asked;
use super::config::{Config, Strength};
use super::held::Held;
use super::resolver::Current;
use crate::rules::method::MethodKind;
use crate::rules::preconditions::{Precondition, Preconditions, Verdict};
use crate::rules::validators::Validators;

/// What the layer does.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Action {
    /// It calls the handler.
    Call(Call),
    /// It sends 304, with these validators.
    NotModified(Validators),
    /// It sends 412, with these validators if the method is GET or HEAD.
    Failed(Option<Validators>),
    /// It sends 428.
    Required,
}

/// How the layer calls the handler.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Call {
    /// For the extensions of the request.
    pub(super) held: Option<Held>,
    /// For the response.
    pub(super) validators: Option<Validators>,
    /// Removes `Range` and `If-Range` from the request: the client holds a part of a representation
    /// that is no longer current, or nobody knows whether it is.
    pub(super) without_range: bool,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Call(_) => "call",
            Self::NotModified(_) => "not modified",
            Self::Failed(_) => "precondition failed",
            Self::Required => "precondition required",
        })
    }
}

/// Decides what does not depend on the state; `None` where the state has to be known.
pub(super) fn without_state(asked: &Asked, config: &Config) -> Option<Action> {
    if asked.method.is_read() || asked.conditions.is_some() {
        return None;
    }
    Some(match needs_condition(asked, config) {
        true => Action::Required,
        false => Action::Call(Call::default()),
    })
}

/// Decides, once the state is known.
pub(super) fn with_state(asked: &Asked, state: Current, config: &Config) -> Action {
    match (&asked.conditions, state) {
        (Some(conditions), state) if !asked.method.is_read() => {
            write(conditions, state, needs_condition(asked, config))
        }
        (_, Current::Present(validators)) => read(asked, validators, config),
        // RFC 9110 §13.2.1: conditions are ignored if the response without them would be neither
        // 2xx nor 412, and the response to this GET is a 404.
        (_, Current::Missing | Current::Unknown) => Action::Call(Call {
            without_range: depends_on_own_tag(asked, config),
            ..Call::default()
        }),
    }
}

fn read(asked: &Asked, validators: Validators, config: &Config) -> Action {
    let verdict = match &asked.conditions {
        Some(conditions) if !waits_for_response(conditions, &validators, config) => {
            conditions.evaluate(Some(&validators))
        }
        _ if depends_on_own_tag(asked, config) => Verdict::PerformWithoutRange,
        _ => Verdict::Perform,
    };
    let is_reload = asked.is_reload && !config.ignores_no_cache;
    match verdict {
        Verdict::NotModified(precondition)
            if !is_reload && !may_have_a_nonce(asked, precondition) =>
        {
            Action::NotModified(validators)
        }
        Verdict::Failed(_) => Action::Failed(Some(validators)),
        verdict => Action::Call(Call {
            held: None,
            validators: Some(validators),
            without_range: verdict == Verdict::PerformWithoutRange,
        }),
    }
}

/// Whether the client may have a page with a nonce in it, which no 304 may show again. Only the
/// response shows whether the handler reads the nonce of this request. So the conditions are
/// compared with the response.
///
/// A page with a nonce is sent without validators. A client that names the tag has a page that was
/// sent with it, and so one without a nonce. A date and `*` do not tell.
fn may_have_a_nonce(asked: &Asked, precondition: Precondition) -> bool {
    let conditions = asked.conditions.as_ref();
    let names_the_tag = precondition == Precondition::IfNoneMatch
        && !conditions.is_some_and(|conditions| conditions.names_any());
    asked.nonce.is_some() && !names_the_tag
}

fn write(conditions: &Preconditions, state: Current, needs_condition: bool) -> Action {
    let current = match state {
        // The handler has to compare.
        Current::Unknown => return call_if(conditions.may_guard() || !needs_condition, None),
        Current::Missing => None,
        Current::Present(validators) => Some(validators),
    };
    // RFC 9110 §13.1.2:
    //
    // > the origin server MUST NOT perform the requested method if the condition evaluates to
    // > false; instead, the origin server MUST respond with either a) the 304 (Not Modified)
    // > status code if the request method is GET or HEAD or b) the 412 (Precondition Failed)
    // > status code for all other request methods.
    if conditions.evaluate(current.as_ref()) != Verdict::Perform {
        return Action::Failed(None);
    }
    let precondition = conditions.held(current.as_ref().map(Validators::borrowed));
    // `If-None-Match: "x"` holds if the current state is not `"x"`, so it does not show that the
    // client has seen the current state.
    let is_guarded = match precondition {
        Some(Precondition::IfNoneMatch) => current.is_none(),
        precondition => precondition.is_some(),
    };
    let held = precondition.map(|precondition| Held::new(precondition, current));
    call_if(is_guarded || !needs_condition, held)
}

fn call_if(is_enough: bool, held: Option<Held>) -> Action {
    if !is_enough {
        return Action::Required;
    }
    Action::Call(Call {
        held,
        ..Call::default()
    })
}

/// Whether the request is refused without a condition.
const fn needs_condition(asked: &Asked, config: &Config) -> bool {
    config.requires_precondition && matches!(asked.method, MethodKind::Write)
}

/// Whether the conditions are compared with the response: it may get a tag that is not known yet,
/// and the client may have that one; or the resolver wants it so.
const fn waits_for_response(
    conditions: &Preconditions,
    validators: &Validators,
    config: &Config,
) -> bool {
    let is_untagged = validators.etag.is_none();
    validators.wait_for_response
        || is_untagged && (config.strength.is_some() || conditions.names_tags())
}

/// Whether a range depends on a tag that the layer made. The layer does not know whether that tag
/// is current, and the handler does not know the tag. A handler that does not evaluate `If-Range`
/// would send a part of other bytes. Without the range the client gets the full representation,
/// which is always right.
///
/// A tag of another form is the handler's, and its ranges stay. A weak tag is never current,
/// whoever made it: RFC 9110 §13.1.5 asks for the strong comparison.
pub(super) fn depends_on_own_tag(asked: &Asked, config: &Config) -> bool {
    let conditions = asked
        .conditions
        .as_ref()
        .filter(|_| config.strength.is_some());
    let tag = conditions.and_then(|conditions| conditions.tag_of_range());
    tag.is_some_and(|tag| {
        tag.weak
            || config.strength == Some(Strength::Strong) && config.hasher.may_have_made(tag.opaque)
    })
}

#[cfg(test)]
mod tests;
