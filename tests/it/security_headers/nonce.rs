//! The nonce of a response: in the page, in its policies, and nowhere else.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY};
use http::{HeaderMap, Request, Response};
use http_body_util::BodyExt;
use tower::{Layer, ServiceBuilder, ServiceExt};
use tower_egress::security_headers::{
    Conflict, ContentSecurityPolicy, CspNonce, CspSource, Directive, SecurityHeadersLayer,
    SecurityOverride,
};

use crate::support::service::{Handler, answer};
use crate::support::{fields, wire};

/// Both nonces that a handler read, between the tags of its page.
type Page = Response<(String, String)>;

/// What `layer` makes of a page that reads both nonces.
fn read<L>(layer: &L) -> Page
where
    L: Layer<Handler<Box<dyn FnMut(Request<()>) -> Page>>>,
    L::Service: tower::Service<Request<()>, Response = Page, Error = std::convert::Infallible>,
{
    read_in(layer, Response::new(()))
}

/// The same for one with this head.
fn read_in<L>(layer: &L, head: Response<()>) -> Page
where
    L: Layer<Handler<Box<dyn FnMut(Request<()>) -> Page>>>,
    L::Service: tower::Service<Request<()>, Response = Page, Error = std::convert::Infallible>,
{
    let mut head = Some(head);
    let handler = move |request: Request<()>| {
        let nonce = CspNonce::of(request.extensions());
        let page = (nonce.draw().to_owned(), nonce.draw_style().to_owned());
        head.take().expect("one request is made").map(|()| page)
    };
    answer(layer, Request::new(()), Box::new(handler))
}

/// What `layer` makes of a page that reads none.
fn unread(layer: &SecurityHeadersLayer, head: Response<()>) -> HeaderMap {
    let mut head = Some(head);
    let handler = move |request: Request<()>| {
        // To have it, and to log it, is not to draw it.
        let nonce = CspNonce::of(request.extensions());
        assert_eq!(format!("{nonce:?}"), "CspNonce { .. }");
        head.take().expect("one request is made")
    };
    let response: Response<()> = answer(layer, Request::new(()), Box::new(handler));
    response.into_parts().0.headers
}

/// Nothing but a policy for scripts and styles.
fn both() -> ContentSecurityPolicy {
    ContentSecurityPolicy::new(Directive::ScriptSrc, [CspSource::SELF, CspSource::NONCE]).sources(
        Directive::StyleSrc,
        [CspSource::SELF, CspSource::STYLE_NONCE],
    )
}

fn only(policy: ContentSecurityPolicy) -> SecurityHeadersLayer {
    SecurityHeadersLayer::none().with(policy)
}

/// All lines of the policy that is enforced.
fn policies(fields: &HeaderMap) -> Vec<String> {
    let lines = fields.get_all(CONTENT_SECURITY_POLICY).iter();
    let text = |line: &http::HeaderValue| line.to_str().expect("visible ASCII").to_owned();
    lines.map(text).collect()
}

#[track_caller]
fn assert_is_nonce(text: &str) {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    assert!(text.len() == 32 && text.bytes().all(is_digit), "{text}");
}

#[test]
fn h_12_the_page_and_its_policy_have_the_same_nonces() {
    let response = read(&only(both()));
    let (script, style) = response.body();
    assert_is_nonce(script);
    assert_is_nonce(style);
    assert_ne!(script, style);
    let expected = format!("script-src 'self' 'nonce-{script}'; style-src 'self' 'nonce-{style}'");
    assert_eq!(policies(response.headers()), [expected]);
}

#[test]
fn h_12_one_nonce_may_be_for_scripts_and_styles() {
    let shared = ContentSecurityPolicy::new(Directive::ScriptSrc, [CspSource::NONCE])
        .sources(Directive::StyleSrc, [CspSource::NONCE]);
    let response = read(&only(shared));
    let (nonce, _) = response.body();
    let expected = format!("script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'");
    assert_eq!(policies(response.headers()), [expected]);
}

