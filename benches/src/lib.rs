//! What several benches set up: this crate's layers with many settings, and their peers.

pub mod helmets;
pub mod raw;
pub mod rules;
