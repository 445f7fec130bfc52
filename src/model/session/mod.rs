//! The session: facts, never verdicts.
//!
//! A [`Session`] stores what happened and when. It never stores an expiry: [`Session::standing`] judges the facts
//! under today's policy, so that a changed setting acts at once on every session there is. What may change a session
//! is in `change`; nothing here knows clients' records, cookies or tokens.

pub mod activity;
pub mod application;
mod change;
mod ending;
pub mod notice;
pub mod policy;
mod reconstitution;
mod report;
pub mod standing;
mod status;
mod sweep;

#[cfg(test)]
pub(crate) mod tests;

pub use change::{Birth, Join, Joined, Reauthentication, Touched};
pub use ending::Ended;
pub use reconstitution::{PastLife, Reconstituted};
pub use report::{REPORT_EVERY, Report, Reported};
pub use sweep::LimitsOf;

use crate::model::account::{Account, AccountStanding, EpochReason};
use crate::model::id::{AccountId, ClientId, SecretDigest, SessionId};
use crate::model::record::{Kind, Name, Record, Row};
use crate::model::upstream::{Link, Resting};
use crate::protocol::claims::AuthenticationFacts;
use crate::protocol::time::Timestamp;
use application::{ApplicationSession, Epochs, TimedOut, Within};
use notice::Notice;
use policy::{ApplicationLimits, Remember, SessionPolicies};
use serde::{Deserialize, Serialize};
use standing::{Clocks, EndReason, Standing};
use std::collections::BTreeMap;

/// Apps that may take part in one session.
pub const MAX_PARTICIPANTS: usize = 100;
/// Authentications remembered: the first and the latest ones.
pub const MAX_AUTHENTICATIONS: usize = 16;

/// The SSO session: a person, a browser, and what happened since.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Its inner id.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// The account's epoch when it began; a later one ends it.
    pub account_epoch: u32,
    /// Raised at every reconstitution; names a life of the session to the outside.
    pub epoch: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// Every authentication, the latest last; never empty.
    pub authentications: Vec<AuthenticationFacts>,
    /// The person's last act.
    pub last_active_at: Timestamp,
    /// Does it outlive the browser?
    pub remember: Remember,
    /// Digest of the secret in the cookie.
    pub secret: SecretDigest,
    /// Digest of the secret in the cookie `silent`, where there is one. Found under a name of its own, so that neither
    /// secret can ever be taken for the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent: Option<SecretDigest>,
    /// What its latest authentication rests on, where that was an upstream's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resting: Option<Resting>,
    /// The apps that take part.
    #[serde(default)]
    pub participants: BTreeMap<ClientId, ApplicationSession>,
    /// Where it runs.
    pub device: Device,
    /// The one ending, once it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// A limit that passed, once that was told: what was told stays true, whatever the limits become. Reconstitution
    /// clears it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timed_out: Option<TimedOut>,
    /// Its lives before, the latest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<PastLife>,
    /// The outbox: which apps are to be told what, and how far that is. Kept here, so that an end and the duty to tell
    /// of it are one write.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

/// What a browser said of itself, and where it was seen.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Device {
    /// The `User-Agent`, cut to 256 characters.
    #[serde(default)]
    pub user_agent: String,
    /// The address of the latest authentication.
    #[serde(default)]
    pub address: String,
}

/// How a session ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ending {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: EndReason,
}

impl Session {
    /// What the session is good for at `now`.
    pub fn standing(&self, account: &Account, policies: &SessionPolicies, now: Timestamp) -> Standing {
        // Its own ending is told for ever; the account keeps only the latest of what ended all its sessions.
        let own = self.ending.map(|ending| (ending.at, ending.reason));
        if let Some((at, reason)) = own.or_else(|| self.ended_by_account(account)) {
            return Standing::Ended { at, reason };
        }
        let policy = policies.of(self.remember);
        if let Some(over) = self.timed_out {
            return standing::timed_out(over, policy.reconstitution_window, now);
        }
        let bounds = standing::bounds(self.clocks(), policy.limits(), policy.warn_before);
        standing::judge(bounds, policy.reconstitution_window, now)
    }