#[test]
fn h_12_f_15_no_two_responses_have_the_same() {
    let layer = only(both());
    let nonces: std::collections::HashSet<_> = (0..100).map(|_| read(&layer).into_body()).collect();
    assert_eq!(nonces.len(), 100);
}

#[test]
fn h_12_the_strict_policy_is_that_of_a_page_with_scripts_by_nonce() {
    let response = read(&only(ContentSecurityPolicy::strict()));
    let (nonce, _) = response.body();
    let expected = format!(
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; \
         img-src 'self' data:; object-src 'none'; script-src-attr 'none'; \
         script-src 'nonce-{nonce}' 'strict-dynamic'"
    );
    assert_eq!(policies(response.headers()), [expected]);
}

#[test]
fn h_18_the_enforced_and_the_reported_policy_have_the_same_nonce() {
    let layer = only(both()).with(ContentSecurityPolicy::strict().report_only());
    let response = read(&layer);
    let (script, _) = response.body();
    let nonce = format!("'nonce-{script}'");
    for name in [CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY] {
        let policy = response.headers()[&name].to_str().expect("visible ASCII");
        assert!(policy.contains(&nonce), "{name}: {policy}");
    }
}

#[test]
fn f_03_a_policy_that_lacks_its_nonce_allows_no_more_than_with_it() {
    for (policy, expected) in [
        (both(), "script-src 'self'; style-src 'self'"),
        (
            ContentSecurityPolicy::new(
                Directive::ScriptSrc,
                [CspSource::NONCE, CspSource::UNSAFE_INLINE],
            )
            .sources(
                Directive::StyleSrc,
                [CspSource::SELF, CspSource::UNSAFE_INLINE],
            ),
            "script-src 'none'; style-src 'self' 'unsafe-inline'",
        ),
        (
            "style-src 'self' 'Unsafe-Inline' https:"
                .parse::<ContentSecurityPolicy>()
                .expect("a sound directive")
                .add_source(Directive::StyleSrc, CspSource::STYLE_NONCE),
            "style-src 'self' https:",
        ),
    ] {
        let found = unread(&only(policy), Response::new(()));
        assert_eq!(policies(&found), [expected]);
    }
}

/// Finding D.
#[test]
fn h_12_a_page_that_draws_no_nonce_may_run_its_own_scripts_under_the_strict_policy() {
    let strict = ContentSecurityPolicy::strict;
    let with = |sources: &[CspSource]| {
        let sources = sources.iter().cloned();
        sources.fold(strict(), |policy, source| {
            policy.add_source(Directive::ScriptSrc, source)
        })
    };
    let instead = |sources: &[CspSource]| strict().sources(Directive::ScriptSrc, sources.to_vec());
    let hash = CspSource::sha256("start()");
    let hashed = format!("{hash} 'strict-dynamic'");
    let host = CspSource::host("https://a.example").expect("a host");
    for (policy, expected) in [
        (strict(), "'self'"),
        (ContentSecurityPolicy::nonce_only(), "'strict-dynamic'"),
        (with(&[CspSource::REPORT_SAMPLE]), "'self' 'report-sample'"),
        // Browsers ignore these beside `'strict-dynamic'`, and must not begin to heed them.
        (
            with(&[
                host,
                CspSource::HTTPS,
                CspSource::ANY,
                CspSource::UNSAFE_INLINE,
                CspSource::SELF,
            ]),
            "'self'",
        ),
        // Where something is allowed without a nonce, nothing else is.
        (
            instead(&[CspSource::NONCE, hash, CspSource::STRICT_DYNAMIC]),
            hashed.as_str(),
        ),
        (instead(&[CspSource::NONCE]), "'none'"),
        (instead(&[CspSource::NONCE, CspSource::HTTPS]), "https:"),
        (instead(&[CspSource::STRICT_DYNAMIC]), "'strict-dynamic'"),
        // A policy that is not that of the preset stays closed.
        (
            ContentSecurityPolicy::page().sources(
                Directive::ScriptSrc,
                [CspSource::NONCE, CspSource::STRICT_DYNAMIC],
            ),
            "'strict-dynamic'",
        ),
    ] {
        let found = unread(&only(policy.clone()), Response::new(()));
        let found = policies(&found).concat();
        let (_, found) = found.split_once("; script-src ").expect("the directive");
        assert_eq!(found, expected, "{policy}");
        // A page with its nonce is as it was.
        let response = read(&only(policy.clone()));
        let (nonce, _) = response.body();
        let full = policy.to_string().replace("{nonce}", nonce);
        let full = full.replace("upgrade-insecure-requests; ", "");
        assert_eq!(policies(response.headers()), [full], "{policy}");
    }
}

