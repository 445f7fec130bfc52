//! What becomes of a session when its time has come: limits that passed are told, notices are handed out, and what is
//! long over is forgotten.

use super::application::TimedOut;
use super::notice::{Notice, Over};
use super::policy::{ApplicationLimits, SessionPolicies};
use super::standing::{self, Authority, Standing};
use super::{Ending, Session};
use crate::model::account::Account;
use crate::model::audit::{Act, Event};
use crate::model::id::ClientId;
use crate::model::record::Change;
use crate::protocol::time::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// A session that is over is kept this long for whoever looks it up, and then forgotten.
pub const KEEP_ENDED: Duration = Duration::from_secs(24 * 3_600);
/// The sweep looks at a session without any limit this often.
const LOOK_AGAIN: Duration = Duration::from_secs(30 * 24 * 3_600);

/// The limits of the apps that take part; one that is missing has none.
pub type LimitsOf = BTreeMap<ClientId, ApplicationLimits>;

impl Session {
    /// When the sweep should look next: when the nearest limit can have passed, a notice is due, or an ended one may be
    /// forgotten.
    pub(super) fn next_look(
        &self,
        account: &Account,
        policies: &SessionPolicies,
        limits: &LimitsOf,
        now: Timestamp,
    ) -> Timestamp {
        let standing = self.standing(account, policies, now);
        let notice = self.next_notice();
        if let Some(at) = forgotten_at(standing, policies.of(self.remember).reconstitution_window) {
            // Not forgotten before everybody was told, or given up.
            return notice.unwrap_or(at);
        }
        let own = self.participants.iter().filter_map(|(client, part)| part.own_end(limits.get(client)?));
        standing.until().into_iter().chain(own).chain(notice).min().unwrap_or(now + LOOK_AGAIN)
    }

    /// What the sweep does with it; answers with the notices that are to be tried now.
    pub fn sweep(
        mut self,
        account: Option<&Account>,
        policies: &SessionPolicies,
        limits: &LimitsOf,
        now: Timestamp,
    ) -> Change<Session, Vec<Notice>> {
        let Some(account) = account else { return Change::delete(Vec::new()) };
        let standing = self.standing(account, policies, now);
        let forgotten_at = forgotten_at(standing, policies.of(self.remember).reconstitution_window);
        let written_down = self.ending.is_some() || self.timed_out.is_some();
        // Where nobody swept for long, the end is told first, however long ago it was.
        if forgotten_at.is_some_and(|at| now >= at) && written_down && self.next_notice().is_none() {
            return Change::delete(Vec::new());
        }
        let before = self.notices.clone();
        let events = self.tell_what_is_over(standing, policies, limits, now);
        let claimed = self.claim(now);
        let next = self.next_look(account, policies, limits, now).max(now + Duration::from_secs(1));
        let mut change = if events.is_empty() && self.notices == before {
            Change::keep(claimed)
        } else {
            Change::put(claimed, self)
        };
        change.events = events;
        change.due(next)
    }

    /// Writes down what is over and was not told, and owes the apps the news.
    fn tell_what_is_over(
        &mut self,
        standing: Standing,
        policies: &SessionPolicies,
        limits: &LimitsOf,
        now: Timestamp,
    ) -> Vec<Event> {
        let window = policies.of(self.remember).reconstitution_window;
        let timed_out = |over: TimedOut| Event::done(Act::SessionTimedOut, now).because(over.limit.word());
        match standing {
            Standing::Ended { at, reason } if self.ending.is_none() => {
                // By its account's record. From here on its own record says so, too.
                self.ending = Some(Ending { at, reason });
                self.owe_all(Over { reason: reason.into(), at, until: None }, now);
                vec![Event::done(Act::SessionEnded, now).because(reason.word()).to(&self.account)]
            }
            Standing::Dormant { since, limit, .. } | Standing::Expired { since, limit } if self.timed_out.is_none() => {
                let over = TimedOut { since, limit };
                self.timed_out = Some(over);
                self.owe_all(Over::timed_out(over, window), now);
                vec![timed_out(over).to(&self.account)]
            }
            _ if standing.authority() == Authority::Over => Vec::new(),
            _ => {
                let mut events = Vec::new();
                for (client, over) in self.parts_over(limits, now) {
                    let Some(part) = self.participants.get_mut(&client) else { continue };
                    part.timed_out = Some(over);
                    let (epochs, known) = (part.epochs(), part.session_epoch == self.epoch);
                    if known {
                        self.owe(&client, epochs, Over::timed_out(over, window), now);
                    }
                    events.push(timed_out(over).to(&self.account).client(&client));
                }
                events
            }
        }
    }

    /// The application sessions that a limit of their own ended, and that was not told.
    fn parts_over(&self, limits: &LimitsOf, now: Timestamp) -> Vec<(ClientId, TimedOut)> {
        let untold = self.participants.iter().filter(|(_, part)| part.timed_out.is_none());
        let goes_on = untold.filter(|(_, part)| part.signed_out_at.is_none());
        goes_on.filter_map(|(id, part)| Some((id.clone(), part.passed(limits.get(id)?, now)?))).collect()
    }
}

impl super::application::ApplicationSession {
    /// When the nearest limit of its own can pass; none when it has none, or is over and was told.
    pub(super) fn own_end(&self, limits: &ApplicationLimits) -> Option<Timestamp> {
        if self.timed_out.is_some() || self.signed_out_at.is_some() {
            return None;
        }
        standing::bounds(self.clocks(), *limits, Duration::ZERO).map(|bound| bound.end).min()
    }
}

/// When one that is over may be forgotten; none for a live one. One that timed out is over for good when its window is.
fn forgotten_at(standing: Standing, window: Duration) -> Option<Timestamp> {
    match standing {
        Standing::Live { .. } | Standing::Warn { .. } => None,
        Standing::Dormant { until, .. } => Some(until + KEEP_ENDED),
        Standing::Expired { since, .. } => Some(since + window + KEEP_ENDED),
        Standing::Ended { at, .. } => Some(at + KEEP_ENDED),
    }
}
