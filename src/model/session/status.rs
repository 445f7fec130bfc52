//! A standing put into the words that go out.
//!
//! A pure reading of the same bounds that [`Session::standing`] judges: what is told here and what is decided there
//! cannot differ.

use super::Session;
use super::application::{ApplicationSession, Within};
use super::policy::{ApplicationLimits, SessionPolicies};
use super::standing::{self, Authority, Bound, EndReason, LimitKind, Standing};
use crate::model::account::Account;
use crate::model::id::ClientId;
use crate::protocol::session_status::{LimitWord, ReasonWord, StandingWord, StandingWords};
use crate::protocol::time::Timestamp;

impl Session {
    /// What to tell of the session.
    pub fn status(&self, account: &Account, policies: &SessionPolicies, now: Timestamp) -> StandingWords {
        let policy = policies.of(self.remember);
        let bounds = standing::bounds(self.clocks(), policy.limits(), policy.warn_before);
        words(self.standing(account, policies, now), bounds.collect())
    }

    /// What to tell of an app's part in it; none when the app takes no part.
    pub fn application_status(
        &self,
        (client, limits): (&ClientId, ApplicationLimits),
        account: &Account,
        policies: &SessionPolicies,
        now: Timestamp,
    ) -> Option<StandingWords> {
        let (part, within) = self.part(client, limits, policies)?;
        let verdict = part.standing(self.standing(account, policies, now), within, now);
        Some(words(verdict, part.bounds(within).collect()))
    }

    /// An app's part in it, and what that lives within.
    fn part<'a>(
        &'a self,
        client: &ClientId,
        limits: ApplicationLimits,
        policies: &'a SessionPolicies,
    ) -> Option<(&'a ApplicationSession, Within<'a>)> {
        let within = Within { session: self.clocks(), policy: policies.of(self.remember), limits };
        self.participants.get(client).map(|part| (part, within))
    }

    /// What to tell an app that nobody vouches for of its part: its own ends, and the absolute one of the session, which its
    /// ID tokens tell as well. The idle end of the session is not told before it comes: it moves with whatever the person
    /// does elsewhere. Nor is it told whether an account was closed or a credential changed.
    pub fn application_status_for_stranger(
        &self,
        (client, limits): (&ClientId, ApplicationLimits),
        account: &Account,
        policies: &SessionPolicies,
        now: Timestamp,
    ) -> Option<StandingWords> {
        let (part, within) = self.part(client, limits, policies)?;
        let ends: Vec<Bound> = part.bounds_for_stranger(within).collect();
        let verdict = match part.standing(self.standing(account, policies, now), within, now) {
            good if good.authority() == Authority::Good => {
                standing::judge(ends.iter().copied(), within.policy.reconstitution_window, now)
            }
            Standing::Ended { at, reason: EndReason::AccountDisabled | EndReason::CredentialChanged } => {
                Standing::Ended { at, reason: EndReason::Revoked }
            }
            over => over,
        };
        Some(words(verdict, ends))
    }
}

impl super::PastLife {
    /// What to tell of a life that another one followed: that it is over, since when, and why.
    pub fn status(&self) -> StandingWords {
        words(Standing::Expired { since: self.over.since, limit: self.over.limit }, Vec::new())
    }
}

/// A verdict in words, with the ends it was reached by.
fn words(verdict: Standing, bounds: Vec<Bound>) -> StandingWords {
    let end = |kind: LimitKind| bounds.iter().filter(|bound| bound.limit == kind).map(|bound| bound.end).min();
    let (standing, limit, until, reason) = match verdict {
        Standing::Live { until, limit } => (StandingWord::Live, limit, until, None),
        Standing::Warn { until, limit } => (StandingWord::Warn, Some(limit), Some(until), None),
        Standing::Dormant { limit, until, .. } => {
            (StandingWord::Dormant, Some(limit), Some(until), Some(passed(limit)))
        }
        Standing::Expired { since, limit } => (StandingWord::Expired, Some(limit), Some(since), Some(passed(limit))),
        // What was ended has no limits any more: none of them will ever pass.
        Standing::Ended { at, reason } => {
            return StandingWords::over(StandingWord::Ended, Some(at), Some(ended(reason)));
        }
    };
    let lives = matches!(standing, StandingWord::Live | StandingWord::Warn);
    StandingWords {
        standing,
        limit: limit.map(|limit| match limit {
            LimitKind::Idle => LimitWord::Idle,
            LimitKind::Absolute => LimitWord::Absolute,
        }),
        idle_end: end(LimitKind::Idle),
        absolute_end: end(LimitKind::Absolute),
        // Of the end that decides: an earlier warning of a later end never comes.
        warn_at: standing::nearest(bounds.iter().copied()).map(|bound| bound.warn_at).filter(|_| lives),
        until,
        reason,
    }
}

fn passed(limit: LimitKind) -> ReasonWord {
    match limit {
        LimitKind::Idle => ReasonWord::Idle,
        LimitKind::Absolute => ReasonWord::Absolute,
    }
}

fn ended(reason: EndReason) -> ReasonWord {
    match reason {
        EndReason::SignOut => ReasonWord::SignOut,
        EndReason::Revoked => ReasonWord::Revoked,
        EndReason::AccountDisabled => ReasonWord::AccountDisabled,
        EndReason::CredentialChanged => ReasonWord::CredentialChanged,
        EndReason::Replaced => ReasonWord::Revoked,
    }
}
