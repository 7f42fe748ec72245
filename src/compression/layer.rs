//! The layer: what users configure.

use std::sync::Arc;

use http::{request, response};
use http_body::SizeHint;
use tower_layer::Layer;

use super::coding::Coding;
use super::config::{Config, Predicate, StrongEtags};
use super::content_types::ContentTypes;
use super::decision::decide;
use super::error::InvalidCompression;
use super::facts::Asked;
use super::plan::{Plan, Reason};
use super::service::Compression;
use crate::matcher::RequestMatcher;

/// Applies [`Compression`] to a service.
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
#[must_use]
pub struct CompressionLayer {
    config: Arc<Config>,
}

impl CompressionLayer {
    /// All codings of this build at their default levels, for bodies of at least
    /// [`DEFAULT_THRESHOLD`](super::DEFAULT_THRESHOLD) bytes and the default [`ContentTypes`].
    pub fn new() -> Self {
        Self {
            config: Arc::new(Config::new()),
        }
    }

    /// Turns the layer on or off. Off, it passes everything untouched: requests, heads and bodies.
    ///
    /// The type of the service stays the same, so that a flag at run time can decide.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::compression::CompressionLayer;
    ///
    /// let is_on = std::env::var_os("NO_COMPRESSION").is_none();
    /// let layer = CompressionLayer::new().enabled(is_on);
    /// ```
    pub fn enabled(mut self, is_enabled: bool) -> Self {
        self.config_mut().switch.set_enabled(is_enabled);
        self
    }

    /// Passes responses to these requests untouched. Called twice, it skips both sets.
    ///
    /// Nothing about such a request is read or changed: its entity tags reach the inner service as
    /// the client sent them, and `Vary` says nothing of codings.
    /// [`compress_when`](Self::compress_when) decides with the response at hand.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::compression::CompressionLayer;
    /// use tower_egress::matcher::RequestMatcher;
    ///
    /// let layer = CompressionLayer::new().skip(RequestMatcher::prefix("/internal/")?);
    /// # Ok::<(), tower_egress::matcher::InvalidMatcher>(())
    /// ```
    pub fn skip(mut self, requests: RequestMatcher) -> Self {
        self.config_mut().switch.skip(requests);
        self
    }

    /// Offers these codings only. The first is preferred among equals.
    ///
    /// # Errors
    ///
    /// - [`InvalidCompression::NoCodings`]: the list is empty.
    /// - [`InvalidCompression::Unavailable`]: a coding's cargo feature is off.
    /// - [`InvalidCompression::DuplicateCoding`]: a coding is listed twice.
    /// - [`InvalidCompression::NotOffered`]: the coding of a [`level`](Self::level) or of
    ///   [`when_absent`](Self::when_absent) is not on the list.
    /// - [`InvalidCompression::NoWindow`]: a [`stream_window`](Self::stream_window) is set, and
    ///   neither `br` nor `zstd` is on the list.
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
    /// - [`InvalidCompression::NotOffered`]: the coding is not among the layer's codings.
    /// - [`InvalidCompression::Unavailable`]: the coding's cargo feature is off.
    pub fn level(mut self, coding: Coding, level: i32) -> Result<Self, InvalidCompression> {
        self.config_mut().set_level(coding, level)?;
        Ok(self)
    }

    /// Sends bodies of fewer than `bytes` bytes as they are, unless the client refuses that.
    pub fn threshold(mut self, bytes: u64) -> Self {
        self.config_mut().threshold = bytes;
        self
    }

    /// Encodes bodies of at most `bytes` bytes at once when all of them are at hand, instead of
    /// [`DEFAULT_ONE_SHOT`](super::DEFAULT_ONE_SHOT); 0 streams them all.
    ///
    /// Such a body is encoded before its head is handed on, on the thread that polls the response.
    pub fn one_shot(mut self, bytes: u64) -> Self {
        self.config_mut().one_shot = bytes;
        self
    }

    /// Lets the encoders of streams look back as far as `bytes` bytes for what repeats, instead of
    /// [`DEFAULT_STREAM_WINDOW`](super::DEFAULT_STREAM_WINDOW).
    ///
    /// That makes large bodies smaller, and every open stream larger: the
    /// [table](super#memory-and-time) has the figures. The window is the largest power of two that
    /// is not above `bytes`, and not above what the body needs. gzip and deflate always have 32
    /// KiB. Bodies that are [encoded at once](Self::one_shot) have windows that hold all of them.
    ///
    /// # Errors
    ///
    /// - [`InvalidCompression::StreamWindow`]: `bytes` is below
    ///   [`DEFAULT_STREAM_WINDOW`](super::DEFAULT_STREAM_WINDOW) or above
    ///   [`LARGEST_STREAM_WINDOW`](super::LARGEST_STREAM_WINDOW).
    /// - [`InvalidCompression::NoWindow`]: neither `br` nor `zstd` is among the layer's codings.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::compression::CompressionLayer;
    ///
    /// let layer = CompressionLayer::new().stream_window(1024 * 1024)?;
    /// # let _ = layer;
    /// # Ok::<(), tower_egress::compression::InvalidCompression>(())
    /// ```
    pub fn stream_window(mut self, bytes: u64) -> Result<Self, InvalidCompression> {
        self.config_mut().set_stream_window(bytes)?;
        Ok(self)
    }

