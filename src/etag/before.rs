//! What is done with a request before the handler sees it. Pure.

use http::{Method, request};

use super::config::Config;
use super::hasher::{self, Hasher, Strength};
use super::plan::Asked;
use super::preconditions::{Precondition, Preconditions, Verdict};
use super::resolver::Current;
use super::validators::Validators;

/// The condition of a write that held, in the extensions of its request.
///
/// What held a moment ago need not hold now: between the question and the write there may be another
/// write. So the handler writes only where the state is still this one, in one step with the write: a
/// compare-and-swap, a `WHERE version = …`, a transaction. Where it is not, it answers 412.
///
/// There is none where the request had no condition that holds or fails, or where the
/// [resolver](super::Resolver) did not know the state.
///
/// # Example
///
/// ```
/// use http::{Request, StatusCode};
/// use tower_egress::etag::{Current, Held};
///
/// # fn replace(_: Option<&Current>) -> bool { true }
/// fn put(request: &Request<String>) -> StatusCode {
///     let held = request.extensions().get::<Held>();
///     match replace(held.map(|held| &held.state)) {
///         true => StatusCode::NO_CONTENT,
///         false => StatusCode::PRECONDITION_FAILED,
///     }
/// }
/// # put(&Request::new(String::new()));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Held {
    /// The first that held, in the order of RFC 9110 §13.2.2.
    pub precondition: Precondition,
    /// The state that it was compared with: `Missing` or `Present`.
    pub state: Current,
}

/// What a request asks for, as far as it is decided before the handler.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) asked: Asked,
    /// Of methods other than GET and HEAD.
    write: Option<Write>,
}

#[derive(Debug)]
struct Write {
    conditions: Box<Preconditions>,
    /// The request is to have a condition, and is refused without one.
    needs_condition: bool,
}

/// What has to be known to decide.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Need {
    /// Nothing: the handler is called.
    Nothing,
    /// Nothing: the request is to have a condition, and has none.
    Condition,
    /// The current state.
    State,
}

/// What is done.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// The handler is called.
    Call(Call),
    /// 304, with these validators.
    NotModified(Validators),
    /// 412, with these validators where the method is GET or HEAD.
    Failed(Option<Validators>),
    /// 428.
    Required,
}

/// How the handler is called.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Call {
    /// For the extensions of the request.
    pub(super) held: Option<Held>,
    /// For the answer.
    pub(super) validators: Option<Validators>,
    /// `Range` and `If-Range` are removed from the request: what the client holds a part of is no
    /// longer current, or nobody knows whether it is.
    pub(super) without_range: bool,
}

#[cfg(feature = "tracing")]
impl Step {
    /// For the log.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Call(_) => "call",
            Self::NotModified(_) => "not modified",
            Self::Failed(_) => "precondition failed",
            Self::Required => "precondition required",
        }
    }
}

impl Before {
    pub(super) fn read(head: &request::Parts, requires_precondition: bool) -> Self {
        let asked = Asked::read(&head.method, &head.headers, &head.extensions);
        let write = (!asked.is_get_or_head()).then(|| Write {
            conditions: Box::new(Preconditions::read(&head.method, &head.headers)),
            needs_condition: requires_precondition && changes_what_is_there(&head.method),
        });
        Self { asked, write }
    }

    pub(super) fn need(&self) -> Need {
        match &self.write {
            None => Need::State,
            Some(write) if !write.conditions.is_empty() => Need::State,
            Some(write) if write.needs_condition => Need::Condition,
            Some(_) => Need::Nothing,
        }
    }

    /// Decides, once the state is known.
    pub(super) fn decide<H: Hasher>(&self, state: Current, config: &Config<H>) -> Step {
        match (&self.write, state) {
            (None, Current::Present(validators)) => self.read_of(validators, config),
            // RFC 9110 §13.2.1: conditions are ignored where the answer without them would be neither
            // 2xx nor 412, and that to GET is 404 here.
            (None, Current::Missing | Current::Unknown) => Step::Call(Call {
                without_range: depends_on_own_tag(&self.asked, config),
                ..Call::default()
            }),
            (Some(write), state) => write.decide(state),
        }
    }

