//! One pure judgement: facts, policy and an instant in, a verdict out. The words are the provider's own.

use super::{ApplicationSession, Ending, Reason};
use crate::clock::{Instant, seconds};
use crate::policy::Policy;
use serde::{Deserialize, Serialize};

/// What an application session is good for at an instant. Intervals are half-open: at its end a limit has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Live, and far from an end.
    Live {
        /// The nearest end, where there is one.
        until: Option<Instant>,
        /// Which limit that is.
        limit: Option<Limit>,
    },
    /// Live, and close to an end.
    Warn {
        /// The end.
        until: Instant,
        /// Which limit.
        limit: Limit,
    },
    /// A limit passed: it allows nothing, but the same person may get back what it knew (see [`super::restoring`]).
    Dormant {
        /// When the limit passed.
        since: Instant,
        /// Which.
        limit: Limit,
        /// Until when it may be restored.
        until: Instant,
    },
    /// A limit passed, and the window after it.
    Expired {
        /// When the limit passed.
        since: Instant,
        /// Which.
        limit: Limit,
    },
    /// Signed out or withdrawn: never comes back.
    Ended {
        /// Since when.
        at: Instant,
        /// Why.
        reason: Reason,
    },
}

/// What ended a session, or will.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Moved by the person's activity.
    Idle,
    /// Moved by authenticating alone.
    Absolute,
    /// The provider renews nothing any more, and did not say why.
    Provider,
}

/// Whether something may rest on a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// It may.
    Good,
    /// It may not.
    Over,
}

/// One end, when to warn of it, and how long after it the session may be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bound {
    end: Instant,
    warn_at: Instant,
    limit: Limit,
    restorable_until: Option<Instant>,
}

impl Standing {
    /// Does it allow anything?
    pub fn authority(&self) -> Authority {
        match self {
            Standing::Live { .. } | Standing::Warn { .. } => Authority::Good,
            _ => Authority::Over,
        }
    }

    /// Its name, as the status answer has it.
    pub fn word(&self) -> &'static str {
        match self {
            Standing::Live { .. } => "live",
            Standing::Warn { .. } => "warn",
            Standing::Dormant { .. } => "dormant",
            Standing::Expired { .. } => "expired",
            Standing::Ended { .. } => "ended",
        }
    }

    /// Which limit ends or ended it.
    pub fn limit(&self) -> Option<Limit> {
        match self {
            Standing::Live { limit, .. } => *limit,
            Standing::Warn { limit, .. } | Standing::Dormant { limit, .. } | Standing::Expired { limit, .. } => {
                Some(*limit)
            }
            Standing::Ended { .. } => None,
        }
    }
}

/// The instants a page counts down to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Deadlines {
    /// The end by inactivity.
    pub idle_end: Option<Instant>,
    /// The end whatever the person does.
    pub absolute_end: Option<Instant>,
    /// From here on the person is warned of the nearest end.
    pub warn_at: Option<Instant>,
}

impl ApplicationSession {
    /// What it is good for.
    pub fn standing(&self, policy: &Policy, now: Instant) -> Standing {
        if let Some(Ending { at, reason, until }) = self.ending
            && (until.is_none() && reason != Reason::LetGo)
        {
            return Standing::Ended { at, reason };
        }
        let Some(bound) = self.nearest(policy) else {
            return Standing::Live { until: None, limit: None };
        };
        let Bound { end, warn_at, limit, restorable_until } = bound;
        let window = end.saturating_add(seconds(policy.restore_window));
        let until = restorable_until.map_or(window, |said| said.min(window));
        if now < warn_at {
            Standing::Live { until: Some(end), limit: Some(limit) }
        } else if now < end {
            Standing::Warn { until: end, limit }
        } else if now < until {
            Standing::Dormant { since: end, limit, until }
        } else {
            Standing::Expired { since: end, limit }
        }
    }

    /// The instants to count down to.
    pub fn deadlines(&self, policy: &Policy) -> Deadlines {
        let end = |wanted| self.bounds(policy).filter(|bound| bound.limit == wanted).map(|bound| bound.end).min();
        let warn_at = self.nearest(policy).map(|bound| bound.warn_at);
        Deadlines { idle_end: end(Limit::Idle), absolute_end: end(Limit::Absolute), warn_at }
    }

    /// The end that comes first; of two at one instant the one that activity cannot move. When the provider has said
    /// until when a session may come back, that holds although a limit of our own passed earlier.
    fn nearest(&self, policy: &Policy) -> Option<Bound> {
        let told = self.ending.and_then(|ending| ending.until);
        let first = self.bounds(policy).min_by_key(|bound| (bound.end, bound.limit == Limit::Idle))?;
        Some(Bound { restorable_until: told, ..first })
    }

    fn bounds(&self, policy: &Policy) -> impl Iterator<Item = Bound> {
        let warn_before = seconds(policy.warn_before);
        let own = move |span: Option<std::time::Duration>, from: Instant, limit| {
            let span = seconds(span?);
            let end = from.saturating_add(span);
            Some(Bound { end, warn_at: end.saturating_sub(warn_before.min(span / 2)), limit, restorable_until: None })
        };
        let idle = own(policy.idle_timeout, self.active_at, Limit::Idle);
        let absolute = own(policy.max_lifetime, self.authenticated_at, Limit::Absolute);
        let provider = self.session_expiry.map(|end| {
            let span = end.saturating_sub(self.authenticated_at).max(0);
            let warn_at = end.saturating_sub(warn_before.min(span / 2));
            Bound { end, warn_at, limit: Limit::Absolute, restorable_until: None }
        });
        let told = self.ending.map(|Ending { at, reason, .. }| Bound {
            end: at,
            warn_at: at,
            limit: reason.limit(),
            restorable_until: None,
        });
        idle.into_iter().chain(absolute).chain(provider).chain(told)
    }
}
