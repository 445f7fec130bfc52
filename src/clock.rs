//! The one place that reads the system clock. `web` asks it once per request; everything below is given `now`.

use crate::protocol::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where `now` comes from. Cheap to clone.
#[derive(Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that tests move.
    Travelling(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `start` until it is moved.
    pub fn travelling(start: Timestamp) -> Clock {
        Clock::Travelling(Arc::new(AtomicI64::new(start.0)))
    }

    /// The instant.
    #[allow(clippy::disallowed_methods, reason = "this is the place")]
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::Travelling(at) => Timestamp(at.load(Ordering::SeqCst)),
            Clock::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
                Timestamp(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
            }
        }
    }

    /// Moves a travelling clock; the machine's stays where it is.
    pub fn advance(&self, by: Duration) {
        if let Clock::Travelling(at) = self {
            at.fetch_add(i64::try_from(by.as_secs()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}

/// Measures how long something took, for the log.
#[derive(Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts.
    #[allow(clippy::disallowed_methods, reason = "this is the place")]
    pub fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    /// Milliseconds since the start.
    pub fn milliseconds(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
