//! Which rule is about a response, and what the layer does. Pure.

use super::assets::StaticAssets;
use super::decision::{Decision, Found};
use super::facts::Facts;
use super::plan::{PolicySource, Reason};
use super::policy::Policy;
use super::value::CacheControl;
use crate::marks::nonce::NonceUsed;
use crate::matcher::ResponseMatcher;
use crate::rules::media::Media;

/// A rule: which responses it is about, and their policy.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    matcher: ResponseMatcher,
    policy: Policy,
    names_statuses: bool,
}

impl Rule {
    pub(super) fn new(matcher: ResponseMatcher, policy: Policy) -> Self {
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
    /// The policy of responses that nobody spoke of.
    unsaid: Option<Policy>,
    pub(super) needs_head: bool,
    overrides: bool,
}

impl Rules {
    pub(super) fn add(&mut self, rule: Rule) {
        self.needs_head |= rule.matcher.needs_head();
        self.overrides |= rule.policy.overrides();
        self.rules.push(rule);
    }

    pub(super) fn set_assets(&mut self, assets: StaticAssets) {
        self.assets = Some(assets);
    }

    pub(super) fn set_otherwise_no_cache(&mut self, is_on: bool) {
        self.unsaid = is_on.then(|| CacheControl::no_cache().into());
    }

    /// Decides about one response.
    pub(super) fn decide(&self, facts: &Facts<'_>) -> Decision<'_> {
        if facts.is_interim() {
            return Decision::leave(Reason::Interim);
        }
        let has_nonce = NonceUsed::is_in(&facts.seen.response.extensions);
        if facts.has_policy && !self.overrides && !has_nonce {
            return Decision::leave(Reason::HandlerSpoke);
        }
        let found = self.find(facts);
        let decision = match &found {
            Some(found) => Decision::of(found, facts),
            None => Decision::leave(Reason::NoRule),
        };
        match has_nonce {
            true => decision.for_nonce(found.as_ref()),
            false => decision,
        }
    }

    /// The first rule that is about the response.
    fn find(&self, facts: &Facts<'_>) -> Option<Found<'_>> {
        let is_cacheable = facts.has_cacheable_status();
        if let Some((place, rule)) = self.find_rule(facts, is_cacheable) {
            return Some(Found {
                source: PolicySource::Rule(place),
                policy: &rule.policy,
                is_fingerprinted: false,
            });
        }
        let assets = self.assets.as_ref().filter(|_| is_cacheable);
        if let Some(asset) = assets.and_then(|assets| assets.find(facts)) {
            return Some(Found {
                source: PolicySource::Assets,
                policy: asset.policy,
                is_fingerprinted: asset.is_fingerprinted,
            });
        }
        let policy = self.unsaid.as_ref().filter(|_| facts.is_unsaid())?;
        Some(Found {
            source: PolicySource::Unsaid,
            policy,
            is_fingerprinted: false,
        })
    }

    /// The first of the user's rules that is about the response, with its number.
    ///
    /// Where the media type of the 200 is not known, a rule may depend on it. Then no later rule is
    /// tried: it could weaken what the 200 said.
    fn find_rule(&self, facts: &Facts<'_>, is_cacheable: bool) -> Option<(usize, &Rule)> {
        let rules = self.rules.iter().enumerate();
        let mut rules = rules.filter(|(_, rule)| is_cacheable || rule.names_statuses);
        if !matches!(facts.media(), Media::Guessed(None)) {
            return rules.find(|(_, rule)| rule.matcher.matches(&facts.seen));
        }
        let (is_known, found) = rules.find_map(|found| {
            let matches = found.1.matcher.matches_untyped(&facts.seen);
            (matches != Some(false)).then_some((matches.is_some(), found))
        })?;
        is_known.then_some(found)
    }
}
