//! Rules for caches, as many as a service of some size has.

use tower_egress::cache_control::{CacheControl, CacheControlLayer, HOUR, MINUTE};
use tower_egress::matcher::{RequestMatcher, ResponseMatcher};

/// Ten of them, of which the last matches a style sheet.
pub fn ten_rules() -> CacheControlLayer {
    let prefixes = ["/api/", "/admin/", "/login", "/health", "/metrics"];
    let rules = prefixes
        .into_iter()
        .fold(CacheControlLayer::new(), |rules, prefix| {
            let matcher = RequestMatcher::prefix(prefix).expect("a prefix");
            rules.rule(matcher, CacheControl::private_no_cache())
        });
    let pdf = RequestMatcher::extension("pdf").expect("an extension");
    let image = ResponseMatcher::media_type("image/*").expect("a media range");
    let feed = RequestMatcher::glob("/feeds/**/*.xml").expect("a glob");
    let errors = ResponseMatcher::status(|status| status.is_server_error());
    let css = ResponseMatcher::media_type("text/css").expect("a media type");
    rules
        .rule(pdf, CacheControl::max_age(MINUTE))
        .rule(image, CacheControl::max_age(HOUR))
        .rule(feed, CacheControl::max_age(5 * MINUTE))
        .rule(errors, CacheControl::no_store())
        .rule(css, CacheControl::immutable())
}
