//! Which changes are on disk, and who has to wait: group commit.
//!
//! Changes are numbered in the order in which they become visible, over all openings of a store. Two numbers say how far they got:
//!
//! ```text
//! begun      raised before a change touches memory       whoever reads later may have seen it
//! durable    raised after a flush that started when this change and all before it were complete in memory
//! ```
//!
//! An answer goes out once `durable` has reached what `begun` was when the answer's last read was done. That holds for
//! writers, for readers and for losers of a race alike, so nothing is ever told that a power cut could take back; and
//! on an idle store the two are equal, so a read waits for nothing. `begun` must be raised before and not after the
//! change: a reader may see a change that its writer has not accounted for yet.
//!
//! One thread flushes. Everybody who came while a flush was running shares the next one.

use crate::store::contract::StoreFault;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// The number of a change; waiting for it waits for every earlier one.
pub(super) type Ticket = u64;

/// Whether the store can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Open,
    Closed,
    /// For good, and why.
    Broken(String),
}

#[derive(Clone, Debug)]
struct Progress {
    durable: Ticket,
    condition: Condition,
}

/// What the flusher waits for.
struct Bell {
    finished: Ticket,
    last_round: Last,
}

/// Whether the next flush is the last one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    No,
    Yes,
}

/// How the flusher's life ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It was told to, and everything is on disk.
    InOrder,
    /// The store broke.
    Broken,
}

/// The account of all changes since the store was opened.
pub(super) struct Ledger {
    /// Held by the one change at a time that writes; sled's transactions exclude each other anyway.
    turn: Mutex<()>,
    begun: AtomicU64,
    bell: Mutex<Bell>,
    rung: Condvar,
    progress: watch::Sender<Progress>,
}

/// Given to a change, to say that it is about to write.
pub(super) struct Turn<'a> {
    begun: &'a AtomicU64,
    number: Ticket,
}

impl Turn<'_> {
    /// From here on the change may become visible. May be called again by a change that is run again.
    pub(super) fn begins(&self) {
        self.begun.store(self.number, Ordering::SeqCst);
    }

    /// The number the change has if it writes.
    pub(super) fn number(&self) -> Ticket {
        self.number
    }
}

impl Ledger {
    /// An account of a store whose last change, durable, has this number.
    pub(super) fn new(last: Ticket) -> Ledger {
        Ledger {
            turn: Mutex::default(),
            begun: AtomicU64::new(last),
            bell: Mutex::new(Bell { finished: last, last_round: Last::No }),
            rung: Condvar::new(),
            progress: watch::Sender::new(Progress { durable: last, condition: Condition::Open }),
        }
    }

    /// The ticket for everything that can have been seen so far.
    pub(super) fn seen(&self) -> Ticket {
        self.begun.load(Ordering::SeqCst)
    }

