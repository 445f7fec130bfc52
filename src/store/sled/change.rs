//! One change: everything a rule decides in one transaction over the trees it touches.

use super::counted::Counted;
use super::engine::{Engine, Stop};
use super::keys;
use super::ledger::Ticket;
use super::values::{Malformed, Unseen, Values};
use crate::model::record::{Kind, Name};
use crate::protocol::time::Timestamp;
use crate::store::contract::{Committed, MAX_KEY, RawChange, RawRule, StoreFault, Write};
use crate::store::limits::{is_nothing, measure};
use ::sled::transaction::{ConflictableTransactionResult, UnabortableTransactionError, abort};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

type Step<T> = ConflictableTransactionResult<T, Stop<Committed>>;

/// Runs `rule` on a record and writes what it answers. The ticket covers what was written and what was seen.
pub(super) fn change(engine: &Engine, kind: Kind, key: &str, rule: RawRule) -> Result<(Committed, Ticket), StoreFault> {
    if key.len() > MAX_KEY {
        return Err(StoreFault::TooLarge("key"));
    }
    let [names, lists, due, events, pieces] = engine.trees.beside();
    let mut places = vec![engine.trees.place(kind), names, lists, due, events, pieces];
    // No change of a mail makes another: its tree is there once.
    if kind != Kind::Mail {
        places.push(engine.trees.place(Kind::Mail));
    }
    let rule = RefCell::new(rule);
    let (answer, ticket) = engine.ledger.write(|turn| {
        engine.transact(turn, &places, |view| {
            let [records, names, lists, due, events, pieces, mails @ ..] = view else { return broken_view() };
            let (record, mails) = ((kind, key), mails.first());
            Sheet { engine, record, records, names, lists, due, events, pieces, mails }.run(&rule)
        })
    });
    Ok((answer?, ticket))
}

pub(super) fn broken_view<T, S>() -> ConflictableTransactionResult<T, Stop<S>> {
    abort(Stop::Fault(StoreFault::Unavailable("sled gave other trees than were asked for".into())))
}

/// The trees of one change, inside the transaction.
struct Sheet<'a> {
    engine: &'a Engine,
    record: (Kind, &'a str),
    records: &'a Counted<'a>,
    names: &'a Counted<'a>,
    lists: &'a Counted<'a>,
    due: &'a Counted<'a>,
    events: &'a Counted<'a>,
    pieces: &'a Counted<'a>,
    /// Where the record is none of them itself.
    mails: Option<&'a Counted<'a>>,
}

