//! Which lines a policy writes, given the request and what the handler said. Pure.

use http::HeaderValue;

use super::audience::Audience;
use super::cdn::{self, CdnCacheControl};
use super::expires::Expires;
use super::facts::Facts;
use super::plan::{Plan, PolicySource, Reason};
use super::policy::Policy;
use super::value::CacheControl;

/// A policy that is about a response.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    pub(super) source: PolicySource,
    pub(super) policy: &'a Policy,
    /// The name of the file changes with its content.
    pub(super) is_fingerprinted: bool,
}

/// What the layer does with a response.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decision<'a> {
    pub(super) plan: Plan,
    pub(super) change: Option<Change<'a>>,
    /// The response holds a nonce, so that no cache may give it out again.
    pub(super) forbids_reuse: bool,
}

/// How the head changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change<'a> {
    /// `Cache-Control`.
    pub(super) line: &'a HeaderValue,
    /// `CDN-Cache-Control`.
    pub(super) cdn: Option<&'a CdnCacheControl>,
    pub(super) expires: Option<&'a Expires>,
    pub(super) removed: Removed,
}

/// Which fields of the handler are removed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Removed {
    /// Every field that some cache obeys.
    All,
    /// Those that speak to all caches: `Cache-Control`, `Expires` and `Pragma`.
    ForAll,
    Nothing,
}

impl<'a> Decision<'a> {
    pub(super) const fn leave(reason: Reason) -> Self {
        Self {
            plan: Plan::Leave(reason),
            change: None,
            forbids_reuse: false,
        }
    }

    /// What `found` makes of the response.
    pub(super) fn of(found: &Found<'a>, facts: &Facts<'_>) -> Self {
        match choose(found, facts) {
            Ok((plan, change)) => Self {
                plan,
                change: Some(change),
                forbids_reuse: false,
            },
            Err(reason) => Self::leave(reason),
        }
    }

    /// The same for a response that holds a nonce: a policy is applied only if it is at least as
    /// strict as what a nonce needs.
    pub(super) fn for_nonce(self, found: Option<&Found<'a>>) -> Self {
        let is_strict = found.is_some_and(|found| found.policy.value().is_private_no_cache());
        let is_kept = is_strict && self.change.is_some();
        Self {
            plan: if is_kept {
                self.plan
            } else {
                Plan::Apply(PolicySource::Nonce)
            },
            change: self.change.filter(|_| is_kept),
            forbids_reuse: true,
        }
    }
}

fn choose<'a>(found: &Found<'a>, facts: &Facts<'_>) -> Result<(Plan, Change<'a>), Reason> {
    if facts.has_policy && !found.policy.overrides() {
        return Err(Reason::HandlerSpoke);
    }
    if facts.has_policy || facts.speaks_to_networks {
        return beside_handler(found, facts);
    }
    for_audience(
        found,
        facts,
        Audience::of(facts, found.is_fingerprinted, None),
    )
}

/// What the policy makes of a response of which the handler said nothing.
fn for_audience<'a>(
    found: &Found<'a>,
    facts: &Facts<'_>,
    audience: Audience,
) -> Result<(Plan, Change<'a>), Reason> {
    let policy = found.policy;
    let is_whole = audience.is_respected_by(policy.value());
    if !is_whole && !facts.is_get_or_head() {
        return Err(Reason::Method);
    }
    let is_respected = |cdn: &&CdnCacheControl| audience.is_respected_by(cdn.value());
    let cdn = policy.cdn_part().filter(is_respected);
    let plan = if is_whole && cdn.is_some() == policy.cdn_part().is_some() {
        Plan::Apply(found.source)
    } else {
        Plan::Restrict(found.source)
    };
    let change = Change {
        line: &policy.said_to(audience).line,
        cdn,
        expires: policy.expires_part().filter(|_| is_whole),
        removed: Removed::Nothing,
    };
    Ok((plan, change))
}

/// What the policy makes of a response of which the handler said something that the policy may
/// replace, or stand beside.
fn beside_handler<'a>(found: &Found<'a>, facts: &Facts<'_>) -> Result<(Plan, Change<'a>), Reason> {
    let head = &facts.seen.response.headers;
    let to_all = facts.has_policy.then(|| CacheControl::read(head)).flatten();
    let to_networks = facts
        .speaks_to_networks
        .then(|| cdn::said_in(head))
        .flatten();
    let audience = Audience::of(facts, found.is_fingerprinted, to_networks.as_ref());
    let (plan, mut change) = for_audience(found, facts, audience)?;
    let value = &found.policy.said_to(audience).value;
    if is_weaker(value, to_all.as_ref()) {
        return Err(Reason::HandlerIsStricter);
    }
    change.cdn = change
        .cdn
        .filter(|cdn| !is_weaker(cdn.value(), to_all.as_ref()));
    // What networks would obey instead of what the handler said to them, if it said anything.
    let obeyed = change.cdn.map_or(value, CdnCacheControl::value);
    let is_kept = !found.policy.overrides() || is_weaker(obeyed, to_networks.as_ref());
    if is_kept {
        change.cdn = None;
    }
    change.removed = match (is_kept, facts.has_policy) {
        (false, _) => Removed::All,
        (true, true) => Removed::ForAll,
        (true, false) => Removed::Nothing,
    };
    Ok((plan, change))
}

/// Whether `value` allows something that the handler forbids.
fn is_weaker(value: &CacheControl, handler: Option<&CacheControl>) -> bool {
    handler.is_some_and(|handler| value.is_weaker_than(handler))
}
