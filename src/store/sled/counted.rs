//! Trees inside a transaction, with an account of all that is written to them.

use super::ledger::Turn;
use super::sum::Sum;
use ::sled::IVec;
use ::sled::transaction::{TransactionalTree, UnabortableTransactionError};
use std::cell::{Cell, RefCell};

type Done<T> = Result<T, UnabortableTransactionError>;

/// A value that was overwritten or removed (none: the key is new), and where.
pub(super) struct Before {
    /// The tree.
    pub(super) tree: &'static str,
    /// The key in it.
    pub(super) key: IVec,
    /// What stood there.
    pub(super) value: Option<IVec>,
}

/// What one run of a transaction wrote.
pub(super) struct Account<'a> {
    turn: &'a Turn<'a>,
    sum: Cell<Sum>,
    before: RefCell<Vec<Before>>,
    settings: RefCell<Vec<Setting>>,
}

/// What the store keeps about itself under a key; none: nothing.
pub(super) type Setting = (&'static str, Option<Vec<u8>>);

impl<'a> Account<'a> {
    /// An account that begins with the sum as it is.
    pub(super) fn new(turn: &'a Turn<'a>, sum: Sum) -> Account<'a> {
        Account { turn, sum: Cell::new(sum), before: RefCell::default(), settings: RefCell::default() }
    }

    /// Forgets a run that came to nothing: the transaction is run again.
    pub(super) fn restart(&self, sum: Sum) {
        self.sum.set(sum);
        self.before.borrow_mut().clear();
        self.settings.borrow_mut().clear();
    }

    /// What the store keeps about itself, beside the records and in no sum.
    pub(super) fn sets(&self, key: &'static str, value: Option<&str>) {
        self.begins();
        self.settings.borrow_mut().push((key, value.map(|value| value.as_bytes().to_vec())));
    }

    /// What was [set](Account::sets).
    pub(super) fn settings(&self) -> Vec<Setting> {
        self.settings.borrow().clone()
    }

    /// From here on the change may become visible, so readers have to wait for it.
    pub(super) fn begins(&self) {
        self.turn.begins();
        self.sum.set(self.sum.get().after(self.turn.number()));
    }

    /// The sum with what was written.
    pub(super) fn sum(&self) -> Sum {
        self.sum.get()
    }

    /// What stood before at every place that was written.
    pub(super) fn before(self) -> Vec<Before> {
        self.before.into_inner()
    }

    fn write(&self, tree: &'static str, key: &[u8], old: Option<&IVec>, new: Option<&[u8]>) {
        self.begins();
        let mut sum = self.sum.get();
        if let Some(old) = old {
            sum.take(tree, key, old);
        }
        if let Some(new) = new {
            sum.add(tree, key, new);
        }
        self.sum.set(sum);
        self.before.borrow_mut().push(Before { tree, key: key.into(), value: old.cloned() });
    }
}

/// One of the trees.
pub(super) struct Counted<'a> {
    pub(super) name: &'static str,
    pub(super) tree: &'a TransactionalTree,
    pub(super) account: &'a Account<'a>,
}

impl Counted<'_> {
    /// The value under a key.
    pub(super) fn get(&self, key: impl AsRef<[u8]>) -> Done<Option<IVec>> {
        self.tree.get(key)
    }

    /// Sets the value under a key.
    pub(super) fn insert(&self, key: impl AsRef<[u8]>, value: &[u8]) -> Done<()> {
        let key = key.as_ref();
        let old = self.tree.insert(key, value)?;
        self.account.write(self.name, key, old.as_ref(), Some(value));
        Ok(())
    }

    /// Removes the value under a key, and tells what it was.
    pub(super) fn remove(&self, key: impl AsRef<[u8]>) -> Done<Option<IVec>> {
        let key = key.as_ref();
        let old = self.tree.remove(key)?;
        if old.is_some() {
            self.account.write(self.name, key, old.as_ref(), None);
        }
        Ok(old)
    }
}