impl Sheet<'_> {
    /// Everything is read and checked before anything is written, so a refusal leaves no trace even in memory.
    fn run(&self, rule: &RefCell<RawRule>) -> Step<Committed> {
        let change = self.judge(rule)?;
        if is_nothing(&change) {
            // An empty transaction would still write to the log.
            return abort(Stop::With(Committed::Done));
        }
        if let Err(fault) = measure(&change) {
            return abort(Stop::Fault(fault));
        }
        if let Some(taken) = self.taken(&change.claim)? {
            return abort(Stop::With(Committed::Taken(taken)));
        }
        if let Err(fault) = self.engine.space.allows_a_change() {
            return abort(Stop::Fault(fault));
        }
        self.write_record(&change.write)?;
        self.write_names(&change)?;
        self.write_rows(&change)?;
        self.write_events(&change.events)?;
        self.write_mails(&change.mails)?;
        Ok(Committed::Done)
    }

    fn judge(&self, rule: &RefCell<RawRule>) -> Step<RawChange> {
        let before = match self.values(self.records).get(self.record.1.as_bytes()) {
            Ok(before) => before,
            Err(Unseen::Malformed) => return abort(Stop::Fault(Malformed::fault(self.record.0.name()))),
            Err(Unseen::Sled(error)) => return Err(error.into()),
        };
        // A rule that panics must not take the transaction lock or this thread with it.
        match catch_unwind(AssertUnwindSafe(|| (*rule.borrow_mut())(before))) {
            Ok(Ok(change)) => Ok(change),
            Ok(Err(fault)) => abort(Stop::Fault(fault)),
            Err(_) => abort(Stop::Fault(StoreFault::Unavailable("a rule panicked; nothing was written".into()))),
        }
    }

    fn taken(&self, claimed: &[Name]) -> Result<Option<Name>, UnabortableTransactionError> {
        for name in claimed {
            let bearer = self.names.get(keys::name(self.record.0, name))?;
            if bearer.is_some_and(|bearer| bearer != self.record.1.as_bytes()) {
                return Ok(Some(name.clone()));
            }
        }
        Ok(None)
    }

    fn write_record(&self, write: &Write) -> Result<(), UnabortableTransactionError> {
        let records = self.values(self.records);
        match write {
            Write::Keep => Ok(()),
            Write::Put(value) => records.put(self.record.1.as_bytes(), value, || self.engine.serial()),
            Write::Delete => records.remove(self.record.1.as_bytes()),
        }
    }

    /// First what goes, then what comes: what is in both stays.
    fn write_names(&self, change: &RawChange) -> Result<(), UnabortableTransactionError> {
        for name in &change.release {
            let place = keys::name(self.record.0, name);
            if self.names.get(&place)?.is_some_and(|bearer| bearer == self.record.1.as_bytes()) {
                self.names.remove(place)?;
            }
        }
        for name in &change.claim {
            self.names.insert(keys::name(self.record.0, name), self.record.1.as_bytes())?;
        }
        Ok(())
    }

    /// First what goes, then what comes, as for names.
    fn write_rows(&self, change: &RawChange) -> Result<(), UnabortableTransactionError> {
        for row in &change.unlist {
            self.lists.remove(keys::row(row, self.record.1))?;
        }
        for row in &change.list {
            self.lists.insert(keys::row(row, self.record.1), &[])?;
        }
        for due in &change.undue {
            self.due.remove(keys::due(due))?;
        }
        for due in &change.due {
            self.due.insert(keys::due(due), &[])?;
        }
        Ok(())
    }

    fn write_events(&self, events: &[(Timestamp, Vec<u8>)]) -> Result<(), UnabortableTransactionError> {
        for (at, event) in events {
            let key = keys::event(*at, self.engine.serial());
            self.values(self.events).put(&key, event, || self.engine.serial())?;
        }
        Ok(())
    }

    fn write_mails(&self, mails: &[(String, Vec<u8>)]) -> Result<(), UnabortableTransactionError> {
        let Some(outbox) = self.mails else { return Ok(()) };
        for (key, mail) in mails {
            if outbox.get(key.as_bytes())?.is_none() {
                self.values(outbox).put(key.as_bytes(), mail, || self.engine.serial())?;
            }
        }
        Ok(())
    }

    fn values<'t>(&'t self, heads: &'t Counted<'t>) -> Values<'t> {
        Values { heads, pieces: self.pieces }
    }
}

/// Removes at most `limit` audit events older than `before`, in one transaction.
pub(super) fn forget_events(engine: &Engine, before: Timestamp, limit: usize) -> Result<(usize, Ticket), StoreFault> {
    let [.., events, pieces] = engine.trees.beside();
    let (answer, ticket) = engine.ledger.write(|turn| {
        let old = events.1.range(..keys::instant(before).to_vec()).keys().take(limit);
        let old = old.collect::<sled::Result<Vec<_>>>().map_err(super::engine::unread("event"))?;
        if old.is_empty() {
            return Ok(0);
        }
        engine.space.allows_a_change()?;
        engine.transact(turn, &[events, pieces], |view| {
            let [heads, pieces] = view else { return broken_view() };
            for key in &old {
                Values { heads, pieces }.remove(key)?;
            }
            Ok(old.len())
        })
    });
    Ok((answer?, ticket))
}

/// Writes the number of one more change.
pub(super) fn probe(engine: &Engine) -> Result<((), Ticket), StoreFault> {
    let (answer, ticket) = engine.ledger.write(|turn| {
        engine.space.allows_a_change()?;
        engine.transact(turn, &[engine.trees.place(Kind::Setting)], |view| {
            let [any] = view else { return broken_view() };
            any.account.begins();
            Ok(())
        })
    });
    answer.map(|()| ((), ticket))
}
