//! Configuration: what can be set, and what is refused when it is set.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, VARY};
use http::{Request, Response, StatusCode};
use http_body::SizeHint;
use http_body_util::Full;
use tower_egress::compression::{
    Coding, CompressionLayer, ContentTypes, DEFAULT_STREAM_WINDOW, DEFAULT_THRESHOLD,
    InvalidCompression, LARGEST_STREAM_WINDOW, NoCompression, Plan, Reason,
};

use super::{CODINGS, get, page, page_with};
use crate::support::body::Script;
use crate::support::consume::consume;
use crate::support::decode::decode;
use crate::support::service::respond;
use crate::support::{noise, text};

#[test]
fn an_empty_list_of_codings_is_refused() {
    let error = CompressionLayer::new().codings([]).unwrap_err();
    assert_eq!(error, InvalidCompression::NoCodings);
}

#[test]
fn a_coding_listed_twice_is_refused() {
    let coding = Coding::Gzip;
    let error = CompressionLayer::new()
        .codings([coding, Coding::Brotli, coding])
        .unwrap_err();
    assert_eq!(error, InvalidCompression::DuplicateCoding { coding });
}

#[test]
fn a_level_that_a_coding_lacks_is_refused() {
    for coding in CODINGS {
        let highest = *coding.levels().end();
        assert!(CompressionLayer::new().level(coding, highest).is_ok());
        let level = highest + 1;
        let error = CompressionLayer::new().level(coding, level).unwrap_err();
        assert_eq!(error, InvalidCompression::Level { coding, level });
    }
}

#[test]
fn the_coding_for_silent_clients_must_be_offered_whichever_is_said_first() {
    let coding = Coding::Brotli;
    let refused = InvalidCompression::NotOffered { coding };
    let layer = CompressionLayer::new().codings([Coding::Gzip]).unwrap();
    assert_eq!(layer.when_absent(coding).unwrap_err(), refused);
    let layer = CompressionLayer::new().when_absent(coding).unwrap();
    assert_eq!(layer.codings([Coding::Gzip]).unwrap_err(), refused);
}

#[test]
fn a_setting_for_silent_clients_can_be_undone() {
    let layer = CompressionLayer::new().when_absent(Coding::Brotli).unwrap();
    let layer = layer.when_absent(None).unwrap();
    let layer = layer.codings([Coding::Gzip]).unwrap();
    let response = respond(&layer, Request::new(()), page_with(&[]));
    assert!(!response.headers().contains_key(CONTENT_ENCODING));
}

#[test]
fn g_06_a_level_of_a_coding_that_is_not_offered_is_refused_whichever_is_said_first() {
    let coding = Coding::Brotli;
    let level = coding.default_level();
    let refused = InvalidCompression::NotOffered { coding };
    let layer = CompressionLayer::new().codings([Coding::Gzip]).unwrap();
    assert_eq!(layer.level(coding, level).unwrap_err(), refused);
    let layer = CompressionLayer::new().level(coding, level).unwrap();
    assert!(layer.clone().codings([Coding::Gzip, coding]).is_ok());
    assert_eq!(layer.codings([Coding::Gzip]).unwrap_err(), refused);
}

#[test]
fn g_06_a_window_that_no_coding_has_is_refused_whichever_is_said_first() {
    let codings = [Coding::Gzip, Coding::Deflate];
    for bytes in [DEFAULT_STREAM_WINDOW, LARGEST_STREAM_WINDOW] {
        let layer = CompressionLayer::new().codings(codings).unwrap();
        let error = layer.stream_window(bytes).unwrap_err();
        assert_eq!(error, InvalidCompression::NoWindow);
        let layer = CompressionLayer::new().stream_window(bytes).unwrap();
        assert!(layer.clone().codings([Coding::Zstd]).is_ok());
        assert!(layer.clone().codings([Coding::Brotli]).is_ok());
        let error = layer.codings(codings).unwrap_err();
        assert_eq!(error, InvalidCompression::NoWindow);
    }
}

#[test]
fn c_35_of_two_predicates_both_must_hold() {
    for (first, second) in [(true, true), (true, false), (false, true), (false, false)] {
        let layer = CompressionLayer::new()
            .compress_when(move |_, _| first)
            .compress_when(move |_, _| second);
        let response = respond(&layer, get("gzip"), page_with(&[]));
        let found = response.headers().contains_key(CONTENT_ENCODING);
        assert_eq!(found, first && second, "{first}, {second}");
    }
}

/// The field selects the representation, so `Vary` names it in both (RFC 9110 §12.5.5).
#[test]
fn c_30_a_no_transform_that_is_honored_is_named_in_vary() {
    let layer = CompressionLayer::new().honor_request_no_transform();
    for value in ["no-cache", "no-transform"] {
        let mut request = get("gzip");
        let value = value.parse().unwrap();
        request.headers_mut().insert("cache-control", value);
        let response = respond(&layer, request, page_with(&[]));
        assert_eq!(response.headers()[VARY], "accept-encoding, cache-control");
    }
}

