//! What becomes of an answer that the client may have already.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED, VARY};
use http::{HeaderMap, Method, StatusCode};
use tower_egress::etag::EtagLayer;

use super::{HELLO_TAG, REFUSAL, get, hello, page, request, respond, with};
use crate::support::consume::consume;
use crate::support::{fields, service};

const NEW_YEAR: &str = "Sat, 01 Jan 2000 00:00:00 GMT";

#[track_caller]
fn check(conditions: &[(&str, &str)], expected: u16) {
    let page = with(hello(), &[("etag", "\"a\""), ("last-modified", NEW_YEAR)]);
    let response = respond(get(conditions), page);
    assert_eq!(response.status(), expected, "{conditions:?}");
    let expected = match expected {
        200 => "hello",
        412 => REFUSAL,
        _ => "",
    };
    assert_eq!(consume(response.into_body()).clean(), expected);
}

#[test]
fn e_08_its_own_tag_comes_back_in_either_form() {
    let strong = &HELLO_TAG[2..];
    let list = format!("\"x\", {HELLO_TAG}");
    for tag in [HELLO_TAG, strong, "*", list.as_str()] {
        for method in [Method::GET, Method::HEAD] {
            let conditions = [("if-none-match", tag)];
            let response = respond(request(method, &conditions), hello());
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{tag}");
            assert_eq!(response.headers(), &fields(&[("etag", HELLO_TAG)]));
            assert_eq!(consume(response.into_body()).clean(), "");
        }
    }
    let response = respond(get(&[("if-none-match", "\"x\"")]), hello());
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[ETAG], HELLO_TAG);
}

#[test]
fn e_13_e_15_e_16_e_17_conditions_are_asked_of_the_handler_s_validators() {
    check(&[("if-none-match", "W/\"a\"")], 304);
    check(&[("if-none-match", "\"b\"")], 200);
    check(&[("if-match", "\"a\"")], 200);
    check(&[("if-match", "W/\"a\"")], 412);
    check(&[("if-match", "\"b\"")], 412);
    check(&[("if-modified-since", NEW_YEAR)], 304);
    check(
        &[("if-modified-since", "Fri, 31 Dec 1999 23:59:59 GMT")],
        200,
    );
    check(
        &[
            ("if-modified-since", NEW_YEAR),
            ("if-modified-since", NEW_YEAR),
        ],
        200,
    );
    check(&[("if-unmodified-since", NEW_YEAR)], 200);
    check(
        &[("if-unmodified-since", "Fri, 31 Dec 1999 23:59:59 GMT")],
        412,
    );
}

#[test]
fn e_05_a_malformed_tag_is_compared_with_nothing() {
    for tag in ["a", "w/\"a\"", "\"a", "\"a\", \"b\""] {
        let conditions = [("if-none-match", "a, w/\"a\", \"a\", \"b\", \"a")];
        let response = respond(get(&conditions), with(hello(), &[("etag", tag)]));
        assert_eq!(response.status(), 200, "{tag}");
        assert_eq!(response.headers()[ETAG], tag);
    }
    let twice = with(hello(), &[("etag", "\"a\""), ("etag", "\"b\"")]);
    let response = respond(get(&[("if-none-match", "\"a\"")]), twice);
    assert_eq!(response.status(), 200);
}

#[test]
fn e_14_e_21_other_methods_are_the_handler_s_to_guard() {
    for method in [
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
        Method::TRACE,
    ] {
        for conditions in [
            [("if-none-match", "\"a\"")],
            [("if-match", "\"b\"")],
            [("if-unmodified-since", "Fri, 31 Dec 1999 23:59:59 GMT")],
        ] {
            let page = with(hello(), &[("etag", "\"a\""), ("last-modified", NEW_YEAR)]);
            let response = respond(request(method.clone(), &conditions), page);
            assert_eq!(response.status(), 200, "{method} {conditions:?}");
            assert_eq!(consume(response.into_body()).clean(), "hello");
        }
    }
}

#[test]
fn e_20_e_22_answers_that_are_no_success_stay() {
    for status in [301, 304, 401, 404, 412, 500] {
        for conditions in [[("if-none-match", "\"a\"")], [("if-match", "\"b\"")]] {
            let mut page = with(hello(), &[("etag", "\"a\"")]);
            *page.status_mut() = StatusCode::from_u16(status).unwrap();
            let response = respond(get(&conditions), page);
            assert_eq!(response.status(), status);
            assert_eq!(consume(response.into_body()).clean(), "hello");
        }
    }
}