#[test]
fn h_13_nothing_changes_for_a_page_that_does_not_read_its_nonce() {
    let lines = [
        ("cache-control", "max-age=60"),
        ("cdn-cache-control", "max-age=600"),
        ("etag", "\"a\""),
        ("expires", "Sat, 01 Jan 2000 00:01:00 GMT"),
    ];
    let mut head = Response::new(());
    *head.headers_mut() = fields(&lines);
    let mut expected = fields(&lines);
    let policy = "script-src 'self'; style-src 'self'";
    expected.insert(CONTENT_SECURITY_POLICY, policy.parse().expect("a value"));
    assert_eq!(unread(&only(both()), head), expected);
}

/// Finding 33.
#[test]
fn h_13_h_31_a_304_has_the_plain_policy_and_none_with_a_nonce() {
    let layer = only(both()).with(ContentSecurityPolicy::strictest().report_only());
    for conflict in [Conflict::Append, Conflict::Override, Conflict::Keep] {
        let layer = layer.clone().on_conflict(CONTENT_SECURITY_POLICY, conflict);
        let head = || Response::builder().status(304);
        let unchanged = || head().body(()).expect("a head");
        let found = unread(&layer, unchanged());
        let plain = "script-src 'self'; style-src 'self'";
        assert_eq!(policies(&found), [plain], "{conflict:?}");
        assert!(!found.contains_key("cache-control"), "{conflict:?}");
        // A 304 for which the nonce was drawn may be that of a page with another.
        let drawn = read_in(&layer, unchanged()).into_parts().0.headers;
        assert_eq!(policies(&drawn), [""; 0], "{conflict:?}");
        for found in [found, drawn] {
            assert!(found.contains_key(CONTENT_SECURITY_POLICY_REPORT_ONLY));
        }
        let own = head().header(CONTENT_SECURITY_POLICY, "img-src *");
        let found = unread(&layer, own.body(()).expect("a head"));
        let expected: &[&str] = match conflict {
            Conflict::Override => &[plain],
            Conflict::Append => &["img-src *", plain],
            _ => &["img-src *"],
        };
        assert_eq!(policies(&found), expected, "{conflict:?}");
    }
}

/// Finding 33. A cache that kept the page without a policy gets one when it asks again.
#[tokio::test]
async fn h_31_a_304_over_a_connection_has_the_policy_of_a_page_without_a_nonce() {
    let app = Router::new()
        .route("/", get(async || ([("etag", "\"a\"")], "a static page")))
        .layer(tower_egress::etag::EtagLayer::new())
        .layer(SecurityHeadersLayer::new().with(both()));
    let address = wire::serve(app).await;
    for (condition, status) in [("\"b\"", "200 OK"), ("\"a\"", "304 Not Modified")] {
        let request = format!(
            "GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: {condition}\r\nConnection: close\r\n\r\n"
        );
        let response = wire::exchange(address, &request).await;
        let response = String::from_utf8(response).expect("visible ASCII");
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status}")),
            "{response}"
        );
        let policy = "\r\ncontent-security-policy: script-src 'self'; style-src 'self'\r\n";
        assert!(response.contains(policy), "{condition}: {response}");
    }
}