    /// Runs one change, alone, and tells the flusher of it. The ticket covers the change and all it saw.
    pub(super) fn write<T>(&self, change: impl FnOnce(&Turn<'_>) -> T) -> (T, Ticket) {
        let _turn = lock(&self.turn);
        let number = self.seen() + 1;
        let answer = change(&Turn { begun: &self.begun, number });
        let ticket = self.seen();
        // A change that broke the store is none: what it noted in memory never reaches the disk.
        if ticket == number && self.usable().is_ok() {
            lock(&self.bell).finished = number;
            self.rung.notify_one();
        }
        (answer, ticket)
    }

    /// Runs `look` while nothing is being changed.
    pub(super) fn between_changes<T>(&self, look: impl FnOnce() -> T) -> T {
        let _turn = lock(&self.turn);
        look()
    }

    /// Waits until everything up to `ticket` is on disk.
    pub(super) async fn settled(&self, ticket: Ticket) -> Result<(), StoreFault> {
        let mut progress = self.progress.subscribe();
        let arrived = progress.wait_for(|p| p.durable >= ticket || p.condition != Condition::Open).await;
        match arrived {
            Ok(p) if p.durable >= ticket => Ok(()),
            Ok(p) => Err(refusal(&p.condition)),
            Err(_) => Err(refusal(&Condition::Closed)),
        }
    }

    /// Whether the store takes work.
    pub(super) fn usable(&self) -> Result<(), StoreFault> {
        match &self.progress.borrow().condition {
            Condition::Open => Ok(()),
            other => Err(refusal(other)),
        }
    }

    /// Whether the store broke, and why.
    pub(super) fn broken(&self) -> Option<StoreFault> {
        let condition = &self.progress.borrow().condition;
        matches!(condition, Condition::Broken(_)).then(|| refusal(condition))
    }

    /// Waits for the end: a fault if the store broke, none if it was closed in good order.
    pub(super) async fn over(&self) -> Option<StoreFault> {
        let mut progress = self.progress.subscribe();
        let end = progress.wait_for(|p| p.condition != Condition::Open).await.ok()?;
        matches!(end.condition, Condition::Broken(_)).then(|| refusal(&end.condition))
    }

    /// The store is broken, for good: the first reason stays.
    pub(super) fn breaks(&self, reason: String) {
        let changed = self.progress.send_if_modified(|p| {
            let open = p.condition == Condition::Open;
            if open {
                p.condition = Condition::Broken(reason.clone());
            }
            open
        });
        if changed {
            tracing::error!(reason, "the store broke and takes no more work");
        }
    }

    /// Asks the flusher to flush once more and end; [`Ledger::over`] tells when it has.
    pub(super) fn end(&self) {
        lock(&self.bell).last_round = Last::Yes;
        self.rung.notify_one();
    }

    /// The store is closed in good order.
    pub(super) fn closes(&self) {
        self.progress.send_modify(|p| p.condition = Condition::Closed);
    }

    /// The flusher's life: waits for changes, flushes, tells everybody. Returns when it was told to end or cannot go on.
    ///
    /// A failure is final. After a failed fsync the kernel may have dropped the pages and call the next one a
    /// success, so trying again would tell people that something is on disk which is not.
    pub(super) fn flush_with(&self, mut flush: impl FnMut(Ticket) -> Result<(), String>) -> End {
        loop {
            let durable = self.progress.borrow().durable;
            let (target, last) = self.next_round(durable);
            if target > durable && self.usable().is_ok() {
                let flushed = catch_unwind(AssertUnwindSafe(|| flush(target)));
                if let Err(reason) = flushed.unwrap_or_else(|_| Err("the flusher panicked".into())) {
                    self.breaks(format!("writing to disk failed ({reason}); restart Abide once the disk is well"));
                    return End::Broken;
                }
                self.progress.send_modify(|p| p.durable = target);
            }
            if self.usable().is_err() {
                return End::Broken;
            }
            if last == Last::Yes {
                return End::InOrder;
            }
        }
    }

    fn next_round(&self, durable: Ticket) -> (Ticket, Last) {
        let idle = |bell: &mut Bell| bell.finished <= durable && bell.last_round == Last::No;
        let bell = self.rung.wait_while(lock(&self.bell), idle).unwrap_or_else(PoisonError::into_inner);
        (bell.finished, bell.last_round)
    }
}

/// What a closed store answers.
pub(super) fn closed() -> StoreFault {
    refusal(&Condition::Closed)
}

fn refusal(condition: &Condition) -> StoreFault {
    StoreFault::Unavailable(match condition {
        Condition::Broken(reason) => reason.clone(),
        Condition::Open | Condition::Closed => "it is closed".into(),
    })
}

/// A lock that a panic elsewhere does not close: what it guards is whole at every step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_that_broke_the_store_is_not_called_durable() {
        let ledger = Ledger::new(7);
        let ((), ticket) = ledger.write(|turn| {
            turn.begins();
            ledger.breaks("it failed half-way".into());
        });
        assert_eq!(ticket, 8);
        ledger.end();
        let mut flushed = Vec::new();
        let end = ledger.flush_with(|changes| {
            flushed.push(changes);
            Ok(())
        });
        assert!(end == End::Broken && flushed.is_empty(), "{flushed:?}");
    }
}
