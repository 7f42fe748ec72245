//! In every order of the layers: a tag names one sequence of bytes, a range is cut from the bytes that
//! its tag names, and what may be somebody's own is shared with nobody.

use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use http_body_util::{BodyExt, Full};

use super::request;
use crate::stack::orders::{AnyBody, LAYERS, Tags, orders, through};
use crate::support;
use crate::support::consume::consume;

const MODIFIED: &str = "Sat, 01 Jan 2000 00:00:00 GMT";

/// A response of which only the head and the bytes are left.
#[derive(Clone, Debug)]
struct Sent {
    status: u16,
    fields: HeaderMap,
    bytes: Bytes,
}

impl Sent {
    fn field(&self, name: &str) -> Option<&str> {
        let value = self.fields.get(name)?;
        Some(value.to_str().expect("visible ASCII"))
    }

    fn strong_tag(&self) -> Option<&str> {
        self.field("etag").filter(|tag| tag.starts_with('"'))
    }
}

/// One text, of which the handler serves ranges as tower-http's `ServeDir` does: it compares no
/// `If-Range`.
#[derive(Clone, Debug)]
struct Ranges {
    tags: Tags,
    fields: Vec<(&'static str, &'static str)>,
}

impl Ranges {
    fn text() -> Bytes {
        support::text(3000)
    }

    fn answer(&self, asked: &http::Request<()>) -> Response<AnyBody> {
        let range = asked.headers().get("range").is_some();
        let text = Self::text();
        let body = if range { text.slice(10..) } else { text };
        let mut response = Response::builder().status(if range { 206 } else { 200 });
        for (name, value) in &self.fields {
            response = response.header(*name, *value);
        }
        if range {
            response = response.header("content-range", "bytes 10-2999/3000");
        }
        let body = Full::new(body)
            .map_err(|never| match never {})
            .boxed_unsync();
        response.body(body).expect("a valid response")
    }

    fn ask(&self, order: &[usize], method: Method, fields: &[(&str, &str)]) -> Sent {
        let handler = self.clone();
        let asked = request(method, fields);
        let response = through(order, self.tags, asked, move |asked| handler.answer(&asked));
        let (head, body) = response.into_parts();
        Sent {
            status: head.status.as_u16(),
            fields: head.headers,
            bytes: consume(body).clean(),
        }
    }

    fn get(&self, order: &[usize], fields: &[(&str, &str)]) -> Sent {
        self.ask(order, Method::GET, fields)
    }

    fn check(&self, order: &[usize]) {
        let wholes = ACCEPTED.map(|accepted| {
            let whole = self.get(order, &[("accept-encoding", accepted)]);
            assert_eq!(whole.status, 200, "{order:?} {self:?} {accepted}");
            whole
        });
        for (whole, accepted) in wholes.iter().zip(ACCEPTED) {
            let what = format!("{order:?} {self:?} {accepted} {:?}", whole.fields);
            for other in &wholes {
                if whole.strong_tag().is_some() && whole.strong_tag() == other.strong_tag() {
                    assert_eq!(whole.bytes, other.bytes, "one tag, two codings: {what}");
                }
            }
            self.check_resuming(order, whole, accepted, &what);
            self.check_conditions(order, whole, accepted, &what);
        }
    }

    /// A client that holds the first ten bytes of `whole` asks for the rest.
    fn check_resuming(&self, order: &[usize], whole: &Sent, accepted: &str, what: &str) {
        let mut validators: Vec<_> = whole
            .strong_tag()
            .map(|tag| (tag, ACCEPTED.to_vec()))
            .into_iter()
            .collect();
        validators.extend(
            whole
                .field("last-modified")
                .map(|date| (date, vec![accepted])),
        );
        for (validator, accepts) in validators {
            for accepted in accepts {
                let rest = self.get(
                    order,
                    &[
                        ("accept-encoding", accepted),
                        ("range", "bytes=10-"),
                        ("if-range", validator),
                    ],
                );
                if rest.status == 206 {
                    assert_eq!(
                        rest.bytes,
                        whole.bytes[10..],
                        "{validator}, {accepted}: {what}"
                    );
                } else {
                    assert_eq!(rest.status, 200, "{validator}, {accepted}: {what}");
                }
            }
        }
    }

