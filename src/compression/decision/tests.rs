use super::*;
use crate::compression::config::Predicate;
use crate::compression::{Coding, ContentTypes, StrongEtags};
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, request};

/// One decision to be made: each test changes one thing of a page that would be encoded.
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
        case.request
            .headers
            .insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        case.response
            .headers
            .insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        case
    }

    fn status(mut self, status: u16) -> Self {
        self.response.status = StatusCode::from_u16(status).unwrap();
        self
    }

    fn asked(mut self, name: &'static str, value: &'static str) -> Self {
        self.request.headers.insert(name, value.parse().unwrap());
        self
    }

    fn answered(mut self, name: &'static str, value: &'static str) -> Self {
        self.response.headers.insert(name, value.parse().unwrap());
        self
    }

    fn untyped(mut self) -> Self {
        self.response.headers.remove(CONTENT_TYPE);
        self
    }

    fn size(mut self, size: SizeHint) -> Self {
        self.size = size;
        self
    }

    fn config(mut self, set: impl FnOnce(&mut Config)) -> Self {
        set(&mut self.config);
        self
    }

    #[track_caller]
    fn is(self, expected: Plan) {
        let Self {
            config,
            request,
            response,
            size,
        } = self;
        let mut asked = asked_of(&request, &config);
        if config.predicate.is_some() {
            asked.head = Some(Box::new(request));
        }
        let found = decide(&config, &mut asked, &response, &size).plan();
        assert_eq!(found, expected, "{response:?}, {size:?}");
    }

    #[track_caller]
    fn passes(self, reason: Reason) {
        self.is(Plan::Pass(reason));
    }

    #[track_caller]
    fn encodes(self) {
        self.is(Plan::Encode(Coding::Gzip));
    }
}

#[test]
fn a_page_is_encoded() {
    Case::new().encodes();
}

#[test]
fn c_33_what_has_no_body_passes() {
    for status in [100, 101, 102, 103, 204, 205] {
        Case::new().status(status).passes(Reason::NoBody);
    }
    let mut connect = Case::new();
    connect.request.method = Method::CONNECT;
    connect.passes(Reason::NoBody);
    Case::new().status(304).passes(Reason::NotModified);
    Case::new()
        .size(SizeHint::with_exact(0))
        .passes(Reason::Empty);
}

#[test]
fn c_33_emptiness_is_not_worth_a_coding_even_where_identity_is_refused() {
    Case::new()
        .asked("accept-encoding", "gzip, identity;q=0")
        .size(SizeHint::with_exact(0))
        .passes(Reason::Empty);
}

#[test]
fn other_statuses_are_encoded() {
    for status in [200, 201, 203, 301, 404, 410, 416, 500] {
        Case::new().status(status).encodes();
    }
}

#[test]
fn c_26_parts_pass() {
    Case::new().status(206).passes(Reason::Partial);
    Case::new()
        .answered("content-range", "bytes 0-9/10")
        .passes(Reason::Partial);
    Case::new()
        .status(206)
        .answered("content-type", "multipart/byteranges")
        .passes(Reason::ContentType);
}

#[test]
fn c_03_what_is_encoded_passes() {
    for encoding in ["gzip", "br, gzip", "identity, br", "x-unknown"] {
        Case::new()
            .answered("content-encoding", encoding)
            .passes(Reason::AlreadyEncoded);
    }
    for encoding in ["identity", "IDENTITY", "", "identity,, identity"] {
        Case::new().answered("content-encoding", encoding).encodes();
    }
}

#[test]
fn c_29_no_transform_comes_before_the_type() {
    Case::new()
        .answered("cache-control", "no-transform")
        .answered("content-type", "image/png")
        .passes(Reason::NoTransform);
}

#[test]
fn c_30_the_request_s_no_transform_is_off_by_default() {
    let case = || Case::new().asked("cache-control", "no-transform");
    case().encodes();
    case()
        .config(|config| config.request_no_transform = true)
        .passes(Reason::NotAccepted);
}

