//! Sessions in this process's memory: gone with it, and never more than a given number.

use super::{BY_ONE_MARK, Inserted, Mark, Removed, Replaced, SessionStore, Spent, StoreFault, Stored};
use crate::clock::Instant;
use crate::secret::Name;
use crate::session::ApplicationSession;
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps sessions in memory.
///
/// When it is full, the session whose person has been away for the longest makes room. Sessions are born by signing
/// in only, and one person has a bounded number of them (see [`crate::RelyingApp`]), so that nobody fills it alone.
pub struct MemoryStore {
    capacity: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    sessions: BTreeMap<Name, Stored>,
    marks: BTreeSet<(Mark, Name)>,
    spent: HashMap<String, Instant>,
    denied: HashMap<Mark, (Instant, Instant)>,
}

impl Kept {
    fn mark(&mut self, name: &Name, session: &ApplicationSession) {
        self.marks.extend(Mark::of(session).into_iter().map(|mark| (mark, name.clone())));
    }

    fn unmark(&mut self, name: &Name, session: &ApplicationSession) {
        for mark in Mark::of(session) {
            self.marks.remove(&(mark, name.clone()));
        }
    }

    fn take(&mut self, name: &Name) {
        if let Some(stored) = self.sessions.remove(name) {
            self.unmark(name, &stored.session);
        }
    }
}

impl MemoryStore {
    /// For at most `capacity` sessions, and as many notices.
    #[must_use]
    pub fn new(capacity: usize) -> MemoryStore {
        MemoryStore { capacity: capacity.max(1), kept: Mutex::default() }
    }

    // A panic while holding the lock cannot leave a half-made entry, so a poisoned map is as good as any.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn insert(&self, name: &Name, session: &ApplicationSession) -> Result<Inserted, StoreFault> {
        let mut kept = self.lock();
        if kept.sessions.contains_key(name) {
            return Ok(Inserted::Taken);
        }
        if kept.sessions.len() >= self.capacity {
            let away = kept.sessions.iter().min_by_key(|(_, stored)| stored.session.active_at);
            if let Some(name) = away.map(|(name, _)| name.clone()) {
                kept.take(&name);
            }
        }
        kept.mark(name, session);
        kept.sessions.insert(name.clone(), Stored { version: 1, session: session.clone() });
        Ok(Inserted::Kept)
    }

    async fn find(&self, name: &Name) -> Result<Option<Stored>, StoreFault> {
        Ok(self.lock().sessions.get(name).cloned())
    }

    async fn replace(&self, name: &Name, seen: u64, session: &ApplicationSession) -> Result<Replaced, StoreFault> {
        let mut kept = self.lock();
        let Some(stored) = kept.sessions.get(name).cloned() else {
            return Ok(Replaced::Gone);
        };
        if stored.version != seen {
            return Ok(Replaced::Outrun(Box::new(stored)));
        }
        let version = seen + 1;
        kept.unmark(name, &stored.session);
        kept.mark(name, session);
        kept.sessions.insert(name.clone(), Stored { version, session: session.clone() });
        Ok(Replaced::Done(version))
    }

    async fn remove(&self, name: &Name, seen: u64) -> Result<Removed, StoreFault> {
        let mut kept = self.lock();
        match kept.sessions.get(name).cloned() {
            None => Ok(Removed::Gone),
            Some(stored) if stored.version != seen => Ok(Removed::Outrun(Box::new(stored))),
            Some(_) => {
                kept.take(name);
                Ok(Removed::Done)
            }
        }
    }

    async fn marked(&self, mark: &Mark) -> Result<Vec<Name>, StoreFault> {
        let kept = self.lock();
        let from = (mark.clone(), Name::stored(""));
        let found = kept.marks.range(from..).take_while(|(found, _)| found == mark);
        Ok(found.take(BY_ONE_MARK).map(|(_, name)| name.clone()).collect())
    }

    async fn page(&self, after: Option<&Name>, limit: usize) -> Result<Vec<Name>, StoreFault> {
        use std::ops::Bound::{Excluded, Unbounded};
        let kept = self.lock();
        let from = after.map_or(Unbounded, Excluded);
        Ok(kept.sessions.range((from, Unbounded)).take(limit).map(|(name, _)| name.clone()).collect())
    }

    async fn spend(&self, thing: &str, until: Instant, now: Instant) -> Result<Spent, StoreFault> {
        let mut kept = self.lock();
        if kept.spent.get(thing).is_some_and(|until| now < *until) {
            return Ok(Spent::Again);
        }
        if kept.spent.len() >= self.capacity {
            kept.spent.retain(|_, until| now < *until);
            if kept.spent.len() >= self.capacity {
                return Ok(Spent::Full);
            }
        }
        kept.spent.insert(thing.to_owned(), until);
        Ok(Spent::First)
    }

    async fn deny(&self, mark: &Mark, issued_by: Instant, until: Instant, now: Instant) -> Result<(), StoreFault> {
        let mut kept = self.lock();
        let before = kept.denied.get(mark).filter(|(_, until)| now < *until).copied();
        if before.is_none() && kept.denied.len() >= self.capacity {
            kept.denied.retain(|_, (_, until)| now < *until);
            let first = kept.denied.iter().min_by_key(|(_, (_, until))| *until).map(|(mark, _)| mark.clone());
            if let Some(first) = first.filter(|_| kept.denied.len() >= self.capacity) {
                kept.denied.remove(&first);
            }
        }
        let (earlier, sooner) = before.unwrap_or((issued_by, until));
        kept.denied.insert(mark.clone(), (issued_by.max(earlier), until.max(sooner)));
        Ok(())
    }

    async fn denied(&self, mark: &Mark, now: Instant) -> Result<Option<Instant>, StoreFault> {
        Ok(self.lock().denied.get(mark).filter(|(_, until)| now < *until).map(|(issued_by, _)| *issued_by))
    }

    async fn forget(&self, now: Instant) -> Result<(), StoreFault> {
        let mut kept = self.lock();
        kept.spent.retain(|_, until| now < *until);
        kept.denied.retain(|_, (_, until)| now < *until);
        Ok(())
    }
}
