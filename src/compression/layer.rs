//! The layer: what users configure.

use std::sync::Arc;

use http::{StatusCode, request, response};
use http_body::SizeHint;
use tower_layer::Layer;

use super::coding::Coding;
use super::config::{Config, Predicate, StrongEtags};
use super::content_types::ContentTypes;
use super::error::InvalidCompression;
use super::heads::Asked;
use super::plan::{self, Plan};
use super::service::Compression;

/// Applies [`Compression`] to a service.
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
#[must_use]
pub struct CompressionLayer {
    config: Arc<Config>,
}

impl CompressionLayer {
    /// All codings of this build at their default levels, for bodies of
    /// [`DEFAULT_THRESHOLD`](super::DEFAULT_THRESHOLD) bytes
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
    /// [table](super#memory-and-time) has the figures. The window is the largest power of two that is
    /// not above `bytes`, and not above what the body needs; gzip and deflate always have 32 KiB. Bodies
    /// that are [encoded at once](Self::one_shot) have windows that hold all of them.
    ///
    /// # Errors
    ///
    /// [`InvalidCompression::StreamWindow`]: `bytes` is below
    /// [`DEFAULT_STREAM_WINDOW`](super::DEFAULT_STREAM_WINDOW) or above
    /// [`LARGEST_STREAM_WINDOW`](super::LARGEST_STREAM_WINDOW).
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

    /// Keeps at most `encoders` idle encoders of each coding for each thread that encodes, instead of
    /// [`DEFAULT_POOL_SIZE`](super::DEFAULT_POOL_SIZE); 0 keeps none. Layers with several levels of a
    /// coding share these places; the level used last has them.
    pub fn pool_size(mut self, encoders: usize) -> Self {
        self.config_mut().set_pool_size(encoders);
        self
    }

    /// Compresses bodies of these types.
    pub fn content_types(mut self, types: ContentTypes) -> Self {
        self.config_mut().content_types = types;
        self
    }

    /// Asks `predicate` too whether a response is worth compressing.
    ///
    /// The [content types](Self::content_types), the threshold and the request must still allow it: the
    /// layer compresses only what all of them allow. With [`ContentTypes::any`] the predicate alone
    /// decides about types. It sees the heads of the request and of the response, and is asked only
    /// about responses of a type that is compressed. A response that the predicate turns down has no
    /// `Vary: accept-encoding`.
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
    /// `Vary` then names `x-no-compression` beside `accept-encoding` in every response that could be
    /// compressed, so that caches keep the two apart. That is why it is off by default: each name in
    /// `Vary` splits what caches store.
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
    /// taken for large; the service itself sends it as it is if it ends at once below the threshold, and
    /// so it does with one that is shorter than its `Content-Length`.
    #[must_use]
    pub fn plan(
        &self,
        request: &request::Parts,
        response: &response::Parts,
        size: &SizeHint,
    ) -> Plan {
        let mut asked = Asked::read(&request.method, &request.headers, &self.config);
        if response.status == StatusCode::NOT_MODIFIED {
            asked.keep_target(&request.uri);
        }
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
        Compression::new(inner, Arc::clone(&self.config))
    }
}
