//! How a session, or one app's part in it, ends. Each is one write, and the same write says whom to tell.

use super::notice::{NoticeReason, Over};
use super::standing::EndReason;
use super::{Ending, Session};
use crate::model::audit::{Act, Event};
use crate::model::id::ClientId;
use crate::model::record::Change;
use crate::protocol::time::Timestamp;

/// How ending a session ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// By this very change; these apps took part in it.
    Now(Vec<ClientId>),
    /// It was over before.
    Before,
}

impl Session {
    /// The person signs out of one app; the others and the session go on.
    pub fn leave(mut self, client: &ClientId, now: Timestamp) -> Change<Session, ()> {
        if self.ending.is_some() {
            return Change::keep(());
        }
        let event = Event::done(Act::SessionEnded, now).by(&self.account).client(client).because("sign_out_app");
        match self.participants.get_mut(client) {
            Some(part) if part.signed_out_at.is_none() => {
                part.signed_out_at = Some(now);
                let epochs = part.epochs();
                self.owe(client, epochs, Over { reason: NoticeReason::SignOut, at: now, until: None }, now);
                Change::put((), self).told(event).due(now)
            }
            _ => Change::keep(()),
        }
    }

    /// Ends the session: one write, and nothing of it works from here on.
    pub fn end(mut self, reason: EndReason, event: Event) -> Change<Session, Ended> {
        if self.ending.is_some() {
            return Change::keep(Ended::Before);
        }
        let at = event.at;
        self.ending = Some(Ending { at, reason });
        self.owe_all(Over { reason: reason.into(), at, until: None }, at);
        let participants = self.participants.keys().cloned().collect();
        Change::put(Ended::Now(participants), self).told(event).due(at)
    }
}
