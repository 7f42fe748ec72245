//! Compress response bodies with gzip, br, zstd or deflate.
//!
//! # What this layer does
//!
//! 1. Chooses a coding from `Accept-Encoding`: the highest weight wins, the order of
//!    [`Coding::PREFERENCE`] (or your own) breaks ties, a coding beats `identity` at equal weight,
//!    `*` alone means gzip, and a malformed member is ignored. A request without the field is
//!    answered as it is, unless [`when_absent`](CompressionLayer::when_absent) says otherwise.
//! 2. Compresses what has a type on the list ([`ContentTypes`]) and at least
//!    [`DEFAULT_THRESHOLD`] bytes. The size comes from `Content-Length` or the body's size hint; a
//!    body of unknown size is taken for large, unless it turns out, without waiting, to end below
//!    the threshold.
//! 3. Streams: at most 64 KiB of the inner body are encoded in one poll, the inner body is polled
//!    only on demand, and frames of 16 KiB and more go out. Trailers follow the data.
//! 4. Flushes when the inner body is pending, so that the client can decode all that was written so
//!    far. For `text/event-stream` and line-delimited JSON, and with `Incremental: ?1`, that is at
//!    once; any other body is asked once more before, which spares a producer that merely yields
//!    between its pieces from a flush after each of them.
//! 5. Sets `Content-Encoding`, and removes what was true only of the bytes before:
//!    `Content-Length`, `Accept-Ranges`, `Content-Digest`, `Repr-Digest`, `Digest`, `Content-MD5`,
//!    also where they are announced and sent as trailers.
//! 6. Lists `accept-encoding` in `Vary` of every answer that another `Accept-Encoding` could have
//!    changed: small ones, 206 and 304 included.
//! 7. Keeps strong entity tags strong: `"x"` goes out as `"x-gzip"`, and an `If-Match` or
//!    `If-None-Match` that names `"x-gzip"` reaches the inner service joined by `"x"`. A 304 or 412
//!    echoes the form that the client sent. ([`StrongEtags`] has the alternative.)
//! 8. Answers HEAD with the fields that GET would have, and neither body nor length.
//!
//! # What it never does
//!
//! - It touches no body with `Cache-Control: no-transform`, a `Content-Encoding`, a `Content-Range`,
//!   or an HTTP message signature over what would change; none of 1xx, 204, 205, 206, 304, the
//!   answer to a CONNECT, `multipart/byteranges` or gRPC.
//! - It never answers 406: a finished response is better than none. A client that refuses all
//!   codings and `identity` too is sent `identity`.
//! - It never ends a body cleanly that failed inside: the error comes out as an error, and the coded
//!   data stops without its end, so that no client takes half an answer for a whole one.
//! - It adds no error to the service, starts no task, and needs no runtime.
//!
//! # Where to put it
//!
//! Outside of everything that reads or writes bodies or entity tags, inside of what only counts or
//! logs. Around a layer of its own kind it finds the work done and passes on.
//!
//! # Memory and time
//!
//! | default level | state of an open stream, about |
//! |---|---|
//! | gzip, deflate | 0.4 MiB |
//! | br | 2 MiB |
//! | zstd | 1.5 MiB |
//!
//! Beside it a stream holds at most one frame of the inner body and one of output. While a body of
//! unknown size is looked at, it holds the threshold and one frame.
//!
//! # Example
//!
//! ```
//! use http::{Request, Response, header};
//! use http_body_util::Full;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//! use tower_egress::compression::CompressionLayer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = ServiceBuilder::new()
//!     .layer(CompressionLayer::new())
//!     .service(service_fn(|_: Request<()>| async {
//!         Response::builder()
//!             .header(header::CONTENT_TYPE, "text/plain")
//!             .body(Full::from("again and ".repeat(1000)))
//!     }));
//!
//! let request = Request::builder()
//!     .header(header::ACCEPT_ENCODING, "gzip")
//!     .body(())?;
//! let response = service.oneshot(request).await?;
//!
//! assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
//! assert_eq!(response.headers()[header::VARY], "accept-encoding");
//! # Ok(())
//! # }
//! ```
//!
//! # Example: brotli first, and a rule of one's own
//!
//! ```
//! use tower_egress::compression::{Coding, CompressionLayer, ContentTypes};
//!
//! let layer = CompressionLayer::new()
//!     .codings([Coding::Brotli, Coding::Gzip])?
//!     .level(Coding::Brotli, 4)?
//!     .threshold(512)
//!     .content_types(ContentTypes::new().deny("text/csv")?);
//! # Ok::<(), tower_egress::compression::InvalidCompression>(())
//! ```
//!
//! # Example: why is it not compressed?
//!
//! Every decision is a `debug` event of `tracing` where the feature `tracing` is on, and can be
//! asked for without a server:
//!
//! ```
//! use http::{Request, Response, header};
//! use http_body::SizeHint;
//! use tower_egress::compression::{CompressionLayer, Plan, Reason};
//!
//! let (request, ()) = Request::builder()
//!     .header(header::ACCEPT_ENCODING, "gzip")
//!     .body(())?
//!     .into_parts();
//! let (response, ()) = Response::builder()
//!     .header(header::CONTENT_TYPE, "text/html")
//!     .body(())?
//!     .into_parts();
//!
//! let plan = CompressionLayer::new().plan(&request, &response, &SizeHint::with_exact(99));
//! assert_eq!(plan, Plan::Pass(Reason::TooSmall));
//! # Ok::<(), http::Error>(())
//! ```
//!
//! # Specification
//!
//! [RFC 9110] §7.7 (transformations), §8.4 (content codings), §8.8.3 (entity tags), §12.5.3
//! (`Accept-Encoding`), §12.5.5 (`Vary`); [RFC 9111] §5.2.2.6 (`no-transform`); [RFC 9530]
//! (digests); [RFC 9659] (zstd windows).
//!
//! [RFC 9110]: https://www.rfc-editor.org/rfc/rfc9110
//! [RFC 9111]: https://www.rfc-editor.org/rfc/rfc9111
//! [RFC 9530]: https://www.rfc-editor.org/rfc/rfc9530
//! [RFC 9659]: https://www.rfc-editor.org/rfc/rfc9659

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response, StatusCode, request, response};
use http_body::{Body, SizeHint};
use pin_project_lite::pin_project;
use tower::{Layer, Service};

