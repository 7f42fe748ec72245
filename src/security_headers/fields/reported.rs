//! A word, and the endpoint to which browsers report violations of it.

use super::reporting_endpoints::ReportingEndpoints;
use crate::fields::structured;
use crate::security_headers::error::InvalidSecurityHeaders;

/// `same-origin; report-to="coop"`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Reported {
    word: &'static str,
    endpoint: Option<String>,
}

impl Reported {
    pub(super) const fn new(word: &'static str) -> Self {
        Self {
            word,
            endpoint: None,
        }
    }

    pub(super) fn report_to(
        mut self,
        endpoints: &ReportingEndpoints,
        name: &str,
    ) -> Result<Self, InvalidSecurityHeaders> {
        self.endpoint = Some(endpoints.check(name)?);
        Ok(self)
    }
}

impl std::fmt::Display for Reported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = self.word.to_owned();
        if let Some(name) = &self.endpoint {
            text.push_str("; report-to=");
            structured::write_string(&mut text, name);
        }
        f.write_str(&text)
    }
}
