//! What is said of one answer, and why nothing is. Pure.

use http::response;

use super::assets::StaticAssets;
use super::facts::{Asked, Facts};
use super::matcher::Matcher;
use super::policy::Policy;
use super::value::CacheControl;
use crate::marks::nonce::NonceUsed;

/// What [`CacheControlLayer`](super::CacheControlLayer) does with an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Plan {
    /// It says what a rule says.
    Apply(Source),
    /// It says nothing.
    Leave(Reason),
}

/// Where a policy comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// The rules for [static assets](StaticAssets).
    Assets,
    /// None of the rules: the answer has a nonce in it, which is never given out twice. It says `private,
    /// no-cache`, or `no-store` where it did, whatever else was said.
    Nonce,
    /// The rule of this number; the first is 0.
    Rule(usize),
}

/// Why nothing is said.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The handler has said something itself.
    HandlerSpoke,
    /// The policy overrides what the handler said, and what the handler said is stricter.
    HandlerIsStricter,
    /// It is not yet what was asked for: an interim answer, a switch of protocols, a tunnel.
    Interim,
    /// The answer could be somebody's own (it sets a cookie, the request has `Authorization`, the
    /// method is neither GET nor HEAD, or servers read the path differently), and the policy would let
    /// others have it.
    MayBePersonal,
    /// No rule matches.
    NoRule,
}

/// A rule: which answers it is about, and what it says of them.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    matcher: Matcher,
    policy: Policy,
    names_statuses: bool,
}

impl Rule {
    pub(super) fn new(matcher: Matcher, policy: Policy) -> Self {
        Self {
            names_statuses: matcher.names_statuses(),
            matcher,
            policy,
        }
    }
}

/// Every rule, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    assets: Option<StaticAssets>,
    pub(super) needs_request: bool,
    overrides: bool,
}

impl Rules {
    pub(super) fn add(&mut self, rule: Rule) {
        self.needs_request |= rule.matcher.needs_request();
        self.overrides |= rule.policy.overrides();
        self.rules.push(rule);
    }

    pub(super) fn set_assets(&mut self, assets: StaticAssets) {
        self.assets = Some(assets);
    }

    /// Decides about one answer; gives the policy too where one is applied.
    pub(super) fn plan(
        &self,
        asked: &Asked,
        response: &response::Parts,
    ) -> (Plan, Option<&Policy>) {
        if NonceUsed::is_in(&response.extensions) {
            return (Plan::Apply(Source::Nonce), None);
        }
        let facts = Facts::read(asked, response);
        if facts.is_interim() {
            return (Plan::Leave(Reason::Interim), None);
        }
        if facts.has_policy && !self.overrides {
            return (Plan::Leave(Reason::HandlerSpoke), None);
        }
        let Some((source, policy)) = self.find(&facts) else {
            return (Plan::Leave(Reason::NoRule), None);
        };
        match objection(policy, &facts) {
            Some(reason) => (Plan::Leave(reason), None),
            None => (Plan::Apply(source), Some(policy)),
        }
    }

    /// The first rule that is about the answer.
    fn find(&self, facts: &Facts<'_>) -> Option<(Source, &Policy)> {
        let is_kept = facts.is_kept();
        let mut rules = self.rules.iter().enumerate();
        let rule =
            rules.find(|(_, rule)| (is_kept || rule.names_statuses) && rule.matcher.matches(facts));
        if let Some((place, rule)) = rule {
            return Some((Source::Rule(place), &rule.policy));
        }
        let assets = self.assets.as_ref().filter(|_| is_kept)?;
        assets
            .find(facts)
            .map(|asset| (Source::Assets, asset.policy))
    }
}

/// Why a policy is not applied to what it is about.
fn objection(policy: &Policy, facts: &Facts<'_>) -> Option<Reason> {
    if facts.has_policy && !policy.overrides() {
        return Some(Reason::HandlerSpoke);
    }
    if facts.may_be_personal() && !policy.value().forbids_sharing() {
        return Some(Reason::MayBePersonal);
    }
    let said = facts
        .has_policy
        .then(|| CacheControl::read(&facts.response.headers))
        .flatten();
    let is_stricter = said.is_some_and(|said| policy.value().is_weaker_than(&said));
    is_stricter.then_some(Reason::HandlerIsStricter)
}
