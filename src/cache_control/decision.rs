//! Which lines a policy writes, given the request and what the handler said. Pure.

use http::HeaderValue;

use super::audience::Audience;
use super::cdn;
use super::facts::Facts;
use super::plan::{Plan, Reason, Source};
use super::policy::{Expires, Policy};
use super::value::CacheControl;

/// A policy that is about a response.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    pub(super) source: Source,
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
    pub(super) cdn: Option<&'a HeaderValue>,
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

    /// The same for a response that holds a nonce: a policy is applied only if it is at least as strict as
    /// what a nonce needs.
    pub(super) fn for_nonce(self, found: Option<&Found<'a>>) -> Self {
        let is_strict = found.is_some_and(|found| found.policy.value().is_private_no_cache());
        let is_kept = is_strict && self.change.is_some();
        Self {
            plan: if is_kept {
                self.plan
            } else {
                Plan::Apply(Source::Nonce)
            },
            change: self.change.filter(|_| is_kept),
            forbids_reuse: true,
        }
    }
}

fn choose<'a>(found: &Found<'a>, facts: &Facts<'_>) -> Result<(Plan, Change<'a>), Reason> {
    let policy = found.policy;
    if facts.has_policy && !policy.overrides() {
        return Err(Reason::HandlerSpoke);
    }
    let head = &facts.response.headers;
    let to_networks = facts.speaks_to_networks.then(|| cdn::said_in(head));
    let audience = Audience::of(facts, found.is_fingerprinted, to_networks.as_ref());
    let respects = |value: &CacheControl| audience.is_respected_by(value);
    let is_whole = respects(policy.value());
    let said = policy.said_to(audience);
    if !is_whole && !facts.is_get_or_head() {
        return Err(Reason::Method);
    }
    let to_all = facts.has_policy.then(|| CacheControl::read(head)).flatten();
    if is_stricter(to_all.as_ref(), &said.value) {
        return Err(Reason::HandlerIsStricter);
    }
    let is_restricted = !is_whole || policy.cdn().is_some_and(|cdn| !respects(cdn.value()));
    let cdn = policy
        .cdn()
        .filter(|cdn| respects(cdn.value()) && !is_stricter(to_all.as_ref(), cdn.value()));
    // What networks obey after the change.
    let obeyed = cdn.map_or(&said.value, |cdn| cdn.value());
    let keeps_networks = match &to_networks {
        Some(handler) => !policy.overrides() || obeyed.is_weaker_than(handler),
        None => false,
    };
    let change = Change {
        line: &said.line,
        cdn: cdn.filter(|_| !keeps_networks).map(|cdn| cdn.line()),
        expires: policy.expires().filter(|_| is_whole),
        removed: match (facts.has_policy || facts.speaks_to_networks, keeps_networks) {
            (true, false) => Removed::All,
            (true, true) if facts.has_policy => Removed::ForAll,
            _ => Removed::Nothing,
        },
    };
    let plan = if is_restricted {
        Plan::Restrict(found.source)
    } else {
        Plan::Apply(found.source)
    };
    Ok((plan, change))
}

/// Whether the handler forbids something that `value` allows.
fn is_stricter(handler: Option<&CacheControl>, value: &CacheControl) -> bool {
    handler.is_some_and(|handler| value.is_weaker_than(handler))
}
