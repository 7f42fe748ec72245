//! From helmet's options to a `SecurityHeadersLayer`.

use std::time::Duration;

use http::header::{
    CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_DNS_PREFETCH_CONTROL, X_FRAME_OPTIONS, X_XSS_PROTECTION,
};
use http::{HeaderName, HeaderValue};
use serde_json::{Map, Value};
use tower_egress::security_headers::{
    ContentSecurityPolicy, CrossOriginEmbedderPolicy, CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy, CspSource, Directive, Hsts, InvalidSecurityHeaders, ReferrerPolicy,
    SecurityHeader, SecurityHeadersLayer, XFrameOptions,
};

use super::layers::Refusal;

/// The layer that helmet would be with these options; fastify's, if it makes nonces.
pub(crate) fn layer(
    options: Option<&Value>,
    has_nonces: bool,
) -> Result<SecurityHeadersLayer, Refusal> {
    let none = Map::new();
    let options = options.map_or(Some(&none), Value::as_object);
    let options = options.ok_or_else(|| unknown("options that are no object"))?;
    let mut layer = SecurityHeadersLayer::helmet();
    if has_nonces {
        layer = layer.with(with_nonces(ContentSecurityPolicy::helmet()));
    }
    for (option, value) in options {
        layer = apply(layer, option, value, has_nonces)?;
    }
    Ok(layer)
}

fn with_nonces(policy: ContentSecurityPolicy) -> ContentSecurityPolicy {
    policy
        .add_source(Directive::ScriptSrc, CspSource::NONCE)
        .add_source(Directive::StyleSrc, CspSource::STYLE_NONCE)
}

fn apply(
    layer: SecurityHeadersLayer,
    option: &str,
    value: &Value,
    has_nonces: bool,
) -> Result<SecurityHeadersLayer, Refusal> {
    let name = field(option)?;
    let none = Map::new();
    let settings = match value {
        Value::Bool(false) if option == "xPoweredBy" => return Ok(layer.keep(name)),
        Value::Bool(false) => return Ok(layer.without(name)),
        Value::Bool(true) => &none,
        Value::Object(settings) => settings,
        other => return Err(unknown(other)),
    };
    let policy = settings.get("policy").and_then(Value::as_str);
    Ok(match option {
        "contentSecurityPolicy" => content_security_policy(layer, settings, has_nonces)?,
        "crossOriginEmbedderPolicy" => layer.with(match policy {
            None | Some("require-corp") => CrossOriginEmbedderPolicy::REQUIRE_CORP,
            Some("credentialless") => CrossOriginEmbedderPolicy::CREDENTIALLESS,
            Some("unsafe-none") => CrossOriginEmbedderPolicy::UNSAFE_NONE,
            Some(other) => return Err(unknown(other)),
        }),
        "crossOriginOpenerPolicy" => layer.with(match policy {
            None | Some("same-origin") => CrossOriginOpenerPolicy::SAME_ORIGIN,
            Some("same-origin-allow-popups") => CrossOriginOpenerPolicy::SAME_ORIGIN_ALLOW_POPUPS,
            Some("noopener-allow-popups") => CrossOriginOpenerPolicy::NOOPENER_ALLOW_POPUPS,
            Some("unsafe-none") => CrossOriginOpenerPolicy::UNSAFE_NONE,
            Some(other) => return Err(unknown(other)),
        }),
        "crossOriginResourcePolicy" => layer.with(match policy {
            None | Some("same-origin") => CrossOriginResourcePolicy::SameOrigin,
            Some("same-site") => CrossOriginResourcePolicy::SameSite,
            Some("cross-origin") => CrossOriginResourcePolicy::CrossOrigin,
            Some(other) => return Err(unknown(other)),
        }),
        "referrerPolicy" => referrer_policy(layer, settings)?,
        "strictTransportSecurity" => layer.with(hsts(settings)?),
        "xDnsPrefetchControl" => {
            let is_on = settings.get("allow") == Some(&Value::Bool(true));
            let value = HeaderValue::from_static(if is_on { "on" } else { "off" });
            layer.with(SecurityHeader::new(name, value))
        }
        "xFrameOptions" => layer.with(frame_options(settings)?),
        "xPermittedCrossDomainPolicies" => {
            let permitted = settings.get("permittedPolicies").map(word).transpose()?;
            let permitted = permitted.unwrap_or("none").to_owned();
            let value = HeaderValue::try_from(permitted).map_err(unknown)?;
            layer.with(SecurityHeader::new(name, value))
        }
        _ if settings.is_empty() => layer,
        other => return Err(unknown(format!("settings of {other}"))),
    })
}

/// The field that an option is about.
fn field(option: &str) -> Result<HeaderName, Refusal> {
    Ok(match option {
        "contentSecurityPolicy" => CONTENT_SECURITY_POLICY,
        "crossOriginEmbedderPolicy" => HeaderName::from_static("cross-origin-embedder-policy"),
        "crossOriginOpenerPolicy" => HeaderName::from_static("cross-origin-opener-policy"),
        "crossOriginResourcePolicy" => HeaderName::from_static("cross-origin-resource-policy"),
        "originAgentCluster" => HeaderName::from_static("origin-agent-cluster"),
        "referrerPolicy" => REFERRER_POLICY,
        "strictTransportSecurity" => STRICT_TRANSPORT_SECURITY,
        "xContentTypeOptions" => X_CONTENT_TYPE_OPTIONS,
        "xDnsPrefetchControl" => X_DNS_PREFETCH_CONTROL,
        "xDownloadOptions" => HeaderName::from_static("x-download-options"),
        "xFrameOptions" => X_FRAME_OPTIONS,
        "xPermittedCrossDomainPolicies" => {
            HeaderName::from_static("x-permitted-cross-domain-policies")
        }
        "xPoweredBy" => HeaderName::from_static("x-powered-by"),
        "xXssProtection" => X_XSS_PROTECTION,
        other => return Err(unknown(other)),
    })
}

