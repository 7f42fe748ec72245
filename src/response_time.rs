//! Measures how long each response takes: for a header field, the browser's developer tools, the
//! log and your metrics.
//!
//! # What this layer does
//!
//! 1. Sends the time from the request to the head of the response: `x-response-time: 12.345ms`. The
//!    [name](ResponseTimeLayer::header), the [digits](ResponseTimeLayer::digits) and the
//!    [suffix](ResponseTimeLayer::without_suffix) can be changed. The field is kept if the handler
//!    set it.
//! 2. Sends [`Server-Timing`](ResponseTimeLayer::server_timing) where asked to: the total, and what
//!    the handler recorded in its [`ServerTiming`]. The layer keeps the lines that the handler set.
//! 3. Sends the time to the last byte in a [trailer](ResponseTimeLayer::trailer) where asked to.
//! 4. [Logs](Reports::log_slow) each slow response once, where asked to, with what an operator
//!    needs to act.
//! 5. [Calls back](Reports::to) with the [`Report`] of each request, where asked to. Errors of the
//!    service, bodies that fail, panics, and clients that go away are reported too.
//! 6. Does nothing where it is [off](ResponseTimeLayer::enabled), and for requests and responses
//!    that it [skips](ResponseTimeLayer::skip).
//!
//! A response is slow when its last byte is late. A live response, such as an event stream, lines
//! of JSON or a response with the extension [`Live`](crate::Live), is slow only when its head is
//! late: it lasts as long as somebody reads it.
//!
//! A response is [complete](Outcome::Complete) when the server took all of its body: every byte of
//! an exact size hint or of the declared `Content-Length`, or else the end.
//!
//! # What it never does
//!
//! - It changes no byte of a body, and holds none.
//! - It logs no query unless [asked to](Reports::query), and no control character. A text
//!   in the log has at most [`MAX_LOGGED`] bytes.
//! - It believes no address that a client wrote: see [`behind_proxies`].
//! - It sets no `Timing-Allow-Origin`: pages of other origins see no timing.
//! - It adds no error to the service, starts no task, and needs no runtime.
//!
//! # Where to put it
//!
//! Outermost: the layer measures what is inside of it. Under `Router::layer` it can report the
//! [route](Reports::route) that matched. A layer that catches panics works outside and inside:
//! outside, the report says [`Outcome::Panicked`]; inside, it has the status that the client gets.
//!
//! # Example
//!
//! ```
//! use http::{Request, Response};
//! use http_body_util::Full;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//! use tower_egress::response_time::ResponseTimeLayer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = ServiceBuilder::new()
//!     .layer(ResponseTimeLayer::new())
//!     .service(service_fn(|_: Request<()>| async {
//!         Ok::<_, std::convert::Infallible>(Response::new(Full::new(&b"hello"[..])))
//!     }));
//!
//! let response = service.oneshot(Request::new(())).await?;
//! let time = response.headers()["x-response-time"].to_str()?;
//! assert!(time.ends_with("ms"));
//! # Ok(())
//! # }
//! ```
//!
//! # Example: for operators
//!
//! ```
//! use std::time::Duration;
//! use tower_egress::matcher::RequestMatcher;
//! use tower_egress::response_time::{Outcome, Reports, ResponseTimeLayer, behind_proxies};
//!
//! let reports = Reports::to(|report| {
//!         if matches!(report.outcome, Outcome::BodyError | Outcome::Panicked) {
//!             // count it
//!         }
//!     })
//!     .and_log_slow()
//!     .slow_limit(Duration::from_millis(300))
//!     .client(behind_proxies(1)?);
//! let layer = ResponseTimeLayer::new()
//!     .digits(0)? // whole milliseconds: they tell strangers less
//!     .server_timing()
//!     .report(reports)
//!     .skip(RequestMatcher::glob("/health")?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Example: where the time went
//!
//! ```
//! use axum::Router;
//! use axum::routing::get;
//! use tower_egress::response_time::{ResponseTimeLayer, ServerTiming};
//!
//! # async fn query() -> &'static str { "rows" }
//! async fn handler(timing: ServerTiming) -> &'static str {
//!     let _time = timing.start("db");
//!     query().await
//! }
//!
//! # #[cfg(feature = "axum")]
//! let app: Router = Router::new()
//!     .route("/", get(handler))
//!     .layer(ResponseTimeLayer::new().server_timing());
//! ```
//!
//! # Specification
//!
//! [Server Timing]; [RFC 9110] §6.5 (trailers), §10.1.4 (`TE`); [RFC 7239] (`Forwarded`).
//!
//! [Server Timing]: https://www.w3.org/TR/server-timing/
//! [RFC 9110]: https://www.rfc-editor.org/rfc/rfc9110
//! [RFC 7239]: https://www.rfc-editor.org/rfc/rfc7239

mod body;
mod client;
mod config;
mod error;
#[cfg(feature = "axum")]
mod extractor;
mod format;
mod layer;
mod plan;
mod report;
mod reports;
mod server_timing;
mod service;
mod watch;

pub use self::body::ResponseTimeBody;
pub use self::client::{behind_proxies, behind_proxies_forwarded};
pub use self::error::InvalidResponseTime;
pub use self::layer::ResponseTimeLayer;
pub use self::plan::{FieldPlan, Plan, Reason};
pub use self::report::{Escaped, MAX_LOGGED, Outcome, Report};
pub use self::reports::{DEFAULT_SLOW, Reports};
pub use self::server_timing::{MAX_ENTRIES, ServerTiming, Timer};
pub use self::service::{ResponseFuture, ResponseTime};
