//! Every order of the layers, and each of them twice.

use std::convert::Infallible;
use std::task::Poll;

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode};
use http_body::Body;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use proptest::prelude::*;
use tower::util::BoxCloneService;
use tower::{BoxError, Layer, Service, ServiceExt};
use tower_egress::cache_control::CacheControlLayer;
use tower_egress::compression::{Coding, CompressionLayer};
use tower_egress::etag::{Current, EntityTag, EtagLayer, Validators, resolver_fn};
use tower_egress::response_time::ResponseTimeLayer;
use tower_egress::security_headers::SecurityHeadersLayer;
use tower_egress::strip_nulls::{Filter, Rules, StripNullsLayer};

use super::request;
use crate::support;
use crate::support::body::{Script, Step};
use crate::support::consume::consume;
use crate::support::decode::decode;
use crate::support::service::Handler;

pub(crate) type AnyBody = UnsyncBoxBody<Bytes, BoxError>;
type Boxed = BoxCloneService<http::Request<()>, Response<AnyBody>, Infallible>;

/// How many layers there are.
pub(crate) const LAYERS: usize = 6;

/// Where the entity tags of `etag` come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Tags {
    /// The bytes: weak tags.
    Weak,
    /// The bytes: strong tags.
    Strong,
    /// A resolver, which knows the tag `"v1"` before the handler is called.
    Resolved,
}

/// Puts the layer of this number around a service.
fn around(number: usize, inner: Boxed, tags: Tags) -> Boxed {
    match number {
        0 => boxed(ResponseTimeLayer::new().layer(inner)),
        1 => boxed(SecurityHeadersLayer::new().layer(inner)),
        2 => boxed(CompressionLayer::new().layer(inner)),
        3 => boxed(CacheControlLayer::new().otherwise_no_cache().layer(inner)),
        4 => match tags {
            Tags::Weak => boxed(EtagLayer::new().layer(inner)),
            Tags::Strong => boxed(EtagLayer::new().strong().layer(inner)),
            Tags::Resolved => {
                let tag: EntityTag = "\"v1\"".parse().expect("a tag");
                let current = Current::Present(Validators::from(tag));
                let resolver = resolver_fn(move |_| current.clone());
                boxed(EtagLayer::new().resolver(resolver).layer(inner))
            }
        },
        _ => boxed(StripNullsLayer::new().layer(inner)),
    }
}

fn boxed<S, B>(service: S) -> Boxed
where
    S: Service<http::Request<()>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let any = |body: B| body.map_err(Into::into).boxed_unsync();
    BoxCloneService::new(service.map_response(move |response: Response<B>| response.map(any)))
}

/// What the layers of this order, the innermost first, make of a request to a handler.
pub(crate) fn through(
    order: &[usize],
    tags: Tags,
    request: http::Request<()>,
    handler: impl FnMut(http::Request<()>) -> Response<AnyBody> + Clone + Send + 'static,
) -> Response<AnyBody> {
    let handler = boxed(Handler::new(handler));
    let service = order
        .iter()
        .fold(handler, |inner, &number| around(number, inner, tags));
    let mut answered = tokio_test::task::spawn(service.oneshot(request));
    loop {
        if let Poll::Ready(response) = answered.poll() {
            return response.expect("no layer fails");
        }
        assert!(answered.is_woken(), "nobody is woken");
    }
}

