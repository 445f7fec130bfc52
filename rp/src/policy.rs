//! What an app wants of its own sessions.

use std::time::Duration;

/// The limits of application sessions. `None` is never.
///
/// They can only be stricter than the provider's: a session also ends with the ID token's `session_expiry`, and when
/// the provider says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Ends a session after that long without an act of the person.
    pub idle_timeout: Option<Duration>,
    /// Ends a session that long after the authentication it rests on, whatever the person does.
    pub max_lifetime: Option<Duration>,
    /// The person is told that long before an end; at most half of the limit.
    pub warn_before: Duration,
    /// What a timed-out session knew is kept aside that long for the person to come back.
    pub restore_window: Duration,
}

impl Default for Policy {
    /// No limits of its own, warned two minutes before, kept for a day.
    fn default() -> Policy {
        Policy {
            idle_timeout: None,
            max_lifetime: None,
            warn_before: Duration::from_secs(120),
            restore_window: Duration::from_secs(24 * 3600),
        }
    }
}
