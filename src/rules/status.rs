//! What a status says of the message that has it.

use http::StatusCode;

/// Whether a response of this status never has content of its own: 1xx, 204, 205 and 304.
///
/// RFC 9110 §6.4.1:
///
/// > All 1xx (Informational), 204 (No Content), and 304 (Not Modified) responses do not include
/// > content.
///
/// and §15.3.6:
///
/// > a server MUST NOT generate content in a 205 response
#[inline]
pub(crate) fn never_has_content(status: StatusCode) -> bool {
    status.is_informational()
        || matches!(
            status,
            StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED
        )
}

/// Whether the response is not yet what the client asked for: an interim response, a switch of
/// protocols (101), or the start of a tunnel (RFC 9110 §9.3.6). Layers leave such a response alone.
pub(crate) fn is_interim_or_tunnel(status: StatusCode, is_connect: bool) -> bool {
    status.is_informational() || (is_connect && status.is_success())
}

/// The status of the response that this one stands for: 200 for a 304 and a 206.
///
/// RFC 9110 §15.4.5, of the 304, and §15.3.7 alike, of the 206:
///
/// > The server generating a 304 response MUST generate any of the following header fields that would
/// > have been sent in a 200 (OK) response to the same request
pub(crate) fn stood_for(status: StatusCode) -> StatusCode {
    match status {
        StatusCode::NOT_MODIFIED | StatusCode::PARTIAL_CONTENT => StatusCode::OK,
        status => status,
    }
}

/// Whether caches may guess how long a response of this status is fresh.
///
/// RFC 9110 §15.1:
///
/// > Responses with status codes that are defined as heuristically cacheable (e.g., 200, 203, 204, 206,
/// > 300, 301, 308, 404, 405, 410, 414, and 501 in this specification) can be reused by a cache with
/// > heuristic expiration unless otherwise indicated by the method definition or explicit cache controls
pub(crate) const fn is_heuristically_cacheable(status: StatusCode) -> bool {
    matches!(
        status.as_u16(),
        200 | 203 | 204 | 206 | 300 | 301 | 308 | 404 | 405 | 410 | 414 | 501
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g_09_statuses_without_content() {
        for (status, expected) in [
            (100, true),
            (101, true),
            (103, true),
            (200, false),
            (203, false),
            (204, true),
            (205, true),
            (206, false),
            (304, true),
            (404, false),
            (412, false),
        ] {
            let found = never_has_content(StatusCode::from_u16(status).unwrap());
            assert_eq!(found, expected, "{status}");
        }
    }

    #[test]
    fn g_19_interim_responses_and_tunnels() {
        for (status, is_connect, expected) in [
            (100, false, true),
            (101, false, true),
            (103, true, true),
            (200, false, false),
            (200, true, true),
            (299, true, true),
            (407, true, false),
        ] {
            let found = is_interim_or_tunnel(StatusCode::from_u16(status).unwrap(), is_connect);
            assert_eq!(found, expected, "{status}, CONNECT: {is_connect}");
        }
    }

    #[test]
    fn s_03_a_304_and_a_206_stand_for_a_200() {
        for (status, expected) in [(200, 200), (206, 200), (304, 200), (301, 301), (404, 404)] {
            let found = stood_for(StatusCode::from_u16(status).unwrap());
            assert_eq!(found, expected, "{status}");
        }
    }

    #[test]
    fn s_15_statuses_whose_lifetime_caches_guess() {
        let guessed: Vec<_> = (100..600)
            .filter(|&status| is_heuristically_cacheable(StatusCode::from_u16(status).unwrap()))
            .collect();
        let expected = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501];
        assert_eq!(guessed, expected);
    }
}
