//! What a stored thing is, and what changing one means.
//!
//! One record decides. A rule takes the record by value and answers with a [`Change`]; everything that must be
//! true together with the record (its names, its list rows, when the sweep looks at it, what the audit says) is
//! either derived from the record or rides along in the same change.

use crate::model::audit::Event;
use crate::model::mail::Mail;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The kinds of records there are. Each has a keyspace of its own in every backend.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// [`crate::model::account::Account`], by `sub`.
    Account,
    /// [`crate::model::credential::Credential`], by account and kind.
    Credential,
    /// [`crate::model::client::Client`], by `client_id`.
    Client,
    /// [`crate::model::consent::Consent`], by account and client.
    Consent,
    /// [`crate::model::session::Session`], by its inner id.
    Session,
    /// [`crate::model::grant::Grant`], by the id of the code it came from.
    Grant,
    /// [`crate::model::authorization::Interaction`] once a credential was accepted for it.
    Interaction,
    /// [`crate::model::throttle::Throttle`], by lane and bucket.
    Throttle,
    /// [`crate::model::setting::Setting`]: single values of the installation.
    Setting,
    /// [`crate::model::history::History`], by account.
    History,
    /// [`crate::model::mail::Mail`]: the outbox.
    Mail,
    /// [`crate::model::invitation::Invitation`], by the digest of its link.
    Invitation,
    /// [`crate::model::picture::Picture`], by the name in its address; [`crate::model::logo::Logo`], by `logo:` and the
    /// client.
    Picture,
    /// [`crate::model::device::DeviceRequest`], by what its user code leads to.
    Device,
}

impl Kind {
    /// Every kind, in a fixed order. A new one raises the format of the embedded store: an older program, which does
    /// not know it, would miss its records in the sum.
    pub const ALL: [Kind; 14] = [
        Kind::Account,
        Kind::Credential,
        Kind::Client,
        Kind::Consent,
        Kind::Session,
        Kind::Grant,
        Kind::Interaction,
        Kind::Throttle,
        Kind::Setting,
        Kind::History,
        Kind::Mail,
        Kind::Invitation,
        Kind::Picture,
        Kind::Device,
    ];

    /// A short stable name: part of keys on disk, never to be changed.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Account => "account",
            Kind::Credential => "credential",
            Kind::Client => "client",
            Kind::Consent => "consent",
            Kind::Session => "session",
            Kind::Grant => "grant",
            Kind::Interaction => "interaction",
            Kind::Throttle => "throttle",
            Kind::Setting => "setting",
            Kind::History => "history",
            Kind::Mail => "mail",
            Kind::Invitation => "invitation",
            Kind::Picture => "picture",
            Kind::Device => "device",
        }
    }

    /// The kind of a [`Kind::name`].
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A unique name: at most one record of a kind bears it at a time.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Name {
    /// What sort of name, such as `username`.
    pub sort: &'static str,
    /// Its normalized value.
    pub value: String,
}

/// A row of a list, derived from a record. A hint: whoever reads it checks the record.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Row {
    /// The list, such as `session-by-account`.
    pub list: &'static str,
    /// Whose list it is within `list` (an account's id, say); rows of one group are read together.
    pub group: String,
    /// Order within the group; the record's key breaks ties.
    pub order: String,
}

/// A time at which the sweep looks at a record. A hint: the record is judged anew when it comes.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Due {
    /// When to look.
    pub at: Timestamp,
    /// The kind of record.
    pub kind: Kind,
    /// Its key.
    pub key: String,
}

/// Something the store keeps.
pub trait Record: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The keyspace.
    const KIND: Kind;
    /// The version written today; a decoder keeps reading every older one.
    const VERSION: u8 = 1;
    /// The key within the keyspace: printable, at most 512 bytes.
    fn key(&self) -> String;
    /// Unique names the record bears. Two records of one kind with a name in common cannot both be stored.
    fn names(&self) -> Vec<Name> {
        Vec::new()
    }
    /// List rows that lead to the record.
    fn rows(&self) -> Vec<Row> {
        Vec::new()
    }
}

/// What becomes of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate<R> {
    /// It stays as it is, whatever that is.
    Keep,
    /// It is created or replaced.
    Put(R),
    /// It goes, if it is there.
    Delete,
}

/// The answer of a rule: an outcome for the caller and what to write, all of it or nothing.
#[derive(Debug)]
pub struct Change<R, O> {
    /// What the caller learns, once the rest is durable.
    pub outcome: O,
    /// What becomes of the record.
    pub fate: Fate<R>,
    /// When the sweep is to look at the record.
    pub look_at: Vec<Timestamp>,
    /// The hints that this change makes superfluous.
    pub looked_at: Vec<Due>,
    /// What the audit log says of it.
    pub events: Vec<Event>,
    /// What is to be sent because of it: each comes to be as a record of its own, with an appointment at once.
    pub mails: Vec<Mail>,
    /// When the sweep is to look at other records because of it.
    pub appointments: Vec<Due>,
}

impl<R, O> Change<R, O> {
    /// Nothing is written.
    pub fn keep(outcome: O) -> Self {
        Change {
            outcome,
            fate: Fate::Keep,
            look_at: Vec::new(),
            looked_at: Vec::new(),
            events: Vec::new(),
            mails: Vec::new(),
            appointments: Vec::new(),
        }
    }

    /// The record is created or replaced.
    pub fn put(outcome: O, record: R) -> Self {
        Change { fate: Fate::Put(record), ..Change::keep(outcome) }
    }

    /// The record goes.
    pub fn delete(outcome: O) -> Self {
        Change { fate: Fate::Delete, ..Change::keep(outcome) }
    }

    /// With another outcome.
    pub fn telling<P>(self, outcome: P) -> Change<R, P> {
        let Change { fate, look_at, looked_at, events, mails, appointments, .. } = self;
        Change { outcome, fate, look_at, looked_at, events, mails, appointments }
    }

    /// With an entry for the audit log.
    pub fn told(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// With mails to be sent, so that nobody is left untold by a crash.
    pub fn mailing(mut self, mails: Vec<Mail>) -> Self {
        self.mails.extend(mails);
        self
    }

    /// With an appointment of the sweep with another record.
    pub fn appointing(mut self, due: Due) -> Self {
        self.appointments.push(due);
        self
    }

    /// With an appointment for the sweep.
    pub fn due(mut self, at: Timestamp) -> Self {
        self.look_at.push(at);
        self
    }
}
