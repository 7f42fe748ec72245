//! The head of a response, once it is decided what happens to the body.

use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderValue};

use super::config::StrongEtags;
use super::etags;
use super::plan::{Plan, Reason};
use crate::fields::vary;
use crate::rules::transform::{self, Change};

/// Makes the head say what `plan` does; gives the plan that the head could be made to say. `tags` is
/// what becomes of a strong entity tag, unless it is not that of the body. `has_opt_out` tells that
/// `x-no-compression` selects the representation too.
///
/// A head with no room left for `Vary` or `Content-Encoding` goes out as it is, and so must the
/// body.
pub(super) fn dress(
    fields: &mut HeaderMap,
    plan: Plan,
    tags: Option<StrongEtags>,
    has_opt_out: bool,
) -> Plan {
    let has_room = !plan.varies()
        || (vary::add(fields, ACCEPT_ENCODING)
            && (!has_opt_out || vary::add(fields, X_NO_COMPRESSION)));
    let Plan::Encode(coding) = plan else {
        return plan;
    };
    if !has_room
        || fields
            .try_insert(CONTENT_ENCODING, coding.to_value())
            .is_err()
    {
        return Plan::Pass(Reason::TooManyFields);
    }
    if let Some(policy) = tags {
        etags::mark(fields, coding, policy);
    }
    transform::fix_head(fields, Change::Coding);
    plan
}

const ACCEPT_ENCODING: HeaderValue = HeaderValue::from_static("accept-encoding");
const X_NO_COMPRESSION: HeaderValue = HeaderValue::from_static("x-no-compression");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compression::Coding;
    use http::HeaderName;

    const SUFFIX: Option<StrongEtags> = Some(StrongEtags::Suffix);

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
        let plan = Plan::Encode(Coding::Gzip);
        assert_eq!(dress(&mut found, plan, SUFFIX, false), plan);
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
            dress(&mut found, Plan::Pass(reason), SUFFIX, false);
            let mut expected = before.clone();
            expected.insert("vary", HeaderValue::from_static("accept-encoding"));
            assert_eq!(found, expected, "{reason:?}");
        }
        for reason in [Reason::ContentType, Reason::NoTransform, Reason::NoBody] {
            let mut found = before.clone();
            dress(&mut found, Plan::Pass(reason), SUFFIX, false);
            assert_eq!(found, before, "{reason:?}");
        }
    }

    #[test]
    fn c_19_a_field_that_opts_out_is_in_vary_where_accept_encoding_is() {
        for (plan, expected) in [
            (Plan::Encode(Coding::Gzip), true),
            (Plan::Pass(Reason::OptedOutByRequest), true),
            (Plan::Pass(Reason::TooSmall), true),
            (Plan::Pass(Reason::OptedOut), false),
            (Plan::Pass(Reason::ContentType), false),
        ] {
            let mut found = HeaderMap::new();
            dress(&mut found, plan, SUFFIX, true);
            let both = HeaderValue::from_static("accept-encoding, x-no-compression");
            assert_eq!(found.get("vary"), expected.then_some(&both), "{plan:?}");
        }
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
        let plan = dress(&mut full, Plan::Encode(Coding::Gzip), SUFFIX, false);
        assert_eq!(plan, Plan::Pass(Reason::TooManyFields));
        assert_eq!(full, before);
    }
}
