//! `Content-Security-Policy` (CSP3): what a page may load, run and send.

mod directive;
mod parse;
mod policy;
mod presets;
mod sent;
mod source;

pub use self::directive::{Directive, Sandbox};
pub use self::policy::ContentSecurityPolicy;
pub use self::source::CspSource;

#[cfg(test)]
mod tests;
