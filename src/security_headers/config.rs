//! What the layer does with one response. Pure.

use http::{HeaderMap, StatusCode, request};

use super::https::Https;
use super::nonce::{CspNonce, NonceMode};
use super::security_override::SecurityOverride;
use super::template::Template;
use crate::marks::nonce::NonceRead;
use crate::marks::scheme::Scheme;
use crate::rules::{status, unrepeatable};

/// Settings of a layer, shared by its services.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) template: Template,
    /// `None` for a set that is sent to the letter, whatever a layer further out knows.
    pub(super) https: Option<Https>,
}

/// What is known of a request.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) is_connect: bool,
    pub(super) scheme: Scheme,
    /// `None` where no policy has nonces.
    pub(super) nonce: Option<CspNonce>,
}

impl Config {
    /// The scheme of a request.
    pub(super) fn scheme(&self, request: &request::Parts) -> Scheme {
        let https = self.https.as_ref();
        https.map_or(Scheme::Unknown, |https| https.scheme(request))
    }

    /// Makes the fields of a response those that are sent.
    pub(super) fn dress(
        &self,
        asked: &Asked,
        status: StatusCode,
        wanted: Option<&SecurityOverride>,
        fields: &mut HeaderMap,
    ) {
        // Of an interim answer, a switch of protocols or a tunnel, no browser keeps a policy.
        if status::is_interim_or_tunnel(status, asked.is_connect) {
            return;
        }
        let nonces = asked.nonce_mode(status);
        match wanted {
            None => self.template.apply(fields, asked.scheme, nonces),
            Some(wanted) => wanted.apply(&self.template, fields, asked.scheme, nonces),
        }
        if asked.is_drawn() {
            unrepeatable::forbid_reuse(fields);
        }
    }
}

impl Asked {
    /// The note whether the nonce was drawn.
    pub(super) fn mark(&self) -> Option<&NonceRead> {
        self.nonce.as_ref()?.read_flag()
    }

    /// Whether the nonce was drawn.
    pub(super) fn is_drawn(&self) -> bool {
        self.mark().is_some_and(NonceRead::is_noted)
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
