//! The form of a case: one JSON object a line. What is not known here is not read.

#![expect(
    dead_code,
    reason = "options of layers that are not built are read only to know that they are known"
)]

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName};
use serde::Deserialize;
use serde_json::Value;

/// What names a case, also where the rest of it cannot be read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Title {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Where the behavior comes from.
    pub(crate) source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) source: String,
    /// Outermost first.
    pub(crate) layers: Vec<Layer>,
    pub(crate) request: Request,
    pub(crate) handler: Handler,
    pub(crate) expect: Expect,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "layer", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Layer {
    CacheControl(CacheControl),
    Compression(Compression),
    Etag(Etag),
    ResponseTime(ResponseTime),
    SecurityHeaders(SecurityHeaders),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Compression {
    pub(crate) also_compress: Option<Vec<String>>,
    pub(crate) br_level: Option<i32>,
    pub(crate) coding_when_absent: Option<String>,
    pub(crate) codings: Option<Vec<String>>,
    pub(crate) filter: Option<String>,
    pub(crate) gzip_level: Option<i32>,
    pub(crate) threshold: Option<u64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Etag {
    pub(crate) mode: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CacheControl {
    pub(crate) expires_in_s: Option<u32>,
    pub(crate) privacy: Option<String>,
    pub(crate) server_expires_in_s: Option<u32>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecurityHeaders {
    pub(crate) enable_csp_nonces: Option<bool>,
    pub(crate) options: Option<Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResponseTime {
    pub(crate) digits: Option<Value>,
    pub(crate) header: Option<String>,
    pub(crate) suffix: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Fields,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Handler {
    pub(crate) status: u16,
    pub(crate) headers: Fields,
    pub(crate) body: Body,
    pub(crate) delay_ms: Option<u64>,
}

pub(crate) type Fields = BTreeMap<String, Lines>;

/// As a head holds them.
pub(crate) fn fields(table: &Fields) -> Result<HeaderMap, String> {
    let mut fields = HeaderMap::new();
    for (name, lines) in table {
        let name: HeaderName = name.parse().map_err(|error| format!("{name}: {error}"))?;
        for line in lines.iter() {
            let line = line.parse().map_err(|error| format!("{name}: {error}"))?;
            fields.append(&name, line);
        }
    }
    Ok(fields)
}

/// The value of a field, or one for each of its lines.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Lines {
    One(String),
    Several(Vec<String>),
}

impl Lines {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let lines = match self {
            Self::One(line) => std::slice::from_ref(line),
            Self::Several(lines) => lines,
        };
        lines.iter().map(String::as_str)
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Body {
    GzipOf {
        of: Box<Self>,
    },
    Hex {
        hex: String,
    },
    None {},
    RandomText {
        len: usize,
    },
    Repeat {
        char: char,
        len: usize,
    },
    Stream {
        chunks: Vec<Self>,
        #[serde(default)]
        delay_ms: u64,
        #[serde(default)]
        flush_each: bool,
        gate: Option<Gate>,
    },
    Text {
        text: String,
    },
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Gate {
    ClientAck,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Expect {
    pub(crate) body_decoded: Option<Same>,
    pub(crate) body_decoded_len: Option<usize>,
    pub(crate) body_match: Option<String>,
    pub(crate) body_raw: Option<Same>,
    pub(crate) body_raw_len_min: Option<usize>,
    pub(crate) body_raw_prefix_hex: Option<String>,
    pub(crate) body_text: Option<String>,
    pub(crate) body_text_repeat: Option<(char, usize)>,
    pub(crate) config_error: Option<String>,
    pub(crate) differs_between_requests: Option<Vec<String>>,
    pub(crate) duration_ms_max: Option<BTreeMap<String, f64>>,
    pub(crate) duration_ms_min: Option<BTreeMap<String, f64>>,
    pub(crate) duration_order: Option<Vec<String>>,
    pub(crate) headers: Fields,
    pub(crate) headers_absent: Vec<String>,
    pub(crate) headers_match: BTreeMap<String, String>,
    pub(crate) headers_multi: BTreeMap<String, Vec<String>>,
    pub(crate) incremental_chunks: Option<Vec<String>>,
    pub(crate) incremental_chunks_len: Option<Vec<usize>>,
    pub(crate) nonces_distinct: Option<bool>,
    pub(crate) repeat_requests: Option<usize>,
    pub(crate) status: Option<u16>,
}

/// As the handler gave it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Same {
    Same,
}
