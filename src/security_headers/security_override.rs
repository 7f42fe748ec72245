//! What one response wants otherwise.

use http::HeaderName;
use http::header::HeaderMap;

use super::header::SecurityHeader;
use super::nonce::NonceMode;
use super::template::Template;
use crate::marks::scheme::Scheme;

/// A response extension: what [`SecurityHeadersLayer`](super::SecurityHeadersLayer) does otherwise with
/// this response.
///
/// # Example
///
/// ```
/// use http::Response;
/// use tower_egress::security_headers::{
///     ClearSiteData, CrossOriginResourcePolicy, SecurityOverride,
/// };
///
/// // A logout.
/// let mut response = Response::new("Good bye!");
/// let clear = SecurityOverride::new()
///     .with(ClearSiteData::list([ClearSiteData::Cookies, ClearSiteData::Storage]));
/// response.extensions_mut().insert(clear);
///
/// // A picture that other sites may show.
/// let mut response = Response::new(vec![0_u8; 64]);
/// let shared = SecurityOverride::new().with(CrossOriginResourcePolicy::CrossOrigin);
/// response.extensions_mut().insert(shared);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct SecurityOverride {
    is_off: bool,
    set: Vec<SecurityHeader>,
    unset: Vec<HeaderName>,
}

impl SecurityOverride {
    /// Nothing is otherwise yet.
    pub const fn new() -> Self {
        Self {
            is_off: false,
            set: Vec::new(),
            unset: Vec::new(),
        }
    }

    /// The layer sends none of its own fields and removes none. A field that is added by
    /// [`with`](Self::with) is still sent.
    ///
    /// If a nonce was drawn for the response, caches still may not reuse the response.
    pub const fn off() -> Self {
        Self {
            is_off: true,
            set: Vec::new(),
            unset: Vec::new(),
        }
    }

    /// Sends this field, instead of any other of its name. A policy has nonces only where one of the
    /// layer's has them too.
    ///
    /// `with` and [`without`](Self::without) are one setting for each name: the later call holds.
    pub fn with(mut self, field: impl Into<SecurityHeader>) -> Self {
        let field = field.into();
        self.forget(&field.name);
        self.set.push(field);
        self
    }

    /// Does not send the layer's field of this name.
    pub fn without(mut self, name: HeaderName) -> Self {
        self.forget(&name);
        self.unset.push(name);
        self
    }

    fn forget(&mut self, name: &HeaderName) {
        self.unset.retain(|unset| unset != name);
        self.set.retain(|set| set.name != *name);
    }

    /// Does it.
    pub(super) fn apply(
        &self,
        template: &Template,
        fields: &mut HeaderMap,
        scheme: Scheme,
        nonces: NonceMode<'_>,
    ) {
        let prepared = match (self.is_off, self.set.is_empty()) {
            (false, _) => template.overridden(scheme, &self.unset, &self.set),
            (true, false) => Template::default().overridden(scheme, &[], &self.set),
            (true, true) => return,
        };
        prepared.apply(fields, nonces);
    }
}