    /// The ending that the account's record tells of, if it does.
    fn ended_by_account(&self, account: &Account) -> Option<(Timestamp, EndReason)> {
        if account.standing() == AccountStanding::Disabled {
            return Some((account.disabled_at.unwrap_or(self.started_at), EndReason::AccountDisabled));
        }
        if self.account_epoch == account.epoch && self.account == account.id {
            return None;
        }
        let (at, why) = account.epoch_raised.unwrap_or((self.started_at, EpochReason::Revoked));
        Some((
            at,
            match why {
                EpochReason::SignOut => EndReason::SignOut,
                EpochReason::Revoked => EndReason::Revoked,
                EpochReason::CredentialChanged => EndReason::CredentialChanged,
                EpochReason::AccountDisabled => EndReason::AccountDisabled,
            },
        ))
    }

    /// Does its latest authentication rest on this way in?
    pub fn rests_on(&self, link: &Link) -> bool {
        self.resting.as_ref().is_some_and(|on| on.issuer == link.issuer && on.subject == link.subject)
    }

    /// The epochs of the session itself, seen from no app.
    pub fn epochs(&self) -> Epochs {
        Epochs { session: self.epoch, application: 0 }
    }

    /// The latest authentication.
    pub fn authentication(&self) -> &AuthenticationFacts {
        self.authentications.last().expect("a session is born with one and only ever gains")
    }

    /// The clocks of the session's own limits.
    pub fn clocks(&self) -> Clocks {
        Clocks { active_at: self.last_active_at, authenticated_at: self.authentication().auth_time }
    }

    /// What an app's part in it is good for; none when the app takes no part.
    pub fn application_standing(
        &self,
        client: &ClientId,
        limits: ApplicationLimits,
        of: Standing,
        policies: &SessionPolicies,
        now: Timestamp,
    ) -> Option<Standing> {
        let within = Within { session: self.clocks(), policy: policies.of(self.remember), limits };
        self.participants.get(client).map(|part| part.standing(of, within, now))
    }

    /// The absolute end of an app's part: the earlier of the session's and its own; none when there is none.
    pub fn absolute_end(
        &self,
        client: &ClientId,
        limits: &ApplicationLimits,
        policies: &SessionPolicies,
    ) -> Option<Timestamp> {
        let shared = policies.of(self.remember).max_lifetime.span().map(|span| self.clocks().authenticated_at + span);
        let own = self.participants.get(client).and_then(|part| part.absolute_end(limits));
        shared.into_iter().chain(own).min()
    }

    /// The unique name under which the secret of a cookie finds its session.
    pub fn secret_name(digest: &SecretDigest) -> Name {
        Name { sort: "session-secret", value: digest.as_key().to_owned() }
    }

    /// The same for the secret of the cookie `silent`.
    pub fn silent_name(digest: &SecretDigest) -> Name {
        Name { sort: "session-silent", value: digest.as_key().to_owned() }
    }
}

impl Record for Session {
    const KIND: Kind = Kind::Session;

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn names(&self) -> Vec<Name> {
        let silent = self.silent.as_ref().map(Session::silent_name);
        [Session::secret_name(&self.secret)].into_iter().chain(silent).collect()
    }

    fn rows(&self) -> Vec<Row> {
        // Youngest first.
        let order = format!("{:020}", i64::MAX - self.started_at.0);
        let mut rows = vec![Row { list: "sessions", group: String::new(), order: order.clone() }];
        // What ended by its own record is of no more interest to its owner.
        if self.ending.is_none() {
            rows.push(Row { list: "sessions-by-account", group: self.account.to_string(), order: order.clone() });
            let upstream = self.resting.as_ref().and_then(|of| Some(Resting::group(&of.issuer, of.sid.as_ref()?)));
            rows.extend(upstream.map(|group| Row { list: "sessions-by-upstream", group, order }));
        }
        rows
    }
}
