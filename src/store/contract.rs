//! The contract every backend keeps: bytes in, bytes out, one atomic and durable change at a time.
//!
//! The verbs of the floors above are written once, over this trait (see [`super::Store`]), so that a verb cannot exist
//! for one backend and not for another.

use super::entry::Entry;
use crate::model::record::{Due, Kind, Name, Row};
use crate::protocol::time::Timestamp;
use async_trait::async_trait;
use tokio::sync::mpsc::Sender;

/// Why the store could not do its work. An expected outcome is never one of these.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreFault {
    /// The store cannot be written at the moment or any more (a sync failed, the disk is full); nothing is half done.
    #[error("the store cannot be used: {0}")]
    Unavailable(String),
    /// A stored record cannot be understood.
    #[error("a stored {kind} cannot be read: {reason}")]
    Damaged {
        /// What kind of record.
        kind: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A value beyond [`MAX_VALUE`] or a key beyond [`MAX_KEY`].
    #[error("a {0} is too large to be stored")]
    TooLarge(&'static str),
}

/// The largest encoded record, in bytes: embedded stores are at their best with small values.
pub const MAX_VALUE: usize = 256 * 1024;
/// The largest key, in bytes.
pub const MAX_KEY: usize = 1024;

/// What becomes of the record's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Nothing.
    Keep,
    /// Create or replace.
    Put(Vec<u8>),
    /// Remove.
    Delete,
}

/// One transaction: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawChange {
    /// The record.
    pub write: Write,
    /// Unique names to claim for the record's key. If another key bears one of them, nothing is written.
    pub claim: Vec<Name>,
    /// Unique names to give up; one that another key bears is left alone.
    pub release: Vec<Name>,
    /// List rows to add.
    pub list: Vec<Row>,
    /// List rows to remove.
    pub unlist: Vec<Row>,
    /// Appointments with the sweep to add.
    pub due: Vec<Due>,
    /// Appointments to strike out.
    pub undue: Vec<Due>,
    /// Encoded audit events to append, with their times.
    pub events: Vec<(Timestamp, Vec<u8>)>,
    /// Records of [`Kind::Mail`] to create, by their keys. The key of one is random: none of them is there yet, and one
    /// that is stays as it is. Never of a change of such a record itself.
    pub mails: Vec<(String, Vec<u8>)>,
}

/// A rule over bytes. May run several times for one call (a transaction that met another is run again): it must be a
/// pure function of its argument as far as the store is concerned, and the last run is the one that counts.
pub type RawRule = Box<dyn FnMut(Option<Vec<u8>>) -> Result<RawChange, StoreFault> + Send>;

/// How a change ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// Written and durable (or nothing was to be written, and what was read is durable).
    Done,
    /// Another record of this kind bears this name; nothing was written.
    Taken(Name),
}

/// A place in a list from which to read on: after this row. Opaque to callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// At most as many as were asked for.
    pub items: Vec<T>,
    /// Where the next page begins; none at the end.
    pub next: Option<Cursor>,
}

/// A part of a copy of everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// [`LOAD`] of items at most, or a little more.
    pub entries: Vec<Entry>,
    /// From where to go on after it.
    pub place: Cursor,
}

/// How the mark of an unfinished copy moves on. None is a store into which nothing is being copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// What it has to be.
    pub from: Option<String>,
    /// What it becomes.
    pub to: Option<String>,
}

/// What a store says into which somebody else copies.
pub(super) fn other_mark() -> StoreFault {
    StoreFault::Unavailable("somebody else is copying into this store".into())
}

/// How many bytes of items end a [`Load`], and how many items.
pub const LOAD: (usize, usize) = (1 << 20, 1000);

/// What an engine has to do to keep Abide's records.
///
/// Every method that returns `Ok` returns only when what it tells of is durable: also a read, and also the loser of a
/// race, wait for the flush that covers what they saw. Dropping a returned future never leaves a change half done.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// The record's bytes.
    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Vec<u8>>, StoreFault>;

    /// Runs `rule` on the record and writes what it answers, in one transaction.
    async fn change(&self, kind: Kind, key: &str, rule: RawRule) -> Result<Committed, StoreFault>;

    /// The key of the record of `kind` that bears `name`.
    async fn bearer(&self, kind: Kind, name: &Name) -> Result<Option<String>, StoreFault>;

    /// Record keys of one group of a list, in order of (`order`, key), at most `limit`, after `cursor`.
    async fn list(
        &self,
        list: &str,
        group: &str,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<String>, StoreFault>;

    /// Keys of a kind in byte order, at most `limit`, after `cursor`.
    async fn keys(&self, kind: Kind, cursor: Option<&Cursor>, limit: usize) -> Result<Page<String>, StoreFault>;

    /// Appointments whose time has come (`at <= now`), earliest first, at most `limit`.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Due>, StoreFault>;

    /// Audit events, newest first, at most `limit`, older than `cursor`.
    async fn events(&self, cursor: Option<&Cursor>, limit: usize) -> Result<Page<Vec<u8>>, StoreFault>;

    /// Removes at most `limit` audit events older than `before`; answers how many.
    async fn forget_events(&self, before: Timestamp, limit: usize) -> Result<usize, StoreFault>;

    /// Hands over everything that is kept, as it was at one instant, load by load in the order of
    /// [`super::entry::Section::ALL`], beginning behind `from`. Changes go on meanwhile. Ends early, in good order, when nobody
    /// receives any more.
    async fn carry_out(&self, from: Option<Cursor>, to: Sender<Load>) -> Result<(), StoreFault>;

    /// Takes over items and moves the mark on, in one transaction; refused as unavailable when the mark is not the one
    /// to move from, since then somebody else copies into this store. An item that is there already is replaced; events
    /// are always added. For a store that nobody uses: nothing is judged.
    async fn carry_in(&self, entries: Vec<Entry>, mark: Mark) -> Result<(), StoreFault>;

    /// The mark that the last [`Backend::carry_in`] left: a copy into this store that has not come to its end.
    async fn mark(&self) -> Result<Option<String>, StoreFault>;

    /// What the clock shows that all nodes on this store share; none where there can be only one node.
    async fn time(&self) -> Result<Option<Timestamp>, StoreFault>;

    /// Writes a byte and waits until it is durable; an error says why the store cannot be written.
    async fn probe(&self) -> Result<(), StoreFault>;

    /// Bytes the store takes on disk.
    async fn size(&self) -> Result<u64, StoreFault>;

    /// Flushes everything and refuses further work.
    async fn close(&self) -> Result<(), StoreFault>;
}
