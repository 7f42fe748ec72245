//! The servers of `benches/e2e/run` that are made with this crate.
//!
//! ```text
//! e2e write FOLDER            writes the bodies
//! e2e stack|xxh3|bare FOLDER  serves them
//! ```

use std::fs;
use std::path::PathBuf;

use bench_support::site;
use tower_egress::etag::{EtagLayer, Xxh3};
use tower_egress::stack;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().expect("what to do");
    let folder = PathBuf::from(arguments.next().expect("a folder"));
    let bare = || site::routes(&folder, true);
    match what.as_str() {
        "write" => write(&folder),
        "bare" => site::serve(bare()).await,
        "stack" => site::serve(bare().layer(stack())).await,
        "xxh3" => site::serve(bare().layer(stack().etag(EtagLayer::new().hasher(Xxh3)))).await,
        other => panic!("{other:?} is nothing to do"),
    }
}

fn write(folder: &PathBuf) {
    fs::create_dir_all(folder).expect("a folder");
    for (name, body) in [
        ("json-1k.json", bench_support::records(1 << 10, 0)),
        ("json-16k.json", bench_support::records(16 << 10, 0)),
        ("app-3f9a1c07.js", bench_support::js(200 << 10)),
    ] {
        fs::write(folder.join(name), body).expect("room for the bodies");
    }
}
