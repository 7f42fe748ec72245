use super::*;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

use crate::fields::content_length;

use crate::matcher::{RequestMatcher, ResponseMatcher};

/// One decision to be made: each test changes one thing of a response that would be stripped.
struct Case {
    config: Config,
    request: request::Parts,
    response: response::Parts,
    size: SizeHint,
}

impl Case {
    fn new() -> Self {
        let mut case = Self {
            config: Config::new(),
            request: Request::new(()).into_parts().0,
            response: Response::new(()).into_parts().0,
            size: SizeHint::with_exact(4000),
        };
        let json = HeaderValue::from_static("application/json");
        case.response.headers.insert(CONTENT_TYPE, json);
        case
    }

    fn method(mut self, method: Method) -> Self {
        self.request.method = method;
        self
    }

    fn status(mut self, status: u16) -> Self {
        self.response.status = StatusCode::from_u16(status).unwrap();
        self
    }

    fn answered(mut self, name: &'static str, value: &'static str) -> Self {
        self.response.headers.insert(name, value.parse().unwrap());
        self
    }

    fn size(mut self, size: SizeHint) -> Self {
        self.size = size;
        self
    }

    #[track_caller]
    fn is(self, expected: Decision) {
        let asked = Asked::without_server(&self.config, &self.request, &self.response);
        let found = decide(&self.config, &asked, &self.response, &self.size);
        assert_eq!(found, expected, "{:?}, {:?}", self.response, self.size);
    }

    #[track_caller]
    fn passes(self, reason: Reason) {
        self.is(Decision::Pass(reason));
    }

    #[track_caller]
    fn strips(self) {
        self.strips_as(Form::Text);
    }

    #[track_caller]
    fn strips_as(self, form: Form) {
        let declared = self.size.exact().unwrap_or(0);
        let found = content_length::declared(&self.response.headers);
        let declared = declared.max(found.unwrap_or(0));
        self.is(Decision::Strip(Strip { declared, form }));
    }
}

#[test]
fn json_is_stripped_whatever_its_length() {
    Case::new().strips();
    Case::new().size(SizeHint::new()).strips();
    Case::new().size(SizeHint::with_exact(1 << 40)).strips();
    for method in [Method::GET, Method::HEAD, Method::POST, Method::PATCH] {
        Case::new().method(method).strips();
    }
}

#[test]
fn j_01_only_json_is() {
    Case::new()
        .answered("content-type", "text/html")
        .passes(Reason::ContentType);
    Case::new()
        .answered("content-type", "json")
        .passes(Reason::ContentType);
    let mut untyped = Case::new();
    untyped.response.headers.remove(CONTENT_TYPE);
    untyped.passes(Reason::ContentType);
    let mut twice = Case::new();
    let html = HeaderValue::from_static("text/html");
    twice.response.headers.append(CONTENT_TYPE, html);
    twice.strips();
}

#[test]
fn j_14_sequences_are_where_they_are_asked_for() {
    let lines = || Case::new().answered("content-type", "application/x-ndjson");
    lines().passes(Reason::ContentType);
    let mut case = lines();
    case.config.content_types.has_sequences = true;
    case.strips_as(Form::Sequence);
}

#[test]
fn g_05_what_has_no_body_passes() {
    for status in [100, 101, 102, 103, 204, 205, 304] {
        Case::new().status(status).passes(Reason::NoBody);
    }
    Case::new().method(Method::CONNECT).passes(Reason::NoBody);
    Case::new()
        .size(SizeHint::with_exact(0))
        .passes(Reason::Empty);
}

#[test]
fn other_statuses_are_stripped() {
    for status in [200, 201, 203, 301, 404, 410, 422, 500] {
        Case::new().status(status).strips();
    }
}

#[test]
fn c_24_an_empty_body_tells_nothing_of_what_get_would_have() {
    let head = || {
        Case::new()
            .method(Method::HEAD)
            .size(SizeHint::with_exact(0))
    };
    head().strips();
    head().answered("content-length", "4000").strips();
    head().answered("content-length", "0").passes(Reason::Empty);
}

#[test]
fn x_14_no_transform_passes() {
    for line in ["no-transform", "max-age=60, NO-TRANSFORM"] {
        Case::new()
            .answered("cache-control", line)
            .passes(Reason::NoTransform);
    }
    Case::new()
        .answered("cache-control", "x-no-transform")
        .strips();
}

#[test]
fn j_01_what_is_encoded_or_a_part_passes() {
    Case::new()
        .answered("content-encoding", "gzip")
        .passes(Reason::Encoded);
    Case::new()
        .answered("content-encoding", "identity")
        .strips();
    Case::new().status(206).passes(Reason::Partial);
    Case::new()
        .answered("content-range", "bytes 0-1/2")
        .passes(Reason::Partial);
}

#[test]
fn c_32_what_is_signed_passes_where_the_signature_would_break() {
    let signed = |names: &'static str| Case::new().answered("signature-input", names);
    signed(r#"s=("content-length")"#).passes(Reason::Signed);
    signed(r#"s=("repr-digest")"#).passes(Reason::Signed);
    signed(r#"s=("@status" "etag" "content-type")"#).strips();
}

#[test]
fn either_side_may_opt_out() {
    let mut asked = Case::new();
    asked.request.extensions.insert(KeepNulls);
    asked.passes(Reason::OptedOut);
    let mut answered = Case::new();
    answered.response.extensions.insert(KeepNulls);
    answered.passes(Reason::OptedOut);
}

#[test]
fn off_and_skipped_come_before_every_other_reason() {
    let mut disabled = Case::new().status(204);
    disabled.config.switch.set_enabled(false);
    disabled.passes(Reason::Disabled);

    let mut skipped = Case::new();
    skipped
        .config
        .switch
        .skip(RequestMatcher::method(Method::GET));
    skipped.passes(Reason::Skipped);

    let errors = || ResponseMatcher::status(|status| status.is_client_error());
    let mut skipped = Case::new().status(404);
    skipped.config.switch.skip_responses(errors());
    skipped.passes(Reason::Skipped);
    let mut other = Case::new();
    other.config.switch.skip_responses(errors());
    other.strips();
}

#[test]
fn every_plan_has_words() {
    for (plan, expected) in [
        (Plan::Strip, "strip the body"),
        (
            Plan::Pass(Reason::ContentType),
            "pass: the content type is not stripped",
        ),
        (Plan::Pass(Reason::Disabled), "pass: the layer is disabled"),
        (
            Plan::Pass(Reason::OptedOut),
            "pass: the request or the response has KeepNulls",
        ),
    ] {
        assert_eq!(plan.to_string(), expected);
    }
}
