//! Mails that are to be sent: the outbox.
//!
//! A mail is a record of its own, written in the same change as what it tells of ([`crate::model::record::Change::mailing`]).
//! Whoever sends it claims it first, for a while: of several nodes one does, and after a crash another one may. A mail
//! server that was told and whose answer was lost is told twice; nobody is left untold.

pub mod address;
pub mod letter;

use crate::model::audit::{Act, Event};
use crate::model::id::AccountId;
use crate::model::record::{Change, Due, Kind, Record};
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long one attempt may take; after that anybody may try again.
pub const CLAIM: Duration = Duration::from_secs(120);
/// How long it is tried to send a mail, unless what it says is worthless before.
pub const PATIENCE: Duration = Duration::from_secs(24 * 3_600);
/// The pause after the first failure; it doubles with each, up to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_secs(30);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

/// A mail in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Its key, and part of its `Message-ID`.
    pub id: String,
    /// To whom and what it says, sealed with the installation's key: links in it are secrets.
    pub sealed: String,
    /// In a fixed short word what it is about, for the audit log.
    pub about: String,
    /// The account it is for, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// From when on it is worthless.
    pub until: Timestamp,
    /// Attempts so far.
    pub attempts: u32,
    /// Nobody tries before this.
    pub next_at: Timestamp,
}

/// How an attempt to send ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The mail server took it.
    Yes,
    /// There was nobody to send it to: it stood in for one, so that the work is the same.
    ToNobody,
    /// The mail server will never take it.
    Refused,
    /// Not this time.
    NotNow,
}

impl Mail {
    /// Into the outbox.
    pub fn post(self) -> Change<Mail, ()> {
        let at = self.next_at;
        Change::put((), self).due(at)
    }

    /// The appointment of one that another record's change writes.
    pub fn first_look(&self) -> Due {
        Due { at: self.next_at, kind: Kind::Mail, key: self.key() }
    }

    /// An appointment has come: whoever asks gets it to send, if it is time. Given up when it is worthless.
    pub fn claim(mut self, now: Timestamp) -> Change<Mail, Option<Mail>> {
        if now >= self.until {
            let event = self.event(Event::refused(Act::MailFailed, now, &self.about));
            return Change::delete(None).told(event);
        }
        if now < self.next_at {
            let later = self.next_at;
            return Change::keep(None).due(later);
        }
        self.attempts += 1;
        self.next_at = now + CLAIM;
        let again = self.next_at;
        Change::put(Some(self.clone()), self).due(again)
    }

    /// The attempt of this number ended. One that took longer than its claim says nothing any more, unless it was told.
    pub fn tried(mut self, attempt: u32, sent: Sent, now: Timestamp) -> Change<Mail, ()> {
        match sent {
            Sent::Yes => {
                let event = self.event(Event::done(Act::MailSent, now).because(&self.about));
                Change::delete(()).told(event)
            }
            Sent::ToNobody => Change::delete(()),
            Sent::Refused => {
                let event = self.event(Event::refused(Act::MailFailed, now, &self.about));
                Change::delete(()).told(event)
            }
            Sent::NotNow if self.attempts == attempt => {
                let doubled = PAUSE.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
                self.next_at = now + doubled.min(LONGEST_PAUSE);
                let again = self.next_at;
                Change::put((), self).due(again)
            }
            Sent::NotNow => Change::keep(()),
        }
    }

    fn event(&self, mut event: Event) -> Event {
        event.target = self.account.as_ref().map(ToString::to_string);
        event
    }
}

impl Record for Mail {
    const KIND: Kind = Kind::Mail;
    fn key(&self) -> String {
        self.id.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Fate;

    fn mail() -> Mail {
        Mail {
            id: "m".into(),
            sealed: "…".into(),
            about: "reset".into(),
            account: None,
            until: Timestamp(0) + PATIENCE,
            attempts: 0,
            next_at: Timestamp(0),
        }
    }

    fn put<O>(change: Change<Mail, O>) -> Mail {
        let Fate::Put(mail) = change.fate else { panic!("it stays") };
        mail
    }

    #[test]
    fn one_of_two_gets_it_and_after_a_crash_another_one() {
        let claimed = put(mail().claim(Timestamp(0)));
        assert_eq!(claimed.attempts, 1);
        for early in [0, 1, 119] {
            let change = claimed.clone().claim(Timestamp(early));
            assert_eq!((change.outcome, change.fate), (None, Fate::Keep));
            assert_eq!(change.look_at, [Timestamp(120)]);
        }
        let again = claimed.claim(Timestamp(120));
        assert_eq!(again.outcome.map(|mail| mail.attempts), Some(2));
    }

    #[test]
    fn pauses_double_and_end_with_patience() {
        let (mut mail, mut now, mut pauses) = (mail(), Timestamp(0), Vec::new());
        loop {
            let change = mail.clone().claim(now);
            if change.fate == Fate::Delete {
                assert_eq!((change.events.len(), change.events[0].act), (1, Act::MailFailed));
                break;
            }
            let claimed = put(change);
            mail = put(claimed.clone().tried(claimed.attempts, Sent::NotNow, now));
            pauses.push(mail.next_at.since(now).as_secs());
            now = mail.next_at;
        }
        assert_eq!(pauses[..8], [30, 60, 120, 240, 480, 960, 1920, 3600]);
        assert!((25..40).contains(&pauses.len()), "{}", pauses.len());
    }

    #[test]
    fn what_was_sent_or_refused_is_gone_and_a_late_failure_says_nothing() {
        for (sent, fate, events) in [
            (Sent::Yes, Fate::Delete, 1),
            (Sent::Refused, Fate::Delete, 1),
            (Sent::ToNobody, Fate::Delete, 0),
            (Sent::NotNow, Fate::Keep, 0),
        ] {
            let claimed = put(put(mail().claim(Timestamp(0))).claim(Timestamp(120)));
            let change = claimed.tried(1, sent, Timestamp(121));
            assert_eq!((change.fate, change.events.len()), (fate, events), "{sent:?}");
        }
    }
}