/// A request, and the answer of the handler.
#[derive(Clone, Debug)]
struct Sample {
    method: Method,
    asked: Vec<(&'static str, String)>,
    status: u16,
    fields: Vec<(&'static str, String)>,
    text: Bytes,
    /// How many bytes are in a frame.
    frame: usize,
    knows_length: bool,
    fails: bool,
    has_trailers: bool,
    tags: Tags,
}

impl Sample {
    fn json() -> Self {
        let text = r#"{"id":1,"name":null,"text":"hello hello hello","tags":[null]}"#;
        let texts = vec![text; 40].join(",");
        Self {
            method: Method::GET,
            asked: vec![("accept-encoding", "gzip".to_owned())],
            status: 200,
            fields: vec![("content-type", "application/json".to_owned())],
            text: format!("[{texts}]").into(),
            frame: usize::MAX,
            knows_length: true,
            fails: false,
            has_trailers: false,
            tags: Tags::Weak,
        }
    }

    fn answer(&self) -> Response<AnyBody> {
        let size = self.frame.min(self.text.len()).max(1);
        let mut body = Script::in_frames(&self.text, size);
        if self.knows_length {
            body = body.with_exact_hint(self.text.len() as u64);
        }
        if self.fails {
            body = body.then(Step::Error("the disk is gone"));
        } else if self.has_trailers {
            let trailers = support::fields(&[("x-trailer", "1")]);
            body = body.then(Step::Trailers(trailers));
        }
        let body = body.map_err(Into::into).boxed_unsync();
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).expect("a status");
        for (name, value) in &self.fields {
            let value = value.parse().expect("a value");
            response.headers_mut().append(*name, value);
        }
        response
    }

    /// What the layers of this order, the innermost first, make of it.
    fn through(&self, order: &[usize], more: &[(&str, &str)]) -> Response<AnyBody> {
        let sample = self.clone();
        let asked = self.asked.iter().map(|(name, value)| (*name, &**value));
        let asked: Vec<_> = asked.chain(more.iter().copied()).collect();
        let asked = request(self.method.clone(), &asked);
        through(order, self.tags, asked, move |_| sample.answer())
    }

    /// The texts that may be sent: as the handler wrote it, or without its nulls, as far as it is JSON.
    fn texts(&self) -> [Bytes; 2] {
        let mut filter = Filter::new(&Rules::new());
        let stripped = [filter.push(&self.text), filter.finish()].concat();
        [self.text.clone(), stripped.into()]
    }

    fn check(&self, order: &[usize]) {
        let (head, body) = self.through(order, &[]).into_parts();
        let what = format!("{order:?} {self:?} {head:?}");
        check_head(&head.headers, &what);
        // A layer that answers by itself knows nothing of those further in.
        let is_early = self.tags == Tags::Resolved && matches!(head.status.as_u16(), 304 | 412);
        if !is_early {
            check_fields(&head.headers, &what);
        }
        if head.headers.contains_key("transfer-encoding") {
            // Nobody replaced the body, or learned how long it is.
            let length = body.size_hint().exact();
            assert!(length.is_none() || self.knows_length, "{what}");
            assert!(!head.headers.contains_key("content-length"), "{what}");
        }
        let consumed = consume(body);
        let data = consumed.data();
        if self.method == Method::HEAD {
            return;
        }
        if head.status == 304 || head.status.as_u16() != self.status {
            assert_eq!(data, "", "{what}");
            return;
        }
        assert_eq!(consumed.error.is_some(), self.fails, "{what}");
        if self.fails {
            return;
        }
        let trailers = self
            .has_trailers
            .then(|| support::fields(&[("x-trailer", "1")]));
        assert_eq!(consumed.trailers, trailers, "{what}");
        if let Some(length) = head.headers.get("content-length") {
            assert_eq!(*length, data.len().to_string().as_str(), "{what}");
        }
        let decoded = match head.headers.get("content-encoding") {
            Some(name) => {
                let coding = Coding::preference()
                    .iter()
                    .copied()
                    .find(|coding| coding.as_str() == name);
                decode(coding.expect("a coding"), &data).expect("a whole stream")
            }
            None => data,
        };
        assert!(self.texts().contains(&decoded), "{what}");
        let tag = head.headers.get("etag").filter(|_| self.status == 200);
        if let Some(tag) = tag.filter(|tag| EntityTag::try_from(*tag).is_ok()) {
            let tag = tag.to_str().expect("ASCII");
            let again = self.through(order, &[("if-none-match", tag)]);
            assert_eq!(again.status(), 304, "{what}");
            assert_eq!(again.headers()["etag"], tag, "{what}");
            if self.tags != Tags::Resolved {
                let policy = |fields: &HeaderMap| fields.get("cache-control").cloned();
                assert_eq!(policy(again.headers()), policy(&head.headers), "{what}");
            }
            assert_eq!(consume(again.into_body()).clean(), "", "{what}");
        }
    }
}

/// Fields that a response has, whatever the order of the layers that it passed.
fn check_fields(fields: &HeaderMap, what: &str) {
    for name in [
        "content-security-policy",
        "strict-transport-security",
        "x-content-type-options",
        "x-response-time",
    ] {
        assert!(fields.contains_key(name), "{name}: {what}");
    }
}

/// What every head has, whatever the order.
fn check_head(fields: &HeaderMap, what: &str) {
    for name in fields.keys().filter(|name| *name != "set-cookie") {
        assert_eq!(fields.get_all(name).iter().count(), 1, "{name}: {what}");
    }
    let vary = fields
        .get("vary")
        .map_or("", |vary| vary.to_str().expect("ASCII"));
    let count = vary
        .split(',')
        .filter(|name| name.trim().eq_ignore_ascii_case("accept-encoding"))
        .count();
    assert!(count <= 1, "{what}");
    if fields.contains_key("content-encoding") {
        assert!(count == 1 || vary == "*", "{what}");
    }
}

/// All orders of the numbers below `count`.
pub(crate) fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    let longer = shorter.iter().flat_map(|order| {
        (0..count).map(|place| {
            let mut order = order.clone();
            order.insert(place, count - 1);
            order
        })
    });
    longer.collect()
}

