//! A subscriber that keeps what is logged.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Writes each event of one level on a line.
#[derive(Clone)]
pub(crate) struct Lines {
    level: Level,
    found: Arc<Mutex<Vec<String>>>,
}

impl Lines {
    pub(crate) fn of(level: Level) -> Self {
        Self {
            level,
            found: Arc::default(),
        }
    }

    pub(crate) fn found(&self) -> Vec<String> {
        self.found.lock().expect("no panic").clone()
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == self.level
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Line(String);
        impl Visit for Line {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                write!(self.0, "{}={value:?} ", field.name()).expect("room");
            }
        }
        let mut line = Line(String::new());
        event.record(&mut line);
        let mut found = self.found.lock().expect("no panic");
        found.push(line.0.trim_end().to_owned());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
