//! What the layer does with a response, and why.

/// What [`CacheControlLayer`](super::CacheControlLayer) does with a response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Plan {
    /// It applies the policy as it is.
    Apply(Source),
    /// It applies a stricter form of the policy, because the response may be personal:
    ///
    /// - `private, no-cache`, where the request has credentials, the response sets a cookie, the handler
    ///   keeps the response from networks, or servers read the path in different ways;
    /// - the policy with `private`, where the request has a cookie;
    /// - the policy without its [part for networks](super::Policy::with_cdn), where that alone would share the
    ///   response.
    Restrict(Source),
    /// It changes nothing.
    Leave(Reason),
}

/// Where a policy comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// The rules for [static assets](super::StaticAssets).
    Assets,
    /// None of the rules: the response holds a nonce, which no response may repeat. `Cache-Control` becomes
    /// `private, no-cache`, or stays `no-store`. A rule that is at least as strict is applied instead.
    Nonce,
    /// The rule of this number; the first is 0.
    Rule(usize),
    /// No rule: nobody said anything, and
    /// [`otherwise_no_cache`](super::CacheControlLayer::otherwise_no_cache) is on.
    Unsaid,
}

/// Why the layer changes nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
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
}
