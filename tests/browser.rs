//! What Chromium makes of the answers, which no test of fields can show. Each test serves on a port of its
//! own and has `tests/browser/visit.mjs` look; where there is no browser it says so and is skipped, unless
//! `BROWSER_TESTS=required`.
#![cfg(feature = "full")]

#[allow(
    dead_code,
    reason = "what the tests of layers share, of which this needs some"
)]
#[path = "it/support/mod.rs"]
mod support;

#[path = "browser/codings.rs"]
mod codings;
#[path = "browser/driver.rs"]
mod driver;
#[path = "browser/full_stack.rs"]
mod full_stack;
#[path = "browser/nonces.rs"]
mod nonces;
#[path = "browser/presets.rs"]
mod presets;
#[path = "browser/reports.rs"]
mod reports;
#[path = "browser/server_timing.rs"]
mod server_timing;
