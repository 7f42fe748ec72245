//! `cargo bench --bench security_headers`
//!
//! Twelve fields beside those of the handler, beside axum-helmet, tower-helmet and twelve stacked
//! `SetResponseHeaderLayer`s of tower-http. Ids are `security_headers/<who>`.

use bench_support::{call, request, timed};
use bytes::Bytes;
use criterion::Criterion;
use http::{Request, Response};
use http_body::Body;
use std::convert::Infallible;
use tower::Service;
use tower_egress_benches::helmets;

fn main() {
    let mut criterion = timed::criterion(30);
    run(&mut criterion, "bare", helmets::handler());
    run(&mut criterion, "tower-egress", helmets::ours());
    run(
        &mut criterion,
        "tower-egress-nonce-unread",
        helmets::with_nonces(false),
    );
    run(
        &mut criterion,
        "tower-egress-nonce-read",
        helmets::with_nonces(true),
    );
    run(&mut criterion, "axum-helmet", helmets::axum_helmet());
    run(&mut criterion, "tower-helmet", helmets::tower_helmet());
    run(&mut criterion, "tower-http-twelve", helmets::twelve());
    criterion.final_summary();
}

fn run<S, B>(criterion: &mut Criterion, who: &str, mut service: S)
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    let mut group = criterion.benchmark_group("security_headers");
    group.bench_function(who, |bencher| {
        bencher.iter(|| call(&mut service, request(None)));
    });
    group.finish();
}