    fn read_of<H: Hasher>(&self, validators: Validators, config: &Config<H>) -> Step {
        let verdict = match &self.asked.conditions {
            Some(conditions) if !may_get_a_tag(conditions, &validators, config) => {
                conditions.evaluate(Some(&validators))
            }
            _ if depends_on_own_tag(&self.asked, config) => Verdict::PerformWithoutRange,
            _ => Verdict::Perform,
        };
        let wants_it_anew = self.asked.wants_it_anew && !config.ignores_no_cache;
        match verdict {
            Verdict::NotModified(precondition)
                if !wants_it_anew && !self.may_be_of_a_nonce(precondition) =>
            {
                Step::NotModified(validators)
            }
            Verdict::Failed(_) => Step::Failed(Some(validators)),
            verdict => Step::Call(Call {
                held: None,
                validators: Some(validators),
                without_range: verdict == Verdict::PerformWithoutRange,
            }),
        }
    }

    /// Whether the client may have a page with a nonce in it, which no 304 may show again. Whether the
    /// handler reads the nonce of this request shows only in its response, so the conditions are
    /// compared with that.
    ///
    /// A page with a nonce is sent without validators. A client that names the tag has a page that was
    /// sent with it, and so one without a nonce. A date and `*` do not tell.
    fn may_be_of_a_nonce(&self, precondition: Precondition) -> bool {
        let conditions = self.asked.conditions.as_ref();
        let is_told = precondition == Precondition::IfNoneMatch
            && !conditions.is_some_and(|conditions| conditions.names_any());
        self.asked.nonce.is_some() && !is_told
    }
}

impl Write {
    fn decide(&self, state: Current) -> Step {
        let current = match &state {
            // The handler has to compare.
            Current::Unknown => return self.call_if(self.conditions.may_guard(), None),
            Current::Missing => None,
            Current::Present(validators) => Some(validators),
        };
        // RFC 9110 §13.1.2:
        //
        // > the origin server MUST NOT perform the requested method if the condition evaluates to
        // > false; instead, the origin server MUST respond with either a) the 304 (Not Modified)
        // > status code if the request method is GET or HEAD or b) the 412 (Precondition Failed)
        // > status code for all other request methods.
        if self.conditions.evaluate(current) != Verdict::Perform {
            return Step::Failed(None);
        }
        let precondition = self.conditions.held(current);
        // That what is there is not what somebody else had in mind, as `If-None-Match: "x"` says, is no
        // sign that the client has seen it.
        let is_guarded = match precondition {
            Some(Precondition::IfNoneMatch) => current.is_none(),
            precondition => precondition.is_some(),
        };
        let held = precondition.map(|precondition| Held {
            precondition,
            state,
        });
        self.call_if(is_guarded, held)
    }

    fn call_if(&self, is_guarded: bool, held: Option<Held>) -> Step {
        if self.needs_condition && !is_guarded {
            return Step::Required;
        }
        Step::Call(Call {
            held,
            ..Call::default()
        })
    }
}

/// Whether the conditions are left to the answer: it may get a tag that is not known yet, and the client may
/// have it; or the resolver wants it so.
const fn may_get_a_tag<H>(
    conditions: &Preconditions,
    validators: &Validators,
    config: &Config<H>,
) -> bool {
    let is_untagged = validators.etag.is_none();
    validators.for_the_answer
        || is_untagged && (config.strength.is_some() || conditions.names_tags())
}

/// Whether a range depends on a tag that the layer made. The layer does not know whether that tag is
/// current, and the handler does not know the tag: a handler that does not evaluate `If-Range` would
/// send a part of other bytes. Without the range the client gets the full representation, which is
/// always right.
///
/// A tag of another form is the handler's, and its ranges stay. A weak tag is never current, whoever
/// made it: RFC 9110 §13.1.5 asks for the strong comparison.
pub(super) fn depends_on_own_tag<H: Hasher>(asked: &Asked, config: &Config<H>) -> bool {
    let conditions = asked
        .conditions
        .as_ref()
        .filter(|_| config.strength.is_some());
    let tag = conditions.and_then(|conditions| conditions.tag_of_range());
    tag.is_some_and(|tag| {
        tag.weak
            || config.strength == Some(Strength::Strong)
                && hasher::may_have_made(&config.hasher, tag.opaque)
    })
}

/// Whether the method replaces, changes or removes a representation that somebody else may have
/// changed meanwhile.
const fn changes_what_is_there(method: &Method) -> bool {
    matches!(*method, Method::PUT | Method::PATCH | Method::DELETE)
}

#[cfg(test)]
mod tests;
