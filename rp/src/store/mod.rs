//! How sessions are kept: the contract, and two who keep it.
//!
//! Each verb is atomic, durable when it returns (as durable as the store is at all), and says its outcome; what may
//! happen is never an `Err`. Facts are changed by [`SessionStore::replace`] alone, which names the version it has seen:
//! of two requests that change one session at once, the second is told and does its change again on top.

mod memory;
pub mod scenarios;
#[cfg(feature = "sled")]
mod sled;

pub use memory::MemoryStore;
#[cfg(feature = "sled")]
pub use sled::SledStore;

use crate::clock::Instant;
use crate::secret::{Name, fingerprint};
use crate::session::ApplicationSession;
use async_trait::async_trait;

/// A session with the version that a change of it has to name.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Grows with every change.
    pub version: u64,
    /// The facts.
    pub session: ApplicationSession,
}

/// By what the provider's notices find sessions: a digest of issuer and `sid`, or of issuer and subject.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mark(String);

impl Mark {
    /// All application sessions of one session at the provider.
    pub fn of_sid(issuer: &str, sid: &str) -> Mark {
        Mark(fingerprint(&["sid", issuer, sid]))
    }

    /// All application sessions of one person.
    pub fn of_subject(issuer: &str, subject: &str) -> Mark {
        Mark(fingerprint(&["sub", issuer, subject]))
    }

    /// Those of a session.
    pub fn of(session: &ApplicationSession) -> Vec<Mark> {
        let identity = &session.identity;
        let by_sid = identity.sid().map(|sid| Mark::of_sid(identity.issuer(), sid));
        by_sid.into_iter().chain([Mark::of_subject(identity.issuer(), identity.subject())]).collect()
    }

    /// As text, for the key of a store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Outcome of [`SessionStore::insert`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// Kept.
    Kept,
    /// Somebody has the name already.
    Taken,
}

/// Outcome of [`SessionStore::replace`].
#[derive(Clone, Debug, PartialEq)]
pub enum Replaced {
    /// Changed; the version is the new one.
    Done(u64),
    /// Somebody was faster; here is what there is now.
    Outrun(Box<Stored>),
    /// It is there no more.
    Gone,
}

/// Outcome of [`SessionStore::remove`].
#[derive(Clone, Debug, PartialEq)]
pub enum Removed {
    /// Taken away; nobody else gets it.
    Done,
    /// Somebody was faster; here is what there is now.
    Outrun(Box<Stored>),
    /// It was there no more.
    Gone,
}

/// Outcome of [`SessionStore::spend`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// For the first time.
    First,
    /// It was spent before.
    Again,
    /// The memory is full of unexpired ones: nothing can be said, so nothing is accepted.
    Full,
}

/// The store is broken, or was not reached.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the session store failed: {0}")]
pub struct StoreFault(pub String);

/// At most that many sessions are found by one mark.
pub const BY_ONE_MARK: usize = 64;

/// Keeps application sessions, and what was said about some of them by the provider.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Keeps a session under a name that nobody has.
    async fn insert(&self, name: &Name, session: &ApplicationSession) -> Result<Inserted, StoreFault>;

    /// The session of that name.
    async fn find(&self, name: &Name) -> Result<Option<Stored>, StoreFault>;

    /// Puts `session` in place of the version that the caller has seen.
    async fn replace(&self, name: &Name, seen: u64, session: &ApplicationSession) -> Result<Replaced, StoreFault>;

    /// Takes away the version that the caller has seen.
    async fn remove(&self, name: &Name, seen: u64) -> Result<Removed, StoreFault>;

    /// Names of the sessions with this mark, at most [`BY_ONE_MARK`].
    async fn marked(&self, mark: &Mark) -> Result<Vec<Name>, StoreFault>;

    /// Some names after `after`, in an order that does not change: for going through all of them.
    async fn page(&self, after: Option<&Name>, limit: usize) -> Result<Vec<Name>, StoreFault>;

    /// Uses up something that is good once, such as the `jti` of a logout token, and remembers that until `until`.
    async fn spend(&self, thing: &str, until: Instant, now: Instant) -> Result<Spent, StoreFault>;

    /// Remembers until `until` that what was issued under this mark up to `issued_by` is over.
    ///
    /// For the notice that comes before the session it is about. Of two the later one holds.
    async fn deny(&self, mark: &Mark, issued_by: Instant, until: Instant, now: Instant) -> Result<(), StoreFault>;

    /// Up to when what was issued under this mark is over.
    async fn denied(&self, mark: &Mark, now: Instant) -> Result<Option<Instant>, StoreFault>;

    /// Forgets what was spent or denied and is past its time.
    async fn forget(&self, now: Instant) -> Result<(), StoreFault>;
}