#[test]
fn every_switch_can_be_undone() {
    let layer = CompressionLayer::new()
        .honor_no_compression()
        .honor_request_no_transform()
        .ignore_no_compression()
        .ignore_request_no_transform();
    let mut request = get("gzip");
    for (name, value) in [("x-no-compression", "1"), ("cache-control", "no-transform")] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let response = respond(&layer, request, page_with(&[]));
    assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
    assert_eq!(response.headers()[VARY], "accept-encoding");

    let layer = CompressionLayer::new().compress_signed().pass_signed();
    let signed = page_with(&[("signature-input", r#"s=("content-length")"#)]);
    let response = respond(&layer, get("gzip"), signed);
    assert!(!response.headers().contains_key(CONTENT_ENCODING));
}

#[test]
fn g_01_text_that_could_not_stand_in_a_field_is_refused() {
    for range in ["text/\r\nhtml", "text/\0", "text/\u{7f}", "text/\u{e9}"] {
        let expected = InvalidCompression::MediaRange {
            range: range.to_owned(),
        };
        assert_eq!(ContentTypes::new().allow(range).unwrap_err(), expected);
    }
}

/// Finding 15.
#[test]
fn c_38_a_stream_has_no_window_beyond_its_bounds() {
    for bytes in [DEFAULT_STREAM_WINDOW, 100_000, LARGEST_STREAM_WINDOW] {
        assert!(
            CompressionLayer::new().stream_window(bytes).is_ok(),
            "{bytes}"
        );
    }
    let (least, most) = (DEFAULT_STREAM_WINDOW, LARGEST_STREAM_WINDOW);
    for bytes in [0, least - 1, most + 1, u64::MAX] {
        let error = CompressionLayer::new().stream_window(bytes).unwrap_err();
        assert_eq!(error, InvalidCompression::StreamWindow { bytes });
    }
}

/// Finding 15. What repeats after 200,000 bytes is found with a window that holds them, and only
/// then.
#[test]
fn c_38_a_larger_window_makes_large_streams_smaller() {
    let half = noise(200_000);
    let whole = Bytes::from([&half[..], &half[..]].concat());
    for coding in [Coding::Brotli, Coding::Zstd] {
        for known in [false, true] {
            let lengths = [DEFAULT_STREAM_WINDOW, 1 << 20].map(|bytes| {
                let layer = CompressionLayer::new().stream_window(bytes).unwrap();
                let mut body = Script::in_frames(&whole, 10_000);
                if known {
                    body = body.with_exact_hint(400_000);
                }
                let response = respond(&layer, get(coding.as_str()), page(body));
                let coded = consume(response.into_body()).clean();
                assert_eq!(decode(coding, &coded).as_ref(), Ok(&whole), "{coding}");
                coded.len()
            });
            assert!(lengths[0] > 399_000, "{coding}, {known}: {lengths:?}");
            assert!(lengths[1] < 210_000, "{coding}, {known}: {lengths:?}");
        }
    }
}

#[test]
fn every_level_of_every_coding_decodes() {
    let text = text(5000);
    for coding in CODINGS {
        for level in coding.levels() {
            let layer = CompressionLayer::new().level(coding, level).unwrap();
            // Level 0 of gzip and deflate stores, and would be left out for being larger.
            let request = get(&format!("{coding}, identity;q=0"));
            let response = respond(&layer, request, page(Full::new(text.clone())));
            let coded = consume(response.into_body()).clean();
            assert_eq!(
                decode(coding, &coded).as_ref(),
                Ok(&text),
                "{coding} {level}"
            );
        }
    }
}

#[test]
fn a_higher_level_of_one_coding_leaves_the_others_alone() {
    let coded = |layer: &CompressionLayer, coding: Coding| {
        let response = respond(layer, get(coding.as_str()), page_with(&[]));
        consume(response.into_body()).clean()
    };
    let default = CompressionLayer::new();
    let other = CompressionLayer::new().level(Coding::Gzip, 1).unwrap();
    assert_ne!(coded(&default, Coding::Gzip), coded(&other, Coding::Gzip));
    for coding in [Coding::Brotli, Coding::Deflate, Coding::Zstd] {
        assert_eq!(coded(&default, coding), coded(&other, coding), "{coding}");
    }
}

#[test]
fn c_10_silent_clients_get_the_coding_that_was_chosen_for_them() {
    let layer = CompressionLayer::new()
        .when_absent(Coding::Deflate)
        .unwrap();
    let response = respond(&layer, Request::new(()), page_with(&[]));
    assert_eq!(response.headers()[CONTENT_ENCODING], "deflate");
    let response = respond(&layer, get(""), page_with(&[]));
    assert!(!response.headers().contains_key(CONTENT_ENCODING));
}

#[test]
fn c_34_the_threshold_is_the_smallest_size_that_is_compressed() {
    let is_encoded = |layer: &CompressionLayer, size: u64| {
        let body = Full::new(text(usize::try_from(size).unwrap()));
        let response = respond(layer, get("gzip"), page(body));
        response.headers().contains_key(CONTENT_ENCODING)
    };
    let default = CompressionLayer::new();
    assert!(!is_encoded(&default, DEFAULT_THRESHOLD - 1));
    assert!(is_encoded(&default, DEFAULT_THRESHOLD));
    assert!(is_encoded(&default, DEFAULT_THRESHOLD + 1));
    let zero = CompressionLayer::new().threshold(0);
    assert!(!is_encoded(&zero, 0));
    assert!(is_encoded(&zero, 200));
}

#[test]
fn a_predicate_sees_both_heads() {
    let layer = CompressionLayer::new().compress_when(|request, response| {
        request.uri.path() == "/export" && response.status == StatusCode::OK
    });
    let is_encoded = |path: &str, status: StatusCode| {
        let request = Request::builder()
            .uri(path)
            .header("accept-encoding", "gzip")
            .body(())
            .unwrap();
        let mut response = page_with(&[]);
        *response.status_mut() = status;
        let response = respond(&layer, request, response);
        let encoded = response.headers().contains_key(CONTENT_ENCODING);
        assert_eq!(response.headers().contains_key(VARY), encoded);
        encoded
    };
    assert!(is_encoded("/export", StatusCode::OK));
    assert!(!is_encoded("/export", StatusCode::NOT_FOUND));
    assert!(!is_encoded("/", StatusCode::OK));
}

/// Finding 32.
#[test]
fn c_35_content_types_and_predicate_must_both_allow_in_either_order() {
    let types = || ContentTypes::new().deny("text/csv").unwrap();
    let layers = [
        CompressionLayer::new()
            .compress_when(|_, _| true)
            .content_types(types()),
        CompressionLayer::new()
            .content_types(types())
            .compress_when(|_, _| true),
    ];
    for layer in layers {
        for (content_type, expected) in [
            ("text/csv", false),
            ("image/png", false),
            ("text/html", true),
        ] {
            let mut response = page_with(&[]);
            let value = content_type.parse().unwrap();
            response.headers_mut().insert("content-type", value);
            let response = respond(&layer, get("gzip"), response);
            let found = response.headers().contains_key(CONTENT_ENCODING);
            assert_eq!(found, expected, "{content_type}");
        }
    }
}

/// Finding 32.
#[test]
fn c_35_with_any_type_the_predicate_decides_alone() {
    let layer = CompressionLayer::new()
        .content_types(ContentTypes::any())
        .compress_when(|request, _| request.uri.path() == "/export");
    for (path, expected) in [("/export", true), ("/", false)] {
        for content_type in [Some("image/png"), None] {
            let request = Request::builder()
                .uri(path)
                .header("accept-encoding", "gzip");
            let mut response = Response::new(Full::new(text(4000)));
            if let Some(value) = content_type {
                let value = value.parse().unwrap();
                response.headers_mut().insert("content-type", value);
            }
            let response = respond(&layer, request.body(()).unwrap(), response);
            let found = response.headers().contains_key(CONTENT_ENCODING);
            assert_eq!(found, expected, "{path}, {content_type:?}");
        }
    }
}

#[test]
fn no_predicate_makes_the_layer_touch_what_it_must_not() {
    let layer = CompressionLayer::new()
        .content_types(ContentTypes::any())
        .compress_when(|_, _| true);
    for (name, value) in [
        ("content-type", "application/grpc"),
        ("content-type", "multipart/byteranges; boundary=x"),
        ("cache-control", "no-transform"),
        ("content-range", "bytes 0-3999/5000"),
        ("content-encoding", "br"),
    ] {
        let mut response = Response::new(Full::new(text(4000)));
        response.headers_mut().insert(name, value.parse().unwrap());
        let encoding = response.headers().get(CONTENT_ENCODING).cloned();
        let response = respond(&layer, get("gzip"), response);
        assert_eq!(
            response.headers().get(CONTENT_ENCODING),
            encoding.as_ref(),
            "{name}: {value}"
        );
        assert_eq!(consume(response.into_body()).clean(), text(4000));
    }
}

#[test]
fn c_30_a_request_s_no_transform_counts_only_where_the_user_asks() {
    let request = || {
        let mut request = get("gzip");
        let value = "no-transform".parse().unwrap();
        request.headers_mut().insert("cache-control", value);
        request
    };
    let response = respond(&CompressionLayer::new(), request(), page_with(&[]));
    assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
    let layer = CompressionLayer::new().honor_request_no_transform();
    let response = respond(&layer, request(), page_with(&[]));
    assert!(!response.headers().contains_key(CONTENT_ENCODING));
}

#[test]
fn a_request_opts_out_only_where_the_user_asks() {
    let request = || {
        let mut request = get("gzip");
        let value = "1".parse().unwrap();
        request.headers_mut().insert("x-no-compression", value);
        request
    };
    let response = respond(&CompressionLayer::new(), request(), page_with(&[]));
    assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
    let layer = CompressionLayer::new().honor_no_compression();
    let response = respond(&layer, request(), page_with(&[]));
    assert!(!response.headers().contains_key(CONTENT_ENCODING));
}

/// Finding 17. The field selects the representation, so `Vary` names it in both (RFC 9110 §12.5.5).
#[test]
fn c_19_a_field_that_opts_out_is_named_in_vary() {
    let layer = CompressionLayer::new().honor_no_compression();
    let both = "accept-encoding, x-no-compression";
    let png = || {
        let mut response = page_with(&[]);
        let value = "image/png".parse().unwrap();
        response.headers_mut().insert("content-type", value);
        response
    };
    let encoded = || page_with(&[("content-encoding", "br")]);
    let not_modified = || {
        let mut response = page_with(&[]);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    };
    for opts_out in [false, true] {
        for (name, response, expected) in [
            ("a page", page_with(&[]), Some(both)),
            ("a small page", page(Full::from("small")), Some(both)),
            ("an encoded page", encoded(), Some(both)),
            ("a 304", not_modified(), Some(both)),
            ("a picture", png(), None),
            (
                "no-transform",
                page_with(&[("cache-control", "no-transform")]),
                None,
            ),
        ] {
            let mut request = get("gzip");
            if opts_out {
                let value = "1".parse().unwrap();
                request.headers_mut().insert("x-no-compression", value);
            }
            let response = respond(&layer, request, response);
            let found = response.headers().get(VARY);
            let found = found.map(|line| line.to_str().unwrap());
            assert_eq!(found, expected, "{name}, opted out: {opts_out}");
        }
    }
}

/// Finding 17. `Vary` of the handler is kept, and no name stands twice.
#[test]
fn c_20_a_field_that_opts_out_is_named_once() {
    let layer = CompressionLayer::new().honor_no_compression();
    for (before, after) in [
        ("origin", "origin, accept-encoding, x-no-compression"),
        ("X-No-Compression", "X-No-Compression, accept-encoding"),
        ("*", "*"),
    ] {
        let response = respond(&layer, get("gzip"), page_with(&[("vary", before)]));
        assert_eq!(response.headers()[VARY], after, "{before}");
    }
}

#[test]
fn a_handler_opts_out_with_an_extension() {
    let mut response = page_with(&[]);
    response.extensions_mut().insert(NoCompression);
    let before = response.headers().clone();
    let response = respond(&CompressionLayer::new(), get("gzip"), response);
    assert_eq!(*response.headers(), before);
    assert_eq!(consume(response.into_body()).clean(), text(4000));
}

#[test]
fn c_32_a_signed_answer_is_compressed_only_where_the_user_asks() {
    let signed = || {
        page_with(&[
            ("content-digest", "sha-256=:AA==:"),
            (
                "signature-input",
                r#"s=("@status" "content-digest");created=1"#,
            ),
        ])
    };
    let before = signed().headers().clone();
    let response = respond(&CompressionLayer::new(), get("gzip"), signed());
    assert_eq!(*response.headers(), before);
    let layer = CompressionLayer::new().compress_signed();
    let response = respond(&layer, get("gzip"), signed());
    assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");

    let other = page_with(&[("signature-input", r#"s=("@status" "content-type")"#)]);
    let response = respond(&CompressionLayer::new(), get("gzip"), other);
    assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
}

#[test]
fn a_plan_can_be_asked_for_without_a_server() {
    let layer = CompressionLayer::new().compress_when(|request, _| request.uri.path() == "/");
    let (request, ()) = get("zstd, br;q=0.5").into_parts();
    let (response, _) = page_with(&[]).into_parts();
    let plan = |size| layer.plan(&request, &response, &size);
    assert_eq!(plan(SizeHint::with_exact(4000)), Plan::Encode(Coding::Zstd));
    assert_eq!(plan(SizeHint::default()), Plan::Encode(Coding::Zstd));
    assert_eq!(plan(SizeHint::with_exact(9)), Plan::Pass(Reason::TooSmall));
    assert_eq!(plan(SizeHint::with_exact(0)), Plan::Pass(Reason::Empty));
}
