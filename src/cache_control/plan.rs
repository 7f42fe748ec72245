//! What the layer does with a response, and why.

use std::fmt;

use crate::matcher::Off;

/// What [`CacheControlLayer`](super::CacheControlLayer) does with a response.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Plan {
    /// It applies the policy as it is.
    Apply(PolicySource),
    /// It applies a stricter form of the policy, because the response may be personal:
    ///
    /// - `private, no-cache`, where the request has credentials, the response sets a cookie, the
    ///   handler keeps the response from networks, or servers read the path in different ways;
    /// - the policy with `private`, where the request has a cookie;
    /// - the policy without its [part for networks](super::Policy::cdn), where that alone would
    ///   share the response.
    Restrict(PolicySource),
    /// It changes nothing.
    Leave(Reason),
}

/// Where a policy comes from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum PolicySource {
    /// The rules for [static assets](super::StaticAssets).
    Assets,
    /// None of the rules: the response holds a nonce, which no response may repeat. `Cache-Control`
    /// becomes `private, no-cache`, or stays `no-store`. A rule that is at least as strict is
    /// applied instead.
    Nonce,
    /// The rule of this number; the first is 0.
    Rule(usize),
    /// No rule: nobody said anything, and
    /// [`otherwise_no_cache`](super::CacheControlLayer::otherwise_no_cache) is on.
    Unsaid,
}

/// Why the layer changes nothing.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The layer is [off](super::CacheControlLayer::enabled).
    Disabled,
    /// The handler set `Cache-Control`, `Expires` or `Pragma` itself.
    HandlerSpoke,
    /// The policy overrides what the handler said, but the handler was stricter.
    HandlerIsStricter,
    /// The response is not yet the one that the client asked for: an interim response, a switch of
    /// protocols, or a tunnel.
    Interim,
    /// The method is neither GET nor HEAD, and the policy would let others have the response.
    Method,
    /// No rule matches, or the first one that could depends on a media type that is not known.
    NoRule,
    /// The layer [skips](super::CacheControlLayer::skip) the request, or the response.
    Skipped,
}

impl From<Off> for Reason {
    fn from(off: Off) -> Self {
        match off {
            Off::Disabled => Self::Disabled,
            Off::Skipped => Self::Skipped,
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Apply(source) => write!(f, "apply {source}"),
            Self::Restrict(source) => write!(f, "restrict {source}"),
            Self::Leave(reason) => write!(f, "leave: {reason}"),
        }
    }
}

impl fmt::Display for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assets => f.write_str("the rules for static assets"),
            Self::Nonce => f.write_str("the policy of responses with a nonce"),
            Self::Rule(number) => write!(f, "rule {number}"),
            Self::Unsaid => f.write_str("the policy of responses that nobody spoke of"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disabled => "the layer is off",
            Self::HandlerSpoke => "the handler set a field that caches obey",
            Self::HandlerIsStricter => "the handler is stricter",
            Self::Interim => "the response is interim, or starts a tunnel",
            Self::Method => "the method is neither GET nor HEAD",
            Self::NoRule => "no rule matches",
            Self::Skipped => "the request or the response is skipped",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_shown_in_plain_words() {
        for (plan, expected) in [
            (Plan::Apply(PolicySource::Rule(2)), "apply rule 2"),
            (
                Plan::Restrict(PolicySource::Assets),
                "restrict the rules for static assets",
            ),
            (
                Plan::Leave(Reason::HandlerIsStricter),
                "leave: the handler is stricter",
            ),
            (Plan::Leave(Off::Disabled.into()), "leave: the layer is off"),
            (
                Plan::Leave(Off::Skipped.into()),
                "leave: the request or the response is skipped",
            ),
        ] {
            assert_eq!(plan.to_string(), expected);
        }
    }
}
