//! One relying app's part in a session.

use crate::model::session::policy::{ApplicationLimits, SessionPolicy};
use crate::model::session::standing::{self, Authority, Bound, Clocks, LimitKind, Standing};
use crate::protocol::duration::Limit;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What happened of a session in one app.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ApplicationSession {
    /// When the app first took part.
    pub joined_at: Timestamp,
    /// The authentication its absolute clock runs from.
    pub authenticated_at: Timestamp,
    /// The person's last act in this app.
    pub last_active_at: Timestamp,
    /// The last code or token given to it, give or take a touch step.
    pub last_issued_at: Timestamp,
    /// Raised when it begins anew after an end of its own: grants of an earlier epoch stay dead.
    pub epoch: u32,
    /// The epoch of the session in which the app last got something: after a reconstitution it learns of the new one
    /// only when it asks again.
    #[serde(default)]
    pub session_epoch: u32,
    /// Under which epochs the app knew the person before, where that timed out and went on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Epochs>,
    /// When the person signed out of this app alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_out_at: Option<Timestamp>,
    /// A limit of its own that passed, once that was told. What was told stays true, whatever the limits become.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timed_out: Option<TimedOut>,
}

/// Which epoch of a session, and which of an app's part in it: together they name what the app knows as one `sid`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Epochs {
    /// Of the session.
    #[serde(rename = "s")]
    pub session: u32,
    /// Of the part.
    #[serde(rename = "a")]
    pub application: u32,
}

/// A limit that passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TimedOut {
    /// When.
    pub since: Timestamp,
    /// Which.
    pub limit: LimitKind,
}

/// May an authorization request of this client rest on the session as it is?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    /// Yes: it takes part already, or for the first time.
    Open,
    /// Yes, as a new application session.
    Anew,
    /// Not silently: the person signed out of this app.
    Visibly,
    /// Not before the person authenticates again.
    AfterAuthentication,
}

/// Does the request forbid pages (`prompt=none`)?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asking {
    /// It does.
    Silently,
    /// It does not.
    Visibly,
}

impl ApplicationSession {
    /// The clocks of its own limits.
    pub fn clocks(&self) -> Clocks {
        Clocks { active_at: self.last_active_at, authenticated_at: self.authenticated_at }
    }

    /// The epochs under which the app knows the person now.
    pub fn epochs(&self) -> Epochs {
        Epochs { session: self.session_epoch, application: self.epoch }
    }

    /// The limit of its own that passed, if one has.
    pub(super) fn passed(&self, limits: &ApplicationLimits, now: Timestamp) -> Option<TimedOut> {
        self.timed_out.or_else(|| {
            standing::bounds(self.clocks(), *limits, std::time::Duration::ZERO)
                .filter(|bound| now >= bound.end)
                .min_by_key(|bound| bound.end)
                .map(|bound| TimedOut { since: bound.end, limit: bound.limit })
        })
    }

    /// What it is good for: it ends at the earliest of its own limits and the session's.
    pub fn standing(&self, of: Standing, within: Within<'_>, now: Timestamp) -> Standing {
        if of.authority() == Authority::Over {
            return of;
        }
        if let Some(at) = self.signed_out_at {
            return Standing::Ended { at, reason: standing::EndReason::SignOut };
        }
        if let Some(over) = self.timed_out {
            return standing::timed_out(over, within.policy.reconstitution_window, now);
        }
        standing::judge(self.bounds(within), within.policy.reconstitution_window, now)
    }

    /// Every end it has: its own, and the session's.
    pub(super) fn bounds(&self, within: Within<'_>) -> impl Iterator<Item = Bound> + use<> {
        let own = standing::bounds(self.clocks(), within.limits, within.policy.warn_before);
        own.chain(standing::bounds(within.session, within.policy.limits(), within.policy.warn_before))
    }

    /// Those that an app may know of which nobody vouches for: without the session's idle clock.
    pub(super) fn bounds_for_stranger(&self, within: Within<'_>) -> impl Iterator<Item = Bound> + use<> {
        let never = ApplicationLimits { idle_timeout: Limit::Never, ..within.policy.limits() };
        let own = standing::bounds(self.clocks(), within.limits, within.policy.warn_before);
        own.chain(standing::bounds(within.session, never, within.policy.warn_before))
    }

    /// May a request of this client rest on an authentication of `authenticated_at`?
    pub fn entry(
        part: Option<&ApplicationSession>,
        limits: &ApplicationLimits,
        authenticated_at: Timestamp,
        asking: Asking,
        now: Timestamp,
    ) -> Entry {
        // The authentication itself may already be too old for an app that is stricter than the session.
        let too_old = limits.max_lifetime.span().is_some_and(|span| now >= authenticated_at + span);
        match part {
            None if too_old => Entry::AfterAuthentication,
            None => Entry::Open,
            Some(part) => match (part.passed(limits, now), part.signed_out_at) {
                (Some(passed), _) if authenticated_at <= passed.since || too_old => Entry::AfterAuthentication,
                (None, None) => Entry::Open,
                _ if asking == Asking::Silently => Entry::Visibly,
                _ => Entry::Anew,
            },
        }
    }

    /// The absolute end its own limits set.
    pub fn absolute_end(&self, limits: &ApplicationLimits) -> Option<Timestamp> {
        standing::bounds(self.clocks(), *limits, std::time::Duration::ZERO)
            .find(|bound| bound.limit == LimitKind::Absolute)
            .map(|bound| bound.end)
    }
}

/// What an application session lives within.
#[derive(Clone, Copy, Debug)]
pub struct Within<'a> {
    /// The clocks of the session.
    pub session: Clocks,
    /// The policy of the session.
    pub policy: &'a SessionPolicy,
    /// The client's own limits.
    pub limits: ApplicationLimits,
}
