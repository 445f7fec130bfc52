//! A session that timed out comes back: the same person actively signed in again in the same browser, in time.
//!
//! What comes back is memory (who takes part), never authority: the epoch rises, and with it everything that was bound
//! to the one before is dead for good. Apps are judged each by its own limits, as they were.

use super::application::TimedOut;
use super::notice::Over;
use super::policy::{Remember, SessionPolicies};
use super::standing::Standing;
use super::{MAX_AUTHENTICATIONS, Reauthentication, Session};
use crate::model::account::Account;
use crate::model::audit::{Act, Event};
use crate::model::record::Change;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Lives remembered.
const MAX_PAST: usize = 8;

/// A life of a session that timed out and was followed by another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PastLife {
    /// Its epoch.
    pub epoch: u32,
    /// How it ended.
    #[serde(flatten)]
    pub over: TimedOut,
    /// When the next one began.
    pub reconstituted_at: Timestamp,
}

/// How an attempt at reconstitution ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reconstituted {
    /// The session goes on, in a new epoch.
    Now,
    /// It is not dormant; nothing changed.
    No(Standing),
}

impl Session {
    /// The person whose session it is authenticated in its browser. One conditional write: of two that try, one meets a
    /// session that is not dormant any more.
    pub fn reconstitute(
        mut self,
        act: Reauthentication,
        account: &Account,
        policies: &SessionPolicies,
    ) -> Change<Session, Reconstituted> {
        let now = act.at;
        let standing = self.standing(account, policies, now);
        let Standing::Dormant { since, limit, .. } = standing else {
            return Change::keep(Reconstituted::No(standing));
        };
        // What an upstream vouches for may be older than the end: nobody showed anything since.
        if act.authentication.auth_time < since {
            return Change::keep(Reconstituted::No(standing));
        }
        let over = TimedOut { since, limit };
        let mut event = Event::done(Act::SessionReconstituted, now).by(&account.id);
        event.reason = Some(limit.word().to_owned());
        if self.timed_out.take().is_none() {
            // Back before the sweep came by: the apps learn all the same that what they hold is dead.
            self.owe_all(Over::timed_out(over, policies.of(self.remember).reconstitution_window), now);
        }
        if self.past.len() >= MAX_PAST {
            self.past.remove(0);
        }
        self.past.push(PastLife { epoch: self.epoch, over, reconstituted_at: now });
        self.epoch += 1;
        if self.authentications.len() >= MAX_AUTHENTICATIONS {
            self.authentications.remove(1);
        }
        self.authentications.push(act.authentication);
        self.last_active_at = now;
        if act.remember == Remember::Yes {
            self.remember = Remember::Yes;
        }
        self.secret = act.secret;
        self.silent = act.silent;
        self.resting = act.resting;
        self.device = act.device;
        // The sweep looks at once, and makes the next appointment with all limits in hand.
        Change::put(Reconstituted::Now, self).told(event).due(now)
    }

    /// How an earlier life of it ended, if that is remembered.
    pub fn past_life(&self, epoch: u32) -> Option<&PastLife> {
        self.past.iter().find(|past| past.epoch == epoch)
    }
}
