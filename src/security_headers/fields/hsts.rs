//! `Strict-Transport-Security` (RFC 6797).

use std::fmt;
use std::time::Duration;

use http::header::STRICT_TRANSPORT_SECURITY;

use crate::security_headers::error::InvalidSecurityHeaders;

const YEAR: Duration = Duration::from_secs(31_536_000);

/// `Strict-Transport-Security`: for this long, browsers ask this host by https only.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use tower_egress::security_headers::Hsts;
///
/// let two_years = Duration::from_secs(2 * 31_536_000);
/// let hsts = Hsts::new(two_years).include_subdomains().preload()?;
/// assert_eq!(hsts.to_string(), "max-age=63072000; includeSubDomains; preload");
/// # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[must_use]
pub struct Hsts {
    max_age: Duration,
    include_subdomains: bool,
    preload: bool,
}

impl Hsts {
    /// For this host and this long. A part of a second counts as a whole second.
    ///
    /// A browser that has the field obeys it to the end, unless it comes back by https and gets
    /// another one. Begin with a few minutes where the field was never sent.
    pub const fn new(max_age: Duration) -> Self {
        Self {
            max_age,
            include_subdomains: false,
            preload: false,
        }
    }

    /// For this host and a year.
    pub const fn year() -> Self {
        Self::new(YEAR)
    }

    /// `max-age=0`: browsers forget the field that they had.
    pub const fn forget() -> Self {
        Self::new(Duration::ZERO)
    }

    /// For all subdomains too, including those that have no https yet.
    pub const fn include_subdomains(mut self) -> Self {
        self.include_subdomains = true;
        self
    }

    /// Asks for a place in the lists that browsers ship with. A place is kept for years.
    ///
    /// # Errors
    ///
    /// [`InvalidSecurityHeaders::Preload`]: for less than a year, or without subdomains.
    pub const fn preload(mut self) -> Result<Self, InvalidSecurityHeaders> {
        if self.seconds() < YEAR.as_secs() || !self.include_subdomains {
            return Err(InvalidSecurityHeaders::Preload {
                max_age: self.max_age,
                include_subdomains: self.include_subdomains,
            });
        }
        self.preload = true;
        Ok(self)
    }

    /// Rounded up: rounded down, half a second would mean [`forget`](Self::forget).
    const fn seconds(self) -> u64 {
        let part = self.max_age.subsec_nanos() > 0;
        self.max_age.as_secs().saturating_add(part as u64)
    }
}

/// The value that is sent.
impl fmt::Display for Hsts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "max-age={}", self.seconds())?;
        if self.include_subdomains {
            f.write_str("; includeSubDomains")?;
        }
        if self.preload {
            f.write_str("; preload")?;
        }
        Ok(())
    }
}

impl_field!(Hsts, STRICT_TRANSPORT_SECURITY);
