//! What `GET /session` and `/session/events` tell of a session: Unix seconds, `null` for never.
//!
//! The form is the same for every standing, so that a reader needs no case for a missing member.

use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The whole answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SessionStatus {
    /// The session as the asker's token names it; null where the asker has no name for it.
    pub sid: Option<String>,
    /// The session.
    #[serde(flatten)]
    pub session: StandingWords,
    /// The asking app's part in it; null for our own pages, which ask by cookie.
    pub application: Option<StandingWords>,
}

/// A standing, with every instant that matters to somebody who waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StandingWords {
    /// What it is good for.
    pub standing: StandingWord,
    /// The limit that comes next, or the one that passed.
    pub limit: Option<LimitWord>,
    /// When it ends if the person does nothing more.
    pub idle_end: Option<Timestamp>,
    /// When it ends whatever the person does, short of signing in again.
    pub absolute_end: Option<Timestamp>,
    /// From when on the person is warned; null once there is nothing left to warn of.
    pub warn_at: Option<Timestamp>,
    /// The nearest end of what lives; until when what is dormant may come back; when the rest ended.
    pub until: Option<Timestamp>,
    /// Why it is over; null while it lives, and where nobody remembers.
    pub reason: Option<ReasonWord>,
}

/// What it is good for, in one word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandingWord {
    /// Good.
    Live,
    /// Good, and close to its end.
    Warn,
    /// Timed out; an active sign-in by the same person in the same browser brings it back.
    Dormant,
    /// Timed out for good.
    Expired,
    /// Ended by somebody.
    Ended,
}

impl StandingWord {
    /// Is it good for anything?
    pub fn lives(self) -> bool {
        matches!(self, StandingWord::Live | StandingWord::Warn)
    }
}

/// The two limits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitWord {
    /// Moved by the person's activity.
    Idle,
    /// Moved by authenticating alone.
    Absolute,
}

/// Why something is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonWord {
    /// The person signed out.
    SignOut,
    /// The person or an administrator ended it from elsewhere, or the grant behind the token was revoked.
    Revoked,
    /// The account was disabled.
    AccountDisabled,
    /// A credential of the account changed.
    CredentialChanged,
    /// The person was idle for too long.
    Idle,
    /// The authentication became too old.
    Absolute,
}

impl StandingWords {
    /// A life that another one followed, or that is forgotten: that it is over is all that is known.
    pub const FORMER: StandingWords = StandingWords {
        standing: StandingWord::Expired,
        limit: None,
        idle_end: None,
        absolute_end: None,
        warn_at: None,
        until: None,
        reason: None,
    };

    /// Something that is over in this way, and of which nothing more is known.
    pub fn over(standing: StandingWord, until: Option<Timestamp>, reason: Option<ReasonWord>) -> StandingWords {
        StandingWords { standing, limit: None, idle_end: None, absolute_end: None, warn_at: None, until, reason }
    }
}

/// How a stream of statuses ended (`event: end`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamEnd {
    /// What was asked about is over; the last `standing` says how. There is nothing more to come.
    SessionOver,
    /// The token's time is up. Connect again with another one.
    TokenExpired,
    /// The person signed in again in this browser, whose cookie is another one now. Connect again.
    Superseded,
    /// It was open for as long as a stream without a token may be. Connect again.
    TooLong,
    /// The server stops. Connect again, a little later.
    Closing,
}
