//! The application session: what happened, on the server only. It stores facts and never a verdict.
//!
//! * `standing`: what it is good for at an instant;
//! * `identity`: who it is, as the ID token said;
//! * `keepsakes`: what the app and its person put into it, bounded;
//! * `restoring`: whether a timed-out session's keepsakes may come back.

mod identity;
mod keepsakes;
pub mod restoring;
mod standing;
#[cfg(test)]
mod tests;

pub use identity::Identity;
pub(crate) use identity::instant;
pub use keepsakes::{Keepsakes, Refused};
pub use standing::{Authority, Deadlines, Limit, Standing};

use crate::clock::{Instant, seconds};
use crate::policy::Policy;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Renewals that are listed; the count goes on.
const LISTED_RENEWALS: usize = 8;
/// An act is written down at most this often (seconds), or every 60th part of the idle limit.
const TOUCH_STEP: Instant = 30;

/// One person's session in this app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationSession {
    /// Who, as the provider said last.
    pub identity: Identity,
    /// What the provider gave.
    pub tokens: Tokens,
    /// When it began.
    pub started_at: Instant,
    /// The authentication it rests on: the absolute limit runs from here.
    pub authenticated_at: Instant,
    /// The person's last act.
    pub active_at: Instant,
    /// The absolute end of the provider's session, where it has one (`session_expiry`).
    pub session_expiry: Option<Instant>,
    /// How it ended, other than by a limit of its own.
    pub ending: Option<Ending>,
    /// When it got back what an earlier, timed-out session of this browser knew.
    pub restored_at: Option<Instant>,
    /// Silent renewals so far.
    pub renewals: usize,
    /// The latest of them, newest first.
    pub latest_renewals: VecDeque<Renewed>,
    /// What the app and its person put into it.
    pub keepsakes: Keepsakes,
}

/// Tokens; they never leave the server. Not printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Tokens {
    /// For the provider's and the app's APIs.
    pub access: String,
    /// For new ones.
    pub refresh: Option<String>,
    /// When they came.
    pub received_at: Instant,
    /// When the access token ends.
    pub expires_at: Instant,
    /// The nonce of the authorization request, which a refreshed ID token may repeat.
    pub nonce: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl Tokens {
    /// When new ones are due: a minute before the access token ends, halfway for one that lives shorter than two.
    pub fn renew_at(&self) -> Instant {
        let life = self.expires_at.saturating_sub(self.received_at);
        self.expires_at.saturating_sub((life / 2).min(60))
    }
}

/// An end from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: Reason,
    /// Until when the provider says that it may come back; none: never.
    pub until: Option<Instant>,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The person signed out, here or elsewhere.
    SignOut,
    /// Withdrawn by the provider, or replaced by another person's.
    Revoked,
    /// The provider's session was idle for too long.
    Idle,
    /// The provider's session reached its absolute end.
    Absolute,
    /// The provider renews nothing any more, and did not say why.
    LetGo,
}

impl Reason {
    fn limit(self) -> Limit {
        match self {
            Reason::Idle => Limit::Idle,
            Reason::Absolute => Limit::Absolute,
            Reason::SignOut | Reason::Revoked | Reason::LetGo => Limit::Provider,
        }
    }
}

/// How tokens were issued anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// The refresh token.
    Refresh,
    /// An authorization request with `prompt=none`.
    PromptNone,
    /// An authorization request in a hidden frame.
    Frame,
}

/// One silent renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewed {
    /// How.
    pub means: Means,
    /// When.
    pub at: Instant,
}

/// Whether a fact was worth writing down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touched {
    /// The session was moved.
    Moved,
    /// Too soon after the last act to be written, or nothing may move it.
    Left,
}

impl ApplicationSession {
    /// Begins, from a verified ID token and what came with it.
    ///
    /// An `auth_time` ahead of our clock counts as now: the absolute limit never gets longer by a clock that is off.
    pub fn begin(identity: Identity, tokens: Tokens, now: Instant) -> ApplicationSession {
        ApplicationSession {
            authenticated_at: identity.auth_time().unwrap_or(now).min(now),
            session_expiry: identity.instant("session_expiry"),
            identity,
            tokens,
            started_at: now,
            active_at: now,
            ending: None,
            restored_at: None,
            renewals: 0,
            latest_renewals: VecDeque::new(),
            keepsakes: Keepsakes::default(),
        }
    }

    /// The person acted. Standing is judged first: nothing moves a limit that has passed.
    pub fn touch(&mut self, policy: &Policy, now: Instant) -> Touched {
        let step = policy.idle_timeout.map_or(TOUCH_STEP, |idle| (seconds(idle) / 60).clamp(1, TOUCH_STEP));
        let over = self.standing(policy, now).authority() == Authority::Over;
        if over || now < self.active_at.saturating_add(step) {
            return Touched::Left;
        }
        self.active_at = now;
        Touched::Moved
    }

    /// New tokens for the same person; nothing of it moves the person's own limits.
    ///
    /// Only what the provider let go of without a word comes back by a renewal; a limit of our own that has passed
    /// stays passed, and so does an end that was told.
    pub fn renew(&mut self, identity: Option<Identity>, tokens: Tokens, means: Means, now: Instant) {
        if let Some(identity) = identity {
            self.session_expiry = identity.instant("session_expiry");
            self.identity = identity;
        }
        let before = std::mem::take(&mut self.tokens);
        // RFC 6749, section 6: without a new refresh token the old one stays good.
        let refresh = tokens.refresh.or(before.refresh);
        let nonce = if tokens.nonce.is_empty() { before.nonce } else { tokens.nonce };
        self.tokens = Tokens { refresh, nonce, ..tokens };
        self.ending = self.ending.filter(|ending| ending.reason != Reason::LetGo);
        self.renewals += 1;
        self.latest_renewals.push_front(Renewed { means, at: now });
        self.latest_renewals.truncate(LISTED_RENEWALS);
    }

    /// Ends it from outside. A real end drops everything it knew; of two ends the one that may come back gives way.
    pub fn end(&mut self, ending: Ending) {
        let for_good = ending.until.is_none() && ending.reason != Reason::LetGo;
        let earlier = self.ending.filter(|earlier| earlier.reason != Reason::LetGo);
        match earlier {
            Some(earlier) if earlier.until.is_none() => {}
            Some(earlier) if !for_good => {
                self.ending = Some(Ending { until: ending.until.or(earlier.until), ..earlier });
            }
            _ => self.ending = Some(ending),
        }
        if for_good {
            self.tokens = Tokens::default();
            self.keepsakes = Keepsakes::default();
        }
    }
}