#[test]
fn e_23_e_24_e_26_a_304_has_what_caches_and_browsers_need() {
    let kept = [
        ("access-control-allow-origin", "https://a.example"),
        ("cache-control", "max-age=60"),
        ("content-location", "/hello.en"),
        ("content-security-policy", "default-src 'self'"),
        ("date", "Sun, 02 Jan 2000 00:00:00 GMT"),
        ("etag", "\"a\""),
        ("expires", "Sun, 02 Jan 2000 00:01:00 GMT"),
        ("server-timing", "db;dur=5"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("vary", "accept-language"),
        ("vary", "origin"),
    ];
    let dropped = [
        ("content-type", "text/plain"),
        ("content-length", "5"),
        ("content-language", "en"),
        ("last-modified", NEW_YEAR),
        ("repr-digest", "sha-256=:AA==:"),
    ];
    let page = with(with(hello(), &kept), &dropped);
    let response = respond(get(&[("if-none-match", "\"a\"")]), page);
    assert_eq!(response.status(), 304);
    assert_eq!(response.headers(), &fields(&kept));
}

#[test]
fn a_request_for_all_anew_gets_it_unless_told_otherwise() {
    let conditions = [("if-none-match", HELLO_TAG), ("cache-control", "no-cache")];
    let response = respond(get(&conditions), hello());
    assert_eq!(response.status(), 200);
    let layer = EtagLayer::new().ignore_no_cache();
    let response = service::respond(&layer, get(&conditions), hello());
    assert_eq!(response.status(), 304);
    // It is about what is sent, not about what is refused.
    let conditions = [("if-match", "\"b\""), ("cache-control", "no-cache")];
    assert_eq!(respond(get(&conditions), hello()).status(), 412);
    for other in ["x-no-cache", "no-store", "max-age=0"] {
        let conditions = [("if-none-match", HELLO_TAG), ("cache-control", other)];
        assert_eq!(respond(get(&conditions), hello()).status(), 304, "{other}");
    }
}

#[test]
fn e_27_an_answer_to_head_whose_tag_cannot_be_told_is_not_compared() {
    let stripped = || {
        with(
            page(""),
            &[("content-length", "5"), ("last-modified", NEW_YEAR)],
        )
    };
    for conditions in [[("if-none-match", "*")], [("if-match", "\"b\"")]] {
        let response = respond(request(Method::HEAD, &conditions), stripped());
        assert_eq!(response.status(), 200, "{conditions:?}");
        assert_eq!(response.headers()[CONTENT_LENGTH], "5");
    }
    let conditions = [("if-modified-since", NEW_YEAR)];
    let response = respond(request(Method::HEAD, &conditions), stripped());
    assert_eq!(response.status(), 304);
}

#[test]
fn e_28_a_date_of_modification_in_the_future_becomes_that_of_the_answer() {
    let page = with(
        hello(),
        &[
            ("date", NEW_YEAR),
            ("last-modified", "Sun, 01 Jan 2090 00:00:00 GMT"),
        ],
    );
    let response = respond(get(&[]), page);
    assert_eq!(response.headers()[LAST_MODIFIED], NEW_YEAR);
}

#[test]
fn x_30_a_stream_with_the_handler_s_tag_is_compared_and_else_untouched() {
    use crate::support::body::{Script, Step};
    let stream = || {
        with(
            http::Response::new(Script::new([Step::Stuck])),
            &[("etag", "\"a\"")],
        )
    };
    let response = respond(get(&[("if-none-match", "\"a\"")]), stream());
    assert_eq!(response.status(), 304);
    let response = respond(get(&[("if-none-match", "\"b\"")]), stream());
    assert_eq!(response.status(), 200);
}

/// One stack, as recommended: compression outside.
mod through_compression {
    use super::*;
    use http::{Request, Response};
    use tower::Layer;
    use tower_egress::compression::{Coding, CompressionBody, CompressionLayer};
    use tower_egress::etag::{Etag, EtagBody};

    type Page = http_body_util::Full<bytes::Bytes>;
    struct Stack(EtagLayer);

    impl<S> Layer<S> for Stack {
        type Service = tower_egress::compression::Compression<Etag<S>>;

        fn layer(&self, inner: S) -> Self::Service {
            CompressionLayer::new().layer(self.0.layer(inner))
        }
    }

    fn ask(
        layer: EtagLayer,
        conditions: &[(&str, &str)],
    ) -> Response<CompressionBody<EtagBody<Page>>> {
        let page = page(crate::support::text(4000));
        let page = with(page, &[("content-type", "text/plain")]);
        service::respond(&Stack(layer), get(conditions), page)
    }

    fn plain(layer: EtagLayer) -> HeaderMap {
        ask(layer, &[]).into_parts().0.headers
    }

    #[test]
    fn x_01_x_02_x_03_each_coding_has_a_tag_of_its_own_that_comes_back() {
        let identity = plain(EtagLayer::new().strong())[ETAG].clone();
        let identity = identity.to_str().unwrap();
        for &coding in Coding::preference() {
            let accept = ("accept-encoding", coding.as_str());
            let strong = || EtagLayer::new().strong();
            let response = ask(strong(), &[accept]);
            assert_eq!(response.headers()["content-encoding"], coding.as_str());
            let tag = response.headers()[ETAG].to_str().unwrap().to_owned();
            let expected = identity.trim_end_matches('"').to_owned() + "-" + coding.as_str() + "\"";
            assert_eq!(tag, expected);

            for held in [tag.as_str(), identity] {
                let response = ask(strong(), &[accept, ("if-none-match", held)]);
                assert_eq!(response.status(), 304, "{held}");
                let expected = [("etag", held), ("vary", "accept-encoding")];
                let mut found = HeaderMap::new();
                for (name, value) in &expected {
                    found.insert(*name, value.parse().unwrap());
                }
                assert_eq!(response.headers(), &found);
                assert_eq!(consume(response.into_body()).clean(), "");
            }
            let response = ask(strong(), &[accept, ("if-match", &tag)]);
            assert_eq!(response.status(), 200);
            let response = ask(strong(), &[accept, ("if-match", "\"x-gzip\"")]);
            assert_eq!(response.status(), 412);
        }
    }

    #[test]
    fn a_weak_tag_is_the_same_in_every_coding() {
        let identity = plain(EtagLayer::new())[ETAG].clone();
        for &coding in Coding::preference() {
            let response = ask(EtagLayer::new(), &[("accept-encoding", coding.as_str())]);
            assert_eq!(response.headers()[ETAG], identity);
        }
    }

    #[test]
    fn x_21_a_304_of_what_is_never_compressed_says_nothing_of_codings() {
        let picture = with(hello(), &[("content-type", "image/png")]);
        let conditions = [("accept-encoding", "gzip"), ("if-none-match", "*")];
        let response = service::respond(&Stack(EtagLayer::new()), get(&conditions), picture);
        assert_eq!(response.status(), 304);
        assert!(!response.headers().contains_key(VARY));
        assert!(!response.headers().contains_key(CONTENT_TYPE));
    }

    /// The other way around, a tag is that of the bytes sent.
    #[test]
    fn e_04_outside_of_compression_a_tag_is_of_the_coded_bytes() {
        let page = || {
            with(
                page(crate::support::text(4000)),
                &[("content-type", "text/plain")],
            )
        };
        let layered = |request: Request<()>| {
            let handler = service::Handler::new(move |_| page());
            let mut service = EtagLayer::new()
                .strong()
                .layer(CompressionLayer::new().layer(handler));
            tokio_test::block_on(async {
                use tower::{Service, ServiceExt};
                service.ready().await.unwrap().call(request).await.unwrap()
            })
        };
        let plain = layered(get(&[]));
        let coded = layered(get(&[("accept-encoding", "gzip")]));
        assert_ne!(plain.headers()[ETAG], coded.headers()[ETAG]);
        let tag = coded.headers()[ETAG].to_str().unwrap();
        let again = layered(get(&[("accept-encoding", "gzip"), ("if-none-match", tag)]));
        assert_eq!(again.status(), 304);
        assert_eq!(again.headers()[VARY], "accept-encoding");
    }
}
