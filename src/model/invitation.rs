//! An invitation: an account that is not there yet, and the link with which it comes to be.

use crate::model::audit::{Act, Event};
use crate::model::id::{AccountId, SecretDigest};
use crate::model::record::{Change, Kind, Record, Row};
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An invitation that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The digest of the link's secret.
    pub digest: SecretDigest,
    /// To whom: verified by whoever follows the link.
    pub address: String,
    /// The name of the person, where the administrator gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The roles the account will have.
    #[serde(default)]
    pub roles: BTreeSet<String>,
    /// The groups it will be in.
    #[serde(default)]
    pub groups: BTreeSet<String>,
    /// Who invites.
    pub by: AccountId,
    /// Since when.
    pub made_at: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

impl Invitation {
    /// Stands from here on.
    pub fn make(self) -> Change<Invitation, ()> {
        let event = Event::done(Act::InvitationMade, self.made_at).by(&self.by);
        let end = self.until;
        Change::put((), self).told(event).due(end)
    }

    /// Is it good?
    pub fn stands(&self, now: Timestamp) -> bool {
        now < self.until
    }

    /// An administrator takes it back.
    pub fn revoke(before: Option<Invitation>, event: Event) -> Change<Invitation, ()> {
        if before.is_some() { Change::delete(()).told(event) } else { Change::keep(()) }
    }

    /// Its appointment has come.
    pub fn sweep(self, now: Timestamp) -> Change<Invitation, ()> {
        if self.stands(now) { Change::keep(()) } else { Change::delete(()) }
    }
}

impl Record for Invitation {
    const KIND: Kind = Kind::Invitation;

    fn key(&self) -> String {
        self.digest.as_key().to_owned()
    }

    fn rows(&self) -> Vec<Row> {
        vec![Row { list: "invitations", group: String::new(), order: self.address.to_ascii_lowercase() }]
    }
}
