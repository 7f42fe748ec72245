//! What the layer does with one response. Pure.

use std::borrow::Cow;

use http::{HeaderMap, Method, StatusCode, request, response};

use super::config::Config;
use super::nonce::{CspNonce, NonceMode};
use super::plan::{Plan, Reason};
use super::prepared::Prepared;
use super::security_override::SecurityOverride;
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
pub(super) struct Answered<'a> {
    pub(super) status: StatusCode,
    /// The number of its field lines.
    pub(super) lines: usize,
    pub(super) wanted: Option<&'a SecurityOverride>,
    /// Whether `skip_responses` matches.
    pub(super) is_skipped: bool,
}

/// What the layer does with a response, with all that it takes to do so.
#[derive(Debug)]
pub(super) struct Decision<'a> {
    /// The fields that are sent; an owned set is that of a `SecurityOverride`.
    set: Result<Cow<'a, Prepared>, Reason>,
    nonces: NonceMode<'a>,
    /// Whether the response has a nonce in it, so that no cache may reuse it.
    forbids_reuse: bool,
}

/// Decides.
pub(super) fn decide<'a>(
    config: &'a Config,
    asked: &'a Asked,
    answered: &Answered<'_>,
) -> Decision<'a> {
    let is_interim = status::is_interim_or_tunnel(answered.status, asked.is_connect);
    let set = if is_interim {
        Err(Reason::Interim)
    } else if answered.is_skipped {
        Err(Reason::Skipped)
    } else {
        set(config, asked.scheme, answered)
    };
    Decision {
        set,
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
        wanted: response.extensions.get(),
        is_skipped: config.switch.off_for_response(request, response).is_some(),
    };
    look(&decide(config, &asked, &answered))
}

fn set<'a>(
    config: &'a Config,
    scheme: Scheme,
    answered: &Answered<'_>,
) -> Result<Cow<'a, Prepared>, Reason> {
    let set = match answered.wanted {
        None => Cow::Borrowed(config.template.prepared(scheme)),
        Some(wanted) => {
            let set = wanted.prepare(&config.template, scheme);
            Cow::Owned(set.ok_or(Reason::OptedOut)?)
        }
    };
    match set.fits(answered.lines) {
        true => Ok(set),
        false => Err(Reason::TooManyFields),
    }
}

impl Decision<'_> {
    /// What users are told.
    pub(super) const fn plan(&self) -> Plan {
        match self.set {
            Ok(Cow::Borrowed(_)) => Plan::Apply,
            Ok(Cow::Owned(_)) => Plan::Override,
            Err(reason) => Plan::Pass(reason),
        }
    }

    /// Makes the fields of a response those that are sent.
    pub(super) fn apply(&self, fields: &mut HeaderMap) {
        if let Ok(set) = &self.set {
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
    /// A page with a nonce has no validators, so a 304 updates a page without one: the plain policy is
    /// right for it. Where the nonce was drawn for a 304, the page may have another, older nonce, which
    /// a new policy would forbid: no policy with nonces is sent.
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
    use crate::security_headers::{NoSniff, SecurityHeadersLayer, XFrameOptions};

    #[track_caller]
    fn check(answered: &Answered<'_>, is_connect: bool, expected: Plan) {
        let mut config = Config::none();
        config.template.set(NoSniff.into());
        let asked = Asked {
            is_connect,
            scheme: Scheme::Unknown,
            nonce: None,
            kept: None,
        };
        let decision = decide(&config, &asked, answered);
        assert_eq!(decision.plan(), expected, "{answered:?}");
        let mut fields = HeaderMap::new();
        decision.apply(&mut fields);
        let is_sent = matches!(expected, Plan::Apply | Plan::Override);
        assert_eq!(fields.is_empty(), !is_sent, "{answered:?}");
    }

    #[test]
    fn promise_8_each_decision_has_its_reason() {
        let answered = |status: u16| Answered {
            status: StatusCode::from_u16(status).unwrap(),
            lines: 0,
            wanted: None,
            is_skipped: false,
        };
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
        for (wanted, expected) in [
            (SecurityOverride::off(), Plan::Pass(Reason::OptedOut)),
            (SecurityOverride::new(), Plan::Override),
            (
                SecurityOverride::off().with(XFrameOptions::Deny),
                Plan::Override,
            ),
        ] {
            let answered = Answered {
                wanted: Some(&wanted),
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
