//! Ranges of files that the layer compresses, over sockets: no download ever mixes two codings.

use std::net::SocketAddr;
use std::path::PathBuf;

use bytes::Bytes;
use tower::Layer;
use tower_egress::compression::{Coding, CompressionLayer};
use tower_http::services::ServeDir;

use crate::support::decode::decode;
use crate::support::text;
use crate::support::wire::{self, cut_chunks, cut_head};

/// Serves one file of text, and gives the address and the text.
async fn serve(name: &str) -> (SocketAddr, Bytes) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let whole = text(200_024);
    std::fs::write(folder.join("page.txt"), &whole).expect("a file can be written");
    let service = CompressionLayer::new().layer(ServeDir::new(folder));
    (wire::serve(service).await, whole)
}

/// The response to a GET of the file, split into its head and its body.
async fn get(address: SocketAddr, accepted: &str, more: &str) -> (String, Vec<u8>) {
    let request = format!(
        "GET /page.txt HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
         accept-encoding: {accepted}\r\n{more}\r\n"
    );
    let answer = wire::exchange(address, &request).await;
    let (head, rest) = cut_head(&answer);
    let body = match cut_chunks(rest) {
        Some((body, _)) if head.contains("transfer-encoding: chunked") => body,
        _ => rest.to_vec(),
    };
    // Dates and tags count as they were written.
    let head = String::from_utf8_lossy(&answer[..head.len()]).into_owned();
    (head, body)
}

fn field<'a>(head: &'a str, name: &str) -> &'a str {
    let found = head.lines().find_map(|line| line.strip_prefix(name));
    found.expect("the field is there").trim_start_matches(": ")
}

/// Finding 5. `ServeDir` has strong tags and does not read `If-Range`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_05_a_broken_download_of_a_coding_is_resumed_as_a_whole() {
    let (address, whole) = serve("resumed").await;
    let (head, coded) = get(address, "gzip", "").await;
    assert!(head.contains("content-encoding: gzip"), "{head}");
    assert_eq!(decode(Coding::Gzip, &coded).as_ref(), Ok(&whole));
    let tag = field(&head, "etag").to_owned();
    assert!(tag.ends_with("-gzip\""), "{tag}");

    for accepted in ["gzip", "identity", "gzip;q=0", "br"] {
        let more = format!("range: bytes=100-\r\nif-range: {tag}\r\n");
        let (head, body) = get(address, accepted, &more).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{accepted}: {head}");
        assert!(!head.contains("content-range"), "{accepted}: {head}");
        let decoded = match accepted {
            "gzip" => decode(Coding::Gzip, &body),
            "br" => decode(Coding::Brotli, &body),
            _ => Ok(body.into()),
        };
        assert_eq!(decoded.as_ref(), Ok(&whole), "{accepted}");
    }
}

/// Finding 5. A range of the file as it is stays a range.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_05_a_broken_download_of_the_identity_is_continued() {
    let (address, whole) = serve("continued").await;
    let (head, _) = get(address, "identity", "").await;
    let tag = field(&head, "etag").to_owned();
    for accepted in ["gzip", "identity"] {
        let more = format!("range: bytes=100-\r\nif-range: {tag}\r\n");
        let (head, body) = get(address, accepted, &more).await;
        assert!(head.starts_with("HTTP/1.1 206"), "{accepted}: {head}");
        assert_eq!(body, &whole[100..], "{accepted}");
    }
}

/// Finding 18. `ServeDir` does not tell the type of a 304. A cache finds what it stored by the
/// date.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e_23_a_304_of_a_file_to_a_date_alone_shows_no_tag_that_its_200_lacks() {
    let (address, _) = serve("dated").await;
    for accepted in ["gzip", "identity"] {
        let (whole, _) = get(address, accepted, "").await;
        let date = field(&whole, "last-modified").to_owned();
        let more = format!("if-modified-since: {date}\r\n");
        let (head, _) = get(address, accepted, &more).await;
        assert!(head.starts_with("HTTP/1.1 304"), "{accepted}: {head}");
        assert_eq!(field(&head, "last-modified"), date, "{accepted}: {head}");
        let tag = head.lines().find(|line| line.starts_with("etag"));
        let expected = whole.lines().find(|line| line.starts_with("etag"));
        let expected = expected.filter(|_| accepted == "identity");
        assert_eq!(tag, expected, "{accepted}: {head}");
    }
}
