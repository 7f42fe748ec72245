//! The head of a response, once it is decided what happens to the body.

use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderValue};

use super::config::Config;
use super::etags::Label;
use super::plan::Reason;
use super::variant::Variant;
use crate::fields::vary;
use crate::rules::transform::{self, Change};

/// Makes the head say that the body is sent in a coding.
///
/// A head with no room left for `Vary` or `Content-Encoding` stays as it is, and so must the body:
/// [`Reason::TooManyFields`].
pub(super) fn encoded(fields: &mut HeaderMap, config: &Config, label: Label) -> Result<(), Reason> {
    let coding = label.form.coding();
    if !vary(fields, config) || fields.try_insert(CONTENT_ENCODING, coding.into()).is_err() {
        return Err(Reason::TooManyFields);
    }
    label.mark(fields);
    transform::fix_head(fields, Change::Coding);
    Ok(())
}

/// Makes the head say whether the body that is sent as it is could have been sent in a coding. A
/// head with no room left stays as it is.
pub(super) fn passed(fields: &mut HeaderMap, config: &Config, reason: Reason) {
    if reason.varies() {
        vary(fields, config);
    }
}

/// Lists in `Vary` what selects the form of the representation; whether there was room for it.
fn vary(fields: &mut HeaderMap, config: &Config) -> bool {
    let mut selected_by = Variant::SELECTED_BY.into_iter();
    selected_by.all(|name| vary::add(fields, name))
        && (!config.request_opt_out || vary::add(fields, X_NO_COMPRESSION))
        && (!config.request_no_transform || vary::add(fields, CACHE_CONTROL))
}

const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("cache-control");
const X_NO_COMPRESSION: HeaderValue = HeaderValue::from_static("x-no-compression");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compression::{Coding, StrongEtags};
    use http::HeaderName;

    const GZIP: Label = Label {
        form: Variant::new(Coding::Gzip),
        policy: Some(StrongEtags::Suffix),
    };

    fn fields(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut fields = HeaderMap::new();
        for &(name, value) in lines {
            fields.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        fields
    }

    #[test]
    fn an_encoded_answer_says_so_and_drops_what_is_no_longer_true() {
        let mut found = fields(&[
            ("content-type", "text/plain"),
            ("content-length", "2000"),
            ("content-encoding", "identity"),
            ("etag", "\"a\""),
            ("accept-ranges", "bytes"),
            ("repr-digest", "sha-256=:AA==:"),
            ("vary", "origin"),
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
        ]);
        assert_eq!(encoded(&mut found, &Config::new(), GZIP), Ok(()));
        let expected = fields(&[
            ("content-type", "text/plain"),
            ("content-encoding", "gzip"),
            ("etag", "\"a-gzip\""),
            ("vary", "origin, accept-encoding"),
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
        ]);
        assert_eq!(found, expected);
    }

    #[test]
    fn c_19_an_answer_sent_as_it_is_gains_vary_alone_where_it_could_have_been_encoded() {
        let before = fields(&[("content-length", "9"), ("etag", "\"a\"")]);
        for reason in [Reason::TooSmall, Reason::NotModified, Reason::Partial] {
            let mut found = before.clone();
            passed(&mut found, &Config::new(), reason);
            let mut expected = before.clone();
            expected.insert("vary", HeaderValue::from_static("accept-encoding"));
            assert_eq!(found, expected, "{reason:?}");
        }
        for reason in [Reason::ContentType, Reason::NoTransform, Reason::NoBody] {
            let mut found = before.clone();
            passed(&mut found, &Config::new(), reason);
            assert_eq!(found, before, "{reason:?}");
        }
    }

    #[test]
    fn c_19_a_field_that_opts_out_is_in_vary_where_accept_encoding_is() {
        let mut config = Config::new();
        config.request_opt_out = true;
        let both = HeaderValue::from_static("accept-encoding, x-no-compression");
        let mut found = HeaderMap::new();
        assert_eq!(encoded(&mut found, &config, GZIP), Ok(()));
        assert_eq!(found.get("vary"), Some(&both));
        for (reason, expected) in [
            (Reason::OptedOutByRequest, true),
            (Reason::TooSmall, true),
            (Reason::OptedOut, false),
            (Reason::ContentType, false),
        ] {
            let mut found = HeaderMap::new();
            passed(&mut found, &config, reason);
            assert_eq!(found.get("vary"), expected.then_some(&both), "{reason:?}");
        }
    }

    /// The field selects the representation where it is honored.
    #[test]
    fn c_30_a_no_transform_that_is_honored_is_in_vary() {
        let mut config = Config::new();
        config.request_no_transform = true;
        let mut found = HeaderMap::new();
        passed(&mut found, &config, Reason::NotAccepted);
        assert_eq!(found["vary"], "accept-encoding, cache-control");
    }

    #[test]
    fn f_32_a_full_head_is_left_as_it_is() {
        let mut full = HeaderMap::new();
        let mut number = 0;
        while full
            .try_insert(
                HeaderName::try_from(format!("x-{number}")).unwrap(),
                HeaderValue::from_static("1"),
            )
            .is_ok()
        {
            number += 1;
        }
        let before = full.clone();
        let outcome = encoded(&mut full, &Config::new(), GZIP);
        assert_eq!(outcome, Err(Reason::TooManyFields));
        assert_eq!(full, before);
    }
}
