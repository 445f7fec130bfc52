//! The limits a session lives under.

use crate::protocol::client_metadata::SessionMetadata;
use crate::protocol::duration::Limit;
use std::time::Duration;

/// Limits of the SSO session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionPolicy {
    /// How long the person may be idle.
    pub idle_timeout: Limit,
    /// How long after the last full authentication it ends.
    pub max_lifetime: Limit,
    /// How long before an end the person is warned, at most.
    pub warn_before: Duration,
    /// How long after a time-out the session may be reconstituted.
    pub reconstitution_window: Duration,
}

/// The policies of an installation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionPolicies {
    /// For a session that ends with the browser.
    pub ordinary: SessionPolicy,
    /// For one that the person asked to keep.
    pub remembered: SessionPolicy,
}

/// Did the person ask to be kept signed in?
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remember {
    /// The cookie goes with the browser.
    #[default]
    No,
    /// The cookie stays, and the longer policy applies.
    Yes,
}

impl SessionPolicies {
    /// The policy of a session.
    pub fn of(&self, remember: Remember) -> &SessionPolicy {
        match remember {
            Remember::No => &self.ordinary,
            Remember::Yes => &self.remembered,
        }
    }
}

/// Limits of one client's application sessions, beside those of the session: they can only make it stricter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ApplicationLimits {
    /// How long the person may be idle in this app.
    pub idle_timeout: Limit,
    /// How long after the authentication it rests on it ends.
    pub max_lifetime: Limit,
}

impl From<&SessionMetadata> for ApplicationLimits {
    fn from(metadata: &SessionMetadata) -> ApplicationLimits {
        ApplicationLimits { idle_timeout: metadata.idle_timeout, max_lifetime: metadata.max_lifetime }
    }
}

const LONGEST_STEP: Duration = Duration::from_secs(30);

/// How old the stored activity may be before an act is worth a write: a sixtieth of the idle limit, at most 30 s.
pub fn touch_step(idle: Limit) -> Duration {
    idle.span().map_or(LONGEST_STEP, |span| (span / 60).min(LONGEST_STEP))
}
