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

/// Applies [`StripNulls`] to a service.
///
/// See the [module docs](super) for what it does.
#[derive(Clone, Debug)]
#[must_use]
pub struct StripNullsLayer {
    config: Arc<Config>,
}

impl StripNullsLayer {
    /// Removes members whose value is `null` from answers of the type `application/json`.
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

    /// Strips answers of this type too: a media type, or all of one structured syntax suffix as
    /// `application/*+json`.
    ///
    /// A suffix does not name the types in which null and absent are two things by definition:
    /// `application/merge-patch+json`, `application/json-patch+json`, `application/geo+json` and
    /// `application/graphql-response+json`. Each of them has to be named itself.
    ///
    /// # Errors
    ///
    /// [`InvalidStripNulls::MediaRange`] when `range` is neither.
    pub fn content_type(mut self, range: &str) -> Result<Self, InvalidStripNulls> {
        self.config_mut().content_types.add(range)?;
        Ok(self)
    }

    /// Strips sequences of texts too: line-delimited JSON (`application/x-ndjson`, `ndjson`, `jsonl`,
    /// `jsonlines`, `x-jsonlines`), and `application/json-seq` (RFC 7464).
    pub fn sequences(mut self) -> Self {
        self.config_mut().content_types.has_sequences = true;
        self
    }

    /// Strips bodies of known length as a whole up to `bytes` bytes, instead of
    /// [`DEFAULT_WHOLE_LIMIT`](super::DEFAULT_WHOLE_LIMIT); 0 streams them all.
    ///
    /// As much is held of each response that is being stripped, and again what is left of it.
    pub fn whole_limit(mut self, bytes: u64) -> Self {
        self.config_mut().whole_limit = bytes;
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
        let asked = Asked::read(&request.method, &request.extensions);
        plan::decide(&self.config, asked, response, size).into()
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