    /// Keeps at most `encoders` idle encoders of each coding for each thread that encodes, instead
    /// of [`DEFAULT_POOL_SIZE`](super::DEFAULT_POOL_SIZE); 0 keeps none. Layers with several levels
    /// of a coding share these places; the level used last has them.
    pub fn pool_size(mut self, encoders: usize) -> Self {
        self.config_mut().pool_size = encoders;
        self
    }

    /// Compresses bodies of these types, instead of the default [`ContentTypes`].
    pub fn content_types(mut self, types: ContentTypes) -> Self {
        self.config_mut().content_types = types;
        self
    }

    /// Asks `predicate` too whether a response is worth compressing. Called twice, both must hold.
    ///
    /// The [content types](Self::content_types), the threshold and the request must still allow it:
    /// the layer compresses only what all of them allow. With [`ContentTypes::any`] the predicate
    /// alone decides about types. It sees the heads of the request and of the response, and is
    /// asked only about responses of a type that is compressed. A response that the predicate turns
    /// down has no `Vary: accept-encoding`.
    ///
    /// The predicate runs in the task of the response, so it must be quick. The layer clones the
    /// request's head for it.
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
        self.config_mut().add_predicate(Predicate::new(predicate));
        self
    }

    /// Responds to requests without `Accept-Encoding` in `coding`; with `None`, the default, as the
    /// body is.
    ///
    /// RFC 9110 §12.5.3 allows any coding then; but many clients that send no `Accept-Encoding`
    /// decode nothing. This is for services whose clients are known.
    ///
    /// # Errors
    ///
    /// [`InvalidCompression::NotOffered`]: the coding is not among the layer's codings.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_egress::compression::{Coding, CompressionLayer};
    ///
    /// let layer = CompressionLayer::new().when_absent(Coding::Gzip)?;
    /// # let _ = layer;
    /// # Ok::<(), tower_egress::compression::InvalidCompression>(())
    /// ```
    pub fn when_absent(
        mut self,
        coding: impl Into<Option<Coding>>,
    ) -> Result<Self, InvalidCompression> {
        self.config_mut().set_when_absent(coding.into())?;
        Ok(self)
    }

    /// What happens to strong entity tags, instead of [`StrongEtags::Suffix`].
    pub fn strong_etags(mut self, policy: StrongEtags) -> Self {
        self.config_mut().strong_etags = policy;
        self
    }

    /// Sends the body as it is to requests with the field `x-no-compression`, whatever its value.
    ///
    /// `Vary` then names `x-no-compression` beside `accept-encoding` in every response that could
    /// be compressed, so that caches keep the two apart. That is why it is off by default: each
    /// name in `Vary` splits what caches store.
    pub fn honor_no_compression(mut self) -> Self {
        self.config_mut().request_opt_out = true;
        self
    }

    /// Ignores the field `x-no-compression` of requests: the default.
    pub fn ignore_no_compression(mut self) -> Self {
        self.config_mut().request_opt_out = false;
        self
    }

    /// Sends the body as it is to requests with `Cache-Control: no-transform`.
    ///
    /// It is off by default: the directive is meant for intermediaries (RFC 9111 §5.2.1.6), and an
    /// origin that compresses sends another representation. `Vary` then names `cache-control`
    /// beside `accept-encoding`, which splits what caches store further than
    /// [`x-no-compression`](Self::honor_no_compression) does.
    pub fn honor_request_no_transform(mut self) -> Self {
        self.config_mut().request_no_transform = true;
        self
    }

    /// Ignores `no-transform` of requests: the default.
    pub fn ignore_request_no_transform(mut self) -> Self {
        self.config_mut().request_no_transform = false;
        self
    }

    /// Also compresses responses with an HTTP message signature (RFC 9421) over fields that
    /// compressing changes. Their signature no longer verifies then.
    ///
    /// This is for services behind a verifier that undoes the coding first.
    pub fn compress_signed(mut self) -> Self {
        self.config_mut().compress_signed = true;
        self
    }

    /// Sends such responses as they are: the default.
    pub fn pass_signed(mut self) -> Self {
        self.config_mut().compress_signed = false;
        self
    }

    /// What the layer would do with this response to this request.
    ///
    /// `size` is the body's size hint. A body whose length neither it nor `Content-Length` tells is
    /// taken for large. The service itself sends it as it is if it ends at once below the
    /// threshold. A body that ends before its `Content-Length` fails.
    #[must_use]
    pub fn plan(
        &self,
        request: &request::Parts,
        response: &response::Parts,
        size: &SizeHint,
    ) -> Plan {
        let config = &*self.config;
        if let Some(off) = config.switch.off_for(request) {
            return Plan::Pass(Reason::from(off));
        }
        let mut asked = Asked::read(&request.method, &request.uri, &request.headers, config);
        if config.predicate.is_some() {
            asked.head = Some(Box::new(request.clone()));
        }
        decide(config, &mut asked, response, size).plan()
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
        Compression::new(inner, Arc::clone(&self.config))
    }
}