mod body;
mod coding;
mod config;
mod content_types;
mod encoder;
mod error;
mod etags;
mod head;
mod negotiate;
mod plan;

pub use self::body::CompressionBody;
pub use self::coding::Coding;
pub use self::config::DEFAULT_THRESHOLD;
pub use self::content_types::ContentTypes;
pub use self::error::InvalidCompression;
pub use self::plan::{NoCompression, Plan, Reason};

use self::config::{Config, Predicate};
use self::encoder::Encoder;
use self::etags::SentTags;
use self::plan::Asked;
use crate::body::peek::Replay;

/// Applies [`Compression`] to a service.
///
/// See the [module docs](self) for what it does.
#[derive(Clone, Debug)]
#[must_use]
pub struct CompressionLayer {
    config: Arc<Config>,
}

/// What becomes of a strong entity tag when its representation is sent in a coding.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum StrongEtags {
    /// `"x"` becomes `"x-gzip"`, and what comes back is understood. The tag still works with
    /// `If-Match`.
    #[default]
    Suffix,
    /// `"x"` becomes `W/"x"`. `If-None-Match` still works; `If-Match` with it never holds, so that
    /// a client which read a compressed answer cannot do a guarded write.
    Weaken,
}

impl CompressionLayer {
    /// All codings of this build at their default levels, for bodies of [`DEFAULT_THRESHOLD`] bytes
    /// and the default [`ContentTypes`].
    pub fn new() -> Self {
        Self {
            config: Arc::new(Config::new()),
        }
    }

    /// Offers these codings only, the first being preferred among equals.
    ///
    /// # Errors
    ///
    /// - [`InvalidCompression::NoCodings`]: the list is empty.
    /// - [`InvalidCompression::Unavailable`]: a coding's cargo feature is off.
    /// - [`InvalidCompression::DuplicateCoding`]: a coding is listed twice.
    /// - [`InvalidCompression::NotOffered`]: the coding of [`when_absent`](Self::when_absent) is not
    ///   on the list.
    pub fn codings(
        mut self,
        codings: impl IntoIterator<Item = Coding>,
    ) -> Result<Self, InvalidCompression> {
        self.config_mut()
            .set_codings(codings.into_iter().collect())?;
        Ok(self)
    }

