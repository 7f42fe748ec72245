//! What the layer does with one response. Pure.

use http::{Extensions, HeaderMap, Method, StatusCode, request, response};

use super::config::Config;
use super::nonce::{CspNonce, NonceMode};
use super::plan::{Plan, Reason};
use super::prepared::Prepared;
use super::security_override::{SecurityOverride, Wanted};
use crate::marks::nonce::NonceRead;
use crate::marks::scheme::Scheme;
use crate::matcher::KeptRequest;
use crate::rules::{status, unrepeatable};

/// What is known of a request.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) is_connect: bool,
    pub(super) scheme: Scheme,
    /// `None` where no policy has nonces.
    pub(super) nonce: Option<CspNonce>,
    /// `None` where no responses are skipped.
    pub(super) kept: Option<Box<KeptRequest>>,
}

/// What is known of a response.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    /// The number of its field lines.
    pub(super) lines: usize,
    pub(super) wanted: Wanted,
    /// Whether `skip_responses` matches.
    pub(super) is_skipped: bool,
}

/// What the layer does with a response, with all that it takes to do so.
#[derive(Debug)]
pub(super) struct Decision<'a> {
    pub(super) plan: Plan,
    /// The fields that are sent; `None` where the layer passes the response.
    set: Option<&'a Prepared>,
    nonces: NonceMode<'a>,
    /// Whether the response has a nonce in it, so that no cache may reuse it.
    forbids_reuse: bool,
}

/// Decides.
#[inline(always)]
pub(super) fn decide<'a>(
    config: &'a Config,
    asked: &'a Asked,
    answered: &'a Answered,
) -> Decision<'a> {
    let (plan, set) = match &answered.wanted {
        Wanted::Set => (Plan::Apply, Some(config.template.prepared(asked.scheme))),
        Wanted::Own(set) => (Plan::Override, Some(set)),
        Wanted::Nothing => (Plan::Pass(Reason::OptedOut), None),
    };
    let is_interim = status::is_interim_or_tunnel(answered.status, asked.is_connect);
    let reason = if is_interim {
        Some(Reason::Interim)
    } else if answered.is_skipped {
        Some(Reason::Skipped)
    } else if set.is_some_and(|set| !set.fits(answered.lines)) {
        Some(Reason::TooManyFields)
    } else {
        None
    };
    Decision {
        plan: reason.map_or(plan, Plan::Pass),
        set: if reason.is_some() { None } else { set },
        nonces: asked.nonce_mode(answered.status),
        forbids_reuse: !is_interim && asked.is_drawn(),
    }
}

/// Decides for two heads, without a server.
pub(super) fn decide_for<T>(
    config: &Config,
    request: &request::Parts,
    response: &response::Parts,
    look: impl FnOnce(&Decision<'_>) -> T,
) -> T {
    let nonce = request.extensions.get::<CspNonce>();
    let asked = Asked {
        is_connect: request.method == Method::CONNECT,
        scheme: match &config.https {
            None => Scheme::Unknown,
            Some(https) => https.scheme(request),
        },
        nonce: nonce.filter(|_| config.template.has_nonces()).cloned(),
        kept: None,
    };
    let answered = Answered {
        status: response.status,
        lines: response.headers.len(),
        wanted: wanted(config, asked.scheme, &response.extensions),
        is_skipped: config.switch.off_for_response(request, response).is_some(),
    };
    look(&decide(config, &asked, &answered))
}

/// What the extensions of a response say.
#[inline]
pub(super) fn wanted(config: &Config, scheme: Scheme, response: &Extensions) -> Wanted {
    match response.get::<SecurityOverride>() {
        None => Wanted::Set,
        Some(wanted) => wanted.wanted(&config.template, scheme),
    }
}

impl Decision<'_> {
    /// Makes the fields of a response those that are sent.
    pub(super) fn apply(&self, fields: &mut HeaderMap) {
        if let Some(set) = self.set {
            set.apply(fields, self.nonces);
        }
        if self.forbids_reuse {
            unrepeatable::forbid_reuse(fields);
        }
    }
}

