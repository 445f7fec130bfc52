//! sled, opened: its trees, the account of changes, and what every operation needs.

use super::counted::{Account, Counted};
use super::keys::Serial;
use super::ledger::{Ledger, Ticket, Turn};
use super::snapshot::Snapshot;
use super::space::Space;
use super::sum::Sum;
use super::values::{Malformed, Unread};
use crate::model::record::Kind;
use crate::store::contract::StoreFault;
use ::sled::transaction::{ConflictableTransactionResult, TransactionError, Transactional};
use ::sled::{Db, Tree};
use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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

    /// One kind of record, with the name it has in sums.
    pub(super) fn place(&self, kind: Kind) -> Place<'_> {
        (kind.name(), self.records(kind))
    }

    /// What else a change of a record touches, in this order: names, lists, due, events, pieces.
    pub(super) fn beside(&self) -> [Place<'_>; 5] {
        [
            ("names", &self.names),
            ("lists", &self.lists),
            ("due", &self.due),
            ("events", &self.events),
            ("pieces", &self.pieces),
        ]
    }

    /// Everything but `meta`: the kinds of records, then [`Trees::beside`].
    pub(super) fn all(&self) -> impl Iterator<Item = Place<'_>> {
        Kind::ALL.into_iter().map(|kind| self.place(kind)).chain(self.beside())
    }

    /// Whether nothing is kept here, apart from what is in `meta`.
    pub(super) fn are_empty(&self) -> bool {
        self.all().all(|(_, tree)| tree.is_empty())
    }

    /// Reads everything there is and adds it up.
    pub(super) fn add_up(&self) -> sled::Result<Sum> {
        let mut sum = Sum::default();
        for (name, tree) in self.all() {
            for item in tree {
                let (key, value) = item?;
                sum.add(name, &key, &value);
            }
        }
        Ok(sum)
    }
}

/// A tree and the name it has in sums: never to be changed.
pub(super) type Place<'a> = (&'static str, &'a Tree);

/// Under which key of `meta` the sum is kept.
pub(super) const SUM: &str = "sum";

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
    /// The sum over everything, as of the last change.
    pub(super) sum: Mutex<Sum>,
    /// What changes overwrite while a copy of everything is being made.
    pub(super) snapshot: Mutex<Option<Snapshot>>,
    /// The room on the disk.
    pub(super) space: Space,
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

    /// Runs a transaction over `places`, together with the sum over everything. sled may run `body` again.
    ///
    /// An error from sled itself breaks the store: a transaction that failed half-way is visible in part. Should parts of
    /// it reach the disk, the sum is not among them, and the next opening finds it.
    pub(super) fn transact<T>(
        &self,
        turn: &Turn<'_>,
        places: &[Place<'_>],
        body: impl Fn(&[Counted<'_>]) -> ConflictableTransactionResult<T, Stop<T>>,
    ) -> Result<T, StoreFault> {
        let trees: Vec<&Tree> = places.iter().map(|(_, tree)| *tree).chain([&self.trees.meta]).collect();
        let mut current = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *current;
        let account = Account::new(turn, before);
        let done = trees[..].transaction(|view| {
            account.restart(before);
            let counted: Vec<Counted<'_>> =
                places.iter().zip(view).map(|((name, _), tree)| Counted { name, tree, account: &account }).collect();
            let answer = body(&counted)?;
            if let (true, Some(meta)) = (account.sum() != before, view.last()) {
                meta.insert(SUM, &account.sum().bytes())?;
                for (key, value) in account.settings() {
                    match value {
                        Some(value) => meta.insert(key, value)?,
                        None => meta.remove(key)?,
                    };
                }
            }
            Ok(answer)
        });
        match done {
            Ok(answer) => {
                *current = account.sum();
                if let Some(snapshot) = &mut *self.snapshot.lock().unwrap_or_else(PoisonError::into_inner) {
                    snapshot.keep(account.before());
                }
                Ok(answer)
            }
            Err(TransactionError::Abort(Stop::With(answer))) => Ok(answer),
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