    /// Compresses in `coding` at `level`, instead of at its [default](Coding::default_level).
    ///
    /// # Errors
    ///
    /// - [`InvalidCompression::Level`]: the coding has no such [level](Coding::levels).
    /// - [`InvalidCompression::Unavailable`]: the coding's cargo feature is off.
    pub fn level(mut self, coding: Coding, level: u32) -> Result<Self, InvalidCompression> {
        self.config_mut().set_level(coding, level)?;
        Ok(self)
    }

    /// Sends bodies of fewer than `bytes` bytes as they are, unless the client refuses that.
    pub fn threshold(mut self, bytes: u64) -> Self {
        self.config_mut().threshold = bytes;
        self
    }

    /// Compresses bodies of these types.
    pub fn content_types(mut self, types: ContentTypes) -> Self {
        self.config_mut().content_types = types;
        self
    }

    /// Asks `predicate`, instead of the content types, whether a response is worth compressing.
    ///
    /// All else still holds: the predicate is not asked about what is never compressed, and what it
    /// allows is still subject to threshold and negotiation. An answer that it turns down carries no
    /// `Vary: accept-encoding`. It must be quick; it runs where the response is polled. The
    /// request's head is cloned for it.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::compression::CompressionLayer;
    ///
    /// let layer = CompressionLayer::new().compress_when(|request, response| {
    ///     request.uri.path().starts_with("/export/") && response.status.is_success()
    /// });
    /// ```
    pub fn compress_when(
        mut self,
        predicate: impl Fn(&request::Parts, &response::Parts) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.config_mut().predicate = Some(Predicate::new(predicate));
        self
    }

    /// Answers requests without `Accept-Encoding` in `coding`, instead of as the body is.
    ///
    /// RFC 9110 §12.5.3 allows any coding then; but many clients that send no `Accept-Encoding`
    /// decode nothing. For services whose clients are known.
    ///
    /// # Errors
    ///
    /// [`InvalidCompression::NotOffered`]: the coding is not among the layer's codings.
    pub fn when_absent(mut self, coding: Coding) -> Result<Self, InvalidCompression> {
        self.config_mut().set_when_absent(coding)?;
        Ok(self)
    }

    /// Does this with strong entity tags, instead of [`StrongEtags::Suffix`].
    pub fn strong_etags(mut self, policy: StrongEtags) -> Self {
        self.config_mut().strong_etags = policy;
        self
    }

    /// Sends the body as it is to requests with the field `x-no-compression`, whatever its value.
    ///
    /// Off unless asked for: a cache between would have to be told of one more field.
    pub fn honor_no_compression(mut self) -> Self {
        self.config_mut().request_opt_out = true;
        self
    }

    /// Sends the body as it is to requests with `Cache-Control: no-transform`.
    ///
    /// Off unless asked for: the directive is meant for intermediaries (RFC 9111 §5.2.1.6), and an
    /// origin that compresses answers in another representation.
    pub fn honor_request_no_transform(mut self) -> Self {
        self.config_mut().request_no_transform = true;
        self
    }

    /// Compresses, too, what carries an HTTP message signature (RFC 9421) over fields that
    /// compressing changes; the signature no longer verifies then.
    ///
    /// For services behind a verifier that undoes the coding first.
    pub fn compress_signed(mut self) -> Self {
        self.config_mut().compress_signed = true;
        self
    }

    /// What the layer would do with this response to this request.
    ///
    /// `size` is the body's size hint. A body whose length neither it nor `Content-Length` tells is
    /// taken for large; the service itself sends it as it is if it ends at once below the threshold.
    #[must_use]
    pub fn plan(
        &self,
        request: &request::Parts,
        response: &response::Parts,
        size: &SizeHint,
    ) -> Plan {
        let mut asked = Asked::read(&request.method, &request.headers, &self.config);
        if self.config.predicate.is_some() {
            asked = asked.keep(request.clone());
        }
        plan::plan(&self.config, &asked, response, size)
    }

