//! What is logged, by whoever runs on this thread.

use std::cell::Cell;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, Once};
use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
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

thread_local! {
    /// How many refusals were explained on this thread.
    static EXPLAINED: Cell<u64> = const { Cell::new(0) };
}

/// Counts the lines of refused requests, whoever else gathers lines.
struct Counting;

impl<S: Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        if line.0.contains(REFUSED) {
            EXPLAINED.set(EXPLAINED.get() + 1);
        }
    }
}

const REFUSED: &str = "a request was refused";

/// How many refusals were explained on this thread up to now. What a thread does counts from the first time it asks.
pub fn explained() -> u64 {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::registry().with(Counting.with_filter(LevelFilter::INFO));
        tracing::subscriber::set_global_default(subscriber).expect("nobody else gathers for everybody");
    });
    EXPLAINED.get()
}

impl Logs {
    pub fn gather() -> Logs {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let subscriber = tracing_subscriber::registry().with(Gathering(lines.clone())).with(Counting);
        Logs { lines, _until: tracing::subscriber::set_default(subscriber) }
    }

    /// The lines since they were taken last.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().unwrap())
    }

    /// Those of refused requests.
    pub fn refusals(&self) -> Vec<String> {
        self.take().into_iter().filter(|line| line.contains(REFUSED)).collect()
    }
}
