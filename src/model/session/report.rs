//! A relying app reports that the person did something in it.
//!
//! Standing is judged first, of the very life that the app's grant belongs to: nothing moves a limit that has passed, and
//! a report that was on its way while the session ended or began anew moves nothing.

use super::Session;
use super::activity::{Activity, Counts};
use super::policy::{ApplicationLimits, SessionPolicies};
use super::standing::Authority;
use crate::model::account::Account;
use crate::model::id::ClientId;
use crate::model::record::Change;
use crate::protocol::time::Timestamp;
use std::time::Duration;

/// An app may report once in this time. Every report that counts is a write, so this bounds the writes, too.
pub const REPORT_EVERY: Duration = Duration::from_secs(10);

/// Who reports, and of which life.
#[derive(Clone, Debug)]
pub struct Report {
    /// The app.
    pub client: ClientId,
    /// Its own limits.
    pub limits: ApplicationLimits,
    /// The epoch of the session its grant was given in.
    pub epoch: u32,
    /// The epoch of its application session then.
    pub application_epoch: u32,
}

/// How a report ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reported {
    /// It counted, for the session and the application session; the session as it is now.
    Counted(Box<Session>),
    /// The last act in this app is too young; nothing moved. From this instant on a report counts again.
    TooOften(Timestamp),
    /// The application session is over, or another one by now; nothing moved.
    Over,
}

impl Session {
    /// An act of the person in one app, at the server's time.
    pub fn report(
        mut self,
        report: &Report,
        account: &Account,
        policies: &SessionPolicies,
        now: Timestamp,
    ) -> Change<Session, Reported> {
        let whole = self.standing(account, policies, now);
        let part = self.application_standing(&report.client, report.limits, whole, policies, now);
        let good = part.is_some_and(|standing| standing.authority() == Authority::Good);
        let same_session = self.epoch == report.epoch;
        let Some(part) = self.participants.get_mut(&report.client).filter(|_| good && same_session) else {
            return Change::keep(Reported::Over);
        };
        if part.epoch != report.application_epoch {
            return Change::keep(Reported::Over);
        }
        let again = part.last_active_at + REPORT_EVERY;
        if now < again {
            return Change::keep(Reported::TooOften(again));
        }
        debug_assert_eq!(Activity::Reported.counts(), Counts::SessionAndApplication);
        part.last_active_at = now;
        // Another node's clock may be a little ahead: activity never moves back.
        self.last_active_at = self.last_active_at.max(now);
        Change::put(Reported::Counted(Box::new(self.clone())), self)
    }
}
