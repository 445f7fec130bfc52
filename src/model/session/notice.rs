//! The outbox of a session: which app is to be told of which end, and how far that is.
//!
//! A notice is owed in the very write that ends something, so a crash leaves nobody untold. Telling is at least once:
//! a notice is claimed by moving its next attempt into the future, and struck out when the app answered.

use super::Session;
use super::application::{Epochs, TimedOut};
use super::standing::{EndReason, LimitKind};
use crate::model::id::ClientId;
use crate::model::record::Change;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Whoever claimed a notice has this long to tell; then somebody else may try. Longer than any attempt takes.
pub const CLAIM: Duration = Duration::from_secs(60);
/// After this long nobody tries any more: an app that was away for a day judges its sessions anew by itself.
pub const GIVE_UP: Duration = Duration::from_secs(24 * 3_600);
/// Between two attempts at first; it doubles from one to the next.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// Between two attempts at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);
/// Notices kept in one session. A session has at most 100 participants; what goes first is told already.
const MOST: usize = 400;

/// One app, and one end it is to learn of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// The app.
    pub client: ClientId,
    /// Which of its lives is over.
    pub epochs: Epochs,
    /// Why.
    pub reason: NoticeReason,
    /// When it ended.
    pub at: Timestamp,
    /// Until when it may come back; none when it may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Since when it is owed, where that is later than the end: nobody swept meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed_at: Option<Timestamp>,
    /// Attempts made.
    #[serde(default)]
    pub attempts: u32,
    /// How far it is.
    pub state: NoticeState,
}

/// Why something ended, as logout tokens say it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeReason {
    /// The person signed out.
    SignOut,
    /// It was ended from elsewhere, or what it rested on was.
    Revoked,
    /// The idle limit passed.
    Idle,
    /// The absolute limit passed.
    Absolute,
}

/// How far a notice is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// To be tried at this instant.
    Waiting(Timestamp),
    /// The app answered that it knows.
    Told(Timestamp),
    /// It was not reached, and nobody tries any more.
    GivenUp(Timestamp),
    /// It registered no address for such notices, or is gone.
    NoAddress,
}

/// How an attempt to tell ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attempted {
    /// The app answered that it knows.
    Told,
    /// It was not reached, or did not accept.
    Failed {
        /// A random number of thousandths, so that notices that failed together do not come back together.
        jitter: u16,
    },
    /// Nothing was sent, since its host is known to be busy; to be tried from this instant on.
    Later(Timestamp),
    /// Nothing was sent, since its host keeps failing: as if it had been tried, and not before this instant.
    Away {
        /// The instant.
        until: Timestamp,
        /// As for one that was tried.
        jitter: u16,
    },
    /// There is nowhere to send it.
    NoAddress,
}

impl From<EndReason> for NoticeReason {
    fn from(reason: EndReason) -> NoticeReason {
        match reason {
            EndReason::SignOut => NoticeReason::SignOut,
            EndReason::Revoked | EndReason::AccountDisabled | EndReason::CredentialChanged | EndReason::Replaced => {
                NoticeReason::Revoked
            }
        }
    }
}

impl From<LimitKind> for NoticeReason {
    fn from(limit: LimitKind) -> NoticeReason {
        match limit {
            LimitKind::Idle => NoticeReason::Idle,
            LimitKind::Absolute => NoticeReason::Absolute,
        }
    }
}

impl NoticeReason {
    /// The word in a logout token.
    pub fn word(self) -> &'static str {
        match self {
            NoticeReason::SignOut => "sign_out",
            NoticeReason::Revoked => "revoked",
            NoticeReason::Idle => "idle",
            NoticeReason::Absolute => "absolute",
        }
    }
}

impl Notice {
    /// After how long the next attempt is made: 5 s, 10 s, 20 s and so on up to an hour, and up to a fifth more.
    fn pause(&self, jitter: u16) -> Duration {
        let doubled = FIRST_PAUSE.saturating_mul(1 << self.attempts.saturating_sub(1).min(12));
        let pause = doubled.min(LONGEST_PAUSE);
        pause + pause * u32::from(jitter.min(1000)) / 5_000
    }

    /// Since when it is tried.
    fn since(&self) -> Timestamp {
        self.owed_at.unwrap_or(self.at)
    }

    fn after(&self, attempted: Attempted, now: Timestamp) -> NoticeState {
        let again = |at: Timestamp| {
            if now >= self.since() + GIVE_UP { NoticeState::GivenUp(now) } else { NoticeState::Waiting(at) }
        };
        match attempted {
            Attempted::Told => NoticeState::Told(now),
            Attempted::NoAddress => NoticeState::NoAddress,
            Attempted::Failed { jitter } => again(now + self.pause(jitter)),
            Attempted::Later(at) => again(at),
            Attempted::Away { until, jitter } => again(until.max(now + self.pause(jitter))),
        }
    }
}

