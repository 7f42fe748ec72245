//! The layer: what users configure.

use std::sync::Arc;

use http::{request, response};
use http_body::SizeHint;
use tower_layer::Layer;

use super::config::Config;
use super::error::InvalidStripNulls;
use super::plan::{self, Asked, Plan};
use super::rules::Rules;
use super::service::StripNulls;
use crate::matcher::{RequestMatcher, ResponseMatcher};

/// Applies [`StripNulls`] to a service.
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
#[must_use]
pub struct StripNullsLayer {
    config: Arc<Config>,
}

impl StripNullsLayer {
    /// Removes members whose value is `null` from responses of the type `application/json`.
    pub fn new() -> Self {
        Self {
            config: Arc::new(Config::new()),
        }
    }

    /// Removes what `rules` say, instead of what [`Rules::new`] does.
    pub fn rules(mut self, rules: Rules) -> Self {
        self.config_mut().rules = rules;
        self
    }

    /// Strips responses of this type too: a media type, or all types with one structured syntax
    /// suffix, such as `application/*+json`.
    ///
    /// A suffix does not name the types in which null and absent are two things by definition:
    /// `application/merge-patch+json`, `application/json-patch+json`, `application/geo+json` and
    /// `application/graphql-response+json`. Each of them has to be named itself.
    ///
    /// # Errors
    ///
    /// - [`InvalidStripNulls::MediaRange`]: `range` is neither.
    /// - [`InvalidStripNulls::NeverChanged`]: bodies of this type are never changed.
    pub fn content_type(mut self, range: &str) -> Result<Self, InvalidStripNulls> {
        self.config_mut().content_types.add(range)?;
        Ok(self)
    }

    /// Whether to strip sequences of texts too: line-delimited JSON (`application/x-ndjson`,
    /// `ndjson`, `jsonl`, `jsonlines`, `x-jsonlines`), and `application/json-seq` (RFC 7464). Off
    /// by default.
    pub fn sequences(mut self, is_on: bool) -> Self {
        self.config_mut().content_types.has_sequences = is_on;
        self
    }

    /// Strips bodies of known length as a whole up to `bytes` bytes, instead of
    /// [`DEFAULT_ONE_SHOT`](super::DEFAULT_ONE_SHOT); 0 streams them all.
    ///
    /// While it is stripped, a response takes this much memory, and again what is left of it.
    pub fn one_shot(mut self, bytes: u64) -> Self {
        self.config_mut().one_shot = bytes;
        self
    }

    /// Whether the layer acts. It does by default; where it does not, it passes every response
    /// unchanged. The type of the service is the same, so a flag at run time can decide.
    pub fn enabled(mut self, is_enabled: bool) -> Self {
        self.config_mut().switch.set_enabled(is_enabled);
        self
    }

    /// Passes the responses to these requests unchanged. Called twice, it skips both sets.
    ///
    /// # Example
    ///
    /// ```
    /// use http::{Request, Response};
    /// use http_body::SizeHint;
    /// use tower_egress::matcher::RequestMatcher;
    /// use tower_egress::strip_nulls::{Plan, Reason, StripNullsLayer};
    ///
    /// let layer = StripNullsLayer::new().skip(RequestMatcher::prefix("/rpc/")?);
    ///
    /// let (request, ()) = Request::get("/rpc/call").body(())?.into_parts();
    /// let (response, ()) = Response::new(()).into_parts();
    /// let plan = layer.plan(&request, &response, &SizeHint::with_exact(99));
    /// assert_eq!(plan, Plan::Pass(Reason::Skipped));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn skip(mut self, requests: RequestMatcher) -> Self {
        self.config_mut().switch.skip(requests);
        self
    }

    /// Passes these responses unchanged. Called twice, it skips both sets.
    pub fn skip_responses(mut self, responses: impl Into<ResponseMatcher>) -> Self {
        self.config_mut().switch.skip_responses(responses.into());
        self
    }

    /// What the layer would do with this response to this request.
    ///
    /// `size` is the body's size hint.
    #[must_use]
    pub fn plan(
        &self,
        request: &request::Parts,
        response: &response::Parts,
        size: &SizeHint,
    ) -> Plan {
        let asked = Asked::without_server(&self.config, request, response);
        plan::decide(&self.config, &asked, response, size).into()
    }

    fn config_mut(&mut self) -> &mut Config {
        Arc::make_mut(&mut self.config)
    }
}

impl Default for StripNullsLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for StripNullsLayer {
    type Service = StripNulls<S>;

    fn layer(&self, inner: S) -> Self::Service {
        StripNulls::new(inner, Arc::clone(&self.config))
    }
}
