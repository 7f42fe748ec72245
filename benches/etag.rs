//! `cargo bench --bench etag`
//!
//! What a tag costs beside the bare hash of the same bytes, and what the layer costs where it makes
//! none. Ids are `etag/<group>/<case>/<who>`.

use bench_support::{Handler, call, json, records, request, timed};
use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput};
use http::{HeaderValue, Request, Response};
use http_body::Body;
use http_body_util::Full;
use md5::Digest;
use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use tower::util::MapResponse;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_egress::etag::{
    Current, EntityTag, EtagLayer, Hasher, Md5, Sha256, Validators, Xxh3, resolver_fn,
};

fn main() {
    let mut criterion = timed::criterion(30);
    for (case, length) in [
        ("1k", 1 << 10),
        ("16k", 16 << 10),
        ("100k", 100 << 10),
        ("1m", 1 << 20),
    ] {
        let body = json(length);
        tagged(&mut criterion, "md5", case, &body, Md5, |body| {
            md5::Md5::digest(body).to_vec()
        });
        tagged(&mut criterion, "sha256", case, &body, Sha256, |body| {
            sha2::Sha256::digest(body).to_vec()
        });
        tagged(&mut criterion, "xxh3", case, &body, Xxh3, |body| {
            xxhash_rust::xxh3::xxh3_128(body).to_be_bytes().to_vec()
        });
    }
    untouched(&mut criterion);
    known(&mut criterion);
    criterion.final_summary();
}

/// The whole call, and the hash alone.
fn tagged<H: Hasher + Send + Sync + 'static>(
    criterion: &mut Criterion,
    hash: &str,
    case: &str,
    body: &Bytes,
    hasher: H,
    raw: impl Fn(&[u8]) -> Vec<u8>,
) {
    let mut group = criterion.benchmark_group(format!("etag/tag/{hash}/{case}"));
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function("raw", |bencher| bencher.iter(|| raw(body)));
    let mut service = EtagLayer::new().hasher(hasher).layer(handler(body));
    let (head, _) = call(&mut service, request(None));
    let tag = head["etag"].clone();
    group.bench_function("tower-egress", |bencher| {
        bencher.iter(|| call(&mut service, request(None)));
    });
    group.bench_function("not-modified", |bencher| {
        bencher.iter(|| call(&mut service, conditional(tag.clone())));
    });
    group.finish();
}

/// A handler with a tag of its own: nothing is hashed.
fn untouched(criterion: &mut Criterion) {
    let body = json(16 << 10);
    let tag = HeaderValue::from_static("\"v1\"");
    let mut group = criterion.benchmark_group("etag/handler-tag");
    let mut run = |who: &str, mut service: Boxed, tag: Option<&HeaderValue>| {
        group.bench_function(BenchmarkId::from_parameter(who), |bencher| {
            bencher.iter(|| match tag {
                Some(tag) => service(conditional(tag.clone())),
                None => service(request(None)),
            });
        });
    };
    run("bare", boxed(with_tag(&body)), None);
    run(
        "tower-egress",
        boxed(EtagLayer::new().layer(with_tag(&body))),
        None,
    );
    run(
        "not-modified",
        boxed(EtagLayer::new().layer(with_tag(&body))),
        Some(&tag),
    );
    group.finish();
}

/// A layer that knows the state: what it saves of a handler that writes 16 KB of JSON.
fn known(criterion: &mut Criterion) {
    let text = records(16 << 10, 0);
    let value: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    let value = Arc::new(value);
    let work = move || {
        let value = Arc::clone(&value);
        service_fn(move |_: Request<()>| {
            let text = serde_json::to_vec(&*value).expect("memory takes all of it");
            ready(Ok::<_, Infallible>(Response::new(Full::from(Bytes::from(
                text,
            )))))
        })
    };
    let tag = EntityTag::strong("v1").expect("letters are a tag");
    let state = resolver_fn(move |_| Current::Present(Validators::from(tag.clone())));
    let mut group = criterion.benchmark_group("etag/known");
    let mut run = |who: &str, mut service: Boxed, tag: &'static str| {
        let tag = HeaderValue::from_static(tag);
        group.bench_function(BenchmarkId::from_parameter(who), |bencher| {
            bencher.iter(|| service(conditional(tag.clone())));
        });
    };
    run("handler", boxed(work()), "\"v1\"");
    let hashed = EtagLayer::new().layer(work());
    run("hashed-not-modified", boxed(hashed), "*");
    let guarded = EtagLayer::new().resolver(state);
    run("known", boxed(guarded.layer(work())), "\"v0\"");
    run("known-not-modified", boxed(guarded.layer(work())), "\"v1\"");
    group.finish();
}

type Boxed = Box<dyn FnMut(Request<()>) -> usize>;

fn boxed<S, B>(mut service: S) -> Boxed
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible> + 'static,
    B: Body<Data = Bytes>,
{
    Box::new(move |request| call(&mut service, request).1)
}

fn handler(body: &Bytes) -> Handler {
    Handler {
        body: body.clone(),
        content_type: "application/json",
    }
}

type Page = Response<Full<Bytes>>;

fn with_tag(body: &Bytes) -> MapResponse<Handler, fn(Page) -> Page> {
    handler(body).map_response(|mut response| {
        let fields = response.headers_mut();
        fields.insert("etag", HeaderValue::from_static("\"v1\""));
        response
    })
}

fn conditional(tag: HeaderValue) -> Request<()> {
    let mut request = request(None);
    request.headers_mut().insert("if-none-match", tag);
    request
}
