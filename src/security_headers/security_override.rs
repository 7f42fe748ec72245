//! What one response changes of the set.

use http::HeaderName;

use super::header::SecurityHeader;
use super::prepared::Prepared;
use super::template::Template;
use crate::marks::scheme::Scheme;

/// A response extension: changes the set of [`SecurityHeadersLayer`](super::SecurityHeadersLayer)
/// for this response, or switches it off. With the feature `axum` it can be part of a tuple that a
/// handler returns.
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
    /// Changes nothing yet.
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

    /// Sends this field, instead of any other of its name. A policy has nonces only where one of
    /// the layer's has them too.
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

    /// What the response wants.
    pub(super) fn wanted(&self, template: &Template, scheme: Scheme) -> Wanted {
        match (self.is_off, self.set.is_empty()) {
            (false, _) => Wanted::Own(template.overridden(scheme, &self.unset, &self.set)),
            (true, false) => Wanted::Own(Template::default().overridden(scheme, &[], &self.set)),
            (true, true) => Wanted::Nothing,
        }
    }
}

/// What one response wants.
#[derive(Debug)]
pub(super) enum Wanted {
    /// The set of the layer.
    Set,
    /// A set of its own.
    Own(Prepared),
    /// To be left alone.
    Nothing,
}
