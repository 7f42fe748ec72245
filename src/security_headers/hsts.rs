//! `Strict-Transport-Security` (RFC 6797).

use http::header::STRICT_TRANSPORT_SECURITY;

use super::error::InvalidSecurityHeaders;
use super::field::Field;

/// A year in seconds.
const YEAR: u32 = 31_536_000;

/// `Strict-Transport-Security`: the browser comes back by https alone, for as long as it says.
///
/// # Example
///
/// ```
/// use tower_egress::security_headers::{Field, Hsts};
///
/// let hsts = Hsts::new(63_072_000).include_subdomains().preload()?;
/// assert_eq!(
///     Field::from(hsts).value(),
///     "max-age=63072000; includeSubDomains; preload",
/// );
/// # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub struct Hsts {
    max_age: u32,
    include_subdomains: bool,
    preload: bool,
}

impl Hsts {
    /// For this host and this many seconds. A browser cannot be told otherwise before they are over
    /// unless it comes back by https: begin with a few minutes where it was never sent.
    pub const fn new(max_age: u32) -> Self {
        Self {
            max_age,
            include_subdomains: false,
            preload: false,
        }
    }

    /// For a year.
    pub const fn year() -> Self {
        Self::new(YEAR)
    }

    /// `max-age=0`: the browser forgets what it was told.
    pub const fn forget() -> Self {
        Self::new(0)
    }

    /// For all subdomains too, those included that have no https yet.
    pub const fn include_subdomains(mut self) -> Self {
        self.include_subdomains = true;
        self
    }

    /// Asks for a place in the lists that browsers come with. A place is kept for years.
    ///
    /// # Errors
    ///
    /// [`InvalidSecurityHeaders::Preload`]: for less than a year, or without subdomains.
    pub const fn preload(mut self) -> Result<Self, InvalidSecurityHeaders> {
        if self.max_age < YEAR || !self.include_subdomains {
            return Err(InvalidSecurityHeaders::Preload {
                max_age: self.max_age,
                include_subdomains: self.include_subdomains,
            });
        }
        self.preload = true;
        Ok(self)
    }
}

impl From<Hsts> for Field {
    fn from(hsts: Hsts) -> Self {
        let mut text = format!("max-age={}", hsts.max_age);
        if hsts.include_subdomains {
            text.push_str("; includeSubDomains");
        }
        if hsts.preload {
            text.push_str("; preload");
        }
        Self::new(STRICT_TRANSPORT_SECURITY, text)
    }
}