fn content_security_policy(
    layer: SecurityHeadersLayer,
    settings: &Map<String, Value>,
    has_nonces: bool,
) -> Result<SecurityHeadersLayer, Refusal> {
    let mut policy = ContentSecurityPolicy::helmet();
    let has_defaults = settings.get("useDefaults") != Some(&Value::Bool(false));
    if !has_defaults {
        // A policy is never empty: this one has a directive that is removed at the end.
        policy = policy.raw(PLACEHOLDER, [])?;
        for name in names(&ContentSecurityPolicy::helmet()) {
            policy = policy.without(&name)?;
        }
    }
    let none = Map::new();
    let directives = settings.get("directives").and_then(Value::as_object);
    for (name, value) in directives.unwrap_or(&none) {
        let name = kebab(name);
        policy = match value {
            Value::Null if !names(&policy).contains(&name) => policy,
            Value::Null => policy.without(&name)?,
            value => policy.raw(&name, words(value)?)?,
        };
    }
    if !has_defaults {
        policy = policy.without(PLACEHOLDER)?;
    }
    if has_nonces {
        policy = with_nonces(policy);
    }
    if settings.get("reportOnly") == Some(&Value::Bool(true)) {
        let layer = layer.without(CONTENT_SECURITY_POLICY);
        return Ok(layer.with(policy.report_only()));
    }
    Ok(layer.with(policy))
}

const PLACEHOLDER: &str = "placeholder";

/// The names of the directives.
fn names(policy: &ContentSecurityPolicy) -> Vec<String> {
    let text = policy.to_string();
    let name = |directive: &str| directive.split_whitespace().next().map(str::to_owned);
    text.split(';').filter_map(name).collect()
}

/// `defaultSrc` as `default-src`.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(character.to_ascii_lowercase());
    }
    kebab
}

fn referrer_policy(
    layer: SecurityHeadersLayer,
    settings: &Map<String, Value>,
) -> Result<SecurityHeadersLayer, Refusal> {
    let Some(value) = settings.get("policy") else {
        return Ok(layer);
    };
    let tokens: Result<Vec<_>, Refusal> = words(value)?.into_iter().map(referrer).collect();
    let list = HeaderValue::try_from(tokens?.join(",")).map_err(unknown)?;
    Ok(layer.with(SecurityHeader::new(REFERRER_POLICY, list)))
}

/// The token as the typed policy has it.
fn referrer(token: &str) -> Result<String, Refusal> {
    let policy = match token {
        "" => return Ok(String::new()),
        "no-referrer" => ReferrerPolicy::NoReferrer,
        "no-referrer-when-downgrade" => ReferrerPolicy::NoReferrerWhenDowngrade,
        "origin" => ReferrerPolicy::Origin,
        "origin-when-cross-origin" => ReferrerPolicy::OriginWhenCrossOrigin,
        "same-origin" => ReferrerPolicy::SameOrigin,
        "strict-origin" => ReferrerPolicy::StrictOrigin,
        "strict-origin-when-cross-origin" => ReferrerPolicy::StrictOriginWhenCrossOrigin,
        "unsafe-url" => ReferrerPolicy::UnsafeUrl,
        other => return Err(unknown(other)),
    };
    Ok(policy.as_str().to_owned())
}

fn hsts(settings: &Map<String, Value>) -> Result<Hsts, Refusal> {
    let max_age = settings
        .get("maxAge")
        .map_or(Some(31_536_000), Value::as_u64);
    let max_age = max_age.ok_or_else(|| unknown("maxAge"))?;
    let mut hsts = Hsts::new(Duration::from_secs(max_age));
    if settings.get("includeSubDomains") != Some(&Value::Bool(false)) {
        hsts = hsts.include_subdomains();
    }
    if settings.get("preload") == Some(&Value::Bool(true)) {
        hsts = hsts.preload()?;
    }
    Ok(hsts)
}

fn frame_options(settings: &Map<String, Value>) -> Result<XFrameOptions, Refusal> {
    let action = settings
        .get("action")
        .map(word)
        .transpose()?
        .unwrap_or("sameorigin");
    match action.to_ascii_lowercase().as_str() {
        "deny" => Ok(XFrameOptions::Deny),
        "sameorigin" | "same-origin" => Ok(XFrameOptions::SameOrigin),
        _ => Err(unknown(action)),
    }
}

fn word(value: &Value) -> Result<&str, Refusal> {
    value.as_str().ok_or_else(|| unknown(value))
}

/// A string, or a list of them.
fn words(value: &Value) -> Result<Vec<&str>, Refusal> {
    match value {
        Value::Array(values) => values.iter().map(word).collect(),
        value => Ok(vec![word(value)?]),
    }
}

fn unknown(what: impl std::fmt::Display) -> Refusal {
    Refusal::Unknown(format!("no option {what}"))
}

impl From<InvalidSecurityHeaders> for Refusal {
    fn from(error: InvalidSecurityHeaders) -> Self {
        Self::Config(error.to_string())
    }
}