    fn config_mut(&mut self) -> &mut Config {
        Arc::make_mut(&mut self.config)
    }
}

impl Default for CompressionLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for CompressionLayer {
    type Service = Compression<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Compression {
            inner,
            config: Arc::clone(&self.config),
        }
    }
}

/// Compresses the response bodies of the inner service; made by [`CompressionLayer`].
///
/// See the [module docs](self) for what it does.
#[derive(Clone, Debug)]
pub struct Compression<S> {
    inner: S,
    config: Arc<Config>,
}

impl<S> Compression<S> {
    /// Reads what matters of the request, and changes it where the inner service must not notice
    /// the coding.
    fn ask<B>(&self, mut request: Request<B>) -> (Request<B>, Asked, Option<SentTags>) {
        let mut asked = Asked::read(request.method(), request.headers(), &self.config);
        if self.config.predicate.is_some() {
            let (head, body) = request.into_parts();
            asked = asked.keep(head.clone());
            request = Request::from_parts(head, body);
        }
        let sent_tags = match self.config.strong_etags {
            StrongEtags::Suffix => etags::join_unmarked(request.headers_mut()),
            StrongEtags::Weaken => None,
        };
        (request, asked, sent_tags)
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Compression<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Body,
{
    type Response = Response<CompressionBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let (request, asked, sent_tags) = self.ask(request);
        ResponseFuture {
            inner: self.inner.call(request),
            config: Arc::clone(&self.config),
            asked,
            sent_tags,
        }
    }
}

pin_project! {
    /// Response future of [`Compression`].
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        config: Arc<Config>,
        asked: Asked,
        sent_tags: Option<SentTags>,
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body,
{
    type Output = Result<Response<CompressionBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let (mut head, body) = ready!(this.inner.poll(cx))?.into_parts();
        if let Some(sent) = this.sent_tags {
            if matches!(
                head.status,
                StatusCode::NOT_MODIFIED | StatusCode::PRECONDITION_FAILED
            ) {
                etags::echo(&mut head.headers, sent, this.asked.coding());
            }
        }
        let body = respond(this.config, this.asked, &mut head, body, cx);
        Poll::Ready(Ok(Response::from_parts(head, body)))
    }
}

/// Decides about the response, and carries it out.
fn respond<B: Body>(
    config: &Config,
    asked: &Asked,
    head: &mut response::Parts,
    body: B,
    cx: &mut Context<'_>,
) -> CompressionBody<B> {
    let size = body.size_hint();
    let mut length = size.exact();
    let mut plan = plan::plan(config, asked, head, &size);
    let is_unknown = length.is_none() && plan::content_length(&head.headers).is_none();
    let body = if is_unknown && matches!(plan, Plan::Encode(_)) {
        // As far as the threshold, and one byte at least, to tell an empty body.
        let body = Replay::peek(body, config.threshold.max(1), cx);
        length = body.complete_length();
        if let Some(length) = length {
            plan = plan::plan(config, asked, head, &SizeHint::with_exact(length));
        }
        CompressionBody::pass_peeked(body)
    } else {
        CompressionBody::pass(body)
    };
    let mut encoder = None;
    if let (Plan::Encode(coding), false) = (plan, asked.is_head) {
        encoder = Encoder::new(coding, config.level(coding), length);
        if encoder.is_none() {
            plan = Plan::Pass(Reason::NoEncoder);
        }
    }
    plan = head::dress(&mut head.headers, plan, config.strong_etags);
    report(plan);
    match (plan, encoder) {
        (Plan::Encode(_), Some(encoder)) => {
            body.encoded(encoder, content_types::is_live(&head.headers))
        }
        (Plan::Encode(_), None) => CompressionBody::withheld(),
        (Plan::Pass(_), _) => body,
    }
}

/// Makes the decision visible.
fn report(plan: Plan) {
    #[cfg(feature = "tracing")]
    tracing::debug!(?plan, "compression");
    #[cfg(not(feature = "tracing"))]
    let _ = plan;
}