impl Asked {
    /// The flag that says whether the nonce was drawn.
    pub(super) fn read_flag(&self) -> Option<&NonceRead> {
        self.nonce.as_ref()?.read_flag()
    }

    /// Whether the nonce was drawn.
    pub(super) fn is_drawn(&self) -> bool {
        self.read_flag().is_some_and(NonceRead::is_noted)
    }

    /// RFC 9111 §3.2:
    ///
    /// > When doing so, the cache MUST add each header field in the provided response to the stored
    /// > response, replacing field values that are already present
    ///
    /// A page with a nonce has no validators, so a 304 updates a page without one: the plain policy
    /// is right for it. Where the nonce was drawn for a 304, the page may have another, older
    /// nonce, which a new policy would forbid: no policy with nonces is sent.
    fn nonce_mode(&self, status: StatusCode) -> NonceMode<'_> {
        let Some(nonce) = &self.nonce else {
            return NonceMode::Unread;
        };
        if self.is_drawn() && status == StatusCode::NOT_MODIFIED {
            return NonceMode::Omitted;
        }
        nonce.drawn().map_or(NonceMode::Unread, NonceMode::Spliced)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security_headers::template::Template;
    use crate::security_headers::{NoSniff, SecurityHeadersLayer, XFrameOptions};

    #[track_caller]
    fn check(answered: &Answered, is_connect: bool, expected: Plan) {
        let mut config = Config::none();
        config.template.set(NoSniff.into());
        let asked = Asked {
            is_connect,
            scheme: Scheme::Unknown,
            nonce: None,
            kept: None,
        };
        let decision = decide(&config, &asked, answered);
        assert_eq!(decision.plan, expected, "{answered:?}");
        let mut fields = HeaderMap::new();
        decision.apply(&mut fields);
        let is_sent = matches!(expected, Plan::Apply | Plan::Override);
        assert_eq!(fields.is_empty(), !is_sent, "{answered:?}");
    }

    fn answered(status: u16) -> Answered {
        Answered {
            status: StatusCode::from_u16(status).unwrap(),
            lines: 0,
            wanted: Wanted::Set,
            is_skipped: false,
        }
    }

    #[test]
    fn promise_8_each_decision_has_its_reason() {
        for status in [200, 204, 304, 404, 500] {
            check(&answered(status), false, Plan::Apply);
        }
        check(&answered(101), false, Plan::Pass(Reason::Interim));
        check(&answered(200), true, Plan::Pass(Reason::Interim));
        check(&answered(502), true, Plan::Apply);
        let skipped = Answered {
            is_skipped: true,
            ..answered(200)
        };
        check(&skipped, false, Plan::Pass(Reason::Skipped));
        let full = Answered {
            lines: 24_000,
            ..answered(200)
        };
        check(&full, false, Plan::Pass(Reason::TooManyFields));
        let mut template = Template::default();
        template.set(NoSniff.into());
        for (said, expected) in [
            (SecurityOverride::off(), Plan::Pass(Reason::OptedOut)),
            (SecurityOverride::new(), Plan::Override),
            (
                SecurityOverride::off().with(XFrameOptions::Deny),
                Plan::Override,
            ),
        ] {
            let answered = Answered {
                wanted: said.wanted(&template, Scheme::Unknown),
                ..answered(200)
            };
            check(&answered, false, expected);
        }
    }

    #[test]
    fn promise_9_a_layer_that_is_off_says_so() {
        let (request, ()) = http::Request::new(()).into_parts();
        let (response, ()) = http::Response::new(()).into_parts();
        let off = SecurityHeadersLayer::new().enabled(false);
        let found = off.plan(&request, &response);
        assert_eq!(found, Plan::Pass(Reason::Disabled));
        assert_eq!(found.to_string(), "pass: the layer is off");
    }
}
