//! sled, opened: its trees, the account of changes, and what every operation needs.

use super::keys::Serial;
use super::ledger::{Ledger, Ticket};
use super::values::{Malformed, Unread};
use crate::model::record::Kind;
use crate::store::contract::StoreFault;
use ::sled::transaction::{ConflictableTransactionResult, TransactionError, Transactional, TransactionalTree};
use ::sled::{Db, Tree};
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The trees: one for each kind of record, so that what lives briefly does not share pages with what lives long.
pub(super) struct Trees {
    records: Vec<Tree>,
    /// Unique names.
    pub(super) names: Tree,
    /// Rows of lists.
    pub(super) lists: Tree,
    /// Appointments with the sweep.
    pub(super) due: Tree,
    /// The audit log.
    pub(super) events: Tree,
    /// Pieces of long values.
    pub(super) pieces: Tree,
    /// The format marker, and what the store keeps about itself.
    pub(super) meta: Tree,
}

impl Trees {
    /// Opens all of them, making those that are missing.
    pub(super) fn open(db: &Db) -> sled::Result<Trees> {
        let records = Kind::ALL.iter().map(|kind| db.open_tree(format!("record:{}", kind.name())));
        Ok(Trees {
            records: records.collect::<sled::Result<_>>()?,
            names: db.open_tree("names")?,
            lists: db.open_tree("lists")?,
            due: db.open_tree("due")?,
            events: db.open_tree("events")?,
            pieces: db.open_tree("pieces")?,
            meta: db.open_tree("meta")?,
        })
    }

    /// The tree of one kind of record.
    pub(super) fn records(&self, kind: Kind) -> &Tree {
        // In the order of `Kind::ALL`, which has every kind once.
        &self.records[Kind::ALL.iter().position(|&k| k == kind).unwrap_or_default()]
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.records.len() + 6
    }

    /// Whether nothing is kept here, apart from what is in `meta`.
    pub(super) fn are_empty(&self) -> bool {
        let rest = [&self.names, &self.lists, &self.due, &self.events, &self.pieces];
        self.records.iter().chain(rest).all(Tree::is_empty)
    }
}

/// All that belongs to one opening of a store. Dropping it closes sled, which lives in its trees, then gives up the
/// lock.
pub(super) struct Engine {
    /// Where it lies.
    pub(super) folder: PathBuf,
    /// The trees.
    pub(super) trees: Trees,
    /// Which changes are on disk.
    pub(super) ledger: Arc<Ledger>,
    /// Which opening this is.
    pub(super) opening: u32,
    /// Serials given out in this opening.
    pub(super) serials: AtomicU64,
    /// Keeps other processes out. The last field: fields are dropped in their order.
    pub(super) _lock: File,
}

/// Why a transaction wrote nothing.
pub(super) enum Stop<T> {
    /// By decision; this is the answer.
    With(T),
    /// Because of a fault.
    Fault(StoreFault),
}

impl Engine {
    /// A number that nothing else gets. Within one opening, later calls get larger ones.
    pub(super) fn serial(&self) -> Serial {
        Serial(self.opening, self.serials.fetch_add(1, Ordering::SeqCst))
    }

    /// Runs a transaction over `trees`. sled may run `body` again.
    ///
    /// An error from sled itself breaks the store: a transaction that failed half-way is visible in part, in memory
    /// but never on disk, and only a restart puts that right.
    pub(super) fn transact<T>(
        &self,
        trees: &[&Tree],
        body: impl Fn(&[TransactionalTree]) -> ConflictableTransactionResult<T, Stop<T>>,
    ) -> Result<T, StoreFault> {
        match trees.transaction(|view| body(view)) {
            Ok(answer) | Err(TransactionError::Abort(Stop::With(answer))) => Ok(answer),
            Err(TransactionError::Abort(Stop::Fault(fault))) => Err(fault),
            Err(TransactionError::Storage(error)) => {
                let reason = format!("a change failed half-way ({error}); restart Abide");
                self.ledger.breaks(reason.clone());
                Err(StoreFault::Unavailable(reason))
            }
        }
    }

    /// An answer of a read, with the ticket that covers it. To be called after the last read.
    pub(super) fn seen<T>(&self, answer: T) -> (T, Ticket) {
        (answer, self.ledger.seen())
    }
}

/// What a failed read of sled means to the floors above.
pub(super) fn unread(kind: &'static str) -> impl Fn(sled::Error) -> StoreFault {
    move |error| match error {
        sled::Error::Corruption { .. } => StoreFault::Damaged { kind, reason: error.to_string() },
        other => StoreFault::Unavailable(other.to_string()),
    }
}

/// The same for a value that may lie in pieces.
pub(super) fn unread_value(kind: &'static str) -> impl Fn(Unread) -> StoreFault {
    move |error| match error {
        Unread::Malformed => Malformed::fault(kind),
        Unread::Sled(error) => unread(kind)(error),
    }
}
