//! One relying app's part in a session.

use crate::model::session::policy::{ApplicationLimits, SessionPolicy};
use crate::model::session::standing::{self, Authority, Bound, Clocks, LimitKind, Standing};
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
    /// When the person signed out of this app alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_out_at: Option<Timestamp>,
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

    /// When a limit of its own passed, if one has.
    pub(super) fn passed_at(&self, limits: &ApplicationLimits, now: Timestamp) -> Option<Timestamp> {
        standing::bounds(self.clocks(), *limits, std::time::Duration::ZERO)
            .map(|bound| bound.end)
            .filter(|end| now >= *end)
            .min()
    }

    /// What it is good for: it ends at the earliest of its own limits and the session's.
    pub fn standing(&self, of: Standing, within: Within<'_>, now: Timestamp) -> Standing {
        if of.authority() == Authority::Over {
            return of;
        }
        if let Some(at) = self.signed_out_at {
            return Standing::Ended { at, reason: standing::EndReason::SignOut };
        }
        standing::judge(self.bounds(within), within.policy.reconstitution_window, now)
    }

    /// Every end it has: its own, and the session's.
    pub(super) fn bounds(&self, within: Within<'_>) -> impl Iterator<Item = Bound> + use<> {
        let own = standing::bounds(self.clocks(), within.limits, within.policy.warn_before);
        own.chain(standing::bounds(within.session, within.policy.limits(), within.policy.warn_before))
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
            Some(part) => match (part.passed_at(limits, now), part.signed_out_at) {
                (Some(passed), _) if authenticated_at <= passed || too_old => Entry::AfterAuthentication,
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