    fn check_conditions(&self, order: &[usize], whole: &Sent, accepted: &str, what: &str) {
        let Some(tag) = whole.field("etag") else {
            return;
        };
        let accepts = ("accept-encoding", accepted);
        let again = self.get(order, &[accepts, ("if-none-match", tag)]);
        assert_eq!(again.status, 304, "{what}");
        assert_eq!(again.field("etag"), whole.field("etag"), "{what}");
        // A layer that answers by itself knows nothing of those further in.
        if self.tags != Tags::Resolved {
            for name in ["cache-control", "vary"] {
                assert_eq!(again.field(name), whole.field(name), "{name}: {what}");
            }
        }
        let head = self.ask(order, Method::HEAD, &[accepts]);
        if head.field("etag").is_some() {
            assert_eq!(head.field("etag"), Some(tag), "{what}");
        }
        let held = self.get(order, &[accepts, ("if-match", tag)]);
        if tag.starts_with('"') {
            assert_eq!(held.status, 200, "{what}");
        }
        if let (Some(tag), Some(_)) = (whole.strong_tag(), whole.field("content-encoding")) {
            let refused = self.get(
                order,
                &[("if-none-match", tag), ("accept-encoding", "identity")],
            );
            assert_eq!(refused.status, 200, "{what}");
            assert_eq!(refused.bytes, Self::text(), "{what}");
        }
    }
}

const ACCEPTED: [&str; 3] = ["gzip", "br", "identity"];

/// Findings 5, 6, 10, 11: a client may join what it has to what it gets under one strong tag.
#[test]
fn x_36_in_all_720_orders_a_strong_tag_names_one_sequence_of_bytes() {
    let plain = ("content-type", "text/plain");
    let handlers = [
        vec![plain],
        vec![plain, ("etag", "\"x\"")],
        vec![plain, ("last-modified", MODIFIED)],
        vec![plain, ("etag", "\"x\""), ("last-modified", MODIFIED)],
        vec![plain, ("etag", "W/\"x\"")],
        vec![plain, ("transfer-encoding", "chunked")],
    ];
    for tags in [Tags::Weak, Tags::Strong, Tags::Resolved] {
        for fields in &handlers {
            // The resolver is the one who knows the tag.
            if tags == Tags::Resolved && fields.iter().any(|(name, _)| *name == "etag") {
                continue;
            }
            let fields = fields.clone();
            let handler = Ranges { tags, fields };
            // One handler in all orders, and the others in those of the layers that read tags, ranges
            // or bodies.
            let is_checked_in_all = tags == Tags::Strong && handler.fields.len() == 1;
            for order in orders(LAYERS) {
                if is_checked_in_all || order.ends_with(&[1, 0]) {
                    handler.check(&order);
                }
            }
        }
    }
}

/// Findings 1, 2, 3, 21, and C of the second part.
#[test]
fn x_36_f_10_in_all_720_orders_what_may_be_somebody_s_own_is_shared_with_nobody() {
    let json = ("content-type", "application/json");
    let page = ("content-type", "text/html");
    for (asked, fields) in [
        (("authorization", "Basic YTpi"), vec![json]),
        (
            ("authorization", "Basic YTpi"),
            vec![page, ("etag", "\"x\"")],
        ),
        (("x-api-key", "k"), vec![json]),
        (("cookie", "session=1"), vec![json]),
        (("cookie", "session=1"), vec![page, ("etag", "\"x\"")]),
        (("accept", "*/*"), vec![page, ("set-cookie", "session=1")]),
    ] {
        let handler = Ranges {
            tags: Tags::Weak,
            fields,
        };
        for order in orders(LAYERS) {
            let sent = handler.get(&order, &[asked]);
            let policy = sent.field("cache-control");
            assert_eq!(
                policy,
                Some("private, no-cache"),
                "{order:?} {asked:?} {handler:?}"
            );
        }
    }
}
