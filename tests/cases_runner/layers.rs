//! From the options of a case to a layered service.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderName, Request, Response, StatusCode};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use tower::util::BoxService;
use tower::{BoxError, ServiceExt};
use tower_egress::cache_control::{CacheControl, CacheControlLayer, InvalidCacheControl};
use tower_egress::compression::{Coding, CompressionLayer, ContentTypes, InvalidCompression};
use tower_egress::etag::EtagLayer;
use tower_egress::matcher::ResponseMatcher;
use tower_egress::response_time::{InvalidResponseTime, ResponseTimeLayer};

use super::case::{CacheControl as Options, Compression, Etag, Layer, ResponseTime};
use super::handler::Progress;
use super::helmet;

pub(crate) type Body = UnsyncBoxBody<Bytes, BoxError>;
pub(crate) type Service = BoxService<Request<()>, Response<Body>, Infallible>;

/// The layers, and parts of layers, that cases speak of and this crate does not have yet.
pub(crate) const NOT_BUILT: &[&str] = &[];

/// Why there is no service.
pub(crate) enum Refusal {
    /// The layer itself refused its configuration.
    Config(String),
    /// The case asks for what the runner does not know.
    Unknown(String),
}

impl Layer {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::CacheControl(_) => "cache_control",
            Self::Compression(_) => "compression",
            Self::Etag(_) => "etag",
            Self::ResponseTime(_) => "response_time",
            Self::SecurityHeaders(_) => "security_headers",
        }
    }
}

/// Puts `layers`, the outermost first, around `service`.
pub(crate) fn apply(
    layers: &[Layer],
    service: Service,
    progress: &Arc<Progress>,
) -> Result<Service, Refusal> {
    layers
        .iter()
        .rev()
        .try_fold(service, |inner, layer| match layer {
            Layer::Compression(options) => {
                let service = tower::Layer::layer(&compression(options)?, inner);
                Ok(service.map_response(|response| response.map(boxed)).boxed())
            }
            Layer::CacheControl(options) => {
                let service = tower::Layer::layer(&cache_control(options)?, inner);
                Ok(service.boxed())
            }
            Layer::Etag(options) => {
                let service = tower::Layer::layer(&etag(options)?, inner);
                Ok(service.map_response(|response| response.map(boxed)).boxed())
            }
            Layer::ResponseTime(options) => {
                let service = tower::Layer::layer(&response_time(options, progress)?, inner);
                Ok(service.map_response(|response| response.map(boxed)).boxed())
            }
            Layer::SecurityHeaders(options) => {
                let has_nonces = options.enable_csp_nonces == Some(true);
                let layer = helmet::layer(options.options.as_ref(), has_nonces)?;
                Ok(tower::Layer::layer(&layer, inner).boxed())
            }
        })
}

fn boxed<B>(body: B) -> Body
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    body.map_err(Into::into).boxed_unsync()
}

fn compression(options: &Compression) -> Result<CompressionLayer, Refusal> {
    let mut layer = CompressionLayer::new();
    if let Some(codings) = &options.codings {
        let codings: Result<Vec<_>, _> = codings.iter().map(|name| coding(name)).collect();
        layer = layer.codings(codings?)?;
    }
    if let Some(threshold) = options.threshold {
        layer = layer.threshold(threshold);
    }
    if let Some(level) = options.gzip_level {
        layer = layer.level(Coding::Gzip, level)?;
    }
    if let Some(level) = options.br_level {
        layer = layer.level(Coding::Brotli, level)?;
    }
    match options.coding_when_absent.as_deref() {
        None | Some("identity") => {}
        Some(name) => layer = layer.when_absent(coding(name)?)?,
    }
    if let Some(ranges) = &options.also_compress {
        let types = ranges
            .iter()
            .try_fold(ContentTypes::new(), |types, range| types.allow(range))?;
        layer = layer.content_types(types);
    }
    match options.filter.as_deref() {
        None => Ok(layer),
        Some("always") => Ok(layer.content_types(ContentTypes::any())),
        Some("never") => Ok(layer.compress_when(|_, _| false)),
        Some("no-compression-header") => Ok(layer.honor_no_compression()),
        Some(other) => Err(Refusal::Unknown(format!("no filter {other}"))),
    }
}

fn cache_control(options: &Options) -> Result<CacheControlLayer, Refusal> {
    let mut value = CacheControl::builder();
    match options.privacy.as_deref() {
        None => {}
        // What shared caches may do says nothing of an answer that they never have.
        Some("private") => value = value.private(),
        Some("public") => {
            value = value.public();
            if let Some(seconds) = options.server_expires_in_s {
                value = value.s_maxage(Duration::from_secs(seconds.into()));
            }
        }
        Some(other) => return Err(Refusal::Unknown(format!("no privacy {other}"))),
    }
    if let Some(seconds) = options.expires_in_s {
        value = value.max_age(Duration::from_secs(seconds.into()));
    }
    let fails = |status: StatusCode| !status.is_success() && status != StatusCode::NOT_MODIFIED;
    Ok(CacheControlLayer::new()
        .rule(ResponseMatcher::status(fails), CacheControl::no_store())
        .rule(ResponseMatcher::any(), value.build()?))
}

fn etag(options: &Etag) -> Result<EtagLayer, Refusal> {
    match options.mode.as_str() {
        "weak" => Ok(EtagLayer::new()),
        "strong" => Ok(EtagLayer::new().strong()),
        "off" => Ok(EtagLayer::new().handler_tags_only()),
        other => Err(Refusal::Unknown(format!("no mode {other}"))),
    }
}

/// On the clock of the case.
fn response_time(
    options: &ResponseTime,
    progress: &Arc<Progress>,
) -> Result<ResponseTimeLayer, Refusal> {
    let (start, progress) = (Instant::now(), Arc::clone(progress));
    let mut layer = ResponseTimeLayer::new()
        .clock(move || start + Duration::from_millis(progress.clock.load(Ordering::Relaxed)));
    if let Some(name) = &options.header {
        let name = name.parse::<HeaderName>();
        layer = layer.header(name.map_err(|error| Refusal::Config(error.to_string()))?);
    }
    if let Some(digits) = &options.digits {
        let digits = digits.as_u64().and_then(|digits| u8::try_from(digits).ok());
        let digits = digits.ok_or_else(|| Refusal::Config("digits are 0 to 9".to_owned()))?;
        layer = layer.digits(digits)?;
    }
    match options.suffix {
        Some(false) => Ok(layer.without_suffix()),
        None | Some(true) => Ok(layer),
    }
}

fn coding(name: &str) -> Result<Coding, Refusal> {
    Coding::preference()
        .iter()
        .copied()
        .find(|coding| coding.as_str() == name)
        .ok_or_else(|| Refusal::Unknown(format!("no coding {name}")))
}

impl From<InvalidCacheControl> for Refusal {
    fn from(error: InvalidCacheControl) -> Self {
        Self::Config(error.to_string())
    }
}

impl From<InvalidResponseTime> for Refusal {
    fn from(error: InvalidResponseTime) -> Self {
        Self::Config(error.to_string())
    }
}

impl From<InvalidCompression> for Refusal {
    fn from(error: InvalidCompression) -> Self {
        Self::Config(error.to_string())
    }
}
