//! Who may have a response, as far as the request and the head tell. Pure.

use super::facts::Facts;
use super::value::CacheControl;

/// Who may have a response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Audience {
    /// Everybody: nothing tells that it is for one person.
    Everybody,
    /// Perhaps the owner of the request's cookie alone.
    OwnerOfCookie,
    /// The owner of the request's credentials.
    OwnerOfCredentials,
    /// Nobody but the client that asked.
    Client,
}

impl Audience {
    /// Who may have this response.
    ///
    /// The client alone, where the response sets a cookie (RFC 9111 §7.3), where its path is read
    /// differently by different servers (§7.1), where the method is neither GET nor HEAD, so that
    /// the response is not a copy of what the path names, and where the handler keeps it from
    /// networks.
    pub(super) fn of(
        facts: &Facts<'_>,
        is_fingerprinted: bool,
        said_to_networks: Option<&CacheControl>,
    ) -> Self {
        let is_kept_from_networks = said_to_networks.is_some_and(CacheControl::is_against_sharing);
        if facts.sets_cookies
            || !facts.path().is_plain()
            || !facts.is_get_or_head()
            || is_kept_from_networks
        {
            return Self::Client;
        }
        if facts.identity.has_credentials {
            return Self::OwnerOfCredentials;
        }
        // Files named by their content, code and fonts are the same for everybody who asks.
        if facts.identity.has_cookie && !is_fingerprinted && !facts.media().is_code_or_font() {
            return Self::OwnerOfCookie;
        }
        Self::Everybody
    }

    /// Whether no cache gives the response to anybody else if it obeys `value`, or the user said
    /// `public` to let it.
    pub(super) fn is_respected_by(self, value: &CacheControl) -> bool {
        match self {
            Self::Everybody => true,
            Self::OwnerOfCookie | Self::OwnerOfCredentials => {
                value.forbids_sharing() || value.is_public()
            }
            Self::Client => value.forbids_sharing(),
        }
    }
}