#[test]
fn h_17_the_handler_s_policy_is_kept_replaced_or_joined_by_one_with_nonces() {
    let layer = |conflict| only(both()).on_conflict(CONTENT_SECURITY_POLICY, conflict);
    for (conflict, is_kept, is_sent) in [
        (Conflict::Keep, true, false),
        (Conflict::Override, false, true),
        (Conflict::Append, true, true),
    ] {
        let own = Response::builder().header(CONTENT_SECURITY_POLICY, "img-src *");
        let response = read_in(&layer(conflict), own.body(()).expect("a head"));
        let (script, style) = response.body();
        let ours = format!("script-src 'self' 'nonce-{script}'; style-src 'self' 'nonce-{style}'");
        let kept = is_kept.then(|| "img-src *".to_owned());
        let expected: Vec<_> = kept.into_iter().chain(is_sent.then_some(ours)).collect();
        assert_eq!(policies(response.headers()), expected, "{conflict:?}");
    }
}

#[test]
fn h_29_one_response_may_have_another_policy_with_nonces() {
    let mut head = Response::new(());
    let other = ContentSecurityPolicy::new(Directive::ScriptSrc, [CspSource::NONCE]);
    head.extensions_mut()
        .insert(SecurityOverride::new().with(other));
    let response = read_in(&only(both()), head);
    let (script, _) = response.body();
    assert_eq!(
        policies(response.headers()),
        [format!("script-src 'nonce-{script}'")],
    );
}

#[test]
fn the_layer_twice_has_one_nonce() {
    let outer = only(both()).on_conflict(CONTENT_SECURITY_POLICY, Conflict::Append);
    let inner = only(ContentSecurityPolicy::new(
        Directive::ScriptSrc,
        [CspSource::NONCE],
    ));
    let twice = ServiceBuilder::new().layer(outer).layer(inner);
    let response = read(&twice);
    let (script, style) = response.body();
    let expected = [
        format!("script-src 'nonce-{script}'"),
        format!("script-src 'self' 'nonce-{script}'; style-src 'self' 'nonce-{style}'"),
    ];
    assert_eq!(policies(response.headers()), expected);
}

#[test]
fn without_a_policy_with_nonces_there_is_none() {
    let response = read(&SecurityHeadersLayer::new());
    assert_eq!(*response.body(), (String::new(), String::new()));
    assert!(!response.headers().contains_key("cache-control"));
}

/// House review, row 4. Only `draw` has a side effect; before, the extractor and `Display` had it
/// too.
#[tokio::test]
async fn h_13_a_handler_of_axum_s_takes_it_as_an_argument_and_draws_it_itself() {
    let app = Router::new()
        .route("/", get(async |nonce: CspNonce| nonce.draw().to_owned()))
        .route("/held", get(async |nonce: CspNonce| format!("{nonce:?}")))
        .layer(only(both()));
    for path in ["/", "/held"] {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let response = app.clone().oneshot(request).await.expect("a response");
        let control = response.headers().get("cache-control").cloned();
        let policy = policies(response.headers()).concat();
        let body = response.into_body().collect().await.expect("a whole body");
        let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
        if path == "/" {
            assert_eq!(control.expect("a policy"), "private, no-cache");
            let nonce = policy.split("'nonce-").nth(1).expect("a nonce");
            assert_eq!(body, nonce[..32]);
        } else {
            assert_eq!(control, None);
            assert_eq!(policy, "script-src 'self'; style-src 'self'");
        }
    }
}

/// The page has the nonce in it, whatever becomes of the policy.
#[test]
fn h_13_an_override_lets_no_cache_keep_a_page_with_a_nonce() {
    let layer = SecurityHeadersLayer::none().with(ContentSecurityPolicy::strict());
    for wanted in [
        SecurityOverride::off(),
        SecurityOverride::new().without(CONTENT_SECURITY_POLICY),
    ] {
        let mut head = Response::new(());
        let lines = [("cache-control", "max-age=60"), ("etag", "\"a\"")];
        *head.headers_mut() = fields(&lines);
        head.extensions_mut().insert(wanted.clone());
        let page = read_in(&layer, head);
        let expected = fields(&[("cache-control", "private, no-cache")]);
        assert_eq!(*page.headers(), expected, "{wanted:?}");
    }
}