#[test]
fn x_36_in_all_720_orders_an_answer_arrives_whole_with_one_of_each_field() {
    let json = Sample::json();
    let mut samples = vec![json.clone()];
    let mut add = |change: fn(&mut Sample)| {
        let mut sample = json.clone();
        change(&mut sample);
        samples.push(sample);
    };
    add(|sample| sample.method = Method::HEAD);
    add(|sample| sample.asked.clear());
    add(|sample| {
        sample.knows_length = false;
        sample.frame = 700;
        sample.has_trailers = true;
    });
    add(|sample| sample.fields.push(("etag", "\"x\"".to_owned())));
    add(|sample| {
        sample.status = 404;
        sample.fails = true;
    });
    let orders = orders(LAYERS);
    assert_eq!(orders.len(), 720);
    for order in &orders {
        for sample in &samples {
            sample.check(order);
        }
    }
}

fn values(choices: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop::sample::select(choices).prop_map(str::to_owned))
}

prop_compose! {
    fn samples()(
        accepted in values(&["gzip", "br", "zstd, gzip;q=0.5", "deflate", "identity", "*;q=0"]),
        condition in values(&["\"x\"", "\"x-gzip\"", "*", "W/\"y\", \"z\""]),
        kind in values(&["application/json", "text/html", "image/png", "text/event-stream"]),
        etag in values(&["\"x\"", "W/\"x\"", "x"]),
        policy in values(&["no-transform", "private", "public, max-age=60", "no-store"]),
        vary in values(&["origin", "Accept-Encoding", "*"]),
        digest in values(&["sha-256=:AA==:"]),
        status in prop::sample::select(&[200_u16, 200, 200, 201, 304, 404, 500][..]),
        is_head in prop::bool::weighted(0.2),
        text in prop_oneof![
            Just(Sample::json().text),
            Just(Bytes::from_static(b"{\"a\":null}")),
            Just(Bytes::from_static(b"{\"a\":null")),
            Just(Bytes::new()),
            Just(support::text(40_000)),
            Just(support::noise(3000)),
        ],
        frame in prop::sample::select(&[usize::MAX, 1000, 77][..]),
        tags in prop::sample::select(&[Tags::Weak, Tags::Strong, Tags::Resolved][..]),
        chunked in values(&["chunked"]),
        cookie in values(&["session=1"]),
        authorization in values(&["Basic YTpi"]),
        (knows_length, fails, has_trailers, says_length) in any::<(bool, bool, bool, bool)>(),
    ) -> Sample {
        let asked = [
            ("accept-encoding", accepted),
            ("if-none-match", condition),
            ("cookie", cookie),
            ("authorization", authorization),
        ];
        // A server that hands both on breaks its connection whatever the layers do.
        let length = (says_length && chunked.is_none()).then(|| text.len().to_string());
        let fields = [
            ("content-type", kind),
            ("etag", etag),
            ("cache-control", policy),
            ("vary", vary),
            ("repr-digest", digest),
            ("content-length", length),
            ("transfer-encoding", chunked),
        ];
        let there = |lines: &[(&'static str, Option<String>)]| -> Vec<_> {
            let there = |(name, value): &(&'static str, Option<String>)| Some((*name, value.clone()?));
            lines.iter().filter_map(there).collect()
        };
        Sample {
            method: if is_head { Method::HEAD } else { Method::GET },
            asked: there(&asked),
            status,
            fields: there(&fields),
            text: if status == 304 { Bytes::new() } else { text },
            frame,
            knows_length,
            fails: fails && status != 304,
            has_trailers: has_trailers && status != 304,
            tags,
        }
    }
}

fn doubled_orders() -> impl Strategy<Value = Vec<usize>> {
    let twice: Vec<_> = (0..LAYERS).chain(0..LAYERS).collect();
    Just(twice).prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn x_35_x_36_each_layer_twice_in_any_order_does_no_harm(
        order in doubled_orders(),
        sample in samples(),
    ) {
        sample.check(&order);
    }
}
