//! The one place of the demo that reads the system clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970-01-01 UTC, as tokens count them (RFC 7519, section 2, NumericDate).
pub(crate) type Instant = i64;

/// The present instant by the apps' own clock. Rules take it as a parameter; only the edges call this.
#[allow(clippy::disallowed_methods, reason = "this is the file that may read the clock")]
pub(crate) fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
