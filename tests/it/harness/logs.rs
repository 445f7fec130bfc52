//! What is logged, by whoever runs on this thread.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// The lines of a test, from now on until it is dropped.
pub struct Logs {
    lines: Arc<Mutex<Vec<String>>>,
    _until: DefaultGuard,
}

struct Gathering(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, " {}=\u{ab}{value}\u{bb}", field.name());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {}=\u{ab}{value:?}\u{bb}", field.name());
    }
}

impl<S: Subscriber> Layer<S> for Gathering {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
}

impl Logs {
    pub fn gather() -> Logs {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let subscriber = tracing_subscriber::registry().with(Gathering(lines.clone()));
        Logs { lines, _until: tracing::subscriber::set_default(subscriber) }
    }

    /// The lines since they were taken last.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().unwrap())
    }

    /// Those of refused requests.
    pub fn refusals(&self) -> Vec<String> {
        self.take().into_iter().filter(|line| line.contains("a request was refused")).collect()
    }
}