impl Session {
    /// An app is to learn that a life of its part is over. A later word on the same life takes the place of an earlier
    /// one: who timed out and then signed out is signed out.
    pub(super) fn owe(&mut self, client: &ClientId, epochs: Epochs, of: Over, now: Timestamp) {
        self.notices.retain(|notice| notice.client != *client || notice.epochs != epochs);
        if self.notices.len() >= MOST {
            let told = self.notices.iter().position(|notice| !matches!(notice.state, NoticeState::Waiting(_)));
            self.notices.remove(told.unwrap_or(0));
        }
        self.notices.push(Notice {
            client: client.clone(),
            epochs,
            reason: of.reason,
            at: of.at,
            until: of.until,
            owed_at: Some(now).filter(|now| *now > of.at),
            attempts: 0,
            state: NoticeState::Waiting(now),
        });
    }

    /// Every app that the end of this life of the session is news to is to learn of it. A time-out is news to those that
    /// know of this life, and whose own part is not over. An end for good is news to all: also to an app that knows an
    /// earlier life alone and was told that it may come back, under the name it knows.
    pub(super) fn owe_all(&mut self, of: Over, now: Timestamp) {
        let news = |part: &super::application::ApplicationSession| {
            part.signed_out_at.is_none()
                && (of.until.is_none() || (part.session_epoch == self.epoch && part.timed_out.is_none()))
        };
        let apps: Vec<_> = self.participants.iter().filter(|(_, part)| news(part)).collect();
        let apps: Vec<_> = apps.into_iter().map(|(client, part)| (client.clone(), part.epochs())).collect();
        for (client, epochs) in apps {
            self.owe(&client, epochs, of, now);
        }
    }

    /// Takes the notices whose time has come: nobody else tries them before [`CLAIM`] is over.
    pub(super) fn claim(&mut self, now: Timestamp) -> Vec<Notice> {
        let mut claimed = Vec::new();
        for notice in &mut self.notices {
            if let NoticeState::Waiting(at) = notice.state
                && now >= at
            {
                if now >= notice.since() + GIVE_UP * 2 {
                    // Nobody ever settled it: no session is kept for that for good.
                    notice.state = NoticeState::GivenUp(now);
                    continue;
                }
                notice.attempts += 1;
                notice.state = NoticeState::Waiting(now + CLAIM);
                claimed.push(notice.clone());
            }
        }
        claimed
    }

    /// When the next notice is to be tried.
    pub(super) fn next_notice(&self) -> Option<Timestamp> {
        self.notices.iter().filter_map(|n| if let NoticeState::Waiting(at) = n.state { Some(at) } else { None }).min()
    }

    /// What came of attempts to tell, one line for each claimed notice.
    pub fn told(mut self, results: &[(Notice, Attempted)], now: Timestamp) -> Change<Session, ()> {
        let mut next: Option<Timestamp> = None;
        for (claimed, attempted) in results {
            // One that was replaced meanwhile, or claimed by somebody else, is not ours to settle.
            let Some(notice) = self.notices.iter_mut().find(|notice| *notice == claimed) else { continue };
            if matches!(attempted, Attempted::Later(_)) {
                notice.attempts -= 1;
            }
            notice.state = notice.after(*attempted, now);
            if let NoticeState::Waiting(at) = notice.state {
                next = Some(next.map_or(at, |before| before.min(at)));
            }
        }
        let change = Change::put((), self);
        match next {
            Some(at) => change.due(at),
            None => change,
        }
    }
}

/// An end that apps are to learn of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Over {
    pub reason: NoticeReason,
    pub at: Timestamp,
    pub until: Option<Timestamp>,
}

impl Over {
    /// Of a limit that passed.
    pub fn timed_out(over: TimedOut, window: Duration) -> Over {
        Over { reason: over.limit.into(), at: over.since, until: Some(over.since + window) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(attempts: u32) -> Notice {
        Notice {
            client: ClientId::new("a"),
            epochs: Epochs { session: 0, application: 0 },
            reason: NoticeReason::SignOut,
            at: Timestamp(0),
            until: None,
            owed_at: None,
            attempts,
            state: NoticeState::Waiting(Timestamp(0)),
        }
    }

    #[test]
    fn pauses_double_up_to_an_hour_and_are_spread_by_a_fifth() {
        let of = |attempts, jitter| notice(attempts).pause(jitter).as_secs();
        let pauses: Vec<u64> = (1..13).map(|attempts| of(attempts, 0)).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
        assert_eq!((of(1, 1_000), of(4, 500), of(99, 1_000), of(0, 0)), (6, 44, 4_320, 5));
    }

    #[test]
    fn after_a_day_nobody_tries_any_more() {
        let (before, after) = (Timestamp(24 * 3_600 - 1), Timestamp(24 * 3_600));
        for attempted in [Attempted::Failed { jitter: 0 }, Attempted::Later(Timestamp(i64::MAX))] {
            assert!(matches!(notice(3).after(attempted, before), NoticeState::Waiting(_)));
            assert_eq!(notice(3).after(attempted, after), NoticeState::GivenUp(after));
        }
        let away = |until| notice(3).after(Attempted::Away { until, jitter: 0 }, Timestamp(100));
        assert_eq!(away(Timestamp(101)), NoticeState::Waiting(Timestamp(120)), "as seldom as if it had been tried");
        assert_eq!(away(Timestamp(130)), NoticeState::Waiting(Timestamp(130)));
        assert_eq!(notice(3).after(Attempted::Told, after), NoticeState::Told(after));
        assert_eq!(notice(1).after(Attempted::NoAddress, before), NoticeState::NoAddress);
    }
}