#[test]
fn c_32_a_signature_over_what_changes_keeps_the_answer_as_it_is() {
    for covered in [
        "content-length",
        "content-encoding",
        "content-digest",
        "repr-digest",
        "etag",
        "vary",
        "accept-ranges",
        "trailer",
    ] {
        let mut case = Case::new();
        let input = format!("sig1=(\"@status\" \"{covered}\";req);created=1618884475");
        let input = HeaderValue::try_from(input).unwrap();
        case.response.headers.insert("signature-input", input);
        case.passes(Reason::Signed);
    }
    let over_others = r#"sig1=("@status" "content-type" "x-vary");keyid="a""#;
    Case::new()
        .answered("signature-input", over_others)
        .encodes();
    Case::new()
        .answered("signature-input", r#"sig1=("etag")"#)
        .config(|config| config.compress_signed = true)
        .encodes();
}

#[test]
fn c_34_the_declared_length_comes_before_the_hint() {
    Case::new()
        .answered("content-length", "1023")
        .passes(Reason::TooSmall);
    Case::new()
        .answered("content-length", "1024")
        .size(SizeHint::with_exact(0))
        .encodes();
    Case::new()
        .answered("content-length", "12, 12")
        .size(SizeHint::with_exact(12))
        .passes(Reason::TooSmall);
}

#[test]
fn c_34_an_unknown_length_counts_as_large() {
    Case::new().size(SizeHint::new()).encodes();
    let mut small_so_far = SizeHint::new();
    small_so_far.set_upper(10);
    Case::new().size(small_so_far).encodes();
}

#[test]
fn c_35_the_type_and_the_predicate_decide_together() {
    Case::new().untyped().passes(Reason::ContentType);
    Case::new()
        .answered("content-type", "image/png")
        .passes(Reason::ContentType);
    Case::new()
        .answered("content-type", "image/png")
        .config(|config| {
            config.content_types = ContentTypes::new().allow("image/png").unwrap();
        })
        .encodes();
    let always = |config: &mut Config| config.predicate = Some(Predicate::new(|_, _| true));
    Case::new()
        .untyped()
        .config(always)
        .passes(Reason::ContentType);
    let any = |config: &mut Config| config.content_types = ContentTypes::any();
    Case::new().untyped().config(any).encodes();
    Case::new().untyped().config(any).config(always).encodes();
    let never = |config: &mut Config| config.predicate = Some(Predicate::new(|_, _| false));
    Case::new().config(never).passes(Reason::ContentType);
    Case::new()
        .config(any)
        .config(never)
        .passes(Reason::ContentType);
}

#[test]
fn c_19_a_predicate_is_not_asked_of_what_is_never_encoded() {
    let never = |config: &mut Config| {
        config.predicate = Some(Predicate::new(|_, _| panic!("it was asked")));
    };
    Case::new()
        .status(206)
        .config(never)
        .passes(Reason::Partial);
    Case::new()
        .status(304)
        .config(never)
        .passes(Reason::NotModified);
    Case::new()
        .answered("content-encoding", "br")
        .config(never)
        .passes(Reason::AlreadyEncoded);
}

#[test]
fn c_25_an_empty_answer_to_head_tells_nothing_of_get() {
    let mut head = Case::new().size(SizeHint::with_exact(0));
    head.request.method = Method::HEAD;
    head.encodes();
    let mut head = Case::new().answered("content-length", "0");
    head.request.method = Method::HEAD;
    head.passes(Reason::Empty);
}

#[test]
fn c_36_no_predicate_allows_grpc() {
    Case::new()
        .answered("content-type", "application/grpc-web+proto")
        .config(|config| config.predicate = Some(Predicate::new(|_, _| true)))
        .passes(Reason::ContentType);
}

#[test]
fn opting_out_comes_first() {
    let mut case = Case::new().answered("cache-control", "no-transform");
    case.response.extensions.insert(NoCompression);
    case.passes(Reason::OptedOut);
    let case = || Case::new().asked("x-no-compression", "");
    case().encodes();
    case()
        .config(|config| config.request_opt_out = true)
        .passes(Reason::OptedOutByRequest);
}

/// Finding 17. Without the field the response would be the same, so `Vary` must not name it.
#[test]
fn c_19_a_request_opts_out_only_of_what_could_have_been_encoded() {
    let case = || {
        Case::new()
            .asked("x-no-compression", "")
            .config(|config| config.request_opt_out = true)
    };
    case()
        .answered("content-type", "image/png")
        .passes(Reason::ContentType);
    case()
        .answered("cache-control", "no-transform")
        .passes(Reason::NoTransform);
    case()
        .size(SizeHint::with_exact(1))
        .passes(Reason::OptedOutByRequest);
}

/// Finding 18.
#[test]
fn e_23_a_304_stands_for_a_200_in_a_coding_in_the_identity_or_in_either() {
    const IDENTITY: Tag = Tag::Kept;
    const EITHER: Tag = Tag::Dropped;
    const GZIP: Tag = Tag::Marked(Label {
        form: Variant::new(Coding::Gzip),
        policy: Some(StrongEtags::Suffix),
    });
    #[track_caller]
    fn check(case: Case, expected: &Tag) {
        let Case {
            config,
            request,
            response,
            size,
        } = case.status(304);
        let mut asked = asked_of(&request, &config);
        asked.head = Some(Box::new(request));
        let found = decide(&config, &mut asked, &response, &size).tag;
        assert_eq!(&found, expected, "{response:?}");
    }
    let dropped = |content_type| {
        let mut case = Case::new().untyped();
        let content_type = HeaderValue::from_static(content_type);
        let dropped = DroppedContent {
            content_type,
            length: None,
        };
        dropped.leave(&mut case.response.extensions);
        case
    };
    check(Case::new(), &GZIP);
    check(dropped("text/css"), &GZIP);
    check(dropped("image/png"), &IDENTITY);
    check(Case::new().untyped(), &EITHER);
    check(Case::new().asked("accept-encoding", "identity"), &IDENTITY);
    check(Case::new().answered("content-length", "1023"), &IDENTITY);
    check(Case::new().answered("content-length", "1024"), &GZIP);
    check(Case::new().answered("content-length", "0"), &GZIP);
    check(Case::new().answered("content-encoding", "br"), &IDENTITY);
    check(
        Case::new().answered("cache-control", "no-transform"),
        &IDENTITY,
    );
    let honored = |config: &mut Config| config.request_opt_out = true;
    let opted_out = Case::new().asked("x-no-compression", "");
    check(opted_out.config(honored), &IDENTITY);
    let never = |config: &mut Config| config.predicate = Some(Predicate::new(|_, _| false));
    check(Case::new().config(never), &EITHER);
    let any = |config: &mut Config| config.content_types = ContentTypes::any();
    check(Case::new().untyped().config(any), &EITHER);
}

#[test]
fn what_is_small_passes_before_it_is_asked_what_is_accepted() {
    Case::new()
        .asked("accept-encoding", "identity")
        .size(SizeHint::with_exact(1))
        .passes(Reason::TooSmall);
    Case::new()
        .asked("accept-encoding", "identity")
        .passes(Reason::NotAccepted);
}

#[test]
fn a_refused_identity_lowers_the_threshold_to_nothing() {
    Case::new()
        .asked("accept-encoding", "gzip, *;q=0")
        .size(SizeHint::with_exact(1))
        .encodes();
}

#[test]
fn x_21_a_304_without_a_type_is_taken_for_one_that_is_compressed() {
    let varies = |case: Case| {
        let mut asked = asked_of(&case.request, &case.config);
        let decision = decide(&case.config, &mut asked, &case.response, &case.size);
        decision.encoding.is_err_and(Reason::varies)
    };
    assert!(varies(Case::new().status(304).untyped()));
    assert!(varies(Case::new().status(304)));
    let typed = Case::new()
        .status(304)
        .answered("content-type", "image/png");
    assert!(!varies(typed));

    // The path tells the type where nothing else does.
    for (path, expected) in [
        ("/a.png", false),
        ("/a.css", true),
        ("/", true),
        ("/a", true),
    ] {
        let mut case = Case::new()
            .status(304)
            .untyped()
            .asked("if-none-match", "\"x\"");
        case.request.uri = path.parse().unwrap();
        assert_eq!(varies(case), expected, "{path}");
    }

    for (dropped, expected) in [("image/png", false), ("text/css", true), ("?", false)] {
        let mut case = Case::new().status(304).untyped();
        let dropped = HeaderValue::from_static(dropped);
        let mark = DroppedContent {
            content_type: dropped.clone(),
            length: None,
        };
        mark.leave(&mut case.response.extensions);
        assert_eq!(varies(case), expected, "{dropped:?}");
    }
}

fn asked_of(request: &request::Parts, config: &Config) -> Asked {
    Asked::read(&request.method, &request.uri, &request.headers, config)
}
