//! The one place that reads the system clock. Requests ask it once; every rule below is given `now`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Seconds since 1970-01-01 UTC, as tokens count them (RFC 7519, section 2, NumericDate).
pub type Instant = i64;

/// Where `now` comes from. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that tests move.
    Travelling(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `start` until it is moved.
    pub fn travelling(start: Instant) -> Clock {
        Clock::Travelling(Arc::new(AtomicI64::new(start)))
    }

    /// The instant.
    #[allow(clippy::disallowed_methods, reason = "this is the place")]
    pub fn now(&self) -> Instant {
        match self {
            Clock::Travelling(at) => at.load(Ordering::SeqCst),
            Clock::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
                seconds(since)
            }
        }
    }

    /// Moves a travelling clock; the machine's stays where it is.
    pub fn advance(&self, by: Duration) {
        if let Clock::Travelling(at) = self {
            at.fetch_add(seconds(by), Ordering::SeqCst);
        }
    }
}

/// Whole seconds of a span.
pub(crate) fn seconds(span: Duration) -> Instant {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}
