//! Hints that something may have changed: never the truth, which is in the store alone.
//!
//! [`super::Store`] says after every durable change of certain records which one it was; whoever waits for one of them is
//! woken and reads for itself. A hint too many costs a few reads; a hint lost (another node wrote) costs nothing but time,
//! because whoever waits knows from which instant on to look again anyway.
//!
//! No channel and no task: a hint is a look into a table and a flag. So nothing lags, nothing is dropped when many wait, a
//! change that nobody waits for costs a look-up, and one that somebody waits for wakes exactly them, where a broadcast would
//! wake all of ten thousand. Records are known here by a hash of kind and key under a random seed: two that share one are
//! woken together, which is a hint too many.

use crate::model::record::Kind;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Who waits for what.
#[derive(Default)]
pub struct Hints {
    seed: RandomState,
    waiting: Mutex<HashMap<u64, Vec<Arc<Slot>>>>,
}

/// One who waits.
#[derive(Default)]
struct Slot {
    changed: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

/// A place among those who wait; given up when dropped.
pub struct Listener {
    hints: Arc<Hints>,
    records: Box<[u64]>,
    slot: Arc<Slot>,
}

/// Changes of these kinds are hinted at.
pub fn hinted(kind: Kind) -> bool {
    matches!(kind, Kind::Session | Kind::Account | Kind::Grant | Kind::Client)
}

impl Hints {
    /// Waits for changes of these records.
    pub fn listen(self: &Arc<Hints>, records: &[(Kind, &str)]) -> Listener {
        let records: Box<[u64]> = records.iter().map(|record| self.hash(*record)).collect();
        let slot = Arc::<Slot>::default();
        let mut waiting = self.waiting();
        for record in &records {
            waiting.entry(*record).or_default().push(Arc::clone(&slot));
        }
        drop(waiting);
        Listener { hints: Arc::clone(self), records, slot }
    }

    /// This record may have changed.
    pub fn publish(&self, kind: Kind, key: &str) {
        // Every session is judged with the records of the clients in it, which seldom change: all look again.
        if kind == Kind::Client {
            return self.publish_all();
        }
        if let Some(slots) = self.waiting().get(&self.hash((kind, key))) {
            slots.iter().for_each(|slot| slot.wake());
        }
    }

    /// Anything may have changed, the time included.
    pub fn publish_all(&self) {
        self.waiting().values().flatten().for_each(|slot| slot.wake());
    }

    /// How many records are waited for.
    pub fn waited_for(&self) -> usize {
        self.waiting().len()
    }

    fn hash(&self, record: (Kind, &str)) -> u64 {
        self.seed.hash_one(record)
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, Vec<Arc<Slot>>>> {
        // Nothing that is done under the lock can fail half-way.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    fn wake(&self) {
        self.changed.store(true, Ordering::SeqCst);
        let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Listener {
    /// Ready once for every time since the last that something may have changed; else whoever asks is woken then.
    pub fn poll_changed(&self, context: &Context<'_>) -> Poll<()> {
        // First the waker, then the flag: a change in between finds the waker.
        let mut waker = self.slot.waker.lock().unwrap_or_else(PoisonError::into_inner);
        if !waker.as_ref().is_some_and(|known| known.will_wake(context.waker())) {
            *waker = Some(context.waker().clone());
        }
        drop(waker);
        if self.slot.changed.swap(false, Ordering::SeqCst) { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut waiting = self.hints.waiting();
        for record in &self.records {
            if let Some(slots) = waiting.get_mut(record) {
                slots.retain(|slot| !Arc::ptr_eq(slot, &self.slot));
                if slots.is_empty() {
                    waiting.remove(record);
                }
            }
        }
        if waiting.capacity() > 1024 && waiting.len() < waiting.capacity() / 8 {
            waiting.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::task::Wake;

    #[derive(Default)]
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn whoever_waits_for_a_record_is_woken_and_nobody_else() {
        let hints = Arc::<Hints>::default();
        let (a, b) =
            (hints.listen(&[(Kind::Session, "a"), (Kind::Account, "x")]), hints.listen(&[(Kind::Session, "b")]));
        let (count, other) = (Arc::<Count>::default(), Arc::<Count>::default());
        let (waker, other_waker) = (Waker::from(count.clone()), Waker::from(other.clone()));
        let poll = |listener: &Listener, waker: &Waker| listener.poll_changed(&Context::from_waker(waker)).is_ready();
        assert!(!poll(&a, &waker) && !poll(&b, &other_waker));
        hints.publish(Kind::Session, "a");
        hints.publish(Kind::Account, "a");
        hints.publish(Kind::Grant, "b");
        assert_eq!((count.0.load(Ordering::SeqCst), other.0.load(Ordering::SeqCst)), (1, 0));
        assert!(poll(&a, &waker) && !poll(&a, &waker), "told once");
        hints.publish(Kind::Account, "x");
        hints.publish(Kind::Session, "a");
        assert!(poll(&a, &waker) && !poll(&a, &waker), "two changes, one look");
        hints.publish(Kind::Client, "any");
        assert!(poll(&a, &waker) && poll(&b, &other_waker));
        // What happened before anybody asked is not lost.
        hints.publish_all();
        assert!(poll(&b, &other_waker));
        assert_eq!(hints.waited_for(), 3);
        drop(a);
        assert_eq!(hints.waited_for(), 1);
        drop(b);
        assert_eq!(hints.waited_for(), 0);
    }
}
