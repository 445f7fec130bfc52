//! One pure judgement: facts, policy and an instant in, a verdict out.

use crate::model::session::application::TimedOut;
use crate::model::session::policy::{ApplicationLimits, SessionPolicy};
use crate::protocol::duration::Limit;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a session is good for at an instant. Intervals are half-open: at its end a limit has passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Signed out, revoked, account disabled, credential changed: never comes back.
    Ended {
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: EndReason,
    },
    /// A limit passed; an active sign-in by the same person in the same browser may still reconstitute it.
    Dormant {
        /// When the limit passed.
        since: Timestamp,
        /// Which.
        limit: LimitKind,
        /// Until when it may be reconstituted.
        until: Timestamp,
    },
    /// A limit passed, and the window after it.
    Expired {
        /// When the limit passed.
        since: Timestamp,
        /// Which.
        limit: LimitKind,
    },
    /// Live, and close to an end.
    Warn {
        /// The end.
        until: Timestamp,
        /// Which limit.
        limit: LimitKind,
    },
    /// Live.
    Live {
        /// The nearest end, where there is one.
        until: Option<Timestamp>,
        /// Which limit that is.
        limit: Option<LimitKind>,
    },
}

/// The two limits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// Moved by the person's activity.
    Idle,
    /// Moved by authenticating alone.
    Absolute,
}

/// Why a session is over for good.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The person signed out.
    SignOut,
    /// The person or an administrator ended it from elsewhere.
    Revoked,
    /// The account was disabled.
    AccountDisabled,
    /// A credential of the account changed.
    CredentialChanged,
    /// It had timed out, and somebody else signed in in its browser, or the same person without it.
    Replaced,
}

impl LimitKind {
    /// Its short word, in the audit log and on the wire.
    pub fn word(self) -> &'static str {
        match self {
            LimitKind::Idle => "idle",
            LimitKind::Absolute => "absolute",
        }
    }
}

impl EndReason {
    /// Its short word, in the audit log and on the wire.
    pub fn word(self) -> &'static str {
        match self {
            EndReason::SignOut => "sign_out",
            EndReason::Revoked => "revoked",
            EndReason::AccountDisabled => "account_disabled",
            EndReason::CredentialChanged => "credential_changed",
            EndReason::Replaced => "replaced",
        }
    }
}

impl Standing {
    /// Does it authorise anything?
    pub fn authority(&self) -> Authority {
        match self {
            Standing::Live { .. } | Standing::Warn { .. } => Authority::Good,
            _ => Authority::Over,
        }
    }

    /// The nearest end of a live session.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Standing::Live { until, .. } => *until,
            Standing::Warn { until, .. } => Some(*until),
            _ => None,
        }
    }
}

/// Whether something may rest on a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Authority {
    /// It may.
    Good,
    /// It may not.
    Over,
}

/// The clocks a session or an application session runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// The last act of the person.
    pub active_at: Timestamp,
    /// The authentication it rests on.
    pub authenticated_at: Timestamp,
}

/// One end, and when to warn of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The end.
    pub end: Timestamp,
    /// From here on the person is warned.
    pub warn_at: Timestamp,
    /// Which limit.
    pub limit: LimitKind,
}

/// The ends that limits set for clocks.
pub fn bounds(clocks: Clocks, limits: ApplicationLimits, warn_before: Duration) -> impl Iterator<Item = Bound> {
    let bound = move |limit: Limit, from: Timestamp, kind: LimitKind| {
        limit.span().map(|span| {
            let end = from + span;
            Bound { end, warn_at: end - warn_before.min(span / 2), limit: kind }
        })
    };
    let idle = bound(limits.idle_timeout, clocks.active_at, LimitKind::Idle);
    let absolute = bound(limits.max_lifetime, clocks.authenticated_at, LimitKind::Absolute);
    idle.into_iter().chain(absolute)
}

/// The end that decides: the nearest; of two at one instant the absolute one, which activity cannot move.
pub fn nearest(bounds: impl Iterator<Item = Bound>) -> Option<Bound> {
    bounds.min_by_key(|bound| (bound.end, bound.limit == LimitKind::Idle))
}

/// The verdict over a set of ends: the nearest decides.
pub fn judge(bounds: impl Iterator<Item = Bound>, window: Duration, now: Timestamp) -> Standing {
    match nearest(bounds) {
        None => Standing::Live { until: None, limit: None },
        Some(Bound { end, limit, .. }) if now >= end => timed_out(TimedOut { since: end, limit }, window, now),
        Some(Bound { end, limit, warn_at }) if now >= warn_at => Standing::Warn { until: end, limit },
        Some(Bound { end, limit, .. }) => Standing::Live { until: Some(end), limit: Some(limit) },
    }
}

/// The verdict over a limit that passed.
pub fn timed_out(TimedOut { since, limit }: TimedOut, window: Duration, now: Timestamp) -> Standing {
    if now >= since + window {
        Standing::Expired { since, limit }
    } else {
        Standing::Dormant { since, limit, until: since + window }
    }
}

impl SessionPolicy {
    /// The two limits alone.
    pub fn limits(&self) -> ApplicationLimits {
        ApplicationLimits { idle_timeout: self.idle_timeout, max_lifetime: self.max_lifetime }
    }
}
